"""Protocol/vectors: reading them, and a machine of either role driven through their steps."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from returns_client.codec import MessageError, inflated
from returns_client.limits import Limits
from returns_client.status import RETRY_NEVER, GoAwayCode, Outcome, RefusedCode, StatusCode
from returns_client.wire import actions as a
from returns_client.wire.call_payloads import Request, Response
from returns_client.wire.client_machine import ClientMachine
from returns_client.wire.decoder import FrameDecoder
from returns_client.wire.frames import Frame, FrameType, HeaderRules, Role
from returns_client.wire.handshake import CREDENTIAL_TOKEN, PREFACE, GoAway, Hello, Refused
from returns_client.wire.machine import Machine
from returns_client.wire.methods import Idempotency, Kind
from returns_client.wire.server_machine import ServedMethod, ServerMachine

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "Protocol" / "vectors"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


FIXTURE = load("fixture.json")


def unhex(text: str) -> bytes:
    """Hexadecimal, in which `bb*count` set apart by spaces is a byte repeated."""
    pieces = []
    for word in text.split():
        byte, star, count = word.partition("*")
        pieces.append(bytes.fromhex(byte) * (int(count) if star else 1))
    return b"".join(pieces)


def methods() -> dict[int, ServedMethod]:
    return {
        method["id"]: ServedMethod(Kind(method["kind"]), Idempotency(method["idempotency"]))
        for method in FIXTURE["methods"]
    }


def limits(role: str) -> Limits:
    return Limits(
        frame_payload_bytes_max=FIXTURE["frame_payload_bytes_max"],
        message_bytes_max=FIXTURE["message_bytes_max"],
        streams_max=FIXTURE["streams_max"],
        ping_interval_milliseconds_min=FIXTURE["ping_interval_milliseconds_min"],
        held_bytes_max=FIXTURE[f"{role}_held_bytes_max"],
        ping_strikes_max=FIXTURE["ping_strikes_max"],
        cancels_max=FIXTURE["cancels_max"],
        inflated_bytes_max=FIXTURE["inflated_bytes_max"],
        refusals_max=FIXTURE["refusals_max"],
        strike_milliseconds=FIXTURE["strike_milliseconds"],
    )


class Transcript:
    """One machine, and everything it has asked for, in the words of vectors/README.md."""

    def __init__(self, role: str, given: str) -> None:
        self.role = role
        self.now = 0
        self.words: list[str] = []
        self.sent: list[Frame | bytes] = []
        self.raw: list[a.Action] = []
        self.credit: dict[int, int] = {}
        self._after_hello = False
        self.machine: Machine
        features = FIXTURE["features"]
        if role == "server":
            self.machine = ServerMachine(limits(role), methods(), features)
        else:
            hello = Hello(
                features, FIXTURE["frame_payload_bytes_max"], FIXTURE["message_bytes_max"], "vector",
                CREDENTIAL_TOKEN, b"secret",
            )  # fmt: skip
            self.machine = ClientMachine(limits(role), hello)
        for step in FIXTURE["given"][role][given]:
            self.step(step)
        self.forget()

    def forget(self) -> None:
        self.words, self.sent, self.raw, self.credit = [], [], [], {}

    def step(self, step: dict[str, Any]) -> None:
        if "at_milliseconds" in step:
            self.now = step["at_milliseconds"]
        elif "receive" in step:
            self.note(self.machine.receive(unhex(step["receive"]), self.now))
        else:
            self.note(self._event(step["event"], step))

    def _event(self, event: str, step: dict[str, Any]) -> list[a.Action]:
        machine = self.machine
        if event == "transport_end":
            return machine.transport_ended()
        if event == "take_message":
            return machine.take_message(step["stream"])
        if isinstance(machine, ClientMachine):
            return machine.connected() if event == "connected" else self._open_call(machine, step)
        assert isinstance(machine, ServerMachine)
        match event:
            case "authenticated":
                return machine.authenticated()
            case "hello_timeout":
                return machine.hello_timed_out()
            case "frame_timeout":
                return machine.frame_timed_out()
            case "reply":
                return self._reply(machine, step["stream"])
        raise AssertionError(f"unknown event {event}")

    @staticmethod
    def _open_call(machine: ClientMachine, step: dict[str, Any]) -> list[a.Action]:
        call = FIXTURE["open_call"]
        method = step.get("method", call["method"])
        served = methods()[method]
        needs_id = served.kind is Kind.UNARY and served.idempotency is Idempotency.MUTATION
        request = Request(1000, bytes.fromhex(call["request_id"]) if needs_id else bytes(16))
        message = None if served.kind.client_streams else bytes.fromhex(call["message"])
        return machine.open_call(method, served.kind, request, message)[1]

    def _reply(self, machine: ServerMachine, stream: int) -> list[a.Action]:
        kind = self._kind_of(machine, stream)
        message = None if kind.server_streams else b"reply"
        return machine.respond(stream, Response(StatusCode.OK, Outcome.APPLIED), message)

    @staticmethod
    def _kind_of(machine: ServerMachine, stream: int) -> Kind:
        return machine._calls[stream].served.kind

    def note(self, actions: list[a.Action]) -> None:
        self.raw += actions
        for action in actions:
            word = self._word(action)
            if word is not None:
                self.words.append(word)

    def _word(self, action: a.Action) -> str | None:
        match action:
            case a.Write(data):
                return self._written(data)
            case a.Authenticate():
                return "authenticate"
            case a.StartCall(stream):
                return f"start_call {stream}"
            case a.Deliver(stream, data, is_compressed, is_last):
                return f"deliver {stream} {_plain(data, is_compressed).hex()}" + (" END" if is_last else "")
            case a.EndMessages(stream):
                return f"end_messages {stream}"
            case a.CancelCall(stream):
                return f"cancel_call {stream}"
            case a.RefuseCall(stream, status):
                return f"refuse_call {stream} {status.name}"
            case a.AbortCall(stream, status):
                return f"abort_call {stream} {status.name}"
            case a.Ready():
                return "ready" if self.role == "client" else None
            case a.CompleteCall(stream):
                return f"complete_call {stream}"
            case a.FailCall(stream, status, outcome):
                return f"fail_call {stream} {status.name} {outcome.name}"
            case a.StopOpening(streams):
                return " ".join(["stop_opening", *map(str, streams)])
            case a.Close():
                return self._close(action)
        return None

    @staticmethod
    def _close(close: a.Close) -> str:
        if close.refused:
            return f"close refused {close.refused.known_code.name}"
        failed = ", ".join(f"{stream} {outcome.name}" for stream, outcome in close.failed)
        return f"close {failed}".rstrip()

    def _written(self, data: bytes) -> str | None:
        if data.startswith(b"HTTP/"):
            self.sent.append(data)
            return None
        frame = read_back(data.removeprefix(PREFACE), self.role)
        self.sent.append(frame)
        if frame.header.frame_type == FrameType.CREDIT:
            stream = frame.header.stream
            self.credit[stream] = self.credit.get(stream, 0) + int.from_bytes(frame.payload)
        if frame.header.frame_type == FrameType.PONG:
            return f"send_pong {frame.payload.hex()}"
        return None

    @property
    def cancels(self) -> list[tuple[int, str]]:
        """The CANCEL frames that were sent: stream and code."""
        frames = [frame for frame in self.sent if isinstance(frame, Frame)]
        cancels = [frame for frame in frames if frame.header.frame_type == FrameType.CANCEL]
        return [(frame.header.stream, StatusCode(frame.payload[0]).name) for frame in cancels]

    def consequence(self, stream: int | None) -> str:
        """What the last step led to, in the words of malformed.json, as the bytes and actions show it."""
        if stream is not None:
            return self._consequence_of_call(stream)
        assert isinstance(self.raw[-1], a.Close), self.raw
        notice = self.sent[-1] if self.sent else None
        if isinstance(notice, bytes):
            return "HTTP 400" if notice.startswith(b"HTTP/1.1 400 ") else repr(notice)
        if notice is None or notice.header.frame_type == FrameType.CREDIT:
            return "close"
        if notice.header.frame_type == FrameType.REFUSED:
            return f"REFUSED {RefusedCode(Refused.decode(notice.payload).code).name}"
        if notice.header.frame_type == FrameType.GOAWAY:
            return f"GOAWAY {GoAwayCode(GoAway.decode(notice.payload).code).name}"
        return "close"

    def _consequence_of_call(self, stream: int) -> str:
        failed = [x for x in self.raw if isinstance(x, a.FailCall) and x.stream == stream]
        if failed:
            assert failed[0].retry_after == RETRY_NEVER
            return f"call fails {failed[0].status.name}"
        for frame in self.sent:
            if isinstance(frame, bytes) or frame.header.stream != stream:
                continue
            if frame.header.frame_type == FrameType.RESPONSE:
                return f"RESPONSE {Response.decode(frame.payload, frame.has_more)[0].status.name}"
        return "nothing"


def _plain(data: bytes, is_compressed: bool) -> bytes:
    """As its reader sees it; a message that cannot be inflated as it came."""
    try:
        return inflated(data) if is_compressed else data
    except MessageError:
        return data


def read_back(data: bytes, sender: str) -> Frame:
    """One frame that a machine has written, as its peer's decoder reads it."""
    receiver = Role.CLIENT if sender == "server" else Role.SERVER
    decoder = FrameDecoder()
    decoder.feed(data)
    frame = decoder.next_frame(HeaderRules(receiver, 16_777_216, 7, False))
    assert frame is not None and not decoder.is_inside_frame, data[:40].hex()
    return frame
