"""Whom the server's log names: the address of each client that it turned away or that failed, and of each
that changed who has access. An operator finds by that where they come from.
"""

import contextlib
import time

import pytest
from harness.authority import Authority
from harness.command import DONE
from harness.waiting import wait_until
from harness.wire import open_socket

ATTEMPTS = 20


@pytest.fixture(scope="module")
def server(module_world):
    folder = module_world.path / "authority"
    folder.mkdir()
    authority = Authority(folder)
    authority.issue("server", "localhost", "127.0.0.1")
    return module_world.server(
        "--tls-certificate", authority.folder / "server.pem", "--tls-key", authority.folder / "server.key",
        "--listen", "127.0.0.1:0", "--listen", f"unix:{module_world.path}/s.sock", listen="rcps://127.0.0.1:0",
    )  # fmt: skip


@pytest.fixture(params=["127.0.0.1", "unix"])
def way(request, server):
    """An address without TLS, and how the log names a client there."""
    _, tcp, unix = server.addresses
    return {"127.0.0.1": tcp, "unix": unix}[request.param], request.param


def lines(server, *words):
    return [line for line in server.log.splitlines() if all(word in line for word in words)]


def wait_for_line(server, *words):
    wait_until(lambda: lines(server, *words), f"a line with {words}")
    return lines(server, *words)


def fail(address, data):
    """Returns how many lines that may make: one, and one more for each ten seconds."""
    begun = time.monotonic()
    for _ in range(ATTEMPTS):
        with open_socket(address) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(data)
            while connection.recv(4_096):
                pass
    return 1 + (time.monotonic() - begun) // 10


def test_a_refused_token_is_logged_with_its_peer(world, module_world, server, way):
    address, peer = way
    wrong = world.path / "wrong.token"
    wrong.write_text("rtk_nothing-that-anybody-has\n")
    assert module_world.ctl(server).at(address).with_token(wrong)("ping").status != DONE
    wait_for_line(server, "connection refused", "UNAUTHENTICATED", f"peer={peer}")
    assert "nothing-that-anybody-has" not in server.log


def test_a_failed_tls_handshake_is_logged_with_its_peer_and_not_as_often_as_it_fails(server):
    most = fail(server.addresses[0].removeprefix("rcps://"), b"nonsense that is no TLS at all\n")
    assert len(wait_for_line(server, "TLS handshake failed", "peer=127.0.0.1")) <= most


@pytest.mark.parametrize(
    ("data", "row"),
    [(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "row=M1"), (b"nonsense, and more of it", "row=M3")],
)
def test_a_handshake_that_is_none_is_logged_with_its_peer_and_not_as_often_as_it_fails(
    server, way, data, row
):
    address, peer = way
    most = fail(address, data)
    assert len(wait_for_line(server, "connection ended", row, f"peer={peer}")) <= most


def test_whoever_changes_access_is_logged_with_name_and_peer(world, module_world, server, way):
    address, peer = way
    ctl, name = module_world.ctl(server).at(address), f"shop-{peer.replace('.', '-')}"
    file = world.path / "shop.token"
    ctl.done("principal", "create", name, "--role", "service", "--save", file)
    ctl.done("principal", "set-team", name, "day")
    ctl.done("principal", "set-channels", name, "--sale-channel", "online", "--yes")
    ctl.done("principal", "revoke", name, "--yes")
    by = ("by=admin", f"peer={peer}", f"principal={name}")
    wait_until(lambda: len(lines(server, *by)) >= 4, "a line for each change")
    assert len(lines(server, *by)) == 4, lines(server, *by)
    assert any("revoked" in line for line in lines(server, *by)), lines(server, *by)
    assert file.read_text().strip() not in server.log
