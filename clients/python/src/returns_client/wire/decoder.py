"""Bytes to frames: a header is checked before one byte of its payload is kept."""

from __future__ import annotations

from .frames import HEADER_BYTES, Frame, FrameHeader, HeaderRules, check_header, decode_header


class FrameDecoder:
    """Invariant: what is buffered is less than one frame, besides the bytes of the read under way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._header: FrameHeader | None = None
        self._skip_bytes = 0

    @property
    def is_inside_frame(self) -> bool:
        """Whether the transport's end would come within a frame (M58)."""
        return bool(self._buffer) or self._header is not None or self._skip_bytes > 0

    @property
    def is_inside_frame_to_keep(self) -> bool:
        """As above, but for frames that are skipped, which may take their time (M65)."""
        return bool(self._buffer) or self._header is not None

    def feed(self, data: bytes | memoryview) -> None:
        self._buffer += data

    def next_frame(self, rules: HeaderRules) -> Frame | None:
        """The next whole frame under the rules of now; None when more bytes are needed.

        Raises ConnectionViolation.
        """
        while True:
            self._skip()
            if self._header is None:
                if len(self._buffer) < HEADER_BYTES:
                    return None
                header = decode_header(self._buffer)
                del self._buffer[:HEADER_BYTES]
                if not check_header(header, rules):
                    self._skip_bytes = header.payload_length
                    continue
                self._header = header
            if len(self._buffer) < self._header.payload_length:
                return None
            payload = bytes(memoryview(self._buffer)[: self._header.payload_length])
            del self._buffer[: self._header.payload_length]
            frame, self._header = Frame(self._header, payload), None
            return frame

    def clear(self) -> None:
        """Forgets what has come: after a connection error nothing more is read."""
        self._buffer.clear()
        self._header = None
        self._skip_bytes = 0

    def _skip(self) -> None:
        count = min(self._skip_bytes, len(self._buffer))
        del self._buffer[:count]
        self._skip_bytes -= count
