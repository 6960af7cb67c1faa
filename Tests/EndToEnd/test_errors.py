"""Bad input: the right exit status, a message that names the field or line and says what to do, and nothing lost."""

import json

import pytest
from harness.command import (
    CONFLICT, DONE, FAILED, NOT_ALLOWED, NOT_FOUND, UNAVAILABLE, USAGE)
from harness.desk import MUG

GOOD_ORDER = {
    "order_no": "F-1", "placed_at": "2026-01-05 10:00:00", "customer_id": "7", "country": "GB", "currency": "GBP",
    "lines": [{"sku": MUG, "name": "Mug", "quantity": 2, "unit_price_minor": 1000}]}


@pytest.fixture(scope="module")
def server(module_world):
    return module_world.server(listen="127.0.0.1:0")


@pytest.fixture(scope="module")
def desk(module_world, server):
    return module_world.desk(server)


@pytest.fixture(autouse=True)
def healthy_afterwards(request):
    yield
    answer = request.getfixturevalue("desk").admin("ping")
    assert answer.status == DONE and answer.json["status"] == "SERVING_STATUS_SERVING", answer


@pytest.fixture
def case(desk):
    return desk.open(desk.order((MUG, 2, 1000)), ("1", 1))


def assert_refused(answer, status, *words):
    assert answer.status == status, answer
    assert answer.out == "", answer
    for word in words:
        assert word in answer.err, answer
    # One report, not a stack of them, and nothing of the inside.
    assert answer.err.count("error: ") == 1, answer
    assert "Fatal" not in answer.err and ".swift" not in answer.err, answer


# Forms


def test_unknown_order(desk):
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form("none-such", ("1", 1)))
    assert_refused(answer, NOT_FOUND, "order: ", "[ORDER_UNKNOWN]", "push it first or check channel and number")


def test_quantity_beyond_what_is_left(desk):
    order = desk.order((MUG, 2, 1000))
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 3)))
    assert_refused(answer, CONFLICT, "lines[0].quantity", "[QUANTITY_EXCEEDED]", "2 left of 2 bought")
    # Also counted over lines of one form, and over cases.
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 1), ("1", 2)))
    assert_refused(answer, CONFLICT, "lines[1].quantity", "[QUANTITY_EXCEEDED]")
    desk.open(order, ("1", 1))
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 2)))
    assert_refused(answer, CONFLICT, "lines[0].quantity", "1 left of 2 bought")
    assert desk.reserved(order) == {"1": 1}


FORMS = {
    "unknown reason": ({"reasonCode": "bored"}, "reason_code", "REASON_UNKNOWN", "damaged, faulty"),
    "no line": ({"lines": []}, "lines", "COUNT_OUT_OF_RANGE", "give 1 to"),
    "unknown line": ({"lines": [{"lineId": "9", "quantity": 1}]}, "lines[0].line_id", "LINE_UNKNOWN", "no line 9"),
    "unknown SKU": ({"lines": [{"sku": "X", "quantity": 1}]}, "lines[0].sku", "LINE_UNKNOWN", "no line with SKU X"),
    "negative quantity": ({"lines": [{"lineId": "1", "quantity": -1}]}, "lines[0].quantity", "QUANTITY_OUT_OF_RANGE",
                          "between 1 and"),
    "huge quantity": ({"lines": [{"lineId": "1", "quantity": 2**63 - 1}]}, "lines[0].quantity",
                      "QUANTITY_OUT_OF_RANGE", "between 1 and"),
    "over-long text": ({"freeText": "x" * 4_001}, "free_text", "TEXT_TOO_LONG", "at most 4000 bytes; this has 4001"),
    "over-long name": ({"contact": {"name": "é" * 257}}, "contact.name", "TEXT_TOO_LONG", "at most 512 bytes"),
    "control character": ({"freeText": "a\u0007b"}, "free_text", "CONTROL_CHARACTER", "remove control characters"),
    "reference with a blank": ({"channelRef": "R 1"}, "channel_ref", "IDENTIFIER_MALFORMED", "without blanks"),
    "request in the future": ({"requestedAtMs": 32_503_680_000_000}, "requested_at_ms", "TIME_OUT_OF_RANGE", "future"),
}


@pytest.mark.parametrize("name", FORMS)
def test_malformed_form(desk, name):
    fields, field, reason, advice = FORMS[name]
    order = desk.order((MUG, 2, 1000))
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 1), **fields))
    assert_refused(answer, FAILED, f"{field}: ", f"[{reason}]", advice)
    assert desk.reserved(order) == {"1": 0}


def test_form_that_is_no_json(desk):
    answer = desk["channel"]("case", "submit", "-f", "-", input='{"order":')
    assert_refused(answer, FAILED, "[MALFORMED]")
    answer = desk["channel"]("case", "submit", "-f", "-", input='{"order":{"orderNo":"1"},"reason_kode":"other"}')
    assert_refused(answer, FAILED, "reason_kode", "[MALFORMED]")


