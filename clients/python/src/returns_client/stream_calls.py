"""The three kinds of call in which messages stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable
from types import TracebackType
from typing import Any, Generic, Self

from .attempt import Answer, Attempt, Failure
from .caller import CallRunner, Terms
from .errors import RCPError
from .methods import AnyMethod, Method, ReplyT, RequestT
from .options import CallOptions
from .status import Outcome, StatusCode
from .wire.call_payloads import Response
from .wire.metadata import Metadata

_GIVEN_UP = "the caller gave up"


class _StreamCall(Generic[RequestT, ReplyT]):
    """Begins with its first use. Leave `async with`, or call cancel(), to end it before the server does."""

    def __init__(
        self,
        runner: CallRunner,
        method: Method[RequestT, ReplyT],
        request: RequestT | None,
        requests: AsyncIterable[RequestT] | Iterable[RequestT] | None,
        options: CallOptions | None,
    ) -> None:
        if options is not None and options.request_id is not None:
            raise ValueError(f"{method.name} takes no request id: in a stream each message brings its own")
        self._runner = runner
        self._method: AnyMethod = method
        self._reply_type = method.reply_type
        self._request = request
        self._requests = requests
        self._options = options or CallOptions()
        self._terms: Terms | None = None
        self._starting = asyncio.Lock()
        self._attempt: Attempt | None = None
        self._sender: asyncio.Task[None] | None = None
        self._sender_error: Exception | None = None
        self._has_read = False
        self._is_over = False
        # Known when the call is over.
        self.trailers: Metadata = ()

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cancel()
        if self._sender is not None:
            await asyncio.gather(self._sender, return_exceptions=True)

    def cancel(self) -> None:
        """Ends the call, for the server too; of one that is over, nothing."""
        attempt = self._attempt
        if attempt is not None and attempt.result is None:
            attempt.cancel(StatusCode.CANCELLED, _GIVEN_UP)
        self._finish(asyncio.CancelledError() if not self._is_over else None)

    # For subclasses.

    async def _start(self) -> Attempt:
        async with self._starting:
            if self._is_over and self._attempt is None:
                raise RCPError(StatusCode.CANCELLED, _GIVEN_UP)
            if self._attempt is None:
                self._attempt = await self._open()
                if self._is_over:
                    # Cancelled by another task while it waited for a connection.
                    self._attempt.cancel(StatusCode.CANCELLED, _GIVEN_UP)
                elif self._requests is not None:
                    self._sender = asyncio.get_running_loop().create_task(self._send_all(self._requests))
            return self._attempt

    async def _open(self) -> Attempt:
        if self._terms is None:
            self._terms = self._runner.begin(self._method, self._options, None)
        while True:
            try:
                return await self._runner.start(self._method, self._terms, self._request)
            except RCPError as failure:
                error = self._runner.error_of(self._method, self._terms, failure)
                if not await self._runner.may_retry(self._terms, error, failure):
                    self._finish(error)
                    raise error from None

    async def _next(self) -> ReplyT | None:
        """The next message; None at the end of a call that succeeded. Raises RCPError."""
        while True:
            attempt = await self._start()
            message = await attempt.next_message()
            if message is not None:
                self._has_read = True
                return self._decode(*message)
            if self._sender_error is not None:
                self._finish(self._sender_error)
                raise self._sender_error
            assert attempt.result is not None
            if not await self._may_begin_again(attempt.result):
                self._conclude(attempt.result)
                return None

    async def _may_begin_again(self, result: Answer | Failure) -> bool:
        """A call with one message, of which nothing was read and which has changed nothing."""
        if self._request is None or self._has_read or self._terms is None or self._is_over:
            return False
        if isinstance(result, Answer) and result.response.status is StatusCode.OK:
            return False
        error = self._runner.error_of(self._method, self._terms, result)
        # Without a request id a change must not be sent twice.
        if error.outcome is not Outcome.NOT_APPLIED:
            return False
        if not await self._runner.may_retry(self._terms, error, result):
            return False
        self._attempt = None
        return True

    def _conclude(self, result: Answer | Failure) -> None:
        """Raises what a result that is no success means."""
        assert self._terms is not None
        if isinstance(result, Answer):
            self.trailers = result.response.trailers
            if result.response.status is StatusCode.OK:
                self._runner.succeeded()
                self._finish(None)
                return
        error = self._runner.error_of(self._method, self._terms, result)
        self._finish(error)
        raise error

    def _decode(self, data: bytes, is_compressed: bool, response: Response | None = None) -> ReplyT:
        assert self._terms is not None
        try:
            return self._runner.decode(self._terms, self._reply_type, data, is_compressed, response)
        except RCPError as failure:
            error = self._runner.error_of(self._method, self._terms, failure)
            if self._attempt is not None and self._attempt.result is None:
                self._attempt.cancel(StatusCode.CANCELLED, error.text)
            self._finish(error)
            raise error from None

    async def _write(self, request: RequestT) -> bool:
        attempt = await self._start()
        assert self._terms is not None
        data, is_compressed = self._runner.encode(self._terms, request, attempt.connection)
        return await attempt.write(data, is_compressed)

    async def _send_all(self, requests: AsyncIterable[RequestT] | Iterable[RequestT]) -> None:
        """Writes what the caller's iterator yields; its failure ends the call."""
        try:
            if isinstance(requests, AsyncIterable):
                async for request in requests:
                    if not await self._write(request):
                        return
            else:
                for request in requests:
                    if not await self._write(request):
                        return
            if self._attempt is not None:
                self._attempt.end_messages()
        except Exception as error:
            self._sender_error = error
            if self._attempt is not None and self._attempt.result is None:
                self._attempt.cancel(StatusCode.CANCELLED, "the caller's messages failed")

    def _finish(self, error: BaseException | None) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._sender is not None:
            self._sender.cancel()
        if self._terms is not None:
            self._runner.end(self._terms, error)


