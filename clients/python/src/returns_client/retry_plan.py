"""Which failed attempts of a call are followed by another, and what all of them come to (SPEC.md §7.4)."""

from __future__ import annotations

import enum

from .backoff import RetryBudget, after_hint, backoff
from .errors import RCPError
from .options import RetryPolicy
from .status import RETRY_NEVER, Outcome, Repetition, StatusCode


class End(enum.Enum):
    """How an attempt ended without success."""

    # No connection could be made.
    NOT_SENT = "not sent"
    # The server has said that it did not act on it.
    UNSEEN = "unseen"
    # The connection ended under it.
    LOST = "lost"
    # The server has answered, or this client refused to send it.
    ANSWERED = "answered"


class RetryPlan:
    """For one call. Without clock: the time that is left is an argument.

    `outcome` is what the attempts so far come to. It never goes back from APPLIED, nor from UNKNOWN to
    NOT_APPLIED, but by a replayed answer, which tells of the whole call.
    """

    def __init__(self, policy: RetryPolicy, is_read_only: bool) -> None:
        self._policy = policy
        self._is_read_only = is_read_only
        self.failures = 0
        self.outcome = Outcome.NOT_APPLIED

    def failed(self, error: RCPError) -> RCPError:
        """Counts an attempt that failed; the error then tells the outcome of the whole call."""
        self.failures += 1
        if not self._is_read_only:
            self.outcome = self.outcome.joined(error.outcome)
        error.outcome = self.outcome
        return error

    def may_pass(self, error: RCPError) -> bool:
        """Whether another attempt is worth it at all."""
        return error.code in self._policy.codes and error.repetition is not Repetition.NEVER

    def wait(self, error: RCPError, end: End, left: float | None, budget: RetryBudget) -> float | None:
        """Seconds before the next attempt; None if there is none. `left` is until the call's deadline."""
        if not self.may_pass(error):
            budget.decided()
            return None
        # What no server has acted on is no load on one, and costs no token.
        is_within_budget = end in (End.NOT_SENT, End.UNSEEN) or budget.failed()
        if not is_within_budget or self.failures >= self._policy.attempts_max:
            return None
        policy = self._policy
        if error.retry_after_milliseconds > 0:
            wait = after_hint(error.retry_after_milliseconds / 1000, policy.backoff_first)
        elif end is End.UNSEEN:
            wait = 0.0
        else:
            wait = backoff(policy.backoff_first, policy.backoff_factor, policy.backoff_max, self.failures)
        return None if left is not None and wait >= left else wait

    def success(self, outcome: Outcome, was_replayed: bool) -> Outcome:
        """What the call came to that succeeds now. A replayed answer tells of the attempts before it too."""
        if self._is_read_only:
            return Outcome.NOT_APPLIED
        return outcome if was_replayed else self.outcome.joined(outcome)

    def undecodable(self, outcome: Outcome, was_replayed: bool, text: str) -> RCPError:
        """A success whose message cannot be read: what it says of the outcome counts all the same."""
        self.outcome = self.success(outcome, was_replayed)
        if self.outcome is Outcome.APPLIED:
            text = f"the change was made, but {text}"
        return RCPError(StatusCode.INTERNAL, text, outcome=self.outcome, retry_after_milliseconds=RETRY_NEVER)
