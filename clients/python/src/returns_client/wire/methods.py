"""What the wire needs to know of a method."""

from __future__ import annotations

import enum


class Kind(enum.Enum):
    """The four kinds of call (SPEC.md §6)."""

    UNARY = "unary"
    CLIENT_STREAMING = "client_streaming"
    SERVER_STREAMING = "server_streaming"
    BIDIRECTIONAL_STREAMING = "bidirectional_streaming"

    @property
    def client_streams(self) -> bool:
        return self in (Kind.CLIENT_STREAMING, Kind.BIDIRECTIONAL_STREAMING)

    @property
    def server_streams(self) -> bool:
        return self in (Kind.SERVER_STREAMING, Kind.BIDIRECTIONAL_STREAMING)


class Idempotency(enum.Enum):
    """Whether a call of a method may change anything (rcp/options.proto)."""

    READ_ONLY = "read_only"
    MUTATION = "mutation"
