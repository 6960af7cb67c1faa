"""How long to wait, and how often to try again."""

from __future__ import annotations

import random

from .options import RetryPolicy

# Part of each wait that is drawn by lot, so that clients that failed together do not return together.
_JITTER = 0.2


def backoff(first: float, factor: float, longest: float, failures: int) -> float:
    """Seconds before the next try after so many failures in a row."""
    wait: float = min(longest, first * factor ** min(failures - 1, 32))
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)


def after_hint(seconds: float) -> float:
    """The server's own retry-after, never undercut."""
    return seconds * random.uniform(1, 1 + _JITTER)


class RetryBudget:
    """A bucket of tokens (gRFC A6), shared by all calls of a client."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._most = policy.budget_tokens
        self._ratio = policy.budget_ratio
        self._tokens = policy.budget_tokens

    def succeeded(self) -> None:
        self._tokens = min(self._most, self._tokens + self._ratio)

    def failed(self) -> bool:
        """A failure worth a retry: whether there may be one."""
        self._tokens = max(0.0, self._tokens - 1)
        return self._tokens > self._most / 2
