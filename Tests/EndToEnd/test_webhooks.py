"""Webhooks reach their receivers, whatever fails: the receivers are real HTTP servers that verify every
signature, and what they got is compared with the outbox itself.

The long form (scripts/test --long) has ten times the events and kills,
and receivers that do not answer at all.
"""

import asyncio
import collections
import random
import re
import signal
import time

import pytest
from harness.authority import Authority
from harness.binaries import IS_LONG, seed_of_run
from harness.command import CONFLICT, DONE, FAILED, NOT_FOUND, USAGE, assert_refused
from harness.opening import open_case, write_notes
from harness.outbox import kind_of, numbered
from harness.receiver import CLOSE, HANG, Receiver
from harness.waiting import wait_until
from returns_client import Client, Token
from returns_client import returns_v1 as v1

SEED = seed_of_run()
# What returnsctl's JSON begins these words with.
ERROR = "WEBHOOK_DELIVERY_ERROR_"
REASON = "WEBHOOK_DISABLED_REASON_"
CASES = 300 if IS_LONG else 30
KILLS = 20 if IS_LONG else 1


def open_cases(server, count, prefix="W", notes=2, token_file=None):
    """Opens cases and writes into them; returns their ids. A later
    server of a store has no token of its own."""

    async def all_of_them():
        async with Client(server.address, token=Token.from_file(token_file or server.token_file)) as client:
            return await asyncio.gather(
                *(open_case(client, f"{prefix}-{number}", notes) for number in range(count))
            )

    return asyncio.run(all_of_them())


def assert_in_order(events):
    """Of one case, and of one partition, whatever comes comes in order."""
    versions, places = collections.defaultdict(list), collections.defaultdict(list)
    for event in events:
        partition, milliseconds, sequence = event["id"].split("-")
        versions[event["caseId"]].append(int(event["caseVersion"]))
        places[partition].append((int(milliseconds), int(sequence)))
    assert all(found == sorted(found) for found in [*versions.values(), *places.values()])


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def resynced_line(text):
    """The words behind `returnsctl` of the line that confirms what the webhook erp has lost."""
    return re.search(r"returnsctl (webhook resynced erp --through \S+Z)", text)[1].split()


def position(event_id):
    """Of an event, or of the notice that events up to it were lost:
    its partition, and where it stands there."""
    partition, milliseconds, sequence = event_id.removeprefix("lost-").split("-")
    return partition, (int(milliseconds), int(sequence))


def assert_told_of_losses(taken, lost):
    """Each notice comes before what follows the events that it speaks
    of, and all of them tell of so many events."""
    notices = [event for event in taken if kind_of(event) == "events_lost"]
    assert sum(int(notice["eventsLost"]["events"]) for notice in notices) == lost
    for notice in notices:
        partition, _ = position(notice["id"])
        assert notice["eventsLost"]["throughEventId"] == notice["id"].removeprefix("lost-")
        assert notice["eventsLost"]["afterEventId"].startswith(partition)
        assert "caseId" not in notice
        assert int(notice["eventsLost"].get("changedSinceMs", 0)) < int(
            notice["eventsLost"]["resyncedThroughMs"]
        )
    places = collections.defaultdict(list)
    for event in taken:
        partition, place = position(event["id"])
        places[partition].append(place)
    assert all(found == sorted(found) for found in places.values())


@pytest.fixture
def redis(world):
    return world.redis()


class Hooks:
    """The webhook "erp" as returnsctl shows it."""

    def __init__(self, ctl, receiver):
        self.ctl, self.receiver = ctl, receiver

    def create(self, *flags):
        self.receiver.secret = self.ctl.done(
            "webhook", "create", "erp", "--url", self.receiver.url, *flags
        ).json["secret"]
        return self

    @property
    def state(self):
        (found,) = self.ctl.done("webhook", "list").json["webhooks"]
        return found

    @property
    def deliveries(self):
        return self.ctl.done("webhook", "deliveries", "erp", "-n", "500").json

    def wait_for_all(self, redis, seconds=60):
        expected = numbered(redis).keys()
        wait_until(lambda: expected <= self.receiver.ids, "every event at the receiver", seconds=seconds)
        return expected

    def wait_until_disabled(self):
        return wait_until(
            lambda: self.state["state"] == "WEBHOOK_STATE_DISABLED" and self.state,
            "the webhook to be disabled",
            pause=0.05,
        )


