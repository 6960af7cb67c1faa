"""Three desks of ten cases each, by people with one role each: ten cases go the foreseen way, twenty leave
it. Each is brought to its end, and nobody has to write down what is not true.

With RETURNS_SCREENS=DIR in the environment, what a clerk sees of each case in the end is kept in DIR.
"""

import json
import os
import pathlib

import pytest
from harness.command import DONE
from harness.desk import CUP, MUG
from harness.steps import ADDRESS

SCREENS = os.environ.get("RETURNS_SCREENS")
PICKUP = ("--from", "+24h", "--until", "+26h", "--address", "1 High Street")
REJECTION = ("--code", "worn", "--reason", "shows wear", "--alternative", "a voucher of 10 %")


@pytest.fixture(scope="module")
def desk(module_world):
    desk = module_world.desk(module_world.server("--test-clock"))
    desk.advance_to_a_working_morning()
    return desk


@pytest.fixture
def story(request):
    """Checks a case at its end, and keeps its screens."""

    def story(case, state="closed"):
        assert case.state == state
        case.desk.assert_indexes_agree()
        proof = case.desk.admin("admin", "verify-money")
        assert proof.status == DONE, proof
        clerk = case.desk["service-1"]
        screens = [
            clerk.done("case", verb, case.id, output="table").out for verb in ("get", "why", "timeline")
        ]
        if SCREENS:
            folder = pathlib.Path(SCREENS)
            folder.mkdir(parents=True, exist_ok=True)
            name = request.node.name.removeprefix("test_")
            (folder / f"{request.cls.__name__}-{name}.txt").write_text("\n".join(screens))
        return screens[-1]

    return story


def opened(desk, *units, lines=((MUG, 2, 1000),), shipping=0):
    return desk.open(desk.order(*lines, shipping=shipping), *(units or [("1", 2)]))


def sent(desk, *units, **order):
    """A case whose goods are on their way."""
    case = opened(desk, *units, **order)
    case.approve()
    case.ship()
    return case


def arrived(desk, *units, **order):
    case = sent(desk, *units, **order)
    case.step("warehouse", "receive", "--all", state="received")
    return case


def paid(case, **refund):
    """From goods that were inspected to the end."""
    case.refund_all(**refund)
    case.tell()
    case.follow_up_and_close()


