"""Cases of one message there and one back."""

from __future__ import annotations

import os

from .. import (
    CallOptions,
    Client,
    ClientOptions,
    Idempotency,
    Kind,
    Method,
    RCPError,
    RetryPolicy,
    StatusCode,
)
from ..rcp_conformance_v1 import (
    CallReply,
    CallRequest,
    ConformanceServiceStub,
    EmptyReply,
    EmptyRequest,
    EndPlan,
    ReplyPlan,
)
from .runner import CaseFailed, Setting, expect

REQUEST_BYTES, REPLY_BYTES = 271_828, 314_159
_TEXT_KEY, _BYTES_KEY = "conformance-echo", "conformance-echo-bin"
_ECHOED = ((_TEXT_KEY, "test_initial_metadata_value"), (_BYTES_KEY, b"\xab\xab\xab"))
# No server gives these numbers to a method: the protocol knows no services, so both cases come to the same.
_NO_METHOD, _NO_SERVICE = 0x7FFF, 0xFFFF


def large_request() -> CallRequest:
    return CallRequest(payload=bytes(REQUEST_BYTES), replies=[ReplyPlan(payload_bytes=REPLY_BYTES)])


def check_large_reply(reply: CallReply) -> None:
    expect(len(reply.payload) == REPLY_BYTES, f"the reply has {len(reply.payload)} bytes, not {REPLY_BYTES}")
    expect(not any(reply.payload), "the reply is not all zeros")
    expect(reply.received_bytes == REQUEST_BYTES, f"the server received {reply.received_bytes} bytes")


async def failure_of(client: Client, request: CallRequest) -> RCPError:
    """What a unary call that has to fail fails with."""
    try:
        await ConformanceServiceStub(client).unary_call(request)
    except RCPError as error:
        return error
    raise CaseFailed("the call succeeded")


async def stream_failure_of(client: Client, request: CallRequest) -> RCPError:
    """What a bidirectional call that has to fail fails with."""
    try:
        async for _ in ConformanceServiceStub(client).bidirectional_call([request]):
            raise CaseFailed("a reply that was not asked for")
    except RCPError as error:
        return error
    raise CaseFailed("the stream succeeded")


async def empty_unary(setting: Setting) -> str:
    async with setting.client() as client:
        reply = await ConformanceServiceStub(client).empty_call(EmptyRequest())
        expect(isinstance(reply, EmptyReply) and reply.ByteSize() == 0, "the reply is not empty")
        return f"server {client.connections()[0].server_name}"


async def large_unary(setting: Setting) -> str:
    async with setting.client() as client:
        check_large_reply(await ConformanceServiceStub(client).unary_call(large_request()))
    return ""


async def custom_metadata(setting: Setting) -> str:
    async with setting.client() as client:
        stub, options = ConformanceServiceStub(client), CallOptions(metadata=_ECHOED)
        unary = stub.unary_call(large_request(), options)
        check_large_reply(await unary)
        stream = stub.bidirectional_call([large_request()], options)
        replies = [reply async for reply in stream]
        expect(len(replies) == 1, f"{len(replies)} replies in place of one")
        for kind, trailers in (("unary", unary.trailers), ("stream", stream.trailers)):
            expect(trailers == _ECHOED, f"{kind}: the trailers are {trailers}")
    return ""


async def status_code_and_message(setting: Setting) -> str:
    request = CallRequest(end=EndPlan(code=StatusCode.UNKNOWN, text="test status message"))
    async with setting.client() as client:
        for error in (await failure_of(client, request), await stream_failure_of(client, request)):
            expect(error.code is StatusCode.UNKNOWN, f"the status is {error.code.name}")
            expect(error.text == "test status message", f"the text is {error.text!r}")
    return ""


async def special_status_message(setting: Setting) -> str:
    text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
    request = CallRequest(end=EndPlan(code=StatusCode.UNKNOWN, text=text))
    async with setting.client() as client:
        error = await failure_of(client, request)
        expect(error.code is StatusCode.UNKNOWN, f"the status is {error.code.name}")
        expect(error.text == text, f"the text is {error.text!r}")
    return ""


async def unimplemented_method(setting: Setting) -> str:
    return await _unimplemented(setting, _NO_METHOD)


async def unimplemented_service(setting: Setting) -> str:
    return await _unimplemented(setting, _NO_SERVICE)


async def _unimplemented(setting: Setting, number: int) -> str:
    method = Method(
        f"method {number:#06x}", number, Kind.UNARY, Idempotency.READ_ONLY, EmptyRequest, EmptyReply
    )
    async with setting.client() as client:
        try:
            await client.unary(method, EmptyRequest())
        except RCPError as error:
            expect(error.code is StatusCode.UNIMPLEMENTED, f"the status is {error.code.name}: {error.text}")
        else:
            raise CaseFailed("the call succeeded")
        await ConformanceServiceStub(client).empty_call(EmptyRequest())
        expect(len(client.connections()) == 1, "the connection did not survive")
    return f"method {number:#06x}"


async def compressed_unary(setting: Setting) -> str:
    options = ClientOptions(compression=True, retry=RetryPolicy(attempts_max=1))
    async with setting.client(options) as client:
        stub = ConformanceServiceStub(client)
        info = await client.connect()
        expect(info.has_compression, "the server does not offer COMPRESSION")
        both = stub.unary_call(large_request())
        check_large_reply(await both)
        expect(both.reply_was_compressed, "a reply of zeros came without compression")
        # Each side decides for itself, message by message.
        check_large_reply(await stub.unary_call(large_request(), CallOptions(compression=False)))
        noise = CallRequest(payload=os.urandom(REQUEST_BYTES))
        reply = await stub.unary_call(noise)
        expect(reply.received_bytes == REQUEST_BYTES, f"the server received {reply.received_bytes} bytes")
        request = CallRequest(payload=bytes(100_000), replies=[ReplyPlan(payload_bytes=50_000)] * 3)
        sizes = [len(reply.payload) async for reply in stub.bidirectional_call([request, request])]
        expect(sizes == [50_000] * 6, f"the stream's replies have {sizes} bytes")
    return "request, reply and stream"
