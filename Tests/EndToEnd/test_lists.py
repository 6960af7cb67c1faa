"""Lists of cases and timelines as a clerk asks for them: filters combine, and what is left out is said."""

import re

import pytest
from harness.command import FAILED, NOT_FOUND, assert_refused
from harness.desk import MUG


@pytest.fixture(scope="module")
def desk(module_world):
    return module_world.desk(module_world.server("--test-clock"))


@pytest.fixture(scope="module")
def cases(desk):
    order = desk.order((MUG, 6, 1000))
    opened = []
    for _ in range(6):
        opened.append(desk.open(order, ("1", 1)))
        desk.advance("1m")
    opened[0].step("channel", "cancel", "--reason", "keeps it")
    opened[1].approve()
    opened[2].step("supervisor", "assign", "--to", "service-2")
    return opened


def listed(desk, *arguments):
    return [value["id"] for value in desk.admin.done("case", "list", *arguments).json.get("cases", [])]


def test_open_cases_come_first_to_hand_the_newest_first(desk, cases):
    ids = [case.id for case in cases]
    assert listed(desk) == ids[:0:-1]
    assert listed(desk, "--all") == ids[::-1]
    assert listed(desk, "--all", "--sort", "oldest") == ids
    assert listed(desk, "--order", cases[0].order) == ids[::-1]
    assert listed(desk, "--order", cases[0].order, "--open") == ids[:0:-1]


def test_filters_combine(desk, cases):
    one, two = cases[1], cases[2]
    assert listed(desk, "--state", "submitted", "--state", "approved", "--limit", "all") == [
        case.id for case in cases[:0:-1]
    ]
    assert listed(desk, "--state", "approved", "--order", one.order, "--channel", "online") == [one.id]
    assert listed(desk, "--person", "service-2", "--state", "submitted", "--sale-channel", "online") == [
        two.id
    ]
    assert listed(desk, "--person", "service-2", "--state", "approved") == []
    assert listed(desk, "--channel", "store") == []
    customer = one.read()["customerId"]
    assert listed(desk, "--customer", customer, "--state", "approved", "--due-before", "+60d") == [one.id]
    assert listed(desk, "--changed-since", "-1d", "--state", "approved") == [one.id]
    assert_refused(
        desk.admin("case", "list", "--order", cases[0].order, "--channel", "store"),
        NOT_FOUND,
        "ORDER_UNKNOWN",
    )


def test_a_list_has_pages_and_says_that_there_is_more(desk, cases):
    ids = [case.id for case in cases[::-1]]
    first = desk.admin.done("case", "list", "--all", "--limit", "4").json
    assert [value["id"] for value in first["cases"]] == ids[:4]
    rest = ("case", "list", "--all", "--limit", "4", "--cursor", first["nextCursor"])
    second = desk.admin.done(*rest).json
    assert [value["id"] for value in second["cases"]] == ids[4:] and "nextCursor" not in second
    told = desk.admin.done("case", "list", "--all", "--limit", "4", output="jsonl")
    assert len(told.out.splitlines()) == 4 and f"more with: --cursor {first['nextCursor']}" in told.err
    whole = desk.admin.done("case", "list", "--all", "--limit", "all", output="jsonl")
    assert len(whole.out.splitlines()) == 6
    # A cursor is for its own list.
    other = desk.admin("case", "list", "--limit", "4", "--cursor", first["nextCursor"])
    assert_refused(other, FAILED, "CURSOR_OF_ANOTHER_LIST", "first page")


@pytest.mark.parametrize("filters", [("--all", "--changed-since", "-2d"), ("--due-before", "+30d")])
def test_relative_times_go_on_as_they_were_read(desk, cases, filters):
    first = desk.admin.done("case", "list", *filters, "--limit", "2", output="jsonl")
    flags = re.search(r"more with: (.+) and the other filters as they were", first.err)[1].split()
    assert flags[0] == "--cursor" and flags[2] == filters[-2]
    desk.advance("1m")
    kept = filters[:-2]
    second = desk.admin.done("case", "list", *kept, *flags, "--limit", "all", output="jsonl")
    whole = desk.admin.done("case", "list", *filters, "--limit", "all", output="jsonl")
    assert first.rows + second.rows == whole.rows and len(second.rows) > 0


def test_a_timeline_is_told_whole_or_from_its_end(desk, cases):
    case = cases[3]
    for number in range(5):
        case.step("service-1", "note", f"note {number}")
    entries = desk.admin.done("case", "timeline", case.id).json["entries"]
    assert [int(entry["number"]) for entry in entries] == [1, 2, 3, 4, 5, 6]
    last = desk.admin.done("case", "timeline", case.id, "--last", "2").json["entries"]
    assert last == entries[-2:]
