"""Where refunds go: pushes keep an order's payments, a supervisor changes them,
whoever made them due has no part in it."""

import json

import pytest
from harness.case import SHIPPED, without_firings
from harness.command import CONFLICT, DONE, FAILED, NOT_ALLOWED, USAGE, assert_refused
from harness.desk import MUG
from harness.outbox import kind_of
from harness.terminal import Terminal
from harness.waiting import wait_until

# The fields of an order that a push has.
PUSHED = ("key", "placedAtMs", "deliveredAtMs", "customerId", "country", "currency", "lines")
BOUNDED = "what is refunded is bounded by what was paid"


def story(desk, case_id):
    return desk.admin.done("case", "timeline", case_id).json["entries"]


def told(desk, case_id):
    return [entry["text"] for entry in story(desk, case_id) if kind_of(entry) == "payments_changed"]


def paid_twice(number):
    """Two payments that add up to 20.00."""
    return [
        {"reference": f"card-{number}", "method": "PAYMENT_METHOD_CARD", "amountMinor": 1500},
        {"reference": f"gift-{number}", "method": "PAYMENT_METHOD_GIFT_CARD", "amountMinor": 500},
    ]


@pytest.fixture
def case(desk):
    return desk.open(desk.order((MUG, 2, 1000), payments=paid_twice("a")), ("1", 2))


@pytest.fixture
def qualified(desk, case):
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    return case


def change(desk, order, *payments, who="supervisor", flags=(), **options):
    named = [word for payment in payments for word in ("--payment", payment)]
    return desk[who](
        "order", "payments", "change", order, *named, "--reason", "card closed", "--yes", *flags, **options
    )


def alone(world, desk, name, roles=("warehouse", "supervisor", "finance")):
    """One person in every role that money needs."""
    file = world.path / f"{name}.token"
    roles = [word for role in roles for word in ("--role", role)]
    desk.admin.done("principal", "create", name, *roles, "--save", file)
    return desk.admin.with_token(file)


def test_a_push_that_changes_a_payment_is_refused_whole(desk, case):
    order = desk.read_order(case.order)
    pushed = {
        "key": order["key"],
        "placedAtMs": order["placedAtMs"],
        "customerId": "cu-7",
        "country": "FR",
        "currency": "GBP",
        "lines": [{"lineId": "1", "sku": MUG, "name": "Stoneware", "quantity": 2, "unitPriceMinor": 1000}],
        "payments": paid_twice("b"),
    }
    answer = desk["channel"]("order", "import", "-", input=json.dumps(pushed))
    assert answer.status != DONE, answer
    for text in ("PAYMENTS_FIXED", "card-a is missing", "returnsctl order payments change"):
        assert text in answer.err, answer
    assert desk.read_order(case.order) == order
    pushed["payments"] = [
        *paid_twice("a"),
        {"reference": "new", "method": "PAYMENT_METHOD_CARD", "amountMinor": 300},
    ]
    pushed["shippingPaidMinor"] = 300
    desk["channel"].done("order", "import", "-", input=json.dumps(pushed))
    assert [payment["reference"] for payment in desk.read_order(case.order)["payments"]] == [
        "card-a",
        "gift-a",
        "new",
    ]


def test_a_supervisor_changes_payments_and_the_desk_reads_why(desk, qualified):
    qualified.step("finance", "refund", "--amount", "5.00", state="refunding")
    wanted = ("card-a=5.00", "card-b=card:15.00")
    assert_refused(change(desk, qualified.order, *wanted, who="finance"), NOT_ALLOWED, "supervisor")
    answer = change(desk, qualified.order, "card-a=4.99", "card-b=card:15.01")
    assert "PAYMENT_REFUNDED" in answer.err and "cannot be smaller" in answer.err, answer
    before = desk.admin.done("order", "get", qualified.order).json["order"]
    assert change(desk, qualified.order, *wanted, flags=["--dry-run"]).status == DONE
    assert desk.admin.done("order", "get", qualified.order).json["order"] == before
    assert "just these payments" in change(desk, qualified.order, "card-a=15.00", "gift-a=5.00").err

    answer = change(desk, qualified.order, *wanted, output="table")
    what = (
        "card-a from card 15.00 GBP to card 5.00 GBP; gift-a gift_card 5.00 GBP taken out; card-b card 15.00"
        " GBP added"
    )
    assert answer.status == DONE and what in answer.out, answer
    shown = desk.admin.done("order", "get", qualified.order, output="table").out
    assert what in shown and "“card closed”" in shown and "supervisor" in shown
    assert told(desk, qualified.id) == [what]
    # Why is the desk's to know, finance's above all; the channel is told what.
    assert "“card closed”" in desk["finance"].done("order", "get", qualified.order, output="table").out
    shown = desk["channel"].done("order", "get", qualified.order, output="table").out
    assert what in shown and "card closed" not in shown
    for who, reason in (("finance", "card closed"), ("supervisor", "card closed"), ("channel", "")):
        entries = desk[who].done("case", "timeline", qualified.id).json["entries"]
        words = [
            (entry["text"], entry.get("deskText", ""))
            for entry in entries
            if kind_of(entry) == "payments_changed"
        ]
        assert words == [(what, reason)], who
    # The refund that was under way keeps its payment; the next goes to the new one.
    qualified.refund_succeeds("qualified")
    refund = qualified.step("finance", "refund", state="refunding")["refunds"][1]
    assert refund["payments"] == [{"reference": "card-b", "amountMinor": "1500"}]
    desk.assert_indexes_agree()


