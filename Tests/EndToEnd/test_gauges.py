"""The gauges that alerts are made of, each while what it tells of is really so."""

import asyncio
import math

import pytest
from harness.opening import open_case, write_notes
from harness.receiver import Receiver
from harness.small_disk import SmallDisk
from harness.waiting import wait_until
from harness.wire import FRAGMENTS_AND_STREAMING, RESPONSE, Response, Sockets, read_frame, request
from returns_client import Client, Token
from test_bounds import Site
from test_metrics import HTTP, value

MEBIBYTE = 1 << 20
UNARY_CALL, THREE_SECONDS = 0x7F02, b"\x12\x03\x10\xb8\x17"


def gauge(server, series):
    return value(server.http("/metrics")[1], series)


def wait_for(server, series, is_so):
    wait_until(lambda: is_so(gauge(server, series)), f"{series} to be so", pause=0.1)


def test_memory_and_warnings(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *HTTP)
    ctl = world.ctl(server)
    share = "returns_redis_memory_share"
    wait_for(server, share, math.isnan)
    assert gauge(server, "returns_warnings") == 0

    def is_share(wanted, is_so):
        # By what Redis uses at this moment, which goes up and down by its clients' buffers.
        lines = redis.cli("INFO", "memory").splitlines()
        used = int(next(line for line in lines if line.startswith("used_memory:"))[12:])
        redis.cli("CONFIG", "SET", "maxmemory", int(used / wanted))
        wait_until(lambda: not math.isnan(gauge(server, share)), "a look", pause=0.1)
        return is_so(gauge(server, share))

    def wait_for_share(wanted, is_so):
        wait_until(lambda: is_share(wanted, is_so), f"a share of {wanted} to be told", pause=0.5)

    wait_for_share(0.5, lambda found: 0.4 < found < 0.65)
    assert gauge(server, "returns_warnings") == 0
    wait_for_share(0.95, lambda found: 0.9 < found <= 1)
    wait_for(server, "returns_warnings", lambda found: found == 1)
    assert "% of its memory limit" in ctl.done("admin", "info", output="table").out
    wait_for_share(2, lambda found: found > 1)
    wait_for(server, "returns_redis_up", lambda found: found == 0)
    redis.cli("CONFIG", "SET", "maxmemory", 0)
    wait_for(server, "returns_redis_up", lambda found: found == 1)
    wait_for(server, share, math.isnan)
    redis.cli("CONFIG", "SET", "appendonly", "no")
    wait_for(server, "returns_warnings", lambda found: found == 1)
    redis.cli("CONFIG", "SET", "appendonly", "yes")
    wait_for(server, "returns_warnings", lambda found: found == 0)


def test_the_disk(world):
    disk = SmallDisk(world.path / "small", 96)
    world.at_end(disk.end)
    server = world.server(*HTTP, data="small/d")

    def is_told(found):
        return abs(found - disk.free_bytes) < MEBIBYTE

    wait_for(server, "returns_data_disk_free_bytes", is_told)
    disk.fill(leave_bytes=70 * MEBIBYTE)
    wait_for(server, "returns_data_disk_free_bytes", is_told)
    # Below 1 GiB it is a warning, and says so with a figure.
    assert gauge(server, "returns_warnings") == 1 and gauge(server, "returns_redis_up") == 1


@pytest.fixture
def receiver(world):
    receiver = Receiver(answers=lambda event, attempt: 503)
    world.at_end(receiver.end)
    return receiver


def test_what_a_webhook_holds_and_how_long_it_may(world, receiver):
    server = world.server("--events-kept", "5", "--events-held", "400", *HTTP)
    ctl = world.ctl(server)
    receiver.secret = ctl.done(
        "webhook", "create", "erp", "--url", receiver.url, "--give-up-after", "30d"
    ).json["secret"]
    left = 'returns_webhook_held_left_seconds{webhook="erp"}'
    assert gauge(server, "returns_outbox_held_partitions") == 0

    async def write():
        async with Client(server.address, token=Token.from_file(server.token_file)) as client:
            case = await open_case(client, "HELD-1", 6)
            for _ in range(70):
                found = gauge(server, left)
                if found > 0 and gauge(server, "returns_outbox_held_partitions") == 1:
                    return found
                await write_notes(client, case, 5)
                # The log is looked at once in a while.
                await asyncio.sleep(0.2)
            raise AssertionError("neither was told while the log grew")

    # At some notes a second the rest of 400 lasts for minutes, not for days.
    assert 0 < asyncio.run(write()) < 86_400
    receiver.answers = lambda event, attempt: 200
    ctl.done("webhook", "disable", "erp")
    ctl.done("webhook", "enable", "erp")
    wait_for(server, "returns_outbox_held_partitions", lambda found: found == 0)
    wait_for(server, left, math.isnan)


def test_calls_that_wait_for_others_of_their_principal(world):
    count = 60
    site = Site(world, callMebibytesOfPrincipalMax=1, eventLoops=1, conformance="true")
    with Sockets(site.server.address) as sockets:
        connection, _ = sockets.enter(site.shop, FRAGMENTS_AND_STREAMING)
        connection.sendall(b"".join(request(UNARY_CALL, n, THREE_SECONDS) for n in range(1, count + 1)))
        # Nobody knows yet how large such replies are, so 16 are let begin.
        wait_until(lambda: site.metric("rcp_server_calls_waiting") >= count - 32, "calls to wait", pause=0.05)
        site.check_that_others_are_served("while calls wait", 40)
        for _ in range(count):
            kind, payload = read_frame(connection)
            assert kind == RESPONSE and Response(payload).status == 0
    wait_until(lambda: site.metric("rcp_server_calls_waiting") == 0, "nothing to wait", pause=0.05)
