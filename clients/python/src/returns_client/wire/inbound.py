"""Bookkeeping of what is received: windows, assembly, and held bytes (SPEC.md §5.3, §6.4, §9)."""

from __future__ import annotations

from collections import deque

from ..limits import CONNECTION_WINDOW_BYTES, STREAM_WINDOW_BYTES, Limits
from .frames import HEADER_BYTES, Frame
from .rows import CallViolation, ConnectionViolation, Row

_SIZE_BYTES = 4


class HeldBytes:
    """What is kept for calls, against heldBytesMax."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.count = 0

    def reserve(self, count: int) -> None:
        """Raises row M43 and keeps nothing."""
        if self.count + count > self._bytes_max:
            raise CallViolation(Row.HELD_BYTES_EXHAUSTED)
        self.count += count

    def release(self, count: int) -> None:
        self.count -= count
        assert self.count >= 0, "more was released than was held"


class ReceiveWindow:
    """What the peer may still send, and what is to be returned to it."""

    def __init__(self, first_bytes: int) -> None:
        self._first_bytes = first_bytes
        self._left = first_bytes
        self._due = 0

    def charge(self, cost: int) -> None:
        """Raises row M59."""
        if cost > self._left:
            raise ConnectionViolation(Row.CREDIT_OVERRUN)
        self._left -= cost

    def give_back(self, cost: int) -> int:
        """The credit to grant now; 0 while less than half of the first window is due."""
        self._due += cost
        if self._due < self._first_bytes // 2:
            return 0
        grant, self._due = self._due, 0
        self._left += grant
        return grant


def connection_window() -> ReceiveWindow:
    return ReceiveWindow(CONNECTION_WINDOW_BYTES)


class Assembly:
    """A message that comes in fragments. Invariant: less than the total is here."""

    def __init__(self, total: int, first: bytes, is_compressed: bool) -> None:
        self.total = total
        self.is_compressed = is_compressed
        self._pieces = [first]
        self._received = len(first)

    def add(self, frame: Frame) -> bool:
        """Whether the message is complete now; raises row M56."""
        self._pieces.append(frame.payload)
        self._received += len(frame.payload)
        if self._received > self.total or frame.has_more == (self._received == self.total):
            raise CallViolation(Row.FRAGMENT_SUM)
        return not frame.has_more

    def message(self) -> bytes:
        return b"".join(self._pieces)


def check_fragment(frame: Frame) -> None:
    """Rows M37 and M38 of a MESSAGE within fragments."""
    if not frame.has_message or frame.is_compressed:
        raise ConnectionViolation(Row.MESSAGE_UNEXPECTED)
    if not frame.payload:
        raise ConnectionViolation(Row.FRAGMENT_EMPTY)


def check_first_fragment(total: int, first: bytes) -> None:
    """Row M55; the limits of the message itself come before it."""
    if total <= len(first):
        raise CallViolation(Row.FRAGMENT_TOTAL)


def check_message(total: int, first: bytes, is_compressed: bool, limits: Limits) -> None:
    """Row M54, for what is sent and for its size before compression as far as that has come."""
    if total > limits.message_bytes_max or size_before(first, is_compressed) > limits.message_bytes_max:
        raise CallViolation(Row.MESSAGE_TOO_LARGE)


def size_before(message: bytes, is_compressed: bool) -> int:
    """Bytes of the message before compression, as its size field says (§6.7).

    A size field that is cut short says nothing; what comes of it is found when the message is decoded (M66).
    """
    if not is_compressed:
        return len(message)
    return int.from_bytes(message[:_SIZE_BYTES]) if len(message) >= _SIZE_BYTES else 0


class InboundStream:
    """The messages of one stream, from their frames until a reader takes them.

    Credit for a message is returned when it is taken. What fragments of an incomplete message cost is
    returned at once as long as no complete message waits, and otherwise with the last of those, so that a
    message larger than the window cannot block itself (§5.3).
    """

    def __init__(self, limits: Limits, held: HeldBytes) -> None:
        self._limits = limits
        self._held = held
        self._window = ReceiveWindow(STREAM_WINDOW_BYTES)
        self._waiting: deque[tuple[int, int]] = deque()
        self._assembly: Assembly | None = None
        self._fragment_cost = 0
        self._assembly_held = 0
        self.has_ended = False

    @property
    def is_assembling(self) -> bool:
        return self._assembly is not None

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def receive(self, frame: Frame) -> tuple[bytes, bool] | None:
        """A message and whether it is compressed, once complete. For credit ask returnable().

        Raises rows M37, M38, M43, M54, M55, M56 and M59.
        """
        if self.has_ended or (self._assembly and (not frame.has_message or frame.is_compressed)):
            raise ConnectionViolation(Row.MESSAGE_UNEXPECTED)
        self._window.charge(frame.cost)
        if self._assembly is not None:
            return self._go_on(frame, self._assembly)
        if not frame.has_message:
            self.has_ended = True
            return None
        if frame.has_more:
            self._begin(frame)
            return None
        check_message(len(frame.payload), frame.payload, frame.is_compressed, self._limits)
        held = HEADER_BYTES + size_before(frame.payload, frame.is_compressed)
        self._held.reserve(held)
        return self._complete(frame, frame.cost, held, frame.payload, frame.is_compressed)

    def take(self) -> int:
        """The reader takes the oldest message: the credit to grant now."""
        cost, held = self._waiting.popleft()
        self._held.release(held)
        if not self._waiting:
            cost, self._fragment_cost = cost + self._fragment_cost, 0
        return self._grant(cost)

    def returnable(self) -> int:
        """Credit for fragments that nothing waits before: the credit to grant now."""
        if self._waiting or self._assembly is None:
            return 0
        cost, self._fragment_cost = self._fragment_cost, 0
        return self._grant(cost)

    def drop(self) -> None:
        """Nobody will read: forgets everything."""
        self._held.release(sum(held for _, held in self._waiting))
        self._waiting.clear()
        self.drop_assembly()

    def drop_assembly(self) -> None:
        """The call ended within fragments: that message is dropped, the complete ones stay."""
        self._release_assembly()
        self._fragment_cost = 0

    def _release_assembly(self) -> None:
        """What was held for the total is released; for credit nothing changes."""
        self._held.release(self._assembly_held)
        self._assembly, self._assembly_held = None, 0

    def _begin(self, frame: Frame) -> None:
        if len(frame.payload) < _SIZE_BYTES:
            raise CallViolation(Row.FRAGMENT_TOTAL)
        total, first = int.from_bytes(frame.payload[:_SIZE_BYTES]), frame.payload[_SIZE_BYTES:]
        if not first:
            raise ConnectionViolation(Row.FRAGMENT_EMPTY)
        check_message(total, first, frame.is_compressed, self._limits)
        check_first_fragment(total, first)
        self._held.reserve(HEADER_BYTES + total)
        self._assembly_held = HEADER_BYTES + total
        self._assembly = Assembly(total, first, frame.is_compressed)
        self._fragment_cost += frame.cost

    def _go_on(self, frame: Frame, assembly: Assembly) -> tuple[bytes, bool] | None:
        if not frame.payload:
            raise ConnectionViolation(Row.FRAGMENT_EMPTY)
        self._fragment_cost += frame.cost
        if not assembly.add(frame):
            return None
        message = assembly.message()
        check_message(len(message), message, assembly.is_compressed, self._limits)
        self._release_assembly()
        held = HEADER_BYTES + size_before(message, assembly.is_compressed)
        self._held.reserve(held)
        cost, self._fragment_cost = self._fragment_cost, 0
        return self._complete(frame, cost, held, message, assembly.is_compressed)

    def _complete(
        self, frame: Frame, cost: int, held: int, message: bytes, is_compressed: bool
    ) -> tuple[bytes, bool]:
        self._waiting.append((cost, held))
        self.has_ended = frame.has_end
        return message, is_compressed

    def _grant(self, cost: int) -> int:
        # Once the sender has ended its stream no credit need be sent.
        return 0 if self.has_ended else self._window.give_back(cost)
