"""What is kept of the money, what is paid for goods that the customer keeps, and money that
comes back from the bank."""

import json

from harness.command import NOT_ALLOWED, USAGE
from harness.desk import MUG
from harness.outbox import kind_of


def qualified(desk, units=2):
    case = desk.open(desk.order((MUG, units, 1000)), ("1", units))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    return case


def money(case):
    line = case.read()["lines"][0]
    return int(line.get("owedMinor", 0)), int(line.get("committedMinor", 0))


def deduct(case, who, amount, code="restocking", **options):
    flags = ("--line", "1", "--amount", amount, "--code", code, "--reason", "opened box")
    return (case.refused if options else case.step)(who, "deduct", *flags, **options)


def shown(desk, case):
    return desk.admin.done("case", "get", case.id, output="table").out


def test_a_part_is_kept_and_the_rest_refunded(desk):
    """Of 20.00 3.00 are kept; 17.00 are refunded, and the case closes."""
    case = qualified(desk)
    case.inspect_all()
    answer = deduct(case, "service-1", "3.00", reason="SUPERVISOR_REQUIRED", status=NOT_ALLOWED)
    assert "allows 0 per cent of its 20.00 GBP" in answer.err, answer
    deduct(case, "supervisor", "3.00")
    assert money(case) == (1700, 0)
    assert "line 1, deduction 1: 3.00 GBP restocking by supervisor" in shown(desk, case)
    case.tell()
    case.refund_all()
    assert money(case) == (1700, 1700)
    case.tell()
    case.follow_up_and_close()
    story = desk.admin.done("case", "timeline", case.id).json["entries"]
    kept = next(entry for entry in story if kind_of(entry) == "deducted")
    assert kept["text"] == "3.00 GBP of line 1: restocking" and kept["personalText"] == "opened box"


def test_what_is_taken_back_is_owed_again(desk):
    case = qualified(desk)
    case.inspect_all()
    deduct(case, "supervisor", "20.00", "damage")
    assert money(case) == (0, 0)
    case.tell()
    case.step("service-1", "take-back-deduction", "--line", "1", "--reason", "other goods", state="qualified")
    assert money(case) == (2000, 0)
    assert "; taken back by service-1" in shown(desk, case)
    deduct(case, "supervisor", "20.01", reason="AMOUNT_EXCEEDED")


def test_refused_goods_are_kept_for_an_amount(desk):
    """Of two refused mugs the customer keeps both for 6.00; they go back."""
    case = qualified(desk)
    case.step("warehouse", "inspect", "--line", "1:refuse=2,appearance=fail", state="nonconforming")
    flags = ("--line", "1=2", "--reason", "agreed by phone")
    case.refused("supervisor", "concede", *flags, "--amount", "6.00", reason="TELL_FIRST")
    case.tell()
    case.refused("supervisor", "concede", *flags, "--amount", "20.01", reason="AMOUNT_EXCEEDED")
    case.step("supervisor", "concede", *flags, "--amount", "6.00", state="qualified")
    assert money(case) == (600, 0)
    assert case.units["1"]["keptRefused"] == 2
    assert "line 1: 6.00 GBP for 2 refused units worth 20.00 GBP by supervisor" in shown(desk, case)
    case.refund_all(state="ship_back")
    case.step("warehouse", "ship-back", "--carrier", "DHL", "--tracking-no", "B-1", state="refunded")


def test_a_refund_that_the_bank_sent_back_opens_the_case(desk):
    case = qualified(desk)
    case.inspect_all()
    case.refund_all()
    case.tell()
    case.follow_up_and_close()
    case.step("finance", "refund-returned", "--reason", "the account is closed", state="qualified")
    assert money(case) == (2000, 0)
    assert "returned by the bank" in shown(desk, case)
    late = case.refused(
        "finance",
        "refund-result",
        "succeeded",
        "--voucher",
        "V-9",
        "--refund-id",
        f"{case.id}-1",
        reason="REFUND_RETURNED",
    )
    assert "a new refund pays its 20.00 GBP again" in late.err, late
    case.tell()
    case.refund_all(voucher="V-2")
    case.tell()
    case.follow_up_and_close()
    order = desk.read_order(case.order)
    assert sum(int(payment.get("committedMinor", 0)) for payment in order["payments"]) == 2000


def test_shipping_that_came_back_is_due_again(desk):
    """15.00 for goods and 3.00 for shipping come back: the next refund pays all 18.00."""
    order = desk.order((MUG, 2, 750), shipping=300)
    case = desk.open(order, ("1", 2))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.step("finance", "refund", "--shipping", "3.00", state="refunding")
    case.refund_succeeds("refunded")
    case.tell()
    case.step("finance", "refund-returned", "--reason", "the account is closed", state="qualified")
    assert case.read()["shippingDueMinor"] == "300"
    assert "3.00 GBP due again, since a refund of it came back" in shown(desk, case)
    assert "due again 3.00 GBP" in desk.admin.done("order", "get", order, output="table").out
    why = desk.admin.done("case", "why", case.id, output="table").out
    assert "3.00 GBP due again, since it came back" in why, why
    (due,) = [row for row in desk.admin.done("refund", "due").json["refunds"] if row["caseId"] == case.id]
    assert due["amountMinor"] == "1800", due
    case.tell()
    paid = case.step("finance", "refund", state="refunding")["refunds"][-1]
    assert (paid["amountMinor"], paid["shippingMinor"]) == ("1800", "300")
    case.refund_succeeds("refunded", voucher="V-2")
    case.tell()
    case.follow_up_and_close()
    desk.admin.done("admin", "verify-money")


