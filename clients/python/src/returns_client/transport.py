"""Making a connection, and saying plainly why there is none."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from . import errors
from .address import Address, Transport, is_loopback
from .connection import Connection
from .credentials import ALPN, TLSOptions
from .limits import Limits
from .status import RefusedCode
from .wire.handshake import Hello, Refused

_TLS_ALERT = b"\x15\x03"
# OpenSSL's words for a server that answers a TLS handshake with something else.
_NO_TLS = (
    "WRONG_VERSION_NUMBER",
    "UNEXPECTED_EOF",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "HTTP_REQUEST",
)
# And for one that wants another client certificate.
_CERTIFICATE_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "UNKNOWN_CA",
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_REVOKED",
    "UNSUPPORTED_CERTIFICATE",
    "ACCESS_DENIED",
    "HANDSHAKE_FAILURE",
)
# OpenSSL's verify codes.
_EXPIRED = {9, 10}
_NAME_MISMATCH = {62, 63, 64}


async def connect(
    address: Address,
    hello: Hello,
    limits: Limits,
    tls: TLSOptions,
    allow_plaintext: bool,
    seconds: float,
    changed: Callable[[], None],
) -> Connection:
    """A connection whose handshake is over; raises errors.ConnectionFailed."""
    if address.is_plaintext_beyond_this_machine and not allow_plaintext:
        raise _plaintext_error(address)
    connection = Connection(
        hello, limits, changed, lambda transport: _unfit(transport, address, allow_plaintext)
    )
    try:
        async with asyncio.timeout(seconds):
            await _open(connection, address, tls)
            is_ready = await connection.ready
    except TimeoutError:
        connection.abort("the handshake took too long")
        text = f"{address} did not answer within {seconds:g} s"
        raise errors.ConnectionTimedOut(text) from None
    except asyncio.CancelledError:
        connection.abort("the caller gave up")
        raise
    except ssl.SSLCertVerificationError as error:
        raise _certificate_error(address, error) from error
    except ssl.SSLError as error:
        raise _tls_error(address, error) from error
    except ConnectionResetError as error:
        if address.transport is Transport.TLS:
            raise errors.TLSNotSpoken(_no_tls_text(address)) from error
        raise errors.AddressUnreachable(f"{address}: the connection was reset") from error
    except OSError as error:
        raise errors.AddressUnreachable(_unreachable_text(address, error)) from error
    if not is_ready:
        raise await _explain_with_probe(connection, address) from connection.lost_by
    return connection


async def _open(connection: Connection, address: Address, tls: TLSOptions) -> None:
    loop = asyncio.get_running_loop()
    if address.transport is Transport.UNIX:
        await loop.create_unix_connection(lambda: connection, address.path)
        return
    if address.transport is Transport.TCP:
        transport, _ = await loop.create_connection(lambda: connection, address.host, address.port)
    else:
        name = tls.server_name or address.host
        context = _tls_context(tls)
        transport, _ = await loop.create_connection(
            lambda: connection, address.host, address.port, ssl=context, server_hostname=name
        )
    if connection.unfit is not None:
        raise connection.unfit
    transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _unfit(
    transport: asyncio.Transport, address: Address, allow_plaintext: bool
) -> errors.ConnectionFailed | None:
    """Why nothing may be sent over a transport that has just been made; None if everything may."""
    if address.transport is Transport.TLS:
        session: ssl.SSLObject = transport.get_extra_info("ssl_object")
        if session.selected_alpn_protocol() != ALPN:
            return errors.NotAnRCPServer(f"{address} speaks TLS, but is no RCP server: is the port right?")
    if address.transport is Transport.TCP and not allow_plaintext:
        # A name for this machine may have been given to another one.
        peer = transport.get_extra_info("peername")
        if not peer or not is_loopback(peer[0]):
            return _plaintext_error(address)
    return None


def _plaintext_error(address: Address) -> errors.PlaintextNotAllowed:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return errors.PlaintextNotAllowed(
        f"token and calls would go to {address} unencrypted, so nothing was sent: use "
        f"rcps://{host}:{address.port} for TLS, or Client(…, allow_plaintext=True) if the network is "
        "encrypted by other means"
    )


def _tls_context(tls: TLSOptions) -> ssl.SSLContext:
    """Files are read for each connection, so that renewed ones count without a restart."""
    try:
        return tls.context()
    except (OSError, ssl.SSLError) as error:
        files = [str(file) for file in (tls.ca_file, tls.certificate_file, tls.key_file) if file]
        raise errors.TLSFilesUnusable(f"{' or '.join(files)} cannot be used: {error}") from error


async def _explain_with_probe(connection: Connection, address: Address) -> errors.ConnectionFailed:
    error = _explain(connection, address)
    # Closed without a byte: a server that wants TLS may do so, and one that is full may too.
    is_silent = isinstance(error, errors.ServerBusy) and not connection.opening and connection.refused is None
    if is_silent and address.transport is Transport.TCP and await _speaks_tls(address):
        return errors.TLSRequired(_tls_required_text(address))
    return error


def _explain(connection: Connection, address: Address) -> errors.ConnectionFailed:
    """Why a transport that was there ended before HELLO_ACK."""
    if connection.refused is not None:
        return _refused(address, connection.refused)
    opening = connection.opening
    if opening.startswith(b"HTTP/"):
        return errors.NotAnRCPServer(f"{address} speaks HTTP, and is not an RCP server: is the port right?")
    if opening.startswith(_TLS_ALERT):
        return errors.TLSRequired(_tls_required_text(address))
    if opening:
        return errors.NotAnRCPServer(f"{address} is not an RCP server: is the port right?")
    if isinstance(connection.lost_by, ssl.SSLError):
        return _tls_error(address, connection.lost_by)
    what = (
        "does it want a client certificate" if address.transport is Transport.TLS else "is it an RCP server"
    )
    return errors.ServerBusy(f"{address} closed the connection without a word: {what}?")


async def _speaks_tls(address: Address) -> bool:
    """Whether a TLS handshake gets an answer at all; the certificate does not matter here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([ALPN])
    try:
        async with asyncio.timeout(0.5):
            _, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True