class TestShopDesk:
    def test_sent_and_refunded(self, desk, story):
        case = arrived(desk, shipping=499)
        case.inspect_all()
        paid(case)
        story(case)

    def test_brought_by_hand(self, desk, story):
        case = opened(desk)
        case.approve()
        case.step("warehouse", "receive", "--all", "--by-hand", state="received")
        receipt = ("--type", "signed_receipt", "--reference", "receipt-8", "--sha256", "ab" * 32)
        case.step("warehouse", "attach", *receipt)
        case.inspect_all()
        paid(case)
        story(case)

    def test_picked_up(self, desk, story):
        case = opened(desk)
        case.approve()
        case.step("logistics", "pickup schedule", *PICKUP, state="pickup_scheduled")
        case.tell()
        parcel = ("--carrier", "DHL", "--tracking-no", "P-1", "--waybill", desk.paper("waybill"))
        case.step("logistics", "pickup result", "collected", *parcel, state="in_transit")
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_two_parcels_two_refunds(self, desk, story):
        case = sent(desk)
        case.step("warehouse", "receive", "--line", "1=1", state="received")
        case.inspect_all()
        case.refund_all()
        case.step("warehouse", "receive", "--line", "1=1", state="received")
        case.inspect_all()
        paid(case, voucher="V-2")
        story(case)

    def test_refused_and_taken_as_it_is(self, desk, story):
        case = opened(desk)
        case.step("service-1", "reject", *REJECTION, state="rejected")
        case.tell()
        case.step("service-1", "close", state="closed")
        story(case)

    def test_refused_and_something_else_sent(self, desk, story):
        case = opened(desk)
        case.step("service-1", "reject", *REJECTION, state="rejected")
        case.tell()
        case.step("channel", "accept-alternative", "--goods", f"{CUP}=2", state="alternative")
        case.step("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "X-1")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_asked_and_answered(self, desk, story):
        case = opened(desk)
        case.step("service-1", "request-info", "--question", "Which glaze?", state="info_needed")
        case.tell()
        case.step("channel", "provide-info", "--answer", "the blue one", state="submitted")
        case.approve()
        case.ship()
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_lost_and_found(self, desk, story):
        case = sent(desk)
        case.step("logistics", "exception", "lost", "--reason", "no scan for a week", state="exception")
        case.tell()
        case.step("logistics", "found", "--note", "in the wrong depot", state="in_transit")
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_three_were_typed_and_one_came(self, desk, story):
        case = sent(desk, ("1", 3), lines=((MUG, 3, 1000),))
        case.step("warehouse", "receive", "--all", state="received")
        case.step("warehouse", "correct-receipt", "--line", "1=1", "--reason", "typed 3, 1 came")
        case.inspect_all()
        case.refund_all()
        case.step("warehouse", "receive", "--line", "1=2", state="received")
        case.inspect_all()
        paid(case, voucher="V-2")
        assert "receipt corrected" in story(case)

    def test_looked_at_the_wrong_cup(self, desk, story):
        case = arrived(desk)
        worn = ("--line", "1:accept=1,refuse=1,appearance=fail", "--note", "chipped rim")
        report = ("--report", desk.paper("report"))
        case.step("warehouse", "inspect", *worn, *report, state="nonconforming")
        right = ("--line", "1:accept=2,refuse=0", "--reason", "the chipped cup was another customer's")
        case.step("warehouse", "correct-inspection", *right, state="qualified")
        paid(case)
        assert "inspection corrected" in story(case)


class TestOnlineDesk:
    def test_sent_and_refunded(self, desk, story):
        case = arrived(desk, ("1", 1), ("2", 1), lines=((MUG, 1, 1000), (CUP, 1, 333)))
        case.inspect_all()
        paid(case)
        story(case)

    def test_given_up(self, desk, story):
        case = opened(desk)
        case.approve()
        case.step("channel", "cancel", "--reason", "keeps them", state="cancelled")
        story(case, "cancelled")

    def test_goods_of_a_refused_case_came(self, desk, story):
        case = opened(desk)
        case.step("service-1", "reject", *REJECTION, state="rejected")
        case.tell()
        case.step("warehouse", "receive", "--undeclared", f"{MUG}=2")
        case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-1")
        case.tell()
        case.step("service-1", "close", state="closed")
        story(case)

    def test_goods_of_a_cancelled_case_came(self, desk, story):
        case = opened(desk)
        case.step("channel", "cancel", "--reason", "keeps them", state="cancelled")
        case.step("warehouse", "receive", "--undeclared", f"{MUG}=2", state="ship_back")
        case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-2", state="cancelled")
        story(case, "cancelled")

    def test_goods_came_before_the_approval(self, desk, story):
        case = opened(desk)
        case.step("warehouse", "receive", "--undeclared", f"{MUG}=2", state="submitted")
        case.step("service-1", "verify")
        case.step("service-1", "approve", *ADDRESS, state="received")
        case.tell()
        case.inspect_all()
        paid(case)
        story(case)

    def test_exchanged_for_a_dearer_one(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        dearer = ("--line", "1=1", "--sku", "MUG-L", "--paid-by-customer", "2.00", "--reference", "T-118")
        case.step("service-1", "agree-exchange", *dearer, "--reason", "too small", state="qualified")
        case.refund_all("alternative")
        case.tell()
        case.step("warehouse", "exchange", "--carrier", "DHL", "--tracking-no", "E-1", state="refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_a_part_was_kept(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        kept = ("--line", "1", "--amount", "3.00", "--code", "restocking", "--reason", "opened box")
        case.step("supervisor", "deduct", *kept, state="qualified")
        case.tell()
        paid(case)
        assert case.read()["refunds"][0]["amountMinor"] == "1700"
        story(case)

    def test_kept_by_the_customer_for_an_amount(self, desk, story):
        case = arrived(desk)
        worn = ("--line", "1:refuse=2,appearance=fail", "--note", "stained", "--report", desk.paper("report"))
        case.step("warehouse", "inspect", *worn, state="nonconforming")
        case.tell()
        agreed = ("--line", "1=2", "--amount", "6.00", "--reason", "agreed by telephone")
        case.step("supervisor", "concede", *agreed, state="qualified")
        case.refund_all(state="ship_back")
        case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-3", state="refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_the_bank_sent_it_back(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        paid(case)
        desk.advance("1d")
        case.step("finance", "refund-returned", "--reason", "the account is closed", state="qualified")
        case.tell()
        paid(case, voucher="V-2")
        story(case)

    def test_the_gateway_told_it_twice(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        case.step("finance", "refund", state="refunding")
        voucher = ("--voucher", "V-1", "--voucher-file", desk.paper("V-1"))
        result = ("refund-result", "succeeded", *voucher, "--refund-id", f"{case.id}-1")
        first = case.step("finance", *result, state="refunded")
        assert case.step("finance", *result)["version"] == first["version"]
        case.tell()
        case.follow_up_and_close()
        story(case)


class TestWarehouseDesk:
    def test_sent_and_refunded(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        paid(case)
        story(case)

    def test_more_than_was_declared(self, desk, story):
        case = sent(desk, ("1", 1), lines=((MUG, 2, 1000), (CUP, 1, 300)))
        more = ("--undeclared", f"{CUP}=1@2", "--undeclared", "SPOON-3=1")
        case.step("warehouse", "receive", "--line", "1=1", *more, state="received")
        case.inspect_all()
        case.refund_all(state="ship_back")
        case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-6", state="refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_withdrawn_on_the_way(self, desk, story):
        case = sent(desk)
        case.step("channel", "withdraw", "--reason", "wants to keep them", state="in_transit")
        case.step("warehouse", "receive", "--all", state="ship_back")
        case.step("logistics", "ship-back", "--carrier", "DHL", "--tracking-no", "B-7", state="ship_back")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_lost_for_good(self, desk, story):
        case = sent(desk)
        case.step("logistics", "exception", "lost", "--reason", "declared lost", state="exception")
        case.tell()
        concession = ("--line", "1=concede:2", "--reason", "the carrier pays")
        case.step("supervisor", "resolve", *concession, state="qualified")
        paid(case)
        story(case)

    def test_given_up_and_paid_all_the_same(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        case.step("finance", "refund", state="refunding")
        case.step("finance", "refund-result", "unknown")
        case.step("finance", "abandon", "--confirmation", "the gateway says that it is dead")
        late = ("refund-result", "succeeded", "--voucher", "V-1", "--voucher-file", desk.paper("V-1"))
        case.step("finance", *late, "--refund-id", f"{case.id}-1", state="refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_paid_another_way(self, desk, story):
        case = arrived(desk)
        case.inspect_all()
        case.step("supervisor", "refund", "--other-method", "cash", "--other-method-reason", "card lost")
        case.refund_succeeds("refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)

    def test_expired_and_reopened(self, desk, story):
        case = opened(desk)
        case.approve()
        desk.advance("14d1m")
        case.wait_for("expired")
        case.step("supervisor", "reopen", "--reason", "was ill", state="approved")
        case.ship()
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_missed_and_picked_up_later(self, desk, story):
        case = opened(desk)
        case.approve()
        case.step("logistics", "pickup schedule", *PICKUP, state="pickup_scheduled")
        case.step("logistics", "pickup result", "missed", "--reason", "nobody at home", state="approved")
        case.step("service-1", "pickup schedule", *PICKUP, state="pickup_scheduled")
        parcel = ("--carrier", "DHL", "--tracking-no", "P-2", "--waybill", desk.paper("waybill"))
        case.step("logistics", "pickup result", "collected", *parcel, state="in_transit")
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_appealed(self, desk, story):
        case = opened(desk)
        case.step("service-1", "reject", *REJECTION, state="rejected")
        case.tell()
        case.step("channel", "appeal", "--reason", "it was so when it came", state="submitted")
        case.step("service-2", "verify")
        case.step("service-2", "approve", *ADDRESS, state="approved")
        case.step("service-2", "told", "--channel", "email")
        case.ship()
        case.step("warehouse", "receive", "--all", state="received")
        case.inspect_all()
        paid(case)
        story(case)

    def test_a_second_person_looked(self, desk, story):
        policy = desk.admin.done("policy", "get").json["policy"]
        strict = json.dumps({**policy, "secondPersonAboveMinor": "1500"})
        desk.admin.done("policy", "put", "-f", "-", "--yes", input=strict)
        case = arrived(desk)
        case.inspect_all()
        case.step("finance", "refund", state="refunding")
        case.step("supervisor", "confirm-refund", state="refunding")
        case.refund_succeeds("refunded")
        case.tell()
        case.follow_up_and_close()
        story(case)