def test_a_part_of_a_refund_comes_back(desk):
    """12.00 to the card and 8.00 to the gift card, which is void: 8.00 alone are due again."""
    payments = [
        {"reference": "gift-1", "method": "PAYMENT_METHOD_GIFT_CARD", "amountMinor": 800},
        {"reference": "card-1", "method": "PAYMENT_METHOD_CARD", "amountMinor": 1200},
    ]
    order = desk.order((MUG, 2, 1000), payments=payments)
    case = desk.open(order, ("1", 2))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    case.refund_all()
    case.tell()
    words = ("refund-returned", "--reason", "the card is void", "--payment")
    case.refused("finance", *words, "gift-1=8.01", reason="AMOUNT_EXCEEDED")
    case.step("finance", *words, "gift-1=8.00", state="qualified")
    assert money(case) == (2000, 1200)
    whole, part = case.read()["refunds"]
    assert whole["status"] == "REFUND_STATUS_SUCCEEDED" and whole["amountMinor"] == "1200", whole
    assert part["status"] == "REFUND_STATUS_RETURNED" and part["amountMinor"] == "800", part
    assert part["refundId"] == f"{whole['refundId']}-returned-1"
    assert f"8.00 GBP of {whole['refundId']} came back from payment gift-1" in desk.admin.done(
        "case", "timeline", case.id, output="table"
    ).out.replace("\n", " ")
    case.tell()
    method = ("--method", "bank_transfer", "--other-method-reason", "the gift card is void")
    case.step("supervisor", "refund", *method, state="refunding")
    case.refund_succeeds("refunded", voucher="V-2")
    case.tell()
    case.follow_up_and_close()
    desk.admin.done("admin", "verify-money")


def put_policy(desk, **fields):
    """A field that is None is left out."""
    policy = {**desk.admin.done("policy", "get").json["policy"], **fields}
    text = json.dumps({name: value for name, value in policy.items() if value is not None})
    desk.admin.done("policy", "put", "-f", "-", "--yes", input=text)


def vouchers(case):
    needs = case.read().get("closingNeeds", [])
    return [need["refundId"] for need in needs if need.get("document") == "DOCUMENT_TYPE_REFUND_VOUCHER"]


def test_a_large_refund_takes_two_persons(desk):
    """A refund above 15.00 is prepared by finance and confirmed by a supervisor."""
    put_policy(desk, secondPersonAboveMinor="1500")
    case = qualified(desk)
    case.inspect_all()
    prepared = case.step("finance", "refund", state="refunding")
    assert prepared["refunds"][0]["status"] == "REFUND_STATUS_PREPARED", prepared
    case.refused("finance", "refund-result", "succeeded", "--voucher", "V-1", reason="REFUND_NOT_CONFIRMED")
    case.refused("finance", "confirm-refund", reason="SECOND_PERSON_REQUIRED", status=NOT_ALLOWED)
    assert ", prepared by finance (finance)" in shown(desk, case)
    confirmed = case.step("supervisor", "confirm-refund", state="refunding")
    assert confirmed["refunds"][0]["status"] == "REFUND_STATUS_IN_PROGRESS", confirmed
    case.refund_succeeds("refunded")
    story = desk.admin.done("case", "timeline", case.id).json["entries"]
    kinds = [kind_of(entry) for entry in story]
    assert kinds.index("refund_prepared") < kinds.index("refund_started") < kinds.index("refund_succeeded")
    put_policy(desk, secondPersonAboveMinor=None)


def test_who_may_confirm_may_decline(desk, world):
    """The supervisor is led to both; nobody is asked about what is refused in any case."""
    put_policy(desk, secondPersonAboveMinor="1500")
    case = qualified(desk)
    case.inspect_all()
    prepared = desk["finance"].done("case", "refund", case.id, "--yes", output="table").out
    assert "before closing: confirm or give up the refund that is prepared" in prepared
    assert "refund-result" not in prepared and "case abandon" in prepared
    refused = desk["supervisor"]("case", "refund-result", case.id, "succeeded", "--voucher", "V-1")
    assert refused.status == NOT_ALLOWED, refused
    told = desk["supervisor"]("case", "refund", case.id, "--method", "cash", "--other-method-reason", "x")
    assert "REFUND_NOT_CONFIRMED" in told.err and "case abandon" in told.err, told
    asked = desk["finance"]("case", "confirm-refund", case.id)
    assert asked.status == NOT_ALLOWED and "SECOND_PERSON_REQUIRED" in asked.err, asked
    asked = desk["supervisor"]("case", "confirm-refund", case.id)
    assert asked.status == USAGE, asked
    assert (
        f"This lets refund {case.id}-1 of case {case.id} be paid, which finance prepared: 20.00 GBP"
        in asked.err
    )
    case.step("supervisor", "abandon", "--confirmation", "too much", state="qualified")
    put_policy(desk, secondPersonAboveMinor=None)
    # Below the amount of the policy that the case is pinned to.
    case.step("finance", "refund", "--amount", "10.00", state="refunding")
    case.step("finance", "refund-result", "failed", "--reason", "declined", state="refund_failed")
    case.refused(
        "supervisor", "abandon", "--confirmation", "dead", reason="ROLE_REQUIRED", status=NOT_ALLOWED
    )


