"""TLS as operators and clients meet it: certificates of the test's own authority,
and every way in which they can be wrong."""

import contextlib
import shutil
import signal
import socket
import ssl
import threading
import time

import pytest
from harness.authority import Authority
from harness.command import DONE, NOT_ALLOWED, UNAVAILABLE, Command, assert_refused
from harness.listening import listening
from harness.waiting import wait_until
from harness.wire import GOAWAY, PING, PONG, PREFACE, frame, log_in, read_frame
from test_server import refusal

NAME = "returns.example.com"
# What is wrong has to be said within a second (and the process to start and end).
PROMPT_SECONDS = 2


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.issue("server", NAME, "localhost", "127.0.0.1")
    authority.issue("expired", NAME, "localhost", "127.0.0.1", days=-1)
    authority.issue("elsewhere", "elsewhere.example.com")
    authority.issue("shop.example.com")
    authority.issue("nobody.example.com")
    authority.issue("gone.example.com", days=-1)
    return authority


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    stranger.issue("shop.example.com")
    return stranger


class TLSServer:
    """A returnsd with TLS on one port, plaintext on another, and returnsctl for either."""

    def __init__(self, world, authority, *flags, certificate="server", ca=True, data="d"):
        self.certificate, self.key = world.path / f"{data}.pem", world.path / f"{data}.key"
        self.install(authority.folder / f"{certificate}.pem", authority.folder / f"{certificate}.key")
        self.unix = f"unix:{world.path}/{data}.sock"
        more = ["--tls-client-ca", authority.ca_file] if ca else []
        self.server = world.server(
            "--tls-certificate",
            self.certificate,
            "--tls-key",
            self.key,
            "--listen",
            "127.0.0.1:0",
            "--listen",
            self.unix,
            *more,
            *flags,
            listen="rcps://127.0.0.1:0",
            data=data,
        )
        self.tls, self.plain = self.server.addresses[:2]
        self.port = int(self.tls.rsplit(":", 1)[1])
        self.by_unix = Command(world.returnsctl, self.unix, self.server.token_file, world.path)
        self.authority = authority

    def install(self, certificate, key):
        """Replaces each file by renaming over it, as tools that renew certificates do."""
        for source, target in ((certificate, self.certificate), (key, self.key)):
            draft = target.with_suffix(".new")
            shutil.copy(source, draft)
            draft.rename(target)

    def flags(self, **files):
        files = {"ca_file": self.authority.ca_file} | files
        return [
            word
            for name, value in files.items()
            if value
            for word in (f"--{name.replace('_', '-')}", str(value))
        ]

    def ping(self, address=None, **files):
        """Pings by token, unless a certificate is given."""
        command = self.by_unix.at(address or self.tls)
        start = time.monotonic()
        answer = (
            command("ping", "-n", "1", *self.flags(**files))
            if "certificate_file" not in files
            else (CertificateCommand(command)("ping", "-n", "1", *self.flags(**files)))
        )
        assert time.monotonic() - start < PROMPT_SECONDS, answer
        return answer

    def by_certificate(self, authority, name, **files):
        return self.ping(
            certificate_file=authority.folder / f"{name}.pem",
            key_file=authority.folder / f"{name}.key",
            **files,
        )


class CertificateCommand(Command):
    """returnsctl without a token."""

    def __init__(self, command):
        super().__init__(command.binary, command.server, command.token_file, command.home)

    def line(self, arguments, output):
        line = super().line(arguments, output)
        place = line.index("--token-file")
        return line[:place] + line[place + 2 :]


@pytest.fixture(scope="module")
def tls(module_world, authority):
    server = TLSServer(module_world, authority)
    server.by_unix.done("principal", "create", "shop.example.com", "--role", "channel", "--all-sale-channels")
    return server


