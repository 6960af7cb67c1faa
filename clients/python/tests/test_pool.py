"""Several servers and connections: failover, waiting, GOAWAY, keepalive, closing."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket

import pytest
from support import NO_RETRIES, QUICK, client_of, conformance_server, run, until

from returns_client import (
    CallOptions,
    Client,
    ClientClosed,
    ClientOptions,
    Limits,
    Outcome,
    PoolPolicy,
    RCPError,
    Repetition,
    RetryPolicy,
    StatusCode,
)
from returns_client.rcp_conformance_v1 import (
    CallRequest,
    ConformanceServiceStub,
    EmptyRequest,
    ReplyPlan,
)
from returns_client.returns_v1 import EchoReply, EchoRequest, HealthServiceMethods, HealthServiceStub
from returns_client.status import GoAwayCode
from returns_client.testing import CallContext, LocalServer
from returns_client.wire.frames import FRAGMENTS, STREAMING, FrameType, encode_frame
from returns_client.wire.handshake import HelloAck


def test_the_next_server_is_taken_when_the_first_is_lost() -> None:
    async def test() -> None:
        async with (
            conformance_server() as first,
            conformance_server() as second,
            client_of(first, second) as client,
        ):
            stub = ConformanceServiceStub(client)
            await stub.empty_call(EmptyRequest())
            assert (first.calls_started, second.calls_started) == (1, 0)
            await first.stop()
            for _ in range(5):
                await stub.empty_call(EmptyRequest())
            assert second.calls_started == 5

    run(test())


def test_round_robin_takes_each_in_turn() -> None:
    async def test() -> None:
        async with (
            conformance_server() as one,
            conformance_server() as two,
            conformance_server() as three,
            client_of(one, two, three, policy=PoolPolicy.ROUND_ROBIN) as client,
        ):
            stub = ConformanceServiceStub(client)
            await stub.empty_call(EmptyRequest())
            await until(lambda: len(client.connections()) == 3, "all connections")
            for _ in range(30):
                await stub.empty_call(EmptyRequest())
            counts = [server.calls_started for server in (one, two, three)]
            assert sum(counts) == 31
            assert min(counts) >= 10

    run(test())


def test_wait_for_ready_waits_until_there_is_a_server() -> None:
    async def test() -> None:
        async with conformance_server() as gone:
            address, port = gone.address, int(gone.address.rsplit(":", 1)[1])
        async with Client(address, options=QUICK) as client:
            stub = ConformanceServiceStub(client)
            with pytest.raises(RCPError, match="connection refused") as raised:
                await stub.empty_call(EmptyRequest())
            assert raised.value.code is StatusCode.UNAVAILABLE
            assert raised.value.outcome is Outcome.NOT_APPLIED
            waiting = stub.empty_call(EmptyRequest(), CallOptions(wait_for_ready=True))
            task = asyncio.ensure_future(waiting)
            with pytest.raises(RCPError) as raised:
                await stub.empty_call(EmptyRequest(), CallOptions(wait_for_ready=True, timeout=0.1))
            assert raised.value.code is StatusCode.DEADLINE_EXCEEDED
            assert raised.value.repetition is Repetition.FREELY
            assert not task.done()
            server = conformance_server()
            await server.start(port)
            await task
            await server.stop()

    run(test())


def test_goaway_moves_new_calls_and_keeps_the_open_ones() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            slow = stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=150, payload_bytes=5)]))
            task = asyncio.ensure_future(slow)
            await until(lambda: server.calls_started, "the call to start")
            server.drain()
            await until(lambda: client.connections()[0].is_leaving, "GOAWAY")
            await stub.empty_call(EmptyRequest())
            assert len(client.connections()) == 2
            assert len((await task).payload) == 5
            await until(lambda: len(client.connections()) == 1, "the old connection to close")

    run(test())


def test_goaway_with_an_error_ends_the_calls() -> None:
    async def test() -> None:
        async with conformance_server() as server, client_of(server, retry=NO_RETRIES) as client:
            call = ConformanceServiceStub(client).unary_call(CallRequest(replies=[ReplyPlan(delay_ms=9_000)]))
            task = asyncio.ensure_future(call)
            await until(lambda: server.calls_started, "the call to start")
            next(iter(server.connections)).end(GoAwayCode.UNAUTHENTICATED, "revoked")
            with pytest.raises(RCPError, match="no longer good: revoked") as raised:
                await task
            assert raised.value.code is StatusCode.UNAVAILABLE

    run(test())


def test_more_calls_than_streams_wait_and_a_second_connection_is_made() -> None:
    async def test() -> None:
        limits = Limits(streams_max=3)
        async with conformance_server(limits=limits) as server, client_of(server) as client:
            stub = ConformanceServiceStub(client)
            calls = [stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=5)])) for _ in range(50)]
            await asyncio.gather(*calls)
            assert server.connections_made == 2

    run(test())


def test_too_many_waiting_calls_are_refused_here() -> None:
    async def test() -> None:
        limits = Limits(streams_max=1)
        options = ClientOptions(waiting_calls_max=2, connections_per_address_max=1, retry=NO_RETRIES)
        async with conformance_server(limits=limits) as server, client_of(server, options=options) as client:
            stub = ConformanceServiceStub(client)
            await stub.empty_call(EmptyRequest())
            calls = [stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=50)])) for _ in range(5)]
            results = await asyncio.gather(*calls, return_exceptions=True)
            refused = [result for result in results if isinstance(result, RCPError)]
            assert len(refused) == 2
            assert all("waiting_calls_max" in str(error) for error in refused)

    run(test())


def test_close_lets_open_calls_end_and_takes_no_more() -> None:
    async def test() -> None:
        async with conformance_server() as server:
            client = client_of(server)
            stub = ConformanceServiceStub(client)
            task = asyncio.ensure_future(
                stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=100, payload_bytes=7)]))
            )
            await until(lambda: server.calls_started, "the call to start")
            await client.close()
            assert len((await task).payload) == 7
            with pytest.raises(ClientClosed):
                await stub.empty_call(EmptyRequest())
            await until(lambda: not server.connections, "the connection to end")

    run(test())


def test_a_silent_server_is_noticed_by_keepalive() -> None:
    async def test() -> None:
        limits = Limits(ping_interval_milliseconds_min=1)
        options = ClientOptions(keepalive=0.05, keepalive_timeout=0.1, retry=NO_RETRIES)
        async with conformance_server(limits=limits) as server, client_of(server, options=options) as client:
            stub = ConformanceServiceStub(client)
            task = asyncio.ensure_future(
                stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=400, payload_bytes=1)]))
            )
            assert len((await task).payload) == 1, "an answered PING ends nothing"
            # From now on the server hears nothing.
            connection = next(iter(server.connections))
            assert connection._transport is not None
            connection._transport.pause_reading()
            with pytest.raises(RCPError, match="no longer answers"):
                await stub.empty_call(EmptyRequest())

    run(test())


def test_pings_come_no_more_often_than_the_server_permits() -> None:
    async def test() -> None:
        limits = Limits(ping_interval_milliseconds_min=100, ping_strikes_max=0)
        options = ClientOptions(keepalive=0.001, retry=NO_RETRIES)
        async with conformance_server(limits=limits) as server, client_of(server, options=options) as client:
            stub = ConformanceServiceStub(client)
            await stub.unary_call(CallRequest(replies=[ReplyPlan(delay_ms=700)]))
            await stub.empty_call(EmptyRequest())
            assert server.connections_made == 1
            connection = next(iter(server.connections))
            assert connection._machine._pinged_at is not None, "there was no PING at all"

    run(test())


def test_a_call_that_waits_does_not_keep_the_failure_from_one_that_does_not() -> None:
    async def test() -> None:
        async with conformance_server() as gone:
            address = gone.address
        async with Client(
            address, options=ClientOptions(retry=NO_RETRIES, reconnect_first=5, wait_for_ready=False)
        ) as client:
            stub = ConformanceServiceStub(client)
            patient = asyncio.ensure_future(
                stub.empty_call(EmptyRequest(), CallOptions(wait_for_ready=True, timeout=5))
            )
            hasty = asyncio.ensure_future(stub.empty_call(EmptyRequest(), CallOptions(timeout=5)))
            with pytest.raises(RCPError, match="connection refused"):
                await asyncio.wait_for(hasty, 1)
            assert not patient.done()
            patient.cancel()

    run(test())


def test_calls_that_wait_are_served_in_the_order_they_came() -> None:
    async def test() -> None:
        order: list[int] = []

        async def note(request: EchoRequest, context: CallContext) -> EchoReply:
            order.append(int(request.payload))
            await asyncio.sleep(0)
            return EchoReply()

        server = LocalServer(limits=Limits(streams_max=1))
        server.unary(HealthServiceMethods.ECHO, note)
        options = ClientOptions(connections_per_address_max=1, retry=NO_RETRIES)
        async with server, client_of(server, options=options) as client:
            stub, issued = HealthServiceStub(client), 0
            await client.connect()

            async def caller() -> None:
                nonlocal issued
                for _ in range(10):
                    number, issued = issued, issued + 1
                    # The next call comes in the same turn of the loop in which this one makes room.
                    await stub.echo(EchoRequest(payload=b"%d" % number))

            await asyncio.gather(*(caller() for _ in range(8)))
            assert order == list(range(80))

    run(test())


def test_connections_that_break_at_any_moment_leave_no_call_hanging() -> None:
    async def test() -> None:
        chance = random.Random(7)
        limits = Limits(streams_max=4)
        options = ClientOptions(
            reconnect_first=0.001,
            reconnect_max=0.01,
            retry=RetryPolicy(attempts_max=10, backoff_first=0.001, backoff_max=0.01, budget_tokens=1e6),
        )
        async with (
            conformance_server(limits=limits) as one,
            conformance_server(limits=limits) as two,
            client_of(one, two, options=options) as client,
        ):
            stub, running = ConformanceServiceStub(client), True

            async def breaker() -> None:
                while running:
                    for server in (one, two):
                        for connection in list(server.connections):
                            match chance.randrange(30):
                                case 0:
                                    connection.abort()
                                case 1:
                                    connection.end(GoAwayCode.INTERNAL, "broken")
                                case 2:
                                    connection.drain()
                    await asyncio.sleep(0)

            codes: list[StatusCode] = []

            async def caller(number: int) -> None:
                for turn in range(30):
                    options = CallOptions(wait_for_ready=turn % 2 == 0, timeout=10)
                    try:
                        if number % 2:
                            await stub.empty_call(EmptyRequest(), options)
                        else:
                            replies = [ReplyPlan(payload_bytes=50_000)] * 2
                            call = stub.server_streaming_call(CallRequest(replies=replies), options)
                            assert [len(reply.payload) async for reply in call] == [50_000] * 2
                    except RCPError as error:
                        codes.append(error.code)

            breaking = asyncio.ensure_future(breaker())
            await asyncio.gather(*(caller(number) for number in range(20)))
            running = False
            await breaking
            # A stream that has been read in part cannot be begun again.
            assert set(codes) <= {StatusCode.UNAVAILABLE}
            assert len(codes) < 300, "hardly a call succeeded"
            assert one.connections_made + two.connections_made > 10, "hardly a connection broke"
            await stub.empty_call(EmptyRequest(), CallOptions(wait_for_ready=True))
            for _, connection in client._pool.connections():
                assert connection._machine.held_bytes == 0

    run(test())


def test_a_server_that_sends_and_takes_nothing_is_left() -> None:
    async def test() -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        loop = asyncio.get_running_loop()

        async def flood() -> int:
            peer, _ = await loop.sock_accept(listener)
            with peer, contextlib.suppress(ConnectionError):
                await loop.sock_recv(peer, 1_000)
                ack = HelloAck(FRAGMENTS | STREAMING, 65_536, 65_536, 8, 10_000).encode()
                await loop.sock_sendall(peer, encode_frame(FrameType.HELLO_ACK, ack))
                pings = encode_frame(FrameType.PING, b"answered") * 1_000
                for _ in range(2_000):
                    await loop.sock_sendall(peer, pings)
                return 1
            return 0

        limits = Limits(frame_payload_bytes_max=65_536, message_bytes_max=65_536, outbound_bytes_max=65_536)
        flooding = asyncio.ensure_future(flood())
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        async with Client(address, options=ClientOptions(limits=limits, retry=NO_RETRIES)) as client:
            with pytest.raises(RCPError, match="takes nothing"):
                await ConformanceServiceStub(client).empty_call(EmptyRequest())
            assert await flooding == 0, "all PINGs were taken"
        listener.close()

    run(test())
