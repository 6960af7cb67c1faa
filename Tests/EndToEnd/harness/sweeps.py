"""Sweepers as processes to kill, the clocks they fire, and the proof of what a kill fell into."""

import collections
import pathlib
import signal
import subprocess

from . import outbox
from .faketime import THROUGH_SHELL
from .processes import kill_and_wait, state
from .waiting import wait_until

WARN_BEFORE_MS = 4 * 3_600_000


def seed(binary, redis, cases, due_at_ms, spread_ms=0, first=0, partitions=64):
    """Opens cases whose REVIEW clocks first fire at the time given, or evenly
    over a time from there; returns their ids."""
    ids = redis.directory / f"seed-{first}.ids"
    subprocess.run(
        [
            binary,
            *("--redis", redis.url, "--cases", str(cases), "--due-at-ms", str(due_at_ms)),
            *("--spread-ms", str(spread_ms), "--first", str(first), "--partitions", str(partitions)),
            *("--ids-out", str(ids)),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=600,
    )
    return ids.read_text().split()


class Sweeper:
    """A returnsd that is wanted for its sweeper alone; nobody waits until it is ready."""

    def __init__(self, binary, folder, name, redis, *flags, environment=None):
        folder = pathlib.Path(folder)
        # Of this run alone, so that its last line is this process's.
        self.progress = folder / f"{name}.progress"
        self.progress.unlink(missing_ok=True)
        self.log = folder / f"{name}.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [
                    *(THROUGH_SHELL if environment else ()),
                    binary,
                    *("--listen", f"unix:{folder}/{name}.sock", "--data", str(folder / name)),
                    *("--redis", redis.url, "--sweep-progress", str(self.progress)),
                    *("--event-loops", "1", "--sweep-interval-ms", "100"),
                    *map(str, flags),
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment,
                start_new_session=True,
            )

    def steps(self):
        """What its sweeps have done: (step, cases, cases of the same read that are not decided yet)."""
        try:
            lines = self.progress.read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [(word, int(count), int(left)) for _, word, count, left in map(str.split, lines)]

    def is_amid_a_sweep(self, batches=0):
        """Whether its current sweep has read what is due, has committed some, and has more to commit."""
        steps = self.steps()
        return (
            bool(steps)
            and steps[-1][0] != "over"
            and steps[-1][2] > 0
            and sum(word == "committed" for word, _, _ in steps) >= batches
        )

    def assert_runs(self):
        if (status := self.process.poll()) is not None:
            raise AssertionError(f"returnsd ended with {status}:\n{self.log.read_text()[-2_000:]}")

    def kill(self):
        """kill -9; returns whether it fell between a sweep's first read and its last commit."""
        kill_and_wait(self.process)
        return self.is_amid_a_sweep()

    def stop_amid_a_sweep(self):
        """Freezes it; returns whether that fell between a sweep's first read
        and its last commit. If not, it goes on."""
        if not self.is_amid_a_sweep(batches=1):
            return False
        self.process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state(self.process.pid) == "T", "the process to stop")
        if self.is_amid_a_sweep():
            return True
        self.resume()
        return False

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            kill_and_wait(self.process)


DUE = """
local count = 0
for _, key in ipairs(redis.call('KEYS', '*}:deadlines')) do
  count = count + redis.call('ZCOUNT', key, '-inf', ARGV[1])
end
return count
"""


def due_count(redis, at_ms):
    """How many clocks are due by a time and have not fired."""
    return int(redis.cli("EVAL", DUE, "0", at_ms))


def leases(redis):
    """The leases that are held, by key."""
    return {key: redis.cli("GET", key) for key in redis.cli("KEYS", "*}:sweep-lease").split()}


def assert_each_warned_once(redis, cases):
    """Exactly these cases' REVIEW clocks have warned, each once and none
    before its time; nothing else has fired."""
    events = [event for event in outbox.events(redis) if event.HasField("clock")]
    fired = collections.Counter(
        (outbox.kind_word(event.type), outbox.clock_word(event), event.case_id) for event in events
    )
    expected = collections.Counter(("clock_warned", "review", case) for case in cases)
    assert fired == expected, {
        "twice": list((fired - expected).items())[:5],
        "lost": list((expected - fired).items())[:5],
    }
    early = [event for event in events if event.at_ms < event.clock.due_at_ms - WARN_BEFORE_MS]
    assert not early, early[:5]
