"""What one client can take from the others, however little it keeps to the rules.

Short by default, with lowered limits; the long form (scripts/test --long) has the default limits, 20,000
connections and 1.3 GB of fragments, and prints its figures.
"""

import asyncio
import contextlib
import json
import pathlib
import re
import resource
import select
import struct

import pytest
from harness.binaries import IS_LONG
from harness.command import DONE
from harness.honest import Honest
from harness.opening import open_case, open_large_case
from harness.waiting import wait_until
from harness.wire import (
    ECHO,
    FRAGMENTS_AND_STREAMING,
    GET_CASE,
    HAS_MESSAGE,
    MESSAGE,
    MESSAGE_MAX,
    MORE,
    NOT_APPLIED,
    OVERLOADED,
    RESOURCE_EXHAUSTED,
    RESPONSE,
    SUBSCRIBE,
    Response,
    Sockets,
    frame,
    read_frame,
    request,
)
from returns_client import Client, Token

pytestmark = pytest.mark.alone

MIB = 1 << 20
HONEST_CALLS = 4_000 if IS_LONG else 400


class Site:
    """A server with a case, a shop whose token is misused, and an honest client of the desk."""

    def __init__(self, world, **limits):
        settings = world.path / "limits.yaml"
        settings.write_text(
            "returnsd:\n  listen: [127.0.0.1:0]\n" + "".join(f"  {k}: {v}\n" for k, v in limits.items())
        )
        flags = ("--metrics", "127.0.0.1:0", "--config", settings)
        self.server = world.server(*flags, listen="127.0.0.1:0")
        self.ctl = world.ctl(self.server)
        shop, desk = world.path / "shop.token", world.path / "desk.token"
        self.ctl.done(
            "principal",
            "create",
            "shop",
            "--role",
            "channel",
            "--all-sale-channels",
            "--save",
            shop,
        )
        self.ctl.done("principal", "create", "desk", "--role", "service", "--save", desk)
        files = (shop, desk, self.server.token_file)
        self.shop, self.desk, self.admin = (pathlib.Path(file).read_text().strip() for file in files)
        self.case = asyncio.run(self._open())
        self.honest = Honest(self.server.address, desk, self.case)
        world.at_end(self.honest.end)
        self.baseline = self.honest.calls(HONEST_CALLS)

    async def _open(self):
        token = Token(self.server.token_file.read_text().strip())
        async with Client(self.server.address, token=token) as client:
            return await open_case(client, "HONEST", 0)

    @property
    def mebibytes(self):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1_024

    def metric(self, name, labels=""):
        text = self.server.http("/metrics")[1]
        found = re.search(rf"^{name}{re.escape(labels)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def check_that_others_are_served(self, what, calls=HONEST_CALLS):
        """Meanwhile an administrator gets in, and an honest client's calls go on."""
        answer = self.ctl("ping")
        assert answer.status == DONE and answer.json["status"] == "SERVING_STATUS_SERVING", answer
        self.report(what, self.honest.calls(calls))

    def report(self, what, figures):
        assert figures["failures"] == [], figures
        ratio = figures["p99_ms"] / self.baseline["p99_ms"]
        print(f"{what}: p99 is {ratio:.2f} times the baseline's {self.baseline['p99_ms']} ms")
        print(f"  {json.dumps(figures)}")


def raise_file_limit(wanted):
    """Returns how many sockets this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(hard, wanted), hard):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            soft = limit
            break
    return soft


# Bytes.


def fragments_less_a_byte(total):
    """What an echo of so many bytes takes on stream 0, without its last byte; the stream is put in later."""
    first = request(ECHO, 0, b"x" * 200_000, total=total)
    rest = []
    left = total - 200_000 - 1
    while left > 0:
        size = min(left, 262_144)
        rest.append(frame(MESSAGE, b"x" * size, HAS_MESSAGE | MORE, 0, 0))
        left -= size
    return [first, *rest]


def on_stream(stream, piece):
    return piece[:8] + struct.pack(">I", stream) + piece[12:]


def test_fragments_of_one_principal_stay_within_its_budget(world):
    connections, calls, total = (40, 8, MESSAGE_MAX - 1) if IS_LONG else (12, 8, MIB - 1)
    limits = {} if IS_LONG else {"receivedMebibytesOfPrincipalMax": 8}
    budget = 64 if IS_LONG else 8
    site = Site(world, **limits)
    before = site.mebibytes
    pieces = fragments_less_a_byte(total)
    # STREAMING is left out, so that no window holds the sender up.
    with Sockets(site.server.address, seconds=60) as sockets:
        site.honest.begin(HONEST_CALLS)
        for _ in range(connections):
            connection, refused = sockets.enter(site.shop, features=1)
            assert refused is None
            for piece in pieces:
                connection.sendall(b"".join(on_stream(stream, piece) for stream in range(1, calls + 1)))
        site.report("while fragments come", site.honest.result())
        held = site.metric("rcp_server_held_bytes", '{direction="received"}')
        assert budget / 2 * MIB <= held <= budget * MIB
        refusals = site.metric("rcp_server_bytes_refused_total", '{direction="received",limit="principal"}')
        after = site.mebibytes
        print(
            f"{connections} × {calls} × {total} bytes less one: {before:.0f} MiB before, {after:.0f} MiB held"
        )
        # Beside the budget: what each connection may have freely, and what the allocator keeps.
        assert after - before <= 2 * budget + connections / 8 + 32
        assert refusals >= connections * calls - 2 * budget
        kind, payload = read_frame(sockets.open[-1])
        answer = Response(payload)
        assert kind == RESPONSE and (answer.status, answer.outcome) == (
            RESOURCE_EXHAUSTED,
            NOT_APPLIED,
        )
        assert (
            answer.retry_after > 0
            and "this principal's connections hold too many message bytes" in answer.text
        )
        site.check_that_others_are_served("with fragments held")
        # The connection that was refused lives on.
        for _ in range(calls - 1):
            read_frame(sockets.open[-1])
        sockets.open[-1].sendall(request(ECHO, 99))
        kind, payload = read_frame(sockets.open[-1])
        assert kind == RESPONSE and Response(payload).status == 0
    wait_until(
        lambda: site.metric("rcp_server_held_bytes", '{direction="received"}') == 0,
        "all bytes to be given back",
    )


def test_frames_under_way_stay_within_the_budget(world):
    connections = 600 if IS_LONG else 60
    site = Site(world, receivedMebibytesOfPrincipalMax=8)
    before = site.mebibytes
    piece = request(ECHO, 1, b"x" * 250_000)[:-1]
    with Sockets(site.server.address) as sockets:
        for _ in range(connections):
            connection, _ = sockets.enter(site.shop)
            connection.sendall(piece)
        wait_until(
            lambda: (
                site.metric(
                    "rcp_server_bytes_refused_total",
                    '{direction="received",limit="principal"}',
                )
                >= connections - 35
            ),
            "frames to be refused",
        )
        assert site.metric("rcp_server_held_bytes", '{direction="received"}') <= 8 * MIB
        print(f"{connections} frames less a byte: {before:.0f} MiB before, {site.mebibytes:.0f} MiB held")
        site.check_that_others_are_served("with frames under way")


def test_replies_that_nobody_reads_stay_within_the_budget(world):
    connections, lines = 40, 2_500 if IS_LONG else 250
    limits = {} if IS_LONG else {"unreadMebibytesOfPrincipalMax": 4, "callMebibytesOfPrincipalMax": 1}
    budget = 64 if IS_LONG else 4
    site = Site(world, **limits)

    async def make():
        async with Client(site.server.address, token=Token(site.admin)) as client:
            return await open_large_case(client, lines)

    case = asyncio.run(make())
    message = b"\x0a" + bytes([len(case)]) + case.encode()
    before = site.mebibytes
    with Sockets(site.server.address) as sockets:
        for _ in range(connections):
            connection, _ = sockets.enter(site.shop, features=1)
            connection.sendall(b"".join(request(GET_CASE, stream, message) for stream in range(1, 257)))
        figures = site.honest.calls(HONEST_CALLS)
        wait_until(
            lambda: site.metric("rcp_server_calls_in_flight") == 0,
            "the calls to end or to wait",
            120,
        )
        held = site.metric("rcp_server_held_bytes", '{direction="unsent"}')
        print(
            f"{connections} × 256 replies of a case with {lines} lines unread: {before:.0f} MiB before, "
            f"{site.mebibytes:.0f} MiB after, {held / MIB:.0f} MiB held"
        )
        assert held <= budget * MIB
        # Beside the budget: what calls need while they run, some of which the allocator keeps.
        assert site.mebibytes - before <= 2 * budget + (256 if IS_LONG else 64)
        site.report("while replies are unread", figures)
        # Heavy calls wait for each other alone. Generous, since this machine may be busy with other tests.
        assert figures["max_ms"] <= (5_000 if IS_LONG else 1_000), figures
        site.check_that_others_are_served("with replies unread")


# Connections.


def test_connections_without_hello_keep_nobody_out(world):
    count, places = (20_000, 256) if IS_LONG else (600, 64)
    limits = {} if IS_LONG else {"handshakesOfAddressMax": places}
    site = Site(world, **limits)
    count = min(count, raise_file_limit(count + 256) - 256)
    before = site.mebibytes
    with Sockets(site.server.address) as sockets:
        site.honest.begin(HONEST_CALLS)
        for _ in range(count):
            sockets.add()
        site.report("while silent connections come", site.honest.result())
        wait_until(
            lambda: site.metric("rcp_server_handshakes") <= places,
            "the silent to be turned away",
        )
        print(f"{count} connections without HELLO: {before:.0f} MiB before, {site.mebibytes:.0f} MiB after")
        assert site.mebibytes - before <= 64
        site.check_that_others_are_served("with silent connections")
        refused = site.metric("rcp_server_connections_overloaded_total", '{limit="address_handshakes"}')
        beyond = site.metric("rcp_server_connections_overloaded_total", '{limit="sockets"}')
        assert refused + beyond >= count - places - 1
    # One line in ten seconds for an address and code.
    assert 1 <= site.server.log.count("limit=address_handshakes") <= 20
    assert "peer=127.0.0.1" in site.server.log


def test_connections_of_one_token_keep_nobody_out(world):
    count, places = (20_000, 1_024) if IS_LONG else (300, 100)
    limits = {} if IS_LONG else {"connectionsOfPrincipalMax": places}
    site = Site(world, **limits)
    raise_file_limit(places + 512)
    refusals = []
    with Sockets(site.server.address) as sockets:
        site.honest.begin(HONEST_CALLS)
        for _ in range(count):
            _, refusal = sockets.enter(site.shop)
            if refusal:
                refusals.append(refusal)
                sockets.open.pop().close()
        site.report("while one token connects", site.honest.result())
        assert len(refusals) == count - places
        assert {code for code, _ in refusals} == {OVERLOADED}
        assert all("this principal has too many connections" in text for _, text in refusals)
        print(f"{count} connections of one token: {site.mebibytes:.0f} MiB")
        site.check_that_others_are_served("with the token's connections")
    wait_until(lambda: site.metric("rcp_server_connections") < 10, "the connections to be gone")


def test_an_administrator_enters_a_full_server(world):
    site = Site(world, connectionsMax=50)
    with Sockets(site.server.address) as sockets:
        wait_until(lambda: sockets.enter(site.shop)[1], "the server to be full")
        assert site.ctl("ping").status == DONE
        answer = site.ctl.with_token(world.path / "desk.token")("ping")
        assert answer.status != DONE and "too many connections" in answer.err, answer


# Streams.


@pytest.mark.parametrize(("limits", "accepted"), [({}, 64), ({"streamsOfPrincipalMax": 10}, 10)])
def test_subscriptions_of_one_principal_keep_nobody_out(world, limits, accepted):
    site = Site(world, **limits)
    with Sockets(site.server.address) as sockets:
        for _ in range(10):
            connection, _ = sockets.enter(site.shop, FRAGMENTS_AND_STREAMING)
            # No CREDIT is ever given.
            connection.sendall(b"".join(request(SUBSCRIBE, stream) for stream in range(1, 101)))
        wait_until(
            lambda: site.metric("rcp_server_streams") == accepted,
            "all but a share to be refused",
        )
        refused = 0
        while refused < 1_000 - accepted:
            readable, _, _ = select.select(sockets.open, [], [], 20)
            assert readable, f"{refused} subscriptions were refused"
            for connection in readable:
                kind, payload = read_frame(connection)
                if kind == RESPONSE:
                    answer = Response(payload)
                    assert (answer.status, answer.outcome) == (RESOURCE_EXHAUSTED, NOT_APPLIED)
                    assert answer.retry_after > 0
                    refused += 1
        site.check_that_others_are_served("with subscriptions")
        other, _ = sockets.enter(site.desk, FRAGMENTS_AND_STREAMING)
        other.sendall(request(SUBSCRIBE, 1))
        wait_until(
            lambda: site.metric("rcp_server_streams") == accepted + 1,
            "another principal's subscription",
        )
    wait_until(lambda: site.metric("rcp_server_streams") == 0, "the subscriptions to end")