def test_reference_that_is_taken(desk):
    order = desk.order((MUG, 2, 1000))
    first = desk.open(order, ("1", 1), channelRef="R-1")
    # The same form is the same case, another form under its reference is none.
    assert desk.open(order, ("1", 1), channelRef="R-1").id == first.id
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 2), channelRef="R-1"))
    assert_refused(answer, CONFLICT, "channel_ref: ", "[CHANNEL_REF_EXISTS]", first.id)
    assert desk.reserved(order) == {"1": 1}


# Files to import

BAD_LINES = {
    "malformed JSON": (b'{"order_no": "F-2", "placed_at"', "MALFORMED", "", "no JSON object"),
    "invalid UTF-8": (b'{"order_no": "F-\xff\xfe"}', "INVALID_UTF8", "", "save the file as UTF-8"),
    "negative money": ({"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": -5}]}, "AMOUNT_OUT_OF_RANGE",
                       "order.lines[0].unit_price_minor", "between 0 and"),
    "money beyond 64 bits": ({"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": 10**30}]}, "MALFORMED",
                             "lines[0].unit_price_minor", ""),
    "overflowing money": ({"lines": [{"sku": "A", "quantity": 10**7, "unit_price_minor": 10**15}]}, "AMOUNT_OVERFLOW",
                          "lines[0]", "beyond any amount"),
    "too much money": ({"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": 2**62}]}, "AMOUNT_OUT_OF_RANGE",
                       "order.lines[0].unit_price_minor", "between 0 and"),
    "money as text": ({"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": "a lot"}]}, "MALFORMED",
                      "lines[0].unit_price_minor", "whole number"),
    "over-long name": ({"lines": [{"sku": "A", "name": "n" * 513, "quantity": 1, "unit_price_minor": 1}]},
                       "TEXT_TOO_LONG", "order.lines[0].name", "at most 512 bytes; this has 513"),
    "no time": ({"placed_at": "yesterday"}, "TIME_MALFORMED", "placed_at", "write 2010-12-01"),
    "misspelt key": ({"shiping": 5}, "FIELD_UNKNOWN", "shiping", "known are"),
    "unknown currency": ({"currency": "POUNDS"}, "CURRENCY_MALFORMED", "order.currency", ""),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named_and_the_others_are_taken(desk, world, name):
    line, reason, field, advice = BAD_LINES[name]
    bad = line if isinstance(line, bytes) else json.dumps({**GOOD_ORDER, "order_no": "F-2", **line}).encode()
    good = [json.dumps({**GOOD_ORDER, "order_no": f"F-{name.replace(' ', '-')}-{index}"}).encode() for index in range(2)]
    file = world.path / "orders.jsonl"
    file.write_bytes(b"\n".join([good[0], b"", bad, good[1]]) + b"\n")
    rejects = world.path / "rejects.jsonl"

    answer = desk["channel"]("order", "import", file, "--rejects", rejects)
    assert answer.status == FAILED, answer
    assert (answer.json["created"], answer.json["refused"]) == (2, 1)
    assert "line 3: " in answer.err and f"[{reason}]" in answer.err and field in answer.err, answer
    [reject] = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert (reject["line"], reject["reason"], reject["field"]) == (3, reason, field)
    assert advice in reject["text"]
    assert desk.admin("order", "get", "F-2").status == NOT_FOUND


def test_a_damaged_gzip_file(desk, world):
    file = world.path / "orders.jsonl.gz"
    file.write_bytes(b"\x1f\x8b\x08\x00 this is not what it begins like")
    answer = desk["channel"]("order", "import", file)
    assert answer.status == FAILED and "damaged or incomplete" in answer.err, answer


# Steps


def test_amounts_that_are_none(desk, case):
    for amount in ("-5", "1.234", "a lot", "99999999999999999999"):
        answer = desk["finance"]("case", "refund", case.id, f"--amount={amount}")
        assert_refused(answer, USAGE, amount)


def test_over_long_note(desk, case):
    answer = desk["service-1"]("case", "note", case.id, "x" * 4_001)
    assert_refused(answer, FAILED, "text: ", "[TEXT_TOO_LONG]", "at most 4000 bytes; this has 4001")
    desk["service-1"].done("case", "note", case.id, "x" * 4_000)


def test_wrong_state(desk, case):
    answer = case.refused("warehouse", "inspect", "--line", "1:accept=1")
    assert_refused(answer, CONFLICT, "allowed now: verify, request_info, reject", "type next:",
                   f"returnsctl case verify {case.id}")


def test_stale_version(desk, case):
    case.step("service-1", "verify", "--expected-version", "1")
    answer = case.refused("service-1", "approve", "--expected-version", "1", reason="STALE_VERSION")
    assert_refused(answer, CONFLICT, "version 2, not 1", "look at it again")
    case.step("service-1", "approve", "--expected-version", "2", state="approved")


