"""Protocol/vectors/retries.json: SPEC.md §7.4, which the Swift client's tests run too."""

from __future__ import annotations

from typing import Any, cast

import pytest
from vectors import FIXTURE, load

from returns_client import ClientOptions, Outcome, RCPError, RetryPolicy, StatusCode
from returns_client.attempt import Attempt, Failure
from returns_client.backoff import RetryBudget
from returns_client.connection import Connection
from returns_client.retry_plan import End, RetryPlan
from returns_client.status import RETRY_NEVER

VECTORS: list[dict[str, Any]] = load("retries.json")
# Waits are drawn, so one draw says little.
DRAWS = 20


class Silent:
    """In place of a connection: takes CANCEL, and nothing else."""

    def cancel(self, stream: int, code: StatusCode) -> None:
        pass


def given_up(code: StatusCode, was_sent: bool) -> RCPError:
    """As the client itself makes it."""
    if not was_sent:
        return RCPError(code, "")
    attempt = Attempt(cast(Connection, Silent()), 1)
    attempt.cancel(code, "")
    assert isinstance(attempt.result, Failure)
    return attempt.result.error()


def failure(attempt: dict[str, Any]) -> tuple[End, RCPError]:
    match attempt["end"]:
        case "not_sent":
            return End.NOT_SENT, RCPError(StatusCode.UNAVAILABLE, "")
        case "unseen":
            return End.UNSEEN, RCPError(StatusCode.UNAVAILABLE, "")
        case "lost":
            return End.LOST, RCPError(StatusCode.UNAVAILABLE, "", outcome=Outcome.UNKNOWN)
    code = StatusCode[attempt["code"]]
    match attempt["end"]:
        case "broken":
            outcome, retry_after = Outcome.UNKNOWN, RETRY_NEVER
        case "given_up":
            return End.ANSWERED, given_up(code, attempt["was_sent"])
        case "answered":
            outcome, retry_after = Outcome[attempt["outcome"]], attempt["retry_after"]
        case unknown:
            raise AssertionError(f"an end that this test does not know: {unknown}")
    return End.ANSWERED, RCPError(code, "", outcome=outcome, retry_after_milliseconds=retry_after)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_what_is_waited_for_and_what_the_call_comes_to(vector: dict[str, Any]) -> None:
    for _ in range(DRAWS):
        drive(vector)


def drive(vector: dict[str, Any]) -> None:
    policy = RetryPolicy()
    budget = RetryBudget(policy)
    for _ in range(int(policy.budget_tokens) - vector["tokens"]):
        budget.failed()
    for _ in range(vector["decided"]):
        budget.decided()
    plan = RetryPlan(policy, is_read_only=vector["method"] == "read_only")
    for step in vector["attempts"]:
        attempt = step["attempt"]
        if attempt["end"] == "undecodable":
            error = plan.failed(plan.undecodable(Outcome[attempt["outcome"]], attempt["replayed"], ""))
            assert (error.code.name, error.outcome.name) == (vector["code"], vector["outcome"])
            assert plan.wait(error, End.ANSWERED, vector["left_milliseconds"] / 1000, budget) is None
            assert error.retry_after_milliseconds == vector["retry_after"] == RETRY_NEVER
            continue
        if attempt.get("code") == "OK":
            outcome = plan.success(Outcome[attempt["outcome"]], attempt["replayed"])
            assert (vector["code"], vector["outcome"]) == ("OK", outcome.name)
            continue
        end, error = failure(attempt)
        error = plan.failed(error)
        wait = plan.wait(error, end, vector["left_milliseconds"] / 1000, budget)
        if step["wait"] is None:
            assert wait is None
            assert (error.code.name, error.outcome.name) == (vector["code"], vector["outcome"])
            assert error.retry_after_milliseconds == vector["retry_after"]
        else:
            least, most = step["wait"]
            assert wait is not None and least <= wait * 1000 <= most


def test_the_defaults_are_those_of_the_table() -> None:
    policy, options, retry = RetryPolicy(), ClientOptions(), FIXTURE["retry"]
    assert policy.attempts_max == retry["attempts_max"]
    assert policy.backoff_first * 1000 == retry["backoff_milliseconds"]
    assert policy.backoff_max * 1000 == retry["backoff_milliseconds_max"]
    assert (policy.budget_tokens, policy.budget_ratio) == (retry["budget_tokens"], retry["budget_ratio"])
    assert sorted(code.name for code in policy.codes) == retry["codes"]
    assert options.wait_for_ready is retry["waits_for_ready"]
    assert options.timeout is not None and options.timeout * 1000 == retry["unary_timeout_milliseconds"]
