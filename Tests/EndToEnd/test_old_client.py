"""A client of the schema's baseline, kept as the bytes that it sent, talks to the server of today: each call
is taken, and each reply means by the baseline's descriptors what it meant then."""

import base64
import time

from harness.recorded import Replay, varint

DAY_MS = 86_400_000
# What differs with every run.
ANY = {"cursor", "nextCursor", "id", "serverVersion", "sha256", "eventId", "caseVersion"}

# What the standard policy told customers then. Today it has no return address.
STANDARD_ADDRESS = "Returns desk, see the enclosed label"


def plain(value, case, key=""):
    """A reply without what differs with every run: times, cursors and the case's id."""
    if isinstance(value, dict):
        return {name: plain(item, case, name) for name, item in value.items() if item != STANDARD_ADDRESS}
    if isinstance(value, list):
        return [plain(item, case, key) for item in value]
    if isinstance(value, str) and case in value:
        return value.replace(case, "the case")
    if key.endswith("Ms") or key in ANY:
        return "…"
    return value


def assert_holds(now, then, where):
    """Today's reply says all that the recorded one did; it may say more."""
    if isinstance(then, dict):
        assert isinstance(now, dict), where
        for name, item in then.items():
            assert name in now, f"{where}: {name} is gone"
            assert_holds(now[name], item, f"{where}.{name}")
    elif where.endswith(".clocks"):
        # Which deadlines run is the procedure's, which may be another by now; a client reads each as it did.
        names = set.intersection(*(set(clock) for clock in then))
        assert now and all(names <= set(clock) for clock in now), f"{where}: {now} was {then}"
    elif where.endswith(".commands"):
        # A later procedure can allow more.
        allowed = {entry["command"]: entry for entry in now}
        for entry in then:
            assert_holds(allowed.get(entry["command"]), entry, f"{where}.{entry['command']}")
    elif isinstance(then, list):
        # A later server can judge a form by more than the recorded one did.
        grows = where.endswith(".checks")
        assert isinstance(now, list) and len(now) >= len(then), f"{where}: {now} was {then}"
        assert grows or len(now) == len(then), f"{where}: {now} was {then}"
        for index, (one, other) in enumerate(zip(now, then, strict=not grows)):
            assert_holds(one, other, f"{where}[{index}]")
    elif where.endswith((".detail", ".text")):
        assert now, f"{where}: words for people, which may be others by now"
    else:
        assert now == then, f"{where}: {now} was {then}"


def joined(replies):
    """A stream's replies: how many events each holds is the moment's."""
    if len(replies) < 2 and not any("cursor" in reply for reply in replies):
        return replies
    return [{"events": [event for reply in replies for event in reply.get("events", [])]}]


def test_its_calls_are_answered_as_they_were(world):
    server = world.server()
    replay = Replay(server.address)
    world.at_end(replay.end)
    now = int(time.time() * 1_000)
    replay.present["token"] = server.token_file.read_text().strip().encode()
    replay.present["placed"] = varint(now - 5 * DAY_MS)
    replay.present["delivered"] = varint(now - 3 * DAY_MS)
    replay.enter()
    then_case = replay.recorded["case"].decode()
    for number, call in enumerate(replay.calls, 1):
        replies = replay.call(call)
        if call["method"].endswith(".SubmitCase"):
            replay.present["case"] = replies[0]["case"]["id"].encode()
        case = replay.present.get("case", b"\0").decode()
        assert_holds(
            plain(joined(replies), case),
            plain(joined(call["replies"]), then_case),
            f"{number} {call['method']}",
        )
    assert len(replay.calls) >= 16


def test_what_is_replayed_is_what_was_recorded(world):
    """Nothing but the names that differ with every run is changed on the way."""
    server = world.server()
    replay = Replay(server.address)
    world.at_end(replay.end)
    for call in replay.calls:
        frames = base64.b64decode(call["frames"])
        assert replay.adapt(frames) == frames
    replay.present["placed"] = varint(int(time.time() * 1_000))
    changed = [
        call["method"]
        for call in replay.calls
        if replay.adapt(base64.b64decode(call["frames"])) != base64.b64decode(call["frames"])
    ]
    assert changed == ["returns.v1.OrderService.PutOrder"]
