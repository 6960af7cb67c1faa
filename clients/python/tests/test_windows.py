"""Credit to the byte: what is granted, what is charged, and when a sender waits (SPEC.md §5.3)."""

from __future__ import annotations

import pytest

from returns_client.limits import FRAGMENT_CREDIT_BYTES_MIN, STREAM_WINDOW_BYTES, WINDOW_BYTES_MAX, Limits
from returns_client.wire.frames import HAS_MESSAGE, MORE, Frame, FrameHeader, FrameType, decode_header
from returns_client.wire.inbound import HeldBytes, InboundStream, ReceiveWindow
from returns_client.wire.outbound import Outbound, SendWindow
from returns_client.wire.rows import ConnectionViolation, Row


def test_a_receiver_grants_exactly_what_was_used() -> None:
    window = ReceiveWindow(1_000)
    window.charge(1_000)
    assert window.give_back(499) == 0
    assert window.give_back(1) == 500
    window.charge(500)
    with pytest.raises(ConnectionViolation) as raised:
        window.charge(1)
    assert raised.value.row is Row.CREDIT_OVERRUN
    assert window.give_back(499) == 0


def test_a_sender_s_window_has_an_upper_end() -> None:
    window = SendWindow(10)
    window.widen(WINDOW_BYTES_MAX - 10)
    with pytest.raises(ConnectionViolation) as raised:
        window.widen(1)
    assert raised.value.row is Row.CREDIT_OVERFLOW


def message(payload: bytes, flags: int = HAS_MESSAGE) -> Frame:
    return Frame(FrameHeader(len(payload), FrameType.MESSAGE, flags, 0, 1), payload)


def test_fragments_behind_a_waiting_message_are_paid_back_when_it_is_taken() -> None:
    held = HeldBytes(1_000_000)
    stream = InboundStream(Limits(), held)
    assert stream.receive(message(b"x" * 88)) == (b"x" * 88, False)
    assert held.count == 100
    first = message((100_000).to_bytes(4) + bytes(39_984), HAS_MESSAGE | MORE)
    assert stream.receive(first) is None
    assert stream.returnable() == 0, "a complete message waits for its reader"
    assert stream.take() == 100 + 40_000
    assert stream.receive(message(bytes(39_988), HAS_MESSAGE | MORE)) is None
    assert stream.returnable() == 40_000, "nothing waits, so the fragments' credit comes back at once"
    assert held.count == 100_012
    stream.drop()
    assert held.count == 0


def sent(outbound: Outbound) -> list[tuple[int, int, int]]:
    """Stream, flags and payload bytes of the frames that go out now."""
    headers = [decode_header(frame) for frame in outbound.pump()[0]]
    return [(header.stream, header.flags, header.payload_length) for header in headers]


def test_a_sender_fills_its_window_to_the_byte_and_waits() -> None:
    outbound = Outbound(True, 262_144, 65_536)
    stream = outbound.open_stream(1)
    stream.append(bytes(STREAM_WINDOW_BYTES - 12 - 12 - 7), False)
    stream.append(bytes(7), False)
    stream.append(b"", False)
    outbound.wake(1)
    assert [size for _, _, size in sent(outbound)] == [STREAM_WINDOW_BYTES - 31, 7]
    assert stream.window is not None
    assert stream.window.left == 0
    assert outbound.window is not None
    assert outbound.window.left == 1_048_576 - 65_536
    stream.window.widen(11)
    assert sent(outbound) == []
    stream.window.widen(1)
    assert sent(outbound) == [(1, HAS_MESSAGE, 0)]


def test_a_fragment_is_not_begun_for_a_handful_of_bytes() -> None:
    outbound = Outbound(True, 262_144, 65_536)
    stream = outbound.open_stream(1)
    stream.append(bytes(200_000), False)
    outbound.wake(1)
    assert sent(outbound) == [(1, HAS_MESSAGE | MORE, 65_524)]
    assert stream.window is not None
    stream.window.widen(FRAGMENT_CREDIT_BYTES_MIN - 1)
    assert sent(outbound) == []
    stream.window.widen(1)
    assert sent(outbound) == [(1, HAS_MESSAGE | MORE, FRAGMENT_CREDIT_BYTES_MIN - 12)]
    rest = 200_000 - (65_524 - 4) - (FRAGMENT_CREDIT_BYTES_MIN - 12)
    stream.window.widen(rest + 12)
    assert sent(outbound) == [(1, HAS_MESSAGE, rest)]


def test_streams_take_turns_for_the_connection_s_window() -> None:
    outbound = Outbound(True, 65_536, 65_536)
    for number in (1, 3):
        stream = outbound.open_stream(number)
        for _ in range(4):
            stream.append(bytes(1_000), False)
        outbound.wake(number)
    assert [number for number, _, _ in sent(outbound)] == [1, 3] * 4


def test_the_writer_waits_above_the_queue_s_limit_and_is_told() -> None:
    outbound = Outbound(True, 65_536, 1_000)
    stream = outbound.open_stream(1)
    assert stream.window is not None
    stream.window.left = 0
    stream.append(bytes(988), False)
    assert not outbound.is_full(1)
    stream.append(b"", False)
    assert outbound.is_full(1)
    stream.window.widen(1_000)
    outbound.wake(1)
    assert outbound.pump()[1] == [1]
    assert not outbound.is_full(1)
