"""The sample's orders and returns, imported as a new user does; then again, which changes nothing."""

import json
import random

import pytest
from harness.binaries import IS_LONG, seed_of_run
from harness.command import DONE, FAILED
from harness.sample import (
    CASES_COUNT,
    ORDERS,
    ORDERS_COUNT,
    REFUSED_COUNT,
    RETURNS,
    all_cases,
    assert_reserved_as_by_file,
    line_numbers_without_order,
    lines_of,
    read_acknowledged,
)

ZONE = ["--time-zone", "Europe/London"]
DEFAULTS = [
    "--default",
    "reason=other",
    "--default",
    "intake_channel=website",
    *ZONE,
]


def summary(answer):
    """The counts that are not zero, without the time it took and the zone."""
    return {
        key: value for key, value in answer.json.items() if value and key not in ("milliseconds", "timeZone")
    }


@pytest.fixture(scope="module")
def ctl(module_world):
    return module_world.ctl(module_world.server())


@pytest.fixture(scope="module")
def orders(ctl):
    """What the first import of the orders printed."""
    return ctl("order", "import", ORDERS, *ZONE, seconds=120)


@pytest.fixture(scope="module")
def cases(ctl, orders, module_world):
    """What the first import of the returns printed and wrote."""
    answer = ctl(
        "case",
        "import",
        RETURNS,
        *DEFAULTS,
        "--rejects",
        "rejects.jsonl",
        "--acknowledged",
        "acknowledged.jsonl",
        seconds=120,
    )
    rejects = [json.loads(line) for line in (module_world.path / "rejects.jsonl").read_text().splitlines()]
    return answer, rejects, read_acknowledged(module_world.path / "acknowledged.jsonl")


def test_every_order_is_accepted(orders):
    assert orders.status == DONE, orders
    assert summary(orders) == {"accepted": ORDERS_COUNT, "created": ORDERS_COUNT}
    assert orders.err == ""


def test_the_same_orders_again_change_nothing(ctl, orders):
    again = ctl("order", "import", ORDERS, *ZONE, seconds=120)
    assert again.status == DONE, again
    assert summary(again) == {"accepted": ORDERS_COUNT, "unchanged": ORDERS_COUNT}


def test_an_order_is_kept_as_the_file_has_it(ctl, orders):
    from_file = json.loads(lines_of(ORDERS)[0])
    order = ctl.done("order", "get", from_file["order_no"]).json["order"]
    assert (order["customerId"], order["country"], order["currency"]) == ("17850", "United Kingdom", "GBP")
    # 2010-12-01 08:26 in London, where it was winter.
    assert order["placedAtMs"] == "1291191960000"
    assert [(line["sku"], int(line["quantity"]), int(line["unitPriceMinor"])) for line in order["lines"]] == [
        (line["sku"], line["quantity"], line["unit_price_minor"]) for line in from_file["lines"]
    ]
    total = sum(line["quantity"] * line["unit_price_minor"] for line in from_file["lines"])
    assert [(payment["reference"], payment["amountMinor"]) for payment in order["payments"]] == [
        ("536365", str(total))
    ]


def test_returns_are_accepted_or_refused_with_line_and_reason(cases):
    answer, rejects, acknowledged = cases
    # Exit status 1: some lines were refused, and a script has to notice.
    assert answer.status == FAILED, answer
    assert summary(answer) == {
        "accepted": CASES_COUNT,
        "created": CASES_COUNT,
        "refused": REFUSED_COUNT,
        "refusedByReason": {"ORDER_MISSING": REFUSED_COUNT},
    }
    assert [reject["line"] for reject in rejects] == line_numbers_without_order()
    from_file = lines_of(RETURNS)
    for reject in rejects:
        assert (reject["reason"], reject["field"]) == ("ORDER_MISSING", "order_no")
        assert "find the order and add its number" in reject["text"]
        assert reject["original"] == from_file[reject["line"] - 1]
    assert sorted([*acknowledged, *line_numbers_without_order()]) == list(range(1, len(from_file) + 1))
    assert len(set(acknowledged.values())) == CASES_COUNT
    # The first are shown as well, with their line.
    assert f"line {rejects[0]['line']}: order_no: " in answer.err and "[ORDER_MISSING]" in answer.err


def test_the_same_returns_again_open_no_case(ctl, cases, module_world):
    answer = ctl(
        "case",
        "import",
        RETURNS,
        *DEFAULTS,
        "--rejects",
        "again.jsonl",
        "--acknowledged",
        "acknowledged-again.jsonl",
        seconds=120,
    )
    assert answer.status == FAILED, answer
    assert summary(answer) == {
        "accepted": CASES_COUNT,
        "unchanged": CASES_COUNT,
        "refused": REFUSED_COUNT,
        "refusedByReason": {"ORDER_MISSING": REFUSED_COUNT},
    }
    assert read_acknowledged(module_world.path / "acknowledged-again.jsonl") == cases[2]
    assert len(all_cases(ctl)) == CASES_COUNT


def test_reserved_units_are_those_of_the_files(ctl, cases):
    seed = seed_of_run()
    print(f"seed {seed}")
    assert_reserved_as_by_file(ctl, random.Random(seed), reads_all=IS_LONG)


def test_an_imported_case_says_when_it_was_requested_and_when_it_came(ctl, cases):
    line, case_id = next(iter(sorted(cases[2].items())))
    request = json.loads(lines_of(RETURNS)[line - 1])
    case = ctl.done("case", "get", case_id).json["case"]
    assert (case["channelRef"], case["order"]["orderNo"]) == (request["return_no"], request["order_no"])
    assert (case["reasonCode"], case["intakeChannel"]) == ("other", "INTAKE_CHANNEL_WEBSITE")
    review = next(clock for clock in case["clocks"] if clock["kind"] == "CLOCK_KIND_REVIEW")
    # As the channel states it; the clock runs from receipt (R6).
    assert int(case["requestedAtMs"]) < 1_310_000_000_000 < int(case["submittedAtMs"])
    assert review["startedAtMs"] == case["submittedAtMs"]
    assert int(review["dueAtMs"]) - int(review["startedAtMs"]) == 24 * 3_600_000


def test_indexes_agree(ctl, cases):
    reply = ctl.done("admin", "verify-indexes").json
    assert (int(reply["cases"]), int(reply["orders"]), int(reply.get("problems", 0))) == (
        CASES_COUNT,
        ORDERS_COUNT,
        0,
    )
