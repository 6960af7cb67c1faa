"""Rows of SPEC.md §10 that a transport finds, on a real socket."""

from __future__ import annotations

import asyncio

import pytest
from support import conformance_server, run
from vectors import read_back

from returns_client import Limits
from returns_client.status import GoAwayCode, RefusedCode
from returns_client.wire.frames import FRAGMENTS, STREAMING, FrameType, decode_header, encode_frame
from returns_client.wire.handshake import PREFACE, GoAway, Hello, Refused

HELLO = encode_frame(FrameType.HELLO, Hello(FRAGMENTS | STREAMING, 65_536, 65_536, "raw").encode())


async def answer_to(
    data: bytes, limits: Limits | None = None, *, then: bytes = b"", ends: bool = False
) -> bytes:
    """Everything that the server says until it closes; `then` is sent once it has said something."""
    async with conformance_server(limits=limits or Limits()) as server:
        host, port = server.address.removeprefix("rcp://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(data)
        answer = b""
        if then:
            answer = await reader.read(65_536)
            writer.write(then)
        if ends:
            writer.write_eof()
        answer += await reader.read()
        writer.close()
        return answer


@pytest.mark.parametrize("method", ["GET / HTTP/1.1", "PRI * HTTP/2.0"])
def test_http_is_told_what_this_port_is(method: str) -> None:
    answer = run(answer_to(f"{method}\r\n\r\n".encode()))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"RCP/1" in answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x02\x00", b"SSH-2.0-x\r\n", b"\x00"])
def test_anything_else_is_closed_without_a_byte(data: bytes) -> None:
    assert run(answer_to(data)) == b""


def test_another_header_version_is_refused() -> None:
    frame = read_back(run(answer_to(PREFACE[:-1] + b"\x02")), "server")
    assert Refused.decode(frame.payload).code == RefusedCode.VERSION


@pytest.mark.parametrize("data", [b"", PREFACE + HELLO[:20]])
def test_a_late_hello_is_refused(data: bytes) -> None:
    frame = read_back(run(answer_to(data, Limits(hello_milliseconds_max=50))), "server")
    assert Refused.decode(frame.payload).code == RefusedCode.HELLO_TIMEOUT


@pytest.mark.parametrize("behind", [encode_frame(FrameType.PING, bytes(8)), b"\x00"])
def test_what_comes_in_one_write_with_hello_is_refused(behind: bytes) -> None:
    frame = read_back(run(answer_to(PREFACE + HELLO + behind)), "server")
    assert Refused.decode(frame.payload).code == RefusedCode.MALFORMED


def test_a_frame_that_stays_half_ends_the_connection() -> None:
    limits = Limits(frame_milliseconds_max=50)
    answer = run(answer_to(PREFACE + HELLO, limits, then=encode_frame(FrameType.PING, bytes(8))[:15]))
    ack_bytes = 12 + decode_header(answer).payload_length
    frame = read_back(answer[ack_bytes:], "server")
    assert GoAway.decode(frame.payload).code == GoAwayCode.TOO_SLOW


def test_the_end_of_the_transport_inside_a_frame() -> None:
    answer = run(answer_to(PREFACE + HELLO, then=b"\x00\x00", ends=True))
    assert decode_header(answer).frame_type == FrameType.HELLO_ACK
    assert len(answer) == 12 + decode_header(answer).payload_length
