"""Stubs of the services in returns/v1/policy.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/policy.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import policy_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class PolicyServiceMethods:
    """What returns.v1.PolicyService offers, for servers and interceptors."""

    GET_POLICY = Method(
        "returns.v1.PolicyService.GetPolicy",
        0x0501,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        policy_pb2.GetPolicyRequest,
        policy_pb2.GetPolicyReply,
    )
    PUT_POLICY = Method(
        "returns.v1.PolicyService.PutPolicy",
        0x0502,
        Kind.UNARY,
        Idempotency.MUTATION,
        policy_pb2.PutPolicyRequest,
        policy_pb2.PutPolicyReply,
    )


class PolicyServiceStub:
    """The methods of returns.v1.PolicyService."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_policy(
        self, request: policy_pb2.GetPolicyRequest, options: CallOptions | None = None
    ) -> UnaryCall[policy_pb2.GetPolicyRequest, policy_pb2.GetPolicyReply]:
        """GetPolicy reads a version of the return policy; version 0 is the current one."""
        return self._caller.unary(PolicyServiceMethods.GET_POLICY, request, options)

    def put_policy(
        self, request: policy_pb2.PutPolicyRequest, options: CallOptions | None = None
    ) -> UnaryCall[policy_pb2.PutPolicyRequest, policy_pb2.PutPolicyReply]:
        """PutPolicy adds the next version. Open cases keep the version they are pinned to."""
        return self._caller.unary(PolicyServiceMethods.PUT_POLICY, request, options)
