"""Webhooks change in place (N25): address, filter and limits, and the secret, the last two of which sign for
a while. The receivers are real HTTP servers that verify every signature."""

import time

import pytest
from harness.command import CONFLICT, FAILED, NOT_FOUND, USAGE, assert_refused
from harness.outbox import numbered
from harness.receiver import Receiver
from harness.waiting import wait_until
from returns_client import returns_v1 as v1
from test_webhooks import Hooks, assert_in_order, open_cases

HOUR_MS = 3_600_000


@pytest.fixture
def redis(world):
    return world.redis()


@pytest.fixture
def other(world):
    """Another receiver."""
    receiver = Receiver()
    world.at_end(receiver.end)
    yield receiver
    assert receiver.problems == []


def events_since(redis, known):
    return {id: event for id, event in numbered(redis).items() if id not in known}


def test_another_address_gets_what_comes_from_then_on(world, redis, receiver, other):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create("--attempts-max", "7")
    other.secret = receiver.secret
    open_cases(server, 3, prefix="A")
    first = set(hooks.wait_for_all(redis))
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    before = hooks.state
    changed = hooks.ctl.done("webhook", "update", "erp", "--url", other.url).json["webhook"]
    assert changed["url"] == other.url
    for kept in (
        "filter",
        "giveUpAfterMs",
        "attemptsMax",
        "createdAtMs",
        "createdBy",
        "lastSuccessMs",
        "lag",
    ):
        assert changed.get(kept) == before.get(kept), kept
    assert len(hooks.deliveries["deliveries"]) == len(first)
    open_cases(server, 3, prefix="B")
    wait_until(lambda: events_since(redis, first).keys() <= other.ids, "every later event")
    # Each event went to one of them, once.
    assert receiver.ids == first and other.ids == events_since(redis, first).keys()
    assert len(receiver.taken) + len(other.taken) == len(numbered(redis))
    assert_in_order(other.taken)
    # Over a restart as well.
    server.kill()
    server = world.server("--redis", redis.url)
    hooks.ctl = world.ctl(server)
    assert hooks.state["url"] == other.url and hooks.state["attemptsMax"] == 7


def test_what_waits_goes_to_the_new_address_at_once(world, redis, receiver, other):
    """Whatever the backoff has come to. Failures before count neither against the new address nor against
    the events, which one more failure would set aside otherwise."""
    server = world.server("--redis", redis.url)
    receiver.answers = lambda event, attempt: 500
    hooks = Hooks(world.ctl(server), receiver).create("--give-up-after", "1h", "--attempts-max", "3")
    open_cases(server, 4)
    waiting = min(numbered(redis))
    wait_until(
        lambda: (
            sum(post.event["id"] == waiting for post in receiver.posts) >= 3
            and int(hooks.state.get("consecutiveFailures", 0)) >= 20
        ),
        "failures",
        seconds=60,
    )
    other.secret = receiver.secret
    failed = []

    def answers(event, attempt):
        """The one fails once more when another was taken: as if it, and not the address, were to blame."""
        if event["id"] != waiting or failed:
            return 200
        if any(post.answer == 200 for post in other.posts):
            failed.append(attempt)
        return 503

    other.answers = answers
    state = hooks.ctl.done("webhook", "update", "erp", "--url", other.url).json["webhook"]
    assert "consecutiveFailures" not in state
    wait_until(lambda: numbered(redis).keys() <= other.ids, "every event at the new address", seconds=15)
    assert_in_order(other.taken)
    assert failed and "setAside" not in hooks.state
    # One that is disabled stays so, and that is said.
    hooks.ctl.done("webhook", "disable", "erp")
    assert "webhook enable erp" in hooks.ctl.done("webhook", "update", "erp", "--attempts-max", "4").err


