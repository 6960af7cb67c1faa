"""Streams: credit and back-pressure, cancellation both ways, half close, iterators, early ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from support import NO_RETRIES, client_of, conformance_server, run, until

from returns_client import CallOptions, Outcome, RCPError, StatusCode
from returns_client.rcp_conformance_v1 import (
    CallReply,
    CallRequest,
    ConformanceServiceMethods,
    ConformanceServiceStub,
    EmptyRequest,
    EndPlan,
    ReplyPlan,
)
from returns_client.testing import CallContext, LocalServer

WINDOW = 65_536


def plans(count: int, size: int) -> list[ReplyPlan]:
    return [ReplyPlan(payload_bytes=size)] * count


def test_a_slow_reader_holds_up_only_its_own_stream_in_bounded_memory() -> None:
    async def test() -> None:
        sent = 0

        async def many(request: CallRequest, context: CallContext) -> AsyncIterator[CallReply]:
            nonlocal sent
            for _ in range(1_000):
                sent += 1
                yield CallReply(payload=bytes(10_000))

        server = conformance_server()
        server.server_streaming(ConformanceServiceMethods.SERVER_STREAMING_CALL, many)
        async with server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            async with stub.server_streaming_call(CallRequest()) as slow:
                await until(lambda: sent >= 12, "the server to fill the window")
                served = next(iter(server.connections))
                await until(lambda: served.is_full(1), "the handler to wait")
                for _ in range(50):
                    await stub.empty_call(EmptyRequest())
                # A window on its way, sendQueueBytesMax and one message at the server.
                assert sent <= (WINDOW + 65_536) // 10_000 + 2
                connection = client._pool.connections()[0][1]
                assert connection._machine.held_bytes <= WINDOW
                count = 0
                while await slow.read() is not None:
                    count += 1
                assert count == sent == 1_000
                assert connection._machine.held_bytes == 0

    run(test())


def test_a_writer_waits_for_a_server_that_does_not_read() -> None:
    async def test() -> None:
        may_read, written = asyncio.Event(), 0

        async def lazy(requests: AsyncIterator[CallRequest], context: CallContext) -> CallReply:
            await may_read.wait()
            total = 0
            async for request in requests:
                total += len(request.payload)
            return CallReply(received_bytes=total)

        server = LocalServer()
        server.client_streaming(ConformanceServiceMethods.CLIENT_STREAMING_CALL, lazy)

        async def source() -> AsyncIterator[CallRequest]:
            nonlocal written
            for _ in range(200):
                written += 1
                yield CallRequest(payload=bytes(10_000))

        async with server, client_of(server) as client:
            call = ConformanceServiceStub(client).client_streaming_call(source())
            task = asyncio.ensure_future(call)
            await until(lambda: written >= 12, "the writer to fill window and queue")
            for _ in range(200):
                await asyncio.sleep(0)
            assert written <= (WINDOW + 65_536) // 10_000 + 2
            assert next(iter(server.connections)).held_bytes <= WINDOW
            may_read.set()
            assert (await task).received_bytes == 2_000_000

    run(test())


def test_messages_larger_than_every_window() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            call = stub.server_streaming_call(CallRequest(replies=plans(3, 3_000_000)))
            assert [len(reply.payload) async for reply in call] == [3_000_000] * 3
            reply = await stub.client_streaming_call([CallRequest(payload=bytes(3_000_000))] * 3)
            assert reply.received_bytes == 9_000_000
            for served in server.connections:
                assert served.held_bytes == 0

    run(test())


def test_leaving_a_stream_cancels_its_handler() -> None:
    async def test() -> None:
        ended = asyncio.Event()

        async def endless(request: CallRequest, context: CallContext) -> AsyncIterator[CallReply]:
            try:
                while True:
                    yield CallReply()
            finally:
                ended.set()

        server = conformance_server()
        server.server_streaming(ConformanceServiceMethods.SERVER_STREAMING_CALL, endless)
        async with server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            async with stub.server_streaming_call(CallRequest()) as call:
                assert await call.read() is not None
            await ended.wait()
            ended.clear()
            count = 0
            async for _ in (replies := stub.server_streaming_call(CallRequest())):
                count += 1
                if count == 5:
                    break
            replies.cancel()
            await ended.wait()
            served = next(iter(server.connections))
            await until(lambda: served._machine.open_calls == 0, "the calls to be forgotten")
            connection = client._pool.connections()[0][1]
            assert connection._machine.held_bytes == 0
            await stub.empty_call(EmptyRequest())

    run(test())


def test_a_cancelled_call_says_so_to_its_reader() -> None:
    async def test() -> None:
        async with (
            conformance_server() as server,
            client_of(server) as client,
            ConformanceServiceStub(client).bidirectional_call() as call,
        ):
            reading = asyncio.ensure_future(call.read())
            await until(lambda: server.calls_started, "the call to start")
            call.cancel()
            with pytest.raises(RCPError) as raised:
                await reading
            assert raised.value.code is StatusCode.CANCELLED

    run(test())


def test_half_close_and_independent_directions() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            requests = [CallRequest(payload=bytes(n), replies=plans(2, n)) for n in range(20)]
            call = ConformanceServiceStub(client).bidirectional_call(requests)
            sizes = [len(reply.payload) async for reply in call]
            assert sizes == [n for n in range(20) for _ in range(2)]

    run(test())


def test_a_server_that_answers_early_ends_the_writing() -> None:
    async def test() -> None:
        async def early(requests: AsyncIterator[CallRequest], context: CallContext) -> CallReply:
            async for _ in requests:
                return CallReply(received_messages=1)
            raise AssertionError

        server = conformance_server()
        server.client_streaming(ConformanceServiceMethods.CLIENT_STREAMING_CALL, early)
        async with server, client_of(server) as client:
            written = 0

            def source() -> AsyncIterator[CallRequest]:
                async def go_on() -> AsyncIterator[CallRequest]:
                    nonlocal written
                    while True:
                        written += 1
                        yield CallRequest(payload=bytes(30_000))

                return go_on()

            stub = ConformanceServiceStub(client)
            assert (await stub.client_streaming_call(source())).received_messages == 1
            before = written
            await stub.empty_call(EmptyRequest())
            assert written == before

    run(test())


def test_an_iterator_that_fails_cancels_the_call_and_is_raised() -> None:
    async def test() -> None:
        def broken() -> AsyncIterator[CallRequest]:
            async def go_on() -> AsyncIterator[CallRequest]:
                yield CallRequest()
                raise LookupError("no more orders")

            return go_on()

        async with conformance_server() as server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            with pytest.raises(LookupError, match="no more orders"):
                await stub.client_streaming_call(broken())
            with pytest.raises(LookupError, match="no more orders"):
                _ = [reply async for reply in stub.bidirectional_call(broken())]
            served = next(iter(server.connections))
            await until(lambda: served._machine.open_calls == 0, "the calls to be cancelled")

    run(test())


def test_a_failure_comes_after_the_messages_before_it() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server, retry=NO_RETRIES) as client:
            request = CallRequest(
                replies=plans(3, 40_000), end=EndPlan(code=StatusCode.ABORTED, text="enough")
            )
            call = ConformanceServiceStub(client).server_streaming_call(
                request, CallOptions(metadata=[("conformance-echo", "x")])
            )
            for _ in range(3):
                reply = await call.read()
                assert reply is not None
                assert len(reply.payload) == 40_000
            with pytest.raises(RCPError, match="enough") as raised:
                await call.read()
            assert raised.value.code is StatusCode.ABORTED
            assert call.trailers == (("conformance-echo", "x"),)

    run(test())


def test_a_stream_that_has_read_nothing_is_begun_again() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            tries = 0

            async def reluctant(request: CallRequest, context: CallContext) -> AsyncIterator[CallReply]:
                nonlocal tries
                tries += 1
                if tries < 3:
                    raise RCPError(StatusCode.UNAVAILABLE, "later")
                yield CallReply(received_messages=tries)
                raise RCPError(StatusCode.UNAVAILABLE, "later")

            server.server_streaming(ConformanceServiceMethods.SERVER_STREAMING_CALL, reluctant)
            call = ConformanceServiceStub(client).server_streaming_call(CallRequest())
            reply = await call.read()
            assert reply is not None
            assert reply.received_messages == 3
            with pytest.raises(RCPError, match="later"):
                await call.read()
            assert tries == 3

    run(test())


def test_the_deadline_of_a_stream() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            request = CallRequest(replies=[ReplyPlan(payload_bytes=1), ReplyPlan(delay_ms=10_000)])
            seen: list[CallReply] = []

            async def follow(seconds: float) -> None:
                options = CallOptions(timeout=seconds)
                async for reply in ConformanceServiceStub(client).server_streaming_call(request, options):
                    seen.append(reply)

            timeout = 0.1
            # On a busy machine the time may be over before the first reply: then with more of it.
            while not seen:
                with pytest.raises(RCPError) as raised:
                    await follow(timeout)
                assert raised.value.code is StatusCode.DEADLINE_EXCEEDED
                assert raised.value.outcome is Outcome.NOT_APPLIED
                timeout *= 2
            assert len(seen) == 1

    run(test())


def test_streams_end_with_their_connection() -> None:
    async def test() -> None:
        async with (
            conformance_server() as server,
            client_of(server) as client,
            ConformanceServiceStub(client).bidirectional_call() as call,
        ):
            await call.write(CallRequest(replies=plans(1, 10)))
            assert await call.read() is not None
            next(iter(server.connections)).abort()
            with pytest.raises(RCPError) as raised:
                await call.read()
            assert raised.value.code is StatusCode.UNAVAILABLE
            assert not await call.write(CallRequest())

    run(test())


def test_a_server_without_streams_says_so() -> None:
    async def test() -> None:
        async with conformance_server(features=1) as server, client_of(server) as client:
            with pytest.raises(RCPError, match="STREAMING") as raised:
                await ConformanceServiceStub(client).client_streaming_call([])
            assert raised.value.code is StatusCode.UNIMPLEMENTED

    run(test())
