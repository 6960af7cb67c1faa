"""The client: give it addresses and credentials, and generated stubs the client."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from .address import Address
from .caller import CallRunner
from .calls import BidirectionalCall, ClientStreamingCall, ServerStreamingCall, UnaryCall
from .connection import Connection
from .credentials import TLSOptions, Token
from .methods import Method, ReplyT, RequestT
from .options import CallOptions, ClientOptions
from .pool import Pool
from .wire.frames import COMPRESSION


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """What was agreed with a server, and how busy the connection is; sizes in bytes."""

    address: Address
    server_name: str
    streams_max: int
    message_bytes_max: int
    has_compression: bool
    open_calls: int
    # It takes no more calls, and closes when the open ones have ended.
    is_leaving: bool


class Client:
    """Calls over a few connections, which are made when they are needed. For one event loop.

    `addresses` is one address or several of servers that share their data. `token` is the text of an API
    token or a Token. `allow_plaintext` lets token and calls go unencrypted to other machines, for networks
    that are encrypted by other means; without it plaintext goes to Unix sockets, loopback addresses and
    localhost alone. Close it, or use `async with`.
    """

    def __init__(
        self,
        addresses: str | Sequence[str],
        *,
        token: Token | str | None = None,
        tls: TLSOptions | None = None,
        allow_plaintext: bool = False,
        options: ClientOptions | None = None,
    ) -> None:
        texts = [addresses] if isinstance(addresses, str) else list(addresses)
        if not texts:
            raise ValueError("a client needs the address of a server")
        # As they were given.
        self.options = options or ClientOptions()
        self._addresses = [Address.parse(text) for text in texts]
        secret = Token(token) if isinstance(token, str) else token
        self._pool = Pool(self._addresses, secret, tls or TLSOptions(), allow_plaintext, self.options)
        self._runner = CallRunner(self._pool, self.options)

    def __repr__(self) -> str:
        return f"Client({', '.join(map(str, self._addresses))})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def connect(self, wait_for_ready: bool = False) -> ConnectionInfo:
        """Makes sure that there is a connection, as calls do; raises RCPError."""
        connection = await self._pool.acquire(wait_for_ready)
        return next(info for info, known in self._infos() if known is connection)

    def connections(self) -> list[ConnectionInfo]:
        """All that are open now, those that take no more calls included."""
        return [info for info, _ in self._infos()]

    def _infos(self) -> list[tuple[ConnectionInfo, Connection]]:
        return [
            (
                ConnectionInfo(
                    address,
                    connection.ack.server_name,
                    connection.ack.streams_max,
                    connection.ack.message_max,
                    bool(connection.features & COMPRESSION),
                    connection.open_calls,
                    not connection.is_usable,
                ),
                connection,
            )
            for address, connection in self._pool.connections()
            if connection.ack is not None
        ]

    async def close(self) -> None:
        """Takes no more calls, lets open ones go on for drain_timeout, and closes the connections."""
        await self._pool.close()

    # For stubs.

    def unary(
        self, method: Method[RequestT, ReplyT], request: RequestT, options: CallOptions | None = None
    ) -> UnaryCall[RequestT, ReplyT]:
        return UnaryCall(self._runner, method, request, options)

    def server_streaming(
        self, method: Method[RequestT, ReplyT], request: RequestT, options: CallOptions | None = None
    ) -> ServerStreamingCall[RequestT, ReplyT]:
        return ServerStreamingCall(self._runner, method, request, None, options)

    def client_streaming(
        self,
        method: Method[RequestT, ReplyT],
        requests: AsyncIterable[RequestT] | Iterable[RequestT] | None = None,
        options: CallOptions | None = None,
    ) -> ClientStreamingCall[RequestT, ReplyT]:
        return ClientStreamingCall(self._runner, method, None, requests, options)

    def bidirectional(
        self,
        method: Method[RequestT, ReplyT],
        requests: AsyncIterable[RequestT] | Iterable[RequestT] | None = None,
        options: CallOptions | None = None,
    ) -> BidirectionalCall[RequestT, ReplyT]:
        return BidirectionalCall(self._runner, method, None, requests, options)
