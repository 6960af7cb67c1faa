"""Transcripts of the machines where the vectors say nothing: what is sent, timers, draining."""

from __future__ import annotations

import pytest
from vectors import Transcript

from returns_client.status import GoAwayCode, Outcome, StatusCode
from returns_client.wire import actions as a
from returns_client.wire.call_payloads import Request, Response
from returns_client.wire.client_machine import ClientMachine
from returns_client.wire.frames import END, HAS_MESSAGE, MORE, Frame, FrameType, encode_frame
from returns_client.wire.handshake import GoAway
from returns_client.wire.machine import State
from returns_client.wire.server_machine import ServerMachine

READ_ONLY, MUTATION, UPLOAD, CHAT = 258, 257, 260, 261
SOME_ID = bytes(range(16))


def client(given: str) -> tuple[Transcript, ClientMachine]:
    transcript = Transcript("client", given)
    assert isinstance(transcript.machine, ClientMachine)
    return transcript, transcript.machine


def server(given: str) -> tuple[Transcript, ServerMachine]:
    transcript = Transcript("server", given)
    assert isinstance(transcript.machine, ServerMachine)
    return transcript, transcript.machine


def request(stream: int, method: int = READ_ONLY, timeout: int = 0, flags: int = HAS_MESSAGE | END) -> bytes:
    request_id = SOME_ID if method == MUTATION else bytes(16)
    payload = Request(timeout, request_id).encode()
    payload += (40).to_bytes(4) + b"x" * 20 if flags & MORE else b"x" if flags & HAS_MESSAGE else b""
    return encode_frame(FrameType.REQUEST, payload, flags, method, stream)


def kinds(transcript: Transcript) -> list[FrameType]:
    return [FrameType(frame.header.frame_type) for frame in transcript.sent if isinstance(frame, Frame)]


@pytest.mark.parametrize(("flags", "says_cancel"), [(HAS_MESSAGE | END, False), (HAS_MESSAGE | MORE, True)])
def test_a_client_cancels_what_the_server_has_not_ended(flags: int, says_cancel: bool) -> None:
    transcript, machine = client("called")
    malformed = bytes([0, 9]) + bytes(20)
    transcript.note(machine.receive(encode_frame(FrameType.RESPONSE, malformed, flags, stream=1), 0))
    assert transcript.words == ["fail_call 1 UNKNOWN UNKNOWN"]
    assert kinds(transcript) == [FrameType.CANCEL] * says_cancel
    assert transcript.cancels == [(1, "CANCELLED")] * says_cancel
    assert machine.open_calls == 0


def test_a_client_that_drains_finishes_its_calls_and_closes() -> None:
    transcript, machine = client("called")
    transcript.note(machine.drain())
    transcript.note(machine.drain())
    assert kinds(transcript) == [FrameType.GOAWAY]
    assert not machine.can_open
    assert machine.state is State.OPEN
    answer = Response(StatusCode.OK, Outcome.APPLIED).encode() + b"x"
    transcript.note(machine.receive(encode_frame(FrameType.RESPONSE, answer, HAS_MESSAGE | END, stream=1), 0))
    assert transcript.words == ["complete_call 1", "close"]


def test_a_client_that_drains_without_calls_closes_at_once() -> None:
    transcript, machine = client("open")
    transcript.note(machine.drain())
    assert transcript.words == ["close"]


def test_a_cancelled_call_is_silent_whatever_still_comes() -> None:
    transcript, machine = client("downloading")
    transcript.note(machine.cancel(1))
    late = encode_frame(FrameType.MESSAGE, b"late", HAS_MESSAGE, stream=1)
    late += encode_frame(FrameType.RESPONSE, Response(StatusCode.OK).encode(), END, stream=1)
    transcript.note(machine.receive(late, 0))
    assert transcript.words == []
    assert kinds(transcript) == [FrameType.CANCEL]
    assert transcript.cancels == [(1, "CANCELLED")]
    assert machine.held_bytes == 0


