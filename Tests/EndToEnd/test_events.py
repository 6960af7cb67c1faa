"""Events reach those who follow them, whatever ends the follower or the
server: compared with the outbox itself.

The followers are returnsctl, killed with kill -9 again and again: ten times by default, a hundred
times in the long form (scripts/test --long).
"""

import asyncio
import collections
import json
import random
import signal
import threading

import pytest
from harness import outbox
from harness.binaries import IS_LONG, seed_of_run
from harness.command import CONFLICT, DONE, NOT_FOUND, USAGE, assert_refused
from harness.desk import MUG
from harness.opening import open_case
from harness.outbox import kind_word, numbered
from harness.waiting import wait_until
from returns_client import Client, Token
from returns_client.returns_v1 import CASE_STATE_APPROVED

SEED = seed_of_run()
KILLS = 100 if IS_LONG else 10


def kept(file):
    """What a follower has printed; a last line that was cut short was not printed, and comes again."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


class Follower:
    """`event tail`, started anew as often as it is killed; what all
    its lives have printed is kept in one file."""

    def __init__(self, world, ctl, name, *flags):
        self.world, self.ctl, self.flags = world, ctl, flags
        self.cursor = world.path / f"{name}.cursor"
        self.lives = [world.path / f"{name}.0"]
        self.running = None

    def start(self):
        flags = self.flags or ("--cursor-file", self.cursor, "--from", "beginning")
        self.running = self.ctl.start("event", "tail", *flags, output="jsonl")
        self.world.at_end(self.running.end)

    def kill(self):
        """kill -9, and what it has printed until then."""
        self.running.process.send_signal(signal.SIGKILL)
        self._keep()

    def stop(self):
        self.running.process.send_signal(signal.SIGINT)
        self._keep()

    def _keep(self):
        answer = self.running.wait()
        with self.lives[0].open("a") as file:
            # A line that was cut short by the kill is none, and must not spoil the one that follows it.
            file.write("".join(line for line in answer.out.splitlines(keepends=True) if line.endswith("\n")))

    @property
    def ids(self):
        return [event["id"] for event in kept(self.lives[0])]


class Load(threading.Thread):
    """Opens cases and writes into them, as an order system does, until it is told to stop."""

    WORKERS = 4
    NOTES = 2

    def __init__(self, server):
        super().__init__(daemon=True)
        self.address, self.token = server.address, Token.from_file(server.token_file)
        self.opened, self.failure = 0, None
        self.is_over = False

    def run(self):
        try:
            asyncio.run(self._work())
        except BaseException as failure:
            self.failure = failure

    async def _work(self):
        async with Client(self.address, token=self.token) as client:
            await asyncio.gather(*(self._open(client, worker) for worker in range(self.WORKERS)))

    async def _open(self, client, worker):
        number = 0
        while not self.is_over:
            number += 1
            await open_case(client, f"W{worker}-{number}", self.NOTES)
            self.opened += 1

    @property
    def is_ended(self):
        return not self.is_alive()

    def stop(self):
        self.is_over = True
        self.join(timeout=60)
        if self.failure:
            raise self.failure


@pytest.fixture
def redis(world):
    return world.redis()


@pytest.fixture
def served(world, redis):
    return world.server("--redis", redis.url)


def test_a_subscriber_killed_again_and_again_misses_nothing(world, redis, served):
    sampler = random.Random(SEED)
    load = Load(served)
    load.start()
    follower = Follower(world, world.ctl(served), "follower")
    for kill in range(KILLS):
        follower.start()
        if kill % 3 == 0:
            # Amid its start, before it has read anything perhaps.
            wait_until(lambda: follower.running.is_over or sampler.random() < 0.1, "a moment")
        else:
            wait_until(
                lambda: follower.running.has_written or load.is_ended, "an event to be printed", seconds=60
            )
        follower.kill()
    load.stop()
    follower.start()
    expected = numbered(redis)
    # The last life has caught up when a short command says that nothing lies behind the place it has kept.
    ctl = world.ctl(served)

    def has_caught_up():
        if not follower.cursor.exists():
            return False
        cursor = follower.cursor.read_text().strip()
        return ctl.done("event", "tail", "--cursor", cursor, "--no-follow", output="jsonl").out == ""

    wait_until(has_caught_up, "the follower to catch up", seconds=60, pause=0.1)
    follower.stop()
    ids = follower.ids
    print(f"seed {SEED}: {KILLS} kills, {load.opened} cases, {len(expected)} events, {len(ids)} printed")
    assert set(ids) == expected.keys()
    assert load.opened >= KILLS and len(expected) >= load.opened * (1 + Load.NOTES)
    # In order for each case, leaving repetitions aside.
    versions = collections.defaultdict(list)
    for event in {event["id"]: event for event in kept(follower.lives[0])}.values():
        versions[event["caseId"]].append(int(event["caseVersion"]))
    assert all(found == sorted(found) for found in versions.values())


def test_a_follower_outlives_the_server(world, redis):
    address = f"unix:{world.path}/s.sock"
    server = world.server("--redis", redis.url, listen=address)
    ctl = world.ctl(server)
    desk = world.desk(server)
    follower = Follower(world, ctl, "follower")
    follower.start()
    wait_until(lambda: follower.cursor.exists(), "the follower's first place")
    for way in (signal.SIGTERM, signal.SIGKILL):
        before = len(numbered(redis))
        desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
        assert len(numbered(redis)) > before
        if way == signal.SIGTERM:
            # A subscription does not hold up the stop: far less than the grace that calls have.
            assert server.signal_and_wait(way, seconds=10) == 0
        else:
            server.kill()
        server = world.server("--redis", redis.url, listen=address)
    desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    expected = numbered(redis).keys()

    def has_caught_up():
        cursor = follower.cursor.read_text().strip()
        return ctl.done("event", "tail", "--cursor", cursor, "--no-follow", output="jsonl").out == ""

    wait_until(has_caught_up, "the follower to catch up", seconds=60, pause=0.1)
    assert not follower.running.is_over
    follower.stop()
    assert set(follower.ids) == set(expected)


def test_filters_choose_and_counts_end(world, redis, served):
    desk, ctl = world.desk(served), world.ctl(served)
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    case.approve()
    everything = numbered(redis)

    def tail(*flags, output="jsonl"):
        return ctl.done("event", "tail", "--from", "beginning", "--no-follow", *flags, output=output)

    assert {row["id"] for row in tail().rows} == everything.keys()
    wanted = {id for id, event in everything.items() if kind_word(event.type) in ("approved", "verified")}
    assert {row["id"] for row in tail("--type", "approved", "--type", "verified").rows} == wanted
    wanted = {id for id, event in everything.items() if event.state == CASE_STATE_APPROVED}
    assert {row["id"] for row in tail("--state", "approved").rows} == wanted
    assert {row["id"] for row in tail("--channel", "online").rows} == everything.keys()
    assert tail("--channel", "elsewhere").out == ""
    assert len(tail("-n", "2").rows) == 2
    table = tail("--type", "approved", output="table").out.splitlines()
    assert table[0].startswith("TIME") and case.id in table[1] and f"online/{case.order}" in table[1]
    misspelt = ctl("event", "tail", "--type", "aproved")
    assert misspelt.status == USAGE and " approved, " in misspelt.err, misspelt
    assert_refused(ctl("event", "tail", "--cursor", "nonsense"), 1, "CURSOR_MALFORMED")
    assert ctl("event", "tail", "--cursor", "a", "--from", "now").status == USAGE


def test_a_cursor_behind_the_trimmed_log_says_how_to_resync(world, redis):
    server = world.server("--redis", redis.url, "--events-kept", "2")
    desk, ctl = world.desk(server), world.ctl(server)
    desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    place = world.path / "place"
    ctl.done("event", "tail", "--cursor-file", place, "--from", "beginning", "--no-follow", output="jsonl")
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    for number in range(5):
        desk.admin.done("case", "note", case.id, f"note {number}")
    wait_until(
        lambda: all(int(redis.cli("XLEN", key)) <= 2 for key in redis.cli("KEYS", "*}:outbox").splitlines()),
        "the log to be trimmed",
    )
    answer = ctl("event", "tail", "--cursor-file", place, "--no-follow")
    assert_refused(answer, CONFLICT, "CURSOR_BEHIND_LOG", "OUT_OF_RANGE", "case list --changed-since")
    # The time that it names is one that the list takes, and finds what was missed.
    since = answer.err.split("changed since ")[1].split()[0]
    listed = ctl.done("case", "list", "--changed-since", since).json["cases"]
    assert case.id in [found["caseId"] if "caseId" in found else found["id"] for found in listed]
    # The beginning is what is kept, and following from now on works.
    rows = ctl.done("event", "tail", "--from", "beginning", "--no-follow", output="jsonl").rows
    assert {row["id"] for row in rows} == numbered(redis).keys()


def test_a_group_that_falls_behind_is_told_of_before_it_loses_events(world, redis):
    server = world.server("--redis", redis.url, "--events-kept", "20", "--metrics", "127.0.0.1:0")
    desk, ctl = world.desk(server), world.ctl(server)
    ctl.done("event", "group", "create", "erp")
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))

    def share():
        [line] = [
            line
            for line in server.http("/metrics")[1].splitlines()
            if line.startswith("returns_event_group_kept_share ")
        ]
        return float(line.split()[1])

    def info():
        return ctl.done("admin", "info", output="table").out

    assert "is falling behind" not in info()
    events = 0
    while events < 11:
        desk.admin.done("case", "note", case.id, "waiting")
        events += 1
    # Each group is looked at every ten seconds.
    wait_until(lambda: "the group erp is falling behind: over 50 %" in info(), "a warning", pause=0.5)
    assert 0.5 <= share() < 1, share()
    assert "the group erp is falling behind" in server.log and "has lost events" not in info()
    answer = ctl("event", "tail", "--group", "erp", "--no-follow")
    assert answer.status == DONE, answer
    wait_until(lambda: "is falling behind" not in info(), "the warning to go", pause=0.5)
    assert share() == 0


def test_what_a_group_has_read_outlives_a_restart(world):
    """Redis counts a group's entries as it gives them, and forgot the count when it read its files again."""
    server = world.server("--metrics", "127.0.0.1:0")
    desk, ctl = world.desk(server), world.ctl(server)
    ctl.done("event", "group", "create", "erp")
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))

    def lag():
        return ctl.done("event", "group", "list").json["groups"][0].get("lag", "0")

    def read():
        return ctl.done("event", "tail", "--group", "erp", "--no-follow", output="jsonl").out.splitlines()

    for number in range(5):
        desk.admin.done("case", "note", case.id, f"waiting {number}")
    assert len(read()) == 6 and lag() == "0"
    desk.admin.done("case", "note", case.id, "one that nobody reads")
    assert lag() == "1"
    assert server.signal_and_wait(signal.SIGTERM, seconds=10) == 0
    server = world.server("--metrics", "127.0.0.1:0")
    ctl = world.ctl(server)
    assert lag() == "1"
    assert len(read()) == 1 and lag() == "0"


