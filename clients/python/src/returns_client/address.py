"""Where a server is: rcp://HOST:PORT, rcps://HOST:PORT, rcp+unix://PATH, and short forms."""

from __future__ import annotations

import enum
import ipaddress
from dataclasses import dataclass

DEFAULT_PORT = 7461


class Transport(enum.Enum):
    """How bytes get to the server."""

    TCP = "rcp"
    TLS = "rcps"
    UNIX = "rcp+unix"


@dataclass(frozen=True, slots=True)
class Address:
    """One server. `path` is for Unix sockets, `host` and `port` for the others."""

    transport: Transport
    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Reads rcp://host:port, rcps://host:port, rcp+unix://path, host:port or unix:path.

        Raises ValueError saying what is wrong.
        """
        for prefix in ("rcp+unix://", "unix://", "unix:"):
            if text.startswith(prefix):
                path = text.removeprefix(prefix)
                if not path:
                    raise ValueError(f"{text!r} names no Unix socket: write rcp+unix:///path/to/socket")
                return cls(Transport.UNIX, path=path)
        transport = Transport.TCP
        rest = text
        if "://" in text:
            scheme, _, rest = text.partition("://")
            if scheme not in ("rcp", "rcps"):
                raise ValueError(f"{text!r}: unknown scheme {scheme!r}, use rcp://, rcps:// or rcp+unix://")
            transport = Transport(scheme)
        host, port = _host_and_port(text, rest)
        return cls(transport, host, port)

    @property
    def is_plaintext_beyond_this_machine(self) -> bool:
        """Whether what is sent there may cross a network unencrypted.

        Judged by the address as it is written: nothing is asked of a name service, whose answer may be
        another one tomorrow, or a stranger's.
        """
        return self.transport is Transport.TCP and self.host != "localhost" and not is_loopback(self.host)

    def __str__(self) -> str:
        if self.transport is Transport.UNIX:
            return f"rcp+unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.transport.value}://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether nothing sent to this IP address leaves the machine; a name is none."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (inner or address).is_loopback


def _host_and_port(text: str, rest: str) -> tuple[str, int]:
    if rest.startswith("["):
        host, closed, tail = rest[1:].partition("]")
        if not closed or (tail and not tail.startswith(":")):
            raise ValueError(f"{text!r}: write an IPv6 address as [ADDRESS]:PORT")
        port = tail[1:]
    else:
        host, _, port = rest.partition(":")
    if not host or "/" in rest or "@" in rest or ":" in port:
        raise ValueError(f"{text!r} is no address: write HOST:PORT")
    if not port:
        return host, DEFAULT_PORT
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(f"{text!r}: the port has to be a number from 1 to 65535")
    return host, int(port)
