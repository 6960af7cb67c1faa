"""How long to wait, and how often to try again."""

from __future__ import annotations

import random

from .options import RetryPolicy


def backoff(first: float, factor: float, longest: float, failures: int) -> float:
    """Seconds before the next try after so many failures in a row.

    Drawn evenly from zero to a bound that grows, which spreads the clients of a restarted server best.
    """
    bound: float = min(longest, first * factor ** min(failures - 1, 32))
    return random.uniform(0.0, bound)


def after_hint(seconds: float, first: float) -> float:
    """The server's own retry-after, never undercut; drawn, so that the refused do not come back together."""
    return seconds + random.uniform(0.0, first)


class RetryBudget:
    """A bucket of tokens (gRFC A6), shared by all calls of a client."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._most = policy.budget_tokens
        self._ratio = policy.budget_ratio
        self._tokens = policy.budget_tokens

    def decided(self) -> None:
        """A call has its answer, whatever it is: one that another attempt would not change."""
        self._tokens = min(self._most, self._tokens + self._ratio)

    def failed(self) -> bool:
        """A failure worth a retry: whether there may be one."""
        self._tokens = max(0.0, self._tokens - 1)
        return self._tokens > self._most / 2
