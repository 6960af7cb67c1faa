"""A unary call: one message there, one back."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from typing import Any, Generic

from .attempt import Answer, Failure
from .caller import CallRunner, Terms
from .errors import RCPError
from .methods import Method, ReplyT, RequestT
from .options import CallOptions
from .status import Outcome, StatusCode
from .wire.metadata import Metadata


class UnaryCall(Generic[RequestT, ReplyT]):
    """Await it, once, for the reply; raises RCPError.

    `request_id` is known before: keep it where you will find it again if this process ends. Cancelling the
    awaiting task cancels the call.
    """

    def __init__(
        self,
        runner: CallRunner,
        method: Method[RequestT, ReplyT],
        request: RequestT,
        options: CallOptions | None,
    ) -> None:
        self._runner = runner
        self._method = method
        self._request = request
        self._options = options or CallOptions()
        self._has_begun = False
        given = self._options.request_id
        if given is not None and not method.needs_request_id:
            raise ValueError(f"{method.name} takes no request id: it is no unary mutation")
        if given is not None and given.int == 0:
            raise ValueError("a request id that is zero counts as none")
        self.request_id: uuid.UUID | None = given or (uuid.uuid4() if method.needs_request_id else None)
        # Known when the call is over.
        self.trailers: Metadata = ()
        self.was_replayed = False
        self.outcome = Outcome.UNKNOWN
        self.reply_was_compressed = False
        self.attempts = 0

    def __await__(self) -> Generator[Any, None, ReplyT]:
        return self._run().__await__()

    async def _run(self) -> ReplyT:
        if self._has_begun:
            raise RuntimeError("a call can be awaited once: make another one, with the same id if need be")
        self._has_begun = True
        terms = self._runner.begin(self._method, self._options, self.request_id)
        error: BaseException | None = None
        try:
            return await self._until_settled(terms)
        except BaseException as raised:
            error = raised
            raise
        finally:
            self._runner.end(terms, error)

    async def _until_settled(self, terms: Terms) -> ReplyT:
        while True:
            self.attempts += 1
            result = await self._attempt(terms)
            if isinstance(result, Answer):
                self.trailers, self.was_replayed = result.response.trailers, result.response.replayed
                self.reply_was_compressed = result.is_compressed
                if result.response.status is StatusCode.OK and result.message is not None:
                    self._runner.succeeded()
                    self.outcome = terms.plan.success(result.response.outcome, self.was_replayed)
                    return self._decode(terms, result, result.message)
            error = self._runner.error_of(self._method, terms, result)
            if not await self._runner.may_retry(terms, error, result):
                raise error

    async def _attempt(self, terms: Terms) -> Answer | Failure | RCPError:
        try:
            attempt = await self._runner.start(self._method, terms, self._request)
        except RCPError as error:
            return error
        try:
            return await attempt.finished()
        finally:
            if attempt.result is None:
                attempt.cancel(StatusCode.CANCELLED, "the caller gave up")

    def _decode(self, terms: Terms, answer: Answer, message: bytes) -> ReplyT:
        try:
            return self._runner.decode(
                terms, self._method.reply_type, message, answer.is_compressed, answer.response
            )
        except RCPError as failure:
            error = self._runner.error_of(self._method, terms, failure)
            self.outcome = error.outcome
            raise error from None
