"""One address, its connections, and the waiting between attempts to make one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .address import Address
from .backoff import backoff
from .connection import Connection
from .credentials import TLSOptions, Token
from .errors import ConnectionFailed
from .options import ClientOptions
from .transport import connect
from .wire.frames import COMPRESSION, FRAGMENTS, STREAMING
from .wire.handshake import CREDENTIAL_CERTIFICATE, CREDENTIAL_NONE, CREDENTIAL_TOKEN, Hello

_RECONNECT_FACTOR = 2.0
# PINGs may not come sooner than the server permits, and networks move them together.
_PING_MARGIN_SECONDS = 0.1


class Endpoint:
    """Makes connections when asked to; a failure is remembered until the next attempt is due.

    `changed` is called when there may be room for a call, `tried` when an attempt to connect has ended.
    """

    def __init__(
        self,
        address: Address,
        token: Token | None,
        tls: TLSOptions,
        allow_plaintext: bool,
        options: ClientOptions,
        changed: Callable[[], None],
        tried: Callable[[], None],
    ) -> None:
        self.address = address
        self.failure: ConnectionFailed | None = None
        self.connections: list[Connection] = []
        # They take no more calls, and close by themselves.
        self.leaving: list[Connection] = []
        self.retry_at = 0.0
        self._token = token
        self._tls = tls
        self._allow_plaintext = allow_plaintext
        self._options = options
        self._changed = changed
        self._tried = tried
        self._failures = 0
        self._connecting: asyncio.Task[None] | None = None
        self._keepers: set[asyncio.Task[None]] = set()

    @property
    def is_connecting(self) -> bool:
        return self._connecting is not None

    def open_connection(self) -> Connection | None:
        """The connection with the fewest calls that can take one."""
        self._sort_out()
        able = [connection for connection in self.connections if connection.can_open]
        return min(able, key=lambda connection: connection.open_calls, default=None)

    def has_connection(self) -> bool:
        """Whether there is one that takes calls now or later."""
        self._sort_out()
        return bool(self.connections)

    def grow(self, now: float) -> None:
        """Begins to make a connection, unless one is being made, there are enough, or it is too soon."""
        self._sort_out()
        is_enough = len(self.connections) >= self._options.connections_per_address_max
        if self._connecting is None and not is_enough and now >= self.retry_at:
            self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def close(self, seconds: float) -> None:
        """Drains all connections, and ends what is left after so many seconds."""
        connecting = self._connecting
        if connecting is not None:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        connections = [*self.connections, *self.leaving]
        for connection in connections:
            connection.drain()
        waits = [connection.closed for connection in connections]
        if waits:
            await asyncio.wait(waits, timeout=seconds)
        for connection in connections:
            connection.abort("this client is closed")
        if waits:
            await asyncio.wait(waits)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    def _sort_out(self) -> None:
        self.leaving = [x for x in self.leaving if not x.closed.done()]
        self.leaving += [x for x in self.connections if not x.is_usable and not x.closed.done()]
        self.connections = [x for x in self.connections if x.is_usable]

    def _hello(self) -> Hello:
        kind, credential = CREDENTIAL_NONE, b""
        if self._token is not None:
            kind, credential = CREDENTIAL_TOKEN, self._token.text.encode()
        elif self._tls.certificate_file:
            kind = CREDENTIAL_CERTIFICATE
        features = FRAGMENTS | STREAMING | (COMPRESSION if self._options.compression else 0)
        limits = self._options.limits
        return Hello(
            features,
            limits.frame_payload_bytes_max,
            limits.message_bytes_max,
            self._options.name,
            kind,
            credential,
        )

    async def _connect(self) -> None:
        options = self._options
        try:
            connection = await connect(
                self.address,
                self._hello(),
                options.limits,
                self._tls,
                self._allow_plaintext,
                options.connect_timeout,
                self._changed,
            )
        except ConnectionFailed as failure:
            self._failed(failure)
        except Exception as error:
            # Whatever nobody foresaw: those who wait for the connection must hear of it.
            self._failed(ConnectionFailed(f"{self.address}: {error}"))
        else:
            self._failures, self.failure, self.retry_at = 0, None, 0.0
            self.connections.append(connection)
            self._keep(connection)
        finally:
            self._connecting = None
            self._tried()

    def _failed(self, failure: ConnectionFailed) -> None:
        self._failures += 1
        self.failure = failure
        wait = backoff(
            self._options.reconnect_first, _RECONNECT_FACTOR, self._options.reconnect_max, self._failures
        )
        self.retry_at = asyncio.get_running_loop().time() + wait

    def _keep(self, connection: Connection) -> None:
        if self._options.keepalive is None or connection.ack is None:
            return
        interval = max(
            self._options.keepalive, connection.ack.ping_interval_min / 1000 + _PING_MARGIN_SECONDS
        )
        keeper = asyncio.get_running_loop().create_task(self._keep_alive(connection, interval))
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)

    async def _keep_alive(self, connection: Connection, interval: float) -> None:
        """A PING after each silence; without an answer in time the connection is given up."""
        loop = asyncio.get_running_loop()
        pinged_at = connection.received_at
        while not connection.closed.done():
            wait = max(connection.received_at, pinged_at) + interval - loop.time()
            if wait > 0:
                await asyncio.wait([connection.closed], timeout=wait)
                continue
            pinged_at = loop.time()
            try:
                await connection.ping(self._options.keepalive_timeout)
            except TimeoutError:
                connection.abort("the server no longer answers")
