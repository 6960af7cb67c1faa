"""TLS, Unix sockets, and telling apart whatever can be wrong with an address or credentials."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import socket
import ssl
import time
import warnings
from collections.abc import AsyncIterator
from typing import Any

import pytest
from authority import Authority
from support import QUICK, conformance_server, run

from returns_client import (
    AddressUnreachable,
    CertificateExpired,
    CertificateNameMismatch,
    CertificateUntrusted,
    Client,
    ClientOptions,
    ConnectionFailed,
    ConnectionTimedOut,
    CredentialsRefused,
    NotAnRCPServer,
    PlaintextNotAllowed,
    RCPError,
    SecretFileError,
    SecretFileWarning,
    StatusCode,
    TLSFilesUnusable,
    TLSNotSpoken,
    TLSOptions,
    TLSRequired,
    Token,
    VersionRefused,
    transport,
)
from returns_client.rcp_conformance_v1 import ConformanceServiceStub, EmptyRequest
from returns_client.wire.frames import FrameType, encode_frame
from returns_client.wire.handshake import Refused

# What is wrong has to be said within a second.
PROMPT_SECONDS = 1.0


async def empty_call(client: Client) -> None:
    await ConformanceServiceStub(client).empty_call(EmptyRequest())


async def failure(
    address: str, tls: TLSOptions | None = None, token: str | None = None, options: ClientOptions = QUICK
) -> RCPError:
    """What a call fails with, which has to be clear at once."""
    start = time.monotonic()
    async with Client(address, tls=tls, token=token, options=options) as client:
        with pytest.raises(RCPError) as raised:
            await empty_call(client)
    assert time.monotonic() - start < PROMPT_SECONDS
    return raised.value


def test_tls_and_a_unix_socket(authority: Authority, folder: pathlib.Path) -> None:
    async def test() -> None:
        async with conformance_server(tls=authority.server_context("server")) as server:
            assert server.address.startswith("rcps://")
            for address in (server.address, server.address.replace("127.0.0.1", "localhost")):
                async with Client(address, tls=authority.client()) as client:
                    await empty_call(client)
                    connection = client._pool.connections()[0][1]
                    assert connection._transport is not None
                    session: ssl.SSLObject = connection._transport.get_extra_info("ssl_object")
                    assert session.version() == "TLSv1.3"
                    assert session.selected_alpn_protocol() == "rcp/1"
        async with conformance_server(path=f"{folder}/s.sock") as server:
            for address in (f"unix:{folder}/s.sock", f"rcp+unix://{folder}/s.sock"):
                async with Client(address) as client:
                    await empty_call(client)

    run(test())


@pytest.mark.parametrize(
    ("certificate", "error"),
    [("expired", CertificateExpired), ("elsewhere", CertificateNameMismatch)],
)
def test_certificates_of_the_server_that_are_wrong(
    authority: Authority, certificate: str, error: type[RCPError]
) -> None:
    async def test() -> None:
        async with conformance_server(tls=authority.server_context(certificate)) as server:
            problem = await failure(server.address, authority.client())
            assert type(problem) is error
            assert problem.retry_after_milliseconds == -1

    run(test())


def test_an_unknown_authority(authority: Authority, stranger: Authority) -> None:
    async def test() -> None:
        async with conformance_server(tls=authority.server_context("server")) as server:
            assert type(await failure(server.address, stranger.client())) is CertificateUntrusted
            assert type(await failure(server.address)) is CertificateUntrusted

    run(test())


def test_another_name_can_be_expected(authority: Authority) -> None:
    async def test() -> None:
        async with conformance_server(tls=authority.server_context("elsewhere")) as server:
            tls = TLSOptions(authority.ca_file, server_name="elsewhere.example.com")
            async with Client(server.address, tls=tls) as client:
                await empty_call(client)

    run(test())


def test_client_certificates(authority: Authority) -> None:
    async def test() -> None:
        context = authority.server_context("server", clients=True)
        async with conformance_server(tls=context, token="unused") as server:
            async with Client(server.address, tls=authority.client("shop.example.com")) as client:
                await empty_call(client)
            # asyncio's server closes without an alert; what servers with alerts are told is in test_returnsd.
            missing = await failure(server.address, authority.client())
            assert isinstance(missing, ConnectionFailed)
            assert "a client certificate" in missing.text

    run(test())


def test_tls_against_plaintext_and_plaintext_against_tls(authority: Authority) -> None:
    async def test() -> None:
        async with conformance_server() as server:
            address = server.address.replace("rcp://", "rcps://")
            assert type(await failure(address, authority.client())) is TLSNotSpoken
        async with conformance_server(tls=authority.server_context("server")) as server:
            problem = await failure(server.address.replace("rcps://", "rcp://"))
            assert type(problem) is TLSRequired
            assert "rcps://" in problem.text

    run(test())


def test_a_refused_token() -> None:
    async def test() -> None:
        async with conformance_server(token="right") as server:
            for token in ("wrong", None):
                problem = await failure(server.address, token=token)
                assert type(problem) is CredentialsRefused
                assert problem.code is StatusCode.UNAUTHENTICATED
                assert "wrong" not in str(problem)
            async with Client(server.address, token="right") as client:
                await empty_call(client)

    run(test())


@contextlib.asynccontextmanager
async def something_else(answer: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Something that listens, reads what comes, and gives one answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(100)
            writer.write(answer)
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


def test_the_wrong_port(authority: Authority, folder: pathlib.Path) -> None:
    async def test() -> None:
        async with something_else(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
            problem = await failure(address)
            assert type(problem) is NotAnRCPServer
            assert "HTTP" in problem.text
            assert type(await failure(f"rcps://{address}", authority.client())) is TLSNotSpoken
        async with something_else(b"\x15\x03\x03\x00\x02\x02\x46") as address:
            assert type(await failure(address)) is TLSRequired
        async with something_else(b"SSH-2.0-OpenSSH_9.6\r\n") as address:
            assert type(await failure(address)) is NotAnRCPServer
        async with something_else(b"HTTP/1.1 400", authority.server_context("server")) as address:
            problem = await failure(f"rcps://{address}", authority.client())
            assert type(problem) is NotAnRCPServer
            assert "speaks TLS" in problem.text
        assert type(await failure(address)) is AddressUnreachable
        assert "no such file" in (await failure(f"unix:{folder}/none.sock")).text
        assert "name is unknown" in (await failure("rcps://nowhere.invalid:1", authority.client())).text

    run(test())


@contextlib.asynccontextmanager
async def listener(heard: list[bytes], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Keeps what comes, until its peer ends; yields its port."""
    served: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(task := asyncio.current_task())  # type: ignore[arg-type]
        assert task is not None
        with contextlib.suppress(OSError):
            heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.gather(*served)


