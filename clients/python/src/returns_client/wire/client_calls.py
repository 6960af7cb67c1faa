"""The calls of a client's connection: their requests, messages and answers (SPEC.md §6)."""

from __future__ import annotations

from dataclasses import dataclass

from ..limits import Limits
from ..status import RETRY_AT_WILL, RETRY_NEVER, Outcome, StatusCode
from .actions import Action, CompleteCall, Deliver, FailCall
from .call_payloads import Request, Response
from .frames import COMPRESSED, END, FRAGMENTS, HAS_MESSAGE, MORE, Frame, FrameType, Role
from .handshake import Hello, HelloAck
from .inbound import Assembly, InboundStream, check_first_fragment, check_fragment, check_message, size_before
from .machine import Machine, State
from .methods import Kind
from .rows import CallViolation, ConnectionViolation, Row

_TOTAL_BYTES = 4
STREAM_MAX = 2**32 - 1


@dataclass(slots=True)
class _Call:
    kind: Kind
    # The answer's fields and message while its fragments come.
    response: Response | None = None
    assembly: Assembly | None = None
    held: int = 0


class ClientCalls(Machine):
    """See ClientMachine, which adds handshake and connection frames."""

    def __init__(self, limits: Limits, hello: Hello) -> None:
        super().__init__(Role.CLIENT, limits)
        self._hello = hello
        self.limits_agreed = limits
        self.ack: HelloAck | None = None
        self._calls: dict[int, _Call] = {}
        self._last_stream = 0
        self._is_draining = False

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    @property
    def is_draining(self) -> bool:
        """Whether no more calls may be opened, though those that are open go on."""
        return self._is_draining

    @property
    def can_open(self) -> bool:
        """Whether open_call() may be called now."""
        is_open = self.state is State.OPEN and self.ack is not None and not self.is_draining
        return is_open and self.ack is not None and len(self._calls) < self.ack.streams_max

    @property
    def message_bytes_max(self) -> int:
        """The longest message that can be sent here, as it was agreed."""
        assert self.ack is not None, "no HELLO_ACK yet"
        if self.features & FRAGMENTS:
            return self.ack.message_max
        # What precedes a message fits into 32 KiB (§9), so this much always does.
        return min(self.ack.message_max, self.ack.frame_payload_max - 32_768)

    def open_call(
        self,
        method: int,
        kind: Kind,
        request: Request,
        message: bytes | None = None,
        is_compressed: bool = False,
    ) -> tuple[int, list[Action]]:
        """Sends a REQUEST; `message` is None exactly where the client streams. Returns the stream."""
        assert self.can_open, f"open_call() in state {self.state} with {len(self._calls)} calls"
        assert (message is None) == kind.client_streams, f"{kind} with message {message is not None}"
        self._last_stream += 1
        stream = self._last_stream
        self._calls[stream] = _Call(kind)
        if kind.server_streams:
            self._inbound[stream] = InboundStream(self.limits_agreed, self._held)
        if message is None:
            self._outbound.open_stream(stream)
            self._write(FrameType.REQUEST, request.encode(), 0, method, stream)
        else:
            self._write_request(method, stream, request.encode(), message, is_compressed)
        self._pump()
        if stream >= STREAM_MAX:
            # The range is used up: this connection finishes what it has, and another one follows (§6).
            self._say_go_away()
        return stream, self._taken_actions()

    def send_message(self, stream: int, message: bytes, is_compressed: bool = False) -> list[Action]:
        """Queues a message of the client's stream; a call that has ended takes it in silence."""
        outbound = self._outbound.get(stream)
        if outbound is not None:
            outbound.append(message, is_compressed)
            self._outbound.wake(stream)
            self._pump()
        return self._taken_actions()

    def end_messages(self, stream: int) -> list[Action]:
        """Ends the client's stream behind what is queued."""
        outbound = self._outbound.get(stream)
        if outbound is not None and not outbound.has_ended:
            outbound.end()
            self._outbound.wake(stream)
            self._pump()
        return self._taken_actions()

    def cancel(self, stream: int, code: StatusCode = StatusCode.CANCELLED) -> list[Action]:
        """Gives up a call, whose messages nobody will read; nothing more is said of it."""
        if stream in self._calls and self.state is State.OPEN:
            self._write(FrameType.CANCEL, bytes([code]), stream=stream)
            self._end_call(stream)
        inbound = self._inbound.pop(stream, None)
        if inbound:
            inbound.drop()
        self._close_if_done()
        return self._taken_actions()

    # Frames.

    def _receive_cancel(self, frame: Frame) -> None:
        code = self._receive_cancel_code(frame)
        call = self._call(frame)
        if call is not None:
            self._fail(
                frame.header.stream, code, "the server gave the call up", RETRY_AT_WILL, says_cancel=False
            )

    def _receive_message(self, frame: Frame) -> None:
        self._charge_connection(frame)
        call = self._call(frame)
        if call is None:
            return
        stream = frame.header.stream
        try:
            if call.assembly is not None:
                self._receive_fragment(stream, call, frame)
            elif call.kind.server_streams and not frame.has_end:
                self._receive_stream_message(stream, frame)
            else:
                raise ConnectionViolation(Row.MESSAGE_UNEXPECTED)
        except CallViolation as violation:
            self._fail_by_violation(stream, violation, has_ended=frame.has_end)

    def _receive_stream_message(self, stream: int, frame: Frame) -> None:
        inbound = self._inbound[stream]
        received = inbound.receive(frame)
        if received is None:
            self._grant(stream, inbound.returnable())
        else:
            self._actions.append(Deliver(stream, *received))

    def _receive_fragment(self, stream: int, call: _Call, frame: Frame) -> None:
        assert call.assembly is not None and call.response is not None
        check_fragment(frame)
        if not frame.has_more and not frame.has_end:
            raise CallViolation(Row.MESSAGE_NOT_ENDED)
        if call.assembly.add(frame):
            message = call.assembly.message()
            check_message(len(message), message, call.assembly.is_compressed, self.limits_agreed)
            self._held.release(call.held)
            call.held = 0
            self._hold(call, size_before(message, call.assembly.is_compressed))
            self._complete(stream, call.response, message, call.assembly.is_compressed)

    def _receive_response(self, frame: Frame) -> None:
        call = self._call(frame)
        if call is None:
            return
        stream = frame.header.stream
        is_success = frame.payload[:1] == bytes([StatusCode.OK])
        if call.assembly is not None or (is_success and self._is_within_fragments(stream)):
            raise ConnectionViolation(Row.RESPONSE_REPEATED)
        try:
            self._read_response(stream, call, frame)
        except CallViolation as violation:
            self._fail_by_violation(stream, violation, has_ended=frame.has_end)

    def _is_within_fragments(self, stream: int) -> bool:
        inbound = self._inbound.get(stream)
        return inbound is not None and inbound.is_assembling

    def _read_response(self, stream: int, call: _Call, frame: Frame) -> None:
        response, total, rest = Response.decode(frame.payload, frame.has_more)
        if frame.has_more and not rest:
            raise ConnectionViolation(Row.FRAGMENT_EMPTY)
        self._check_presence(call, response, frame, rest)
        if not frame.has_message:
            self._complete(stream, response, None, False)
            return
        check_message(total or len(rest), rest, frame.is_compressed, self.limits_agreed)
        if total is None:
            # What is inflated is held for as long as it takes to hand it over (§6.7).
            self._hold(call, size_before(rest, True) if frame.is_compressed else 0)
            self._complete(stream, response, rest, frame.is_compressed)
            return
        check_first_fragment(total, rest)
        self._hold(call, total)
        call.response, call.assembly = response, Assembly(total, rest, frame.is_compressed)

    @staticmethod
    def _check_presence(call: _Call, response: Response, frame: Frame, rest: bytes) -> None:
        """Rows M51, M52 and M62."""
        takes_message = not call.kind.server_streams
        if takes_message and response.status is StatusCode.OK and not frame.has_message:
            raise CallViolation(Row.MESSAGE_ABSENT)
        if rest and not frame.has_message:
            raise CallViolation(Row.MESSAGE_UNANNOUNCED)
        if frame.has_message and not takes_message:
            raise CallViolation(Row.MESSAGE_NOT_TAKEN)

    # Calls.

    def _call(self, frame: Frame) -> _Call | None:
        """The open call of a frame; None for one that has ended. Raises row M35."""
        if frame.header.stream > self._last_stream:
            raise ConnectionViolation(Row.STREAM_IDLE)
        return self._calls.get(frame.header.stream)

    def _hold(self, call: _Call, count: int) -> None:
        self._held.reserve(count)
        call.held += count

    def _complete(self, stream: int, response: Response, message: bytes | None, is_compressed: bool) -> None:
        self._end_call(stream)
        self._actions.append(CompleteCall(stream, response, message, is_compressed))
        self._close_if_done()

    def _fail_by_violation(self, stream: int, violation: CallViolation, has_ended: bool) -> None:
        text = f"the server broke the protocol: {violation}"
        if violation.row is Row.HELD_BYTES_EXHAUSTED:
            # No fault of the server's: answers need no credit for their first fragments (§9).
            text = (
                "more is on its way than this client holds: make fewer calls at once, or raise held_bytes_max"
            )
        self._fail(stream, violation.status_of_client, text, RETRY_NEVER, says_cancel=not has_ended)

    def _fail(
        self, stream: int, status: StatusCode, text: str, retry_after: int, *, says_cancel: bool
    ) -> None:
        if says_cancel:
            self._write(FrameType.CANCEL, bytes([StatusCode.CANCELLED]), stream=stream)
        self._end_call(stream)
        self._actions.append(FailCall(stream, status, Outcome.UNKNOWN, text, retry_after))
        self._close_if_done()

    def _end_call(self, stream: int) -> None:
        call = self._calls.pop(stream)
        self._held.release(call.held)
        self._outbound.drop(stream)
        inbound = self._inbound.get(stream)
        if inbound:
            inbound.drop_assembly()
            self._forget_read(stream)

    def _close_if_done(self) -> None:
        if self._is_draining and not self._calls and self.state is State.OPEN:
            self._close()

    def _write_request(
        self, method: int, stream: int, fields: bytes, message: bytes, is_compressed: bool
    ) -> None:
        flags = HAS_MESSAGE | (COMPRESSED if is_compressed else 0)
        room = self._rules.frame_payload_bytes_max - len(fields)
        if len(message) <= room:
            self._write(FrameType.REQUEST, fields + message, flags | END, method, stream)
            return
        assert self.features & FRAGMENTS, "longer than message_bytes_max"
        count = room - _TOTAL_BYTES
        payload = fields + len(message).to_bytes(_TOTAL_BYTES) + message[:count]
        self._write(FrameType.REQUEST, payload, flags | MORE, method, stream)
        self._outbound.send_rest(stream, message, count)

    # For Machine.

    def _is_open(self, stream: int) -> bool:
        return stream in self._calls

    def _sends_messages(self, stream: int) -> bool | None:
        if stream > self._last_stream:
            raise ConnectionViolation(Row.STREAM_IDLE)
        call = self._calls.get(stream)
        return call.kind.client_streams if call else None

    def _sent_everything(self, stream: int) -> None:
        outbound = self._outbound.get(stream)
        if outbound and outbound.window is None:
            self._outbound.drop(stream)

    def _say_go_away(self) -> None:
        raise NotImplementedError
