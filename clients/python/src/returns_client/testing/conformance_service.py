"""Handlers of rcp.conformance.v1, so that the local server can be driven like any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..errors import RCPError
from ..rcp_conformance_v1 import (
    CallReply,
    CallRequest,
    ConformanceServiceMethods,
    DrainConnectionReply,
    DrainConnectionRequest,
    EmptyReply,
    EmptyRequest,
    ReplyPlan,
)
from ..status import StatusCode
from .context import CallContext
from .local_server import LocalServer

_ECHOED = ("conformance-echo", "conformance-echo-bin")


def serve_conformance(server: LocalServer) -> None:
    """Registers every method of ConformanceService."""
    server.unary(ConformanceServiceMethods.EMPTY_CALL, _empty)
    server.unary(ConformanceServiceMethods.UNARY_CALL, _unary)
    server.client_streaming(ConformanceServiceMethods.CLIENT_STREAMING_CALL, _client_streaming)
    server.server_streaming(ConformanceServiceMethods.SERVER_STREAMING_CALL, _server_streaming)
    server.bidirectional(ConformanceServiceMethods.BIDIRECTIONAL_CALL, _bidirectional)
    server.unary(ConformanceServiceMethods.DRAIN_CONNECTION, _drain)


def _echo(context: CallContext) -> None:
    context.trailers = [pair for pair in context.metadata if pair[0] in _ECHOED]


def _check_end(request: CallRequest) -> None:
    if request.HasField("end") and request.end.code:
        end = request.end
        raise RCPError(StatusCode(end.code), end.text, retry_after_milliseconds=end.retry_after_ms)


class _Counts:
    """What the server has received in a call."""

    def __init__(self, context: CallContext) -> None:
        self._messages = 0
        self._bytes = 0
        self._context = context

    def add(self, request: CallRequest) -> None:
        self._messages += 1
        self._bytes += len(request.payload)

    async def reply(self, plan: ReplyPlan | None = None) -> CallReply:
        if plan is not None and plan.delay_ms:
            await asyncio.sleep(plan.delay_ms / 1000)
        return CallReply(
            payload=bytes(plan.payload_bytes if plan is not None else 0),
            received_messages=self._messages,
            received_bytes=self._bytes,
            principal=self._context.credential,
            connection=self._context.connection.number,
        )


async def _empty(request: EmptyRequest, context: CallContext) -> EmptyReply:
    _echo(context)
    return EmptyReply()


async def _unary(request: CallRequest, context: CallContext) -> CallReply:
    _echo(context)
    if len(request.replies) > 1:
        raise RCPError(StatusCode.INVALID_ARGUMENT, "a unary call has one reply")
    counts = _Counts(context)
    counts.add(request)
    reply = await counts.reply(request.replies[0] if request.replies else None)
    _check_end(request)
    return reply


async def _client_streaming(requests: AsyncIterator[CallRequest], context: CallContext) -> CallReply:
    _echo(context)
    counts = _Counts(context)
    async for request in requests:
        if request.replies:
            raise RCPError(StatusCode.INVALID_ARGUMENT, "this call has one reply")
        counts.add(request)
        _check_end(request)
    return await counts.reply()


async def _server_streaming(request: CallRequest, context: CallContext) -> AsyncIterator[CallReply]:
    _echo(context)
    counts = _Counts(context)
    counts.add(request)
    for plan in request.replies:
        yield await counts.reply(plan)
    _check_end(request)


async def _bidirectional(
    requests: AsyncIterator[CallRequest], context: CallContext
) -> AsyncIterator[CallReply]:
    _echo(context)
    counts = _Counts(context)
    async for request in requests:
        counts.add(request)
        for plan in request.replies:
            yield await counts.reply(plan)
        _check_end(request)


async def _drain(request: DrainConnectionRequest, context: CallContext) -> DrainConnectionReply:
    _echo(context)
    context.connection.drain()
    return DrainConnectionReply()
