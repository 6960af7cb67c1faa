"""The four kinds of call, as objects that generated stubs return."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Protocol

from .methods import Method, ReplyT, RequestT
from .options import CallOptions
from .stream_calls import BidirectionalCall, ClientStreamingCall, ServerStreamingCall
from .unary_call import UnaryCall

__all__ = ["BidirectionalCall", "Caller", "ClientStreamingCall", "ServerStreamingCall", "UnaryCall"]

Source = AsyncIterable[RequestT] | Iterable[RequestT] | None


class Caller(Protocol):
    """What a stub needs: a Client, or something that stands in for one."""

    def unary(
        self, method: Method[RequestT, ReplyT], request: RequestT, options: CallOptions | None = None
    ) -> UnaryCall[RequestT, ReplyT]: ...

    def server_streaming(
        self, method: Method[RequestT, ReplyT], request: RequestT, options: CallOptions | None = None
    ) -> ServerStreamingCall[RequestT, ReplyT]: ...

    def client_streaming(
        self,
        method: Method[RequestT, ReplyT],
        requests: Source[RequestT] = None,
        options: CallOptions | None = None,
    ) -> ClientStreamingCall[RequestT, ReplyT]: ...

    def bidirectional(
        self,
        method: Method[RequestT, ReplyT],
        requests: Source[RequestT] = None,
        options: CallOptions | None = None,
    ) -> BidirectionalCall[RequestT, ReplyT]: ...
