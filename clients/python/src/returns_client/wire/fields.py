"""Reading and writing the fields of payloads; everything is big-endian."""

from __future__ import annotations

from collections.abc import Callable

from .rows import CallViolation, ConnectionViolation, Row

Violation = Callable[[Row], CallViolation | ConnectionViolation]


class Reader:
    """Walks through one payload; what is missing raises the row given at the start."""

    def __init__(self, data: bytes, truncated: Row, violation: Violation) -> None:
        self._data = data
        self._position = 0
        self._truncated = truncated
        self._violation = violation

    @property
    def left(self) -> int:
        return len(self._data) - self._position

    def fail(self, row: Row) -> CallViolation | ConnectionViolation:
        return self._violation(row)

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise self._violation(self._truncated)
        start, self._position = self._position, self._position + count
        return self._data[start : self._position]

    def rest(self) -> bytes:
        return self.take(self.left)

    def unsigned(self, count: int) -> int:
        return int.from_bytes(self.take(count))

    def signed32(self) -> int:
        return int.from_bytes(self.take(4), signed=True)

    def text(self, count: int, row: Row) -> str:
        """Well-formed UTF-8, or `row`."""
        try:
            return self.take(count).decode()
        except UnicodeDecodeError:
            raise self._violation(row) from None


def short_text(text: str, bytes_max: int) -> bytes:
    """UTF-8 of at most that many bytes, cut between characters."""
    data = text.encode()
    return data if len(data) <= bytes_max else data[:bytes_max].decode(errors="ignore").encode()


def prefixed(data: bytes, count: int) -> bytes:
    """The bytes behind their length as an integer of `count` bytes."""
    return len(data).to_bytes(count) + data
