"""The rounds: server and ceiling in turn, and in alternating order, so that both meet the same noise."""

import os
import statistics
import time

from . import idle
from .processes import TICKS

# One connection, as returnsd has one per event loop; as many calls in flight as the load has.
CEILING = ("-c", "1")
CLOSED = (*CEILING, "-n", "256")


def busy_seconds():
    """What all processes of the machine have spent so far."""
    with open("/proc/stat") as file:
        fields = [int(word) for word in file.readline().split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:8])) / TICKS  # Without idle and waiting.


def own_seconds(arena):
    own = os.times()
    return (
        arena.server.cpu_seconds()
        + arena.redis.cpu_seconds()
        + own.user
        + own.system
        + own.children_user
        + own.children_system
    )


class Pair:
    """One measure's pieces on both sides."""

    def __init__(self):
        self.server, self.ceiling = [], []

    def run(self, round_number, server, ceiling):
        """Takes one piece of each; every second round the ceiling goes first."""
        for side, piece in ((self.server, server), (self.ceiling, ceiling))[
            :: 1 if round_number % 2 == 0 else -1
        ]:
            side.append(piece())

    def summary(self):
        return {
            "server": summary(self.server),
            "ceiling": summary(self.ceiling),
            "ratio": rate(self.server) / rate(self.ceiling),
            "ratio_by_round": [
                one["rate"] / other["rate"] for one, other in zip(self.server, self.ceiling, strict=True)
            ],
        }


def calls(piece):
    return piece.get("calls", piece.get("ops"))


def rate(pieces):
    """Over all pieces: all calls by all the time."""
    return sum(map(calls, pieces)) / sum(piece["seconds"] for piece in pieces)


def summary(pieces):
    """Rate over all pieces; the median piece's percentiles and costs."""
    found = {
        "rate": rate(pieces),
        "rate_min": min(piece["rate"] for piece in pieces),
        "rate_max": max(piece["rate"] for piece in pieces),
    }
    for name, names in {
        "p50_us": ("p50_us",),
        "p99_us": ("p99_us",),
        "server_cpu_us": ("server_cpu_us_per_call",),
        "redis_cpu_us": ("redis_cpu_us_per_call", "redis_cpu_us_per_op"),
        "client_cpu_us": ("own_cpu_us_per_call", "own_cpu_us_per_op"),
    }.items():
        values = [piece[key] for piece in pieces for key in names if key in piece]
        if values:
            found[name] = statistics.median(values)
    found["unanswered"] = sum(piece.get("unanswered", 0) for piece in pieces)
    return found


def measure(arena, seconds, rounds, say):
    """Everything, `seconds` for each measure and side, cut into `rounds` pieces."""
    piece = seconds / rounds
    timed = ("--seconds", f"{piece:.3f}")
    say("calibrating")
    cases = max(arena.size.cases_min, min(60_000, int(arena.submissions_per_second() * piece)))
    say(f"recording {cases} orders, submissions and reads")
    recording = arena.record(cases)
    reading = ("--case-ids", recording.case_ids)

    def loops(per_second):
        """How often the reads have to be replayed to fill a piece."""
        return max(1, round(per_second * piece / cases))

    echo, list_cases, get_case, submit_case = [], [], Pair(), Pair()
    began, busy, own = time.monotonic(), busy_seconds(), own_seconds(arena)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        echo.append(arena.measure("echo", *timed))

        def submit_server():
            arena.restore(recording.orders_seed)
            return arena.measure("submit-case", "--calls", cases)

        def submit_ceiling():
            arena.restore(recording.orders_seed)
            return arena.ceiling(recording.submit_case, *CLOSED)

        submit_case.run(number, submit_server, submit_ceiling)
        arena.restore(recording.orders_seed, recording.cases_seed)
        guess = arena.ceiling(recording.get_case, *CLOSED)["rate"]
        get_case.run(
            number,
            lambda: arena.measure("get-case", *reading, *timed),
            lambda guess=guess: arena.ceiling(recording.get_case, *CLOSED, "-l", str(loops(guess))),
        )
        list_cases.append(
            arena.measure(
                "list-cases", "--driver", "client", "--connections", "4", "--in-flight", "4", *timed
            )
        )
    others = (busy_seconds() - busy - (own_seconds(arena) - own)) / (time.monotonic() - began)

    paced = {}
    for name, side in (
        ("half of the ceiling's rate", get_case.ceiling),
        ("half of returnsd's rate", get_case.server),
    ):
        per_second, pair = int(rate(side) / 2), Pair()
        for number in range(rounds):
            say(f"GetCase paced at {name}, {per_second}/s, round {number + 1} of {rounds}")
            pair.run(
                number,
                lambda per_second=per_second: arena.measure(
                    "get-case", *reading, *timed, "--rate", str(per_second)
                ),
                lambda per_second=per_second: arena.ceiling(
                    recording.get_case, *CEILING, "-r", str(per_second), "-l", str(loops(per_second))
                ),
            )
        paced[name] = {"rate_asked": per_second, **pair.summary()}
    streams = {}
    for name in "download", "upload":
        pieces = []
        for number in range(rounds):
            say(f"{name} of messages, round {number + 1} of {rounds}")
            pieces.append(
                arena.measure(name, "--driver", "client", "--connections", "4", "--in-flight", "4", *timed)
            )
        streams[name] = summary(pieces)
    say(f"{arena.size.idle_connections} idle connections")
    return {
        "streams": streams,
        "idle": idle.measure(arena.server, arena.size.idle_connections),
        "cases": cases,
        "commands_per_submission": recording.commands_per_submission,
        "rounds": rounds,
        "seconds_per_measure": seconds,
        "ping": summary(echo),
        "list_cases": summary(list_cases),
        "get_case": get_case.summary(),
        "submit_case": submit_case.summary(),
        "get_case_paced": paced,
        "cores": os.cpu_count(),
        "other_processes_cores": max(0.0, others),
    }
