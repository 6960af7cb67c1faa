"""kill -9 of returnsd, of redis-server, and of both at once, while clients make changes of every kind: no
acknowledged change is lost, none is made twice, and no reply is untrue.

Six rounds by default, a hundred in the long form (scripts/test --long): half of them on the embedded store,
half on a Redis of its own. Power cuts, which lose what Redis may lose by its setting, are said and never
silent. The counts are printed; RETURNS_SEED repeats a run.
"""

import json
import os
import random
import re
import signal

import pytest
from harness.audit import audit
from harness.binaries import IS_LONG, seed_of_run
from harness.processes import is_running
from harness.waiting import wait_until
from harness.workload import Workload
from test_server import refusal

SEED = seed_of_run()
ROUNDS = 50 if IS_LONG else 3
LOSSY_ROUNDS = 12 if IS_LONG else 2
# A kill falls after so many acknowledged changes since the last one.
CHANGES_BETWEEN = (5, 120)


class Embedded:
    """returnsd with the redis-server that it starts itself."""

    def __init__(self, world):
        self.world = world
        self.listen = f"unix:{world.path}/s.sock"
        self.server = world.server(listen=self.listen)

    def kill_server(self):
        self.server.kill()
        self.server = self.world.server(listen=self.listen)

    def kill_redis(self):
        killed = self.server.redis_pid
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: self.server.redis_pid not in (None, killed), "redis-server to be started anew")
        assert self.server.process.poll() is None

    def kill_both(self):
        killed = self.server.redis_pid
        self.server.process.send_signal(signal.SIGKILL)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not is_running(killed), "redis-server to be gone")
        self.kill_server()


class Own:
    """returnsd with a Redis that somebody else starts."""

    def __init__(self, world):
        self.world = world
        self.listen = f"unix:{world.path}/s.sock"
        self.redis = world.redis()
        self._start()

    def _start(self):
        self.server = self.world.server("--redis", self.redis.url, listen=self.listen)

    def kill_server(self):
        self.server.kill()
        self._start()

    def kill_redis(self):
        self.redis.stop()
        self.redis = self.world.redis()

    def kill_both(self):
        self.server.process.send_signal(signal.SIGKILL)
        self.redis.stop()
        self.redis = self.world.redis()
        self.kill_server()


def tokens(world, server):
    """Of those who may do everything, and of two others: one inspects and takes no part in
    refunds, one rejects and is not asked again."""
    found = {"admin": server.token_file.read_text().strip()}
    for role in ("warehouse", "service"):
        file = world.path / role
        world.ctl(server).done("principal", "create", role, "--role", role, "--save", file)
        found[role] = file.read_text().strip()
    return found


@pytest.mark.parametrize("kind", [Embedded, Own])
def test_kills_under_load_lose_double_and_misreport_nothing(world, kind):
    draw = random.Random(f"{SEED} {kind.__name__}")
    store = kind(world)
    work = Workload(store.server.address, tokens(world, store.server), SEED)
    world.at_end(work.abandon)
    work.start()
    ways = (["kill_server", "kill_redis", "kill_both"] * ROUNDS)[:ROUNDS]
    for way in ways:
        goal = work.acknowledged_count + draw.randint(*CHANGES_BETWEEN)
        wait_until(
            lambda goal=goal: work.acknowledged_count >= goal or work.wrong or not work.is_alive(),
            f"{goal} acknowledged changes",
            seconds=120,
            pause=0.002,
        )
        getattr(store, way)()
    work.stop()
    found = audit(work, store.server.address, work.tokens["admin"])
    print(
        f"seed {SEED}, {kind.__name__}: {ROUNDS} kills, {work.acknowledged_count} acknowledged changes of "
        f"{len(work.records)} orders, {found.lost} lost, {found.doubled} doubled, {len(work.wrong)} replies"
        " untrue; replies "
        f"{json.dumps(work.told)}; {json.dumps(work.acknowledged)}"
    )
    assert not work.wrong and not found.problems, (work.wrong, found.problems)
    assert work.acknowledged_count >= ROUNDS * CHANGES_BETWEEN[0]
    assert world.ctl(store.server).done("admin", "verify-indexes").json.get("problems", 0) in (0, "0")


