"""Which connection takes a call."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from .address import Address
from .connection import Connection
from .credentials import TLSOptions, Token
from .endpoint import Endpoint
from .errors import ClientClosed, ConnectionFailed, RCPError
from .options import ClientOptions, PoolPolicy
from .status import StatusCode


class Pool:
    """The connections to all addresses. Calls that have to wait are served in the order they came."""

    def __init__(
        self,
        addresses: Sequence[Address],
        token: Token | None,
        tls: TLSOptions,
        allow_plaintext: bool,
        options: ClientOptions,
    ) -> None:
        self._endpoints = [
            Endpoint(address, token, tls, allow_plaintext, options, self._wake_first, self._wake_all)
            for address in addresses
        ]
        self._options = options
        self._next = 0
        self._waiting: deque[_Ticket] = deque()
        self._is_closed = False

    async def acquire(self, wait_for_ready: bool) -> Connection:
        """A connection that can take a call right now: open it before anything else runs.

        Raises RCPError: what keeps the connections from being made, or that too many calls wait. With
        `wait_for_ready` only errors that waiting will not mend.
        """
        if len(self._waiting) >= self._options.waiting_calls_max:
            text = f"{len(self._waiting)} calls already wait for a connection (waiting_calls_max)"
            raise RCPError(StatusCode.RESOURCE_EXHAUSTED, text)
        ticket = _Ticket()
        self._waiting.append(ticket)
        try:
            while True:
                if self._is_closed:
                    raise ClientClosed
                connection = self._pick()
                # Nobody overtakes those who wait already; the first of them has been woken.
                if connection is not None and self._waiting[0] is ticket:
                    return connection
                await ticket.wait(self._until_retry(wait_for_ready))
        finally:
            self._waiting.remove(ticket)
            # There may be room for one more.
            self._wake_first()

    @property
    def failure(self) -> ConnectionFailed | None:
        """Why there is no connection, as far as that is known."""
        return next((endpoint.failure for endpoint in self._endpoints if endpoint.failure), None)

    def connections(self) -> list[tuple[Address, Connection]]:
        """All that are open, those that take no more calls included."""
        return [
            (endpoint.address, connection)
            for endpoint in self._endpoints
            for connection in (*endpoint.connections, *endpoint.leaving)
            if not connection.closed.done()
        ]

    async def close(self) -> None:
        """Lets open calls go on for drain_timeout, then ends everything."""
        self._is_closed = True
        self._wake_all()
        seconds = self._options.drain_timeout
        await asyncio.gather(*(endpoint.close(seconds) for endpoint in self._endpoints))

    def _pick(self) -> Connection | None:
        if self._options.policy is PoolPolicy.ROUND_ROBIN:
            return self._pick_in_turn()
        return self._pick_first()

    def _pick_first(self) -> Connection | None:
        """Stays with the server that works; looks for one from the first on when none does."""
        now = asyncio.get_running_loop().time()
        for endpoint in self._endpoints:
            if endpoint.has_connection():
                connection = endpoint.open_connection()
                if connection is None:
                    endpoint.grow(now)
                return connection
        for endpoint in self._endpoints:
            endpoint.grow(now)
            if endpoint.is_connecting:
                break
        return None

    def _pick_in_turn(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        count = len(self._endpoints)
        for endpoint in self._endpoints:
            if not endpoint.has_connection():
                endpoint.grow(now)
        for step in range(count):
            index = (self._next + step) % count
            connection = self._endpoints[index].open_connection()
            if connection is not None:
                self._next = index + 1
                return connection
        for endpoint in self._endpoints:
            if endpoint.has_connection():
                endpoint.grow(now)
        return None

    def _until_retry(self, wait_for_ready: bool) -> float | None:
        """How long to wait at most for a change; raises what is wrong if waiting is pointless."""
        if any(endpoint.is_connecting or endpoint.has_connection() for endpoint in self._endpoints):
            return None
        failures = [endpoint.failure for endpoint in self._endpoints if endpoint.failure]
        assert failures, "neither a connection nor a failure, and nothing under way"
        hopeless = [failure for failure in failures if failure.is_permanent]
        if not wait_for_ready or len(hopeless) == len(self._endpoints):
            raise _again((hopeless or failures)[0], failures)
        soonest = min(endpoint.retry_at for endpoint in self._endpoints)
        return max(0.0, soonest - asyncio.get_running_loop().time())

    def _wake_first(self) -> None:
        """There may be room for a call."""
        if self._waiting:
            self._waiting[0].wake()

    def _wake_all(self) -> None:
        """An attempt to connect has ended: some wait on, others are to hear of its failure."""
        for ticket in self._waiting:
            ticket.wake()


class _Ticket:
    """A place in the queue of calls that wait."""

    def __init__(self) -> None:
        self._future: asyncio.Future[None] | None = None

    async def wait(self, seconds: float | None) -> None:
        self._future = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._future], timeout=seconds)

    def wake(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(None)


def _again(failure: ConnectionFailed, failures: list[ConnectionFailed]) -> ConnectionFailed:
    """A fresh error of the same class, since an exception that is raised twice gathers tracebacks."""
    others = [other.text for other in failures if other is not failure]
    error = type(failure)("; ".join([failure.text, *others]))
    error.__cause__ = failure.__cause__
    return error