def test_nothing_is_sent_in_plaintext_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        for address in ("192.0.2.1:7461", "rcp://returns.example.com:7461", "rcp://[2001:db8::1]:7461"):
            problem = await failure(address, token="secret")
            assert type(problem) is PlaintextNotAllowed, address
            assert "rcps://" in problem.text and "allow_plaintext" in problem.text
            assert problem.retry_after_milliseconds == -1
        # A name that leads to this machine today may lead to another one tomorrow; and one that may only mean
        # this machine is not trusted either when it has led elsewhere.
        heard: list[bytes] = []
        async with listener(heard) as port:
            loop = asyncio.get_running_loop()

            async def resolved(*arguments: Any, **options: Any) -> Any:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

            monkeypatch.setattr(loop, "getaddrinfo", resolved)
            assert type(await failure(f"elsewhere:{port}", token="secret")) is PlaintextNotAllowed
            monkeypatch.setattr(transport, "is_loopback", lambda host: False)
            assert type(await failure(f"localhost:{port}", token="secret")) is PlaintextNotAllowed
        assert heard == [b""]

    run(test())


def test_plaintext_to_another_machine_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async with conformance_server(token="right") as server:
            port = int(server.address.rpartition(":")[2])

            async def resolved(*arguments: Any, **options: Any) -> Any:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
            async with Client(f"elsewhere:{port}", token="right", allow_plaintext=True) as client:
                await empty_call(client)

    run(test())


