"""Settings of clients and calls."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._version import VERSION
from .limits import Limits
from .status import StatusCode

if TYPE_CHECKING:
    from .interceptors import Interceptor


class PoolPolicy(enum.Enum):
    """Which of several servers takes a call."""

    # The first that can be reached, and the next one when it is lost.
    PICK_FIRST = "pick_first"
    # Each in turn.
    ROUND_ROBIN = "round_robin"


# A client chose its server and made the calls, so it may hold more than a server does of strangers: many
# large replies come at the same time, each by a frame in turn.
HELD_BYTES_MAX = 268_435_456


@dataclass(frozen=True, slots=True)
class CallOptions:
    """Of one call.

    `timeout` is in seconds from the call's start to its end, retries included. `request_id` is the
    idempotency key of a unary mutation: keep it with your own record, and the same call can be repeated
    safely for as long as the server remembers it (SPEC.md §7.3). Without one, each call gets a new one. None
    elsewhere means: as the client has it.
    """

    timeout: float | None = None
    request_id: uuid.UUID | None = None
    metadata: Sequence[tuple[str, str | bytes]] = ()
    wait_for_ready: bool | None = None
    compression: bool | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a call is sent again by itself; times in seconds. The defaults are SPEC.md §7.4's.

    Only what SPEC.md §7.3 permits is ever repeated. The budget is gRFC A6's: every failure worth a retry
    takes a token, every call that is decided gives `budget_ratio` back, and at or below half of
    `budget_tokens` nothing is repeated, so that retries cannot multiply the load on a server that struggles.
    """

    attempts_max: int = 5
    backoff_first: float = 0.05
    backoff_max: float = 5.0
    backoff_factor: float = 2.0
    budget_tokens: float = 100.0
    budget_ratio: float = 0.1
    codes: frozenset[StatusCode] = frozenset(
        {StatusCode.UNAVAILABLE, StatusCode.RESOURCE_EXHAUSTED, StatusCode.ABORTED}
    )


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Of a client; times in seconds."""

    # For the server's log: program and version, at most 128 bytes.
    name: str = f"returns-client-python/{VERSION}"
    limits: Limits = field(default_factory=lambda: Limits(held_bytes_max=HELD_BYTES_MAX))
    policy: PoolPolicy = PoolPolicy.PICK_FIRST
    # Further connections to a server are made when its streamsMax calls are open.
    connections_per_address_max: int = 2
    # Calls that wait for a connection; one more fails RESOURCE_EXHAUSTED.
    waiting_calls_max: int = 4_096
    connect_timeout: float = 10.0
    # After a failed connection, until the next attempt; doubled with each.
    reconnect_first: float = 0.05
    reconnect_max: float = 5.0
    # Of a unary call without a timeout of its own; a stream without one waits as long for its connection.
    timeout: float | None = 30.0
    # Whether calls wait for a connection until their timeout, however often connecting fails.
    wait_for_ready: bool = True
    # Silence after which a PING is sent, though no more often than the server permits; None for never.
    keepalive: float | None = 30.0
    keepalive_timeout: float = 10.0
    # How long close() lets open calls go on.
    drain_timeout: float = 5.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    # Offers COMPRESSION, and compresses messages that are worth it (SPEC.md §6.7).
    compression: bool = False
    interceptors: Sequence[Interceptor] = ()
