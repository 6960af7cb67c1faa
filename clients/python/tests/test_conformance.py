"""The conformance runner against the local server: every case passes, and each can fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support import conformance_server, run

from returns_client import RCPError, StatusCode
from returns_client.conformance import Result, Setting, header, line, run_all, summary
from returns_client.conformance import runner as runner_module
from returns_client.conformance.cases import CASES
from returns_client.rcp_conformance_v1 import (
    CallReply,
    ConformanceServiceMethods,
    DrainConnectionReply,
    EmptyReply,
)
from returns_client.testing import LocalServer
from returns_client.wire.frames import FRAGMENTS, STREAMING


async def results_of(server: LocalServer) -> dict[str, Result]:
    async with server:
        setting = Setting(server.address, soak_seconds=0.2)
        return {result.case: result async for result in run_all(setting)}


@pytest.fixture
def few_large_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Client and server share one core here: fewer of the large calls say the same."""
    monkeypatch.setattr("returns_client.conformance.life_cases._LARGE_CALLS", 50)


@pytest.mark.usefixtures("few_large_calls")
def test_every_case_passes() -> None:
    results = run(results_of(conformance_server()))
    assert list(results) == list(CASES)
    assert {name: result.note for name, result in results.items() if not result.has_passed} == {}


async def wrong_unary(request: Any, context: Any) -> CallReply:
    return CallReply(payload=b"wrong", received_bytes=1)


async def wrong_upload(requests: AsyncIterator[Any], context: Any) -> CallReply:
    return CallReply(received_messages=3)


async def wrong_download(request: Any, context: Any) -> AsyncIterator[CallReply]:
    yield CallReply()


async def wrong_chat(requests: AsyncIterator[Any], context: Any) -> AsyncIterator[CallReply]:
    async for _ in requests:
        yield CallReply()
    yield CallReply()


async def broken(request: Any, context: Any) -> EmptyReply:
    raise RCPError(StatusCode.INTERNAL, "broken\nin two lines")


async def no_drain(request: Any, context: Any) -> DrainConnectionReply:
    return DrainConnectionReply()


@pytest.mark.usefixtures("few_large_calls")
def test_every_case_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does everything wrong fails all cases but those that only ask for nothing to happen."""
    monkeypatch.setattr(runner_module, "CASE_SECONDS_MAX", 2.0)
    methods = ConformanceServiceMethods
    # Without the feature COMPRESSION.
    server = LocalServer(features=FRAGMENTS | STREAMING)
    server.unary(methods.EMPTY_CALL, broken)
    server.unary(methods.UNARY_CALL, wrong_unary)
    server.client_streaming(methods.CLIENT_STREAMING_CALL, wrong_upload)
    server.server_streaming(methods.SERVER_STREAMING_CALL, wrong_download)
    server.bidirectional(methods.BIDIRECTIONAL_CALL, wrong_chat)
    server.unary(methods.DRAIN_CONNECTION, no_drain)
    results = run(results_of(server))
    assert [name for name, result in results.items() if result.has_passed] == []
    assert len(results) == len(CASES)


def test_a_server_that_hangs_fails_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "CASE_SECONDS_MAX", 0.1)

    async def hang(request: Any, context: Any) -> EmptyReply:
        await asyncio.Event().wait()
        raise AssertionError

    async def test() -> Result:
        server = LocalServer()
        server.unary(ConformanceServiceMethods.EMPTY_CALL, hang)
        async with server:
            setting = Setting(server.address, soak_seconds=0)
            return await runner_module.run_case("empty_unary", CASES["empty_unary"], setting)

    result = run(test())
    assert (result.has_passed, result.note) == (False, "it did not end in time")


def test_the_table() -> None:
    results = [Result("empty_unary", True, 7, ""), Result("goaway", False, 1_234, "broken\nin two lines")]
    assert header() == "CASE                         RESULT        MS  NOTE"
    assert line(results[0]) == "empty_unary                  passed         7"
    assert line(results[1]) == "goaway                       failed      1234  broken in two lines"
    assert summary(results) == "1 passed, 1 failed"
