"""A made-up sample of the real one's shape and size, for machines that have no copy of the real one.

The same seed writes the same files, so that their counts are known beforehand.
"""

import datetime
import gzip
import json
import random

SEED = 20_101_201
FIRST_ORDER = 536_365
# One order in so many holds a SKU twice, at two prices, so that the SKU alone does not name a line.
ORDERS_PER_TWO_PRICES = 290
SKUS_COUNT = 2_500
CUSTOMERS_COUNT = 1_800
LINES_MAX = 12
START = datetime.datetime(2010, 12, 1, 8, 26)
END = datetime.datetime(2011, 3, 31, 18, 0)


def write(folder, orders_count, cases_count, refused_count):
    """Writes orders.jsonl.gz and returns.jsonl.gz: as many orders,
    returns that fit one, and returns without."""
    source = random.Random(SEED)
    orders = list(_orders(source, orders_count))
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "orders.jsonl.gz", orders)
    _write(folder / "returns.jsonl.gz", _returns(source, orders, cases_count, refused_count))


def _orders(source, count):
    step = (END - START) / count
    for index in range(count):
        skus = source.sample(range(SKUS_COUNT), source.randint(1, LINES_MAX))
        lines = [_order_line(source, sku) for sku in skus]
        if index % ORDERS_PER_TWO_PRICES == 0:
            lines.append(lines[0] | {"unit_price_minor": lines[0]["unit_price_minor"] + 25})
        yield {
            "order_no": str(FIRST_ORDER + index),
            "placed_at": str((START + index * step).replace(microsecond=0)),
            "customer_id": str(17_850 if index == 0 else 12_000 + source.randrange(CUSTOMERS_COUNT)),
            "country": "United Kingdom",
            "currency": "GBP",
            "lines": lines,
        }


def _order_line(source, sku):
    return {
        "sku": f"{20_000 + sku}",
        "name": f"ARTICLE {sku}",
        "quantity": source.choice([1, 2, 4, 6, 8, 12, 24, 48]),
        "unit_price_minor": source.choice([0, 85, 125, 165, 255, 275, 339, 425, 765, 1_275]),
    }


def _returns(source, orders, cases_count, refused_count):
    left = {
        (order["order_no"], line["sku"], line["unit_price_minor"]): line["quantity"]
        for order in orders
        for line in order["lines"]
    }
    kinds = [True] * cases_count + [False] * refused_count
    source.shuffle(kinds)
    step = (END - START) / (len(kinds) + 1)
    for number, names_order in enumerate(kinds, 1):
        order, line = _line_left(source, orders, left)
        # Nobody asks to return what they have not bought yet.
        asked = max(START + number * step, datetime.datetime.fromisoformat(order["placed_at"]))
        wanted = {"sku": line["sku"], "quantity": 1}
        if names_order:
            key = (order["order_no"], line["sku"], line["unit_price_minor"])
            wanted |= {"quantity": source.randint(1, left[key]), "unit_price_minor": line["unit_price_minor"]}
            left[key] -= wanted["quantity"]
        yield {
            "return_no": f"C{number:06}",
            "requested_at": str(asked.replace(microsecond=0)),
            "customer_id": order["customer_id"],
            "order_no": order["order_no"] if names_order else None,
            "lines": [wanted],
        }


def _line_left(source, orders, left):
    """An order and one of its lines that has units left; early orders
    come back more often, some several times."""
    while True:
        order = orders[min(int(source.expovariate(8) * len(orders)), len(orders) - 1)]
        line = source.choice(order["lines"])
        if left[order["order_no"], line["sku"], line["unit_price_minor"]]:
            return order, line


def _write(path, objects):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for value in objects:
            file.write(json.dumps(value, separators=(",", ":")) + "\n")
