"""Each limit of RUNBOOK.md's table that no other test sets: it comes from the configuration, holds at a real
server, says whose limit it is, and leaves others served.
"""

import asyncio
import contextlib
import os
import re
import struct

import pytest
from harness.command import DONE
from harness.opening import open_large_case
from harness.waiting import wait_until
from harness.wire import (
    ECHO,
    END,
    FRAGMENTS_AND_STREAMING,
    GET_CASE,
    HAS_MESSAGE,
    NOT_APPLIED,
    OVERLOADED,
    REQUEST,
    RESOURCE_EXHAUSTED,
    RESPONSE,
    SUBSCRIBE,
    Response,
    Sockets,
    frame,
    log_in,
    read_frame,
    request,
)
from returns_client import Client, Token
from test_bounds import MIB, Site, fragments_less_a_byte, on_stream
from test_metrics import value

ADD_NOTE = 0x032C


def refused(connection):
    """The next RESPONSE, which refuses for a limit."""
    kind, payload = read_frame(connection)
    assert kind == RESPONSE
    answer = Response(payload)
    assert (answer.status, answer.outcome) == (RESOURCE_EXHAUSTED, NOT_APPLIED), answer.text
    assert answer.retry_after > 0
    return answer.text, payload


def test_received_bytes_of_the_server(world):
    site = Site(world, receivedMebibytesMax=2, receivedMebibytesOfPrincipalMax=64)
    pieces = fragments_less_a_byte(MIB - 1)
    with Sockets(site.server.address) as sockets:
        answers = []
        # Two principals, neither of which comes to a limit of its own.
        for token in (site.shop, site.desk, site.shop, site.desk):
            connection, _ = sockets.enter(token, features=1)
            connection.sendall(b"".join(on_stream(1, piece) for piece in pieces))
        with contextlib.suppress(TimeoutError):
            for connection in sockets.open[2:]:
                answers.append(refused(connection))
        assert answers
        for text, payload in answers:
            assert "the connections of this server hold too many message bytes" in text
            assert b"SERVER_BYTES" in payload
        assert site.metric("rcp_server_held_bytes", '{direction="received"}') <= 2 * MIB
        assert site.metric("rcp_server_bytes_refused_total", '{direction="received",limit="server"}') >= 1
        assert site.metric("rcp_server_bytes_refused_total", '{direction="received",limit="principal"}') == 0
        site.check_that_others_are_served("with the server's bytes held", 100)
    wait_until(
        lambda: site.metric("rcp_server_held_bytes", '{direction="received"}') == 0, "all to be given back"
    )


def test_unread_bytes_of_the_server(world):
    site = Site(world, unreadMebibytesMax=2, unreadMebibytesOfPrincipalMax=64)

    async def make():
        async with Client(site.server.address, token=Token(site.admin)) as client:
            return await open_large_case(client, 1_000)

    case = asyncio.run(make())
    message = b"\x0a" + bytes([len(case)]) + case.encode()
    with Sockets(site.server.address) as sockets:
        for token in (site.shop, site.desk) * 3:
            connection = sockets.add_small()
            log_in(connection, token, features=1)
            connection.sendall(b"".join(request(GET_CASE, stream, message) for stream in range(1, 129)))
        series = '{direction="unsent",limit="server"}'
        wait_until(lambda: site.metric("rcp_server_bytes_refused_total", series) > 0, "replies to be refused")
        wait_until(lambda: site.metric("rcp_server_calls_in_flight") == 0, "the calls to end or to wait", 60)
        assert site.metric("rcp_server_held_bytes", '{direction="unsent"}') <= 2 * MIB
        assert site.metric("rcp_server_bytes_refused_total", '{direction="unsent",limit="principal"}') == 0
        site.check_that_others_are_served("with replies unread", 100)
        # The refused are told so, each on its connection, once they read.
        texts = set()
        for connection in sockets.open:
            connection.settimeout(60)
            for _ in range(128):
                kind, payload = read_frame(connection)
                answer = Response(payload)
                assert kind == RESPONSE and answer.status in (0, RESOURCE_EXHAUSTED), answer.text
                texts.add(answer.text)
        assert any("the clients of this server leave too many replies unread" in text for text in texts), (
            texts
        )


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        ({"streamsMax": 6}, "the server has too many calls open that stream"),
        ({"subscriptionsMax": 6}, "this server follows events as often as it may"),
        ({"subscriptionsOfPrincipalMax": 3}, "this principal follows events as often as it may"),
    ],
)
def test_streams_and_subscriptions(world, limits, text):
    site = Site(world, **limits)
    with Sockets(site.server.address) as sockets:
        for token in (site.shop, site.desk):
            connection, _ = sockets.enter(token, FRAGMENTS_AND_STREAMING)
            connection.sendall(b"".join(request(SUBSCRIBE, stream) for stream in range(1, 11)))
        wait_until(lambda: site.metric("rcp_server_streams") == 6, "all but six to be refused")
        count = 0
        while count < 14:
            for connection in sockets.open:
                connection.settimeout(0.2)
                with contextlib.suppress(TimeoutError):
                    while True:
                        kind, payload = read_frame(connection)
                        if kind != RESPONSE:
                            continue
                        answer = Response(payload)
                        assert (answer.status, answer.outcome) == (RESOURCE_EXHAUSTED, NOT_APPLIED), (
                            answer.text
                        )
                        assert text in answer.text and answer.retry_after > 0, answer.text
                        count += 1
        site.check_that_others_are_served("with subscriptions", 100)
    wait_until(lambda: site.metric("rcp_server_streams") == 0, "the subscriptions to end")