def test_a_receiver_that_fails_half_the_time_gets_every_event(world, redis, receiver):
    sampler = random.Random(SEED)
    closed_on, hung = [], []

    def answers(event, attempt):
        # Twice in a row, since a post on a kept connection that is closed is made
        # again on a new one before it has failed.
        closed_on[:] = closed_on or [event["id"]]
        if event["id"] in closed_on and attempt <= 2:
            return CLOSE
        # Half of all posts, but not one event so often that its backoff is all that the test waits for.
        if attempt > 3 or sampler.random() < 0.5:
            return 200
        if len(hung) < (3 if IS_LONG else 0):
            hung.append(event["id"])
            return HANG
        return sampler.choice([500, 503, CLOSE, (429, {"retry-after": "0"}), (301, {"location": "/else"})])

    receiver.answers = answers
    server = world.server("--redis", redis.url, "--metrics", "127.0.0.1:0")
    hooks = Hooks(world.ctl(server), receiver).create("--attempts-max", "100")
    begin = time.monotonic()
    open_cases(server, CASES)
    hooks.wait_for_all(redis, seconds=300 if IS_LONG else 60)
    taken, posts = receiver.taken, receiver.posts
    seconds = time.monotonic() - begin
    print(f"seed {SEED}: {len(taken)} events in {len(posts)} posts, {seconds:.1f} s")
    # Nothing twice, since nothing that was taken had failed.
    assert len(receiver.ids) == len(taken) == CASES * 3
    assert len(posts) - len(taken) > len(taken) / 3
    assert_in_order(taken)
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    assert "oldestAgeMs" not in hooks.state and int(hooks.state["lastSuccessMs"]) > 0
    shown = hooks.deliveries["deliveries"]
    closed = sum(post.answer == CLOSE for post in posts)
    assert min(500, len(posts) - closed) <= len(shown) <= min(500, len(posts))
    words = {found.get("error") or found["httpStatus"] for found in shown}
    assert words >= {200, 500, ERROR + "CLOSED"} | (
        {ERROR + "TIMEOUT"} if IS_LONG and len(posts) < 500 else set()
    )

    def is_shown(line):
        return re.search(f"^{line}$", server.http("/metrics")[1], re.MULTILINE)

    assert is_shown(rf'returns_webhook_deliveries_total\{{result="delivered"\}} {len(taken)}')
    # Figures are looked at every second.
    wait_until(
        lambda: is_shown(r'returns_webhook_lag_events\{webhook="erp"\} 0'), "the lag on show", pause=0.1
    )
    assert is_shown("returns_webhooks_disabled 0")