def test_a_change_of_payments_asks(world, desk, case):
    line = ("order", "payments", "change", case.order, "--payment", "card-b=card:20.00", "--reason", "closed")
    assert_refused(desk["supervisor"](*line), USAGE, "This changes where refunds of order", "--yes")
    shown = Terminal(desk["supervisor"], *line)
    world.at_end(shown.end)
    shown.wait_for("[y/N]")
    for text in (
        "card-a card 15.00 GBP, gift-a gift_card 5.00 GBP",
        "to card-b card 20.00 GBP",
        "1 of its cases",
    ):
        assert text in shown.screen
    shown.type("y\n")
    assert shown.wait() == DONE, shown.screen
    assert [payment["reference"] for payment in desk.read_order(case.order)["payments"]] == ["card-b"]


def test_a_refund_names_its_payments(world, desk, qualified):
    dry = desk["finance"].done("case", "refund", qualified.id, "--dry-run", output="table").out
    assert "to payments card-a 15.00 GBP and gift-a 5.00 GBP" in dry
    shown = Terminal(desk["finance"], "case", "refund", qualified.id)
    world.at_end(shown.end)
    shown.wait_for("[y/N]")
    assert "all that is due, to payments card-a 15.00 GBP and gift-a 5.00 GBP." in shown.screen
    shown.type("y\n")
    assert shown.wait() == DONE, shown.screen
    assert "refund started: 20.00 GBP to payments card-a 15.00 GBP and gift-a 5.00 GBP" in shown.screen
    detail = desk["finance"].done("case", "get", qualified.id, output="table").out
    assert "20.00 GBP to payments card-a 15.00 GBP and gift-a 5.00 GBP, in_progress" in detail


def test_whoever_inspected_has_no_say_in_where_the_money_goes(world, desk, case):
    """One person of both roles inspects, and would have the refund go to a card of their own."""
    file = world.path / "boss.token"
    desk.admin.done(
        "principal", "create", "boss", "--role", "warehouse", "--role", "supervisor", "--save", file
    )
    boss = desk.admin.with_token(file)
    case.approve()
    case.step("warehouse", "receive", "--all", "--by-hand")
    line = ("order", "payments", "change", case.order, "--reason", "closed", "--yes", "--payment")
    desk["supervisor"].done(*line, "card-b=card:20.00")
    boss.done("case", "inspect", case.id, "--line", "1:accept=1", "--yes")
    desk.changes += 1
    case.step("warehouse", "inspect", "--line", "1:accept=1", state="qualified")
    for flags in ((), ("--dry-run",)):
        answer = boss(*line, "mine=card:20.00", *flags)
        assert_refused(answer, NOT_ALLOWED, "INSPECTOR_REFUNDS", "someone else has to change_payments")
    assert [payment["reference"] for payment in desk.read_order(case.order)["payments"]] == ["card-b"]
    desk["supervisor"].done(*line, "card-c=card:20.00")


def test_whoever_changed_payments_neither_inspects_nor_refunds(world, desk, case):
    """The same person the other way round: first the card of their own, then the goods."""
    chief = alone(world, desk, "chief")
    case.approve()
    case.step("warehouse", "receive", "--all", "--by-hand")
    chief.done(
        "order",
        "payments",
        "change",
        case.order,
        "--reason",
        "closed",
        "--yes",
        "--payment",
        "mine=card:20.00",
    )
    desk.changes += 1

    def refused(step, *flags, by):
        answer = chief("case", step, case.id, *flags, "--yes")
        assert_refused(
            answer, NOT_ALLOWED, "PAYMENTS_CHANGER", f"someone else has to {step}", f"the role {by}"
        )

    refused("inspect", "--line", "1:accept=1", by="warehouse")
    case.step("warehouse", "inspect", "--line", "1:accept=2", state="qualified")
    refused("refund", by="finance")
    case.step("finance", "refund", state="refunding")


