"""Sweepers that are killed, stopped and lied to about the time: each
deadline fires exactly once, and none early.

The short form kills 20 sweepers over 1,000 deadlines, the long one 1,000 over 100,000, once on clocks that
are right and once while the clocks of sweepers and Redis step by an hour. RETURNS_SEED repeats a run.
"""

import concurrent.futures
import random
import threading
import time

import pytest
from harness.binaries import IS_LONG, seed_of_run
from harness.faketime import SteppedClock, remove_leftovers
from harness.outbox import kind_of
from harness.sweeps import Sweeper, assert_each_warned_once, due_count, leases, seed
from harness.waiting import wait_until

pytestmark = pytest.mark.alone

SEED = seed_of_run()
KILLS, DEADLINES = (1_000, 100_000) if IS_LONG else (20, 1_000)
# Many cases a partition, so that most of a sweep's time lies between its first read and its last commit.
PARTITIONS = 64 if IS_LONG else 16
SWEEPERS = 3
# Before a kill, so that kills fall into all parts of a sweep.
BATCHES_MAX = 8 if IS_LONG else 4
SECONDS_MAX = 3_000 if IS_LONG else 60
# Due long after the test, and before what a clock shows that is an hour fast.
DECOYS = 200
DECOY_MS = 3_500_000
LEASE_SECONDS = 3


@pytest.fixture
def steppable(world):
    """Makes clocks to step; what their library leaves behind goes when everything has ended."""
    yield lambda *names: [SteppedClock(world.path, name) for name in names]
    world.end()
    remove_leftovers()


def now_ms():
    return int(time.time() * 1_000)


def store(world, *, redis_environment=None, partitions=PARTITIONS):
    """A Redis with an empty store, and a server on it that does not sweep."""
    redis = world.redis(environment=redis_environment)
    keeper = world.server("--redis", redis.url, "--no-sweeper", "--partitions", partitions, data="keeper")
    return redis, keeper


class Killing:
    """Sweepers that are started and killed again, several at once, until there were enough kills."""

    def __init__(self, world, redis, environment=None):
        self.world, self.redis, self.environment = world, redis, environment
        self.lock = threading.Lock()
        self.proven = self.unproven = 0
        self.is_over = threading.Event()
        self.deadline = time.monotonic() + SECONDS_MAX

    def start(self, name):
        return Sweeper(
            self.world.returnsd,
            self.world.path,
            name,
            self.redis,
            *("--partitions", PARTITIONS),
            environment=self.environment,
        )

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(SWEEPERS) as pool:
            for done in [pool.submit(self._kill_again_and_again, number) for number in range(SWEEPERS)]:
                done.result()
        print(f"seed {SEED}: {self.proven} kills amid a sweep, {self.unproven} others")
        assert self.proven >= KILLS, f"{self.proven} kills in {SECONDS_MAX} s, or before everything had fired"

    def _kill_again_and_again(self, number):
        sampler = random.Random(SEED * 100 + number)
        while not self.is_over.is_set() and time.monotonic() < self.deadline:
            sweeper = self.start(f"sweeper{number}")
            try:
                batches = sampler.randint(0, BATCHES_MAX)
                while not sweeper.is_amid_a_sweep(batches):
                    sweeper.assert_runs()
                    if self.is_over.is_set() or time.monotonic() > self.deadline:
                        return
                    time.sleep(0.001)
                is_proven = sweeper.kill()
            finally:
                sweeper.end()
            with self.lock:
                self.proven += is_proven
                self.unproven += not is_proven
                if self.proven >= KILLS:
                    self.is_over.set()


class Stepping(threading.Thread):
    """Clocks that step by an hour and back again, never all of them forward
    at once: then it is later for everybody."""

    STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, -1), (-1, 1))

    def __init__(self, sweepers, redis):
        super().__init__(daemon=True)
        self.clocks = sweepers, redis
        self.sampler = random.Random(SEED)
        self.is_over = threading.Event()
        self.count = 0

    def run(self):
        while not self.is_over.is_set():
            # Through the right time, or one clock would go forward before the other has gone back.
            for hours in ((0, 0), self.sampler.choice(self.STEPS)):
                for clock, offset in zip(self.clocks, hours, strict=True):
                    clock.step(offset)
                self.is_over.wait(self.sampler.uniform(0.05, 0.25))
            self.count += 1
        for clock in self.clocks:
            clock.step(0)


