"""GetCase at a fixed rate before, while and after many deadlines fall due in one millisecond, with several
sweepers; each firing counted in the outbox; and what a list of all clocks takes."""

import collections
import json
import re
import socket
import statistics
import subprocess
import threading
import time

from returns_client import returns_v1 as v1

from .processes import BenchError

PARTITIONS = 64
PIECE_SECONDS = 2
DRAIN_SECONDS_MAX = 900
DAY_MS = 86_400_000
# The events behind an id; bytes that are no text do not come through redis-cli.
READ = """
local found = {}
for number, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+')) do
  found[number] = string.gsub(entry[2][2], '.', function(c) return string.format('%02x', string.byte(c)) end)
end
return found
"""
DUE = """
local n = 0
for p = 0, 63 do n = n + redis.call('ZCOUNT', string.format('{p%02d}:deadlines', p), '-inf', ARGV[1]) end
return n
"""


def cli(arena, *words):
    return subprocess.run(
        ["redis-cli", "-s", arena.redis.socket, *map(str, words)],
        check=True,
        capture_output=True,
        text=True,
        errors="replace",
    ).stdout.strip()


def due_count(arena, at_ms):
    return int(cli(arena, "EVAL", DUE, 0, at_ms))


def outbox_keys():
    return [f"{{p{partition:02}}}:outbox" for partition in range(PARTITIONS)]


def outbox_ends(arena):
    """The last entry of each partition's outbox, so that what comes behind can be told."""
    found = {}
    for key in outbox_keys():
        last = json.loads(cli(arena, "--json", "XREVRANGE", key, "+", "-", "COUNT", 1))
        found[key] = last[0][0] if last else "0"
    return found


def events_behind(arena, ends):
    for key, last in ends.items():
        for data in json.loads(cli(arena, "--json", "EVAL", READ, 1, key, f"({last}")):
            yield v1.Event.FromString(bytes.fromhex(data))


def get_case(arena, ids):
    seen = arena.load(
        "get-case", "--case-ids", ids, "--rate", arena.binaries.rate, "--seconds", PIECE_SECONDS
    )
    return {key: seen[key] for key in ("rate", "p50_us", "p99_us", "max_us", "unanswered")}


def list_due(arena, seconds):
    before = arena.server.resident_bytes()
    seen = arena.load("list-due", "--connections", 1, "--in-flight", 1, "--seconds", seconds)
    return {key: seen[key] for key in ("calls", "p50_us", "p99_us", "max_us")} | {
        "resident_bytes_before": before,
        "resident_bytes": arena.server.resident_bytes(),
    }


def memory_of_redis(arena):
    return int(re.search(r"used_memory:(\d+)", cli(arena, "INFO", "memory"))[1])


def measure(arena, seconds, rounds, say):
    options = arena.binaries
    pieces = max(2, round(seconds / PIECE_SECONDS))
    later, due = arena.folder / "later.ids", arena.folder / "due.ids"
    say(f"opening {options.clocks - options.due:,} cases")
    far = arena.seed(
        options.clocks - options.due, int(time.time() * 1_000) + DAY_MS, 0, later, spread_ms=10 * DAY_MS
    )
    sweepers = [arena.sweeper(number) for number in range(options.sweepers)]
    ready = 2 + 1.5 * options.due * far["seconds"] / far["cases"] + (pieces + 1) * (PIECE_SECONDS + 1)
    at_ms = int((time.time() + ready) * 1_000)
    say(f"opening {options.due:,} cases whose clocks fire together in {ready:.0f} s")
    arena.seed(options.due, at_ms, options.clocks, due)
    ends, used = outbox_ends(arena), memory_of_redis(arena)
    say("calls before")
    before = [get_case(arena, later) for _ in range(pieces)]
    left_seconds = at_ms / 1_000 - time.time()
    if left_seconds < 0 or due_count(arena, at_ms) != options.due:
        raise BenchError("the clocks were due before the calls were measured")
    time.sleep(left_seconds)
    say("calls while the clocks fire")
    drain, during = Drain(arena, at_ms), []
    drain.start()
    while drain.is_alive():
        piece = get_case(arena, later)
        # One that reached beyond the drain would be the better for it, unless there is no other.
        if drain.is_alive() or not during:
            during.append(piece)
    drain.join()
    if drain.problem:
        raise BenchError(drain.problem)
    say("calls after")
    after = [get_case(arena, later) for _ in range(pieces)]
    say("counting")
    firings = collections.Counter(
        (event.case_id, event.clock.kind, event.clock.ordinal, event.type, event.clock.alert.level)
        for event in events_behind(arena, ends)
        if event.HasField("clock")
    )
    expected = collections.Counter(
        (case, v1.CLOCK_KIND_REVIEW, 1, v1.EVENT_TYPE_CLOCK_WARNED, 1) for case in due.read_text().split()
    )
    say("listing")
    cpu = [sweeper.cpu_seconds() for sweeper in sweepers]
    return {
        "clocks": options.clocks,
        "due": options.due,
        "sweepers": options.sweepers,
        "rate_asked": options.rate,
        "seed_seconds": far["seconds"],
        "redis_bytes": used,
        "drain_seconds": drain.seconds,
        "sweeper_cpu_seconds": cpu,
        "fired_once": sum(firings[key] == 1 for key in expected),
        "lost": sum(firings[key] == 0 for key in expected),
        "twice": sum(number > 1 for number in firings.values()),
        "others": sum(key not in expected for key in firings),
        "before": before,
        "during": during,
        "after": after,
        "list_due": list_due(arena, seconds / 2),
    }


