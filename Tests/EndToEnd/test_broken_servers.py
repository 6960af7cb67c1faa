"""What clients do where a server breaks the protocol in a way that no
vector can hold: both clients, on a socket."""

import asyncio
import socket
import struct
import threading

import pytest
from harness import wire
from harness.command import FAILED, Command, assert_refused
from harness.listening import listening
from returns_client import CallOptions, Client, Outcome, RCPError, StatusCode
from returns_client.returns_v1 import EventServiceStub, SubscribeRequest

CANCEL, CANCELLED = 0x13, 1
NO_MESSAGE = b"\xff\xff"


class StreamBreaker:
    """Answers the first call of each connection with a message of its
    stream that is no Protocol Buffers (row M57)."""

    def __init__(self):
        self.cancels = []
        self.was_cancelled = threading.Event()

    def talk(self, connection):
        assert connection.recv(len(wire.PREFACE), socket.MSG_WAITALL) == wire.PREFACE
        assert wire.read_frame(connection)[0] == wire.HELLO
        limits = wire.FRAME_PAYLOAD_MAX, wire.MESSAGE_MAX, 8, 10_000
        ack = struct.pack(">BIIIII", 1, wire.FRAGMENTS_AND_STREAMING, *limits) + bytes(32) + b"\x06broken"
        connection.sendall(wire.frame(wire.HELLO_ACK, ack))
        while True:
            kind, payload = wire.read_frame(connection)
            if kind == wire.REQUEST:
                connection.sendall(wire.frame(wire.MESSAGE, NO_MESSAGE, wire.HAS_MESSAGE, stream=1))
            elif kind == CANCEL:
                self.cancels.append(payload)
                self.was_cancelled.set()


@pytest.fixture
def breaker():
    breaker = StreamBreaker()
    with listening(breaker.talk) as breaker.address:
        yield breaker


def test_the_python_client_cancels_a_stream_whose_message_it_cannot_decode(breaker):
    async def follow():
        async with Client(breaker.address, token="secret") as client:
            with pytest.raises(RCPError) as raised:
                async for _ in EventServiceStub(client).subscribe(
                    SubscribeRequest(beginning=True), CallOptions()
                ):
                    pass
            assert await asyncio.to_thread(breaker.was_cancelled.wait, 20)
            return raised.value

    error = asyncio.run(follow())
    assert (error.code, error.outcome, error.retry_after_milliseconds) == (
        StatusCode.INTERNAL,
        Outcome.NOT_APPLIED,
        -1,
    )
    assert breaker.cancels == [bytes([CANCELLED])]


def test_returnsctl_cancels_a_stream_whose_message_it_cannot_decode(breaker, returnsctl, tmp_path):
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text("secret")
    command = Command(returnsctl, breaker.address, token, tmp_path)
    assert_refused(
        command("event", "tail", "--from", "beginning", "--no-follow", seconds=20), FAILED, "INTERNAL"
    )
    assert breaker.was_cancelled.wait(20)
    assert breaker.cancels == [bytes([CANCELLED])]
