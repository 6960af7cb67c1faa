"""Paths that differ in how the goods come: pickups, by hand, lost, found, withdrawn.

One case goes along each path, taken by people with one role each. In every situation on the way each step
that is not allowed is tried: it is refused with status 5, the reason and what is allowed instead, and changes
nothing (CaseFile.refuses_all_else, CaseFile.refused).
"""

import pytest
from harness.case import APPROVED, CLOSED, REFUNDED, SHIPPED
from harness.command import FAILED, NOT_ALLOWED
from harness.desk import MUG


@pytest.fixture(scope="module")
def desk(module_world):
    return module_world.desk(module_world.server("--test-clock"), tries_all_steps=True)


def test_missed_pickup_and_a_new_one(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    case.refused(
        "logistics", "pickup schedule", "--from", "+24h", "--until", "+26h", "--address", "1 High Street"
    )
    case.approve()
    past = case.refused(
        "logistics",
        "pickup schedule",
        "--from=-2h",
        "--until=-1h",
        "--address",
        "1 High Street",
        reason="WINDOW_MALFORMED",
        status=FAILED,
    )
    assert "window_from_ms" in past.err
    agreed = ["--from", "+24h", "--until", "+26h", "--address", "1 High Street"]
    case.step("logistics", "pickup schedule", *agreed, state="pickup_scheduled")
    case.refused("warehouse", "receive", "--all", reason="SHIPMENT_UNKNOWN")
    case.step("logistics", "pickup result", "missed", "--reason", "nobody at home", state="approved")
    case.refused("logistics", "pickup result", "collected", "--carrier", "DHL", "--tracking-no", "P-7")
    case.step("service-1", "pickup schedule", *agreed, state="pickup_scheduled")
    case.step(
        "service-1",
        "pickup schedule",
        "--from",
        "+48h",
        "--until",
        "+50h",
        "--address",
        "1 High Street",
        state="pickup_scheduled",
    )
    case.refused("channel", "withdraw", "--reason", "kept after all")
    case.step(
        "logistics",
        "pickup result",
        "collected",
        "--carrier",
        "DHL",
        "--tracking-no",
        "P-7",
        "--waybill",
        desk.paper("waybill"),
        state="in_transit",
    )
    ends = [clock["end"].removeprefix("CLOCK_END_") for clock in case.clocks("pickup")]
    assert ends == ["MISSED", "SUPERSEDED", "MET"]
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    case.ended(
        "closed",
        *APPROVED,
        "pickup_scheduled",
        "pickup_missed",
        "pickup_scheduled",
        "pickup_scheduled",
        "pickup_collected",
        *REFUNDED,
        *CLOSED,
    )


def test_brought_in_by_hand(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    case.refused("warehouse", "receive", "--all", "--by-hand", reason="GOODS_NOT_EXPECTED")
    case.approve()
    case.refused("warehouse", "receive", "--all", reason="SHIPMENT_UNKNOWN")
    case.step("warehouse", "receive", "--all", "--by-hand", state="received")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.step("service-1", "follow-up", "--reached", "--score", "5")
    unsigned = case.refused("service-1", "close", reason="NOT_COMPLETE")
    assert "attach a document of type signed_receipt" in unsigned.err
    case.step(
        "warehouse", "attach", "--type", "signed_receipt", "--reference", "receipt-8", "--sha256", "ab" * 32
    )
    case.step("service-1", "close", state="closed")
    case.ended("closed", *APPROVED, *REFUNDED, "followed_up", "document_attached", "closed")


def test_lost_and_found(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.approve()
    case.refused("logistics", "exception", "lost", "--reason", "no scan for a week")
    case.ship("W-9")
    case.step("logistics", "exception", "lost", "--reason", "no scan for a week", state="exception")
    case.refused("warehouse", "inspect", "--line", "1:accept=2")
    case.refused("supervisor", "resolve", "--line", "1=concede:2", "--reason", "lost", reason="TELL_FIRST")
    case.tell()
    case.refused(
        "supervisor", "resolve", "--line", "1=send_back:2", "--reason", "lost", reason="NOTHING_THERE"
    )
    case.step("logistics", "found", "--note", "in the wrong depot", state="in_transit")
    case.refused("logistics", "found", "--note", "again")
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    case.ended("closed", *SHIPPED, "exception_reported", "customer_told", "goods_found", *REFUNDED, *CLOSED)


def test_lost_for_good(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.approve()
    case.ship("W-10")
    case.step("logistics", "exception", "lost", "--reason", "declared lost", state="exception")
    case.tell()
    case.refused(
        "service-1",
        "resolve",
        "--line",
        "1=concede:2",
        "--reason",
        "lost",
        reason="SUPERVISOR_REQUIRED",
        status=NOT_ALLOWED,
    )
    case.step(
        "supervisor", "resolve", "--line", "1=concede:2", "--reason", "the carrier pays", state="qualified"
    )
    case.refused("logistics", "found", "--note", "too late")
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    assert case.units["1"] == {"requested": 2, "lost": 2, "lostConceded": 2}
    case.ended(
        "closed",
        *SHIPPED,
        "exception_reported",
        "customer_told",
        "resolved",
        "refund_started",
        "refund_succeeded",
        "customer_told",
        *CLOSED,
    )


def test_withdrawn_in_transit(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.approve()
    case.refused("channel", "withdraw", "--reason", "wants to keep them")
    case.ship("W-11")
    case.refused("channel", "cancel", "--reason", "wants to keep them")
    case.step("channel", "withdraw", "--reason", "wants to keep them", state="in_transit")
    case.refused("channel", "withdraw", "--reason", "wants to keep them", reason="WITHDRAWN")
    received = case.step("warehouse", "receive", "--all", state="ship_back")
    assert received["goodsOut"] == "TRACK_DUE"
    case.refused("finance", "refund", reason="NOTHING_DUE")
    case.refused("service-1", "close", reason="NOT_COMPLETE")
    case.step("logistics", "ship-back", "--carrier", "DHL", "--tracking-no", "B-11", state="ship_back")
    case.follow_up_and_close()
    assert desk.reserved(order) == {"1": 0}
    case.ended("closed", *SHIPPED, "withdrawn", "received", "shipped_back", *CLOSED)