def test_whoever_adds_a_payment_has_no_part_in_refunds(world, desk, qualified):
    """A push can only add a payment; but a refund may name it."""
    both = alone(world, desk, "both", ("channel", "finance"))
    order = {key: value for key, value in desk.read_order(qualified.order).items() if key in PUSHED}
    order["shippingPaidMinor"] = 900
    order["payments"] = [
        *paid_twice("a"),
        {"reference": "mine", "method": "PAYMENT_METHOD_CARD", "amountMinor": 900},
    ]
    both.done("order", "import", "-", input=json.dumps(order))
    answer = both("case", "refund", qualified.id, "--payment", "mine=9.00", "--yes")
    assert_refused(answer, NOT_ALLOWED, "PAYMENTS_CHANGER", "or one was added", "the role finance")
    qualified.step("finance", "refund", state="refunding")


def allow_returnless(desk):
    reply = desk.admin.done("policy", "get").json
    reply["policy"]["returnlessAllowed"] = True
    desk.admin.done("policy", "put", "-f", "-", "--yes", input=json.dumps(reply))


# How a supervisor makes money owed: the command's name, and the step.
OWING = {
    "concede": ("resolve", "resolve", "--line", "1=concede:2", "--reason", "goodwill"),
    "returnless": ("grant_returnless", "returnless", "--reason", "not worth the postage"),
}


def bring_to(case, way):
    """Takes the case to where money can be made owed this way."""
    case.approve()
    if way == "concede":
        case.ship()
        case.step("warehouse", "receive", "--all")
        case.step("warehouse", "inspect", "--line", "1:refuse=2,appearance=fail")
        case.tell()


@pytest.mark.parametrize("way", OWING)
def test_whoever_makes_money_owed_has_no_say_in_where_it_goes(world, desk, case, way):
    """One supervisor decides that money is owed, and would have it go to a card of their own."""
    allow_returnless(desk)
    chief = alone(world, desk, f"owing-{way}")
    bring_to(case, way)
    _, verb, *flags = OWING[way]
    chief.done("case", verb, case.id, *flags, "--yes")
    desk.changes += 1

    def refused(*line):
        return assert_refused(chief(*line, "--yes"), NOT_ALLOWED, "INSPECTOR_REFUNDS", "someone else has to")

    change_payments = ("order", "payments", "change", case.order, "--reason", "closed", "--payment")
    refused(*change_payments, "mine=card:20.00")
    refused("case", "refund", case.id)
    refused("case", "refund", case.id, "--other-method", "cash", "--other-method-reason", "closed")
    refund = case.step("finance", "refund", state="refunding")["refunds"][0]
    assert [payment["reference"] for payment in refund["payments"]] == ["card-a", "gift-a"]
    refused("case", "refund-result", case.id, "succeeded", "--voucher", "V", "--refund-id", f"{case.id}-1")
    case.step("finance", "refund-result", "failed", "--reason", "declined", state="refund_failed")
    refused("case", "refund", case.id)
    refused("case", "abandon", case.id, "--confirmation", "void", "--refund-id", f"{case.id}-1")


@pytest.mark.parametrize("way", OWING)
def test_whoever_changed_payments_makes_nothing_owed(world, desk, case, way):
    """The same person the other way round: first the card of their own, then the money."""
    allow_returnless(desk)
    chief = alone(world, desk, f"changing-{way}")
    bring_to(case, way)
    line = ("order", "payments", "change", case.order, "--reason", "closed", "--yes", "--payment")
    chief.done(*line, "mine=card:20.00")
    desk.changes += 1
    name, verb, *flags = OWING[way]
    answer = chief("case", verb, case.id, *flags, "--yes")
    words = (f"someone else has to {name}", "the role supervisor who changed none of them")
    assert_refused(answer, NOT_ALLOWED, "PAYMENTS_CHANGER", *words)
    case.step("supervisor", verb, *flags, state="qualified")


