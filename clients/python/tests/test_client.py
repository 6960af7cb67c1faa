"""Unary calls: deadlines, retries, request ids, outcomes, several servers, the end of connections."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import pytest
from support import NO_RETRIES, client_of, conformance_server, run, until

from returns_client import (
    CallInfo,
    CallOptions,
    ClientOptions,
    Detail,
    Interceptor,
    Outcome,
    RCPError,
    Repetition,
    RetryPolicy,
    StatusCode,
    TraceParent,
)
from returns_client.codec import MessageError
from returns_client.rcp_conformance_v1 import (
    CallRequest,
    ConformanceServiceStub,
    EmptyRequest,
    EndPlan,
    ReplyPlan,
)
from returns_client.returns_v1 import (
    EchoReply,
    EchoRequest,
    HealthServiceMethods,
    HealthServiceStub,
    Order,
    OrderServiceMethods,
    OrderServiceStub,
    PutOrderReply,
    PutOrderRequest,
)
from returns_client.testing import CallContext, LocalServer
from returns_client.wire.rows import Row


class Orders:
    """A handler of PutOrder that fails as a script says, then succeeds."""

    def __init__(self, *failures: RCPError) -> None:
        self.failures = list(failures)
        self.ids: list[uuid.UUID | None] = []
        self.times: list[float] = []
        self.metadata: list[Any] = []
        self.was_cancelled = asyncio.Event()

    async def put(self, request: PutOrderRequest, context: CallContext) -> PutOrderReply:
        self.ids.append(context.request_id)
        self.times.append(time.monotonic())
        self.metadata.append(context.metadata)
        if self.failures:
            raise self.failures.pop(0)
        return PutOrderReply(version=len(self.ids))

    async def hang(self, request: PutOrderRequest, context: CallContext) -> PutOrderReply:
        self.ids.append(context.request_id)
        try:
            await asyncio.Event().wait()
        finally:
            self.was_cancelled.set()
        raise AssertionError


def server_of(orders: Orders, *, hangs: bool = False, **settings: Any) -> LocalServer:
    server = LocalServer(**settings)
    server.unary(OrderServiceMethods.PUT_ORDER, orders.hang if hangs else orders.put)
    return server


def unavailable(outcome: Outcome = Outcome.NOT_APPLIED, retry_after: int = 0) -> RCPError:
    return RCPError(StatusCode.UNAVAILABLE, "later", outcome=outcome, retry_after_milliseconds=retry_after)


@pytest.mark.parametrize("outcome", [Outcome.NOT_APPLIED, Outcome.UNKNOWN])
def test_a_mutation_is_repeated_under_the_same_id(outcome: Outcome) -> None:
    async def test() -> None:
        orders = Orders(unavailable(outcome), unavailable(outcome))
        async with server_of(orders) as server, client_of(server) as client:
            call = OrderServiceStub(client).put_order(PutOrderRequest())
            assert (await call).version == 3
            assert call.attempts == 3
            assert orders.ids == [call.request_id] * 3
            assert call.request_id is not None

    run(test())


def test_a_success_that_cannot_be_decoded_is_known_to_be_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecodable(*_: object) -> PutOrderReply:
        raise MessageError(Row.MESSAGE_UNDECODABLE)

    async def test() -> None:
        async with server_of(Orders(unavailable(Outcome.UNKNOWN))) as server, client_of(server) as client:
            call = OrderServiceStub(client).put_order(PutOrderRequest())
            with pytest.raises(RCPError, match="the change was made, but") as raised:
                await call
            assert (raised.value.code, raised.value.outcome) == (StatusCode.INTERNAL, Outcome.APPLIED)
            assert raised.value.retry_after_milliseconds == -1
            assert call.outcome is Outcome.APPLIED

    monkeypatch.setattr("returns_client.caller.decode_message", undecodable)
    run(test())


def test_the_caller_s_id_is_used_and_its_reply_given_again() -> None:
    async def test() -> None:
        orders, given = Orders(), uuid.uuid4()
        async with server_of(orders) as server, client_of(server) as client:
            stub, options = OrderServiceStub(client), CallOptions(request_id=given)
            first = stub.put_order(PutOrderRequest(), options)
            assert (await first).version == 1
            assert not first.was_replayed
            second = stub.put_order(PutOrderRequest(), options)
            assert (await second).version == 1
            assert second.was_replayed
            assert orders.ids == [given]
            third = stub.put_order(PutOrderRequest())
            assert (await third).version == 2
            # An id stands for one request.
            with pytest.raises(RCPError, match="used for another request"):
                await stub.put_order(PutOrderRequest(order=Order(currency="GBP")), options)

    run(test())


@pytest.mark.parametrize(
    "error",
    [
        RCPError(StatusCode.FAILED_PRECONDITION, "no"),
        RCPError(StatusCode.UNAVAILABLE, "never", retry_after_milliseconds=-1),
        RCPError(StatusCode.INTERNAL, "not by itself", outcome=Outcome.UNKNOWN),
    ],
    ids=lambda error: error.code.name,
)
def test_what_may_not_be_repeated_is_not(error: RCPError) -> None:
    async def test() -> None:
        orders = Orders(error)
        async with server_of(orders) as server, client_of(server) as client:
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(PutOrderRequest())
            assert (raised.value.code, raised.value.text) == (error.code, error.text)
            assert raised.value.outcome is error.outcome
            assert len(orders.ids) == 1

    run(test())


def test_retry_after_is_waited_for() -> None:
    async def test() -> None:
        orders = Orders(unavailable(retry_after=80))
        async with server_of(orders) as server, client_of(server) as client:
            await OrderServiceStub(client).put_order(PutOrderRequest())
            assert orders.times[1] - orders.times[0] >= 0.08

    run(test())


def test_nobody_waits_for_a_retry_that_would_come_too_late() -> None:
    async def test() -> None:
        orders = Orders(unavailable(retry_after=60_000))
        async with server_of(orders) as server, client_of(server) as client:
            start = time.monotonic()
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(PutOrderRequest(), CallOptions(timeout=5))
            assert raised.value.code is StatusCode.UNAVAILABLE
            assert time.monotonic() - start < 2

    run(test())


def test_the_budget_keeps_a_struggling_server_from_more_load() -> None:
    async def test() -> None:
        orders = Orders(*[unavailable() for _ in range(1_000)])
        async with server_of(orders) as server, client_of(server) as client:
            for _ in range(100):
                with pytest.raises(RCPError):
                    await OrderServiceStub(client).put_order(PutOrderRequest())
            assert len(orders.ids) <= 100 + 50

    run(test())


def test_a_doubt_is_not_taken_back_by_a_later_failure() -> None:
    async def test() -> None:
        failures = [unavailable(Outcome.UNKNOWN), RCPError(StatusCode.PERMISSION_DENIED, "revoked meanwhile")]
        async with server_of(Orders(*failures)) as server, client_of(server) as client:
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(PutOrderRequest())
            assert raised.value.code is StatusCode.PERMISSION_DENIED
            assert raised.value.is_outcome_unknown

    run(test())


def test_the_deadline_ends_the_call_here_and_there() -> None:
    async def test() -> None:
        orders = Orders()
        async with server_of(orders, hangs=True) as server, client_of(server) as client:
            start = time.monotonic()
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(PutOrderRequest(), CallOptions(timeout=0.1))
            assert 0.09 <= time.monotonic() - start < 2
            assert raised.value.code is StatusCode.DEADLINE_EXCEEDED
            assert raised.value.is_outcome_unknown
            # What is in doubt can be settled: by a new call under the same id.
            assert raised.value.repetition is Repetition.SAME_ID
            assert raised.value.request_id == orders.ids[0]
            await orders.was_cancelled.wait()
            assert len(client.connections()) == 1

    run(test())


def test_a_read_only_call_is_never_in_doubt() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            request = CallRequest(replies=[ReplyPlan(delay_ms=10_000)])
            with pytest.raises(RCPError) as raised:
                await ConformanceServiceStub(client).unary_call(request, CallOptions(timeout=0.05))
            assert raised.value.outcome is Outcome.NOT_APPLIED

    run(test())


def test_cancelling_the_task_cancels_the_handler() -> None:
    async def test() -> None:
        orders = Orders()
        async with server_of(orders, hangs=True) as server, client_of(server) as client:

            async def call() -> None:
                await OrderServiceStub(client).put_order(PutOrderRequest())

            task = asyncio.ensure_future(call())
            await until(lambda: orders.ids, "the handler to start")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await orders.was_cancelled.wait()
            connection = next(iter(server.connections))
            await until(lambda: connection._machine.open_calls == 0, "the call to be forgotten")

    run(test())


def test_details_and_trailers_of_a_failure_arrive() -> None:
    async def test() -> None:
        detail = Detail("lines[2].quantity", "QUANTITY_EXCEEDED", "only 3 are left", ("1", "2"))
        error = RCPError(StatusCode.FAILED_PRECONDITION, "no", details=(detail,), trailers=(("cost", "3"),))
        async with server_of(Orders(error)) as server, client_of(server) as client:
            with pytest.raises(RCPError) as raised:
                await OrderServiceStub(client).put_order(PutOrderRequest())
            assert raised.value.details == (detail,)
            assert raised.value.trailers == (("cost", "3"),)
            assert "lines[2].quantity: only 3 are left" in str(raised.value)

    run(test())


def test_messages_in_fragments_and_too_long_ones() -> None:
    async def test() -> None:
        async def echo(request: EchoRequest, context: CallContext) -> EchoReply:
            return EchoReply(payload=request.payload)

        server = LocalServer()
        server.unary(HealthServiceMethods.ECHO, echo)
        async with server, client_of(server) as client:
            stub = HealthServiceStub(client)
            for size in (0, 1, 262_000, 262_144, 3_000_000):
                payload = bytes(range(256)) * (size // 256) + bytes(size % 256)
                assert (await stub.echo(EchoRequest(payload=payload))).payload == payload
            with pytest.raises(RCPError, match="at most 4194304") as raised:
                await stub.echo(EchoRequest(payload=bytes(5_000_000)))
            assert raised.value.code is StatusCode.RESOURCE_EXHAUSTED
            assert server.calls_started == 5

    run(test())


class Recorder(Interceptor):
    def __init__(self) -> None:
        self.ends: list[tuple[str, type[BaseException] | None]] = []

    def started(self, call: CallInfo) -> tuple[tuple[str, str], ...]:
        return (("added", "here"),)

    def ended(self, call: CallInfo, error: BaseException | None) -> None:
        self.ends.append((call.method, type(error) if error else None))


def test_interceptors_add_metadata_and_see_the_end() -> None:
    async def test() -> None:
        recorder, orders = Recorder(), Orders(unavailable(), RCPError(StatusCode.NOT_FOUND, "no"))
        options = ClientOptions(interceptors=[recorder, TraceParent(lambda: "00-ab-cd-01")])
        async with server_of(orders) as server, client_of(server, options=options) as client:
            stub = OrderServiceStub(client)
            with pytest.raises(RCPError):
                await stub.put_order(PutOrderRequest(), CallOptions(metadata=[("own", "1")]))
            await stub.put_order(PutOrderRequest())
            added = (("added", "here"), ("traceparent", "00-ab-cd-01"))
            assert orders.metadata == [(("own", "1"), *added)] * 2 + [added]
            name = OrderServiceMethods.PUT_ORDER.name
            assert recorder.ends == [(name, RCPError), (name, None)]

    run(test())


def test_compression_is_used_when_both_want_it() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server, compression=True) as client:
            stub = ConformanceServiceStub(client)
            call = stub.unary_call(
                CallRequest(payload=bytes(9_000), replies=[ReplyPlan(payload_bytes=9_000)])
            )
            assert (await call).received_bytes == 9_000
            assert call.reply_was_compressed
        async with conformance_server() as server, client_of(server) as client:
            call = ConformanceServiceStub(client).unary_call(
                CallRequest(replies=[ReplyPlan(payload_bytes=9_000)])
            )
            await call
            assert not call.reply_was_compressed

    run(test())


def test_an_answer_that_is_no_message_fails_the_call_only() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server, retry=NO_RETRIES) as client:
            stub = ConformanceServiceStub(client)
            with pytest.raises(RCPError) as raised:
                await stub.unary_call(CallRequest(end=EndPlan(code=13, text="x")))
            assert raised.value.code is StatusCode.INTERNAL
            await stub.empty_call(EmptyRequest())
            assert server.connections_made == 1

    run(test())


def test_retry_policy_attempts() -> None:
    async def test() -> None:
        orders = Orders(*[unavailable() for _ in range(9)])
        policy = RetryPolicy(attempts_max=2, backoff_first=0.001)
        async with server_of(orders) as server, client_of(server, retry=policy) as client:
            with pytest.raises(RCPError):
                await OrderServiceStub(client).put_order(PutOrderRequest())
            assert len(orders.ids) == 2

    run(test())


def test_a_lost_connection_leaves_a_mutation_in_doubt_until_it_is_repeated() -> None:
    async def test() -> None:
        orders = Orders()
        server = server_of(orders, hangs=True)
        async with server, client_of(server, retry=NO_RETRIES) as client:
            call = OrderServiceStub(client).put_order(PutOrderRequest())
            task = asyncio.ensure_future(call)
            await until(lambda: orders.ids, "the handler to start")
            next(iter(server.connections)).abort()
            with pytest.raises(RCPError) as raised:
                await task
            assert raised.value.code is StatusCode.UNAVAILABLE
            assert raised.value.is_outcome_unknown
            # Under the same id on a new connection.
            server.unary(OrderServiceMethods.PUT_ORDER, orders.put)
            again = OrderServiceStub(client).put_order(
                PutOrderRequest(), CallOptions(request_id=raised.value.request_id)
            )
            assert (await again).version == 2
            assert orders.ids == [call.request_id] * 2

    run(test())