def test_killed_amid_delivery_nothing_is_lost(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create("--from", "beginning")
    for kill in range(KILLS):
        before = len(receiver.taken)
        # Slow enough for the kill to come amid it.
        receiver.answers = lambda event, attempt: time.sleep(0.005) or 200
        open_cases(server, 10, prefix=f"K{kill}")
        wait_until(lambda before=before: len(receiver.taken) > before, "the first deliveries")
        server.kill()
        server = world.server("--redis", redis.url)
    hooks.ctl = world.ctl(server)
    expected = hooks.wait_for_all(redis)
    taken = receiver.taken
    print(f"{KILLS} kills: {len(expected)} events, {len(taken)} taken")
    # What was under way when it was killed may come twice, and nothing else: eight posts at once.
    assert receiver.ids == expected and len(taken) <= len(expected) + 8 * KILLS
    firsts = {}
    for event in taken:
        firsts.setdefault(event["id"], event)
    assert_in_order(firsts.values())


def test_redis_killed_amid_delivery_loses_nothing(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create()
    receiver.answers = lambda event, attempt: time.sleep(0.02) or 200
    open_cases(server, 10)
    wait_until(lambda: len(receiver.taken) > 3, "the first deliveries")
    redis.stop()
    redis = world.redis()
    expected = hooks.wait_for_all(redis)
    # What could not be recorded at once is recorded later on; at worst
    # the posts that were under way come twice.
    assert receiver.ids == expected and len(receiver.taken) <= len(expected) + 8
    assert hooks.state["state"] == "WEBHOOK_STATE_ENABLED"


def test_of_two_servers_one_delivers(world, redis, receiver):
    servers = [world.server("--redis", redis.url, data=f"d{number}") for number in range(2)]
    hooks = Hooks(world.ctl(servers[0]), receiver).create()
    open_cases(servers[0], 10, prefix="A")
    open_cases(servers[1], 10, prefix="B", token_file=servers[0].token_file)
    hooks.wait_for_all(redis)
    assert len(receiver.taken) == len(receiver.ids)
    owner = redis.cli("GET", "returns:{webhooks}:lease:erp")
    assert owner
    # Told to stop, the one that delivers hands over; killed, its lease runs out.
    # Whichever it is, the other one goes on.
    servers[0].signal_and_wait(signal.SIGTERM)
    hooks.ctl = world.ctl(servers[1])
    open_cases(servers[1], 5, prefix="C", token_file=servers[0].token_file)
    hooks.wait_for_all(redis)
    assert len(receiver.taken) == len(receiver.ids)
    third = world.server("--redis", redis.url, data="d2")
    servers[1].kill()
    open_cases(third, 5, prefix="D", token_file=servers[0].token_file)
    hooks.wait_for_all(redis)
    assert redis.cli("GET", "returns:{webhooks}:lease:erp") != owner


def test_made_anew_under_the_same_name_it_is_another(world, redis, receiver):
    """Whoever still delivers for the old one must not move the new one's places."""
    old = Receiver()
    world.at_end(old.end)
    server = world.server("--redis", redis.url)
    ctl = world.ctl(server)
    before = Hooks(ctl, old).create()
    open_cases(server, 1, prefix="O")
    before.wait_for_all(redis)
    # It takes whatever comes, and so would pass it for the one that fails.
    receiver.answers = lambda event, attempt: 200 if attempt > 2 else 503
    ctl.done("webhook", "delete", "erp", "--yes")
    hooks = Hooks(ctl, receiver).create()
    known = numbered(redis).keys()
    open_cases(server, 10, prefix="N")
    wait_until(lambda: numbered(redis).keys() - known <= receiver.ids, "every event at the new one")
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    known = numbered(redis).keys()
    open_cases(server, 3, prefix="P")
    wait_until(lambda: numbered(redis).keys() - known <= receiver.ids, "the later ones, too")
    # What was under way to it as it was deleted may still have come; nothing that happened afterwards.
    assert old.ids <= known
    assert old.problems == []


def test_disabled_after_failing_and_enabled_again(world, redis, receiver):
    server = world.server("--redis", redis.url)
    receiver.answers = lambda event, attempt: 500
    hooks = Hooks(world.ctl(server), receiver).create("--give-up-after", "1s")
    open_cases(server, 3)
    state = hooks.wait_until_disabled()
    assert state["reason"] == REASON + "NO_SUCCESS" and int(state["consecutiveFailures"]) >= 5
    assert int(state["disabledAtMs"]) > 0 and int(state["lag"]) == 9 and int(state["oldestAgeMs"]) > 0
    assert server.log.count("a webhook is disabled") == 1
    assert "disabled (no success)" in hooks.ctl.done("webhook", "list", output="table").out

    def told():
        info = hooks.ctl.done("admin", "info", output="table").out
        return "the webhook erp is disabled, since its receiver has taken nothing" in " ".join(info.split())

    wait_until(told, "the operator to be told", pause=0.5, seconds=90)
    posts = len(receiver.posts)
    receiver.answers = lambda event, attempt: 200
    enabled = hooks.ctl.done("webhook", "enable", "erp").json
    assert enabled["webhook"]["state"] == "WEBHOOK_STATE_ENABLED" and "lost" not in enabled
    hooks.wait_for_all(redis)
    assert len(receiver.posts) == posts + 9
    assert_in_order(receiver.taken)
    assert "consecutiveFailures" not in hooks.state and "reason" not in hooks.state
    wait_until(lambda: not told(), "the warning to go", pause=0.5, seconds=90)


def test_disabled_by_hand_it_posts_nothing(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create()
    open_cases(server, 1, prefix="A")
    hooks.wait_for_all(redis)
    hooks.ctl.done("webhook", "disable", "erp")
    # Well before its server would have renewed its lease anyway. What was posted
    # nonetheless would come again once it is enabled.
    open_cases(server, 5, prefix="B")
    hooks.ctl.done("webhook", "enable", "erp")
    hooks.wait_for_all(redis)
    assert len(receiver.taken) == len(receiver.ids) == 18
    assert_in_order(receiver.taken)


def test_a_receiver_that_does_not_answer_holds_up_no_stop(world, redis, receiver):
    server = world.server("--redis", redis.url)
    receiver.answers = lambda event, attempt: HANG
    Hooks(world.ctl(server), receiver).create()
    open_cases(server, 1)
    wait_until(lambda: receiver.posts, "a post under way")
    # Its time-out would be ten seconds.
    assert server.signal_and_wait(signal.SIGTERM, seconds=8) == 0


def test_gone_disables_at_once(world, redis, receiver):
    server = world.server("--redis", redis.url)
    receiver.answers = lambda event, attempt: 410
    hooks = Hooks(world.ctl(server), receiver).create()
    open_cases(server, 1)
    assert hooks.wait_until_disabled()["reason"] == REASON + "GONE"
    assert len(receiver.posts) == 1


def test_delivered_again_when_asked(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create("--type", "noted")
    ctl = hooks.ctl
    since = int(ctl.done("admin", "info").json["nowMs"])
    (case,) = open_cases(server, 1)
    everything = numbered(redis)
    noted = [id for id, event in everything.items() if event.type == v1.EVENT_TYPE_NOTED]
    (submitted,) = (id for id, event in everything.items() if event.type == v1.EVENT_TYPE_SUBMITTED)
    wait_until(lambda: receiver.ids == set(noted), "the events that the filter lets through")
    # One, whatever the filter says.
    answer = ctl.done("webhook", "redeliver", "erp", "--event", submitted).json["delivery"]
    assert answer["eventId"] == submitted and answer["httpStatus"] == 200 and answer["delivered"]
    assert receiver.taken[-1]["id"] == submitted and receiver.taken[-1]["caseId"] == case
    # Under the same request id it is not posted again.
    id = "00112233445566778899aabbccddeeff"
    for _ in range(2):
        ctl.done("webhook", "redeliver", "erp", "--event", noted[0], "--request-id", id)
    assert len(receiver.taken) == len(noted) + 2
    # Everything since a time, by the filter.
    ctl.done("webhook", "redeliver", "erp", "--since", utc(since / 1000))
    wait_until(lambda: len(receiver.taken) == 2 * len(noted) + 2, "everything to come again")
    assert [event["id"] for event in receiver.taken[-len(noted) :]] == noted
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be known again")
    # A test, and what is said about one that fails.
    answer = ctl.done("webhook", "test", "erp").json["delivery"]
    assert kind_of(answer) == kind_of(receiver.taken[-1]) == "ping"
    receiver.answers = lambda event, attempt: 418
    answer = ctl("webhook", "test", "erp")
    assert answer.status == FAILED and answer.json["delivery"]["httpStatus"] == 418 and "418" in answer.err
    assert ctl("webhook", "redeliver", "erp").status == USAGE
    assert_refused(ctl("webhook", "redeliver", "erp", "--event", "p03-1-0"), NOT_FOUND, "EVENT_UNKNOWN")
    assert_refused(ctl("webhook", "redeliver", "erp", "--event", "x"), FAILED, "EVENT_ID_MALFORMED")
    table = ctl.done("webhook", "deliveries", "erp", output="table").out
    assert "asked" in table and "ping" in table and "418" in table


def test_a_poisonous_event_is_set_aside(world, redis, receiver):
    server = world.server("--redis", redis.url)
    poison = []

    def answers(event, attempt):
        if kind_of(event) == "submitted" and (not poison or event["id"] in poison):
            poison[:] = [event["id"]]
            return 500
        return 200

    receiver.answers = answers
    hooks = Hooks(world.ctl(server), receiver).create("--attempts-max", "3")
    open_cases(server, 8)
    expected = numbered(redis).keys()
    wait_until(lambda: receiver.ids == expected - set(poison), "all others at the receiver")
    assert hooks.state["setAside"] == 1 and hooks.deliveries["setAside"] == poison
    attempts = [found for found in hooks.deliveries["deliveries"] if found["eventId"] == poison[0]]
    # Beyond the third attempt only for as long as nothing else had been taken meanwhile.
    assert attempts[0]["setAside"] and len(attempts) >= 3
    receiver.answers = lambda event, attempt: 200
    hooks.ctl.done("webhook", "redeliver", "erp", "--event", poison[0])
    assert receiver.ids == expected and "setAside" not in hooks.state
    assert "setAside" not in hooks.deliveries


def test_trimming_waits_and_is_let_go(world, redis, receiver):
    server = world.server("--redis", redis.url, "--events-kept", "1")
    receiver.answers = lambda event, attempt: 500
    hooks = Hooks(world.ctl(server), receiver).create()
    open_cases(server, 2, notes=5)
    total = len(numbered(redis))
    assert total == 12
    wait_until(lambda: len(receiver.posts) > 0, "the first attempt")
    wait_until(lambda: "a consumer inside has not finished" in server.log, "trimming to be held back")
    assert len(numbered(redis)) == total
    hooks.ctl.done("webhook", "disable", "erp")
    wait_until(lambda: len(numbered(redis)) < total, "the log to be trimmed")
    wait_until(
        lambda: all(int(redis.cli("XLEN", key)) == 1 for key in redis.cli("KEYS", "*}:outbox").splitlines()),
        "the log to be trimmed to its end",
    )
    kept = numbered(redis).keys()
    assert hooks.state["reason"] == REASON + "BY_HAND"
    receiver.answers = lambda event, attempt: 200
    answer = hooks.ctl.done("webhook", "enable", "erp")
    assert answer.json["lost"] and int(answer.json["lostEvents"]) == total - len(kept)
    assert f"{total - len(kept)} events lost" in answer.err
    assert answer.json["webhook"]["state"] == "WEBHOOK_STATE_BEHIND"
    wait_until(lambda: receiver.ids >= kept, "what is kept at the receiver")
    assert_told_of_losses(receiver.taken, total - len(kept))
    table = hooks.ctl.done("webhook", "list", output="table").out
    hooks.ctl.done(*resynced_line(table))
    assert hooks.state["state"] == "WEBHOOK_STATE_ENABLED"
    # Delivered, it may go as the next ones come.
    open_cases(server, 2, prefix="N", notes=5)
    hooks.wait_for_all(redis)
    wait_until(
        lambda: all(int(redis.cli("XLEN", key)) == 1 for key in redis.cli("KEYS", "*}:outbox").splitlines()),
        "what was delivered to be trimmed",
    )


def outbox_bytes(redis):
    keys = redis.cli("KEYS", "*}:outbox").splitlines()
    return max((int(redis.cli("MEMORY", "USAGE", key, "SAMPLES", "0")) for key in keys), default=0)


def add_notes(server, case, count):
    async def all_of_them():
        async with Client(server.address, token=Token.from_file(server.token_file)) as client:
            await write_notes(client, case, count)

    asyncio.run(all_of_them())


def test_a_receiver_away_for_too_long_is_told_what_it_lost(world, redis, receiver):
    """Its webhook holds the log up to the limit. Then the log goes past it,
    which everybody is told, and commits go on."""
    held = 20
    server = world.server(
        "--redis", redis.url, "--events-kept", "5", "--events-held", str(held), "--metrics", "127.0.0.1:0"
    )
    hooks = Hooks(world.ctl(server), receiver).create("--give-up-after", "30d")
    ctl = hooks.ctl
    (case,) = open_cases(server, 1)
    before = hooks.wait_for_all(redis)
    wait_until(lambda: hooks.state.get("lag") == "0", "the first events to be recorded")
    receiver.answers = lambda event, attempt: 503

    # First it is falling behind, which is said in time.
    add_notes(server, case, 12)
    wait_until(lambda: hooks.state.get("heldPercent") == 60, "how much of the limit is used")
    wait_until(lambda: "a webhook is falling behind" in server.log, "the warning")
    assert hooks.state["state"] == "WEBHOOK_STATE_ENABLED"

    def is_shown(line):
        return re.search(f"^{line}$", server.http("/metrics")[1], re.MULTILINE)

    def is_warned(words):
        return any(words in text for text in ctl.done("admin", "info").json.get("warnings", []))

    wait_until(lambda: is_shown(r'returns_webhook_held_share\{webhook="erp"\} 0.6'), "the gauge", pause=0.1)
    wait_until(lambda: is_warned("falling behind"), "the warning in admin info", pause=0.1)

    # Then it is behind. The log stays at its limit, and nothing else waits.
    def outbox():
        return [int(redis.cli("XLEN", key)) for key in redis.cli("KEYS", "*}:outbox").splitlines()]

    everything = set(numbered(redis))
    for _ in range(6):
        add_notes(server, case, 10)
        everything |= set(numbered(redis))
        wait_until(lambda: max(outbox()) <= held, "the log to keep to its limit")
    state = wait_until(
        lambda: hooks.state["state"] == "WEBHOOK_STATE_BEHIND" and hooks.state, "the webhook to be behind"
    )
    kept = set(numbered(redis))
    lost = everything - kept - before
    wait_until(
        lambda: int(hooks.state["loss"].get("events", 0)) == len(lost), "all that was lost to be counted"
    )
    assert "goes past a consumer inside" in server.log and "webhook:erp" in server.log
    wait_until(lambda: is_shown("returns_webhooks_behind 1"), "the gauge", pause=0.1)
    wait_until(lambda: is_warned("erp is behind"), "the warning in admin info", pause=0.1)
    (span,) = state["loss"]["ranges"]
    assert position(span["afterEventId"]) == max(position(id) for id in before)
    table = ctl.done("webhook", "list", output="table").out
    assert "behind" in table and resynced_line(table)

    # Back again it is told, and then gets what is still there, each event once and in order.
    taken_before = len(receiver.taken)
    receiver.answers = lambda event, attempt: 200
    wait_until(lambda: receiver.ids >= kept, "what is kept at the receiver", seconds=120)
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    taken = receiver.taken[taken_before:]
    assert kind_of(taken[0]) == "events_lost"
    assert_told_of_losses(taken, len(lost))
    events = [event["id"] for event in taken if kind_of(event) != "events_lost"]
    assert set(events) == kept and len(events) == len(kept) and not lost & receiver.ids
    told = [event["eventsLost"]["throughEventId"] for event in taken if kind_of(event) == "events_lost"]
    assert max(map(position, told)) == max(map(position, lost))
    assert is_shown(f"returns_webhook_events_lost_total {len(lost)}")

    # Behind it stays until somebody says that the cases were read again, as the webhook advises.
    loss = hooks.state["loss"]
    listed = ctl.done("case", "list", "--changed-since", utc(int(loss["changedSinceMs"]) / 1000)).json[
        "cases"
    ]
    assert case in [found["id"] for found in listed]
    early = ctl("webhook", "resynced", "erp", "--through", utc(int(loss["lastMs"]) / 1000 - 60))
    assert early.status == CONFLICT and hooks.state["state"] == "WEBHOOK_STATE_BEHIND"
    line = resynced_line(early.err)
    ctl.done(*line)
    assert hooks.state["state"] == "WEBHOOK_STATE_ENABLED" and "loss" not in hooks.state
    ctl.done(*line)
    assert_refused(ctl("webhook", "resynced", "other", "--through", "now"), NOT_FOUND, "WEBHOOK_UNKNOWN")
    wait_until(lambda: redis.cli("KEYS", "*outbox:lost") == "", "what trimming noted to be forgotten")


def test_a_webhook_that_is_down_takes_no_more_memory_than_stated(world, redis, receiver):
    """By bytes, with the server killed amid it: what is lost is counted all the same."""
    receiver.answers = lambda event, attempt: 503
    flags = ("--redis", redis.url, "--partitions", "1", "--events-memory-mib", "1")
    server = world.server(*flags)
    hooks = Hooks(world.ctl(server), receiver).create("--give-up-after", "30d")
    (case,) = open_cases(server, 1)
    # A log that is all but full, without the time that so many commits would take.
    filler = """
        for number = 1, 12000 do
          redis.call('XADD', KEYS[1], '*', 'e', ARGV[1])
        end
    """
    order = v1.OrderKey(sale_channel="online", order_no="W-" + "0" * 90)
    event = v1.Event(
        type="EVENT_TYPE_NOTED",
        case_id=case,
        case_version=2,
        state="CASE_STATE_SUBMITTED",
        at_ms=1,
        order=order,
    )
    for _ in range(2):
        # No byte of it is beyond ASCII, or 0, which an argument cannot hold.
        redis.cli("EVAL", filler, "1", "{p00}:outbox", event.SerializeToString().decode("ascii"))
    server.kill()
    server = world.server(*flags)
    hooks.ctl = world.ctl(server)
    wait_until(lambda: outbox_bytes(redis) < 1.1 * (1 << 20), "the log to keep to its memory")
    add_notes(server, case, 20)
    wait_until(lambda: outbox_bytes(redis) < 1.1 * (1 << 20), "the log to keep to its memory")
    wait_until(lambda: hooks.state["state"] == "WEBHOOK_STATE_BEHIND", "the webhook to be behind")
    added = int(redis.cli("XINFO", "STREAM", "{p00}:outbox").split("entries-added\n")[1].split("\n")[0])
    kept = int(redis.cli("XLEN", "{p00}:outbox"))
    assert kept < added - 5000
    wait_until(lambda: int(hooks.state["loss"]["events"]) == added - kept, "every lost event to be counted")
    assert kept <= int(hooks.state["lag"]) <= added


def test_over_https_the_receiver_has_to_prove_itself(world, redis, tmp_path_factory):
    """Only its own machine is reached otherwise. What is trusted by default is the system's business."""
    folders = [tmp_path_factory.mktemp(name) for name in ("ours", "theirs")]
    ours, theirs = (Authority(folder) for folder in folders)
    certificates = {
        "good": ours.issue("good", "127.0.0.1"),
        "elsewhere": ours.issue("elsewhere", "elsewhere.example.com"),
        "expired": ours.issue("expired", "127.0.0.1", days=-1),
        "stranger": theirs.issue("stranger", "127.0.0.1"),
    }
    receivers = {name: Receiver(certificate=files) for name, files in certificates.items()}
    for receiver in receivers.values():
        world.at_end(receiver.end)
    authorities = world.path / "authorities.pem"
    authorities.write_text(ours.ca_file.read_text())
    server = world.server("--redis", redis.url, "--webhook-ca", authorities)
    ctl = world.ctl(server)
    for name, receiver in receivers.items():
        receiver.secret = ctl.done("webhook", "create", name, "--url", receiver.url).json["secret"]
    open_cases(server, 3)
    expected = numbered(redis).keys()
    wait_until(lambda: receivers["good"].ids == expected, "every event at the good one")
    for name in receivers.keys() - {"good"}:
        answer = ctl("webhook", "test", name)
        assert (
            answer.status == FAILED
            and answer.json["delivery"]["error"] == ERROR + "TLS"
            and "certificate" in answer.err
        )
    assert [name for name, receiver in receivers.items() if receiver.posts or receiver.problems] == ["good"]
    # Another authority is taken without a new start; libcurl may keep the old ones for a minute.
    with authorities.open("a") as file:
        file.write(theirs.ca_file.read_text())
    wait_until(lambda: ctl("webhook", "test", "stranger").status == DONE, "the other authority", seconds=70)
    # Without an authority there is none.
    server.signal_and_wait(signal.SIGTERM)
    ctl = world.ctl(world.server("--redis", redis.url))
    assert ctl("webhook", "test", "good").json["delivery"]["error"] == ERROR + "TLS"


def test_webhooks_are_looked_after(world, redis, receiver):
    server = world.server("--redis", redis.url)
    ctl = world.ctl(server)
    for url, reason in [
        ("http://example.com/in", "URL_NOT_SECURE"),
        ("https://user:word@example.com/", "URL_MALFORMED"),
        ("ftp://example.com/", "URL_MALFORMED"),
        ("nonsense", "URL_MALFORMED"),
    ]:
        assert_refused(ctl("webhook", "create", "erp", "--url", url), FAILED, reason)
    assert_refused(ctl("webhook", "create", "Big Name", "--url", receiver.url), FAILED, "NAME_MALFORMED")
    assert_refused(
        ctl("webhook", "create", "erp", "--url", receiver.url, "--give-up-after", "90d"),
        FAILED,
        "OUT_OF_RANGE",
    )
    secret = world.path / "secret"
    assert ctl.done("webhook", "create", "erp", "--url", receiver.url, "--save", secret).out == ""
    assert secret.stat().st_mode & 0o777 == 0o600
    receiver.secret = secret.read_text().strip()
    assert receiver.secret.startswith("whsec_")
    ctl.done("webhook", "test", "erp")
    assert_refused(ctl("webhook", "create", "erp", "--url", receiver.url), CONFLICT, "WEBHOOK_EXISTS")
    # The secret is shown nowhere else.
    listed = ctl.done("webhook", "list").out + ctl.done("webhook", "list", output="table").out
    assert receiver.secret.removeprefix("whsec_") not in listed + server.log
    ctl.done("principal", "create", "auditor-1", "--role", "auditor", "--save", world.path / "auditor")
    auditor = ctl.with_token(world.path / "auditor")
    assert (
        auditor("webhook", "list").status == DONE and auditor("webhook", "deliveries", "erp").status == DONE
    )
    assert auditor("webhook", "disable", "erp").status != DONE
    assert ctl("webhook", "delete", "erp", "--dry-run").status == DONE
    assert ctl("webhook", "delete", "erp").status == USAGE
    ctl.done("webhook", "delete", "erp", "--yes")
    assert ctl.done("webhook", "list").json == {}
    for verb in ("enable", "disable", "deliveries", "test"):
        assert_refused(ctl("webhook", verb, "erp"), NOT_FOUND, "WEBHOOK_UNKNOWN")
    assert redis.cli("KEYS", "*outbox:held") == ""
