"""Everything in the proto package rcp.discovery.v1.

Written by tools/protoc_gen_rcp_python.py from package rcp.discovery.v1: do not edit.
"""

from __future__ import annotations

from returns_client._generated.rcp.discovery.v1.discovery_pb2 import (
    GetSchemaReply,
    GetSchemaRequest,
)
from returns_client._generated.rcp.discovery.v1.discovery_rcp import (
    DiscoveryServiceMethods,
    DiscoveryServiceStub,
)

__all__ = [
    "DiscoveryServiceMethods",
    "DiscoveryServiceStub",
    "GetSchemaReply",
    "GetSchemaRequest",
]
