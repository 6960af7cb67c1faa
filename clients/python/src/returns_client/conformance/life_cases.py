"""Cases of connections, of many calls at once, and of time."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from .. import ClientOptions, RetryPolicy
from ..rcp_conformance_v1 import (
    CallReply,
    CallRequest,
    ConformanceServiceStub,
    DrainConnectionRequest,
    EmptyRequest,
)
from ..stream_calls import BidirectionalCall
from .runner import CaseFailed, Setting, expect
from .stream_cases import ping
from .unary_cases import check_large_reply, large_request

_CALLS_AFTER_DRAIN = 10
# More than a connection takes at once.
_LARGE_CALLS = 300
# More would say nothing more.
_STREAMS_MOST = 1_024
# How long a call that may not begin has to have waited.
_HELD_BACK_SECONDS = 0.2
_SOAK_CALLERS = 16
_PATIENT = ClientOptions(retry=RetryPolicy(attempts_max=1))


async def exchange(call: BidirectionalCall[CallRequest, CallReply], size: int) -> CallReply:
    await call.write(ping(size, size))
    reply = await call.read()
    if reply is None or len(reply.payload) != size:
        raise CaseFailed(f"no reply of {size} bytes on the stream")
    return reply


async def goaway(setting: Setting) -> str:
    """A drained connection finishes what it has, and new calls go over another one."""
    async with setting.client(ClientOptions()) as client:
        stub = ConformanceServiceStub(client)
        async with stub.bidirectional_call() as call:
            old = (await exchange(call, 100)).connection
            await stub.drain_connection(DrainConnectionRequest())
            # GOAWAY may cross the first of these: whichever connection they take, they have to succeed.
            for size in range(_CALLS_AFTER_DRAIN):
                new = (await stub.unary_call(CallRequest())).connection
                still = (await exchange(call, size)).connection
                expect(still == old, "the stream has changed its connection")
            expect(new != old, "calls still go over the connection that drains")
            leaving = [connection for connection in client.connections() if connection.is_leaving]
            expect(len(leaving) == 1, f"{len(leaving)} connections drain in place of one")
            await call.done_writing()
            expect(await call.read() is None, "a reply too many")
        await stub.empty_call(EmptyRequest())
    return f"{_CALLS_AFTER_DRAIN} calls beside the stream on the old connection"


async def max_streams(setting: Setting) -> str:
    """Calls beyond streamsMax wait for their turn, and none fails."""
    async with setting.client() as client, AsyncExitStack() as stack:
        stub = ConformanceServiceStub(client)
        count = (await client.connect()).streams_max
        if count > _STREAMS_MOST:
            return f"streamsMax is {count}: not filled"
        calls = [await stack.enter_async_context(stub.bidirectional_call()) for _ in range(count)]
        await asyncio.gather(*(exchange(call, 10) for call in calls))
        late = asyncio.ensure_future(_empty(stub))
        done, _ = await asyncio.wait([late], timeout=_HELD_BACK_SECONDS)
        expect(not done, f"a call beyond streamsMax ({count}) did not wait")
        await calls[0].done_writing()
        expect(await calls[0].read() is None, "a reply too many")
        await late
        await asyncio.gather(*(exchange(call, 10) for call in calls[1:]))
        expect(len(client.connections()) == 1, "a second connection was made")
    return f"{count} streams at once"


async def _empty(stub: ConformanceServiceStub) -> None:
    await stub.empty_call(EmptyRequest())


async def concurrent_large_unary(setting: Setting) -> str:
    async with setting.client(_PATIENT) as client:
        stub = ConformanceServiceStub(client)

        async def call() -> None:
            check_large_reply(await stub.unary_call(large_request()))

        await asyncio.gather(*(call() for _ in range(_LARGE_CALLS)))
    return f"{_LARGE_CALLS} calls"


async def soak(setting: Setting) -> str:
    """Large and small calls of all kinds, over one connection, for as long as was asked for."""
    counts = [0] * _SOAK_CALLERS
    until = time.monotonic() + setting.soak_seconds
    async with setting.client() as client:
        stub = ConformanceServiceStub(client)

        async def go_on(caller: int) -> None:
            while time.monotonic() < until:
                if caller % 4 == 0:
                    check_large_reply(await stub.unary_call(large_request()))
                elif caller % 4 == 1:
                    await stub.empty_call(EmptyRequest())
                elif caller % 4 == 2:
                    async with stub.bidirectional_call() as call:
                        await exchange(call, 5_000)
                        await call.done_writing()
                        expect(await call.read() is None, "a reply too many")
                else:
                    reply = await stub.client_streaming_call([CallRequest(payload=bytes(9_000))] * 10)
                    expect(reply.received_bytes == 90_000, f"{reply.received_bytes} bytes were received")
                counts[caller] += 1

        await asyncio.gather(*(go_on(caller) for caller in range(_SOAK_CALLERS)))
        connections = client.connections()
        if len(connections) != 1 or connections[0].open_calls:
            raise CaseFailed(f"{connections} are left")
    return f"{sum(counts)} calls in {setting.soak_seconds:g} s"
