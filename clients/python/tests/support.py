"""What tests share: running coroutines, waiting for conditions, a server with all conformance handlers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from returns_client import Client, ClientOptions, RetryPolicy
from returns_client.testing import LocalServer
from returns_client.testing.conformance_service import serve_conformance

T = TypeVar("T")
# No test takes nearly as long; one that hangs has failed.
TEST_SECONDS_MAX = 20.0
NO_RETRIES = RetryPolicy(attempts_max=1)
# Failures to connect are told at once, and little is waited for.
QUICK = ClientOptions(
    reconnect_first=0.01, reconnect_max=0.05, wait_for_ready=False, retry=RetryPolicy(backoff_first=0.005)
)


def run(test: Coroutine[Any, Any, T]) -> T:
    """The test's coroutine to its end, or a failure when it takes too long."""

    async def bounded() -> T:
        async with asyncio.timeout(TEST_SECONDS_MAX):
            return await test

    return asyncio.run(bounded(), debug=False)


async def until(condition: Callable[[], object], what: str, seconds: float = 5.0) -> None:
    """Waits for a condition, never for a fixed time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        await asyncio.sleep(0.001)


def conformance_server(**settings: Any) -> LocalServer:
    server = LocalServer(**settings)
    serve_conformance(server)
    return server


def client_of(*servers: LocalServer, options: ClientOptions = QUICK, **changes: Any) -> Client:
    return Client([server.address for server in servers], options=replace(options, **changes))
