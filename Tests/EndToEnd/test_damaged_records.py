"""One webhook or event group with a damaged record: it is named, the others go on, and it can be deleted."""

import time

import pytest
from harness.command import FAILED, assert_refused
from harness.desk import MUG
from harness.receiver import Receiver
from harness.waiting import wait_until

SIZE = ("--partitions", "16")


@pytest.fixture
def receiver(world):
    receiver = Receiver()
    world.at_end(receiver.end)
    yield receiver
    assert receiver.problems == []


def opened(desk):
    return desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id


def names(answer, what):
    return [each["name"] for each in answer.json.get(what, [])]


@pytest.mark.parametrize(
    "damage", ["record", "state", "a number in the state", "state of another type", "progress"]
)
def test_a_damaged_webhook_stops_no_other(world, receiver, damage):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    ctl = desk.admin
    receiver.secret = ctl.done("webhook", "create", "erp", "--url", receiver.url).json["secret"]
    ctl.done("webhook", "create", "other", "--url", "http://127.0.0.1:9/")
    if damage == "record":
        redis.cli("HSET", "returns:{webhooks}", "other", "junk")
    elif damage == "state":
        redis.cli("HSET", "returns:{webhooks}:state:other", "p3", "junk of five words here")
    elif damage == "a number in the state":
        redis.cli("HSET", "returns:{webhooks}:state:other", "reason", "2147483648")
    elif damage == "progress":
        # The one that is delivered for has some everywhere.
        key = "{p01}:outbox:consumers"
        progress = wait_until(lambda: redis.cli("HKEYS", key).split(), "progress")
        [other] = [name for name in progress if name.startswith("webhook:other@")]
        redis.cli("HSET", key, other, "junk of five words here")
    else:
        redis.cli("SET", "returns:{webhooks}:state:other", "junk")
    assert server.signal_and_wait(15) == 0

    server = world.server("--redis", redis.url, *SIZE)
    ctl = desk.admin = world.ctl(server)
    for person in desk.people.values():
        person.server = server.address
    case = opened(desk)
    wait_until(lambda: case in {event.get("caseId") for event in receiver.taken}, "the other to be delivered")
    listed = ctl.done("webhook", "list")
    assert names(listed, "webhooks") == ["erp"] and listed.json["unreadableNames"] == ["other"]
    listed = ctl.done("webhook", "list", output="table")
    assert "erp" in listed.out and "other; delete each with: returnsctl webhook delete NAME" in listed.err
    said = "the record of the webhook other is damaged"
    wait_until(lambda: said in ctl.done("admin", "info", output="table").out, "a warning")
    assert server.log.count(said) == 1
    for words in [("test",), ("enable", "--yes"), ("disable", "--yes"), ("deliveries",)]:
        answer = ctl("webhook", words[0], "other", *words[1:])
        assert_refused(answer, FAILED, "RECORD_UNREADABLE")
        assert "the webhook other is damaged" in answer.err, answer
        assert "returnsctl webhook delete other" in answer.err, answer
    wait_until(lambda: "the store failed: the webhook other: " in server.log, "the log to name it")

    ctl.done("webhook", "delete", "other", "--yes")
    listed = ctl.done("webhook", "list")
    assert names(listed, "webhooks") == ["erp"] and "unreadableNames" not in listed.json
    wait_until(lambda: said not in ctl.done("admin", "info", output="table").out, "the warning to end")
    ctl.done("webhook", "create", "other", "--url", "http://127.0.0.1:9/")


