"""Client machine against server machine, through real bytes that are split anywhere."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

import pytest

from returns_client.limits import Limits
from returns_client.status import Outcome, StatusCode
from returns_client.wire import actions as a
from returns_client.wire.call_payloads import Request, Response
from returns_client.wire.client_machine import ClientMachine
from returns_client.wire.frames import FRAGMENTS, STREAMING, FrameType
from returns_client.wire.handshake import Hello
from returns_client.wire.methods import Idempotency, Kind
from returns_client.wire.server_machine import ServedMethod, ServerMachine

LIMITS = Limits(frame_payload_bytes_max=65_536, message_bytes_max=400_000, streams_max=8)
METHODS = {number: ServedMethod(kind, Idempotency.READ_ONLY) for number, kind in enumerate(Kind, start=1)}
KINDS = {method.kind: number for number, method in METHODS.items()}


@dataclass
class Call:
    """What one call sends, and what has arrived of it."""

    kind: Kind
    requests: list[bytes]
    replies: list[bytes]
    to_write: deque[bytes] = field(default_factory=deque)
    seen_requests: list[bytes] = field(default_factory=list)
    seen_replies: list[bytes] = field(default_factory=list)
    untaken: dict[str, int] = field(default_factory=lambda: {"client": 0, "server": 0})
    has_ended: bool = False
    has_responded: bool = False
    is_complete: bool = False


class Pair:
    """Two machines, the bytes between them, and an application on each side that acts at random."""

    def __init__(self, seed: int, features: int = FRAGMENTS | STREAMING) -> None:
        self.random = random.Random(seed)
        self.client = ClientMachine(LIMITS, Hello(features, 65_536, 400_000, "pair"))
        self.server = ServerMachine(LIMITS, METHODS)
        self.wires = {"client": bytearray(), "server": bytearray()}
        self.calls: dict[int, Call] = {}
        self.served: dict[int, Call] = {}
        self.pending: deque[Call] = deque()
        self.take("client", self.client.connected())

    def take(self, side: str, actions: list[a.Action]) -> None:
        for action in actions:
            match action:
                case a.Write(data):
                    self.wires[side] += data
                case a.Authenticate():
                    self.take("server", self.server.authenticated())
                case a.StartCall(stream, _, _, message, _, has_ended):
                    call = self.served[stream] = self.calls[stream]
                    call.has_ended = has_ended or not call.kind.client_streams
                    if message is not None:
                        call.seen_requests.append(message)
                case a.Deliver(stream, data, _, is_last):
                    call = self.calls[stream]
                    (call.seen_requests if side == "server" else call.seen_replies).append(data)
                    call.untaken[side] += 1
                    call.has_ended = call.has_ended or is_last
                case a.EndMessages(stream):
                    self.calls[stream].has_ended = True
                case a.CompleteCall(stream, response, message):
                    assert response.status is StatusCode.OK, response
                    if message is not None:
                        self.calls[stream].seen_replies.append(message)
                    self.calls[stream].is_complete = True
                case a.Ready() | a.Writable() | a.StartTimer():
                    pass
                case _:
                    raise AssertionError(f"{side}: {action}")

    def move(self, side: str) -> None:
        """Some of the bytes that wait arrive, in a read of any size."""
        wire = self.wires[side]
        if not wire:
            return
        count = self.random.choice([1, 7, 12, 13, 300, 5_000, 70_000, len(wire)])
        data, self.wires[side] = bytes(wire[:count]), wire[count:]
        if side == "client":
            self.take("server", self.server.receive(data, 0))
        else:
            self.take("client", self.client.receive(data, 0))

    def open_next(self) -> None:
        if not self.pending or not self.client.can_open:
            return
        call = self.pending.popleft()
        message = None if call.kind.client_streams else call.requests[0]
        stream = self.client._last_stream + 1
        self.calls[stream] = call
        if message is None:
            call.to_write = deque(call.requests)
        given, actions = self.client.open_call(KINDS[call.kind], call.kind, Request(), message)
        assert given == stream
        self.take("client", actions)

    def act(self) -> None:
        """Either application does something that it may do now."""
        self.open_next()
        for stream, call in list(self.calls.items()):
            if call.kind.client_streams and not call.is_complete and self.random.random() < 0.3:
                self.write(stream, call)
            for side in ("client", "server"):
                if call.untaken[side] and self.random.random() < 0.3:
                    call.untaken[side] -= 1
                    machine = self.client if side == "client" else self.server
                    self.take(side, machine.take_message(stream))
        for stream, call in list(self.served.items()):
            if call.has_ended and not call.untaken["server"] and not call.has_responded:
                self.answer(stream, call)

    def write(self, stream: int, call: Call) -> None:
        if call.to_write and not self.client.is_full(stream):
            self.take("client", self.client.send_message(stream, call.to_write.popleft()))
        elif not call.to_write:
            self.take("client", self.client.end_messages(stream))

    def answer(self, stream: int, call: Call) -> None:
        call.has_responded = True
        response, message = Response(StatusCode.OK, Outcome.NOT_APPLIED), None
        if call.kind.server_streams:
            for reply in call.replies:
                self.take("server", self.server.send_message(stream, reply))
        else:
            message = call.replies[0]
        self.take("server", self.server.respond(stream, response, message))

    def run(self, steps: int = 200_000) -> None:
        for _ in range(steps):
            self.act()
            self.move(self.random.choice(["client", "server"]))
            assert self.client.held_bytes <= LIMITS.held_bytes_max
            done = all(call.is_complete and not call.untaken["client"] for call in self.calls.values())
            if not self.pending and done:
                return
        raise AssertionError(f"calls are stuck: {self.calls}")


def random_call(chance: random.Random, kinds: list[Kind]) -> Call:
    kind = chance.choice(kinds)

    def messages(streams: bool) -> list[bytes]:
        count = chance.choice([0, 1, 2, 9]) if streams else 1
        sizes = (chance.choice([0, 1, 500, 33_000, 65_524, 65_536, 66_000, 200_000]) for _ in range(count))
        return [chance.randbytes(size) for size in sizes]

    return Call(kind, messages(kind.client_streams), messages(kind.server_streams))


@pytest.mark.parametrize("seed", range(25))
def test_everything_that_is_sent_arrives_once_and_in_order(seed: int) -> None:
    pair = Pair(seed)
    calls = [random_call(pair.random, list(Kind)) for _ in range(12)]
    pair.pending = deque(calls)
    pair.run()
    for call in calls:
        assert call.seen_requests == call.requests
        assert call.seen_replies == call.replies
    assert (pair.client.held_bytes, pair.server.held_bytes) == (0, 0)
    assert (pair.client.open_calls, pair.server.open_calls) == (0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_unary_calls_without_streaming_have_no_windows(seed: int) -> None:
    pair = Pair(seed, FRAGMENTS)
    calls = [random_call(pair.random, [Kind.UNARY]) for _ in range(40)]
    pair.pending = deque(calls)
    pair.run()
    assert all(call.seen_replies == call.replies for call in calls)
    assert not pair.client.is_streaming


def test_a_sender_sends_no_more_than_its_windows_hold() -> None:
    pair = Pair(1)
    while pair.wires["client"] or pair.wires["server"]:
        pair.move("client")
        pair.move("server")
    call = Call(Kind.CLIENT_STREAMING, [], [])
    pair.calls[1] = call
    _, actions = pair.client.open_call(KINDS[call.kind], call.kind, Request(), None)
    pair.take("client", actions)
    start = len(pair.wires["client"])
    for _ in range(50):
        pair.take("client", pair.client.send_message(1, bytes(10_000)))
    assert len(pair.wires["client"]) - start <= 65_536
    assert pair.client.is_full(1)
    # The server's reader takes nothing, so nothing more may come, whatever is done.
    for _ in range(500):
        pair.move("client")
        pair.move("server")
    assert sum(map(len, call.seen_requests)) <= 65_536
    assert pair.server.held_bytes <= 65_536 + 400_000


def test_a_client_at_the_end_of_the_range_finishes_and_leaves() -> None:
    pair = Pair(3)
    while pair.wires["client"] or pair.wires["server"]:
        pair.move("client")
        pair.move("server")
    pair.client._last_stream = 2**32 - 2
    _, actions = pair.client.open_call(KINDS[Kind.UNARY], Kind.UNARY, Request(), b"last")
    types = [action.data[4] for action in actions if isinstance(action, a.Write)]
    assert types == [FrameType.REQUEST, FrameType.GOAWAY]
    assert not pair.client.can_open
    assert pair.client.open_calls == 1
    served = pair.server.receive(b"".join(x.data for x in actions if isinstance(x, a.Write)), 0)
    assert [x.stream for x in served if isinstance(x, a.StartCall)] == [2**32 - 1]
    answer = pair.server.respond(2**32 - 1, Response(StatusCode.OK, Outcome.NOT_APPLIED), b"first")
    assert isinstance(answer[-1], a.Close)
    done = pair.client.receive(b"".join(x.data for x in answer if isinstance(x, a.Write)), 0)
    assert isinstance(done[0], a.CompleteCall)
    assert isinstance(done[-1], a.Close)


def test_an_answer_that_cannot_be_finished_is_given_up_by_cancel() -> None:
    pair = Pair(4)
    while pair.wires["client"] or pair.wires["server"]:
        pair.move("client")
        pair.move("server")
    stream, actions = pair.client.open_call(KINDS[Kind.UNARY], Kind.UNARY, Request(1_000), b"x")
    pair.server.receive(b"".join(x.data for x in actions if isinstance(x, a.Write)), 0)
    # No credit is left for the rest of the answer.
    assert pair.server._outbound.window is not None
    pair.server._outbound.window.left = 0
    answer = pair.server.respond(stream, Response(StatusCode.OK, Outcome.APPLIED), bytes(200_000))
    answer += pair.server.deadline_passed(stream)
    done = pair.client.receive(b"".join(x.data for x in answer if isinstance(x, a.Write)), 0)
    assert done == [
        a.FailCall(stream, StatusCode.DEADLINE_EXCEEDED, Outcome.UNKNOWN, "the server gave the call up")
    ]
    assert (pair.client.held_bytes, pair.server.held_bytes) == (0, 0)
