"""A hook around every call, of all four kinds."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from .wire.metadata import Metadata
from .wire.methods import Kind


@dataclass(frozen=True, slots=True)
class CallInfo:
    """What an interceptor sees of a call."""

    method: str
    kind: Kind
    request_id: uuid.UUID | None
    metadata: Metadata


class Interceptor:
    """Override what you need. Neither method may block."""

    def started(self, call: CallInfo) -> Metadata:
        """Called once before the first attempt: what is to be added to the metadata."""
        return ()

    def ended(self, call: CallInfo, error: BaseException | None) -> None:
        """Called once when the call is over; None for success."""


class TraceParent(Interceptor):
    """Adds W3C Trace Context's `traceparent`, unless the call has one.

    `current` gives the header of the span that is active in your tracing library; without it each call begins
    a sampled trace of its own.
    """

    def __init__(self, current: Callable[[], str | None] | None = None) -> None:
        self._current = current

    def started(self, call: CallInfo) -> Metadata:
        if any(key == "traceparent" for key, _ in call.metadata):
            return ()
        value = self._current() if self._current else None
        return (("traceparent", value or f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"),)