def test_a_damaged_group_stops_no_other(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    ctl = desk.admin
    for name in ["erp", "other"]:
        ctl.done("event", "group", "create", name)
    case = opened(desk)
    redis.cli("HSET", "returns:{event-groups}", "other", "junk")
    listed = ctl.done("event", "group", "list")
    assert names(listed, "groups") == ["erp"] and listed.json["unreadableNames"] == ["other"]
    listed = ctl.done("event", "group", "list", output="table")
    assert "other; delete each with: returnsctl event group delete NAME" in listed.err
    said = "the record of the group other is damaged"
    wait_until(lambda: said in ctl.done("admin", "info", output="table").out, "a warning")
    assert server.log.count("the record of the group other is damaged") == 1
    rows = ctl.done("event", "tail", "--group", "erp", "--no-follow", output="jsonl").rows
    assert case in {row["caseId"] for row in rows}
    # Also to its owner, who cannot delete it.
    channel = desk["channel"]
    channel.done("event", "group", "create", "own")
    redis.cli("HSET", "returns:{event-groups}", "own", "junk")
    for caller, name in [(ctl, "other"), (channel, "own")]:
        calls = [caller("event", "tail", "--group", name, "--no-follow", output="jsonl")]
        calls.append(caller("event", "group", "create", name))
        if caller is channel:
            calls.append(caller("event", "group", "delete", name, "--yes"))
        for answer in calls:
            assert_refused(answer, FAILED, "RECORD_UNREADABLE")
            assert (
                f"the group {name} is damaged" in answer.err and "administrator or supervisor" in answer.err
            )
            assert f"returnsctl event group delete {name}" in answer.err, answer
    assert "the store failed: the group own: " in server.log
    ctl.done("event", "group", "delete", "own", "--yes")
    channel.done("event", "group", "create", "own", "--from", "beginning")
    ctl.done("event", "group", "delete", "other", "--yes")
    assert "unreadableNames" not in ctl.done("event", "group", "list").json
    wait_until(lambda: said not in ctl.done("admin", "info", output="table").out, "the warning to end")
    ctl.done("event", "group", "create", "other", "--from", "beginning")
    rows = ctl.done("event", "tail", "--group", "other", "--no-follow", output="jsonl").rows
    assert case in {row["caseId"] for row in rows}


def test_a_damaged_case_is_not_said_to_be_repairable(world):
    redis = world.redis()
    desk = world.desk(world.server("--redis", redis.url, *SIZE))
    ctl = desk.admin
    damaged, unlisted = opened(desk), opened(desk)
    order = desk.order((MUG, 2, 900))
    cut_off = desk.open(order, ("1", 1)).id
    # Of one the record, of one the order, and of one an entry of an index, which can be repaired.
    key = redis.cli("--scan", "--pattern", f"*:case:{damaged}")
    redis.cli("HSET", key, "b", "junk")
    redis.cli("DEL", redis.cli("--scan", "--pattern", f"*:order:*:{order}"))
    index = redis.cli("--scan", "--pattern", f"*:case:{unlisted}").partition(":case:")[0] + ":index:all"
    assert redis.cli("ZREM", index, unlisted) == "1"
    repair = "type: returnsctl admin verify-indexes --repair"
    leads_on = 'see RUNBOOK.md, "A record is damaged"'
    found = ctl("admin", "verify-indexes", output="table")
    assert found.status == FAILED and repair in found.out and leads_on in found.out, found
    left = ctl("admin", "verify-indexes", "--repair", "--yes", output="table")
    assert left.status == FAILED and "--repair" not in left.out and leads_on in left.out, left
    again = ctl("admin", "verify-indexes")
    assert {(each["caseId"], each["problem"]) for each in again.json["findings"]} == {
        (damaged, "INDEX_PROBLEM_UNREADABLE"),
        (cut_off, "INDEX_PROBLEM_RECORD_MISSING"),
    }
    assert 'RUNBOOK.md, "A record is damaged"' in ctl("case", "get", damaged).err


def test_a_damaged_partition_hides_no_other(world, receiver):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    ctl = desk.admin
    receiver.secret = ctl.done("webhook", "create", "erp", "--url", receiver.url).json["secret"]
    ctl.done("event", "group", "create", "erp", "--acknowledge-within", "1s")
    for _ in range(8):
        opened(desk)

    def consume():
        answer = ctl.done("event", "tail", "--group", "erp", "--no-follow", output="jsonl")
        return answer.rows, answer.err

    rows, said = consume()
    assert said == ""
    partitions = {row["caseId"]: row["id"].split("-")[0] for row in rows}
    broken = min(partitions.values())
    number = int(broken[1:])
    hidden = next(case for case in partitions if partitions[case] == broken)
    case, later = [case for case in partitions if partitions[case] != broken][:2]
    # Something that is to come once the partition is mended.
    desk["service-1"].done("case", "verify", hidden, "--yes")
    key = f"{{{broken}}}:outbox"
    # In one step: a log that is not there was deleted.
    damage = "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'junk')"
    redis.cli("EVAL", damage, "2", key, f"{key}:kept")
    begun = time.monotonic()

    desk["service-1"].done("case", "verify", case, "--yes")
    for what, them in [(["webhook", "list"], "webhooks"), (["event", "group", "list"], "groups")]:
        listed = ctl.done(*what)
        assert names(listed, them) == ["erp"] and listed.json["unreadablePartitions"] == [number]
        assert "lag" not in listed.json[them][0] and "unreadableNames" not in listed.json
        listed = ctl.done(*what, output="table")
        assert "erp" in listed.out and f"partition {number} of the events' log cannot be read" in listed.err
    rows, said = consume()
    assert {row["caseId"] for row in rows} == {case}
    assert f"partition {number} of the events' log cannot be read" in said
    said = f"the log of events of partition {number} is damaged"
    wait_until(lambda: said in ctl.done("admin", "info", output="table").out, "a warning")
    # Also when looks at the whole log have failed for so long that its followers are sent away.
    wait_until(lambda: time.monotonic() > begun + 7, "the log to be given up as a whole")
    desk["service-1"].done("case", "verify", later, "--yes")
    wait_until(lambda: later in {row["caseId"] for row in consume()[0]}, "the other partitions' events")
    ctl.done("webhook", "disable", "erp")
    assert names(ctl.done("webhook", "list"), "webhooks") == ["erp"]
    ctl.done("webhook", "enable", "erp")

    redis.cli("RENAME", f"{key}:kept", key)
    wait_until(lambda: hidden in {row["caseId"] for row in consume()[0]}, "what the partition had kept")
    assert "unreadablePartitions" not in ctl.done("webhook", "list").json
    assert "unreadablePartitions" not in ctl.done("event", "group", "list").json


def test_a_sweep_by_hand_names_the_due_case_that_it_cannot_fire(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE, "--test-clock", "--no-sweeper")
    desk = world.desk(server)
    damaged, case = opened(desk), opened(desk)
    key = redis.cli("--scan", "--pattern", f"*:case:{damaged}")
    redis.cli("HSET", key, "b", "junk")
    desk.admin.done("admin", "advance-clock", "25h")
    answer = desk.admin("sla", "sweep", output="table")
    assert answer.status == FAILED and "2 deadlines in 1 case warned about" in answer.out, answer
    assert f"1 case was due and was left, since damaged: {damaged};" in answer.out, answer
    # Swept again, it is due still, and no "nothing was due".
    answer = desk.admin("sla", "sweep")
    assert answer.status == FAILED and answer.json["unreadableCaseIds"] == [damaged], answer
    assert int(answer.json.get("firings", 0)) == 0 and case != damaged
