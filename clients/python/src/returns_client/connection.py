"""One connection to a server: the machine of the client's role on an asyncio transport."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from .attempt import Answer, Attempt, Failure
from .errors import ConnectionFailed
from .limits import Limits
from .status import GoAwayCode, Outcome, StatusCode
from .wire import actions as a
from .wire.call_payloads import Request
from .wire.client_machine import ClientMachine
from .wire.handshake import GoAway, Hello, HelloAck, Refused
from .wire.machine import State
from .wire.methods import Kind

# The first bytes of a server that is none tell what it is.
_OPENING_BYTES_KEPT = 16


class Connection(asyncio.Protocol):
    """Carries attempts. `changed` is called whenever it may have become able or unable to take calls.

    `check` looks at the transport before the first byte is sent, which holds the token; what it finds wrong
    ends the connection.
    """

    def __init__(
        self,
        hello: Hello,
        limits: Limits,
        changed: Callable[[], None],
        check: Callable[[asyncio.Transport], ConnectionFailed | None] = lambda transport: None,
    ) -> None:
        self._machine = ClientMachine(limits, hello)
        self._limits = limits
        self._changed = changed
        self._check = check
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._attempts: dict[int, Attempt] = {}
        self._is_paused = False
        self._pong: asyncio.Future[None] | None = None
        # False: the transport ended before the handshake did.
        self.ready: asyncio.Future[bool] = self._loop.create_future()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        # For whoever explains why there was no handshake.
        self.opening = b""
        self.refused: Refused | None = None
        # Why nothing was sent over the transport.
        self.unfit: ConnectionFailed | None = None
        self.lost_by: Exception | None = None
        self.close_reason = ""
        self.received_at = self._loop.time()

    # For the pool.

    @property
    def can_open(self) -> bool:
        return self._machine.can_open and not self._is_paused

    @property
    def is_usable(self) -> bool:
        """Whether it takes calls now or will again, so that a call may wait for it."""
        return self._machine.state is State.OPEN and not self._machine.is_draining

    @property
    def open_calls(self) -> int:
        return self._machine.open_calls

    @property
    def ack(self) -> HelloAck | None:
        return self._machine.ack

    @property
    def message_bytes_max(self) -> int:
        return self._machine.message_bytes_max

    @property
    def features(self) -> int:
        return self._machine.features

    def open(
        self, method: int, kind: Kind, request: Request, message: bytes | None, is_compressed: bool
    ) -> Attempt:
        """Sends a REQUEST; only while can_open."""
        stream, actions = self._machine.open_call(method, kind, request, message, is_compressed)
        attempt = self._attempts[stream] = Attempt(self, stream)
        self._do(actions)
        return attempt

    def drain(self) -> None:
        """Takes no more calls and closes when the open ones have ended."""
        self._do(self._machine.drain())

    def abort(self, reason: str) -> None:
        """Closes at once; open calls fail."""
        self.close_reason = self.close_reason or reason
        self._do(self._machine.transport_ended())
        if self._transport is not None:
            self._transport.abort()

    async def ping(self, seconds: float) -> None:
        """A round trip; raises TimeoutError. One at a time, and no more often than the server permits."""
        self._pong = self._loop.create_future()
        try:
            self._do(self._machine.ping(time.monotonic_ns().to_bytes(8)))
            async with asyncio.timeout(seconds):
                await self._pong
        finally:
            self._pong = None

    # For attempts.

    @property
    def is_paused(self) -> bool:
        return self._is_paused

    def is_full(self, stream: int) -> bool:
        return self._is_paused or self._machine.is_full(stream)

    def send_message(self, stream: int, data: bytes, is_compressed: bool) -> None:
        self._do(self._machine.send_message(stream, data, is_compressed))

    def end_messages(self, stream: int) -> None:
        self._do(self._machine.end_messages(stream))

    def take_message(self, stream: int) -> None:
        self._do(self._machine.take_message(stream))

    def cancel(self, stream: int, code: StatusCode) -> None:
        self._attempts.pop(stream, None)
        self._do(self._machine.cancel(stream, code))
        self._changed()

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.unfit = self._check(transport)
        if self.unfit is not None:
            self.abort(self.unfit.text)
            return
        self._do(self._machine.connected())

    def data_received(self, data: bytes) -> None:
        self.received_at = self._loop.time()
        if len(self.opening) < _OPENING_BYTES_KEPT:
            self.opening += data[:_OPENING_BYTES_KEPT]
        self._do(self._machine.receive(data, int(self.received_at * 1000)))
        self._check_outbound()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost_by = exc
        self.close_reason = self.close_reason or "the connection was lost"
        self._do(self._machine.transport_ended())
        self._transport = None
        if not self.ready.done():
            self.ready.set_result(False)
        if not self.closed.done():
            self.closed.set_result(None)
        self._changed()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        for attempt in list(self._attempts.values()):
            attempt.wake_writer()
        self._changed()

    # Actions.

    def _do(self, actions: list[a.Action]) -> None:
        frames = [action.data for action in actions if isinstance(action, a.Write)]
        if frames and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(frames))
        for action in actions:
            match action:
                case a.Write():
                    pass
                case a.CompleteCall(stream, response, message, is_compressed):
                    self._end(stream, Answer(response, message, is_compressed))
                case a.Deliver(stream, data, is_compressed):
                    if stream in self._attempts:
                        self._attempts[stream].deliver(data, is_compressed)
                case a.FailCall(stream, status, outcome, text, retry_after):
                    self._end(stream, Failure(status, outcome, text, retry_after=retry_after))
                case a.Writable(stream):
                    if stream in self._attempts:
                        self._attempts[stream].wake_writer()
                case a.StopOpening(streams):
                    self._stop_opening(streams)
                case a.PongReceived():
                    if self._pong and not self._pong.done():
                        self._pong.set_result(None)
                case a.Ready():
                    if not self.ready.done():
                        self.ready.set_result(True)
                    self._changed()
                case a.Close():
                    self._close(action)
                case _:
                    raise AssertionError(f"a client's machine does not ask for {action}")

    def _end(self, stream: int, result: Answer | Failure) -> None:
        attempt = self._attempts.pop(stream, None)
        if attempt is not None:
            attempt.end(result)
        self._changed()

    def _stop_opening(self, streams: tuple[int, ...]) -> None:
        for stream in streams:
            text = "the server stops and has not acted on the call"
            self._end(stream, Failure(StatusCode.UNAVAILABLE, Outcome.NOT_APPLIED, text, was_unseen=True))
        self._changed()

    def _close(self, close: a.Close) -> None:
        self.refused = close.refused
        self.close_reason = self.close_reason or _reason(close)
        for stream, outcome in close.failed:
            was_unseen = outcome is Outcome.NOT_APPLIED
            failure = Failure(
                StatusCode.UNAVAILABLE, outcome, self.close_reason, was_unseen, was_lost=not was_unseen
            )
            self._end(stream, failure)
        if self._transport is not None:
            self._transport.close()
        self._changed()

    def _check_outbound(self) -> None:
        """A peer that sends and takes nothing would have us gather answers to its PINGs without end."""
        if not self._is_paused or self._transport is None:
            return
        most = self._limits.outbound_bytes_max + self._limits.frame_payload_bytes_max
        if self._transport.get_write_buffer_size() > most:
            self.abort("the server takes nothing that is sent to it")


def _reason(close: a.Close) -> str:
    if close.go_away is not None:
        return _go_away_text(close.go_away)
    if close.row is not None:
        return f"the server broke the protocol: {close.row.text}"
    return "the connection was closed"


def _go_away_text(go_away: GoAway) -> str:
    code = go_away.known_code
    said = f": {go_away.text}" if go_away.text else ""
    if code is GoAwayCode.UNAUTHENTICATED:
        return f"the server ended the connection since the credentials are no longer good{said}"
    return f"the server ended the connection with {code.name}{said}"
