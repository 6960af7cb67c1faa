"""One case along each path of the procedure, by people with one role each.

At several steps of each path something that is not allowed is tried: it is refused with status 5, the reason and what
is allowed instead, and changes nothing (`CaseFile.refused` checks all of that).
"""

import pytest
from harness.command import FAILED, NOT_ALLOWED, USAGE
from harness.desk import CUP, MUG

APPROVED = ["submitted", "verified", "approved", "customer_told"]
SHIPPED = [*APPROVED, "shipped"]
REFUNDED = ["received", "inspected", "refund_started", "refund_succeeded", "customer_told"]
CLOSED = ["followed_up", "closed"]


@pytest.fixture(scope="module")
def desk(module_world):
    server = module_world.server("--test-clock")
    return module_world.desk(server)


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
    case.refused("finance", "refund")
    case.refund_succeeds("qualified")
    case.refused("service-1", "close", reason="NOT_COMPLETE")

    # The second part fails, then the gateway cannot say, and at last it did succeed.
    case.refused("finance", "refund", "--amount", "18.01", reason="AMOUNT_EXCEEDED")
    case.step("finance", "refund", "--amount", "18.00", state="refunding")
    case.step("finance", "refund-result", "failed", "--reason", "card expired", state="refund_failed")
    case.refused("finance", "refund", "--refund-id", f"{case.id}-9", reason="REFUND_OPEN")
    retried = case.step("finance", "refund", "--refund-id", f"{case.id}-2", state="refunding")
    assert [refund["attempts"] for refund in retried["refunds"]] == [1, 2]
    case.step("finance", "refund-result", "unknown", state="refunding")
    case.refused("finance", "refund")
    case.refund_succeeds("refunded", voucher="V-2")
    case.tell()
    case.follow_up_and_close()

    case.ended(
        "closed", *SHIPPED, "received", "inspected", "refund_started", "refund_succeeded", "refund_started",
        "refund_failed", "refund_started", "refund_unknown", "refund_succeeded", "customer_told", *CLOSED)
    after = desk.read_order(order)
    assert (after["lines"][0]["committedMinor"], after["shippingCommittedMinor"]) == ("3000", "499")
    assert after["payments"][0]["committedMinor"] == "3499"
    assert after["lines"][0]["reservedUnits"] == "3"


