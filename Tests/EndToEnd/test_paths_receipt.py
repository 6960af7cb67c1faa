"""Paths that differ in what arrives, and in how the money goes back.

One case goes along each path, taken by people with one role each. In every situation on the way each step
that is not allowed is tried: it is refused with status 5, the reason and what is allowed instead, and changes
nothing (CaseFile.refuses_all_else, CaseFile.refused).
"""

import pytest
from harness.case import CLOSED, REFUNDED, SHIPPED
from harness.command import FAILED, NOT_ALLOWED
from harness.desk import CUP, MUG


@pytest.fixture(scope="module")
def desk(module_world):
    return module_world.desk(module_world.server("--test-clock"), tries_all_steps=True)


def test_refund_in_two_parts(desk):
    order = desk.order((MUG, 3, 1000), shipping=499)
    case = desk.open(order, ("1", 3))
    case.refused("service-1", "approve", reason="VERIFY_FIRST")
    case.approve()
    case.refused("finance", "refund")
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    case.refused("finance", "refund", reason="NOTHING_DUE")
    case.inspect_all()

    case.refused("finance", "refund", "--amount", "30.01", reason="AMOUNT_EXCEEDED")
    case.refused("finance", "refund", "--amount", "12.00", "--shipping", "5.00", reason="AMOUNT_EXCEEDED")
    case.step("finance", "refund", "--amount", "12.00", "--shipping", "4.99", state="refunding")
    case.refused("finance", "refund", reason="REFUND_IN_PROGRESS")
    case.refund_succeeds("qualified")
    case.refused("service-1", "close", reason="NOT_COMPLETE")

    # The second part fails, then the gateway cannot say, and at last it did succeed.
    case.refused("finance", "refund", "--amount", "18.01", reason="AMOUNT_EXCEEDED")
    case.step("finance", "refund", "--amount", "18.00", state="refunding")
    case.step("finance", "refund-result", "failed", "--reason", "card expired", state="refund_failed")
    case.refused("finance", "refund", "--refund-id", f"{case.id}-9", reason="REFUND_OPEN")
    retried = case.step("finance", "refund", "--refund-id", f"{case.id}-2", state="refunding")
    assert [refund["attempts"] for refund in retried["refunds"]] == [1, 2]
    # The first attempt's failure, delivered once more, is not the second's.
    late = ("refund-result", "failed", "--reason", "card expired", "--refund-id", f"{case.id}-2")
    repeated = case.step("finance", *late, "--attempt", "1", state="refunding")
    assert repeated["version"] == retried["version"], repeated
    case.refused("finance", *late, reason="REFUND_ATTEMPT_REQUIRED")
    case.step("finance", "refund-result", "unknown", "--attempt", "2", state="refunding")
    case.refused("finance", "refund", reason="REFUND_IN_PROGRESS")
    case.refund_succeeds("refunded", voucher="V-2")
    case.tell()
    case.follow_up_and_close()

    case.ended(
        "closed",
        *SHIPPED,
        "received",
        "inspected",
        "refund_started",
        "refund_succeeded",
        "refund_started",
        "refund_failed",
        "refund_started",
        "refund_unknown",
        "refund_succeeded",
        "customer_told",
        *CLOSED,
    )
    after = desk.read_order(order)
    assert (after["lines"][0]["committedMinor"], after["shippingCommittedMinor"]) == ("3000", "499")
    assert after["payments"][0]["committedMinor"] == "3499"
    assert after["lines"][0]["reservedUnits"] == "3"