def test_connections_of_an_address(world):
    # On loopback only where it is set. The honest client and what opens cases have connections, too.
    site = Site(world, connectionsOfAddressMax=8)
    with Sockets(site.server.address) as sockets:
        _, refusal = wait_until(
            lambda: next((found for found in [sockets.enter(site.shop)] if found[1]), None),
            "the address to be full",
        )
        code, text = refusal
        assert code == OVERLOADED and "your address has too many connections here" in text
        assert len(sockets.open) <= 9
        assert site.metric("rcp_server_connections_overloaded_total", '{limit="address"}') >= 1
        assert any(
            "limit=address" in line and "peer=127.0.0.1" in line for line in site.server.log.splitlines()
        )
        # An administrator gets in all the same.
        assert site.ctl("ping").status == DONE
        site.report("with the address full", site.honest.calls(100))
    wait_until(lambda: sockets_are_gone(site), "the connections to be gone")
    assert site.ctl.with_token(world.path / "desk.token")("ping").status == DONE


def sockets_are_gone(site):
    return site.metric("rcp_server_connections") < 4


def test_handshakes_of_the_server(world):
    site = Site(world, handshakesMax=16, handshakesOfAddressMax=1_000)
    with Sockets(site.server.address) as sockets:
        for _ in range(64):
            sockets.add()
        wait_until(lambda: site.metric("rcp_server_handshakes") <= 16, "the silent to be turned away")
        refused_by = '{limit="handshakes"}'
        wait_until(
            lambda: site.metric("rcp_server_connections_overloaded_total", refused_by) >= 64 - 16,
            "them to be counted",
        )
        site.check_that_others_are_served("with silent connections", 100)


def change(stream):
    """A call that may change something, as far as its method goes; it names no case."""
    head = struct.pack(">I16sH", 0, os.urandom(16), 0)
    return frame(REQUEST, head, END | HAS_MESSAGE, ADD_NOTE, stream)


RATES = {
    "readsPerSecond": ("read", lambda stream: request(ECHO, stream)),
    "changesPerSecond": ("change", change),
    "streamsPerSecond": ("stream", lambda stream: request(SUBSCRIBE, stream)),
}


@pytest.mark.parametrize("by_variable", [False, True], ids=["file", "variable"])
@pytest.mark.parametrize("setting", RATES)
def test_rates(world, setting, by_variable):
    name, call = RATES[setting]
    flags, environment = ["--metrics", "127.0.0.1:0"], None
    if by_variable:
        variable = "RETURNSD_" + re.sub(r"([A-Z])", r"_\1", setting).upper()
        environment = {**os.environ, variable: "3"}
    else:
        file = world.path / "limits.yaml"
        file.write_text(f"returnsd:\n  {setting}: 3\n")
        flags += ["--config", file]
    server = world.server(*flags, listen="127.0.0.1:0", environment=environment)
    tokens = []
    for principal in ("desk", "other"):
        file = world.path / f"{principal}.token"
        world.ctl(server).done("principal", "create", principal, "--role", "service", "--save", file)
        tokens.append(file.read_text().strip())
    with Sockets(server.address) as sockets:
        connection, _ = sockets.enter(tokens[0], FRAGMENTS_AND_STREAMING)
        connection.sendall(b"".join(call(stream) for stream in range(1, 61)))
        limited = 0
        # A burst of two seconds' calls begins, and what the time since then has added.
        while limited < 40:
            kind, payload = read_frame(connection)
            if kind != RESPONSE or Response(payload).status != RESOURCE_EXHAUSTED:
                continue
            answer = Response(payload)
            assert "this principal begins too many calls" in answer.text and b"RATE_LIMITED" in payload
            assert answer.outcome == NOT_APPLIED and 1 <= answer.retry_after <= 1_000
            limited += 1
        # Others begin their own.
        other, _ = sockets.enter(tokens[1], FRAGMENTS_AND_STREAMING)
        other.sendall(request(ECHO, 1))
        kind, payload = read_frame(other)
        assert kind == RESPONSE and Response(payload).status == 0
    page = server.http("/metrics")[1]
    assert value(page, f'rcp_server_calls_rate_limited_total{{class="{name}"}}') >= limited
