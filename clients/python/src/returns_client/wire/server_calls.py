"""The calls of a server's connection: their requests, messages and answers (SPEC.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..limits import Limits
from ..status import RETRY_AT_WILL, RETRY_NEVER, Outcome, StatusCode
from .actions import AbortCall, Action, CancelCall, Deliver, EndMessages, RefuseCall, StartCall, StartTimer
from .call_payloads import NO_REQUEST_ID, Request, Response
from .frames import COMPRESSED, END, FRAGMENTS, HAS_MESSAGE, MORE, Frame, FrameType, Role, encode_frame
from .inbound import Assembly, InboundStream, check_first_fragment, check_fragment, check_message, size_before
from .machine import Machine, State
from .methods import Idempotency, Kind
from .rows import CallViolation, ConnectionViolation, Row
from .strikes import SlidingCount

_TOTAL_BYTES = 4
# These a stalled server brings upon its clients: they are worth another try, and no strike (M64).
_OVERLOAD = {Row.STREAMS_EXHAUSTED, Row.HELD_BYTES_EXHAUSTED}


class _Served(Protocol):
    @property
    def kind(self) -> Kind: ...
    @property
    def idempotency(self) -> Idempotency: ...


@dataclass(slots=True)
class _Call:
    method: int
    served: _Served
    request: Request
    assembly: Assembly | None = None
    held: int = 0
    began_at: int = 0
    # Between StartCall and the handler's return.
    runs: bool = False
    # The handler has returned, and its answer waits behind messages that wait for credit.
    is_answering: bool = False
    # A RESPONSE has been sent in part: only CANCEL can end the call otherwise.
    is_committed: bool = False


class ServerCalls(Machine):
    """See ServerMachine, which adds handshake and connection frames."""

    def __init__(self, role: Role, limits: Limits) -> None:
        super().__init__(role, limits)
        self._frame_payload_bytes_max = limits.frame_payload_bytes_max
        self._calls: dict[int, _Call] = {}
        # Bytes held by handlers of calls that are over: these count until they return (§6.5).
        self._cancelled: dict[int, int] = {}
        self._last_stream = 0
        self._last_accepted = 0
        self._skips_requests = False
        self._client_has_gone_away = False
        self._refusals = SlidingCount(limits.strike_milliseconds)
        self._inflated = SlidingCount(limits.strike_milliseconds)

    @property
    def open_calls(self) -> int:
        """Calls that count against streamsMax."""
        return len(self._calls) + len(self._cancelled)

    def _served(self, method: int) -> _Served | None:
        raise NotImplementedError

    # The handlers' side.

    def send_message(self, stream: int, message: bytes, is_compressed: bool = False) -> list[Action]:
        """Queues a message of the server's stream; a call that is over takes it in silence."""
        if stream in self._calls:
            outbound = self._outbound.open_stream(stream)
            outbound.append(message, is_compressed)
            self._outbound.wake(stream)
            self._pump()
        return self._taken_actions()

    def respond(
        self, stream: int, response: Response, message: bytes | None = None, is_compressed: bool = False
    ) -> list[Action]:
        """The handler has returned; its answer follows the messages that are queued."""
        call = self._calls.get(stream)
        if call is None:
            self._held.release(self._cancelled.pop(stream, 0))
            self._close_if_done()
            return self._taken_actions()
        call.runs = False
        call.is_answering = True
        inbound = self._inbound.get(stream)
        if inbound:
            inbound.drop()
        self._answer(stream, call, response, message, is_compressed)
        return self._taken_actions()

    def deadline_passed(self, stream: int) -> list[Action]:
        """The call's timeout, or the time for its request's fragments, is over (§6.1, §6.4)."""
        call = self._calls.get(stream)
        if call is None:
            return []
        self._give_up(stream, StatusCode.DEADLINE_EXCEEDED, RETRY_AT_WILL, "the call's time is over")
        return self._taken_actions()

    # Frames.

    def _receive_request(self, frame: Frame) -> None:
        header = frame.header
        if header.stream <= self._last_stream:
            raise ConnectionViolation(Row.STREAM_NOT_RISING)
        if self._client_has_gone_away:
            raise ConnectionViolation(Row.REQUEST_AFTER_GO_AWAY)
        self._last_stream = header.stream
        if self._skips_requests:
            return
        self._last_accepted = header.stream
        try:
            served = self._check_method(header.method)
            request, total, rest = Request.decode(frame.payload, frame.has_more)
            if frame.has_more and not rest:
                raise ConnectionViolation(Row.FRAGMENT_EMPTY)
            call = _Call(header.method, served, request, began_at=self._now)
            self._check_request(call, frame, rest)
            self._accept(header.stream, call, frame, total, rest)
        except CallViolation as violation:
            self._refuse(header.stream, violation)

    def _check_method(self, method: int) -> _Served:
        served = self._served(method)
        if served is None:
            raise CallViolation(Row.METHOD_UNKNOWN)
        if served.kind is not Kind.UNARY and not self.is_streaming:
            raise CallViolation(Row.METHOD_KIND)
        if self.open_calls >= self.limits.streams_max:
            raise CallViolation(Row.STREAMS_EXHAUSTED)
        return served

    def _check_request(self, call: _Call, frame: Frame, rest: bytes) -> None:
        """Rows M49 to M53 and M62."""
        kind, needs_id = call.served.kind, _needs_request_id(call.served)
        has_id = call.request.request_id != NO_REQUEST_ID
        if needs_id and not has_id:
            raise CallViolation(Row.REQUEST_ID_MISSING)
        if has_id and not needs_id:
            raise CallViolation(Row.REQUEST_ID_UNEXPECTED)
        if not kind.client_streams and not frame.has_message:
            raise CallViolation(Row.MESSAGE_ABSENT)
        if rest and not frame.has_message:
            raise CallViolation(Row.MESSAGE_UNANNOUNCED)
        if not kind.client_streams and not frame.has_end and not frame.has_more:
            raise CallViolation(Row.MESSAGE_NOT_ENDED)
        if kind.client_streams and frame.has_message:
            raise CallViolation(Row.MESSAGE_NOT_TAKEN)

    def _accept(self, stream: int, call: _Call, frame: Frame, total: int | None, rest: bytes) -> None:
        if frame.has_message:
            check_message(total or len(rest), rest, frame.is_compressed, self.limits)
            if total is not None:
                check_first_fragment(total, rest)
            self._hold(call, total or size_before(rest, frame.is_compressed))
            if total is None and frame.is_compressed:
                self._count_inflated(rest)
        self._calls[stream] = call
        if call.served.kind.client_streams:
            inbound = self._inbound[stream] = InboundStream(self.limits, self._held)
            inbound.has_ended = frame.has_end
        if total is not None:
            call.assembly = Assembly(total, rest, frame.is_compressed)
            # The timeout counts from here too, so the earlier of both is what ends the call.
            assembly = self.limits.assembly_milliseconds_max
            self._actions.append(StartTimer(stream, min(call.request.timeout or assembly, assembly)))
            return
        if call.request.timeout:
            self._actions.append(StartTimer(stream, call.request.timeout))
        self._start(stream, call, rest if frame.has_message else None, frame.is_compressed)

    def _count_inflated(self, message: bytes) -> None:
        """Row M67: few bytes can stand for many, and somebody has to make them."""
        size = size_before(message, True)
        if self._inflated.add(self._now, size) > self.limits.inflated_bytes_max:
            raise ConnectionViolation(Row.INFLATED_TOO_MUCH)

    def _hold(self, call: _Call, count: int) -> None:
        self._held.reserve(count)
        call.held = count

    def _start(self, stream: int, call: _Call, message: bytes | None, is_compressed: bool) -> None:
        call.runs = True
        has_ended = stream in self._inbound and self._inbound[stream].has_ended
        if call.served.kind.server_streams:
            self._outbound.open_stream(stream)
        self._actions.append(StartCall(stream, call.method, call.request, message, is_compressed, has_ended))

    def _receive_message(self, frame: Frame) -> None:
        self._charge_connection(frame)
        stream = frame.header.stream
        if stream > self._last_stream:
            raise ConnectionViolation(Row.STREAM_IDLE)
        call = self._calls.get(stream)
        if call is None:
            return
        try:
            if call.assembly is not None:
                self._receive_fragment(stream, call, call.assembly, frame)
            elif stream in self._inbound:
                self._receive_stream_message(stream, call, frame)
            else:
                raise ConnectionViolation(Row.MESSAGE_UNEXPECTED)
        except CallViolation as violation:
            self._refuse(stream, violation)

    def _receive_fragment(self, stream: int, call: _Call, assembly: Assembly, frame: Frame) -> None:
        check_fragment(frame)
        if not frame.has_more and not frame.has_end:
            raise CallViolation(Row.MESSAGE_NOT_ENDED)
        if not assembly.add(frame):
            return
        message = assembly.message()
        check_message(len(message), message, assembly.is_compressed, self.limits)
        self._held.release(call.held)
        call.held = 0
        self._hold(call, size_before(message, assembly.is_compressed))
        if assembly.is_compressed:
            self._count_inflated(message)
        call.assembly = None
        # What the fragments took counts; without a timeout only the time for them ends here.
        left = call.request.timeout - (self._now - call.began_at)
        self._actions.append(StartTimer(stream, max(1, left) if call.request.timeout else None))
        self._start(stream, call, message, assembly.is_compressed)

    def _receive_stream_message(self, stream: int, call: _Call, frame: Frame) -> None:
        inbound = self._inbound[stream]
        received = inbound.receive(frame)
        if received is not None and received[1]:
            self._count_inflated(received[0])
        if received is not None and call.is_answering:
            # Nobody reads any more, but the client may have to write before it reads.
            self._grant(stream, inbound.take())
        elif received is not None:
            self._actions.append(Deliver(stream, *received, is_last=frame.has_end))
        elif frame.has_end:
            self._actions.append(EndMessages(stream))
        else:
            self._grant(stream, inbound.returnable())

    # Ends of calls.

    def _refuse(self, stream: int, violation: CallViolation) -> None:
        """Answers a row of §10 with RESPONSE."""
        is_overload = violation.row in _OVERLOAD
        if not is_overload and self._refusals.add(self._now) > self.limits.refusals_max:
            raise ConnectionViolation(Row.REFUSED_TOO_OFTEN)
        retry_after = self.limits.overload_retry_after_milliseconds if is_overload else RETRY_NEVER
        self._give_up(stream, violation.status_of_server, retry_after, str(violation))

    def _give_up(self, stream: int, status: StatusCode, retry_after: int, text: str) -> None:
        call = self._calls.get(stream)
        runs = call is not None and call.runs
        was_started = call is not None and (call.runs or call.is_answering)
        is_mutation = call is not None and call.served.idempotency is Idempotency.MUTATION
        outcome = Outcome.UNKNOWN if was_started and is_mutation else Outcome.NOT_APPLIED
        if call is not None and call.is_committed:
            # Its RESPONSE is on its way and cannot be finished (§6.5).
            self._write(FrameType.CANCEL, bytes([status]), stream=stream)
        else:
            response = Response(status, outcome, retry_after=retry_after, text=text)
            self._write(FrameType.RESPONSE, response.encode(), END, stream=stream)
        if call is not None:
            self._end_call(stream)
        self._actions.append(AbortCall(stream, status) if runs else RefuseCall(stream, status))
        self._close_if_done()

    def _cancel_call(self, stream: int) -> None:
        call = self._calls.get(stream)
        if call is None:
            return
        runs = call.runs
        self._end_call(stream)
        if runs:
            self._actions.append(CancelCall(stream))
        self._close_if_done()

    def _end_call(self, stream: int) -> None:
        """Forgets a call; while its handler runs it goes on to count."""
        call = self._calls.pop(stream)
        self._outbound.drop(stream)
        inbound = self._inbound.pop(stream, None)
        if inbound:
            inbound.drop()
        if call.runs:
            self._cancelled[stream] = call.held
        else:
            self._held.release(call.held)

    def _answer(
        self, stream: int, call: _Call, response: Response, message: bytes | None, is_compressed: bool
    ) -> None:
        fields = response.encode()
        if message is None:
            frame = encode_frame(FrameType.RESPONSE, fields, END, stream=stream)
            self._finish(stream, frame)
            return
        flags = HAS_MESSAGE | (COMPRESSED if is_compressed else 0)
        room = self._frame_payload_bytes_max - len(fields)
        if len(message) <= room:
            self._write(FrameType.RESPONSE, fields + message, flags | END, stream=stream)
            self._end_call(stream)
            self._close_if_done()
        elif not self.features & FRAGMENTS or len(message) > self.limits.message_bytes_max:
            response = Response(
                StatusCode.RESOURCE_EXHAUSTED, response.outcome, text="the answer is too long"
            )
            self._answer(stream, call, response, None, False)
        else:
            count = room - _TOTAL_BYTES
            payload = fields + len(message).to_bytes(_TOTAL_BYTES) + message[:count]
            self._write(FrameType.RESPONSE, payload, flags | MORE, stream=stream)
            call.is_committed = True
            self._outbound.send_rest(stream, message, count)
            self._pump()

    def _finish(self, stream: int, frame: bytes) -> None:
        """Sends an answer without a message, behind the messages that are queued."""
        outbound = self._outbound.get(stream)
        if outbound is None or not outbound.has_work:
            self._write_frame(frame)
            self._end_call(stream)
            self._close_if_done()
            return
        outbound.closing_frame = frame
        self._outbound.wake(stream)
        self._pump()

    # For Machine.

    def _is_open(self, stream: int) -> bool:
        return stream in self._calls

    def _sends_messages(self, stream: int) -> bool | None:
        if stream > self._last_stream:
            raise ConnectionViolation(Row.STREAM_IDLE)
        call = self._calls.get(stream)
        return call.served.kind.server_streams if call else None

    def _sent_everything(self, stream: int) -> None:
        call = self._calls.get(stream)
        if call and call.is_answering and self.state is State.OPEN:
            self._end_call(stream)
            self._close_if_done()

    def _close_if_done(self) -> None:
        raise NotImplementedError


def _needs_request_id(served: _Served) -> bool:
    return served.kind is Kind.UNARY and served.idempotency is Idempotency.MUTATION
