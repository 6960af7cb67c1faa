"""Keys of the store that hold something else: nothing is half made, the place
is named, and nobody tries again in vain."""

import uuid

import pytest
from harness.command import FAILED, UNAVAILABLE, assert_refused
from harness.desk import MUG
from harness.waiting import wait_until

SIZE = ("--partitions", "4")


@pytest.fixture
def place(world):
    """A server on a Redis of its own, a desk and a case."""
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    return redis, desk, desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id


def key_of(redis, pattern):
    (key,) = redis.cli("KEYS", pattern).split()
    return key


def put_aside(redis, key):
    redis.cli("RENAME", key, f"{key}:aside")
    redis.cli("SET", key, "junk")


@pytest.mark.parametrize("count", ["kept", "cuts", "n"])
def test_a_damaged_count_refuses_before_anything_is_made(place, count):
    redis, desk, case = place
    timeline = key_of(redis, f"*timeline:{case}")
    mark = timeline.split("}")[0] + "}:store"
    found, entries = redis.cli("HGET", mark, count), redis.cli("LLEN", timeline)
    redis.cli("HSET", mark, count, "abc")
    request = uuid.uuid4().hex
    for _ in range(2):
        answer = desk["service-1"]("case", "note", case, "hello", "--request-id", request)
        assert_refused(answer, UNAVAILABLE, "STORE_DAMAGED")
    assert redis.cli("LLEN", timeline) == entries
    words = "a count in the mark of partition"
    wait_until(
        lambda: words in desk.admin("admin", "info", output="table").out,
        "the fault to be told",
    )
    assert desk.admin("ping").status == UNAVAILABLE
    redis.cli(*(("HSET", mark, count, found) if found else ("HDEL", mark, count)))
    wait_until(lambda: desk.admin("ping").status == 0, "the store to be used again")
    desk["service-1"].done("case", "note", case, "hello", "--request-id", request)
    assert int(redis.cli("LLEN", timeline)) == int(entries) + 1


@pytest.mark.parametrize("name", ["timeline:{case}", "outbox"])
def test_a_key_of_another_type_is_named(place, name):
    redis, desk, case = place
    tag = key_of(redis, f"*timeline:{case}").split("}")[0] + "}"
    key = f"{tag}:{name.format(case=case)}"
    put_aside(redis, key)
    answer = desk["service-1"]("case", "note", case, "hello")
    assert_refused(answer, FAILED, "RECORD_UNREADABLE")
    assert f"a key of case {case}" in answer.err and "verify-indexes" in answer.err, answer
    assert "tried" not in answer.err, answer
    if name == "outbox":
        answer = desk.admin("event", "tail", "--from", "beginning", "--no-follow", output="jsonl")
        assert_refused(answer, FAILED, "RECORD_UNREADABLE")
        assert f"a key of partition {int(tag[2:-1])} holds" in answer.err, answer
    assert key in desk.admin("admin", "verify-indexes").out


def test_a_missing_order_is_named_and_not_the_case(place):
    redis, desk, case = place
    key = key_of(redis, "*order:*")
    redis.cli("RENAME", key, f"{key}:aside")
    assert case in desk["service-1"].done("case", "get", case).out
    for words in (("case", "why", case), ("case", "note", case, "hello")):
        answer = desk["service-1"](*words)
        assert_refused(answer, FAILED, "RECORD_UNREADABLE")
        assert "is missing, although cases were opened on it" in answer.err, answer


def test_a_full_memory_keeps_nobody_from_reading(place):
    redis, desk, case = place
    redis.cli("CONFIG", "SET", "maxmemory", "1")
    answer = desk["service-1"]("case", "note", case, "hello")
    assert_refused(answer, UNAVAILABLE, "STORE_MEMORY_FULL")
    events = desk.admin.done("event", "tail", "--from", "beginning", "--no-follow", output="jsonl").rows
    assert case in {event.get("caseId") for event in events}
    states = ("--state", "submitted", "--state", "info_needed")
    rows = desk.admin.done("case", "list", *states, output="jsonl").rows
    assert [row["id"] for row in rows] == [case]
    redis.cli("CONFIG", "SET", "maxmemory", "0")
