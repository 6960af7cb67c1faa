"""Stubs of the services in rcp/discovery/v1/discovery.proto.

Written by tools/protoc_gen_rcp_python.py from rcp/discovery/v1/discovery.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.rcp.discovery.v1 import discovery_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class DiscoveryServiceMethods:
    """What rcp.discovery.v1.DiscoveryService offers, for servers and interceptors."""

    GET_SCHEMA = Method(
        "rcp.discovery.v1.DiscoveryService.GetSchema",
        0x7E01,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        discovery_pb2.GetSchemaRequest,
        discovery_pb2.GetSchemaReply,
    )


class DiscoveryServiceStub:
    """The methods of rcp.discovery.v1.DiscoveryService."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_schema(
        self, request: discovery_pb2.GetSchemaRequest, options: CallOptions | None = None
    ) -> UnaryCall[discovery_pb2.GetSchemaRequest, discovery_pb2.GetSchemaReply]:
        """GetSchema gives the .proto files that the server was built with, as protoc describes them."""
        return self._caller.unary(DiscoveryServiceMethods.GET_SCHEMA, request, options)