def test_a_tls_server_of_another_protocol_is_sent_no_token(authority: Authority) -> None:
    async def test() -> None:
        heard: list[bytes] = []
        # Without ALPN, as most servers that speak another protocol.
        async with listener(heard, authority.server_context("server")) as port:
            problem = await failure(f"rcps://127.0.0.1:{port}", authority.client(), token="secret")
            assert type(problem) is NotAnRCPServer
        # However often it connected meanwhile.
        assert not any(heard)

    run(test())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_token_file_open_to_others_is_warned_of_and_refused_if_strict(
    folder: pathlib.Path, mode: int
) -> None:
    file = folder / "to ken"
    file.write_text("secret\n")
    file.chmod(mode)
    with pytest.warns(SecretFileWarning, match=r"chmod 600 '.*to ken'") as warned:
        assert Token.from_file(file).text == "secret"
    assert [warning.filename for warning in warned] == [__file__]
    with pytest.raises(SecretFileError, match=r"token file .* chmod 600"):
        Token.from_file(file, strict=True)
    file.chmod(0o600)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for strict in (False, True):
            assert Token.from_file(file, strict=strict).text == "secret"


def test_a_token_from_a_pipe_has_no_other_readers() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"secret\n")
    os.close(writer)
    assert Token.from_file(f"/dev/fd/{reader}", strict=True).text == "secret"
    os.close(reader)


KeyFiles = tuple[pathlib.Path, pathlib.Path | None]


def strict_options(authority: Authority, files: KeyFiles) -> TLSOptions:
    certificate, key = files
    return TLSOptions(authority.ca_file, certificate, key, strict=True)


def test_a_key_file_open_to_others_is_warned_of_and_refused_if_strict(
    authority: Authority, folder: pathlib.Path
) -> None:
    certificate, key = authority.files("shop.example.com")
    copied, both = folder / "shop.key", folder / "both.pem"
    copied.write_bytes(key.read_bytes())
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    for files in ((certificate, copied), (both, None)):
        secret = files[1] or files[0]
        secret.chmod(0o644)
        with pytest.warns(SecretFileWarning, match="key file"):
            TLSOptions(authority.ca_file, *files).context()
        with pytest.raises(SecretFileError, match="key file"):
            strict_options(authority, files).context()

        async def test(files: KeyFiles = files) -> None:
            heard: list[bytes] = []
            async with listener(heard, authority.server_context("server")) as port:
                problem = await failure(f"rcps://127.0.0.1:{port}", strict_options(authority, files))
                assert type(problem) is TLSFilesUnusable and "chmod 600" in problem.text
            assert heard == []

        run(test())
        secret.chmod(0o600)
        strict_options(authority, files).context()


def test_a_server_that_says_nothing() -> None:
    async def test() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        options = ClientOptions(connect_timeout=0.1, wait_for_ready=False, retry=QUICK.retry)
        assert type(await failure(address, options=options)) is ConnectionTimedOut
        server.close()

    run(test())


def test_a_server_of_another_version() -> None:
    async def test() -> None:
        refused = Refused(1, "version 2 only", 2, 3)
        async with something_else(encode_frame(FrameType.REFUSED, refused.encode())) as address:
            problem = await failure(address)
            assert type(problem) is VersionRefused
            assert "2 to 3" in problem.text

    run(test())


def test_certificate_files_that_cannot_be_read(authority: Authority) -> None:
    async def test() -> None:
        problem = await failure("rcps://127.0.0.1:1", TLSOptions("/nowhere.pem"))
        assert type(problem) is TLSFilesUnusable
        assert "/nowhere.pem cannot be used" in problem.text

    run(test())


def test_waiting_does_not_mend_what_is_permanent() -> None:
    async def test() -> None:
        async with conformance_server(token="right") as server:
            options = ClientOptions(wait_for_ready=True)
            problem = await failure(server.address, token="wrong", options=options)
            assert type(problem) is CredentialsRefused

    run(test())
