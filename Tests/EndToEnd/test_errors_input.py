"""Bad forms and files: a message that names the field or line and says what to do, and nothing lost."""

import json

import pytest
from harness.command import CONFLICT, FAILED, NOT_FOUND, UNAVAILABLE, USAGE, assert_refused
from harness.desk import MUG

# A server that serves on is part of what each of these tests shows.
pytestmark = pytest.mark.usefixtures("serves_afterwards")

GOOD_ORDER = {
    "order_no": "F-1",
    "placed_at": "2026-01-05 10:00:00",
    "customer_id": "7",
    "country": "GB",
    "currency": "GBP",
    "lines": [{"sku": MUG, "name": "Mug", "quantity": 2, "unit_price_minor": 1000}],
}


@pytest.fixture(scope="module")
def server(module_world):
    return module_world.server(listen="127.0.0.1:0")


# Forms


def test_unknown_order(desk):
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form("none-such", ("1", 1)))
    assert_refused(
        answer, NOT_FOUND, "order: ", "[ORDER_UNKNOWN]", "push it first or check channel and number"
    )


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
    "unknown line": (
        {"lines": [{"lineId": "9", "quantity": 1}]},
        "lines[0].line_id",
        "LINE_UNKNOWN",
        "no line 9",
    ),
    "unknown SKU": (
        {"lines": [{"sku": "X", "quantity": 1}]},
        "lines[0].sku",
        "LINE_UNKNOWN",
        "no line with SKU X",
    ),
    "negative quantity": (
        {"lines": [{"lineId": "1", "quantity": -1}]},
        "lines[0].quantity",
        "QUANTITY_OUT_OF_RANGE",
        "between 1 and",
    ),
    "huge quantity": (
        {"lines": [{"lineId": "1", "quantity": 2**63 - 1}]},
        "lines[0].quantity",
        "QUANTITY_OUT_OF_RANGE",
        "between 1 and",
    ),
    "over-long text": (
        {"freeText": "x" * 4_001},
        "free_text",
        "TEXT_TOO_LONG",
        "at most 4000 bytes; this has 4001",
    ),
    "over-long name": (
        {"contact": {"name": "é" * 257}},
        "contact.name",
        "TEXT_TOO_LONG",
        "at most 512 bytes",
    ),
    "control character": (
        {"freeText": "a\u0007b"},
        "free_text",
        "CONTROL_CHARACTER",
        "remove control characters",
    ),
    "reference with a blank": (
        {"channelRef": "R 1"},
        "channel_ref",
        "IDENTIFIER_MALFORMED",
        "without blanks",
    ),
    "request in the future": (
        {"requestedAtMs": 32_503_680_000_000},
        "requested_at_ms",
        "TIME_OUT_OF_RANGE",
        "future",
    ),
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
    answer = desk["channel"](
        "case", "submit", "-f", "-", input='{"order":{"orderNo":"1"},"reason_kode":"other"}'
    )
    assert_refused(answer, FAILED, "reason_kode", "[FIELD_UNKNOWN]")


def test_form_above_the_message_limit(desk):
    order = desk.order((MUG, 2, 1000))
    form = desk.form(order, ("1", 1), freeText="x" * (4 * 1024 * 1024))
    answer = desk["channel"]("case", "submit", "-f", "-", input=form)
    assert_refused(answer, FAILED, "above the connection's message limit", "send less at once")
    assert desk.reserved(order) == {"1": 0}


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
    "malformed JSON": (b'{"order_no": "F-2", "placed_at"', "MALFORMED", "", "ends too early"),
    "invalid UTF-8": (b'{"order_no": "F-\xff\xfe"}', "INVALID_UTF8", "", "save it as UTF-8"),
    "negative money": (
        {"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": -5}]},
        "AMOUNT_OUT_OF_RANGE",
        "order.lines[0].unit_price_minor",
        "between 0 and",
    ),
    "money beyond 64 bits": (
        {"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": 10**30}]},
        "NUMBER_OUT_OF_RANGE",
        "lines[0].unit_price_minor",
        "correct the number",
    ),
    "overflowing money": (
        {"lines": [{"sku": "A", "quantity": 10**7, "unit_price_minor": 10**15}]},
        "AMOUNT_OVERFLOW",
        "lines[0]",
        "beyond any amount",
    ),
    "too much money": (
        {"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": 2**62}]},
        "AMOUNT_OUT_OF_RANGE",
        "order.lines[0].unit_price_minor",
        "between 0 and",
    ),
    "money as text": (
        {"lines": [{"sku": "A", "quantity": 1, "unit_price_minor": "a lot"}]},
        "MALFORMED",
        "lines[0].unit_price_minor",
        "whole number",
    ),
    "over-long name": (
        {"lines": [{"sku": "A", "name": "n" * 513, "quantity": 1, "unit_price_minor": 1}]},
        "TEXT_TOO_LONG",
        "order.lines[0].name",
        "at most 512 bytes; this has 513",
    ),
    "no time": ({"placed_at": "yesterday"}, "TIME_MALFORMED", "placed_at", "write 2010-12-01"),
    "misspelt key": ({"shiping": 5}, "FIELD_UNKNOWN", "shiping", "known are"),
    "unknown currency": ({"currency": "POUNDS"}, "CURRENCY_MALFORMED", "order.currency", ""),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named_and_the_others_are_taken(desk, world, name):
    line, reason, field, advice = BAD_LINES[name]
    bad = line if isinstance(line, bytes) else json.dumps({**GOOD_ORDER, "order_no": "F-2", **line}).encode()
    good = [
        json.dumps({**GOOD_ORDER, "order_no": f"F-{name.replace(' ', '-')}-{index}"}).encode()
        for index in range(2)
    ]
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


