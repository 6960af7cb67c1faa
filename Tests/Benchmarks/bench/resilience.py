"""Honest calls at a fixed rate, alone and beside clients that behave badly, in turn."""

import json
import statistics
import subprocess
import sys
import threading
import time

from .processes import BenchError

ROUNDS = 3
RATE = 2_000
MEMORY_BYTES_MAX = 512 * 1024 * 1024


class Peak(threading.Thread):
    """The most memory that a server has in use meanwhile."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.bytes, self.is_over = server, 0, threading.Event()

    def run(self):
        while not self.is_over.wait(0.05):
            self.bytes = max(self.bytes, self.server.resident_bytes())


def honest(arena, seconds):
    return arena.load("echo", "--rate", RATE, "--seconds", f"{seconds:.3f}")


def abused(arena, seconds):
    """As `honest`, with the abusers there from before until after;
    also what they did, and the server's peak."""
    command = [
        sys.executable,
        "-B",
        "-m",
        "bench.abuse",
        arena.server.address,
        str(arena.server.data / "admin.token"),
        f"{seconds + 2:.3f}",
    ]
    peak = Peak(arena.server)
    peak.start()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout.readline() != "ready\n":
                raise BenchError("the abusers do not get in")
            time.sleep(0.5)
            seen = honest(arena, seconds)
            seen["abuse"] = json.loads(process.stdout.readline())
        finally:
            process.kill()
            peak.is_over.set()
    peak.join()
    seen["peak_bytes"] = peak.bytes
    return seen


def measure(arena, seconds, rounds, say):
    baseline, under = [], []
    honest(arena, 1)
    for number in range(rounds):
        say(f"honest calls alone, round {number + 1} of {rounds}")
        baseline.append(honest(arena, seconds))
        say(f"honest calls beside the others, round {number + 1} of {rounds}")
        under.append(abused(arena, seconds))
    return {"rate_asked": RATE, "baseline": baseline, "under_abuse": under}


def lines(result):
    yield (
        f"Echo at {result['rate_asked']}/s, {len(result['baseline'])} rounds in turn; beside 1,000 slow"
        " readers, 1,000 writers of a byte a second and 100,000 cancelled calls."
    )
    yield f"{'':16}{'rate/s':>10}{'p50 µs':>10}{'p99 µs':>10}{'cancelled':>12}{'peak MB':>10}"
    for number, (alone, beside) in enumerate(zip(result["baseline"], result["under_abuse"], strict=True), 1):
        yield f"{number} alone{'':8}" + "".join(
            f"{alone[key]:>10,.0f}" for key in ("rate", "p50_us", "p99_us")
        )
        yield (
            f"{number} beside{'':7}"
            + "".join(f"{beside[key]:>10,.0f}" for key in ("rate", "p50_us", "p99_us"))
            + f"{beside['abuse']['cancelled']:>12,}{beside['peak_bytes'] / 1e6:>10,.0f}"
        )
    alone, beside = (
        statistics.median(one["p99_us"] for one in result[side]) for side in ("baseline", "under_abuse")
    )
    peak = max(one["peak_bytes"] for one in result["under_abuse"])
    yield f"p99, median of rounds: {beside:,.0f} : {alone:,.0f} µs = {beside / alone:.2f} (target: at most 2)"
    yield f"memory: at most {peak / 1e6:,.0f} MB (target: at most {MEMORY_BYTES_MAX / 1e6:,.0f} MB)"