class Lossy(Own):
    """A Redis that may lose its last second. Each kill is a power cut: it leaves what was written by then."""

    def __init__(self, world, *flags):
        self.world, self.flags = world, flags
        self.listen = f"unix:{world.path}/s.sock"
        self.redis = self._redis()
        self.server = self._served(*flags)

    def _redis(self):
        return self.world.redis("--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0")

    def _served(self, *flags):
        return self.world.server("--redis", self.redis.url, *flags, listen=self.listen)

    @property
    def written(self):
        (file,) = (self.redis.directory / "appendonlydir").glob("*.incr.aof")
        return file

    def mark(self):
        """A version of what the server keeps outside Redis."""
        return (self.server.data / "store.mark").stat().st_mtime_ns

    def cut_power(self, work, size, of_server):
        if of_server:
            self.server.kill()
        self.redis.stop()
        work.abandon()
        os.truncate(self.written, size)
        self.redis = self._redis()


def lost_part(work, store, draw):
    """Lets clients go on until the server has noted changes outside Redis; returns the
    length of the append-only file before them."""

    def go_on(changes):
        goal = work.acknowledged_count + changes
        wait_until(
            lambda: work.acknowledged_count >= goal or work.wrong or not work.is_alive(),
            f"{goal} acknowledged changes",
            seconds=120,
            pause=0.002,
        )

    go_on(draw.randint(20, 120))
    size = store.written.stat().st_size
    go_on(draw.randint(20, 60))
    # The first writing may have begun before.
    for _ in range(2):
        before = store.mark()
        wait_until(lambda before=before: store.mark() != before, "the mark to be written")
    return size


@pytest.mark.parametrize("is_tolerated", [False, True])
def test_what_a_power_cut_loses_is_said(world, is_tolerated):
    draw = random.Random(f"{SEED} {is_tolerated}")
    store = Lossy(world, *(["--tolerated-loss", "100000"] if is_tolerated else []))
    rights = tokens(world, store.server)
    ctl = world.ctl(store.server)
    counts = []
    for number in range(LOSSY_ROUNDS):
        of_server = number % 2 == 1
        work = Workload(store.server.address, rights, SEED, name=f"r{number}")
        world.at_end(work.abandon)
        work.start()
        size = lost_part(work, store, draw)
        before = len(store.server.log)
        store.cut_power(work, size, of_server)
        said = goes_on(world, store, of_server, is_tolerated, before)
        found = audit(work, store.server.address, rights["admin"])
        print(
            f"seed {SEED}: power cut of {'both' if of_server else 'Redis'}, {work.acknowledged_count}"
            " acknowledged "
            f"changes, at least {found.lost} lost, {said} said, {found.doubled} doubled"
        )
        counts.append((found.lost, said, found.doubled))
        assert not work.wrong and found.doubled == 0, (work.wrong, found.problems)
        assert found.lost > 0 and said > 0, "nothing was lost, or nothing was said"
        # A server that lives knows of every change that its clients know of.
        assert of_server or said >= found.lost
        run = wait_until(lambda: unreconciled(ctl), "admin info to say that refunds wait")
        ctl.done("admin", "reconciled", run, "--yes")
    print(f"{len(counts)} power cuts: {sum(lost for lost, _, _ in counts)} lost at least, none in silence")


def goes_on(world, store, of_server, is_tolerated, before):
    """The server serves again, by itself where its settings tolerate
    it. Returns how many changes it calls lost."""
    words = r"(\d+) acknowledged changes (?:are missing|are lost)"
    if of_server and not is_tolerated:
        said = re.search(words, refusal(world, "--redis", store.redis.url, listen=store.listen))
        store.server = store._served("--accept-loss")
        return int(said[1])
    if of_server:
        store.server, before = store._served(*store.flags), 0
    wait_until(lambda: re.search(words, store.server.log[before:]), "the loss to be said")
    if not of_server and not is_tolerated:
        assert serving(world, store) == "SERVING_STATUS_NOT_SERVING"
        said = re.search(words, store.server.log[before:])
        assert store.server.signal_and_wait(signal.SIGTERM) == 0
        store.server = store._served("--accept-loss")
        return int(said[1])
    wait_until(lambda: serving(world, store) == "SERVING_STATUS_SERVING", "the server to serve again")
    return int(re.search(words, store.server.log[before:])[1])


def unreconciled(ctl):
    found = re.search(r"admin reconciled (\S+)", ctl.done("admin", "info", output="table").out)
    return found and found[1]


def serving(world, store):
    return world.ctl(store.server)("ping").json["status"]