def test_a_group_behind_the_trimmed_log_says_how_to_resync(world, redis):
    server = world.server("--redis", redis.url, "--events-kept", "2", "--metrics", "127.0.0.1:0")
    desk, ctl = world.desk(server), world.ctl(server)
    ctl.done("event", "group", "create", "erp")
    assert "has lost events" not in ctl.done("admin", "info", output="table").out
    # In several partitions, some of which lose events; what the group misses begins with the first.
    cases = [desk.open(desk.order((MUG, 2, 1000)), ("1", 1)) for _ in range(4)]
    for number in range(5):
        desk.admin.done("case", "note", cases[-1].id, f"note {number}")
    wait_until(
        lambda: ctl.done("event", "group", "list").json["groups"][0].get("behindLog"),
        "the group to be behind",
    )
    # The operator hears of it without asking for the groups.
    warning = "the group erp has lost events"
    wait_until(lambda: warning in ctl.done("admin", "info", output="table").out, "a warning", pause=0.2)
    assert "returns_event_groups_behind 1" in server.http("/metrics")[1]
    assert warning in server.log
    # It may get what other partitions still have first.
    answer = ctl("event", "tail", "--group", "erp", "--no-follow")
    assert answer.status == CONFLICT, answer
    for word in ("GROUP_BEHIND_LOG", "OUT_OF_RANGE", "case list --changed-since"):
        assert word in answer.err, answer
    since = answer.err.split("changed since ")[1].split()[0]
    assert not since.startswith("1970"), "the group has missed nothing from before it was"
    listed = ctl.done("case", "list", "--changed-since", since).json["cases"]
    assert {case.id for case in cases} <= {
        found["caseId"] if "caseId" in found else found["id"] for found in listed
    }
    # As it says.
    ctl.done("event", "group", "delete", "erp", "--yes")
    ctl.done("event", "group", "create", "erp")
    assert ctl.done("event", "tail", "--group", "erp", "--no-follow", output="jsonl").out == ""


