"""Versions of policies, SLA policies and calendars that were damaged: told as they are, and mended."""

import json

from harness.command import DONE, FAILED, assert_refused
from harness.desk import MUG
from harness.waiting import wait_until

SIZE = ("--partitions", "4")
LARGEST = 2**64 - 1


def warns(ctl, words):
    return words in " ".join(ctl.done("admin", "info").json.get("warnings", []))


def submitted(desk, order):
    return desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 1)))


def test_a_name_that_no_version_has_stops_no_server(world):
    """The largest number plus one is no number, and the server ended at it."""
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    for key, name in (("", LARGEST), (":sla", LARGEST), (":calendars", f"standard {LARGEST}")):
        redis.cli("HSET", f"returns:{{policies}}{key}", name, "x")
    for words in (("policy",), ("sla", "policy"), ("calendar",)):
        named = ("standard",) if words == ("calendar",) else ()
        reply = desk.admin.done(*words, "get", *named).json
        if words == ("calendar",):
            reply["calendar"] |= {"timeZone": "Europe/Berlin", "offsets": []}
        elif words == ("policy",):
            reply["policy"]["returnlessAllowed"] = True
        else:
            reply["policy"]["plans"][0]["name"] = "usual"
        value = {key: reply[key] for key in ("policy", "calendar") if key in reply}
        put = (*words, "put", "-f", "-", "--yes")
        # STALE_VERSION: no such version is the current one.
        answer = desk.admin(*put, input=json.dumps({**value, "replacesVersion": str(LARGEST)}))
        assert answer.status != DONE and "the current" in answer.err, answer
        assert desk.admin.done(*put, input=json.dumps({**value, "replacesVersion": "1"})).json == {
            "version": "2"
        }
    assert submitted(desk, desk.order((MUG, 1, 1000))).status == DONE
    wait_until(lambda: warns(desk.admin, "an entry among the SLA policies that is no version"), "a warning")
    for key, name in (("", LARGEST), (":sla", LARGEST), (":calendars", f"standard {LARGEST}")):
        assert redis.cli("HDEL", f"returns:{{policies}}{key}", name) == "1"
    wait_until(lambda: "warnings" not in desk.admin.done("admin", "info").json, "the warning to end")


def test_what_a_server_knows_from_before_is_told_and_put_again(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    order = desk.order((MUG, 4, 1000))
    for key in ("", ":sla"):
        redis.cli("HSET", f"returns:{{policies}}{key}", "1", "junk")
    # Whoever adds a version reads all.
    calendar = desk.admin.done("calendar", "get", "standard").json
    calendar["calendar"] |= {"timeZone": "Europe/Berlin", "offsets": []}
    desk.admin.done("calendar", "put", "-f", "-", input=json.dumps(calendar))
    known = "of the policy is damaged in the store: this server knows it from before and still decides by it"
    wait_until(lambda: warns(desk.admin, f"version 1 {known}"), "a warning")
    # As it says.
    assert submitted(desk, order).status == DONE
    for words in (("policy",), ("sla", "policy")):
        same = desk.admin.done(*words, "get").out
        put = (*words, "put", "-f", "-", "--yes")
        assert desk.admin.done(*put, input=same).json == {"version": "2"}
        # The repetition of a put whose reply was lost.
        assert desk.admin.done(*put, input=same).json == {"version": "2"}
    assert server.signal_and_wait(15) == 0

    server = world.server("--redis", redis.url, *SIZE)
    for person in desk.people.values():
        person.server = server.address
    desk.admin.server = server.address
    assert submitted(desk, order).status == DONE
    wait_until(lambda: warns(desk.admin, "version 1 of the policy is damaged: nothing is decided by it; see"),
               "a warning")  # fmt: skip
    assert_refused(desk.admin("policy", "get", "--version", "1"), FAILED, "RECORD_UNREADABLE")


def test_a_damaged_newest_version_hides_no_other(world):
    redis = world.redis()
    server = world.server("--redis", redis.url, *SIZE)
    desk = world.desk(server)
    for days in range(29, 6, -1):
        policy = desk.admin.done("policy", "get").json["policy"]
        file = json.dumps({**policy, "returnWindowDays": days})
        desk.admin.done("policy", "put", "-f", "-", "--yes", input=file)
    # Version 24 is the newest; a list that is cut says so, whatever its form.
    for output in ("json", "jsonl", None):
        arguments = ["policy", "list"] + ([] if output else ["-o", "csv"])
        answer = desk.admin.done(*arguments, output=output)
        assert "4 older versions not shown (--limit): --limit all" in answer.err, answer
        assert "not shown" not in desk.admin.done(*arguments, "--limit", "all", output=output).err
    assert server.signal_and_wait(15) == 0
    redis.cli("HSET", "returns:{policies}", "24", "junk")

    server = world.server("--redis", redis.url, *SIZE)
    desk.admin.server = server.address
    assert_refused(desk.admin("policy", "get"), FAILED, "RECORD_UNREADABLE")
    versions = desk.admin.done("policy", "list", "--limit", "all").json
    assert [version["version"] for version in versions] == [str(number) for number in range(24, 0, -1)]
    assert "version 24 of the policy" in versions[0]["changes"][0], versions[0]
    assert versions[1]["changes"] == ["return window days: 9 → 8"], versions[1]