def test_rejection_and_appeal(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    rejection = ["--code", "out_of_window", "--reason", "too late", "--alternative", "a voucher of 10 %"]
    answer = desk["service-1"]("case", "reject", case.id, *rejection)
    assert answer.status == USAGE and "--yes" in answer.err, answer
    case.step("service-1", "reject", *rejection, state="rejected")
    assert desk.reserved(order) == {"1": 0}
    case.tell()
    case.refused("service-2", "approve")

    case.step("channel", "appeal", "--reason", "it arrived only yesterday", state="submitted")
    assert desk.reserved(order) == {"1": 2}
    case.step("service-2", "verify")
    case.refused("service-1", "approve", reason="OTHER_REVIEWER_REQUIRED", status=NOT_ALLOWED)
    case.step("service-2", "approve", state="approved")
    case.step("service-2", "told", "--channel", "email")
    case.refused("channel", "appeal", "--reason", "once more")
    assert [clock["end"] for clock in case.clocks("review")] == ["CLOCK_END_MET", "CLOCK_END_MET"]

    case.ship("W-2")
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    case.ended(
        "closed", "submitted", "rejected", "customer_told", "appealed", "verified", "approved", "customer_told",
        "shipped", *REFUNDED, *CLOSED)


def test_appeal_that_is_lost(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    rejection = ["--code", "worn", "--reason", "shows wear", "--alternative", "repair"]
    case.step("service-1", "reject", *rejection)
    case.step("channel", "appeal", "--reason", "it does not")
    case.step("service-2", "reject", *rejection, state="rejected")
    case.refused("channel", "appeal", "--reason", "still not", reason="APPEALS_EXHAUSTED")
    case.refused("service-1", "close", reason="NOT_COMPLETE")
    case.tell()
    case.refused("service-1", "ship", "--carrier", "DHL", "--tracking-no", "1")
    # Nobody closes it: the end of the appeal window does.
    desk.advance("14d1m")
    case.wait_for("closed")
    assert desk.reserved(order) == {"1": 0}
    case.ended("closed", "submitted", "rejected", "appealed", "rejected", "customer_told", "closed")


def test_rejection_and_alternative(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    case.step("service-1", "reject", "--code", "worn", "--reason", "shows wear", "--alternative", "another mug")
    case.refused("logistics", "exchange", "--carrier", "DHL", "--tracking-no", "X-1")
    case.tell()
    case.step("channel", "accept-alternative", "--goods", f"{MUG}=1", state="alternative")
    case.refused("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "X-1", reason="NOTHING_TO_SHIP")
    case.refused("service-1", "close", reason="NOT_COMPLETE")
    sent = case.step("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "X-1", state="alternative")
    assert sent["goodsOut"] == "TRACK_DONE"
    case.follow_up_and_close()
    assert desk.reserved(order) == {"1": 0}
    case.ended("closed", "submitted", "rejected", "customer_told", "alternative_accepted", "exchanged", *CLOSED)


def test_part_accepted_and_part_shipped_back(desk):
    order = desk.order((MUG, 3, 1000))
    case = desk.open(order, ("1", 3))
    case.approve()
    case.ship("W-4")
    case.step("warehouse", "receive", "--line", "1=3", state="received")
    case.refused("warehouse", "inspect", "--line", "1:accept=4", reason="QUANTITY_EXCEEDED")
    contradiction = case.refused(
        "warehouse", "inspect", "--line", "1:accept=3,appearance=fail", reason="INSPECTION_CONTRADICTS", status=FAILED)
    assert "lines[0].refused_units" in contradiction.err
    case.step("warehouse", "inspect", "--line", "1:accept=2,refuse=1,appearance=fail", "--note", "chipped rim",
              "--evidence", "photo-17", "--report", desk.paper("report"), state="nonconforming")
    case.refused("service-1", "resolve", "--line", "1=send_back:1", "--reason", "chipped", reason="TELL_FIRST")
    case.tell()
    case.refused("service-1", "resolve", "--line", "1=concede:1", "--reason", "goodwill", reason="SUPERVISOR_REQUIRED",
                 status=NOT_ALLOWED)
    case.refused("service-1", "resolve", "--line", "1=send_back:2", "--reason", "chipped", reason="QUANTITY_EXCEEDED")
    resolved = case.step("service-1", "resolve", "--line", "1=send_back:1", "--reason", "chipped", state="qualified")
    assert (resolved["money"], resolved["goodsOut"]) == ("TRACK_DUE", "TRACK_DUE")
    case.refused("finance", "refund", "--amount", "20.01", reason="AMOUNT_EXCEEDED")
    case.refund_all(state="ship_back")
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-4", state="refunded")
    case.refused("logistics", "ship-back", "--carrier", "DHL", "--tracking-no", "B-4", reason="NOTHING_TO_SHIP")
    case.tell()
    case.follow_up_and_close()

    assert desk.reserved(order) == {"1": 2}, "what went back can be returned again"
    case.ended(
        "closed", *SHIPPED, "received", "inspected", "customer_told", "resolved", "refund_started",
        "refund_succeeded", "shipped_back", "customer_told", *CLOSED)


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
        "closed", *SHIPPED, "received", "inspected", "refund_started", "refund_succeeded", *REFUNDED, *CLOSED)


def test_undeclared_goods(desk):
    order = desk.order((MUG, 2, 1000), (CUP, 1, 300))
    case = desk.open(order, ("1", 1))
    case.approve()
    case.ship("W-6")
    case.refused("warehouse", "receive", "--line", "1=1", "--undeclared", f"{CUP}=2@2", reason="QUANTITY_EXCEEDED")
    case.step("warehouse", "receive", "--line", "1=1", "--undeclared", f"{CUP}=1@2", "--undeclared", "SPOON-3=1",
              state="received")
    assert desk.reserved(order) == {"1": 1, "2": 1}
    assert [line.get("addedOnReceipt", False) for line in case.read()["lines"]] == [False, True]
    case.inspect_all()
    case.refused("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "B-6", reason="NOTHING_TO_SHIP")
    case.refund_all(state="ship_back")
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-6", state="refunded")
    case.tell()
    case.follow_up_and_close()
    assert case.read()["refunds"][0]["amountMinor"] == "1300"
    case.ended(
        "closed", *SHIPPED, "received", "inspected", "refund_started", "refund_succeeded", "shipped_back",
        "customer_told", *CLOSED)


def test_missed_pickup_and_a_new_one(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    case.refused("logistics", "pickup schedule", "--from", "+24h", "--until", "+26h", "--address", "1 High Street")
    case.approve()
    past = case.refused("logistics", "pickup schedule", "--from=-2h", "--until=-1h", "--address", "1 High Street",
                        reason="WINDOW_MALFORMED", status=FAILED)
    assert "window_from_ms" in past.err
    agreed = ["--from", "+24h", "--until", "+26h", "--address", "1 High Street"]
    case.step("logistics", "pickup schedule", *agreed, state="pickup_scheduled")
    case.refused("warehouse", "receive", "--all", reason="SHIPMENT_UNKNOWN")
    case.step("logistics", "pickup result", "missed", "--reason", "nobody at home", state="approved")
    case.refused("logistics", "pickup result", "collected", "--carrier", "DHL", "--tracking-no", "P-7")
    case.step("service-1", "pickup schedule", *agreed, state="pickup_scheduled")
    case.step("service-1", "pickup schedule", "--from", "+48h", "--until", "+50h", "--address", "1 High Street",
              state="pickup_scheduled")
    case.refused("channel", "withdraw", "--reason", "kept after all")
    case.step("logistics", "pickup result", "collected", "--carrier", "DHL", "--tracking-no", "P-7", "--waybill",
              desk.paper("waybill"), state="in_transit")
    ends = [clock["end"].removeprefix("CLOCK_END_") for clock in case.clocks("pickup")]
    assert ends == ["MISSED", "SUPERSEDED", "MET"]
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    case.ended(
        "closed", *APPROVED, "pickup_scheduled", "pickup_missed", "pickup_scheduled", "pickup_scheduled",
        "pickup_collected", *REFUNDED, *CLOSED)


def test_brought_in_by_hand(desk):
    order = desk.order((MUG, 1, 1000))
    case = desk.open(order, ("1", 1))
    case.refused("warehouse", "receive", "--all", "--by-hand")
    case.approve()
    case.refused("warehouse", "receive", "--all", reason="SHIPMENT_UNKNOWN")
    case.step("warehouse", "receive", "--all", "--by-hand", state="received")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.step("service-1", "follow-up", "--reached", "--score", "5")
    unsigned = case.refused("service-1", "close", reason="NOT_COMPLETE")
    assert "attach a document of type signed_receipt" in unsigned.err
    case.step("warehouse", "attach", "--type", "signed_receipt", "--reference", "receipt-8", "--sha256", "ab" * 32)
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
    case.refused("supervisor", "resolve", "--line", "1=send_back:2", "--reason", "lost", reason="NOTHING_THERE")
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
    case.refused("service-1", "resolve", "--line", "1=concede:2", "--reason", "lost", reason="SUPERVISOR_REQUIRED",
                 status=NOT_ALLOWED)
    case.step("supervisor", "resolve", "--line", "1=concede:2", "--reason", "the carrier pays", state="qualified")
    case.refused("logistics", "found", "--note", "too late")
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    assert case.units["1"] == {"requested": 2, "lost": 2, "lostConceded": 2}
    case.ended(
        "closed", *SHIPPED, "exception_reported", "customer_told", "resolved", "refund_started", "refund_succeeded",
        "customer_told", *CLOSED)


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
    case.refused("finance", "refund")
    case.refused("service-1", "close", reason="NOT_COMPLETE")
    case.step("logistics", "ship-back", "--carrier", "DHL", "--tracking-no", "B-11", state="ship_back")
    case.follow_up_and_close()
    assert desk.reserved(order) == {"1": 0}
    case.ended("closed", *SHIPPED, "withdrawn", "received", "shipped_back", *CLOSED)


def test_cancel(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.step("service-1", "request-info", "--question", "Which colour?", state="info_needed")
    case.refused("service-1", "approve")
    case.step("channel", "provide-info", "--answer", "blue", state="submitted")
    case.approve()
    case.step("channel", "cancel", "--reason", "keeps them", state="cancelled")
    assert desk.reserved(order) == {"1": 0}
    case.refused("supervisor", "reopen", "--reason", "changed mind")
    case.refused("logistics", "ship", "--carrier", "DHL", "--tracking-no", "W-12")
    case.refused("channel", "cancel", "--reason", "twice")
    assert {clock["end"] for clock in case.read()["clocks"]} <= {"CLOCK_END_MET", "CLOCK_END_VOIDED"}
    case.ended(
        "cancelled", "submitted", "info_requested", "info_provided", "verified", "approved", "customer_told",
        "cancelled")


def test_expiry(desk):
    order = desk.order((MUG, 1, 1000), (CUP, 1, 500))
    silent = desk.open(order, ("1", 1))
    silent.step("service-1", "request-info", "--question", "Which one?", state="info_needed")
    unsent = desk.open(order, ("2", 1))
    unsent.approve()

    desk.advance("7d1m")
    silent.wait_for("expired")
    assert unsent.state == "approved"
    silent.refused("channel", "provide-info", "--answer", "the first")
    desk.advance("7d")
    unsent.wait_for("expired")
    unsent.refused("logistics", "ship", "--carrier", "DHL", "--tracking-no", "W-13")
    unsent.refused("service-1", "close")
    assert desk.reserved(order) == {"1": 0, "2": 0}
    assert [clock["end"] for clock in unsent.clocks("customer_ship")] == ["CLOCK_END_MISSED"]
    silent.ended("expired", "submitted", "info_requested", "expired")
    unsent.ended("expired", *APPROVED, "expired")


def test_reopening(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    case.refused("supervisor", "reopen", "--reason", "too early")
    case.approve()
    desk.advance("14d1m")
    case.wait_for("expired")

    # Another case took a unit meanwhile; exactly what was released cannot be had until that ends.
    other = desk.open(order, ("1", 1))
    case.refused("supervisor", "reopen", "--reason", "was ill", reason="QUANTITY_EXCEEDED")
    other.step("channel", "cancel", "--reason", "in favour of the first", state="cancelled")
    case.refused("service-1", "reopen", "--reason", "was ill", reason="ROLE_REQUIRED", status=NOT_ALLOWED)
    case.step("supervisor", "reopen", "--reason", "was ill", state="approved")
    assert desk.reserved(order) == {"1": 2}
    case.ship("W-14")
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()

    case.step("supervisor", "reopen", "--reason", "a document was the wrong one", state="refunded")
    case.refused("finance", "refund")
    case.step("finance", "attach", "--type", "refund_voucher", "--reference", "V-1b", "--sha256", "cd" * 32)
    case.step("service-2", "close", state="closed")
    case.ended(
        "closed", *APPROVED, "expired", "reopened", "shipped", *REFUNDED, *CLOSED, "reopened", "document_attached",
        "closed")


def test_whoever_inspected_does_not_refund(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.approve()
    case.ship("W-15")
    case.step("stock-taker", "receive", "--all")
    case.step("stock-taker", "inspect", "--accept-all", "--report", desk.paper("report"), state="qualified")
    case.refused("stock-taker", "refund", reason="INSPECTOR_REFUNDS", status=NOT_ALLOWED)
    case.refused("finance", "refund", "--other-method", "cash", "--other-method-reason", "card lost",
                 reason="SUPERVISOR_REQUIRED", status=NOT_ALLOWED)
    case.step("supervisor", "refund", "--other-method", "cash", "--other-method-reason", "card lost")
    case.refund_succeeds("refunded")
    case.tell()
    case.follow_up_and_close()
    case.ended("closed", *SHIPPED, *REFUNDED, *CLOSED)


def test_what_is_allowed_is_listed_with_who_may(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))

    def listed():
        reply = desk["finance"].done("case", "allowed", case.id).json
        assert reply["state"] == "CASE_STATE_SUBMITTED"
        return {entry["command"]: entry["roles"] for entry in reply["commands"]}

    before = listed()
    assert before["COMMAND_KIND_REJECT"] == ["ROLE_SERVICE", "ROLE_SUPERVISOR"]
    assert "COMMAND_KIND_APPROVE" not in before, "not before the customer is verified"
    case.step("service-1", "verify")
    assert listed().keys() - before.keys() == {"COMMAND_KIND_APPROVE"}