def test_part_accepted_and_part_shipped_back(desk):
    order = desk.order((MUG, 3, 1000))
    case = desk.open(order, ("1", 3))
    case.approve()
    case.ship("W-4")
    case.step("warehouse", "receive", "--line", "1=3", state="received")
    case.refused("warehouse", "inspect", "--line", "1:accept=4", reason="QUANTITY_EXCEEDED")
    contradiction = case.refused(
        "warehouse",
        "inspect",
        "--line",
        "1:accept=3,appearance=fail",
        reason="INSPECTION_CONTRADICTS",
        status=FAILED,
    )
    assert "lines[0].refused_units" in contradiction.err
    case.step(
        "warehouse",
        "inspect",
        "--line",
        "1:accept=2,refuse=1,appearance=fail",
        "--note",
        "chipped rim",
        "--evidence",
        "photo-17",
        "--report",
        desk.paper("report"),
        state="nonconforming",
    )
    case.refused(
        "service-1", "resolve", "--line", "1=send_back:1", "--reason", "chipped", reason="TELL_FIRST"
    )
    case.tell()
    case.refused(
        "service-1",
        "resolve",
        "--line",
        "1=concede:1",
        "--reason",
        "goodwill",
        reason="SUPERVISOR_REQUIRED",
        status=NOT_ALLOWED,
    )
    case.refused(
        "service-1", "resolve", "--line", "1=send_back:2", "--reason", "chipped", reason="QUANTITY_EXCEEDED"
    )
    resolved = case.step(
        "service-1", "resolve", "--line", "1=send_back:1", "--reason", "chipped", state="qualified"
    )
    assert (resolved["money"], resolved["goodsOut"]) == ("TRACK_DUE", "TRACK_DUE")
    case.refused("finance", "refund", "--amount", "20.01", reason="AMOUNT_EXCEEDED")
    case.refund_all(state="ship_back")
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-4", state="refunded")
    case.refused(
        "logistics", "ship-back", "--carrier", "DHL", "--tracking-no", "B-4", reason="NOTHING_TO_SHIP"
    )
    case.tell()
    case.follow_up_and_close()

    assert desk.reserved(order) == {"1": 2}, "what went back can be returned again"
    case.ended(
        "closed",
        *SHIPPED,
        "received",
        "inspected",
        "customer_told",
        "resolved",
        "refund_started",
        "refund_succeeded",
        "shipped_back",
        "customer_told",
        *CLOSED,
    )


def test_second_receipt(desk):
    order = desk.order((MUG, 3, 999))
    case = desk.open(order, ("1", 3))
    case.approve()
    case.ship("W-5")
    case.step("warehouse", "receive", "--line", "1=2", state="received")
    case.inspect_all()
    case.refund_all()
    case.refused("warehouse", "inspect", "--line", "1:accept=1")
    case.refused("warehouse", "receive", "--line", "1=2", reason="QUANTITY_EXCEEDED")
    case.step("warehouse", "receive", "--line", "1=1", state="received")
    case.inspect_all()
    case.refund_all(voucher="V-2")
    case.tell()
    case.follow_up_and_close()
    assert [refund["amountMinor"] for refund in case.read()["refunds"]] == ["1998", "999"]
    assert len(case.clocks("inspect")) == 2
    case.ended(
        "closed", *SHIPPED, "received", "inspected", "refund_started", "refund_succeeded", *REFUNDED, *CLOSED
    )


def test_undeclared_goods(desk):
    order = desk.order((MUG, 2, 1000), (CUP, 1, 300))
    case = desk.open(order, ("1", 1))
    case.approve()
    case.ship("W-6")
    case.refused(
        "warehouse", "receive", "--line", "1=1", "--undeclared", f"{CUP}=2@2", reason="QUANTITY_EXCEEDED"
    )
    case.step(
        "warehouse",
        "receive",
        "--line",
        "1=1",
        "--undeclared",
        f"{CUP}=1@2",
        "--undeclared",
        "SPOON-3=1",
        state="received",
    )
    assert desk.reserved(order) == {"1": 1, "2": 1}
    assert [line.get("addedOnReceipt", False) for line in case.read()["lines"]] == [False, True]
    case.inspect_all()
    case.refused(
        "warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "B-6", reason="NOTHING_TO_SHIP"
    )
    case.refund_all(state="ship_back")
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-6", state="refunded")
    case.tell()
    case.follow_up_and_close()
    assert case.read()["refunds"][0]["amountMinor"] == "1300"
    case.ended(
        "closed",
        *SHIPPED,
        "received",
        "inspected",
        "refund_started",
        "refund_succeeded",
        "shipped_back",
        "customer_told",
        *CLOSED,
    )


def test_whoever_inspected_does_not_refund(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.approve()
    case.ship("W-15")
    case.step("stock-taker", "receive", "--all")
    case.step("stock-taker", "inspect", "--accept-all", "--report", desk.paper("report"), state="qualified")
    case.refused("stock-taker", "refund", reason="INSPECTOR_REFUNDS", status=NOT_ALLOWED)
    case.refused(
        "finance",
        "refund",
        "--other-method",
        "cash",
        "--other-method-reason",
        "card lost",
        reason="SUPERVISOR_REQUIRED",
        status=NOT_ALLOWED,
    )
    case.step("supervisor", "refund", "--other-method", "cash", "--other-method-reason", "card lost")
    case.refund_succeeds("refunded")
    case.tell()
    case.follow_up_and_close()
    case.ended("closed", *SHIPPED, *REFUNDED, *CLOSED)
