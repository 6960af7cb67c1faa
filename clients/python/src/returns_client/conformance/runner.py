"""Runs the cases one after the other, each with a client of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from .. import Client, ClientOptions, RCPError, RetryPolicy, TLSOptions, Token
from .._version import VERSION

# A case that takes longer has failed.
CASE_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Setting:
    """Which server, and as whom."""

    address: str
    token: Token | None = None
    tls: TLSOptions = field(default_factory=TLSOptions)
    soak_seconds: float = 2.0
    allow_plaintext: bool = False

    def client(self, options: ClientOptions | None = None) -> Client:
        """A client on one connection that repeats nothing by itself, so that each failure is seen."""
        chosen = options or ClientOptions(wait_for_ready=False, retry=RetryPolicy(attempts_max=1))
        return Client(
            self.address,
            token=self.token,
            tls=self.tls,
            allow_plaintext=self.allow_plaintext,
            options=replace(
                chosen, connections_per_address_max=1, name=f"returns-conformance-python/{VERSION}"
            ),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """How a case went; the note is a fact worth knowing, or what was wrong."""

    case: str
    has_passed: bool
    milliseconds: int
    note: str


class CaseFailed(Exception):
    """The server did not do what the case asks."""


# A case returns its note.
Case = Callable[[Setting], Awaitable[str]]


def expect(condition: bool, what: str) -> None:
    """Fails the case with what was expected."""
    if not condition:
        raise CaseFailed(what)


async def run_all(setting: Setting) -> AsyncIterator[Result]:
    """The results of all cases, in their order, each as soon as it is there."""
    from .cases import CASES

    for name, case in CASES.items():
        yield await run_case(name, case, setting)


async def run_case(name: str, case: Case, setting: Setting) -> Result:
    start = time.monotonic()
    try:
        async with asyncio.timeout(CASE_SECONDS_MAX + setting.soak_seconds):
            note, has_passed = await case(setting), True
    except TimeoutError:
        note, has_passed = "it did not end in time", False
    except CaseFailed as failure:
        note, has_passed = str(failure), False
    except RCPError as error:
        note, has_passed = str(error), False
    return Result(name, has_passed, round((time.monotonic() - start) * 1000), note)


def header() -> str:
    """The table's first line."""
    return _line("CASE", "RESULT", "MS", "NOTE")


def line(result: Result) -> str:
    """The table's line of one case."""
    outcome = "passed" if result.has_passed else "failed"
    return _line(result.case, outcome, str(result.milliseconds), " ".join(result.note.split()))


def summary(results: list[Result]) -> str:
    """The table's last line."""
    passed = sum(result.has_passed for result in results)
    return f"{passed} passed, {len(results) - passed} failed"


def _line(case: str, outcome: str, milliseconds: str, note: str) -> str:
    # As wide as the longest name, and as hours of a soak.
    return f"{case:<27}  {outcome:<6}  {milliseconds:>8}  {note}".rstrip()
