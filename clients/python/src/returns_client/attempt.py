"""One try of a call on one connection."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import RCPError
from .status import RETRY_AT_WILL, Outcome, StatusCode
from .wire.call_payloads import Response

if TYPE_CHECKING:
    from .connection import Connection


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's RESPONSE."""

    response: Response
    message: bytes | None
    is_compressed: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """The end of a call without one; `was_unseen` if the server is known not to have acted on it."""

    status: StatusCode
    outcome: Outcome
    text: str
    was_unseen: bool = False
    # The connection ended under it.
    was_lost: bool = False
    # RETRY_NEVER where another attempt would fail the same way.
    retry_after: int = RETRY_AT_WILL

    def error(self) -> RCPError:
        """What it says of this attempt alone."""
        return RCPError(
            self.status, self.text, outcome=self.outcome, retry_after_milliseconds=self.retry_after
        )


class Attempt:
    """Messages in both directions until a result. For one reader and one writer.

    What waits for its reader is limited by the stream's window: credit is returned as messages are taken.
    """

    def __init__(self, connection: Connection, stream: int) -> None:
        self.connection = connection
        self.result: Answer | Failure | None = None
        self._stream = stream
        self._messages: deque[tuple[bytes, bool]] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def enforce_deadline(self, at: float | None) -> None:
        """Ends the call with CANCEL at a time of the loop's clock, whatever the server does."""
        if at is not None and self.result is None:
            self._deadline = asyncio.get_running_loop().call_at(at, self._deadline_passed)

    async def finished(self) -> Answer | Failure:
        """Waits for the result, for calls without a stream of messages."""
        while self.result is None:
            await self._wait_to_read()
        return self.result

    async def next_message(self) -> tuple[bytes, bool] | None:
        """The next message and whether it is compressed; None when the call has its result."""
        while not self._messages:
            if self.result is not None:
                return None
            await self._wait_to_read()
        message = self._messages.popleft()
        self.connection.take_message(self._stream)
        return message

    async def write(self, data: bytes, is_compressed: bool) -> bool:
        """Sends a message, and waits while too much is queued; False if the call is over."""
        if self.result is None:
            self.connection.send_message(self._stream, data, is_compressed)
        while self.result is None and self.connection.is_full(self._stream):
            assert self._writer is None, "two tasks write to one call"
            self._writer = asyncio.get_running_loop().create_future()
            try:
                await self._writer
            finally:
                self._writer = None
        return self.result is None

    def end_messages(self) -> None:
        if self.result is None:
            self.connection.end_messages(self._stream)

    def cancel(self, code: StatusCode, text: str) -> None:
        """Gives the call up; messages that wait are dropped."""
        self._messages.clear()
        self.connection.cancel(self._stream, code)
        self.end(Failure(code, Outcome.UNKNOWN, text))

    # For the connection.

    def deliver(self, data: bytes, is_compressed: bool) -> None:
        self._messages.append((data, is_compressed))
        self._wake_reader()

    def end(self, result: Answer | Failure) -> None:
        if self.result is None:
            self.result = result
        if self._deadline is not None:
            self._deadline.cancel()
        self._wake_reader()
        self.wake_writer()

    def wake_writer(self) -> None:
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def _wait_to_read(self) -> None:
        assert self._reader is None, "two tasks read from one call"
        self._reader = asyncio.get_running_loop().create_future()
        try:
            await self._reader
        finally:
            self._reader = None

    def _deadline_passed(self) -> None:
        # What has come stays readable; only the rest is given up.
        messages = list(self._messages)
        self.cancel(StatusCode.DEADLINE_EXCEEDED, "the call's time is over")
        self._messages.extend(messages)
