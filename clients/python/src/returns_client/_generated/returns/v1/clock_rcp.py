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
    NEXT_WORK = Method(
        "returns.v1.ClockService.NextWork",
        0x0403,
        Kind.UNARY,
        Idempotency.MUTATION,
        clock_pb2.NextWorkRequest,
        clock_pb2.NextWorkReply,
    )
    RELEASE_WORK = Method(
        "returns.v1.ClockService.ReleaseWork",
        0x0404,
        Kind.UNARY,
        Idempotency.MUTATION,
        clock_pb2.ReleaseWorkRequest,
        clock_pb2.ReleaseWorkReply,
    )
    GET_BOARD = Method(
        "returns.v1.ClockService.GetBoard",
        0x0405,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        clock_pb2.GetBoardRequest,
        clock_pb2.GetBoardReply,
    )
    GET_ATTAINMENT = Method(
        "returns.v1.ClockService.GetAttainment",
        0x0406,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        clock_pb2.GetAttainmentRequest,
        clock_pb2.GetAttainmentReply,
    )


class ClockServiceStub:
    """ClockService shows and steers the deadlines (R6, R11, R15, R16, R18, R21)."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_due(
        self, request: clock_pb2.ListDueRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.ListDueRequest, clock_pb2.ListDueReply]:
        """ListDue lists running clocks by their due time, the longest late first; paused ones are left out,
        save those that were breached before: they stay late.
        """
        return self._caller.unary(ClockServiceMethods.LIST_DUE, request, options)

    def sweep(
        self, request: clock_pb2.SweepRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.SweepRequest, clock_pb2.SweepReply]:
        """Sweep fires what is due now, as the server's own sweeper does."""
        return self._caller.unary(ClockServiceMethods.SWEEP, request, options)

    def next_work(
        self, request: clock_pb2.NextWorkRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.NextWorkRequest, clock_pb2.NextWorkReply]:
        """NextWork takes the most urgent case of a department that nobody works on and that is nobody else's,
        and that the caller is not barred from by what they did before, and keeps it from others for a
        while. Who has one already gets it again, and keeps it for longer, until the clock it was taken for
        has ended.
        """
        return self._caller.unary(ClockServiceMethods.NEXT_WORK, request, options)

    def release_work(
        self, request: clock_pb2.ReleaseWorkRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.ReleaseWorkRequest, clock_pb2.ReleaseWorkReply]:
        """ReleaseWork gives a case back before its time is over."""
        return self._caller.unary(ClockServiceMethods.RELEASE_WORK, request, options)

    def get_board(
        self, request: clock_pb2.GetBoardRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.GetBoardRequest, clock_pb2.GetBoardReply]:
        """GetBoard counts what is due, of each kind, and lists the most urgent."""
        return self._caller.unary(ClockServiceMethods.GET_BOARD, request, options)

    def get_attainment(
        self, request: clock_pb2.GetAttainmentRequest, options: CallOptions | None = None
    ) -> UnaryCall[clock_pb2.GetAttainmentRequest, clock_pb2.GetAttainmentReply]:
        """GetAttainment adds up how clocks ended over some days, in time or late (R21)."""
        return self._caller.unary(ClockServiceMethods.GET_ATTAINMENT, request, options)
