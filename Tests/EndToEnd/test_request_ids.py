"""What a request id covers (SPEC.md §7.3): one principal's request on
one record. It never makes a change twice."""

import asyncio
import copy
import itertools
import json
import secrets
import uuid

import pytest
from harness import wire
from harness.command import CONFLICT, DONE
from harness.desk import MUG
from harness.versions import Calendar, ReturnPolicy, SlaPolicy
from returns_client import CallOptions, Client, Outcome, RCPError, StatusCode, Token
from returns_client.returns_v1 import (
    INDEX_PROBLEM_MISSING,
    PAYMENT_METHOD_CARD,
    PUT_ORDER_RESULT_UNCHANGED,
    AdminServiceStub,
    ConfirmReconciledRequest,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    Payment,
    PutOrderReply,
    PutOrderRequest,
    VerifyIndexesRequest,
)

ORDERS = 8


def put(person, order, request_id):
    return person("call", "PutOrder", "-d", json.dumps({"order": order}), "--request-id", request_id)


def assert_reused(answer):
    assert answer.status == CONFLICT and "[REQUEST_ID_REUSED]" in answer.err, answer


@pytest.fixture(scope="module")
def pushed(desk):
    """An order as its order system knows it."""
    order = desk.read_order(desk.order((MUG, 3, 1000)))
    for field in ("version", "updatedAtMs", "expiresAtMs"):
        order.pop(field)
    return order


def other(order, number, **fields):
    copied = copy.deepcopy(order)
    copied["key"]["orderNo"] = number
    return {**copied, **fields}


def test_one_request_is_carried_out_once(desk, pushed):
    order, request_id = other(pushed, "ids-1"), "a1" * 16
    first, again = (put(desk["channel"], order, request_id) for _ in range(2))
    assert first.json == again.json and first.json["result"] == "PUT_ORDER_RESULT_CREATED"
    assert put(desk["channel"], order, "a2" * 16).json["result"] == "PUT_ORDER_RESULT_UNCHANGED"


def test_another_content_under_the_id_is_refused(desk, pushed):
    order, request_id = other(pushed, "ids-2"), "b1" * 16
    put(desk["channel"], order, request_id)
    assert_reused(put(desk["channel"], other(pushed, "ids-2", country="FR"), request_id))
    assert desk.read_order("ids-2")["country"] == "GB"
    # So is another method on the same order, and on its case.
    assert_reused(
        desk["channel"](
            "case", "submit", "-f", "-", "--request-id", request_id, input=desk.form("ids-2", ("1", 1))
        )
    )
    case = desk.open("ids-2", ("1", 1))
    assert_reused(desk["service-1"]("case", "note", case.id, "called", "--request-id", request_id))
    assert int(desk.read_order("ids-2")["version"]) == 2


def test_another_principal_is_another_request(desk, pushed):
    order, request_id = other(pushed, "ids-3"), "c1" * 16
    put(desk["channel"], order, request_id)
    assert_reused(put(desk.admin, order, request_id))
    case = desk.open("ids-3", ("1", 1))
    note = ("case", "note", case.id, "called the customer", "--request-id", "c2" * 16)
    desk["service-1"].done(*note)
    assert_reused(desk["service-2"](*note))
    desk["service-1"].done(*note)
    story = desk.admin.done("case", "timeline", case.id).out
    assert story.count("called the customer") == 1, story


def test_on_other_records_the_id_may_be_refused_but_never_counts_twice(desk, pushed):
    """Records in one part of the store remember ids together, those in others know nothing of them."""
    request_id = "d1" * 16
    orders = [other(pushed, f"ids-4-{number}") for number in range(ORDERS)]
    results = [put(desk["channel"], order, request_id) for order in orders]
    assert results[0].status == DONE
    for order, first in zip(orders, results, strict=True):
        if first.status != DONE:
            assert_reused(first)
            continue
        assert first.json["result"] == "PUT_ORDER_RESULT_CREATED"
        assert put(desk["channel"], order, request_id).json == first.json
        assert int(desk.read_order(order["key"]["orderNo"])["version"]) == 1

    # The registry of principals has its own, too.
    new = {"name": "ids-4", "roles": ["ROLE_AUDITOR"], "saleChannels": ["*"]}

    def create(**fields):
        data = json.dumps({**new, **fields})
        return desk.admin("call", "CreatePrincipal", "-d", data, "--request-id", request_id)

    assert create().status == DONE and create().status == DONE
    assert_reused(create(team="day"))
    found = desk.admin.done("principal", "list").out
    assert found.count('"ids-4"') == 1, found


