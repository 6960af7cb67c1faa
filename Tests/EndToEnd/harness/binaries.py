"""Where the binaries under test and the sample data are."""

import os
import pathlib
import random

PROJECT = pathlib.Path(__file__).resolve().parents[3]
SAMPLES = PROJECT.parent / "shared" / "data" / "online-retail"
ORDERS = SAMPLES / "orders.jsonl.gz"
RETURNS = SAMPLES / "returns.jsonl.gz"

# The long form of the tests that have one: scripts/test --long.
IS_LONG = os.environ.get("RETURNS_LONG", "") not in ("", "0")

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


def sample(path):
    """A file of the sample data, which lies beside the project in ../shared."""
    if not path.is_file():
        raise NotSetUp(f"the sample data is missing: {path} has to lie beside the project")
    return path
