"""The server's side of a connection as a state machine, for tests and test doubles (SPEC.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..limits import Limits
from ..status import GoAwayCode, RefusedCode
from .actions import Action, Authenticate, Close, Ready, Write
from .frames import COMPRESSION, FRAGMENTS, STREAMING, Frame, FrameType, Role
from .handshake import CREDENTIAL_CERTIFICATE, PREFACE, GoAway, Hello, HelloAck, Refused
from .machine import State
from .methods import Idempotency, Kind
from .preface import HTTP_ANSWER, Opening, classify
from .rows import ConnectionViolation, Row
from .server_calls import ServerCalls
from .strikes import SlidingCount

_STREAM_MAX = 2**32 - 1
_DRAIN_PING = b"draining"


@dataclass(frozen=True, slots=True)
class ServedMethod:
    """What a server knows of a method before its message is read."""

    kind: Kind
    idempotency: Idempotency


class ServerMachine(ServerCalls):
    """Takes calls on one connection.

    receive() until Authenticate → authenticated() or refuse() → StartCall … respond(); drain() to stop. A
    handler that was started returns by respond(), also when its call was cancelled.
    """

    def __init__(
        self,
        limits: Limits,
        methods: Mapping[int, ServedMethod],
        features: int = FRAGMENTS | STREAMING | COMPRESSION,
        server_name: str = "",
        schema_hash: bytes = bytes(32),
    ) -> None:
        super().__init__(Role.SERVER, limits)
        self._methods = methods
        self._offered = features
        self._server_name = server_name
        self._schema_hash = schema_hash
        self._opening = bytearray()
        self._hello: Hello | None = None
        self._cancels = SlidingCount(limits.strike_milliseconds)
        self._pinged_at: int | None = None
        self._ping_strikes = 0
        self._is_draining = False

    def receive(self, data: bytes | memoryview, now_milliseconds: int) -> list[Action]:
        if self.state is State.HANDSHAKE and self._hello is not None and data:
            self._end_by_violation(ConnectionViolation(Row.FRAME_BEFORE_HELLO_ACK))
            return self._taken_actions()
        if self.state is not State.NEW:
            return super().receive(data, now_milliseconds)
        self._opening += data
        match classify(self._opening):
            case Opening.UNDECIDED:
                return []
            case Opening.PREFACE:
                self.state = State.HANDSHAKE
                rest, self._opening = bytes(self._opening[len(PREFACE) :]), bytearray()
                return super().receive(rest, now_milliseconds)
            case Opening.HTTP:
                self._actions.append(Write(HTTP_ANSWER))
                self._close(row=Row.HTTP_REQUEST)
            case Opening.OTHER_VERSION:
                self._end_by_violation(ConnectionViolation(Row.PREFACE_VERSION))
            case Opening.TLS:
                self._close(row=Row.TLS_CLIENT_HELLO)
            case Opening.UNKNOWN:
                self._close(row=Row.PREFACE_UNKNOWN)
        return self._taken_actions()

    def authenticated(self) -> list[Action]:
        """The credentials are good: says HELLO_ACK."""
        if self.state is State.CLOSED:
            return []
        assert self._hello is not None and self.state is State.HANDSHAKE, f"authenticated() in {self.state}"
        features = self._hello.features & self._offered
        if features & STREAMING and not features & FRAGMENTS:
            features &= ~STREAMING
        ack = HelloAck(
            features,
            min(self._hello.frame_payload_max, self.limits.frame_payload_bytes_max),
            min(self._hello.message_max, self.limits.message_bytes_max),
            self.limits.streams_max,
            self.limits.ping_interval_milliseconds_min,
            self._schema_hash,
            self._server_name,
        )
        self._write(FrameType.HELLO_ACK, ack.encode())
        self._begin_open(features, ack.frame_payload_max)
        self.limits = replace(self.limits, message_bytes_max=ack.message_max)
        self._frame_payload_bytes_max = ack.frame_payload_max
        self._actions.append(Ready(ack))
        return self._taken_actions()

    def refuse(self, code: RefusedCode, text: str) -> list[Action]:
        """Lets nobody in, and says why."""
        if self.state is not State.CLOSED:
            self._write(FrameType.REFUSED, Refused(code, text).encode())
            self._close()
        return self._taken_actions()

    def hello_timed_out(self) -> list[Action]:
        """helloMillisecondsMax is over (M23)."""
        if self.state in (State.NEW, State.HANDSHAKE) and self._hello is None:
            self._end_by_violation(ConnectionViolation(Row.HELLO_LATE))
        return self._taken_actions()

    def frame_timed_out(self) -> list[Action]:
        """A frame is under way for too long (M65); one that is skipped may take its time."""
        if self.state is State.OPEN and self.is_inside_frame:
            self._end_by_violation(ConnectionViolation(Row.FRAME_LATE))
        return self._taken_actions()

    def drain(self) -> list[Action]:
        """Begins to end the connection as §11 says."""
        if self.state is State.OPEN and not self._is_draining:
            self._is_draining = True
            self._write_go_away(_STREAM_MAX, GoAwayCode.NO_ERROR, "this server stops")
            self._write(FrameType.PING, _DRAIN_PING)
        return self._taken_actions()

    def end(self, code: GoAwayCode, text: str) -> list[Action]:
        """Ends the connection at once."""
        if self.state is State.OPEN:
            self._write_go_away(self._last_accepted, code, text)
        if self.state is not State.CLOSED:
            self._close()
        return self._taken_actions()

    # Frames.

    def _receive_frame(self, frame: Frame) -> None:
        frame_type = frame.header.frame_type
        if self.state is State.HANDSHAKE:
            self._receive_hello(frame)
        elif frame_type == FrameType.REQUEST:
            self._receive_request(frame)
        elif frame_type == FrameType.MESSAGE:
            self._receive_message(frame)
        elif frame_type == FrameType.CREDIT:
            self._receive_credit(frame)
        elif frame_type == FrameType.PING:
            self._receive_ping(frame)
        elif frame_type == FrameType.PONG:
            self._receive_pong(frame)
        elif frame_type == FrameType.CANCEL:
            self._receive_cancel(frame)
        else:
            self._receive_client_go_away(frame)

    def _receive_hello(self, frame: Frame) -> None:
        if self._hello is not None:
            raise ConnectionViolation(Row.FRAME_BEFORE_HELLO_ACK)
        if frame.header.frame_type != FrameType.HELLO:
            raise ConnectionViolation(Row.FIRST_FRAME_NOT_HELLO)
        self._hello = Hello.decode(frame.payload)
        if self._decoder.is_inside_frame:
            # Not one byte may come between HELLO and HELLO_ACK.
            raise ConnectionViolation(Row.FRAME_BEFORE_HELLO_ACK)
        if self._hello.credential_kind > CREDENTIAL_CERTIFICATE:
            self._refuse_unknown_kind()
        else:
            self._actions.append(Authenticate(self._hello))

    def _refuse_unknown_kind(self) -> None:
        """An unknown kind of credential is refused without asking anybody (§4.1)."""
        refused = Refused(RefusedCode.UNAUTHENTICATED, "unknown kind of credential")
        self._write(FrameType.REFUSED, refused.encode())
        self._close()

    def _receive_ping(self, frame: Frame) -> None:
        previous, self._pinged_at = self._pinged_at, self._now
        if previous is None or self._now - previous >= self.limits.ping_interval_milliseconds_min:
            self._ping_strikes = 0
        else:
            self._ping_strikes += 1
            if self._ping_strikes > self.limits.ping_strikes_max:
                raise ConnectionViolation(Row.PING_TOO_OFTEN)
        self._write(FrameType.PONG, frame.payload)

    def _receive_pong(self, frame: Frame) -> None:
        if self._is_draining and not self._skips_requests and frame.payload == _DRAIN_PING:
            self._skips_requests = True
            self._write_go_away(self._last_accepted, GoAwayCode.NO_ERROR, "this server stops")
            self._close_if_done()

    def _receive_cancel(self, frame: Frame) -> None:
        self._receive_cancel_code(frame)
        if frame.header.stream > self._last_stream:
            raise ConnectionViolation(Row.STREAM_IDLE)
        if self._cancels.add(self._now) > self.limits.cancels_max:
            raise ConnectionViolation(Row.CANCEL_TOO_OFTEN)
        self._cancel_call(frame.header.stream)

    def _receive_client_go_away(self, frame: Frame) -> None:
        go_away = self._receive_go_away(frame)
        if go_away.known_code is not GoAwayCode.NO_ERROR:
            self._close(go_away=go_away)
            return
        self._client_has_gone_away = True
        self._close_if_done()

    # For Machine.

    def _served(self, method: int) -> ServedMethod | None:
        return self._methods.get(method)

    def _close_if_done(self) -> None:
        may_close = self._client_has_gone_away or self._skips_requests
        if may_close and not self._calls and self.state is State.OPEN:
            self._close()

    def _end_by_violation(self, violation: ConnectionViolation) -> None:
        if self.state is State.OPEN:
            text = f"the client broke the protocol: {violation}"
            self._write_go_away(self._last_accepted, violation.go_away, text)
        else:
            self._write(FrameType.REFUSED, Refused(violation.refused, str(violation)).encode())
        self._close(row=violation.row)

    def _close(
        self, row: Row | None = None, refused: Refused | None = None, go_away: GoAway | None = None
    ) -> None:
        self._calls.clear()
        self._cancelled.clear()
        self._closed(Close((), row, refused, go_away))
