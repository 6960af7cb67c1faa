"""kill -9 of returnsd, and of the redis-server under it, amid both imports: nothing acknowledged is lost.

Each round uses a store of its own and imports the orders, then the returns. Into each import falls one kill
of either kind, each after a random number of acknowledged items between 5 and 95 %. The short form is one
round, the long one ten. The numbers are printed; RETURNS_SEED repeats a run.
"""

import os
import random
import signal

import pytest
from harness.binaries import IS_LONG, seed_of_run
from harness.command import DONE, FAILED, OUTCOME_UNKNOWN, UNAVAILABLE
from harness.processes import is_running
from harness.sample import (
    CASES_COUNT,
    ORDERS,
    ORDERS_COUNT,
    REFUSED_COUNT,
    RETURNS,
    all_cases,
    assert_reserved_as_by_file,
    read_acknowledged,
)
from harness.waiting import wait_until

SEED = seed_of_run()
ROUNDS = 10 if IS_LONG else 1
RUNS_MAX = 5
ITEMS_SAMPLED = 5


class Import:
    """One import, run until it has come to its end; what it acknowledged is kept over all runs."""

    def __init__(self, world, server, noun, path, refused):
        self.world = world
        self.server = server
        self.ctl = world.ctl(server)
        self.noun = noun
        self.path = path
        self.refused = refused
        # Refused lines make the status "failed", so that a script notices.
        self.end_status = FAILED if refused else DONE
        self.file = world.path / f"{noun}.acknowledged"
        self.running = None
        self.statuses = []

    def start(self):
        # A call gives up in the end, but not before a killed server had its time to come back.
        self.running = self.ctl.start(
            self.noun, "import", self.path, "--acknowledged", self.file, "--timeout", "60s"
        )
        self.world.at_end(self.running.end)

    @property
    def count(self):
        """Items acknowledged so far."""
        if self.statuses:
            return len(read_acknowledged(self.file))
        try:
            return self.file.read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    def pause(self):
        self.running.pause()

    def resume(self):
        self.running.resume()

    def wait_for(self, count):
        def is_there():
            if self.running.is_over:
                self.run_again_if_stopped()
            return self.count >= count

        wait_until(is_there, f"{count} acknowledged {self.noun}s", seconds=120, pause=0.002)

    def run_again_if_stopped(self):
        """An import that an outage stopped says so by its status; the same command goes on."""
        answer = self.running.wait()
        self.statuses.append(answer.status)
        if answer.status == self.end_status:
            assert answer.json["refused"] == self.refused, answer
            return True
        assert answer.status in (UNAVAILABLE, OUTCOME_UNKNOWN), answer
        assert "the same command again goes on" in answer.err, answer
        assert len(self.statuses) <= RUNS_MAX, self.statuses
        self.start()
        return False

    def finish(self):
        while not self.run_again_if_stopped():
            pass


def kill_server(world, running):
    """The orphaned redis-server keeps the data; the next start has to deal with it."""
    orphan = running.server.redis_pid
    assert orphan is not None
    running.pause()
    running.server.kill()
    assert is_running(orphan), "the redis-server is a process of its own, and is left behind"
    started = world.server(listen=running.server.address)
    assert not is_running(orphan) and started.redis_pid not in (None, orphan)
    assert "left running" in started.log
    return started


def kill_redis(world, running):
    """returnsd has to start it anew, by itself."""
    server = running.server
    killed = server.redis_pid
    running.pause()
    os.kill(killed, signal.SIGKILL)
    wait_until(
        lambda: server.redis_pid not in (None, killed), "returnsd to start redis-server anew", seconds=20
    )
    assert server.process.poll() is None
    return server


def assert_acknowledged_are_there(running, sampler):
    acknowledged = read_acknowledged(running.file)
    for line in sampler.sample(sorted(acknowledged), min(ITEMS_SAMPLED, len(acknowledged))):
        assert_is_there(running, line, acknowledged[line])


def assert_is_there(running, line, id):
    # Redis may still be reading its file.
    wait_until(
        lambda: running.ctl(running.noun, "get", id).status == DONE,
        f"{running.noun} {id} of line {line} to be there",
        pause=0.2,
    )


def import_with_kills(running, total, sampler, label):
    """Freezes the import at each kill, which cuts off what it had under way, and looks before it goes on."""
    at = sorted(sampler.randint(total * 5 // 100, total * 95 // 100) for _ in range(2))
    kinds = [kill_server, kill_redis]
    sampler.shuffle(kinds)
    running.start()
    for count, kill in zip(at, kinds, strict=True):
        running.wait_for(count)
        running.server = kill(running.world, running)
        print(f"{label}: {kill.__name__} after {running.count} of {total} {running.noun}s")
        assert count <= running.count < total
        assert_acknowledged_are_there(running, sampler)
        running.resume()
    running.finish()
    print(f"{label}: {running.noun} import ended with {running.statuses}")


def import_again(running):
    """The import once more: how many it created, and line → id of all it acknowledged."""
    file = running.world.path / f"{running.noun}.again"
    answer = running.ctl(running.noun, "import", running.path, "--acknowledged", file, seconds=120)
    assert answer.status == running.end_status, answer
    return answer.json, read_acknowledged(file)


@pytest.mark.parametrize("round", range(1, ROUNDS + 1))
def test_no_acknowledged_item_is_lost(world, round):
    sampler = random.Random(SEED * 1_000 + round)
    label = f"round {round} of seed {SEED}"
    server = world.server(listen=f"unix:{world.path}/s.sock")

    orders = Import(world, server, "order", ORDERS, refused=0)
    import_with_kills(orders, ORDERS_COUNT, sampler, label)
    assert len(read_acknowledged(orders.file)) == ORDERS_COUNT
    # All of them there and none of them new: what was acknowledged before a kill had stayed.
    counts, _ = import_again(orders)
    assert (counts["accepted"], counts["unchanged"], counts["refused"]) == (ORDERS_COUNT, ORDERS_COUNT, 0)

    cases = Import(world, orders.server, "case", RETURNS, refused=REFUSED_COUNT)
    import_with_kills(cases, CASES_COUNT, sampler, label)
    counts, again = import_again(cases)
    assert (counts["accepted"], counts["unchanged"], counts["refused"]) == (
        CASES_COUNT,
        CASES_COUNT,
        REFUSED_COUNT,
    )
    # A case that was lost and opened anew would have another id.
    assert again == read_acknowledged(cases.file)
    assert len(all_cases(cases.ctl)) == CASES_COUNT

    assert_reserved_as_by_file(cases.ctl, sampler)
    cases.ctl.done("admin", "verify-indexes")
    assert cases.server.signal_and_wait(signal.SIGTERM) == 0