def test_a_filter_is_changed_in_place(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create("--type", "noted")
    open_cases(server, 2, prefix="A")
    noted = {id for id, event in numbered(redis).items() if event.type == v1.EVENT_TYPE_NOTED}
    wait_until(lambda: receiver.ids == noted, "what the filter lets through")
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    known = set(numbered(redis))
    filter = hooks.ctl.done("webhook", "update", "erp", "--every-event").json["webhook"].get("filter", {})
    assert filter == {}
    open_cases(server, 2, prefix="B")
    later = events_since(redis, known).keys()
    wait_until(lambda: receiver.ids == noted | later, "every later event, and none that it had passed over")
    hooks.ctl.done("webhook", "update", "erp", "--type", "submitted", "--channel", "store")
    assert hooks.state["filter"] == {"types": ["EVENT_TYPE_SUBMITTED"], "saleChannels": ["store"]}


def test_what_cannot_be_changed_is_said(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create()
    ctl, before = hooks.ctl, hooks.state
    for flags, words in (
        (("update",), "say what to change"),
        (("update", "--every-event", "--type", "noted"), "no filter"),
        (("rotate-secret", "--at-once", "--overlap", "1h"), "no overlap"),
    ):
        answer = ctl("webhook", *flags, "erp")
        assert answer.status == USAGE and words in answer.err, answer
    assert_refused(ctl("webhook", "update", "erp", "--url", "ftp://x"), FAILED, "http")
    assert_refused(ctl("webhook", "update", "erp", "--give-up-after", "31d"), FAILED, "a second to 30 days")
    assert_refused(ctl("webhook", "update", "erp", "--attempts-max", "1001"), FAILED, "1 to 1000")
    assert_refused(ctl("webhook", "update", "nobody", "--url", receiver.url), NOT_FOUND, "no such webhook")
    assert_refused(ctl("webhook", "rotate-secret", "nobody"), NOT_FOUND, "no such webhook")
    assert_refused(ctl("webhook", "rotate-secret", "erp", "--overlap", "31d"), FAILED, "0 to 30 days")
    assert_refused(ctl("webhook", "rotate-secret", "erp", "--at-once"), USAGE, "--yes")
    assert hooks.state == before
    # What is so already is no change.
    assert ctl.done("webhook", "update", "erp", "--url", receiver.url).json["webhook"]["url"] == receiver.url


def test_two_secrets_sign_for_a_while(world, redis, receiver):
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create()
    ctl, old = hooks.ctl, receiver.secret
    begun = int(time.time() * 1_000)
    reply = ctl.done("webhook", "rotate-secret", "erp", "--overlap", "1h").json
    new = reply["secret"]
    assert new.startswith("whsec_") and new != old
    until = int(reply["webhook"]["oldSecretUntilMs"])
    assert begun + HOUR_MS - 5_000 <= until <= int(time.time() * 1_000) + HOUR_MS + 5_000
    # A receiver that has the one, and then the other: each post fits both.
    open_cases(server, 1, prefix="A")
    hooks.wait_for_all(redis)
    receiver.secret = new
    open_cases(server, 1, prefix="B")
    hooks.wait_for_all(redis)
    assert "signed with the secret before as well until" in ctl.done("webhook", "list", output="table").out
    # Over a restart as well.
    server.kill()
    server = world.server("--redis", redis.url)
    hooks.ctl = ctl = world.ctl(server)
    for receiver.secret in (old, new):
        open_cases(server, 1, prefix=f"C{receiver.secret[6:10].encode().hex()}")
        hooks.wait_for_all(redis)
    # A third would end the first before its time.
    refused = ctl("webhook", "rotate-secret", "erp")
    assert_refused(refused, CONFLICT, "still counts")
    # One that somebody else has seen ends at once.
    id = "00112233445566778899aabbccddee01"
    line = ("webhook", "rotate-secret", "erp", "--at-once", "--yes", "--request-id", id)
    last = ctl.done(*line).json
    assert "oldSecretUntilMs" not in last["webhook"] and last["secret"] not in (old, new)
    receiver.secret = last["secret"]
    open_cases(server, 1, prefix="D")
    hooks.wait_for_all(redis)
    assert receiver.problems == []
    # Under the same request id it is told again, until it is another's.
    assert ctl.done(*line).json["secret"] == last["secret"]
    ctl.done("webhook", "rotate-secret", "erp", "--at-once", "--yes")
    assert_refused(ctl(*line), FAILED, "rotated the secret since")
    # The secret of the creation is not that of today either.
    assert receiver.secret not in server.log and old not in server.log


def test_a_receiver_without_the_new_secret_refuses_it(world, redis):
    receiver = Receiver(lambda event, attempt: 200)
    world.at_end(receiver.end)
    server = world.server("--redis", redis.url)
    hooks = Hooks(world.ctl(server), receiver).create()
    file = hooks.ctl.home / "new.secret"
    done = hooks.ctl.done("webhook", "rotate-secret", "erp", "--at-once", "--yes", "--save", file)
    assert "the one before counts no more" in done.err and "whsec_" not in done.out + done.err
    assert file.stat().st_mode & 0o077 == 0
    open_cases(server, 1)
    wait_until(lambda: hooks.state.get("lag") == "0", "the lag to be none")
    assert receiver.posts and len(receiver.problems) == len(receiver.posts)
    receiver.problems.clear()
    receiver.secret = file.read_text().strip()
    hooks.ctl.done("webhook", "test", "erp")
    assert receiver.problems == [] and receiver.taken[-1]["type"] == "EVENT_TYPE_PING"