def test_every_transport_serves(tls):
    for address in (
        tls.tls,
        tls.tls.replace("127.0.0.1", "localhost"),
        tls.plain,
        f"rcp://{tls.plain}",
        tls.unix,
        tls.unix.replace("unix:", "rcp+unix://"),
    ):
        assert tls.ping(address).status == DONE


def test_a_client_certificate_is_a_principal(tls, authority):
    assert tls.by_certificate(authority, "shop.example.com").status == DONE
    # Its roles are the principal's.
    command = CertificateCommand(tls.by_unix.at(tls.tls))
    answer = command(
        "principal",
        "list",
        *tls.flags(
            certificate_file=authority.folder / "shop.example.com.pem",
            key_file=authority.folder / "shop.example.com.key",
        ),
    )
    assert_refused(answer, NOT_ALLOWED, "needs the role")


def test_a_name_that_is_no_principal_is_refused(tls, authority):
    assert_refused(
        tls.by_certificate(authority, "nobody.example.com"),
        NOT_ALLOWED,
        "refused the client certificate",
        "none of the names in it",
    )


@pytest.mark.parametrize(
    ("whose", "name"), [("stranger", "shop.example.com"), ("authority", "gone.example.com")]
)
def test_a_certificate_of_a_stranger_or_of_the_past_is_refused(tls, authority, stranger, whose, name):
    issuer = {"stranger": stranger, "authority": authority}[whose]
    assert_refused(tls.by_certificate(issuer, name), NOT_ALLOWED, "does not accept the client certificate")


def test_a_required_certificate_that_is_missing(world, authority):
    server = TLSServer(world, authority, "--tls-client-certificates", "required")
    assert_refused(server.ping(), NOT_ALLOWED, "asks for a client certificate")
    server.by_unix.done("principal", "create", "shop.example.com", "--role", "channel", "--all-sale-channels")
    assert server.by_certificate(authority, "shop.example.com").status == DONE


def test_a_revoked_principal_is_let_in_no_more(world, authority):
    server = TLSServer(world, authority)
    server.by_unix.done("principal", "create", "shop.example.com", "--role", "channel", "--all-sale-channels")
    assert server.by_certificate(authority, "shop.example.com").status == DONE
    server.by_unix.done("principal", "revoke", "shop.example.com", "--yes")
    assert_refused(server.by_certificate(authority, "shop.example.com"), NOT_ALLOWED, "none of the names")


# What is wrong is said apart, and at once.


def test_an_authority_that_is_not_trusted(tls, stranger):
    assert_refused(tls.ping(ca_file=None), UNAVAILABLE, "authority that is not trusted")
    assert_refused(tls.ping(ca_file=stranger.ca_file), UNAVAILABLE, "authority that is not trusted")


def test_an_expired_certificate(world, authority):
    server = TLSServer(world, authority, certificate="expired")
    assert_refused(server.ping(), UNAVAILABLE, "expired on 20")
    wait_until(lambda: "has expired" in server.server.log, "a warning in the log", 10)


def test_a_certificate_of_another_name(world, authority):
    server = TLSServer(world, authority, certificate="elsewhere")
    assert_refused(server.ping(), UNAVAILABLE, "is for another name")
    assert server.ping(server_name="elsewhere.example.com").status == DONE


def test_a_refused_token(tls, world):
    token = world.path / "wrong.token"
    token.write_text("rtk_" + "0" * 64)
    answer = tls.by_unix.at(tls.tls).with_token(token)("ping", *tls.flags())
    assert_refused(answer, NOT_ALLOWED, "refused the token")


def test_plaintext_to_a_port_with_tls(tls):
    address = tls.tls.removeprefix("rcps://")
    assert_refused(tls.ping(address), UNAVAILABLE, f"{address} speaks TLS: write rcps://{address}")


def test_tls_to_a_port_without(tls):
    assert_refused(tls.ping(f"rcps://{tls.plain}"), UNAVAILABLE, f"{tls.plain} does not speak TLS")