def test_a_server_drains_in_two_steps() -> None:
    transcript, machine = server("streaming")
    transcript.note(machine.receive(request(1), 0))
    transcript.note(machine.drain())
    transcript.note(machine.receive(request(3), 0))
    assert transcript.words == ["start_call 1", "start_call 3"]
    first, ping = (frame for frame in transcript.sent if isinstance(frame, Frame))
    assert GoAway.decode(first.payload).last_stream == 2**32 - 1
    transcript.forget()
    transcript.note(machine.receive(encode_frame(FrameType.PONG, ping.payload), 0))
    (second,) = (frame for frame in transcript.sent if isinstance(frame, Frame))
    assert GoAway.decode(second.payload) == GoAway(3, GoAwayCode.NO_ERROR, "this server stops")
    # Later calls were not acted on, and neither is anything that belongs to them.
    late = request(5, UPLOAD, flags=0) + encode_frame(FrameType.MESSAGE, b"x", HAS_MESSAGE, stream=5)
    late += encode_frame(FrameType.CANCEL, b"\x01", stream=5) + request(7)
    transcript.note(machine.receive(late, 0))
    transcript.note(machine.respond(3, Response(StatusCode.OK), b"x"))
    assert transcript.words == []
    transcript.note(machine.respond(1, Response(StatusCode.OK), b"x"))
    assert transcript.words == ["close"]


def timers(transcript: Transcript) -> list[int | None]:
    return [action.milliseconds for action in transcript.raw if isinstance(action, a.StartTimer)]


@pytest.mark.parametrize(
    ("timeout", "expected"), [(0, [30_000, None]), (5_000, [5_000, 3_000]), (60_000, [30_000, 58_000])]
)
def test_a_call_s_time_begins_with_its_first_fragment(timeout: int, expected: list[int | None]) -> None:
    transcript, machine = server("open")
    fragments = request(1, MUTATION, timeout, HAS_MESSAGE | MORE)
    transcript.note(machine.receive(fragments, 1_000))
    transcript.note(
        machine.receive(encode_frame(FrameType.MESSAGE, b"x" * 20, HAS_MESSAGE | END, stream=1), 3_000)
    )
    assert timers(transcript) == expected
    assert transcript.words == ["start_call 1"]


@pytest.mark.parametrize(
    ("method", "flags", "word", "outcome"),
    [
        (MUTATION, HAS_MESSAGE | END, "abort_call", Outcome.UNKNOWN),
        (READ_ONLY, HAS_MESSAGE | END, "abort_call", Outcome.NOT_APPLIED),
        (MUTATION, HAS_MESSAGE | MORE, "refuse_call", Outcome.NOT_APPLIED),
        (CHAT, 0, "abort_call", Outcome.UNKNOWN),
    ],
)
def test_what_is_known_of_a_call_whose_time_is_over(
    method: int, flags: int, word: str, outcome: Outcome
) -> None:
    transcript, machine = server("streaming")
    transcript.note(machine.receive(request(1, method, 10, flags), 0))
    transcript.forget()
    transcript.note(machine.deadline_passed(1))
    assert transcript.words == [f"{word} 1 DEADLINE_EXCEEDED"]
    (frame,) = (frame for frame in transcript.sent if isinstance(frame, Frame))
    assert Response.decode(frame.payload, False)[0].outcome is outcome
    # Its handler counts until it has returned.
    assert machine.open_calls == (1 if word == "abort_call" else 0)
    machine.respond(1, Response(StatusCode.CANCELLED))
    assert (machine.open_calls, machine.held_bytes) == (0, 0)


def test_what_the_client_cannot_hold_is_not_put_on_the_server() -> None:
    transcript, machine = client("called_twice")
    for stream in (1, 2):
        answer = Response(StatusCode.OK, Outcome.APPLIED).encode() + (131_072).to_bytes(4) + b"x"
        frame = encode_frame(FrameType.RESPONSE, answer, HAS_MESSAGE | MORE, stream=stream)
        transcript.note(machine.receive(frame, 0))
    (failure,) = (action for action in transcript.raw if isinstance(action, a.FailCall))
    assert failure.stream == 2
    assert failure.status is StatusCode.RESOURCE_EXHAUSTED
    assert "raise held_bytes_max" in failure.text
    assert machine.open_calls == 1
