"""An accepted loss is told to those whose place lies in the store itself, and was set back with
it: the receivers of webhooks and the consumers of groups. Each is told once, before what
happens since, and gets out as it is told.
"""

import datetime
import re
import shutil
import signal

from harness.command import CONFLICT, assert_refused
from harness.outbox import kind_of
from harness.waiting import wait_until
from test_store_identity import accept, move, opened

PARTITIONS = 16
SIZE = ("--partitions", str(PARTITIONS))
CONSUME = ("event", "tail", "--group", "erp", "--no-follow")


class Store:
    """A server, a webhook and a group "erp" that has got everything, and a
    copy of the store as it was at some time."""

    def __init__(self, world, receiver):
        self.world, self.receiver = world, receiver
        self.copy = world.path / "copy"
        self.server = world.server(*SIZE)
        self.desk = world.desk(self.server)
        created = self.ctl.done("webhook", "create", "erp", "--url", receiver.url)
        receiver.secret = created.json["secret"]
        self.ctl.done("event", "group", "create", "erp")

    @property
    def ctl(self):
        return self.desk.admin

    def stop(self):
        assert self.server.signal_and_wait(signal.SIGTERM) == 0

    def start(self):
        self.server = self.world.server(*SIZE)
        move(self.desk, self.world, self.server)

    def keep(self):
        self.stop()
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.server.data / "redis", self.copy)
        self.start()

    def lose(self):
        self.stop()
        shutil.rmtree(self.server.data / "redis")
        shutil.copytree(self.copy, self.server.data / "redis")
        self.server = accept(self.world, *SIZE)
        move(self.desk, self.world, self.server)

    def happen(self, count):
        """Cases are opened, and both hear of them; returns the events' ids."""
        ids = set(opened(self.desk, count))
        wait_until(
            lambda: ids <= {event.get("caseId") for event in self.receiver.taken}, "the receiver to be told"
        )
        return {event["id"] for event in self.receiver.taken if event.get("caseId") in ids}

    def consume(self, *flags):
        return [row["id"] for row in self.ctl.done(*CONSUME, *flags, output="jsonl").rows]

    @property
    def webhook(self):
        (found,) = [
            hook for hook in self.ctl.done("webhook", "list").json["webhooks"] if hook["name"] == "erp"
        ]
        return found

    @property
    def group(self):
        (found,) = [
            group
            for group in self.ctl.done("event", "group", "list").json["groups"]
            if group["name"] == "erp"
        ]
        return found

    @property
    def info(self):
        return self.ctl.done("admin", "info", output="table").out

    def typed(self, text, line):
        """The words behind `returnsctl` of a line that a text says to type, with its time."""
        return re.search(f"{line} (\\S+Z)", text)[0].split()[1:]

    def wait_for_notices(self, count):
        wait_until(lambda: len(notices(self.receiver)) >= count, "the notices")
        return notices(self.receiver)


def notices(receiver):
    return [event for event in receiver.taken if kind_of(event) == "events_lost"]


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def partitions(events):
    return {event["eventsLost"]["afterEventId"].split("-")[0] for event in events}


def test_an_accepted_loss_is_told_once_and_confirmed(world, receiver):
    store = Store(world, receiver)
    early = store.happen(3)
    assert set(store.consume()) == early
    store.keep()
    lost = store.happen(2)
    assert set(store.consume()) == lost
    # A restart without a loss tells nobody.
    assert notices(receiver) == [] and "loss" not in store.webhook and "loss" not in store.group
    store.lose()

    # The receiver: once for each partition, although nothing happens.
    told = store.wait_for_notices(PARTITIONS)
    assert len(told) == PARTITIONS == len(partitions(told)) == len({event["id"] for event in told})
    for event in told:
        assert event["eventsLost"]["storeSetBack"], event
        assert event["eventsLost"]["afterEventId"] not in lost, event
        assert "throughEventId" not in event["eventsLost"], event
        # A partition that had no events makes nobody read everything again.
        assert int(event["eventsLost"]["changedSinceMs"]) > 0, event
    assert int(store.webhook["loss"]["changedSinceMs"]) == int(store.group["loss"]["changedSinceMs"]) > 0
    # Where the store still has events, the notice begins there.
    assert {event["eventsLost"]["afterEventId"] for event in told} & early
    assert store.webhook["state"] == "WEBHOOK_STATE_BEHIND" and store.webhook["loss"]["storeSetBack"]
    table = store.ctl.done("webhook", "list", output="table").out
    assert "every case that it was told of since" in table and store.typed(
        table, "returnsctl webhook resynced erp --through"
    )
    wait_until(lambda: "the webhook erp is behind: the store was set back" in store.info, "a warning")

    # The group: given nothing before its consumers say that they have heard.
    listed = store.ctl.done("event", "group", "list", output="table").out
    go_on = store.typed(listed, "returnsctl event tail --group erp --resynced-through")
    wait_until(lambda: "the group erp is given nothing: the store was set back" in store.info, "a warning")
    late = store.happen(2)
    answer = store.ctl(*CONSUME)
    assert_refused(answer, CONFLICT, "GROUP_OF_LOST_EVENTS", "OUT_OF_RANGE", " ".join(go_on))
    since = re.search(r"events of since (\S+Z),", answer.err)[1]
    assert f"returnsctl case list --changed-since {since}" in answer.err, answer
    store.ctl.done("case", "list", "--changed-since", since)

    # A restart tells nobody again, nor does what follows come twice.
    store.stop()
    store.start()
    late |= store.happen(1)
    assert notices(receiver) == told
    assert len([event for event in receiver.taken if event["id"] in late]) == len(late)
    assert all(
        receiver.taken.index(notice) < index
        for notice in told
        for index, event in enumerate(receiver.taken)
        if event["id"] in late
    )

    # What began after the loss is told of none.
    store.ctl.done("event", "group", "create", "young", "--from", "beginning")
    assert store.ctl.done("event", "tail", "--group", "young", "--no-follow", output="jsonl").rows
    store.ctl.done("webhook", "create", "young", "--url", receiver.url, "--from", "now")
    states = {hook["name"]: hook["state"] for hook in store.ctl.done("webhook", "list").json["webhooks"]}
    assert states == {"erp": "WEBHOOK_STATE_BEHIND", "young": "WEBHOOK_STATE_ENABLED"}
    store.ctl.done("webhook", "delete", "young", "--yes")

    # The ways out: they lead to everything that happened since, once.
    store.ctl.done(*store.typed(table, "returnsctl webhook resynced erp --through"))
    assert store.webhook["state"] == "WEBHOOK_STATE_ENABLED" and "loss" not in store.webhook
    assert set(store.consume(*go_on[-2:])) == late
    assert "loss" not in store.group and store.consume() == []
    wait_until(lambda: "set back" not in store.info, "the warnings to end")


