"""What a machine asks of whoever drives it. Facts and orders, no IO."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..status import RETRY_AT_WILL, Outcome, StatusCode
from .call_payloads import Request, Response
from .handshake import GoAway, Hello, HelloAck, Refused
from .rows import Row


@dataclass(frozen=True, slots=True)
class Write:
    """Send these bytes: one frame, or the preface and HELLO."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the transport once everything is written; nothing more is read.

    At a client `failed` names the calls that end with it: UNAVAILABLE, with these outcomes.
    """

    failed: tuple[tuple[int, Outcome], ...] = ()
    row: Row | None = None
    refused: Refused | None = None
    go_away: GoAway | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message of a stream has come; `is_last` at a server whose client's stream ended with it."""

    stream: int
    data: bytes
    is_compressed: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Writable:
    """The writer of this message stream, which was to wait, may go on."""

    stream: int


# Of a client.


@dataclass(frozen=True, slots=True)
class Ready:
    """The handshake is over; calls may be opened."""

    ack: HelloAck


@dataclass(frozen=True, slots=True)
class CompleteCall:
    """The server's answer; `message` is None where there is none."""

    stream: int
    response: Response
    message: bytes | None = None
    is_compressed: bool = False


@dataclass(frozen=True, slots=True)
class FailCall:
    """The call ended without an answer that could be used."""

    stream: int
    status: StatusCode
    outcome: Outcome
    text: str
    # RETRY_NEVER for an answer that broke a row of SPEC.md §10: the next one would too.
    retry_after: int = RETRY_AT_WILL


@dataclass(frozen=True, slots=True)
class StopOpening:
    """The connection drains; these calls were never acted on: UNAVAILABLE, NOT_APPLIED."""

    not_acted_on: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PongReceived:
    opaque: bytes


# Of a server.


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Decide about these credentials, then call authenticated() or refuse()."""

    hello: Hello


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Call deadline_passed() when so many milliseconds have gone; a later timer replaces an earlier one.

    None: the time that ran before is off, and none runs now.
    """

    stream: int
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class StartCall:
    """Run the handler; `message` is None where the client sends a message stream."""

    stream: int
    method: int
    request: Request = field(repr=False)
    message: bytes | None
    is_compressed: bool
    # The client's stream has ended already, without a message.
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class EndMessages:
    """The client's stream has ended without another message."""

    stream: int


@dataclass(frozen=True, slots=True)
class CancelCall:
    """The client has given up: stop the handler, whose result is dropped."""

    stream: int


@dataclass(frozen=True, slots=True)
class RefuseCall:
    """A call whose handler never ran was answered with this status."""

    stream: int
    status: StatusCode


@dataclass(frozen=True, slots=True)
class AbortCall:
    """A call whose handler runs was answered with this status: stop the handler."""

    stream: int
    status: StatusCode


Action = (
    Write
    | Close
    | Deliver
    | Writable
    | Ready
    | CompleteCall
    | FailCall
    | StopOpening
    | PongReceived
    | Authenticate
    | StartTimer
    | StartCall
    | EndMessages
    | CancelCall
    | RefuseCall
    | AbortCall
)
