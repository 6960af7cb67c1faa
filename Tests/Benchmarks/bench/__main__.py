"""Runs the benchmarks with binaries that are built already; scripts/bench builds them and calls this."""

import argparse
import json
import pathlib
import sys
import tempfile

from . import deadlines, resilience
from .arena import FULL, SMOKE, Arena
from .measures import measure
from .processes import BenchError
from .table import conditions, lines


def parsed():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures returnsd beside the ceiling of its Redis."
    )
    parser.add_argument(
        "--seconds", type=float, default=10, metavar="N", help="per measure and side (default 10)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        metavar="N",
        help="pieces that the time is cut into (default 5);"
        " with --abuse, how often each side is measured (default 3)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds of half a second: a look, not a figure to quote"
    )
    parser.add_argument(
        "--smoke",
        action="store_true",
        help="a run of seconds with few calls, which shows that everything works; its figures mean nothing",
    )
    parser.add_argument(
        "--json", type=pathlib.Path, metavar="FILE", help="write the figures to this file too"
    )
    parser.add_argument(
        "--durable", action="store_true", help="Redis writes every commit to disk (appendfsync always)"
    )
    parser.add_argument(
        "--abuse", action="store_true", help="instead: honest calls beside clients that behave badly"
    )
    parser.add_argument(
        "--deadlines", action="store_true", help="instead: calls while many deadlines fall due at once"
    )
    for name, value, text in (
        ("clocks", 1_000_000, "open clocks"),
        ("due", 100_000, "of them due in the same millisecond"),
        ("sweepers", 4, "servers that sweep"),
        ("rate", 1_000, "calls a second meanwhile"),
    ):
        parser.add_argument(
            f"--{name}",
            type=int,
            default=value,
            metavar="N",
            help=f"with --deadlines: {text} (default {value:,})",
        )
    parser.add_argument(
        "--unix", action="store_true", help="the load reaches returnsd by Unix socket instead of loopback TCP"
    )
    for name in "returnsd", "load", "ceiling", "seed":
        parser.add_argument(f"--{name}-binary", dest=name, required=True, help=argparse.SUPPRESS)
    # Where the user called from: files that options name are there.
    parser.add_argument("--folder", type=pathlib.Path, default=".", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds = 1.5, 3
        options.clocks, options.due = min(options.clocks, 50_000), min(options.due, 10_000)
    if options.smoke:
        options.seconds, options.rounds = 0.2, 1
        options.clocks, options.due, options.sweepers, options.rate = 300, 100, 1, 100
    if options.rounds is None:
        options.rounds = resilience.ROUNDS if options.abuse else 5
    if options.seconds <= 0 or min(options.rounds, options.due, options.sweepers, options.rate) < 1:
        parser.error("--seconds, --rounds and what --deadlines counts must be positive")
    if options.clocks <= options.due:
        parser.error("--clocks must be more than --due")
    return options


def main():
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="returns-bench-") as name:
        folder = pathlib.Path(name)
        listen = f"unix:{folder / 'returnsd.sock'}" if options.unix else "127.0.0.1:0"
        try:
            arena = Arena(options, folder, options.durable, listen, SMOKE if options.smoke else FULL)
            try:
                run = (
                    deadlines.measure
                    if options.deadlines
                    else resilience.measure
                    if options.abuse
                    else measure
                )
                result = run(
                    arena,
                    options.seconds,
                    options.rounds,
                    lambda text: print(f"bench: {text}", file=sys.stderr),
                )
            finally:
                arena.end()
        except BenchError as error:
            sys.exit(f"bench: {error}")
    if options.deadlines:
        print(*deadlines.lines(result, options.durable), sep="\n")
    elif options.abuse:
        print(*resilience.lines(result), sep="\n")
    else:
        print(*conditions(result, options.durable), "", *lines(result), sep="\n")
    if options.json:
        result |= {"durable": options.durable, "transport": "unix" if options.unix else "tcp"}
        (options.folder / options.json).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
