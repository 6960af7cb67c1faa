"""Stubs of the services in returns/v1/sla.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/sla.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import sla_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class SlaPolicyServiceMethods:
    """What returns.v1.SlaPolicyService offers, for servers and interceptors."""

    GET_SLA_POLICY = Method(
        "returns.v1.SlaPolicyService.GetSlaPolicy",
        0x0901,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        sla_pb2.GetSlaPolicyRequest,
        sla_pb2.GetSlaPolicyReply,
    )
    PUT_SLA_POLICY = Method(
        "returns.v1.SlaPolicyService.PutSlaPolicy",
        0x0902,
        Kind.UNARY,
        Idempotency.MUTATION,
        sla_pb2.PutSlaPolicyRequest,
        sla_pb2.PutSlaPolicyReply,
    )
    RECOMPUTE = Method(
        "returns.v1.SlaPolicyService.Recompute",
        0x0903,
        Kind.UNARY,
        Idempotency.MUTATION,
        sla_pb2.RecomputeRequest,
        sla_pb2.RecomputeReply,
    )


class SlaPolicyServiceStub:
    """SlaPolicyService keeps the SLA policies. Versions are kept for ever; a case keeps the one it started with."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_sla_policy(
        self, request: sla_pb2.GetSlaPolicyRequest, options: CallOptions | None = None
    ) -> UnaryCall[sla_pb2.GetSlaPolicyRequest, sla_pb2.GetSlaPolicyReply]:
        """GetSlaPolicy reads a version of the SLA policy; version 0 is the current one."""
        return self._caller.unary(SlaPolicyServiceMethods.GET_SLA_POLICY, request, options)

    def put_sla_policy(
        self, request: sla_pb2.PutSlaPolicyRequest, options: CallOptions | None = None
    ) -> UnaryCall[sla_pb2.PutSlaPolicyRequest, sla_pb2.PutSlaPolicyReply]:
        """PutSlaPolicy adds the next version, for cases submitted from then on."""
        return self._caller.unary(SlaPolicyServiceMethods.PUT_SLA_POLICY, request, options)

    def recompute(
        self, request: sla_pb2.RecomputeRequest, options: CallOptions | None = None
    ) -> UnaryCall[sla_pb2.RecomputeRequest, sla_pb2.RecomputeReply]:
        """Recompute takes open cases over to the current version, a page at a time: their running clocks go by
        it as if they had from their start. What was consumed, paused and granted counts as before; a breach
        is never erased. Done again it changes nothing.
        """
        return self._caller.unary(SlaPolicyServiceMethods.RECOMPUTE, request, options)
