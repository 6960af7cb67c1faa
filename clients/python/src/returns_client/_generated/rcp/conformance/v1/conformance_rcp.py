"""Stubs of the services in rcp/conformance/v1/conformance.proto.

Written by tools/protoc_gen_rcp_python.py from rcp/conformance/v1/conformance.proto: do not edit.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from returns_client._generated.rcp.conformance.v1 import conformance_pb2
from returns_client.calls import (
    BidirectionalCall,
    Caller,
    ClientStreamingCall,
    ServerStreamingCall,
    UnaryCall,
)
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class ConformanceServiceMethods:
    """What rcp.conformance.v1.ConformanceService offers, for servers and interceptors."""

    EMPTY_CALL = Method(
        "rcp.conformance.v1.ConformanceService.EmptyCall",
        0x7F01,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        conformance_pb2.EmptyRequest,
        conformance_pb2.EmptyReply,
    )
    UNARY_CALL = Method(
        "rcp.conformance.v1.ConformanceService.UnaryCall",
        0x7F02,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        conformance_pb2.CallRequest,
        conformance_pb2.CallReply,
    )
    CLIENT_STREAMING_CALL = Method(
        "rcp.conformance.v1.ConformanceService.ClientStreamingCall",
        0x7F03,
        Kind.CLIENT_STREAMING,
        Idempotency.READ_ONLY,
        conformance_pb2.CallRequest,
        conformance_pb2.CallReply,
    )
    SERVER_STREAMING_CALL = Method(
        "rcp.conformance.v1.ConformanceService.ServerStreamingCall",
        0x7F04,
        Kind.SERVER_STREAMING,
        Idempotency.READ_ONLY,
        conformance_pb2.CallRequest,
        conformance_pb2.CallReply,
    )
    BIDIRECTIONAL_CALL = Method(
        "rcp.conformance.v1.ConformanceService.BidirectionalCall",
        0x7F05,
        Kind.BIDIRECTIONAL_STREAMING,
        Idempotency.READ_ONLY,
        conformance_pb2.CallRequest,
        conformance_pb2.CallReply,
    )
    DRAIN_CONNECTION = Method(
        "rcp.conformance.v1.ConformanceService.DrainConnection",
        0x7F06,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        conformance_pb2.DrainConnectionRequest,
        conformance_pb2.DrainConnectionReply,
    )


class ConformanceServiceStub:
    """Every method sends the request's metadata under "conformance-echo" and "conformance-echo-bin" back as trailers."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def empty_call(
        self, request: conformance_pb2.EmptyRequest, options: CallOptions | None = None
    ) -> UnaryCall[conformance_pb2.EmptyRequest, conformance_pb2.EmptyReply]:
        """EmptyCall answers nothing with nothing: a message of no bytes is not an absent one."""
        return self._caller.unary(ConformanceServiceMethods.EMPTY_CALL, request, options)

    def unary_call(
        self, request: conformance_pb2.CallRequest, options: CallOptions | None = None
    ) -> UnaryCall[conformance_pb2.CallRequest, conformance_pb2.CallReply]:
        """UnaryCall answers with the first of the replies that the request asks for, which may be only one."""
        return self._caller.unary(ConformanceServiceMethods.UNARY_CALL, request, options)

    def client_streaming_call(
        self,
        requests: AsyncIterable[conformance_pb2.CallRequest]
        | Iterable[conformance_pb2.CallRequest]
        | None = None,
        options: CallOptions | None = None,
    ) -> ClientStreamingCall[conformance_pb2.CallRequest, conformance_pb2.CallReply]:
        """ClientStreamingCall answers, when the client has sent everything, with the counts. Requests may not
        ask for replies.
        """
        return self._caller.client_streaming(
            ConformanceServiceMethods.CLIENT_STREAMING_CALL, requests, options
        )

    def server_streaming_call(
        self, request: conformance_pb2.CallRequest, options: CallOptions | None = None
    ) -> ServerStreamingCall[conformance_pb2.CallRequest, conformance_pb2.CallReply]:
        """ServerStreamingCall sends the replies that the request asks for."""
        return self._caller.server_streaming(
            ConformanceServiceMethods.SERVER_STREAMING_CALL, request, options
        )

    def bidirectional_call(
        self,
        requests: AsyncIterable[conformance_pb2.CallRequest]
        | Iterable[conformance_pb2.CallRequest]
        | None = None,
        options: CallOptions | None = None,
    ) -> BidirectionalCall[conformance_pb2.CallRequest, conformance_pb2.CallReply]:
        """BidirectionalCall sends, for each request, the replies that it asks for, before it reads the next."""
        return self._caller.bidirectional(ConformanceServiceMethods.BIDIRECTIONAL_CALL, requests, options)

    def drain_connection(
        self, request: conformance_pb2.DrainConnectionRequest, options: CallOptions | None = None
    ) -> UnaryCall[conformance_pb2.DrainConnectionRequest, conformance_pb2.DrainConnectionReply]:
        """DrainConnection ends the connection it came on as SPEC.md §11 says; the calls that are open there go
        on.
        """
        return self._caller.unary(ConformanceServiceMethods.DRAIN_CONNECTION, request, options)