def test_wrong_role(desk, case):
    answer = case.refused("finance", "verify", reason="ROLE_REQUIRED", status=NOT_ALLOWED)
    assert_refused(answer, NOT_ALLOWED, "one of the roles service, supervisor", "--token-file")
    assert_refused(desk["service-1"]("admin", "verify-indexes"), NOT_ALLOWED, "[ROLE_REQUIRED]", "the role admin")


def test_case_id_with_a_typo(desk, case):
    # Another letter in one place, and two neighbours swapped: the check character finds both.
    wrong = ("0" if case.id[5] != "0" else "1").join([case.id[:5], case.id[6:]])
    for typo in (wrong, case.id[:-1], "not-an-id"):
        answer = desk["service-1"]("case", "get", typo)
        assert_refused(answer, FAILED, "case_id: ", "[CASE_ID_MALFORMED]", "look for a typo")
        assert_refused(desk["service-1"]("case", "verify", typo), FAILED, "case_id: ", "look for a typo")
    # As people say it: small letters, with hyphens.
    spoken = "-".join([case.id[:4], case.id[4:8], case.id[8:12], case.id[12:]]).lower()
    assert desk["service-1"].done("case", "get", spoken).json["case"]["id"] == case.id


def test_case_that_does_not_exist(desk, world):
    # A well-formed id of another store.
    other = world.desk(world.server())
    stranger = other.open(other.order((MUG, 1, 1000)), ("1", 1))
    for arguments in (["get"], ["timeline"], ["allowed"], ["verify"]):
        answer = desk["service-1"]("case", *arguments, stranger.id)
        assert_refused(answer, NOT_FOUND, "[CASE_UNKNOWN]", "check the id")
    assert_refused(desk.admin("order", "get", "none-such"), NOT_FOUND, "[ORDER_UNKNOWN]")


def test_request_id_that_was_used_for_something_else(desk, case):
    request_id = "0123456789abcdef" * 2
    first = case.step("service-1", "note", "called the customer", "--request-id", request_id)
    again = case.step("service-1", "note", "called the customer", "--request-id", request_id)
    assert first["version"] == again["version"], "a replay is not a second note"
    answer = case.refused("service-1", "note", "something else", "--request-id", request_id, reason="REQUEST_ID_REUSED")
    assert_refused(answer, CONFLICT, "use a new one")


# The command line and the connection


@pytest.mark.parametrize("arguments", [
    ["case", "aprove", "X"], ["case", "get"], ["case", "list", "--state", "lost"], ["case", "get", "X", "--colour"],
    ["case", "list", "--limit", "501"], ["sla", "due", "--before", "soon"], ["order", "import", "no-such-file"],
    ["case", "pickup", "result", "X", "perhaps"]], ids=" ".join)
def test_usage(desk, arguments):
    answer = desk.admin(*arguments)
    assert answer.status == USAGE, answer
    assert answer.out == "" and answer.err != "", answer


def test_wrong_token(desk, world):
    file = world.path / "token"
    file.write_text("rtk_" + "0" * 64 + "\n")
    answer = desk.admin.with_token(file)("ping")
    assert_refused(answer, NOT_ALLOWED, "UNAUTHENTICATED", "--token-file")
    missing = desk.admin.with_token(world.path / "none")("ping")
    assert_refused(missing, NOT_ALLOWED, "does not exist", "--token-file")


def test_revoked_token(desk, world):
    file = world.path / "token"
    desk.admin.done("principal", "create", "temp-1", "--role", "service", "--save", file)
    temporary = desk.admin.with_token(file)
    temporary.done("ping")
    desk.admin.done("principal", "revoke", "temp-1", "--yes")
    assert_refused(temporary("ping"), NOT_ALLOWED, "UNAUTHENTICATED")


def test_nobody_listens(desk, world):
    server = world.server(listen="127.0.0.1:0")
    ctl = world.ctl(server)
    ctl.done("ping")
    server.end()
    # A server that is down, and a port on which there never was one: the token file is still there.
    for address in (server.address, f"unix:{world.path}/none.sock"):
        answer = ctl.at(address)("--timeout", "3s", "ping")
        assert_refused(answer, UNAVAILABLE, "UNAVAILABLE")
        assert address in answer.err, answer


def test_port_of_something_else(desk, world):
    redis = world.redis("--port", "0")
    answer = desk.admin.at(f"unix:{redis.socket}")("--timeout", "3s", "ping")
    assert_refused(answer, UNAVAILABLE, "RCP")


def test_help_is_data_and_a_success(desk):
    answer = desk.admin("case", "--help", output=None)
    assert answer.status == DONE and "SUBCOMMANDS" in answer.out and answer.err == "", answer
