"""What lists cost others: one principal asks for the largest lists there are, many at
once, over large cases and others' clocks.

Short by default; the long form (scripts/test --long) has more and larger cases. The figures are printed.
"""

import asyncio
import json
import pathlib
import re
import threading
import time

import pytest
from harness import sweeps
from harness.binaries import IS_LONG
from harness.honest import Honest
from harness.opening import open_case, open_large_case
from harness.wire import RESPONSE, Response, Sockets, read_frame, request
from returns_client import Client, Token

pytestmark = pytest.mark.alone

LIST_DUE = 0x0401
LIMIT_500 = b"\x20\xf4\x03"
SEEDED = 20_000 if IS_LONG else 2_000
LARGE, LINES = (80, 2_500) if IS_LONG else (40, 400)
CALLS, CONNECTIONS = 64, 4
HONEST_CALLS = 1_000 if IS_LONG else 200
DAY_MS = 86_400_000


async def open_large_cases(client):
    for number in range(LARGE):
        await open_large_case(client, LINES, f"LARGE-{number}")
    return await open_case(client, "SMALL", 0)


class Site:
    """A store with many clocks of one sale channel ahead of those of another, whose cases are large."""

    def __init__(self, world, returns_seed):
        redis = world.redis()
        self.server = world.server("--metrics", "127.0.0.1:0", "--redis", redis.url, listen="127.0.0.1:0")
        sweeps.seed(returns_seed, redis, SEEDED, int(time.time() * 1_000) + DAY_MS // 24, DAY_MS // 24)
        self.ctl = world.ctl(self.server)
        self.tokens = {"admin": self.server.token_file.read_text().strip()}
        for name, flags in [
            ("shop", ("--role", "channel", "--sale-channel", "online")),
            ("clerk", ("--role", "service", "--sale-channel", "online")),
            ("desk", ("--role", "service")),
            ("honest", ("--role", "service")),
        ]:
            file = world.path / f"{name}.token"
            self.ctl.done("principal", "create", name, *flags, "--save", file)
            self.tokens[name] = file.read_text().strip()
        self.shop = self.ctl.with_token(world.path / "shop.token")
        self.clerk = self.ctl.with_token(world.path / "clerk.token")
        self.case = asyncio.run(self._open())
        self.honest = Honest(self.server.address, world.path / "honest.token", self.case)
        world.at_end(self.honest.end)

    async def _open(self):
        async with Client(self.server.address, token=Token(self.tokens["admin"])) as client:
            return await open_large_cases(client)

    @property
    def mebibytes(self):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1_024


class Watch:
    """Looks at memory and health until its end."""

    def __init__(self, site):
        self.site = site
        self.peak, self.answers = site.mebibytes, []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _look(self):
        while not self._over.wait(0.05):
            self.peak = max(self.peak, self.site.mebibytes)
            self.answers.append(self.site.server.http("/readyz"))


def flood(site, token, method, message):
    """All calls at once; returns the replies."""
    each = CALLS // CONNECTIONS
    with Sockets(site.server.address, seconds=120) as sockets:
        connections = [sockets.enter(site.tokens[token])[0] for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.sendall(b"".join(request(method, stream, message) for stream in range(1, each + 1)))
        return [read_response(connection) for connection in connections for _ in range(each)]


def read_response(connection):
    while True:
        kind, payload = read_frame(connection)
        if kind == RESPONSE:
            return Response(payload)


def test_many_large_lists_of_one_token_leave_others_their_turn(world, returns_seed):
    site = Site(world, returns_seed)
    site.honest.calls(HONEST_CALLS)
    idle = site.honest.calls(HONEST_CALLS)
    flood(site, "shop", LIST_DUE, LIMIT_500)
    before = site.mebibytes
    for token, method, message in [
        ("shop", LIST_DUE, LIMIT_500),
        ("desk", LIST_DUE, LIMIT_500),
    ]:
        with Watch(site) as watch:
            site.honest.begin(HONEST_CALLS)
            began = time.monotonic()
            replies = flood(site, token, method, message)
            seconds = time.monotonic() - began
            busy = site.honest.result()
        print(
            f"{CALLS} calls of {token}: {seconds:.1f} s, {before:.0f} MiB before, {watch.peak:.0f} MiB at"
            " most; "
            f"GetCase {json.dumps(busy)}, idle {json.dumps(idle)}"
        )
        assert [reply.status for reply in replies] == [0] * CALLS, {reply.text for reply in replies}
        assert watch.peak - before < 200
        assert busy["failures"] == []
        # Generous, since this machine may be busy with other tests: without turns all of it waits.
        assert busy["p99_ms"] <= 5_000, (busy, idle)
        assert {status for status, _ in watch.answers} == {200}, watch.answers
    log = site.server.log
    assert "does not answer" not in log and "clocks differ" not in log, log


def test_clocks_behind_those_of_others_are_listed_and_taken(world, returns_seed):
    site = Site(world, returns_seed)
    found = site.shop.done("sla", "due", "--limit", "all").json
    assert len(found["clocks"]) == LARGE + 1 and "nextCursor" not in found
    assert {clock["order"]["saleChannel"] for clock in found["clocks"]} == {"online"}
    whole = [clock["caseId"] for clock in found["clocks"]]
    pages, cursor = [], ()
    while True:
        answer = site.shop.done("sla", "due", "--limit", "7", *cursor)
        pages += [clock["caseId"] for clock in answer.json["clocks"]]
        if "nextCursor" not in answer.json:
            break
        cursor = ("--cursor", answer.json["nextCursor"])
        # How many there are in all nobody has counted.
        assert "total" not in answer.json
    assert pages == whole
    told = site.shop.done("sla", "due", "--limit", "7", output="table")
    assert "more with: --cursor" in told.err and " of " not in told.out.splitlines()[-1], told
    refused = site.shop("sla", "due", "--kind", "review", *cursor)
    assert refused.status != 0 and "other filters" in refused.err, refused
    everybody = site.ctl.done("sla", "due", "--limit", "7").json
    assert int(everybody["total"]) == SEEDED + LARGE + 1
    # Their work is behind all the others' clocks too.
    work = site.clerk.done("sla", "next").json["work"]
    assert work["caseId"] == whole[0]
