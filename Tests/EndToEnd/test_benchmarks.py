"""The benchmarks' recording of what a server asks of its Redis."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Benchmarks"))

from bench import streams  # noqa: E402
from bench.processes import BenchError  # noqa: E402


def commands(*lines):
    return [([word.encode() for word in line.split()], line.encode()) for line in lines]


LOAD = ("HMGET {p1}:order:online:O1 v b", "GET {p1}:request:r1")
OTHER_LOAD = ("HMGET {p2}:order:online:O2 v b", "GET {p2}:request:r2")
COMMIT = "FCALL returns_commit_0a 2 {p1}:request:r1 {p1}:order:online:O1 x"
OTHER_COMMIT = "FCALL returns_commit_0a 2 {p2}:order:online:O2 {p2}:request:r2 x"
# What a server asks by itself.
OWN = ("ZRANGE {p00}:deadlines 0 0", "TIME", "HLEN returns:{policies}", "HVALS returns:{webhooks}",
       "GET returns:other", "HMGET returns:{store} format",
       "FCALL returns_outbox_1 1 {p00}:outbox")  # fmt: skip


def test_what_is_no_calls_is_passed_over():
    mixed = [
        line
        for pair in zip(OWN, (*LOAD, *OTHER_LOAD, COMMIT, OTHER_COMMIT, "TIME"), strict=True)
        for line in pair
    ]
    found = streams.mutations(commands(*mixed))
    assert found == [
        (*(line.encode() for line in LOAD), COMMIT.encode()),
        (*(line.encode() for line in OTHER_LOAD), OTHER_COMMIT.encode()),
    ]
    read = "HMGET {p1}:case:C v b"
    assert streams.loads(commands(*OWN, read, *OWN)) == [read.encode()]


@pytest.mark.parametrize("lines", [LOAD, LOAD[:1], (COMMIT,), (*LOAD, OTHER_COMMIT)], ids=str)
def test_a_mutation_that_is_not_whole_is_an_error(lines):
    with pytest.raises(BenchError):
        streams.mutations(commands(*lines))
