"""What waits to be sent in MESSAGE frames: fragments, credit, turns (SPEC.md §5.3, §6.4)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..limits import (
    CONNECTION_WINDOW_BYTES,
    FRAGMENT_CREDIT_BYTES_MIN,
    STREAM_WINDOW_BYTES,
    WINDOW_BYTES_MAX,
)
from .frames import COMPRESSED, END, HAS_MESSAGE, HEADER_BYTES, MORE, FrameType, encode_frame
from .rows import ConnectionViolation, Row

_TOTAL_BYTES = 4
# More than any window: stands for "no window" where the feature STREAMING is absent.
_UNLIMITED = 1 << 62


class SendWindow:
    """What may still be sent in one direction, in bytes."""

    def __init__(self, first_bytes: int) -> None:
        self.left = first_bytes

    def widen(self, count: int) -> None:
        """Raises row M60."""
        if self.left + count > WINDOW_BYTES_MAX:
            raise ConnectionViolation(Row.CREDIT_OVERFLOW)
        self.left += count


@dataclass(slots=True)
class _Message:
    data: bytes
    is_compressed: bool
    # Bytes that have gone; an only message begins in its REQUEST or RESPONSE.
    sent: int = 0


class OutboundStream:
    """Messages of one call, in order. `window` is None for the rest of a call's only message."""

    def __init__(self, stream: int, window: SendWindow | None) -> None:
        self.stream = stream
        self.window = window
        self.queued_bytes = 0
        self.writer_waits = False
        self.has_ended = False
        # The server's RESPONSE, which follows the last message and costs nothing.
        self.closing_frame: bytes | None = None
        self._messages: deque[_Message] = deque()
        self._end_is_due = False

    @property
    def has_work(self) -> bool:
        return bool(self._messages) or self._end_is_due or self.closing_frame is not None

    def append(self, data: bytes, is_compressed: bool, sent: int = 0) -> None:
        assert not self.has_ended, f"stream {self.stream} has ended and takes no message"
        self._messages.append(_Message(data, is_compressed, sent))
        self.queued_bytes += HEADER_BYTES + len(data) - sent

    def end(self) -> None:
        """The client's message stream ends behind what is queued."""
        assert not self.has_ended, f"stream {self.stream} has ended already"
        self.has_ended = True
        self._end_is_due = True

    @property
    def next_is_free(self) -> bool:
        """Whether the next frame is the RESPONSE, which costs nothing."""
        return not self._messages and not self._end_is_due

    def next_frame(self, connection_left: int, frame_payload_bytes_max: int) -> bytes | None:
        """One frame that both windows hold; None while there is none."""
        left = min(connection_left, self.window.left if self.window else _UNLIMITED) - HEADER_BYTES
        if self._messages:
            return self._fragment(self._messages[0], left, frame_payload_bytes_max)
        if self._end_is_due:
            if left < 0:
                return None
            self._end_is_due = False
            return encode_frame(FrameType.MESSAGE, b"", END, stream=self.stream)
        frame, self.closing_frame = self.closing_frame, None
        return frame

    def _fragment(self, message: _Message, left: int, frame_payload_bytes_max: int) -> bytes | None:
        room = min(left, frame_payload_bytes_max)
        rest = len(message.data) - message.sent
        if rest <= room:
            return self._last_fragment(message)
        if left + HEADER_BYTES < FRAGMENT_CREDIT_BYTES_MIN:
            return None
        prefix = b"" if message.sent else len(message.data).to_bytes(_TOTAL_BYTES)
        # The first fragment holds less than the message, and its total takes room too.
        count = min(room - len(prefix), rest - 1)
        payload = prefix + message.data[message.sent : message.sent + count]
        flags = MORE | HAS_MESSAGE
        if message.is_compressed and not message.sent:
            flags |= COMPRESSED
        message.sent += count
        self.queued_bytes -= count
        return encode_frame(FrameType.MESSAGE, payload, flags, stream=self.stream)

    def _last_fragment(self, message: _Message) -> bytes:
        self._messages.popleft()
        flags = HAS_MESSAGE
        if message.is_compressed and not message.sent:
            flags |= COMPRESSED
        is_only = self.window is None or (self._end_is_due and not self._messages)
        if is_only:
            flags |= END
            self._end_is_due = False
        self.queued_bytes -= HEADER_BYTES + len(message.data) - message.sent
        return encode_frame(FrameType.MESSAGE, message.data[message.sent :], flags, stream=self.stream)


class Outbound:
    """All streams with something to send; each gets a frame in turn while windows allow."""

    def __init__(self, is_streaming: bool, frame_payload_bytes_max: int, send_queue_bytes_max: int) -> None:
        self.window = SendWindow(CONNECTION_WINDOW_BYTES) if is_streaming else None
        self._frame_payload_bytes_max = frame_payload_bytes_max
        self._send_queue_bytes_max = send_queue_bytes_max
        self._streams: dict[int, OutboundStream] = {}
        self._turns: deque[int] = deque()

    def __contains__(self, stream: int) -> bool:
        return stream in self._streams

    def open_stream(self, stream: int) -> OutboundStream:
        """A message stream, which has a window of its own from its REQUEST on."""
        return self._streams.setdefault(stream, OutboundStream(stream, SendWindow(STREAM_WINDOW_BYTES)))

    def send_rest(self, stream: int, data: bytes, sent: int) -> None:
        """What is left of a call's only message after its REQUEST or RESPONSE."""
        rest = self._streams[stream] = OutboundStream(stream, None)
        rest.append(data, is_compressed=False, sent=sent)
        self.wake(stream)

    def get(self, stream: int) -> OutboundStream | None:
        return self._streams.get(stream)

    def wake(self, stream: int) -> None:
        """The stream has got something to send."""
        if stream not in self._turns:
            self._turns.append(stream)

    def drop(self, stream: int) -> None:
        """Forgets what waits: the call is over."""
        if self._streams.pop(stream, None) and stream in self._turns:
            self._turns.remove(stream)

    def is_full(self, stream: int) -> bool:
        """Whether the writer of this message stream has to wait; it will be told when it may go on."""
        outbound = self._streams.get(stream)
        if outbound is None or outbound.queued_bytes <= self._send_queue_bytes_max:
            return False
        outbound.writer_waits = True
        return True

    def pump(self) -> tuple[list[bytes], list[int], list[int]]:
        """The frames to write, the streams whose writers may go on, and those with nothing left to send."""
        frames: list[bytes] = []
        idle: list[int] = []
        blocked = 0
        while blocked < len(self._turns):
            stream = self._streams[self._turns.popleft()]
            frame = self._next_frame(stream)
            if frame is None:
                blocked += 1
                self._turns.append(stream.stream)
                continue
            blocked = 0
            frames.append(frame)
            if stream.has_work:
                self._turns.append(stream.stream)
            else:
                idle.append(stream.stream)
        return frames, self._freed_writers(), idle

    def _next_frame(self, stream: OutboundStream) -> bytes | None:
        is_free = stream.next_is_free
        frame = stream.next_frame(
            self.window.left if self.window else _UNLIMITED, self._frame_payload_bytes_max
        )
        if frame is not None and self.window and not is_free:
            self.window.left -= len(frame)
            if stream.window:
                stream.window.left -= len(frame)
        return frame

    def _freed_writers(self) -> list[int]:
        freed = []
        for stream in self._streams.values():
            if stream.writer_waits and stream.queued_bytes <= self._send_queue_bytes_max:
                stream.writer_waits = False
                freed.append(stream.stream)
        return freed