@pytest.mark.parametrize("steps", [False, True], ids=["right clocks", "stepping clocks"])
def test_killed_sweepers_fire_each_deadline_once(world, returns_seed, steppable, steps):
    clocks = steppable("sweepers", "redis") if steps else []
    redis, keeper = store(world, redis_environment=clocks[1].environment if steps else None)
    began = now_ms()
    overdue = seed(returns_seed, redis, DEADLINES // 2, began - 1, partitions=PARTITIONS)
    # These fall due while sweepers are killed.
    falling = seed(
        returns_seed,
        redis,
        DEADLINES - DEADLINES // 2,
        now_ms(),
        spread_ms=KILLS * 100,
        first=DEADLINES,
        partitions=PARTITIONS,
    )
    decoys = seed(
        returns_seed, redis, DECOYS, now_ms() + DECOY_MS, first=2 * DEADLINES, partitions=PARTITIONS
    )
    assert len({*overdue, *falling, *decoys}) == DEADLINES + DECOYS

    stepping = Stepping(*clocks) if steps else None
    if stepping:
        stepping.start()
    killing = Killing(world, redis, clocks[0].environment if steps else None)
    try:
        killing.run()
        # Leases of the killed must not hide what is left, also where Redis's clock has lengthened them.
        steady = killing.start("steady")
        world.at_end(steady.end)
        if stepping:
            stepping.is_over.set()
            stepping.join()
            print(f"{stepping.count} steps of the clocks")
        wait_until(
            lambda: now_ms() > began + KILLS * 100 and due_count(redis, now_ms()) == 0,
            "everything that is due to fire",
            seconds=SECONDS_MAX,
            pause=0.1,
        )
    finally:
        if stepping:
            stepping.is_over.set()
    assert_each_warned_once(redis, [*overdue, *falling])
    if not IS_LONG:
        world.ctl(keeper).done("admin", "verify-indexes")


def test_a_sweeper_that_slept_past_its_lease_goes_on_and_harms_nothing(world, returns_seed):
    redis, _ = store(world, partitions=4)
    cases = seed(returns_seed, redis, 400, now_ms() - 1, partitions=4)

    def start(name):
        sweeper = Sweeper(world.returnsd, world.path, name, redis, "--partitions", 4)
        world.at_end(sweeper.end)
        return sweeper

    sleeper = start("sleeper")
    wait_until(sleeper.stop_amid_a_sweep, "a sweep", pause=0.001)
    [(key, token)] = leases(redis).items()
    fallen = len(sleeper.steps())
    # The other one passes the partition over while the lease lasts, and takes it afterwards.
    start("waker")
    wait_until(lambda: due_count(redis, now_ms()) == 0, "the other sweeper to fire everything")
    wait_until(lambda: leases(redis).get(key) != token, "the lease to end", seconds=2 * LEASE_SECONDS)
    sleeper.resume()
    wait_until(
        lambda: len(sleeper.steps()) > fallen and sleeper.steps()[-1][0] == "over", "the sleeper to go on"
    )
    assert_each_warned_once(redis, cases)


def test_a_stopped_sweeper_gives_its_lease_back(world, returns_seed):
    redis, _ = store(world, partitions=4)
    seed(returns_seed, redis, 400, now_ms() - 1, partitions=4)
    sweeper = Sweeper(world.returnsd, world.path, "sweeper", redis, "--partitions", 4)
    world.at_end(sweeper.end)
    wait_until(lambda: sweeper.is_amid_a_sweep(batches=1) and leases(redis), "a sweep", pause=0.001)
    sweeper.process.terminate()
    assert sweeper.process.wait(timeout=20) == 0
    assert due_count(redis, now_ms()) > 0, "it was stopped amid its work"
    assert leases(redis) == {}


@pytest.mark.parametrize("side", ["server", "redis"])
def test_a_clock_that_steps_fires_nothing_early_and_loses_nothing(world, returns_seed, steppable, side):
    clocks = dict(zip(("server", "redis"), steppable("server", "redis"), strict=True))
    redis = world.redis(environment=clocks["redis"].environment)
    server = world.server(
        "--redis", redis.url, "--sweep-interval-ms", 50, environment=clocks["server"].environment
    )
    ctl = world.ctl(server)
    [soon] = seed(returns_seed, redis, 1, now_ms() + 1_800_000, first=1)
    sweeps = Sweeps(redis)

    # Half an hour too early by the right clock; half an hour late by the other.
    clocks[side].step(1)
    # An act at once, in the very moment of the step, must not fold in what is not due.
    kinds = [kind_of(entry) for entry in ctl.done("case", "verify", soon).json["entries"]]
    assert kinds == ["verified"]
    sweeps.wait(3)
    assert_each_warned_once(redis, [])

    # Late by the right clock, which is not the slower one.
    clocks[side].step(-1)
    [now] = seed(returns_seed, redis, 1, now_ms() - 1, first=2)
    sweeps.wait(3)
    assert_each_warned_once(redis, [])
    assert "clocks differ" in server.log

    clocks[side].step(0)
    wait_until(lambda: due_count(redis, now_ms()) == 0, "what is due to fire")
    assert_each_warned_once(redis, [now])


class Sweeps:
    """Counts sweeps by what they ask of Redis: each begins with the time."""

    def __init__(self, redis):
        self.redis = redis

    def _count(self):
        for line in self.redis.cli("INFO", "commandstats").splitlines():
            if line.startswith("cmdstat_time:"):
                return int(line.split("calls=")[1].split(",")[0])
        return 0

    def wait(self, count):
        """Waits until so many looks at the time have begun and ended since."""
        before = self._count()
        wait_until(lambda: self._count() > before + 4 * count, f"{count} sweeps")