def other_server(context=None):
    """Something else that listens: HTTP, by TLS if there is a context."""

    def talk(request):
        connection = context.wrap_socket(request, server_side=True) if context else request
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    return listening(talk)


def test_the_wrong_port(tls, authority):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{unused.getsockname()[1]}"
        for address in (nowhere, f"rcps://{nowhere}"):
            assert_refused(tls.ping(address), UNAVAILABLE, "connection refused")
    with other_server() as address:
        assert_refused(tls.ping(address), UNAVAILABLE, "is not an RCP server")
        assert_refused(tls.ping(f"rcps://{address}"), UNAVAILABLE, "does not speak TLS")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server.pem", authority.folder / "server.key")
    with other_server(context) as address:
        assert_refused(tls.ping(f"rcps://{address}"), UNAVAILABLE, "speaks TLS, but is no RCP server")


@contextlib.contextmanager
def tls_listener(authority, *protocols):
    """A TLS server that offers these ALPN names, and keeps what it
    hears from each client until that one ends."""
    heard, served = [], threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server.pem", authority.folder / "server.key")
    context.set_alpn_protocols(list(protocols))

    def talk(request):
        with contextlib.suppress(OSError), context.wrap_socket(request, server_side=True) as connection:
            # The handshake has succeeded, so the client can only be silent on purpose.
            data = b""
            with contextlib.suppress(OSError):
                while piece := connection.recv(4_096):
                    data += piece
            heard.append(data)
        served.set()

    with listening(talk) as address:
        yield f"rcps://{address}", heard, served


@pytest.mark.parametrize("protocols", [(), ("h2",), ("http/1.1", "h2")], ids=str)
def test_a_tls_server_that_does_not_choose_the_protocol_hears_nothing(tls, authority, protocols):
    """Neither the preface nor HELLO, and so no token (SPEC.md §2)."""
    with tls_listener(authority, *protocols) as (address, heard, served):
        # A server may also end the handshake where no name fits; what it says then is another matter.
        answer = tls.ping(address)
        assert answer.status == UNAVAILABLE, answer
        assert served.wait(20)
    assert all(data == b"" for data in heard), heard
    if not protocols:
        assert heard == [b""]


def test_a_tls_server_that_chooses_the_protocol_hears_hello(tls, authority):
    """What the test above listens with does hear."""
    with tls_listener(authority, "rcp/1") as (address, heard, served):
        tls.by_unix.at(address)("ping", "-n", "1", "--timeout", "2s", *tls.flags())
        assert served.wait(20)
    assert heard and heard[0].startswith(PREFACE), heard


# The wire.


def handshake(tls, certificate=None, protocols=("h2", "rcp/1"), **limits):
    context = ssl.create_default_context(cafile=str(tls.authority.ca_file))
    if certificate:
        context.load_cert_chain(*certificate)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    for name, value in limits.items():
        setattr(context, name, value)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", tls.port), 10), server_hostname=NAME)


def test_tls_1_3_and_the_protocol_s_name(tls):
    with handshake(tls) as connection:
        assert connection.version() == "TLSv1.3"
        assert connection.selected_alpn_protocol() == "rcp/1"
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 400"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(tls, maximum_version=ssl.TLSVersion.TLSv1_2)


def test_a_client_without_alpn_is_served(tls):
    with handshake(tls, protocols=None) as connection:
        assert connection.selected_alpn_protocol() is None
        log_in(connection, tls.server.token_file.read_text().strip())
        connection.sendall(frame(PING, b"12345678"))
        assert read_frame(connection) == (PONG, b"12345678")


