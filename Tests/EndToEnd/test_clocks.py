"""Deadlines: each fires once, whoever sweeps and whatever crashes; a late act records the breach too."""

import collections
import concurrent.futures
import json
import os
import pty
import random
import re
import subprocess

from harness import outbox
from harness.binaries import IS_LONG, seed_of_run
from harness.desk import MUG
from harness.sample import all_cases
from harness.steps import ADDRESS
from harness.waiting import wait_until

SEED = seed_of_run()
CASES = 200
CASES_PER_ORDER = 10
KILLS = 3
# Timelines read in the short form.
STORIES_READ = 40


def now_ms(ctl):
    return int(ctl.done("admin", "info").json["nowMs"])


def advance(ctl, by, *others):
    """Moves the test clock, and waits until the other servers on the same store have seen it."""
    now = int(ctl.done("admin", "advance-clock", by).json["nowMs"])
    wait_until(
        lambda: all(now_ms(other) == now for other in others),
        "the other servers to see the clock move",
        pause=0.05,
    )


def assert_nothing_is_due(*servers):
    """A sweep by hand finds nothing: what was due has fired, and fires no second time."""
    for ctl in servers:
        swept = ctl.done("sla", "sweep").json
        assert int(swept.get("firings", 0)) == 0, swept


def test_two_sweepers_fire_each_deadline_once(world):
    redis = world.redis()
    flags = ["--test-clock", "--redis", redis.url]
    first, second = world.server(*flags, data="a"), world.server(*flags, data="b")
    both = [world.ctl(first), world.ctl(second)]
    desk = world.desk(first)
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))

    expected = []
    steps = [
        ("19h59m", None),
        ("2m", ("clock_warned", 1)),
        ("3h58m", None),
        ("2m", ("clock_breached", 0)),
        ("4h", ("clock_escalated", 1)),
        ("20h", ("clock_escalated", 2)),
        ("48h", ("clock_escalated", 3)),
        ("90d", None),
    ]
    for by, firing in steps:
        if firing:
            expected.append((case.id, "review", 1, *firing))
        advance(both[0], by, both[1])
        wait_until(lambda: len(outbox.firings(redis, case.id)) >= len(expected), f"{expected[-1:]} to fire")
        assert_nothing_is_due(*both)
        assert outbox.firings(redis, case.id) == expected, f"after {by}"

    kinds = [outbox.kind_of(entry) for entry in both[1].done("case", "timeline", case.id).json["entries"]]
    assert kinds == ["submitted", *(kind for _, _, _, kind, _ in expected)]
    [review] = case.clocks("review")
    assert int(review["breachedAtMs"]) > int(review["warnedAtMs"][-1]) and len(review["escalatedAtMs"]) == 3
    desk.assert_indexes_agree()


def test_the_time_that_is_left_is_told_by_the_reply_alone(world):
    server = world.server("--test-clock", "--no-sweeper", "--metrics", "127.0.0.1:0")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    # So far off this machine's clock that its time would be told in hundreds of days.
    advance(desk.admin, "8000h")

    def asked():
        """How often the server was asked for its time."""
        lines = server.http("/metrics")[1].splitlines()
        return [line for line in lines if line.startswith("rcp_server_calls_total") and '"Check"' in line]

    before = asked()
    late = set()
    for command in (["case", "list"], ["case", "get", case.id], ["sla", "clocks", case.id], ["sla", "due"]):
        table = desk.admin.done(*command, output="table").out
        late.add(re.search(r"\d+d \d+h late", table)[0])
    assert len(late) == 1
    assert asked() == before
    desk.admin.done("case", "list", "--due-before", "+4h")
    assert asked() != before


def test_an_act_in_hour_25_records_the_breach_of_hour_24(world):
    # Nobody sweeps: the act itself has to find what fell due.
    server = world.server("--test-clock", "--no-sweeper")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    advance(desk.admin, "25h")
    assert [int(clock.get("breachedAtMs", 0)) for clock in case.clocks("review")] == [0]

    entries = desk["service-1"].done("case", "verify", case.id).json["entries"]
    assert [outbox.kind_of(entry) for entry in entries] == ["clock_warned", "clock_breached", "verified"]
    assert {entry["caseVersion"] for entry in entries} == {"2"}, "all in one commit"
    assert [entry["actor"]["role"] for entry in entries] == ["ROLE_SYSTEM", "ROLE_SYSTEM", "ROLE_SERVICE"]
    case.step("service-1", "approve", *ADDRESS, state="approved")
    [review] = case.clocks("review")
    assert (int(review["breachedAtMs"]), review["end"]) == (desk.now_ms, "CLOCK_END_MISSED")

    told = desk["service-1"].done("case", "timeline", case.id, output="table").out
    assert "clock breached" in told and "1 deadline missed" in told
    desk.assert_indexes_agree()