def test_whoever_inspected_has_no_part_in_the_refund(desk, case):
    case.approve()
    case.step("warehouse", "receive", "--all", "--by-hand")
    # One unit of the line; another one inspects the other.
    case.step("stock-taker", "inspect", "--line", "1:accept=1")
    case.step("warehouse", "inspect", "--line", "1:accept=1", state="qualified")

    def refused(*step):
        answer = desk["stock-taker"]("case", step[0], case.id, *step[1:], "--yes")
        assert_refused(answer, NOT_ALLOWED, "INSPECTOR_REFUNDS", "someone else has to")

    refused("refund")
    case.step("finance", "refund", state="refunding")
    refund = f"{case.id}-1"
    refused("refund-result", "succeeded", "--voucher", "V", "--refund-id", refund)
    refused("refund-result", "failed", "--reason", "no", "--refund-id", refund)
    refused("refund-result", "unknown", "--refund-id", refund)
    case.step("finance", "refund-result", "failed", "--reason", "declined", state="refund_failed")
    refused("refund")
    refused("abandon", "--confirmation", "void", "--refund-id", refund)
    case.step("finance", "abandon", "--confirmation", "void", state="qualified")
    refused("refund-result", "succeeded", "--voucher", "V", "--refund-id", refund)


def test_a_late_success_is_told_truly(desk, qualified):
    qualified.step("finance", "refund", state="refunding")
    qualified.step("finance", "refund-result", "failed", "--reason", "declined", state="refund_failed")
    qualified.step("finance", "abandon", "--confirmation", "void", state="qualified")
    # Nothing is under way: a success is booked on the refund that is named, and on no other.
    unnamed = desk["finance"]("case", "refund-result", qualified.id, "succeeded", "--voucher", "V-9")
    assert_refused(unnamed, CONFLICT, f"name one with --refund-id: {qualified.id}-1 (abandoned)")
    qualified.refund_all()
    qualified.tell()
    qualified.follow_up_and_close()
    late = ("case", "refund-result", qualified.id, "succeeded", "--refund-id", f"{qualified.id}-1")
    assert_refused(desk["finance"](*late), FAILED, "voucher")
    answer = desk["finance"].done(*late, "--voucher", "V-9", output="table").out
    assert "it came after the refund was given up" in answer
    assert "the customer got 20.00 GBP more than was owed" in answer
    detail = desk["finance"].done("case", "get", qualified.id, output="table").out
    assert "20.00 GBP of " in detail and "more than was owed; recover it" in detail
    order = desk.read_order(qualified.order)
    assert int(order["overpaidMinor"]) == 2000
    # 20.00 came in and 40.00 went out: each payment is full, and the rest is beside it.
    assert [int(payment["committedMinor"]) for payment in order["payments"]] == [1500, 500]
    assert [int(payment["overpaidMinor"]) for payment in order["payments"]] == [1500, 500]
    assert int(order["lines"][0]["committedMinor"]) == 2000
    assert "overpaid: 20.00 GBP" in desk.admin.done("order", "get", qualified.order, output="table").out
    assert without_firings(story(desk, qualified.id))[len(SHIPPED) :] == [
        "received",
        "inspected",
        "refund_started",
        "refund_failed",
        "refund_abandoned",
        "refund_started",
        "refund_succeeded",
        "customer_told",
        "followed_up",
        "closed",
        "refund_succeeded",
        "refund_overpaid",
    ]
    desk.assert_indexes_agree()


def test_a_server_killed_between_order_and_cases_tells_the_rest_once(world):
    """The call tells 32 cases, nobody sweeps, and the server is killed: the next one tells the others."""
    server = world.server("--no-sweeper")
    desk = world.desk(server)
    order = desk.order((MUG, 40, 1000))
    ids = [desk.open(order, ("1", 1)).id for _ in range(40)]
    reply = desk["supervisor"].done(
        "order", "payments", "change", order, "--payment", "card-b=card:400.00", "--reason", "r", "--yes"
    )
    assert len(reply.json["untoldCaseIds"]) == 8, reply
    assert sum(len(told(desk, case_id)) for case_id in ids) == 32
    server.kill()
    again = world.server()
    desk.admin = world.ctl(again)
    wait_until(
        lambda: all(told(desk, case_id) for case_id in reply.json["untoldCaseIds"]), "the others to be told"
    )
    assert [len(told(desk, case_id)) for case_id in ids] == [1] * 40
    desk.assert_indexes_agree()


def paid_in_part(case):
    """(result, detail) of the check, or None."""
    kind = "CHECK_KIND_PAID_IN_PART"
    found = [(each["result"], each["detail"]) for each in case.read()["checks"] if each["kind"] == kind]
    assert len(found) <= 1, found
    return found[0] if found else None


