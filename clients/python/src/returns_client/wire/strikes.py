"""How often something happened lately (SPEC.md §9: strikeMilliseconds, kept to an eighth)."""

from __future__ import annotations

from collections import deque

_SLICES = 8


class SlidingCount:
    """Counts events, or what they bring, in a sliding window; none is forgotten before it has passed."""

    def __init__(self, window_milliseconds: int) -> None:
        self._slice_milliseconds = max(1, window_milliseconds // _SLICES)
        self._slices: deque[tuple[int, int]] = deque()
        self._sum = 0

    def add(self, now_milliseconds: int, amount: int = 1) -> int:
        """Counts one event, or an amount, and returns how much there is in the window."""
        current = now_milliseconds // self._slice_milliseconds
        while self._slices and self._slices[0][0] < current - _SLICES:
            self._sum -= self._slices.popleft()[1]
        if self._slices and self._slices[-1][0] == current:
            self._slices[-1] = (current, self._slices[-1][1] + amount)
        else:
            self._slices.append((current, amount))
        self._sum += amount
        return self._sum