def test_a_disabled_webhook_gets_out_as_it_is_told(world, receiver):
    store = Store(world, receiver)
    store.happen(2)
    store.ctl.done("webhook", "disable", "erp")
    store.keep()
    opened(store.desk, 1)
    store.lose()
    table = store.ctl.done("webhook", "list", output="table").out
    typed = r"type first: returnsctl (webhook enable erp) --server \S+ --token-file \S+; it says"
    first = re.search(typed, table)[1]
    # Nothing is confirmed before: whoever tries is told so, and a script notices.
    answer = store.ctl("webhook", "resynced", "erp", "--through", "now")
    assert answer.status == CONFLICT and first in answer.err
    answer = store.ctl.done(*first.split())
    assert "loss" in answer.json["webhook"]
    table = store.ctl.done("webhook", "list", output="table").out
    store.ctl.done(*store.typed(table, "returnsctl webhook resynced erp --through"))
    assert store.webhook["state"] == "WEBHOOK_STATE_ENABLED" and "loss" not in store.webhook
    # Its receiver is told all the same.
    assert len(store.wait_for_notices(PARTITIONS)) == PARTITIONS


def test_another_loss_before_the_first_is_confirmed_is_told_too(world, receiver):
    store = Store(world, receiver)
    store.happen(2)
    store.keep()
    store.happen(1)
    store.lose()
    first = store.wait_for_notices(PARTITIONS)
    seen = store.webhook["loss"]["lastMs"], store.group["loss"]["lastMs"]
    table = store.ctl.done("webhook", "list", output="table").out
    resynced = store.typed(table, "returnsctl webhook resynced erp --through")
    table = store.ctl.done("event", "group", "list", output="table").out
    go_on = store.typed(table, "returnsctl event tail --group erp --resynced-through")
    # The latest of the notices tells the same time.
    assert max(int(event["eventsLost"]["resyncedThroughMs"]) for event in first) == milliseconds(resynced[-1])
    # As long as nobody has confirmed the first one.
    store.keep()
    store.happen(1)
    store.lose()
    second = store.wait_for_notices(2 * PARTITIONS)[PARTITIONS:]
    assert partitions(second) == partitions(first) and not {event["id"] for event in first} & {
        event["id"] for event in second
    }
    # Whoever types what they were shown before has not read again what was
    # lost since, and is told what to type then.
    answer = store.ctl(*resynced)
    assert answer.status == CONFLICT, answer
    assert store.webhook["state"] == "WEBHOOK_STATE_BEHIND" and int(store.webhook["loss"]["lastMs"]) > int(
        seen[0]
    )
    later = store.ctl(*CONSUME, *go_on[-2:])
    assert_refused(later, CONFLICT, "GROUP_OF_LOST_EVENTS")
    assert int(store.group["loss"]["lastMs"]) > int(seen[1])
    store.ctl.done(*store.typed(answer.err, "returnsctl webhook resynced erp --through"))
    assert store.webhook["state"] == "WEBHOOK_STATE_ENABLED"
    store.consume(*store.typed(later.err, "returnsctl event tail --group erp --resynced-through")[-2:])
    assert "loss" not in store.group