def _refused(address: Address, refused: Refused) -> errors.ConnectionFailed:
    said = f": {refused.text}" if refused.text else ""
    match refused.known_code:
        case RefusedCode.UNAUTHENTICATED:
            return errors.CredentialsRefused(
                f"{address} refused the credentials{said}; check that they are the right ones"
            )
        case RefusedCode.VERSION:
            versions = f"{refused.version_min} to {refused.version_max}"
            return errors.VersionRefused(f"{address} speaks versions {versions} of the protocol{said}")
        case RefusedCode.OVERLOADED:
            return errors.ServerBusy(f"{address} has too many connections{said}")
        case RefusedCode.DRAINING:
            return errors.ServerBusy(f"{address} is stopping{said}")
        case RefusedCode.HELLO_TIMEOUT:
            return errors.ConnectionTimedOut(f"{address} got no HELLO in time{said}")
        case RefusedCode.MALFORMED:
            return errors.HandshakeRefused(f"{address} refused the handshake{said}")


def _certificate_error(address: Address, error: ssl.SSLCertVerificationError) -> errors.ConnectionFailed:
    why = error.verify_message
    if error.verify_code in _EXPIRED:
        return errors.CertificateExpired(f"the certificate of {address} is out of date: {why}")
    if error.verify_code in _NAME_MISMATCH:
        return errors.CertificateNameMismatch(f"the certificate of {address} is for another name: {why}")
    return errors.CertificateUntrusted(
        f"the certificate of {address} is not trusted: {why}; is the file of authorities the right one?"
    )


def _tls_error(address: Address, error: ssl.SSLError) -> errors.ConnectionFailed:
    reason = f"{error.reason or ''} {error}".upper()
    if any(word in reason for word in _CERTIFICATE_ALERTS):
        return errors.ClientCertificateRefused(_client_certificate_text(address, reason))
    if "NO_APPLICATION_PROTOCOL" in reason:
        return errors.NotAnRCPServer(f"{address} speaks TLS, but is no RCP server: is the port right?")
    if any(word in reason for word in _NO_TLS):
        return errors.TLSNotSpoken(_no_tls_text(address))
    return errors.AddressUnreachable(f"{address}: TLS failed: {error.reason or error}")


def _client_certificate_text(address: Address, reason: str) -> str:
    if "CERTIFICATE_REQUIRED" in reason:
        return f"{address} asks for a client certificate: give certificate_file and key_file"
    return f"{address} does not accept the client certificate: has it expired, or another issuer?"


def _no_tls_text(address: Address) -> str:
    return f"{address} does not speak TLS: use rcp://{address.host}:{address.port}, or another port"


def _tls_required_text(address: Address) -> str:
    return f"{address} speaks TLS: use rcps://{address.host}:{address.port}"


def _unreachable_text(address: Address, error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"{address}: connection refused, nothing listens there"
    if isinstance(error, socket.gaierror):
        return f"{address}: the name is unknown"
    if isinstance(error, FileNotFoundError):
        return f"{address}: there is no such file"
    return f"{address}: {error.strerror or error}"
