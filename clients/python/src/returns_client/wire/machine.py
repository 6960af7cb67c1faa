"""What both roles share: framing, PING and PONG, windows, and the end of the connection."""

from __future__ import annotations

import enum

from ..limits import Limits
from ..status import GoAwayCode, StatusCode
from .actions import Action, Close, Writable, Write
from .decoder import FrameDecoder
from .frames import STREAMING, Frame, FrameType, HeaderRules, Role, encode_frame
from .handshake import GoAway, Refused
from .inbound import HeldBytes, InboundStream, connection_window
from .outbound import Outbound
from .rows import ConnectionViolation, Row

_CANCEL_CODES = frozenset(StatusCode) - {StatusCode.OK}


class State(enum.Enum):
    """Where a connection stands."""

    NEW = "new"
    HANDSHAKE = "handshake"
    OPEN = "open"
    CLOSED = "closed"


class Machine:
    """A connection without IO and clock: events are methods, their results are actions.

    Subclasses say what frames mean to their role. After Close every event is a no-op.
    """

    def __init__(self, role: Role, limits: Limits) -> None:
        self.limits = limits
        self.state = State.NEW
        self.features = 0
        self._rules = HeaderRules(role, limits.frame_payload_bytes_max)
        self._decoder = FrameDecoder()
        self._actions: list[Action] = []
        self._held = HeldBytes(limits.held_bytes_max)
        self._inbound: dict[int, InboundStream] = {}
        self._window = connection_window()
        self._outbound = Outbound(False, limits.frame_payload_bytes_max, limits.send_queue_bytes_max)
        self._now = 0
        # The lowest last stream that the peer's GOAWAYs have named.
        self._peer_last_stream: int | None = None

    @property
    def is_streaming(self) -> bool:
        return bool(self.features & STREAMING)

    @property
    def held_bytes(self) -> int:
        """What is kept for calls; never above heldBytesMax."""
        return self._held.count

    @property
    def is_inside_frame(self) -> bool:
        """Whether a frame that will not be skipped is under way (M65)."""
        return self._decoder.is_inside_frame_to_keep

    def receive(self, data: bytes | memoryview, now_milliseconds: int) -> list[Action]:
        """Bytes came from the transport."""
        if self.state is State.CLOSED:
            return []
        self._now = now_milliseconds
        self._decoder.feed(data)
        try:
            # The state changes beneath the loop, which mypy does not see.
            while not self._is_closed() and (frame := self._decoder.next_frame(self._rules)) is not None:
                self._receive_frame(frame)
        except ConnectionViolation as violation:
            self._end_by_violation(violation)
        return self._taken_actions()

    def _is_closed(self) -> bool:
        return self.state is State.CLOSED

    def transport_ended(self) -> list[Action]:
        """The peer has closed its side, or the transport is lost."""
        if self.state is State.CLOSED:
            return []
        self._close(row=Row.END_INSIDE_FRAME if self._decoder.is_inside_frame else None)
        return self._taken_actions()

    def take_message(self, stream: int) -> list[Action]:
        """The reader takes the oldest message of `stream`; of a call that is forgotten, a no-op."""
        inbound = self._inbound.get(stream)
        if inbound is not None and inbound.has_waiting:
            self._grant(stream, inbound.take())
            self._forget_read(stream)
        return self._taken_actions()

    def is_full(self, stream: int) -> bool:
        """Whether the writer of a message stream has to wait for Writable (sendQueueBytesMax)."""
        return self._outbound.is_full(stream)

    def ping(self, opaque: bytes) -> list[Action]:
        """Sends eight bytes that the peer returns."""
        if self.state is State.OPEN:
            self._write(FrameType.PING, opaque)
        return self._taken_actions()

    # For subclasses.

    def _receive_frame(self, frame: Frame) -> None:
        raise NotImplementedError

    def _end_by_violation(self, violation: ConnectionViolation) -> None:
        raise NotImplementedError

    def _close(
        self, row: Row | None = None, refused: Refused | None = None, go_away: GoAway | None = None
    ) -> None:
        raise NotImplementedError

    def _sends_messages(self, stream: int) -> bool | None:
        """Whether this side has a message stream there; None for a stream that has ended (M35, M61)."""
        raise NotImplementedError

    def _sent_everything(self, stream: int) -> None:
        raise NotImplementedError

    def _begin_open(self, features: int, frame_payload_bytes_max: int) -> None:
        self.state = State.OPEN
        self.features = features
        self._rules.handshake_done = True
        self._rules.features = features
        self._rules.frame_payload_bytes_max = frame_payload_bytes_max
        self._outbound = Outbound(
            self.is_streaming, frame_payload_bytes_max, self.limits.send_queue_bytes_max
        )

    def _receive_credit(self, frame: Frame) -> None:
        count = int.from_bytes(frame.payload)
        if count == 0:
            raise ConnectionViolation(Row.CREDIT_ZERO)
        if not self.is_streaming or self._outbound.window is None:
            raise ConnectionViolation(Row.CREDIT_NOT_NEGOTIATED)
        stream = frame.header.stream
        if stream == 0:
            self._outbound.window.widen(count)
        else:
            sends = self._sends_messages(stream)
            if sends is False:
                raise ConnectionViolation(Row.CREDIT_UNEXPECTED)
            outbound = self._outbound.get(stream)
            # Of a stream that has ended, or whose sender has: crossed on the way.
            if sends is None or outbound is None or outbound.window is None:
                return
            outbound.window.widen(count)
        self._pump()

    def _receive_cancel_code(self, frame: Frame) -> StatusCode:
        code = frame.payload[0]
        if code not in _CANCEL_CODES:
            raise ConnectionViolation(Row.CANCEL_CODE)
        return StatusCode(code)

    def _receive_go_away(self, frame: Frame) -> GoAway:
        go_away = GoAway.decode(frame.payload)
        if self._peer_last_stream is not None and go_away.last_stream > self._peer_last_stream:
            raise ConnectionViolation(Row.GO_AWAY_RISING)
        self._peer_last_stream = go_away.last_stream
        return go_away

    def _charge_connection(self, frame: Frame) -> None:
        """A MESSAGE costs the connection's window, which comes back on arrival, skipped or not."""
        if self.is_streaming:
            self._window.charge(frame.cost)
            self._grant(0, self._window.give_back(frame.cost))

    def _grant(self, stream: int, count: int) -> None:
        if count and self.state is State.OPEN:
            self._write(FrameType.CREDIT, count.to_bytes(4), stream=stream)

    def _forget_read(self, stream: int) -> None:
        """An ended call's messages stay until they are read; then nothing of it does."""
        if not self._is_open(stream) and not self._inbound[stream].has_waiting:
            del self._inbound[stream]

    def _is_open(self, stream: int) -> bool:
        raise NotImplementedError

    def _pump(self) -> None:
        frames, writable, idle = self._outbound.pump()
        self._actions += [Write(frame) for frame in frames]
        self._actions += [Writable(stream) for stream in writable]
        for stream in idle:
            self._sent_everything(stream)

    def _write(
        self, frame_type: FrameType, payload: bytes, flags: int = 0, method: int = 0, stream: int = 0
    ) -> None:
        self._actions.append(Write(encode_frame(frame_type, payload, flags, method, stream)))

    def _write_frame(self, frame: bytes) -> None:
        self._actions.append(Write(frame))

    def _write_go_away(self, last_stream: int, code: GoAwayCode, text: str) -> None:
        self._write(FrameType.GOAWAY, GoAway(last_stream, code, text).encode())

    def _closed(self, close: Close) -> None:
        self.state = State.CLOSED
        self._decoder.clear()
        self._actions.append(close)

    def _taken_actions(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions
