"""A small RCP/1 server on loopback or a Unix socket, for tests: no store, no roles, no sweeper."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from ..credentials import ALPN
from ..limits import Limits
from ..methods import AnyMethod, Method, ReplyT, RequestT
from ..status import GoAwayCode
from ..wire.frames import COMPRESSION, FRAGMENTS, STREAMING
from ..wire.handshake import CREDENTIAL_CERTIFICATE, CREDENTIAL_TOKEN, Hello
from ..wire.methods import Kind
from ..wire.server_machine import ServedMethod
from .context import CallContext
from .served_connection import ServedConnection

UnaryHandler = Callable[[RequestT, CallContext], Awaitable[ReplyT]]
ServerStreamingHandler = Callable[[RequestT, CallContext], AsyncIterator[ReplyT]]
ClientStreamingHandler = Callable[[AsyncIterator[RequestT], CallContext], Awaitable[ReplyT]]
BidirectionalHandler = Callable[[AsyncIterator[RequestT], CallContext], AsyncIterator[ReplyT]]


class LocalServer:
    """Serves handlers in the event loop of the test.

    Register handlers, then `async with`; `address` is where it listens. A handler raises RCPError to fail its
    call. Of a unary mutation the replies of the last `remembered_replies_max` request ids are kept, and given
    again.
    """

    remembered_replies_max = 1_024

    def __init__(
        self,
        *,
        token: str | None = None,
        limits: Limits | None = None,
        features: int = FRAGMENTS | STREAMING | COMPRESSION,
        tls: ssl.SSLContext | None = None,
        path: str | None = None,
        name: str = "local server",
    ) -> None:
        self.token = token
        self.limits = limits or Limits()
        self.features = features
        self.name = name
        self.address = ""
        self.connections: set[ServedConnection] = set()
        self.connections_made = 0
        self.calls_started = 0
        self.handlers: dict[int, tuple[AnyMethod, Callable[..., Any]]] = {}
        self.remembered: OrderedDict[bytes, tuple[bytes, bytes]] = OrderedDict()
        self._tls = tls
        self._path = path
        self._server: asyncio.Server | None = None

    # Handlers.

    def unary(self, method: Method[RequestT, ReplyT], handler: UnaryHandler[RequestT, ReplyT]) -> None:
        self._register(method, Kind.UNARY, handler)

    def server_streaming(
        self, method: Method[RequestT, ReplyT], handler: ServerStreamingHandler[RequestT, ReplyT]
    ) -> None:
        self._register(method, Kind.SERVER_STREAMING, handler)

    def client_streaming(
        self, method: Method[RequestT, ReplyT], handler: ClientStreamingHandler[RequestT, ReplyT]
    ) -> None:
        self._register(method, Kind.CLIENT_STREAMING, handler)

    def bidirectional(
        self, method: Method[RequestT, ReplyT], handler: BidirectionalHandler[RequestT, ReplyT]
    ) -> None:
        self._register(method, Kind.BIDIRECTIONAL_STREAMING, handler)

    # Life.

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listens on a port that the system chooses, or on the Unix socket that was given."""
        loop = asyncio.get_running_loop()
        if self._tls is not None:
            self._tls.set_alpn_protocols([ALPN])
        if self._path is not None:
            self._server = await loop.create_unix_server(self._connection, self._path)
            self.address = f"rcp+unix://{self._path}"
            return
        self._server = await loop.create_server(self._connection, "127.0.0.1", port, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.address = f"{'rcps' if self._tls else 'rcp'}://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Ends at once: connections, handlers and listener."""
        if self._server is not None:
            self._server.close()
        tasks = [task for connection in self.connections for task in connection.tasks]
        for connection in list(self.connections):
            connection.end(GoAwayCode.NO_ERROR, "this server stops")
            connection.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            with contextlib.suppress(ConnectionError):
                await self._server.wait_closed()

    def drain(self) -> None:
        """Asks all clients to go elsewhere; open calls go on (SPEC.md §11)."""
        for connection in list(self.connections):
            connection.drain()

    # For connections.

    def methods(self) -> dict[int, ServedMethod]:
        return {
            number: ServedMethod(method.kind, method.idempotency)
            for number, (method, _) in self.handlers.items()
        }

    def admits(self, hello: Hello, has_certificate: bool) -> bool:
        """Whether these credentials are good: the token, or any certificate that TLS has verified."""
        if self.token is None:
            return True
        if hello.credential_kind == CREDENTIAL_CERTIFICATE:
            return has_certificate
        return hello.credential_kind == CREDENTIAL_TOKEN and hello.credential == self.token.encode()

    def remember(self, request_id: bytes, request: bytes, reply: bytes) -> None:
        self.remembered[request_id] = (request, reply)
        while len(self.remembered) > self.remembered_replies_max:
            self.remembered.popitem(last=False)

    def _register(self, method: AnyMethod, kind: Kind, handler: Callable[..., Any]) -> None:
        if method.kind is not kind:
            raise ValueError(f"{method.name} is {method.kind.value}, not {kind.value}")
        self.handlers[method.id] = (method, handler)

    def _connection(self) -> ServedConnection:
        self.connections_made += 1
        return ServedConnection(self, self.connections_made)