def test_late_ones_are_shown_first_and_in_red(world):
    server = world.server("--test-clock")
    desk = world.desk(server)
    order = desk.order((MUG, 9, 1000))
    paused = desk.open(order, ("1", 1))
    paused.step("service-1", "request-info", "--question", "Which one?")
    late = desk.open(order, ("1", 1))
    advance(desk.admin, "5h")
    soon = desk.open(order, ("1", 1))
    advance(desk.admin, "16h")
    fresh = desk.open(order, ("1", 1))
    advance(desk.admin, "4h1m")
    wait_until(
        lambda: "breachedAtMs" in late.clocks("review")[0], "the sweeper to find the breach", pause=0.05
    )

    review = ["sla", "due", "--kind", "review"]
    table = desk["service-1"].done(*review, output="table").out.splitlines()
    cases = [next((case for case in (late, soon, fresh, paused) if case.id in line), None) for line in table]
    assert [case for case in cases if case] == [late, soon, fresh], "the paused clock fires no more"
    assert table[1].startswith("1h 1m late") and table[2].split("review")[0].strip() == "3h 59m left"
    times = [int(row["clock"]["dueAtMs"]) for row in desk["service-1"].done(*review, output="jsonl").rows]
    assert times == sorted(times) and len(times) == 3

    screen = on_terminal(desk["service-1"], review)
    red = [line for line in screen.splitlines() if "\x1b[31m" in line and late.id in line]
    assert len(red) == 1, screen
    assert not [line for line in screen.splitlines() if "\x1b[31m" in line and fresh.id in line], screen
    assert table[-1] == "3 deadlines, 1 late", table


def test_a_deadline_stays_listed_when_its_last_level_has_fired(world):
    """What is most overdue must not be what nobody sees any more."""
    server = world.server("--test-clock")
    desk = world.desk(server)
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    advance(desk.admin, "30d")
    wait_until(
        lambda: len(case.clocks("review")[0].get("escalatedAtMs", [])) == 3, "all levels to fire", pause=0.05
    )
    table = desk["service-1"].done("sla", "due", output="table").out
    assert case.id in table and "29d late" in table and "1 late" in table, table


def on_terminal(ctl, arguments):
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ctl.line(arguments, None),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ctl.home,
        env={**ctl.environment(), "TERM": "xterm"},
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 65_536)
        except OSError:  # The other end is closed.
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return written.decode()


def open_many(desk, world):
    """200 cases on 20 orders, so that they lie in many partitions."""
    orders = [desk.order((MUG, CASES_PER_ORDER, 1000)) for _ in range(CASES // CASES_PER_ORDER)]
    file = world.path / "many.jsonl"
    file.write_text(
        "\n".join(
            desk.form(order, ("1", 1), channelRef=f"R-{index}")
            for order in orders
            for index in range(CASES_PER_ORDER)
        )
    )
    acknowledged = world.path / "many.acknowledged"
    desk["channel"].done("case", "import", file, "--acknowledged", acknowledged)
    return [json.loads(line)["id"] for line in acknowledged.read_text().splitlines()]


def wait_for_events(redis, count):
    wait_until(lambda: outbox.count(redis) >= count, f"{count} events", seconds=60, pause=0)


def fire_with_kills(world, redis, flags, fired_before, sampler):
    """Two sweepers at work, killed at random moments and started again, until all is fired."""
    steady = world.server(*flags, data="steady")
    for kill, threshold in enumerate(sorted(sampler.sample(range(1, CASES - 10), KILLS)), 1):
        victim = world.server(*flags, data="victim")
        # A sweeper that finds little left is killed all the same, while it looks for more.
        wait_for_events(redis, fired_before + threshold)
        victim.kill()
        print(f"kill {kill} of seed {SEED} after {outbox.count(redis) - fired_before} of {CASES} firings")
        if kill == 2:
            steady.kill()
            steady = world.server(*flags, data="steady")
    wait_for_events(redis, fired_before + CASES)
    return steady


def test_killed_sweepers_fire_each_of_200_clocks_once(world):
    sampler = random.Random(SEED)
    redis = world.redis()
    flags = ["--test-clock", "--redis", redis.url]
    # The server that people talk to does not sweep, so that every firing is a sweeper's.
    keeper = world.server(*flags, "--no-sweeper", data="keeper")
    desk = world.desk(keeper)
    cases = open_many(desk, world)
    assert len(set(cases)) == CASES

    expected = collections.Counter()
    for by, kind, level in (("20h1m", "clock_warned", 1), ("4h", "clock_breached", 0)):
        before = outbox.count(redis)
        advance(desk.admin, by)
        steady = fire_with_kills(world, redis, flags, before, sampler)
        expected.update((case, "review", 1, kind, level) for case in cases)
        assert_nothing_is_due(desk.admin)
        assert collections.Counter(outbox.firings(redis)) == expected
        steady.end()

    reviews = [clock for case in all_cases(desk.admin) for clock in case["clocks"]]
    assert len(reviews) == CASES
    assert all({"warnedAtMs", "breachedAtMs"} <= clock.keys() and "end" not in clock for clock in reviews)

    def story(case):
        return [outbox.kind_of(entry) for entry in desk.admin.done("case", "timeline", case).json["entries"]]

    told = cases if IS_LONG else sampler.sample(cases, STORIES_READ)
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        assert all(
            kinds == ["submitted", "clock_warned", "clock_breached"] for kinds in pool.map(story, told)
        )
    desk.assert_indexes_agree()
