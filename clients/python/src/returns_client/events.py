"""Following events over lost connections and restarts of the server."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from .backoff import backoff
from .client import Client
from .errors import RCPError
from .options import CallOptions
from .returns_v1 import EventFilter, EventServiceStub, SubscribeReply, SubscribeRequest
from .status import Repetition, StatusCode

__all__ = ["EventGap", "FollowOptions", "follow"]


class EventGap(RCPError):
    """The log of events cannot be read on from a cursor.

    Events behind it are no longer kept, or the store has lost some before it. To go on: follow from where
    `text` says, and read again the cases that changed since `changed_since_ms`; None means all. `reason` is
    CURSOR_BEHIND_LOG, CURSOR_AHEAD_OF_LOG or CURSOR_OF_LOST_EVENTS.
    """

    def __init__(self, cause: RCPError) -> None:
        super().__init__(
            cause.code,
            cause.text,
            outcome=cause.outcome,
            retry_after_milliseconds=cause.retry_after_milliseconds,
            details=cause.details,
            trailers=cause.trailers,
            method=cause.method,
        )
        detail = cause.details[0] if cause.details else None
        self.reason = detail.reason if detail else cause.code.name
        self.changed_since_ms = _milliseconds(detail.allowed[0]) if detail and detail.allowed else None


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """How events are followed over calls that end; times in seconds."""

    # How long no reply may come, from the first failure or the beginning on, until a failure is raised; None
    # tries for ever.
    outage_max: float | None = None
    # Waits between the calls while nothing is heard; a server's own retry-after counts where it is longer.
    backoff_first: float = 0.2
    backoff_max: float = 5.0
    metadata: tuple[tuple[str, str | bytes], ...] = ()


async def follow(
    client: Client,
    *,
    cursor: str | None = None,
    beginning: bool = False,
    since_ms: int | None = None,
    filter: EventFilter | None = None,
    options: FollowOptions | None = None,
) -> AsyncGenerator[SubscribeReply, None]:
    """The replies of Subscribe, from a place in the log on, until the loop is left or its task cancelled.

    Begins behind what a reply with `cursor` held, at the `beginning` of what is kept, at the first event
    since `since_ms`, or with none of them at the events to come. Every event comes at least once: after a
    lost connection the last ones may come again, and are known by their ids. The first reply comes at once
    and the others at least every 15 s, with or without events. Each holds a cursor behind its events: keep it
    once they are handled, and begin with it next time.

    Raises EventGap when the log cannot be read on from the cursor, and the RCPError of a failure that
    repeating cannot mend, of the last one after `outage_max`, or, with `wait_for_ready=False`, of one before
    the first reply.
    """
    if sum((cursor is not None, beginning, since_ms is not None)) > 1:
        raise ValueError("give one of cursor, beginning and since_ms")
    options = options or FollowOptions()
    loop = asyncio.get_running_loop()
    has_heard, failures = False, 0
    began: float | None = loop.time()
    while True:
        request = SubscribeRequest(cursor=cursor, filter=filter)
        if cursor is None and beginning:
            request.beginning = True
        elif cursor is None and since_ms is not None:
            request.since_ms = since_ms
        error = RCPError(StatusCode.UNAVAILABLE, "the server ended the stream")
        call = EventServiceStub(client).subscribe(request, CallOptions(metadata=options.metadata))
        async with call:
            while True:
                try:
                    reply = await call.read()
                except RCPError as failure:
                    error = failure
                    break
                if reply is None:
                    break
                has_heard, failures, began = True, 0, None
                # What the loop's body raises never comes here.
                yield reply
                cursor = reply.cursor
        if error.code is StatusCode.OUT_OF_RANGE:
            raise EventGap(error) from error
        failures += 1
        began = loop.time() if began is None else began
        is_too_soon = not has_heard and not client.options.wait_for_ready
        is_too_long = options.outage_max is not None and loop.time() - began >= options.outage_max
        if error.repetition is Repetition.NEVER or is_too_soon or is_too_long:
            raise error
        wait = backoff(options.backoff_first, 2.0, options.backoff_max, failures)
        await asyncio.sleep(max(wait, error.retry_after_milliseconds / 1000))


def _milliseconds(text: str) -> int | None:
    """Of a time as the server writes it; None if it cannot be read."""
    try:
        return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        return None
