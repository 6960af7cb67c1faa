"""Stubs of the services in returns/v1/clock.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/clock.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import clock_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class ClockServiceMethods:
    """What returns.v1.ClockService offers, for servers and interceptors."""

    LIST_DUE = Method(
        "returns.v1.ClockService.ListDue",
        0x0401,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        clock_pb2.ListDueRequest,
        clock_pb2.ListDueReply,
    )
    SWEEP = Method(
        "returns.v1.ClockService.Sweep",
        0x0402,
        Kind.UNARY,
        Idempotency.MUTATION,
        clock_pb2.SweepRequest,
        clock_pb2.SweepReply,
    )


class ClockServiceStub:
    """ClockService shows and steers the deadlines (R6, R11, R15, R16, R18, R21)."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_due(
        self, request: clock_pb2.ListDueRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.ListDueRequest, clock_pb2.ListDueReply]:
        """ListDue lists running clocks by their due time, the longest late first; paused ones are left out."""
        return self._caller.unary(ClockServiceMethods.LIST_DUE, request, options)

    def sweep(
        self, request: clock_pb2.SweepRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.SweepRequest, clock_pb2.SweepReply]:
        """Sweep fires what is due now, as the server's own sweeper does."""
        return self._caller.unary(ClockServiceMethods.SWEEP, request, options)