def test_new_certificates_count_without_dropping_connections(world, authority):
    server = TLSServer(world, authority)
    with handshake(server) as connection:
        before = connection.getpeercert()["serialNumber"]
    with handshake(server) as old:
        log_in(old, server.server.token_file.read_text().strip())
        authority.issue("renewed", NAME, "127.0.0.1")
        # A key that does not belong to the certificate, as in the middle of a careless renewal.
        server.install(authority.folder / "renewed.pem", authority.folder / "server.key")
        wait_until(lambda: "last good ones stay" in server.server.log, "an error in the log", 10)
        assert server.ping().status == DONE
        server.install(authority.folder / "renewed.pem", authority.folder / "renewed.key")
        wait_until(lambda: "were replaced" in server.server.log, "the change in the log", 10)
        with handshake(server) as connection:
            assert connection.getpeercert()["serialNumber"] != before
        old.sendall(frame(PING, b"12345678"))
        assert read_frame(old) == (PONG, b"12345678")


def test_a_full_server_says_so_over_tls(world, authority):
    settings = world.path / "one.yaml"
    settings.write_text("returnsd:\n  connectionsMax: 1\n  connectionsForAdministrators: 0\n")
    server = TLSServer(world, authority, "--config", settings)
    # An administrator's new connection would take the place of the one before.
    token = world.path / "clerk.token"
    server.by_unix.done("principal", "create", "clerk", "--role", "service", "--save", token)
    with handshake(server) as connection:
        log_in(connection, token.read_text().strip())
        server.by_unix = server.by_unix.with_token(token)
        assert_refused(server.ping(), UNAVAILABLE, "too many connections")


def test_a_client_that_never_begins_its_handshake_holds_up_no_stop(world, authority):
    server = TLSServer(world, authority)
    with socket.create_connection(("127.0.0.1", server.port), 10):
        assert server.ping().status == DONE
        start = time.monotonic()
        assert server.server.signal_and_wait(signal.SIGTERM) == 0
        # Calls under way would have 30 s.
        assert time.monotonic() - start < 10


def test_a_revoked_principal_s_connection_ends(world, authority):
    server = TLSServer(world, authority)
    server.by_unix.done("principal", "create", "shop.example.com", "--role", "channel", "--all-sale-channels")
    certificate, key = (authority.folder / f"shop.example.com.{kind}" for kind in ("pem", "key"))
    with handshake(server, certificate=(certificate, key)) as connection:
        log_in(connection, None)
        server.by_unix.done("principal", "revoke", "shop.example.com", "--yes")
        kind, payload = read_frame(connection)
        assert kind == GOAWAY and b"log in anew" in payload


def test_no_certificate_makes_an_administrator(world, authority):
    server = TLSServer(world, authority)
    authority.issue("admin")
    assert_refused(server.by_certificate(authority, "admin"), NOT_ALLOWED, "administrators need a token")


# Starting.


def test_settings_that_cannot_be(world, authority):
    good = [
        "--tls-certificate",
        authority.folder / "server.pem",
        "--tls-key",
        authority.folder / "server.key",
    ]
    open_key = world.path / "open.key"
    shutil.copy(authority.folder / "server.key", open_key)
    open_key.chmod(0o644)
    for flags, words in (
        (["--listen", "rcps://127.0.0.1:0"], "TLS needs a certificate"),
        (["--tls-certificate", good[1]], "both tls-certificate and tls-key"),
        (["--tls-certificate", "/nowhere.pem", *good[2:]], "/nowhere.pem does not exist"),
        ([*good[:2], "--tls-key", open_key], "others"),
        ([*good[:2], "--tls-key", authority.folder / "expired.key"], "does not belong to the certificate"),
        ([*good, "--tls-client-certificates", "required"], "need --tls-client-ca"),
        ([*good, "--tls-client-certificates", "perhaps"], "none, optional or required"),
        (["--listen", "0.0.0.0:0"], "--allow-plaintext"),
    ):
        assert words in refusal(world, *map(str, flags)), words


def test_plaintext_for_other_machines_only_when_asked_for(world):
    server = world.server("--allow-plaintext", listen="0.0.0.0:0")
    port = server.address.rsplit(":", 1)[1]
    assert world.ctl(server).at(f"127.0.0.1:{port}")("ping").status == DONE
