"""What all calls of a client share: options, connections, deadlines, retries, outcomes."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass

from google.protobuf.message import Message

from .attempt import Answer, Attempt, Failure
from .backoff import RetryBudget
from .codec import MessageError, decode_message, encode_message
from .connection import Connection
from .errors import ConnectionFailed, RCPError
from .interceptors import CallInfo
from .methods import AnyMethod, ReplyT
from .options import CallOptions, ClientOptions
from .pool import Pool
from .retry_plan import End, RetryPlan
from .status import RETRY_NEVER, Outcome, StatusCode
from .wire.call_payloads import NO_REQUEST_ID, Request, Response
from .wire.frames import COMPRESSION, FRAGMENTS, STREAMING
from .wire.metadata import checked_metadata
from .wire.methods import Kind
from .wire.rows import Row

_MILLISECONDS_MAX = 2**32 - 1


@dataclass(slots=True)
class Terms:
    """What holds for one call from its start to its end, over all its attempts."""

    info: CallInfo
    # On the loop's clock.
    deadline: float | None
    # Until when it waits for a connection: a stream without a deadline does not wait for ever.
    connect_deadline: float | None
    wait_for_ready: bool
    # None: do not compress.
    compressed_message_bytes_min: int | None
    plan: RetryPlan


class CallRunner:
    """Starts attempts for the call objects, and judges how they ended."""

    def __init__(self, pool: Pool, options: ClientOptions) -> None:
        self._pool = pool
        self._options = options
        self._budget = RetryBudget(options.retry)

    def begin(self, method: AnyMethod, options: CallOptions, request_id: uuid.UUID | None) -> Terms:
        """Fixes the terms of a call that starts now, and tells the interceptors."""
        timeout = options.timeout
        if timeout is None and method.kind is Kind.UNARY:
            timeout = self._options.timeout
        metadata = checked_metadata(options.metadata)
        info = CallInfo(method.name, method.kind, request_id, metadata)
        for interceptor in self._options.interceptors:
            metadata = checked_metadata((*metadata, *interceptor.started(info)))
            info = CallInfo(method.name, method.kind, request_id, metadata)
        now = asyncio.get_running_loop().time()
        wait_for_ready, compression = options.wait_for_ready, options.compression
        compresses = self._options.compression if compression is None else compression
        wait = self._options.timeout if timeout is None else timeout
        return Terms(
            info,
            None if timeout is None else now + max(0.0, timeout),
            None if wait is None else now + max(0.0, wait),
            self._options.wait_for_ready if wait_for_ready is None else wait_for_ready,
            self._options.limits.compressed_message_bytes_min if compresses else None,
            RetryPlan(self._options.retry, method.is_read_only),
        )

    def end(self, terms: Terms, error: BaseException | None) -> None:
        """Tells the interceptors that the call is over."""
        for interceptor in self._options.interceptors:
            interceptor.ended(terms.info, error)

    async def start(self, method: AnyMethod, terms: Terms, message: Message | None) -> Attempt:
        """Sends the REQUEST on a connection that takes it; raises RCPError if there is none in time."""
        try:
            async with asyncio.timeout_at(terms.connect_deadline):
                connection = await self._pool.acquire(terms.wait_for_ready)
        except TimeoutError:
            text = "the call's time was over before there was a connection"
            failure = self._pool.failure
            if failure is not None:
                text += f"; last: {failure.text}"
            raise RCPError(StatusCode.DEADLINE_EXCEEDED, text) from None
        self._check_features(method, connection)
        data, is_compressed = (None, False) if message is None else self.encode(terms, message, connection)
        request = Request(self._timeout(terms), _wire_id(terms.info.request_id), terms.info.metadata)
        attempt = connection.open(method.id, method.kind, request, data, is_compressed)
        attempt.enforce_deadline(terms.deadline)
        return attempt

    def encode(self, terms: Terms, message: Message, connection: Connection) -> tuple[bytes, bool]:
        """The message as this connection takes it; raises RCPError if it is too long."""
        may_compress = bool(connection.features & COMPRESSION)
        smallest = terms.compressed_message_bytes_min if may_compress else None
        data, is_compressed = encode_message(message, smallest)
        size = message.ByteSize() if is_compressed else len(data)
        if size > connection.message_bytes_max:
            text = (
                f"the message has {size} bytes, but the server takes at most {connection.message_bytes_max}"
            )
            raise RCPError(StatusCode.RESOURCE_EXHAUSTED, text, retry_after_milliseconds=RETRY_NEVER)
        return data, is_compressed

    def decode(
        self,
        terms: Terms,
        message_type: type[ReplyT],
        data: bytes,
        is_compressed: bool,
        response: Response | None = None,
    ) -> ReplyT:
        """Rows M57 and M66 fail the call with INTERNAL (SPEC.md §10).

        `response` is the success that the message came with, if it did.
        """
        try:
            return decode_message(message_type, data, is_compressed)
        except MessageError as error:
            text = f"the server broke the protocol: {error}"
            if response is not None and error.row is Row.MESSAGE_UNDECODABLE:
                raise terms.plan.undecodable(response.outcome, response.replayed, text) from None
            raise RCPError(
                StatusCode.INTERNAL, text, outcome=Outcome.UNKNOWN, retry_after_milliseconds=RETRY_NEVER
            ) from None

    def error_of(self, method: AnyMethod, terms: Terms, result: Answer | Failure | RCPError) -> RCPError:
        """What the caller is told of a call that ended like this."""
        if isinstance(result, RCPError):
            error = result
        elif isinstance(result, Answer):
            response = result.response
            error = RCPError(
                response.status,
                response.text or "the server gave no reason",
                outcome=response.outcome,
                retry_after_milliseconds=response.retry_after,
                details=response.details,
                trailers=response.trailers,
            )
        else:
            error = result.error()
        error.request_id = terms.info.request_id
        error.method = method.name
        return terms.plan.failed(error)

    def succeeded(self) -> None:
        self._budget.decided()

    async def may_retry(self, terms: Terms, error: RCPError, result: Answer | Failure | RCPError) -> bool:
        """Waits as long as is right before the next attempt; False if there is to be none."""
        end = _end(result)
        deadline = terms.connect_deadline if end is End.NOT_SENT else terms.deadline
        left = None if deadline is None else deadline - asyncio.get_running_loop().time()
        wait = terms.plan.wait(error, end, left, self._budget)
        if wait is None:
            return False
        await asyncio.sleep(wait)
        return True

    @staticmethod
    def _timeout(terms: Terms) -> int:
        """The REQUEST's timeout in milliseconds: what is left, at least 1, 0 for none."""
        if terms.deadline is None:
            return 0
        left = terms.deadline - asyncio.get_running_loop().time()
        return min(_MILLISECONDS_MAX, max(1, int(left * 1000)))

    @staticmethod
    def _check_features(method: AnyMethod, connection: Connection) -> None:
        if method.kind is not Kind.UNARY and not connection.features & STREAMING:
            text = "this server does not offer streams (feature STREAMING)"
            raise RCPError(StatusCode.UNIMPLEMENTED, text, retry_after_milliseconds=RETRY_NEVER)
        assert connection.features & FRAGMENTS or not connection.features & STREAMING


def _wire_id(request_id: uuid.UUID | None) -> bytes:
    return NO_REQUEST_ID if request_id is None else request_id.bytes


def _end(result: Answer | Failure | RCPError) -> End:
    if isinstance(result, ConnectionFailed):
        return End.NOT_SENT
    if isinstance(result, Failure):
        if result.was_unseen:
            return End.UNSEEN
        if result.was_lost:
            return End.LOST
    return End.ANSWERED