class _Reads(_StreamCall[RequestT, ReplyT]):
    """Replies by `async for`, or one by one with read()."""

    async def read(self) -> ReplyT | None:
        """The next reply; None when the call has succeeded. Raises RCPError.

        Cancelling this one read leaves the call open.
        """
        return await self._next()

    def __aiter__(self) -> AsyncIterator[ReplyT]:
        return self._replies()

    async def _replies(self) -> AsyncIterator[ReplyT]:
        try:
            while (reply := await self._next()) is not None:
                yield reply
        finally:
            # A loop that was left early has no use for the rest.
            self.cancel()


class _Writes(_StreamCall[RequestT, ReplyT]):
    """Requests from an iterator, or one by one with write() and done_writing()."""

    async def write(self, request: RequestT) -> bool:
        """Sends a message, waiting while the server reads too slowly; False if the call is over already."""
        if self._requests is not None:
            raise RuntimeError("this call takes its messages from the iterator it was given")
        return await self._write(request)

    async def done_writing(self) -> None:
        """Says that no more messages follow."""
        (await self._start()).end_messages()


class ServerStreamingCall(_Reads[RequestT, ReplyT]):
    """One message there, a stream back."""


class BidirectionalCall(_Writes[RequestT, ReplyT], _Reads[RequestT, ReplyT]):
    """Streams both ways, independent of each other."""


class ClientStreamingCall(_Writes[RequestT, ReplyT]):
    """A stream there, one message back: await the call for it."""

    def __await__(self) -> Generator[Any, None, ReplyT]:
        return self._reply().__await__()

    async def _reply(self) -> ReplyT:
        try:
            attempt = await self._start()
            result = await attempt.finished()
            if self._sender_error is not None:
                raise self._sender_error
            reply = None
            if isinstance(result, Answer) and result.response.status is StatusCode.OK:
                assert result.message is not None, "a success has a message (M51)"
                reply = self._decode(result.message, result.is_compressed, result.response)
            self._conclude(result)
            assert reply is not None
            return reply
        finally:
            self.cancel()