def test_what_a_dead_consumer_had_goes_to_the_others(world, redis, served):
    desk, ctl = world.desk(served), world.ctl(served)
    ctl.done("event", "group", "create", "erp", "--from", "beginning", "--acknowledge-within", "1s")
    consumers = [Follower(world, ctl, f"c{number}", "--group", "erp") for number in range(2)]
    for consumer in consumers:
        consumer.start()
    for _ in range(5):

        def has_printed():
            desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
            return consumers[0].running.has_written

        wait_until(has_printed, "events at the consumer that dies", seconds=60)
        consumers[0].kill()
        consumers[0].start()
    # One that takes events, and stands still with them until they have gone to another.
    consumers[0].running.pause()
    desk.open(desk.order((MUG, 2, 1000)), ("1", 1))

    def group():
        return ctl.done("event", "group", "list").json["groups"][0]

    wait_until(
        lambda: int(group().get("pending", 0)) == 0 and group().get("lag") == "0",
        "every event to be acknowledged",
        seconds=60,
        pause=0.1,
    )
    consumers[0].kill()
    consumers[1].stop()
    printed = consumers[0].ids + consumers[1].ids
    assert set(printed) == numbered(redis).keys()
    table = ctl.done("event", "group", "list", output="table").out
    assert "erp" in table and "all" in table


