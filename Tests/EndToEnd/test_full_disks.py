"""A disk that fills, under the embedded store and under a server whose Redis is elsewhere. What
health, log, client and `admin info` say within seconds; that nothing acknowledged is missing
afterwards; that the server goes on by itself.
"""

import time

import pytest
from harness.command import DONE, UNAVAILABLE
from harness.desk import MUG
from harness.outbox import kind_of
from harness.small_disk import SmallDisk
from harness.waiting import wait_until
from test_store_identity import noticed, serves

pytestmark = pytest.mark.alone

MEBIBYTE = 1 << 20
# DiskSpace.freeBytesMin is 64 MiB.
DISK_MEBIBYTES = 96


@pytest.fixture
def disk(world):
    disk = SmallDisk(world.path / "small", DISK_MEBIBYTES)
    world.at_end(disk.end)
    return disk


def notes(desk, case):
    entries = desk.admin.done("case", "timeline", case).json["entries"]
    return [
        entry.get("deskPersonalText") or entry["deskText"] for entry in entries if kind_of(entry) == "noted"
    ]


def note(desk, case, text):
    return desk["service-1"]("case", "note", case, text, "--yes", "--timeout", "4s")


def warned(desk, words):
    return words in desk.admin("admin", "info", output="table").out


def test_a_store_takes_no_changes_before_its_disk_is_full_and_goes_on_by_itself(world, disk):
    server = world.server("--metrics", "127.0.0.1:0", data="small/d")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id
    wait_until(lambda: warned(desk, "MiB left; free some before the store takes no changes"), "the warning")
    assert server.log.count("MiB left; free some before") == 1
    assert note(desk, case, "before").status == DONE
    begun = time.monotonic()
    disk.fill(leave_bytes=20 * MEBIBYTE)
    noticed(desk.admin, server, "is full (", begun)
    answer = note(desk, case, "meanwhile")
    assert answer.status == UNAVAILABLE and "STORE_DISK_FULL" in answer.err, answer
    assert "the store's disk is full" in answer.err, answer
    # Redis is alive, so reading goes on; and lists and events do.
    assert notes(desk, case) == ["before"]
    assert len(desk.admin.done("case", "list", output="jsonl").rows) == 1
    desk.admin.done("event", "tail", "--from", "beginning", "--no-follow", output="jsonl")
    assert "redis-server ended" not in server.log
    disk.give_back()
    wait_until(lambda: serves(desk.admin), "the server to serve again")
    assert note(desk, case, "after").status == DONE
    assert notes(desk, case) == ["before", "after"]
    desk.assert_indexes_agree()


def test_a_disk_that_is_full_at_once_loses_nothing_acknowledged(world, disk):
    """Faster than anybody looks: Redis meets the full disk itself, and ends."""
    server = world.server("--metrics", "127.0.0.1:0", data="small/d")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id
    texts = [f"note {number} {'x' * 4_000}" for number in range(3)]
    begun = time.monotonic()
    disk.fill()
    running = [
        desk["service-1"].start("case", "note", case, text, "--yes", "--timeout", "4s") for text in texts
    ]
    for each in running:
        world.at_end(each.end)
    noticed(desk.admin, server, "is full (0 MiB left)", begun)
    told = dict(zip(texts, [each.wait().status for each in running], strict=True))
    assert note(desk, case, "refused").status == UNAVAILABLE
    disk.give_back()
    wait_until(lambda: serves(desk.admin), "the server to serve again", seconds=30)
    found = notes(desk, case)
    for text, status in told.items():
        allowed = {DONE: [1], UNAVAILABLE: [0]}.get(status, [0, 1])
        assert found.count(text) in allowed, (status, text, found)
    assert "refused" not in found
    assert note(desk, case, "after").status == DONE
    desk.assert_indexes_agree()


def test_a_redis_of_ones_own_whose_disk_is_full_refuses_changes(world, disk):
    """With the log written once a second Redis does not end, and answers changes with MISCONF."""
    redis = world.redis("--appendfsync", "everysec", directory="small/r")
    server = world.server("--redis", redis.url, "--metrics", "127.0.0.1:0")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id
    disk.fill()
    # What Redis has still room for in its last block is taken before it knows.
    wait_until(lambda: note(desk, case, "x" * 4_000).status != DONE, "changes to be refused")
    noticed(desk.admin, server, "Redis cannot write to its disk", time.monotonic())
    answer = note(desk, case, "meanwhile")
    assert answer.status == UNAVAILABLE and "STORE_DISK_FULL" in answer.err, answer
    assert "meanwhile" not in notes(desk, case)
    disk.give_back()
    wait_until(lambda: serves(desk.admin), "the server to serve again")
    assert note(desk, case, "after").status == DONE
    desk.assert_indexes_agree()


def test_a_server_whose_own_disk_is_full_says_that_a_loss_may_go_unnoticed(world, disk):
    redis = world.redis()
    server = world.server("--redis", redis.url, data="small/d")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id
    disk.fill()
    assert note(desk, case, "meanwhile").status == DONE
    wait_until(lambda: warned(desk, "0 MiB left; free some: this server notes there"), "the warning")
    wait_until(lambda: "what the store holds cannot be noted" in server.log, "the log to say it")
    assert serves(desk.admin), "Redis has room"
    before = (server.data / "store.mark").read_bytes()
    disk.give_back()
    assert note(desk, case, "after").status == DONE
    wait_until(lambda: (server.data / "store.mark").read_bytes() != before, "the mark to be written again")
    assert notes(desk, case) == ["meanwhile", "after"]