def test_a_return_of_another_customers_order_opens_no_case(desk):
    desk["channel"].done("order", "import", "-", input=json.dumps({**GOOD_ORDER, "order_no": "F-WHOSE"}))
    form = {
        "return_no": "R-WHOSE",
        "requested_at": "2026-01-06 09:00:00",
        "order_no": "F-WHOSE",
        "customer_id": "8",
        "lines": [{"sku": MUG, "quantity": 1}],
    }
    answer = desk["channel"]("case", "import", "-", input=json.dumps(form))
    assert answer.status == FAILED and answer.json["refusedByReason"] == {"CUSTOMER_MISMATCH": 1}, answer
    assert "line 1: customer_id: " in answer.err, answer
    own = json.dumps({**form, "customer_id": "7"})
    assert desk["channel"].done("case", "import", "-", input=own).json["created"] == 1


def test_a_damaged_packed_stream(desk):
    # gzip gives up at the first block, with most of the stream still to come.
    damaged = b"\x1f\x8b" + bytes(index * 7_919 % 251 for index in range(3_000_000))
    answer = desk["channel"]("order", "import", "-", input=damaged)
    assert answer.status == FAILED and "damaged or incomplete" in answer.err, answer
    assert answer.json["accepted"] == 0, answer


def test_a_file_with_a_byte_order_mark(desk, world):
    order = desk.order((MUG, 2, 1000))
    file = world.path / "returns.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + desk.form(order, ("1", 1)).encode() + b"\n")
    assert desk["channel"].done("case", "import", file).json["created"] == 1
    assert desk["channel"].done("case", "submit", "-f", file).json["case"]["order"]["orderNo"] == order


def test_the_same_form_is_the_same_request_by_either_way(desk, world):
    order = {**GOOD_ORDER, "order_no": "F-ZONE"}
    desk["channel"].done("order", "import", "-", input=json.dumps(order))
    form = {
        "return_no": "R-ZONE",
        "requested_at": "2026-01-06 09:00:00",
        "order_no": "F-ZONE",
        "lines": [{"sku": MUG, "quantity": 1}],
    }
    for zone in ([], ["--time-zone", "Asia/Shanghai"]):
        text = json.dumps({**form, "return_no": f"R-ZONE-{len(zone)}"})
        imported = desk["channel"].done("case", "import", "-", *zone, input=text)
        # Without a word the machine's zone counts, which the tests set; the summary says which.
        assert imported.json["timeZone"] in (zone[1:] or ["UTC", "GMT"]), imported
        case = desk["channel"].done("case", "submit", "-f", "-", *zone, input=text).json["case"]
        hour = 1 if zone else 9
        assert int(case["requestedAtMs"]) == 1_767_657_600_000 + hour * 3_600_000, case
    assert len(desk.admin.done("case", "list", "--order", "F-ZONE").json["cases"]) == 2
    assert desk.reserved("F-ZONE") == {"1": 2}


def test_the_same_file_sent_by_somebody_else_opens_no_second_case(desk):
    desk["channel"].done("order", "import", "-", input=json.dumps({**GOOD_ORDER, "order_no": "F-TWO"}))
    form = {
        "return_no": "R-TWO",
        "requested_at": "2026-01-06 09:00:00",
        "order_no": "F-TWO",
        "lines": [{"sku": MUG, "quantity": 1}],
    }
    assert desk["channel"].done("case", "import", "-", input=json.dumps(form)).json["created"] == 1
    for who in ("service-1", "service-2", "channel"):
        answer = desk[who].done("case", "import", "-", input=json.dumps(form))
        assert answer.json["unchanged"] == 1, answer
    # Without a reference the request id alone tells that it is the same: nobody else may have it answered.
    bare = desk.form("F-TWO", ("1", 1))
    assert desk["channel"].done("case", "import", "-", input=bare).json["created"] == 1
    answer = desk["service-1"]("case", "import", "-", input=bare)
    assert answer.status == FAILED and answer.json["refusedByReason"] == {"SENT_BY_ANOTHER": 1}, answer
    assert "returnsctl case list --order F-TWO" in answer.err, answer
    assert desk.reserved("F-TWO") == {"1": 2}


def test_an_import_without_a_server_ends_soon(desk, world):
    nowhere = desk["channel"].at(f"unix:{world.path}/none.sock")
    answer = nowhere("order", "import", "-", input=json.dumps(GOOD_ORDER), seconds=20)
    assert_refused(answer, UNAVAILABLE, "there is no socket")


def test_an_import_takes_no_request_id(desk):
    for noun in ("order", "case"):
        answer = desk["channel"](noun, "import", "-", "--request-id", "ab" * 16, input="{}")
        assert_refused(answer, USAGE, "--request-id")


def test_a_damaged_gzip_file(desk, world):
    file = world.path / "orders.jsonl.gz"
    file.write_bytes(b"\x1f\x8b\x08\x00 this is not what it begins like")
    answer = desk["channel"]("order", "import", file)
    assert answer.status == FAILED and "damaged or incomplete" in answer.err, answer
