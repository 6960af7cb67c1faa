"""What a handler sees of its call."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from ..codec import MessageError, decode_message
from ..errors import RCPError
from ..methods import AnyMethod
from ..status import RETRY_NEVER, StatusCode
from ..wire.call_payloads import NO_REQUEST_ID, Request
from ..wire.metadata import Metadata

if TYPE_CHECKING:
    from .served_connection import ServedConnection


class CallContext:
    """One call at the server. `credential` is the token of the client, as text."""

    def __init__(
        self, connection: ServedConnection, stream: int, method: AnyMethod, request: Request
    ) -> None:
        self.connection = connection
        self.method = method
        self.metadata: Metadata = request.metadata
        self.timeout_milliseconds = request.timeout
        self.request_id = None if request.request_id == NO_REQUEST_ID else uuid.UUID(bytes=request.request_id)
        # Set these before the handler returns.
        self.trailers: list[tuple[str, str | bytes]] = []
        self._stream = stream
        self._messages: deque[tuple[bytes, bool]] = deque()
        self._has_ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    @property
    def credential(self) -> str:
        return self.connection.credential

    # For the connection.

    def deliver(self, data: bytes, is_compressed: bool, is_last: bool) -> None:
        self._messages.append((data, is_compressed))
        self._has_ended = self._has_ended or is_last
        self._wake()

    def end_messages(self) -> None:
        self._has_ended = True
        self._wake()

    def wake_writer(self) -> None:
        if self._writer is not None and not self._writer.done():
            self._writer.set_result(None)

    async def requests(self) -> AsyncIterator[object]:
        """The client's messages, for handlers of calls in which it streams."""
        while True:
            while self._messages:
                data, is_compressed = self._messages.popleft()
                self.connection.take_message(self._stream)
                yield decoded(self.method, data, is_compressed)
            if self._has_ended:
                return
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def send(self, data: bytes, is_compressed: bool) -> None:
        """Sends a message of the server's stream, and waits while too much is queued."""
        self.connection.send_message(self._stream, data, is_compressed)
        while self.connection.is_full(self._stream):
            self._writer = asyncio.get_running_loop().create_future()
            await self._writer

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def decoded(method: AnyMethod, data: bytes, is_compressed: bool) -> object:
    """The request's message; rows M57 and M66 end the call."""
    try:
        return decode_message(method.request_type, data, is_compressed)
    except MessageError as error:
        text = str(error)
        raise RCPError(StatusCode.INVALID_ARGUMENT, text, retry_after_milliseconds=RETRY_NEVER) from None