def test_a_result_typed_twice_is_done_already(desk):
    case = qualified(desk)
    case.inspect_all()
    case.step("finance", "refund")
    failed = ("refund-result", "failed", "--reason", "declined", "--attempt", "1")
    case.step("finance", *failed, state="refund_failed")
    case.step("finance", "refund")
    case.step("finance", *failed, state="refunding")
    success = ("refund-result", "succeeded", "--voucher", "V-1")
    case.step("finance", *success, state="refunded")
    again = desk["finance"].done("case", *success[:1], case.id, *success[1:], output="table").out
    assert (
        "done already: before, or by this line if its first answer was lost" in again
        and "# finance" not in again
    )
    late = desk["finance"](
        "case",
        "refund-result",
        case.id,
        "failed",
        "--reason",
        "r",
        "--attempt",
        "2",
        "--refund-id",
        f"{case.id}-1",
    )
    assert f"returnsctl case refund-returned {case.id} --reason TEXT" in late.err, late
    nobody = desk["warehouse"]("case", "refund-result", case.id, "unknown")
    assert nobody.status == NOT_ALLOWED and "ROLE_REQUIRED" in nobody.err, nobody
    returned = ("refund-returned", "--reason", "closed")
    case.step("finance", *returned)
    case.step("finance", *returned)


def test_one_file_is_the_voucher_of_two_refunds(desk, world):
    case = qualified(desk)
    case.inspect_all()
    statement = world.path / "statement.pdf"
    statement.write_text("two refunds")
    file = ("--voucher-file", statement)
    case.step("finance", "refund", "--amount", "10.00")
    case.step("finance", "refund-result", "succeeded", "--voucher", "V-1", *file)
    case.step("finance", "refund", "--amount", "10.00")
    second = ("refund-result", "succeeded", "--voucher", "V-2", "--refund-id", f"{case.id}-2")
    case.step("finance", *second)
    assert vouchers(case) == [f"{case.id}-2"]
    case.step("finance", *second, *file)
    assert vouchers(case) == []


def test_a_result_that_is_repeated_is_answered_as_the_first_time(desk):
    case = qualified(desk)
    case.inspect_all()
    case.step("finance", "refund")
    result = ("refund-result", "succeeded", "--voucher", "V-1", "--refund-id", f"{case.id}-1")
    first = case.step("finance", *result, state="refunded")
    assert case.step("finance", *result, state="refunded")["version"] == first["version"]
    other = case.refused("finance", *result[:3], "V-2", *result[4:], reason="REFUND_SUCCEEDED")
    assert "with voucher V-1; V-2 was not recorded" in other.err, other
    noted = case.step("finance", *result, "--credit-note", "25312000")
    assert noted["refunds"][0]["creditNote"] == "25312000"


def test_a_voucher_is_of_a_refund(desk):
    case = qualified(desk)
    case.inspect_all()
    for number in (1, 2):
        case.step("finance", "refund", "--amount", "10.00")
        case.step("finance", "refund-result", "succeeded", "--voucher", f"V-{number}")
    ids = [f"{case.id}-1", f"{case.id}-2"]
    assert vouchers(case) == ids
    paper = ("attach", "--type", "refund_voucher")
    hashes = [("--sha256", byte * 32) for byte in ("ab", "cd")]
    case.refused("finance", *paper, "--reference", "scan", *hashes[0], reason="REFUND_REQUIRED")
    case.step("finance", *paper, "--reference", "V-2", *hashes[0])
    assert vouchers(case) == ids[:1]
    case.refused("finance", *paper, "--reference", "scan", *hashes[0], reason="DOCUMENT_KNOWN")
    case.step("finance", *paper, "--reference", "scan", *hashes[1], "--refund-id", ids[0])
    assert vouchers(case) == []
    assert f"refund_voucher of refund {ids[0]} scan" in shown(desk, case)


def test_methods_are_a_list(desk):
    case = qualified(desk)
    case.inspect_all()
    reason = ("--other-method-reason", "the card has expired")
    case.refused(
        "finance", "refund", "--method", "cash", *reason, reason="SUPERVISOR_REQUIRED", status=NOT_ALLOWED
    )
    words = desk["supervisor"]("case", "refund", case.id, "--method", "pigeon", *reason, "--yes")
    assert "original, bank_transfer, cash, store_credit, voucher, other" in words.err, words
    paid = case.step("supervisor", "refund", "--method", "bank_transfer", *reason, state="refunding")
    assert paid["refunds"][0]["method"] == "REFUND_METHOD_BANK_TRANSFER", paid
