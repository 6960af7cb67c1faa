"""Paths that leave the foreseen way with true records alone: what was booked and is not true, goods that
nobody expects, and accepted goods that are exchanged."""

import pytest
from harness.case import CLOSED, REFUNDED, SHIPPED
from harness.desk import MUG


@pytest.fixture(scope="module")
def desk(module_world):
    return module_world.desk(module_world.server("--test-clock"), tries_all_steps=True)


def test_three_were_typed_and_one_came(desk):
    order = desk.order((MUG, 3, 1000))
    case = desk.open(order, ("1", 3))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    case.inspect_all()
    wrong = ("correct-receipt", "--line", "1=1", "--reason", "typed 3, 1 came")
    refusal = case.refused("warehouse", *wrong, reason="UNITS_INSPECTED")
    assert "case correct-inspection" in refusal.err
    case.step(
        "warehouse",
        *("correct-inspection", "--line", "1:accept=1,refuse=0", "--reason", "only one cup on the table"),
        state="received",
    )
    corrected = case.step("warehouse", *wrong, state="qualified")
    assert (corrected["lines"][0]["units"]["awaited"], corrected["lines"][0]["owedMinor"]) == ("2", "1000")
    told = desk.admin.done("case", "get", case.id, output="table").out
    assert "(corrected since)" in told and "correction" in told
    case.step("warehouse", "receive", "--line", "1=2", state="received")
    case.inspect_all()
    case.refund_all()
    case.refused(
        "warehouse",
        *(
            "correct-inspection",
            "--line",
            "1:accept=2,refuse=1",
            "--note",
            "chipped",
            "--reason",
            "seen late",
        ),
        reason="MONEY_PAID",
    )
    case.tell()
    case.follow_up_and_close()
    corrections = ["inspection_corrected", "receipt_corrected", "received", "inspected"]
    case.ended("closed", *SHIPPED, "received", "inspected", *corrections, *REFUNDED[2:], *CLOSED)


def test_goods_that_came_before_the_approval(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    refusal = case.refused("warehouse", "receive", "--line", "1=2", reason="GOODS_NOT_EXPECTED")
    assert f"--undeclared {MUG}=UNITS" in refusal.err
    early = case.step("warehouse", "receive", "--undeclared", f"{MUG}=2", state="submitted")
    assert early["goodsOut"] == "TRACK_DUE"
    case.step("service-1", "verify")
    approved = case.step("service-1", "approve", "--return-address", "Dock 4", state="received")
    assert approved["lines"][0]["units"]["uninspected"] == "2"
    case.tell()
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    way = ["submitted", "received", "verified", "approved", "received", "customer_told"]
    case.ended("closed", *way, *REFUNDED[1:], *CLOSED)


def test_goods_of_a_cancelled_case_go_back(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.step("channel", "cancel", "--reason", "keeps them", state="cancelled")
    case.step("warehouse", "receive", "--undeclared", f"{MUG}=2", state="ship_back")
    case.refused("service-1", "close", reason="CASE_ENDED")
    # Nobody has approved it, so nothing of it can come to be paid.
    case.refused(
        "warehouse",
        "receive",
        "--by-hand",
        "--undeclared",
        f"{MUG}=2@1",
        reason="GOODS_NOT_EXPECTED",
    )
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-1", state="cancelled")
    case.ended("cancelled", "submitted", "cancelled", "received", "shipped_back", "cancelled")


def test_an_accepted_cup_is_exchanged_for_a_dearer_one(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    case.inspect_all()
    dearer = ("agree-exchange", "--line", "1=1", "--sku", "MUG-L", "--paid-by-customer", "2.00")
    agreed = case.step("service-1", *dearer, "--reference", "T-118", "--reason", "too small")
    assert agreed["lines"][0]["owedMinor"] == "1000"
    case.step("service-1", "cancel-exchange", "--exchange", "1", "--reason", "sold out", state="qualified")
    case.step("service-1", *dearer, "--reference", "T-119", state="qualified")
    told = desk.admin.done("case", "get", case.id, output="table").out
    assert (
        "exchange accepted 2 in place of 10.00 GBP that were owed for line 1; "
        "they cost 2.00 GBP more, paid by customer T-119; " in told
    )
    case.refund_all("alternative")
    case.tell()
    case.step("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "E-1", state="refunded")
    case.step("service-1", "told", "--channel", "sms")
    case.follow_up_and_close()
    line = desk.read_order(order)["lines"][0]
    assert (line["committedMinor"], line["exchangeDifferencesMinor"]) == ("1000", "200")
    exchanges = ["exchange_agreed", "exchange_cancelled", "exchange_agreed"]
    refund = ["refund_started", "refund_succeeded", "customer_told", "exchanged", "customer_told"]
    case.ended("closed", *SHIPPED, "received", "inspected", *exchanges, *refund, *CLOSED)