def test_an_order_paid_in_part_is_told_as_such(desk):
    """25.00 was paid for goods of 65.00, and the order system says later that nothing is outstanding."""
    lines = [{"lineId": "1", "sku": MUG, "quantity": 2, "unitPriceMinor": 3250, "paidMinor": 2500}]
    payment = {"reference": "card-p", "method": "PAYMENT_METHOD_CARD", "amountMinor": 2500}
    number = desk.order((MUG, 2, 3250), lines=lines, payments=[payment], outstandingMinor=4000)
    shown = desk.admin.done("order", "get", number, output="table").out
    assert "outstanding: 40.00 GBP, paid in part" in shown
    case = desk.open(number, ("1", 2))
    told = f"40.00 GBP outstanding, 25.00 GBP paid: {BOUNDED}"
    assert paid_in_part(case) == ("CHECK_RESULT_NOTED", told)
    seen = desk["service-1"].done("case", "get", case.id, output="table").out
    assert f"paid in part noted — {told}" in seen
    why = desk["service-1"].done("case", "why", case.id, output="table").out
    assert f"unpaid    40.00 GBP of the order: {BOUNDED}" in why
    # Nobody needs a supervisor for it.
    case.approve()
    order = desk.read_order(number)
    assert order["outstandingMinor"] == "4000"
    pushed = {key: value for key, value in order.items() if key in (*PUSHED, "payments", "status")}
    desk["channel"].done("order", "import", "-", input=json.dumps(pushed))
    assert "outstanding" not in desk.admin.done("order", "get", number, output="table").out
    # What the reviewer was told stays with the case; the next one is judged anew.
    assert paid_in_part(case)[1] == told
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    answer = desk["finance"]("case", "refund", case.id, "--amount", "25.01", "--yes")
    assert answer.status != DONE and "25.00 GBP are due" in answer.err, answer
    case.refund_all()
    assert "problems" not in desk.admin.done("admin", "verify-money").json


def test_an_order_paid_in_part_is_paid_on_while_its_case_waits(desk):
    """Half of two mugs was paid, and the rest comes while the parcel is on its way: all of it is refunded."""
    lines = [{"lineId": "1", "sku": MUG, "quantity": 2, "unitPriceMinor": 1000, "paidMinor": 1000}]
    payment = {"reference": "card-p", "method": "PAYMENT_METHOD_CARD", "amountMinor": 1000}
    number = desk.order((MUG, 2, 1000), lines=lines, payments=[payment], outstandingMinor=1000)
    case = desk.open(number, ("1", 2))
    case.approve()
    case.ship()
    order = desk.read_order(number)
    pushed = {key: value for key, value in order.items() if key in (*PUSHED, "payments", "status")}
    pushed["lines"][0]["paidMinor"] = "2000"
    pushed["payments"].append({"reference": "card-q", "method": "PAYMENT_METHOD_CARD", "amountMinor": "1000"})
    desk["channel"].done("order", "import", "-", input=json.dumps({**pushed, "outstandingMinor": "0"}))
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    due = desk["finance"].done("refund", "due").json["refunds"]
    assert [each["amountMinor"] for each in due if each["caseId"] == case.id] == ["2000"]
    pushed["lines"][0]["paidMinor"] = "2001"
    pushed["payments"][1]["amountMinor"] = "1001"
    late = desk["channel"]("order", "import", "-", input=json.dumps(pushed))
    assert late.json["refusedByReason"] == {"ORDER_CONFLICT": 1}, late
    case.refund_all()
    assert "problems" not in desk.admin.done("admin", "verify-money").json


def test_a_push_with_nothing_outstanding_ends_it(desk):
    lines = [{"lineId": "1", "sku": MUG, "quantity": 2, "unitPriceMinor": 1000, "paidMinor": 2000}]
    number = desk.order((MUG, 2, 1000), lines=lines, outstandingMinor=1)
    case = desk.open(number, ("1", 1))
    assert paid_in_part(case)[1].startswith("0.01 GBP outstanding, 20.00 GBP paid")
    order = desk.read_order(number)
    pushed = {key: value for key, value in order.items() if key in (*PUSHED, "payments", "status")}
    # Left out, it would be the whole price, of which a part is outstanding.
    unsaid = json.loads(json.dumps({**pushed, "outstandingMinor": "1"}))
    for line in unsaid["lines"]:
        del line["paidMinor"]
    answer = desk["channel"]("order", "import", "-", input=json.dumps(unsaid))
    assert answer.json["refusedByReason"] == {"FIELD_REQUIRED": 1}, answer
    wrong = json.dumps({**pushed, "outstandingMinor": "-1"})
    answer = desk["channel"]("order", "import", "-", input=wrong)
    assert answer.status == FAILED and answer.json["refusedByReason"] == {"AMOUNT_OUT_OF_RANGE": 1}, answer
    desk["channel"].done("order", "import", "-", input=json.dumps({**pushed, "outstandingMinor": "0"}))
    case.step("service-1", "verify")
    assert paid_in_part(case) is None
