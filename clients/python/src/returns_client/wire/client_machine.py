"""The client's side of a connection as a state machine: no IO, no clock (SPEC.md)."""

from __future__ import annotations

from ..limits import Limits
from ..status import GoAwayCode, Outcome
from .actions import Action, Close, PongReceived, Ready, StopOpening, Write
from .client_calls import STREAM_MAX, ClientCalls
from .frames import Frame, FrameType, encode_frame
from .handshake import PREFACE, GoAway, Hello, HelloAck, Refused
from .machine import State
from .rows import ConnectionViolation, Row


class ClientMachine(ClientCalls):
    """Opens calls on one connection.

    connected() → receive() until Ready → open_call(), send_message(), end_messages(), cancel(),
    take_message(); drain() to stop. Methods that open or write are only for a machine in the right state: see
    can_open.
    """

    def __init__(self, limits: Limits, hello: Hello) -> None:
        super().__init__(limits, hello)
        self._has_said_go_away = False

    def connected(self) -> list[Action]:
        """The transport is up: says preface and HELLO."""
        assert self.state is State.NEW, f"connected() in state {self.state}"
        self.state = State.HANDSHAKE
        hello = encode_frame(FrameType.HELLO, self._hello.encode())
        return [Write(PREFACE + hello)]

    def drain(self) -> list[Action]:
        """Opens no more calls, and closes when those that are open have ended (§11)."""
        if self.state is State.OPEN:
            self._say_go_away()
            self._close_if_done()
        elif self.state is State.HANDSHAKE:
            self._close()
        return self._taken_actions()

    def _say_go_away(self) -> None:
        if not self._has_said_go_away:
            self._has_said_go_away = True
            self._is_draining = True
            self._write_go_away(0, GoAwayCode.NO_ERROR, "")

    # Frames.

    def _receive_frame(self, frame: Frame) -> None:
        frame_type = frame.header.frame_type
        if self.state is State.HANDSHAKE:
            self._receive_handshake(frame)
        elif frame_type == FrameType.MESSAGE:
            self._receive_message(frame)
        elif frame_type == FrameType.RESPONSE:
            self._receive_response(frame)
        elif frame_type == FrameType.CREDIT:
            self._receive_credit(frame)
        elif frame_type == FrameType.PING:
            self._write(FrameType.PONG, frame.payload)
        elif frame_type == FrameType.PONG:
            self._actions.append(PongReceived(frame.payload))
        elif frame_type == FrameType.CANCEL:
            self._receive_cancel(frame)
        else:
            self._receive_drain(frame)

    def _receive_handshake(self, frame: Frame) -> None:
        if frame.header.frame_type == FrameType.REFUSED:
            self._close(refused=Refused.decode(frame.payload))
            return
        if frame.header.frame_type != FrameType.HELLO_ACK:
            raise ConnectionViolation(Row.HELLO_ACK_MISSING)
        self.ack = HelloAck.decode(frame.payload, self._hello)
        self._begin_open(self.ack.features, self.ack.frame_payload_max)
        self.limits_agreed = Limits(
            frame_payload_bytes_max=self.ack.frame_payload_max,
            message_bytes_max=self.ack.message_max,
            held_bytes_max=self.limits.held_bytes_max,
        )
        self._actions.append(Ready(self.ack))

    def _receive_drain(self, frame: Frame) -> None:
        go_away = self._receive_go_away(frame)
        if go_away.known_code is not GoAwayCode.NO_ERROR:
            self._close(go_away=go_away)
            return
        self._is_draining = True
        not_acted_on = tuple(stream for stream in self._calls if stream > go_away.last_stream)
        for stream in not_acted_on:
            self._end_call(stream)
        self._actions.append(StopOpening(not_acted_on))
        self._close_if_done()

    # Ends.

    def _end_by_violation(self, violation: ConnectionViolation) -> None:
        if self.state is State.OPEN:
            # A client is asked for no calls, so it has acted on none (§5.2).
            self._write_go_away(0, violation.go_away, f"the server broke the protocol: {violation}")
        self._close(row=violation.row)

    def _close(
        self, row: Row | None = None, refused: Refused | None = None, go_away: GoAway | None = None
    ) -> None:
        last = STREAM_MAX if go_away is None else go_away.last_stream
        streams = sorted(self._calls, key=lambda stream: (stream <= last, stream))
        failed = tuple(
            (stream, Outcome.UNKNOWN if stream <= last else Outcome.NOT_APPLIED) for stream in streams
        )
        self._calls.clear()
        self._closed(Close(failed, row, refused, go_away))