# What makes two calls the same request (SPEC.md §7.3): principal, method and the
# message's bytes, however they are sent.


def order_request(number):
    lines = [
        OrderLine(line_id=str(n), sku="MUG", name="Mug " * 20, quantity=1, unit_price_minor=450)
        for n in range(20)
    ]
    order = Order(
        key=OrderKey(sale_channel="online", order_no=number), placed_at_ms=1_780_000_000_000, lines=lines
    )
    order.payments.append(Payment(reference="pay", method=PAYMENT_METHOD_CARD, amount_minor=20 * 450))
    order.currency, order.country, order.customer_id = "GBP", "GB", "cu-7"
    return PutOrderRequest(order=order)


@pytest.fixture
def put_raw(server, desk):
    """Sends PutOrder byte by byte, each time on a connection of its own."""
    token = desk["channel"].token_file.read_text().strip()

    def put(message, request_id, **ways):
        with wire.Sockets(server.address) as sockets:
            connection, refused = sockets.enter(token, wire.FRAGMENTS_AND_COMPRESSION)
            assert refused is None, refused
            connection.sendall(wire.mutation(wire.PUT_ORDER, 1, request_id, message, **ways))
            kind, payload = wire.read_frame(connection)
            assert kind == wire.RESPONSE
            return wire.Response(payload)

    return put


WAYS = {
    "timeout": {"timeout": 5_000},
    "metadata": {
        "metadata": [(b"x-attempt", b"2"), (b"traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01")]
    },
    "compressed": {"compressed": True},
    "split": {"pieces": 7},
}


def test_the_same_bytes_are_one_request_however_they_are_sent(put_raw):
    subsets = [names for size in range(len(WAYS) + 1) for names in itertools.combinations(WAYS, size)]
    for first in ((), tuple(WAYS)):
        number, request_id = f"ways-{len(first)}", secrets.token_bytes(16)
        message = order_request(number).SerializeToString()
        made = put_raw(
            message, request_id, **{key: value for name in first for key, value in WAYS[name].items()}
        )
        assert (made.status, made.outcome, made.replayed) == (wire.OK, wire.APPLIED, False), made.text
        for names in subsets:
            ways = {key: value for name in names for key, value in WAYS[name].items()}
            again = put_raw(message, request_id, **ways)
            assert (again.status, again.outcome, again.replayed) == (wire.OK, wire.APPLIED, True), (
                names,
                again.text,
            )
            assert again.message == made.message, names


def test_other_bytes_are_another_request_also_where_they_mean_the_same(put_raw):
    request = order_request("bytes-1")
    request_id = secrets.token_bytes(16)
    message = request.SerializeToString()
    assert put_raw(message, request_id).status == wire.OK
    # A message that comes in two parts is put together.
    key = PutOrderRequest(order=Order(key=request.order.key)).SerializeToString()
    rest = PutOrderRequest()
    rest.CopyFrom(request)
    rest.order.ClearField("key")
    other = key + rest.SerializeToString()
    assert PutOrderRequest.FromString(other) == request
    for ways in ({}, {"compressed": True}, {"pieces": 3}):
        refused = put_raw(other, request_id, **ways)
        assert (refused.status, refused.outcome) == (wire.ABORTED, wire.NOT_APPLIED), refused.text
        assert refused.retry_after == -1 and b"REQUEST_ID_REUSED" in refused.details
    # It is a good request under an id of its own.
    made = put_raw(other, secrets.token_bytes(16))
    assert (made.status, made.outcome) == (wire.OK, wire.NOT_APPLIED), made.text
    assert PutOrderReply.FromString(made.message).result == PUT_ORDER_RESULT_UNCHANGED
    # A field that nobody knows is refused, whatever was done under the id.
    refused = put_raw(message + b"\xc0\x3e\x01", request_id)
    assert (refused.status, refused.outcome) == (wire.INVALID_ARGUMENT, wire.NOT_APPLIED), refused.text
    assert b"FIELD_UNKNOWN" in refused.details


# A success that changed nothing says so (SPEC.md §7.1).


async def told(stub_call, request, request_id=None):
    """Status, outcome and whether it is the answer of an earlier call."""
    call = stub_call(request, CallOptions(request_id=request_id))
    try:
        await call
    except RCPError as error:
        return error.code, error.outcome, False
    return StatusCode.OK, call.outcome, call.was_replayed


def with_client(server, command, test):
    async def run():
        async with Client(server.address, token=Token.from_file(command.token_file)) as client:
            async with asyncio.timeout(60):
                return await test(client)

    return asyncio.run(run())


APPLIED = (StatusCode.OK, Outcome.APPLIED, False)
REPLAYED = (StatusCode.OK, Outcome.APPLIED, True)
NOTHING = (StatusCode.OK, Outcome.NOT_APPLIED, False)
STALE = (StatusCode.ABORTED, Outcome.NOT_APPLIED, False)


def test_a_success_that_changed_nothing_is_not_applied(server, desk):
    async def push(client):
        put = OrderServiceStub(client).put_order
        request, request_id = order_request("nothing-1"), uuid.uuid4()
        assert await told(put, request) == APPLIED
        assert await told(put, request, request_id) == NOTHING
        # Its repetition tells the same, of the first one.
        assert await told(put, request, request_id) == (StatusCode.OK, Outcome.NOT_APPLIED, True)

    async def verify(client):
        stub = AdminServiceStub(client)
        for repair in (False, True):
            assert (await stub.verify_indexes(VerifyIndexesRequest(repair=repair))).problems == 0
            assert await told(stub.verify_indexes, VerifyIndexesRequest(repair=repair)) == NOTHING
        assert await told(stub.confirm_reconciled, ConfirmReconciledRequest(run="1.00000000")) == NOTHING

    with_client(server, desk["channel"], push)
    with_client(server, desk.admin, verify)


def test_a_repair_of_an_index_is_applied_once(world):
    redis = world.redis()
    server = world.server("--redis", redis.url)
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    key = next(
        key for key in redis.cli("KEYS", "*:index:open").split() if case.id in redis.cli("ZRANGE", key, 0, -1)
    )
    assert redis.cli("ZREM", key, case.id) == "1"

    async def verify(client):
        call = AdminServiceStub(client).verify_indexes
        finding = (await call(VerifyIndexesRequest())).findings[0]
        assert (finding.index, finding.case_id, finding.problem, finding.repaired) == (
            key,
            case.id,
            INDEX_PROBLEM_MISSING,
            False,
        )
        for repair, expected in ((False, NOTHING), (True, APPLIED), (True, NOTHING)):
            assert await told(call, VerifyIndexesRequest(repair=repair)) == expected

    with_client(server, desk.admin, verify)


# Versions are told apart by what they replace and hold: an id makes
# none twice, and stands in the way of none.


@pytest.mark.parametrize("kind", [ReturnPolicy, SlaPolicy, Calendar])
def test_an_id_that_was_used_makes_no_version_twice(server, desk, kind):
    async def test(client):
        record = kind(client)
        read, change, request, put = record.read, record.change, record.request, record.put
        request_id = uuid.uuid4()
        before, value = await read()
        change(value, 1)
        first = request(value, before)
        for expected in (APPLIED, REPLAYED, REPLAYED):
            assert await told(put, first, request_id) == expected
        assert (await read())[0] == before + 1
        # What is there already is not put there again, under this id or another.
        for used in (request_id, uuid.uuid4()):
            assert await told(put, request(value, before + 1), used) == NOTHING
        # Other content under the id is judged by itself: stale, then carried out, once.
        change(value, 2)
        assert await told(put, request(value, before), request_id) == STALE
        for expected in (APPLIED, REPLAYED):
            assert await told(put, request(value, before + 1), request_id) == expected
        # The first one is the current version's no more. It changes nothing.
        assert await told(put, first, request_id) == STALE
        assert (await read())[0] == before + 2

    with_client(server, desk.admin, test)
