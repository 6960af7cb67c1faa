"""Cases in which messages stream."""

from __future__ import annotations

import time

from .. import CallOptions, Client, RCPError, StatusCode
from ..rcp_conformance_v1 import CallRequest, ConformanceServiceStub, EmptyRequest, ReplyPlan
from .runner import CaseFailed, Setting, expect

_REQUEST_SIZES = (27_182, 8, 1_828, 45_904)
_REPLY_SIZES = (31_415, 9, 2_653, 58_979)
_TIMEOUT_SECONDS = 0.1
_SLEEP_MILLISECONDS = 10_000


def ping(request_bytes: int, reply_bytes: int, delay_milliseconds: int = 0) -> CallRequest:
    plan = ReplyPlan(payload_bytes=reply_bytes, delay_ms=delay_milliseconds)
    return CallRequest(payload=bytes(request_bytes), replies=[plan])


async def check_alive(client: Client) -> None:
    """What a call did to itself must not have touched its connection."""
    await ConformanceServiceStub(client).empty_call(EmptyRequest())
    expect(len(client.connections()) == 1, "the connection did not survive")


async def client_streaming(setting: Setting) -> str:
    async with setting.client() as client:
        requests = [CallRequest(payload=bytes(size)) for size in _REQUEST_SIZES]
        reply = await ConformanceServiceStub(client).client_streaming_call(requests)
        expect(reply.received_messages == 4, f"the server received {reply.received_messages} messages")
        expect(reply.received_bytes == 74_922, f"the server received {reply.received_bytes} bytes")
    return ""


async def server_streaming(setting: Setting) -> str:
    async with setting.client() as client:
        request = CallRequest(replies=[ReplyPlan(payload_bytes=size) for size in _REPLY_SIZES])
        call = ConformanceServiceStub(client).server_streaming_call(request)
        sizes = tuple([len(reply.payload) async for reply in call])
        expect(sizes == _REPLY_SIZES, f"the replies have {sizes} bytes")
    return ""


async def ping_pong(setting: Setting) -> str:
    async with setting.client() as client, ConformanceServiceStub(client).bidirectional_call() as call:
        for request_bytes, reply_bytes in zip(_REQUEST_SIZES, _REPLY_SIZES, strict=True):
            await call.write(ping(request_bytes, reply_bytes))
            reply = await call.read()
            expect(
                reply is not None and len(reply.payload) == reply_bytes, f"no reply of {reply_bytes} bytes"
            )
        await call.done_writing()
        expect(await call.read() is None, "a reply too many")
    return ""


async def empty_stream(setting: Setting) -> str:
    async with setting.client() as client, ConformanceServiceStub(client).bidirectional_call() as call:
        await call.done_writing()
        expect(await call.read() is None, "a reply that was not asked for")
    return ""


async def cancel_after_begin(setting: Setting) -> str:
    async with setting.client() as client:
        call = ConformanceServiceStub(client).client_streaming_call()
        async with call:
            call.cancel()
            try:
                await call
            except RCPError as error:
                expect(error.code is StatusCode.CANCELLED, f"the status is {error.code.name}")
            else:
                raise CaseFailed("the call succeeded")
        await check_alive(client)
    return ""


async def cancel_after_first_response(setting: Setting) -> str:
    async with setting.client() as client:
        async with ConformanceServiceStub(client).bidirectional_call() as call:
            await call.write(ping(_REQUEST_SIZES[0], _REPLY_SIZES[0]))
            reply = await call.read()
            expect(reply is not None and len(reply.payload) == _REPLY_SIZES[0], "no reply")
            call.cancel()
            try:
                await call.read()
            except RCPError as error:
                expect(error.code is StatusCode.CANCELLED, f"the status is {error.code.name}")
            else:
                raise CaseFailed("the call succeeded")
        await check_alive(client)
    return ""


async def timeout_on_sleeping_server(setting: Setting) -> str:
    async with setting.client() as client:
        # The handshake is not to count.
        await client.connect()
        start = time.monotonic()
        options = CallOptions(timeout=_TIMEOUT_SECONDS)
        async with ConformanceServiceStub(client).bidirectional_call(options=options) as call:
            await call.write(ping(27_182, 1, _SLEEP_MILLISECONDS))
            try:
                await call.read()
            except RCPError as error:
                expect(error.code is StatusCode.DEADLINE_EXCEEDED, f"the status is {error.code.name}")
            else:
                raise CaseFailed("a reply came")
        took = time.monotonic() - start
        expect(_TIMEOUT_SECONDS * 0.9 <= took < 2, f"it took {took:.3f} s")
        await check_alive(client)
    return f"timeout {_TIMEOUT_SECONDS * 1000:.0f} ms"
