"""Stubs of the services in returns/v1/health.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/health.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import health_pb2
from returns_client.calls import Caller, ServerStreamingCall, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class HealthServiceMethods:
    """What returns.v1.HealthService offers, for servers and interceptors."""

    CHECK = Method(
        "returns.v1.HealthService.Check",
        0x0101,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        health_pb2.HealthCheckRequest,
        health_pb2.HealthCheckReply,
    )
    WATCH = Method(
        "returns.v1.HealthService.Watch",
        0x0103,
        Kind.SERVER_STREAMING,
        Idempotency.READ_ONLY,
        health_pb2.HealthCheckRequest,
        health_pb2.HealthCheckReply,
    )
    ECHO = Method(
        "returns.v1.HealthService.Echo",
        0x0102,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        health_pb2.EchoRequest,
        health_pb2.EchoReply,
    )


class HealthServiceStub:
    """The methods of returns.v1.HealthService."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def check(
        self, request: health_pb2.HealthCheckRequest, options: CallOptions | None = None
    ) -> UnaryCall[health_pb2.HealthCheckRequest, health_pb2.HealthCheckReply]:
        """Check says whether the server can serve: its Redis answers."""
        return self._caller.unary(HealthServiceMethods.CHECK, request, options)

    def watch(
        self, request: health_pb2.HealthCheckRequest, options: CallOptions | None = None
    ) -> ServerStreamingCall[health_pb2.HealthCheckRequest, health_pb2.HealthCheckReply]:
        """Watch sends what Check would say: at once, and whenever the status changes. A server that stops says
        so and ends the stream.
        """
        return self._caller.server_streaming(HealthServiceMethods.WATCH, request, options)

    def echo(
        self, request: health_pb2.EchoRequest, options: CallOptions | None = None
    ) -> UnaryCall[health_pb2.EchoRequest, health_pb2.EchoReply]:
        """Echo sends the payload back. It touches nothing but the wire."""
        return self._caller.unary(HealthServiceMethods.ECHO, request, options)
