"""Status codes, outcomes and what they allow (SPEC.md §4.3, §5.2, §7)."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class StatusCode(enum.IntEnum):
    """How a call ended; gRPC's numbers and meanings (SPEC.md §7.1)."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class Outcome(enum.IntEnum):
    """Whether a call has changed anything (SPEC.md §7.1)."""

    UNKNOWN = 0
    APPLIED = 1
    NOT_APPLIED = 2

    def joined(self, other: Outcome) -> Outcome:
        """What two attempts come to: APPLIED outweighs UNKNOWN, and that NOT_APPLIED (SPEC.md §7.4)."""
        if Outcome.APPLIED in (self, other):
            return Outcome.APPLIED
        return Outcome.UNKNOWN if Outcome.UNKNOWN in (self, other) else Outcome.NOT_APPLIED


class RefusedCode(enum.IntEnum):
    """Why a server refused a connection (SPEC.md §4.3)."""

    VERSION = 1
    UNAUTHENTICATED = 2
    MALFORMED = 3
    OVERLOADED = 4
    DRAINING = 5
    HELLO_TIMEOUT = 6


class GoAwayCode(enum.IntEnum):
    """Why a connection ends (SPEC.md §5.2)."""

    NO_ERROR = 0
    PROTOCOL_ERROR = 1
    FRAME_TOO_LARGE = 2
    CREDIT_OVERRUN = 3
    TOO_MANY_PINGS = 4
    UNAUTHENTICATED = 5
    INTERNAL = 6
    IDLE = 7
    EXCESSIVE_LOAD = 8
    TOO_SLOW = 9


class Repetition(enum.Enum):
    """Whether a call may be sent again (SPEC.md §7.3)."""

    FREELY = "freely"
    SAME_ID = "same id"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that was wrong with a request, and what would be accepted now (SPEC.md §7.2)."""

    field: str = ""
    reason: str = ""
    text: str = ""
    allowed: tuple[str, ...] = ()


# retry-after values with a meaning of their own, in milliseconds.
RETRY_NEVER = -1
RETRY_AT_WILL = 0

# SPEC.md §7.3: these end the same way however often they are sent.
_FINAL = frozenset(
    {
        StatusCode.OK,
        StatusCode.INVALID_ARGUMENT,
        StatusCode.NOT_FOUND,
        StatusCode.ALREADY_EXISTS,
        StatusCode.PERMISSION_DENIED,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.OUT_OF_RANGE,
        StatusCode.UNIMPLEMENTED,
        StatusCode.DATA_LOSS,
        StatusCode.UNAUTHENTICATED,
    }
)


def may_repeat(code: StatusCode, outcome: Outcome, retry_after_milliseconds: int) -> Repetition:
    """The cell of SPEC.md §7.3's table for a call that has ended."""
    if retry_after_milliseconds == RETRY_NEVER or code in _FINAL:
        return Repetition.NEVER
    return Repetition.FREELY if outcome is Outcome.NOT_APPLIED else Repetition.SAME_ID
