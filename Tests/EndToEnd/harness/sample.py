"""The sample data, read independently of the code under test.

The real sample lies beside the project in ../shared/data, or where RETURNS_SAMPLE says. Without it the tests
run on a made-up one of the same shape and size.
"""

import collections
import concurrent.futures
import gzip
import json
import os
import pathlib

from . import made_sample

PROJECT = pathlib.Path(__file__).resolve().parents[3]
ORDERS_COUNT = 4_706
CASES_COUNT = 857
REFUSED_COUNT = 722
# Orders read besides the telling ones.
OTHERS_READ = 60


def _folder():
    real = pathlib.Path(
        os.environ.get("RETURNS_SAMPLE") or PROJECT.parent / "shared" / "data" / "online-retail"
    )
    if (real / "orders.jsonl.gz").is_file():
        return real
    made = PROJECT / ".build" / "made-sample"
    print(f"the real sample is not at {real}: made one up in {made}")
    made_sample.write(made, ORDERS_COUNT, CASES_COUNT, REFUSED_COUNT)
    return made


_FOLDER = _folder()
ORDERS = _FOLDER / "orders.jsonl.gz"
RETURNS = _FOLDER / "returns.jsonl.gz"


def lines_of(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def returns_with_order():
    """(line number from 1, request) of the requests that name an order."""
    requests = [(number, json.loads(line)) for number, line in enumerate(lines_of(RETURNS), 1)]
    return [(number, request) for number, request in requests if request["order_no"] is not None]


def line_numbers_without_order():
    return [
        number for number, line in enumerate(lines_of(RETURNS), 1) if json.loads(line)["order_no"] is None
    ]


def reserved_by_file():
    """Units that the accepted requests reserve: order number → (SKU, unit price) → units.

    No order of the data holds one SKU twice at one price, so the pair names a line.
    """
    reserved = collections.defaultdict(collections.Counter)
    for _, request in returns_with_order():
        for line in request["lines"]:
            reserved[request["order_no"]][line["sku"], line["unit_price_minor"]] += line["quantity"]
    return dict(reserved)


def telling_orders(sampler, others):
    """Order numbers whose reservations are worth reading.

    Those that several requests name, those that hold a SKU at two prices, and some others drawn at random.
    """
    requests = collections.Counter(request["order_no"] for _, request in returns_with_order())
    telling = {number for number, count in requests.items() if count > 1}
    for line in lines_of(ORDERS):
        order = json.loads(line)
        skus = collections.Counter(item["sku"] for item in order["lines"])
        if order["order_no"] in requests and max(skus.values()) > 1:
            telling.add(order["order_no"])
    return telling.union(sampler.sample(sorted(requests.keys() - telling), others))


def assert_reserved_as_by_file(ctl, sampler, reads_all=False):
    """The server reserves on every order line what the files, read here, come to.

    By the cases' own ledgers for all orders; by the orders' ledgers for all or for those worth reading.
    """
    by_file = reserved_by_file()
    by_cases = collections.defaultdict(collections.Counter)
    for case in all_cases(ctl):
        for line in case["lines"]:
            units = int(line["units"]["requested"]) - int(line["units"].get("released", 0))
            by_cases[case["order"]["orderNo"]][line["sku"]] += units
    by_sku = {number: collections.Counter() for number in by_file}
    for number, lines in by_file.items():
        for (sku, _), units in lines.items():
            by_sku[number][sku] += units
    assert by_cases == by_sku

    numbers = by_file.keys() if reads_all else telling_orders(sampler, OTHERS_READ)
    assert reserved_by_server(ctl, numbers) == {number: by_file[number] for number in numbers}


def reserved_by_server(ctl, numbers):
    """The same, as the server's orders tell it, read by several returnsctl at a time."""

    def read(number):
        order = ctl.done("order", "get", number).json["order"]
        units = collections.Counter()
        for line in order["lines"]:
            if int(line.get("reservedUnits", 0)):
                units[line["sku"], int(line.get("unitPriceMinor", 0))] += int(line["reservedUnits"])
        return number, units

    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        return dict(pool.map(read, sorted(numbers)))


def all_cases(ctl):
    """Every case, page by page."""
    cases, cursor = [], ""
    while True:
        page = ctl.done(
            "case", "list", "--all", "--limit", "500", *(["--cursor", cursor] if cursor else [])
        ).json
        cases += page.get("cases", [])
        cursor = page.get("nextCursor", "")
        if not cursor:
            return cases


def read_acknowledged(path):
    """Line number → id, as import --acknowledged wrote them; a last line that was cut short does not count.

    Several runs may have written to the file, but a line keeps its id.
    """
    if not path.exists():
        return {}
    acknowledged = {}
    for text in path.read_text().rpartition("\n")[0].splitlines():
        entry = json.loads(text)
        known = acknowledged.setdefault(entry["line"], entry["id"])
        assert known == entry["id"], (
            f"line {entry['line']} was acknowledged as {known}, then as {entry['id']}"
        )
    return acknowledged
