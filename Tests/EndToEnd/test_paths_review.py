"""Paths that a review decides (rejection, appeal, alternative), and ends without goods (cancel, expiry).

One case goes along each path, taken by people with one role each. In every situation on the way each step
that is not allowed is tried: it is refused with status 5, the reason and what is allowed instead, and changes
nothing (CaseFile.refuses_all_else, CaseFile.refused).
"""

import pytest
from harness.case import APPROVED, CLOSED, REFUNDED
from harness.command import NOT_ALLOWED, USAGE
from harness.desk import CUP, MUG
from harness.steps import ADDRESS


@pytest.fixture(scope="module")
def desk(module_world):
    return module_world.desk(module_world.server("--test-clock"), tries_all_steps=True)


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
    case.step("service-2", "approve", *ADDRESS, state="approved")
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
        "closed",
        "submitted",
        "rejected",
        "customer_told",
        "appealed",
        "verified",
        "approved",
        "customer_told",
        "shipped",
        *REFUNDED,
        *CLOSED,
    )


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
    case.step(
        "service-1", "reject", "--code", "worn", "--reason", "shows wear", "--alternative", "another mug"
    )
    case.refused("logistics", "exchange", "--carrier", "DHL", "--tracking-no", "X-1")
    case.tell()
    case.step("channel", "accept-alternative", "--goods", f"{MUG}=1", state="alternative")
    case.refused(
        "warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "X-1", reason="NOTHING_TO_SHIP"
    )
    case.refused("service-1", "close", reason="NOT_COMPLETE")
    sent = case.step("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "X-1", state="alternative")
    assert sent["goodsOut"] == "TRACK_DONE"
    case.follow_up_and_close()
    assert desk.reserved(order) == {"1": 0}
    case.ended(
        "closed", "submitted", "rejected", "customer_told", "alternative_accepted", "exchanged", *CLOSED
    )


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
        "cancelled",
        "submitted",
        "info_requested",
        "info_provided",
        "verified",
        "approved",
        "customer_told",
        "cancelled",
    )


def test_expiry(desk):
    order = desk.order((MUG, 1, 1000), (CUP, 1, 500))
    silent = desk.open(order, ("1", 1))
    silent.step("service-1", "request-info", "--question", "Which one?", state="info_needed")
    silent.tell("service-1")
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
    silent.ended("expired", "submitted", "info_requested", "customer_told", "expired")
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
    case.refused("finance", "refund", reason="NOTHING_DUE")
    case.step("finance", "attach", "--type", "refund_voucher", "--reference", "V-1b", "--sha256", "cd" * 32)
    case.step("service-2", "close", state="closed")
    case.ended(
        "closed",
        *APPROVED,
        "expired",
        "reopened",
        "shipped",
        *REFUNDED,
        *CLOSED,
        "reopened",
        "document_attached",
        "closed",
    )


def test_what_is_allowed_is_listed_with_who_may(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))

    def listed():
        reply = desk["finance"].done("case", "allowed", case.id).json
        assert reply["state"] == "CASE_STATE_SUBMITTED"
        methods = {entry["command"]: entry["method"] for entry in reply["commands"]}
        assert methods["COMMAND_KIND_REJECT"] == "returns.v1.CaseService/RejectCase"
        return {entry["command"]: entry["roles"] for entry in reply["commands"]}

    before = listed()
    assert before["COMMAND_KIND_REJECT"] == ["ROLE_SERVICE", "ROLE_SUPERVISOR"]
    assert "COMMAND_KIND_APPROVE" not in before, "not before the customer is verified"
    case.step("service-1", "verify")
    assert listed().keys() - before.keys() == {"COMMAND_KIND_APPROVE"}
