"""Everything in the proto package rcp.conformance.v1.

Written by tools/protoc_gen_rcp_python.py from package rcp.conformance.v1: do not edit.
"""

from __future__ import annotations

from returns_client._generated.rcp.conformance.v1.conformance_pb2 import (
    CallReply,
    CallRequest,
    DrainConnectionReply,
    DrainConnectionRequest,
    EmptyReply,
    EmptyRequest,
    EndPlan,
    ReplyPlan,
)
from returns_client._generated.rcp.conformance.v1.conformance_rcp import (
    ConformanceServiceMethods,
    ConformanceServiceStub,
)

__all__ = [
    "CallReply",
    "CallRequest",
    "ConformanceServiceMethods",
    "ConformanceServiceStub",
    "DrainConnectionReply",
    "DrainConnectionRequest",
    "EmptyReply",
    "EmptyRequest",
    "EndPlan",
    "ReplyPlan",
]