def test_groups_are_looked_after(world, served):
    ctl = world.ctl(served)
    assert_refused(ctl("event", "tail", "--group", "erp"), NOT_FOUND, "GROUP_UNKNOWN")
    flags = ("--type", "closed", "--acknowledge-within", "5m")
    created = ctl.done("event", "group", "create", "erp", *flags).json["group"]
    assert created["filter"] == {"types": ["EVENT_TYPE_CLOSED"]}
    assert ctl("event", "group", "create", "erp", *flags).status == DONE
    assert_refused(ctl("event", "group", "create", "erp"), CONFLICT, "GROUP_EXISTS")
    assert_refused(ctl("event", "group", "create", "Big Name"), 1, "NAME_MALFORMED")
    assert ctl.done("event", "tail", "--group", "erp", "--no-follow", output="jsonl").out == ""
    assert ctl("event", "group", "delete", "erp").status == USAGE
    ctl.done("event", "group", "delete", "erp", "--yes")
    assert ctl.done("event", "group", "list").json == {}
    assert_refused(ctl("event", "group", "delete", "erp", "--yes"), NOT_FOUND, "GROUP_UNKNOWN")


def test_the_outbox_tells_the_same(redis, served, world):
    """The harness reads as many events as Redis counts, so that the tests above compare with the truth."""
    desk = world.desk(served)
    desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    assert len(numbered(redis)) == outbox.count(redis) > 0
