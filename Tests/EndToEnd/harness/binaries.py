"""Where the binaries under test are."""

import os
import random

# The long form of the tests that have one: scripts/test --long.
IS_LONG = os.environ.get("RETURNS_LONG", "") not in ("", "0")

# Whether programs as for debugging are tried, which take several times as long.
IS_DEBUG = "/debug/" in os.environ.get("RETURNSD", "")

_SEED = int(os.environ.get("RETURNS_SEED") or random.randrange(1_000_000))


def seed_of_run():
    """What this run draws its numbers from; tests print it, and RETURNS_SEED repeats a run."""
    return _SEED


class NotSetUp(Exception):
    """Something that scripts/test provides is missing, so the tests cannot say anything."""


def binary(variable):
    """The path in an environment variable; an error that says what to do when there is none."""
    path = os.environ.get(variable, "")
    if not path:
        raise NotSetUp(f"{variable} is not set: run scripts/test, or set it to the path of the binary")
    if not os.access(path, os.X_OK):
        raise NotSetUp(f"{variable} names {path}, which is no program: build it first")
    return os.path.abspath(path)