class Drain(threading.Thread):
    """How long it takes until nothing is due any more."""

    def __init__(self, arena, at_ms):
        super().__init__(daemon=True)
        self.arena, self.at_ms, self.began = arena, at_ms, time.monotonic()
        self.seconds, self.problem = None, None

    def run(self):
        # One connection and no processes: whatever this takes is taken from the calls that are measured.
        words = ("EVAL", DUE, "0", str(self.at_ms))
        asked = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(self.arena.redis.socket)
                self._watch(connection, asked.encode())
        except OSError as problem:
            self.problem = f"Redis cannot be asked: {problem}"

    def _watch(self, connection, asked):
        while True:
            connection.sendall(asked)
            reply = connection.recv(64)
            if not reply.startswith(b":"):
                self.problem = f"Redis answered {reply!r}"
                return
            if reply == b":0\r\n":
                self.seconds = time.monotonic() - self.began
                return
            if time.monotonic() - self.began > DRAIN_SECONDS_MAX:
                self.problem = f"clocks were still due after {DRAIN_SECONDS_MAX} s"
                return
            time.sleep(0.2)


def middle(pieces, key):
    return statistics.median(piece[key] for piece in pieces)


def lines(result, durable):
    yield (
        f"{result['clocks']:,} open clocks in {result['redis_bytes'] / 1e9:.1f} GB of Redis "
        f"({'appendfsync always' if durable else 'no persistence'}), {result['due']:,} due in the same"
        " millisecond, "
        f"{result['sweepers']} sweepers; GetCase at {result['rate_asked']}/s, pieces of {PIECE_SECONDS} s."
    )
    yield f"{'':10}{'pieces':>8}{'rate/s':>10}{'p50 µs':>10}{'p99 µs':>10}{'worst p99':>12}{'max µs':>10}"
    for name in "before", "during", "after":
        pieces = result[name]
        yield (
            f"{name:10}{len(pieces):>8}"
            + "".join(f"{middle(pieces, key):>10,.0f}" for key in ("rate", "p50_us", "p99_us"))
            + f"{max(piece['p99_us'] for piece in pieces):>12,.0f}"
            + f"{max(piece['max_us'] for piece in pieces):>10,.0f}"
        )
    yield (
        f"drained in {result['drain_seconds']:.1f} s ({result['due'] / result['drain_seconds']:,.0f}/s); "
        f"sweepers took {sum(result['sweeper_cpu_seconds']):.1f} s of processor in all"
    )
    yield (
        f"outbox: {result['fired_once']:,} fired once, {result['lost']} lost, {result['twice']} twice,"
        f" {result['others']} that were not due (targets: all, 0, 0, 0)"
    )
    yield (
        "p99 during : before ="
        f" {middle(result['during'], 'p99_us') / middle(result['before'], 'p99_us'):.2f} (target: at most 2)"
    )
    found = result["list_due"]
    yield (
        f"ListDue, 500 of all clocks, one call after the other: p50 {found['p50_us'] / 1e3:.1f} ms, p99"
        f" {found['p99_us'] / 1e3:.1f} ms "
        f"over {found['calls']} calls; returnsd has {found['resident_bytes'] / 1e6:.0f} MB in use, "
        f"{found['resident_bytes_before'] / 1e6:.0f} MB before"
    )
