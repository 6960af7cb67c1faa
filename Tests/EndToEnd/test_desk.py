"""The desk's command line: what is asked, listed, compared, and written so that it can be typed again."""

import csv
import io
import json
import re

import pytest
from harness.command import CONFLICT, DONE, FAILED, NOT_ALLOWED, USAGE, assert_refused
from harness.desk import CUP, MUG
from harness.terminal import Terminal

DAY_MS = 86_400_000


@pytest.fixture
def terminal(world):
    def start(command, *arguments):
        terminal = Terminal(command, *arguments)
        world.at_end(terminal.end)
        return terminal

    return start


@pytest.fixture
def shipped(desk):
    case = desk.open(desk.order((MUG, 3, 1000), (CUP, 1, 500)), ("1", 2), ("2", 1))
    case.approve()
    case.ship()
    return case


# Counts (E3)


def test_a_receipt_asks_for_the_counts_of_each_line(desk, shipped, terminal):
    shown = terminal(desk["warehouse"], "case", "receive", shipped.id)
    shown.wait_for("line 1, MUG-1: 2 awaited. How many arrived?")
    shown.type("all\n")
    shown.wait_for("type a number")
    shown.type("1\n")
    shown.wait_for("line 2, CUP-2: 1 awaited. How many arrived?")
    shown.type("0\n")
    assert shown.wait() == DONE, shown.screen
    assert [shipped.units[line].get("received", 0) for line in ("1", "2")] == [1, 0]


def test_nothing_that_arrived_changes_nothing(desk, shipped, terminal):
    before = shipped.everything()
    shown = terminal(desk["warehouse"], "case", "receive", shipped.id)
    for line in ("line 1,", "line 2,"):
        shown.wait_for(line)
        shown.type("0\n")
    assert shown.wait() == FAILED and "nothing was changed" in shown.screen, shown.screen
    assert shipped.everything() == before


def test_without_a_terminal_a_receipt_names_what_could_be_meant(desk, shipped):
    before = shipped.everything()
    for flags in ([], ["--yes"], ["--dry-run"]):
        answer = desk["warehouse"]("case", "receive", shipped.id, *flags)
        assert_refused(answer, USAGE, "line 1, MUG-1: 2 awaited", "--line 1=0-2 --line 2=0-1", "--all")
    assert shipped.everything() == before
    shipped.step("warehouse", "receive", "--line", "1=2", "--line", "2=1", state="received")


# Rights and roles (E4)


def test_closing_says_that_the_customer_could_still_appeal(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.step("service-1", "verify")
    case.step("service-1", "reject", "--code", "worn", "--reason", "worn", "--alternative", "a voucher")
    case.tell()
    answer = desk["service-1"]("case", "close", case.id)
    assert_refused(
        answer, USAGE, "The customer could still appeal or take the alternative until 20", "closing ends"
    )
    case.step("service-1", "close", state="closed")


def test_releasing_what_the_customer_could_still_send_asks(desk, shipped):
    shipped.step("warehouse", "receive", "--line", "1=1")
    arguments = ["case", "resolve", shipped.id, "--line", "1=release:1", "--reason", "r"]
    answer = desk["service-1"](*arguments)
    assert_refused(answer, USAGE, "The customer could still send 1 awaited unit")
    desk["service-1"].done(*arguments, "--yes")


def test_whose_step_it_is(desk, shipped):
    answer = desk["finance"]("case", "receive", shipped.id, "--all", "--yes")
    assert_refused(answer, NOT_ALLOWED, "warehouse may do this, and you are finance")


# Lists (E8)


def rows(answer):
    assert "\r\n" in answer.out and not answer.out.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.out, newline="")))


def test_cases_as_csv(desk):
    order = desk.order((MUG, 3, 1000), (CUP, 1, 500), customerId="=cmd")
    case = desk.open(order, ("1", 2), ("2", 1), channelRef="=1+1")
    answer = desk.admin.done("case", "list", "--order", f"online/{order}", "-o", "csv", output=None)
    [row] = rows(answer)
    assert row["case"] == case.id and row["order"] == f"online/{order}"
    assert (row["customer"], row["reference"]) == ("'=cmd", "'=1+1")
    assert (row["skus"], row["units"], row["amount_due"], row["currency"]) == (
        "MUG-1; CUP-2",
        "3",
        "0.00",
        "GBP",
    )
    assert row["notes"] == "0" and row["due_at"].endswith("+00:00")
    # Pages have the headings once.
    desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    every = rows(desk.admin.done("case", "list", "--limit", "all", "-o", "csv", output=None))
    assert len({row["case"] for row in every}) == len(every) >= 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["sla", "due"],
        ["principal", "list"],
        ["calendar", "list"],
        ["calendar", "list", "standard"],
        ["policy", "list"],
        ["sla", "policy", "list"],
        ["report", "sla"],
        ["webhook", "list"],
        ["event", "group", "list"],
    ],
    ids=" ".join,
)
def test_every_list_as_csv(desk, arguments):
    answer = desk.admin.done(*arguments, "-o", "csv", output=None)
    assert answer.out.partition("\r\n")[0].replace("_", "").replace(",", "").isalnum(), answer


def test_csv_is_for_lists(desk):
    assert_refused(desk.admin("policy", "get", "-o", "csv", output=None), USAGE, "csv is for lists")


def test_cases_by_their_deadline(world):
    desk = world.desk(world.server("--test-clock"))
    first = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    desk.advance("1h")
    later = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    desk.advance("1h")
    paused = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    desk["supervisor"].done("sla", "pause", paused.id, "review", "--reason", "r")
    over = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    over.step("channel", "cancel", "--reason", "kept")

    def listed(*flags):
        answer = desk.admin.done("case", "list", *flags, "-o", "jsonl", output=None)
        return [json.loads(line)["id"] for line in answer.out.splitlines()], answer.err

    assert listed()[0] == [paused.id, later.id, first.id]
    assert listed("--all")[0] == [over.id, paused.id, later.id, first.id]
    assert listed("--sort", "oldest")[0] == [first.id, later.id, paused.id]
    ids, words = listed("--sort", "due")
    assert ids == [first.id, later.id] and "not in this list: cases without a running deadline" in words
    ids, words = listed("--sort", "due", "--limit", "1")
    assert ids == [first.id]
    cursor = words.partition("--cursor ")[2].split()[0]
    assert listed("--sort", "due", "--cursor", cursor)[0] == [later.id]


# Notes (E13)


def test_notes_stand_where_work_is_handed_over(world):
    desk = world.desk(world.server())
    shipped = desk.open(desk.order((MUG, 3, 1000)), ("1", 2))
    shipped.approve()
    shipped.ship()
    for text in ("call after five", "third floor", "the bell is broken", "photographs asked for"):
        shipped.step("service-1", "note", text)
    shown = desk["service-1"].done("case", "get", shipped.id, output="table").out
    assert "call after five" not in shown and "1 older note: case timeline tells" in shown, shown
    assert shown.index("third floor") < shown.index("photographs asked for")
    # Who may not read them sees that there are some.
    shown = desk["warehouse"].done("case", "get", shipped.id, output="table").out
    assert "third floor" not in shown and "service-1 (service): (what the desk writes" in shown, shown
    shown = desk["logistics"].done("sla", "next", output="table").out
    assert shipped.id in shown and "service-1 (service): (what the desk writes" in shown, shown
    assert int(shipped.read()["notes"]) == 4
    [row] = [
        row
        for row in rows(desk.admin.done("case", "list", "--limit", "all", "-o", "csv", output=None))
        if row["case"] == shipped.id
    ]
    assert row["notes"] == "4"


# Output is input (E11), in one zone (C9)


def test_what_is_printed_can_be_typed(desk):
    order = desk.order((MUG, 2, 1000))
    case = desk.open(order, ("1", 2))
    shown = desk.admin.done("case", "get", case.id, output="table").out
    name = shown.partition("  order       ")[2].split()[0]
    assert name == f"online/{order}"
    assert desk.admin.done("order", "get", name).json["order"]["key"]["orderNo"] == order
    [listed] = desk.admin.done("case", "list", "--order", name).json["cases"]
    assert listed["id"] == case.id
    change = ["order", "payments", "change", name, "--payment", f"pay-{order}=20.00 GBP", "--reason", "r"]
    answer = desk["supervisor"](*change, "--dry-run")
    assert answer.status in (DONE, CONFLICT), answer
    assert "lacks" not in answer.err and "ORDER_UNKNOWN" not in answer.err, answer
    desk["supervisor"].done("sla", "pause", case.id, "review 1", "--reason", "r")
    desk["supervisor"].done("sla", "resume", case.id, "review", "1", "--reason", "r")
    answer = desk["supervisor"]("sla", "pause", case.id, "review 2", "--reason", "r")
    assert_refused(answer, CONFLICT, "review 2 of case", "review 1")


def test_one_zone_a_screen(desk):
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    for command in (
        ["case", "get", case.id],
        ["case", "timeline", case.id],
        ["sla", "clocks", case.id],
        ["case", "list"],
        ["sla", "due"],
        ["principal", "list"],
        ["admin", "info"],
    ):
        plain = desk.admin.done(*command, output="table").out
        # The days of a return window are those of the order's zone, which the check names.
        plain = re.sub(r"asked [^(]* \(Asia/Shanghai\)", "", plain)
        assert "+00:00" in plain and "+08:00" not in plain, plain
        shown = desk.admin.done(*command, "--zone", "Asia/Shanghai", output="table").out
        assert "+08:00" in shown and "+00:00" not in shown, shown


# Versions (E15)


def test_versions_are_compared(desk):
    text = desk.admin.done("policy", "get").out
    policy = json.loads(text)["policy"]
    assert policy["returnAddress"] == "" and policy["returnlessAllowed"] is False
    changed = json.dumps({**policy, "returnWindowDays": 14})
    answer = desk.admin.done("policy", "put", "-f", "-", "--dry-run", input=changed, output="table")
    assert "  return window days: 30 → 14\n" in answer.out, answer
    answer = desk.admin("policy", "put", "-f", "-", input=changed)
    assert_refused(answer, USAGE, "This replaces policy version 1")
    assert "  return window days: 30 → 14\n" in answer.err, answer
    desk.admin.done("policy", "put", "-f", "-", "--yes", input=changed)
    listed = desk.admin.done("policy", "list", output="table").out
    assert listed.splitlines()[0].startswith("version 2, ") and "by admin" in listed.splitlines()[0]
    assert listed.splitlines()[1] == "  return window days: 30 → 14"
    wrong = changed.replace("returnWindowDays", "returnWindow")
    answer = desk.admin("policy", "put", "-f", "-", "--yes", input=wrong)
    assert_refused(answer, FAILED, "returnWindow: is no field", "did you mean returnWindowDays?")
    restored = json.dumps({**policy, "version": "2"})
    desk.admin.done("policy", "put", "-f", "-", "--yes", input=restored)


def test_a_feed_is_taken_without_its_observances(desk):
    events = (
        "SUMMARY:New Year\nDTSTART;VALUE=DATE:20270101",
        "SUMMARY:Valentine's Day\nCATEGORIES:OBSERVANCE\nDTSTART;VALUE=DATE:20270214",
    )
    feed = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    feed = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{feed}END:VCALENDAR\n"
    command = ["calendar", "import", "uk", "-", "--time-zone", "Europe/London", "--from-year", "2027"]
    answer = desk.admin.done(*command, "--dry-run", input=feed, output="table")
    assert "2027-01-01  Fri  holiday" in answer.out, answer
    assert "2027-02-14  Sun  skipped: an observance, category OBSERVANCE" in answer.out, answer
    desk.admin.done(*command, input=feed)
    days = desk.admin.done("calendar", "get", "uk").json["calendar"]["specialDays"]
    assert [day["date"] for day in days] == ["2027-01-01"]
    desk.admin.done(*command, "--observances", input=feed)
    days = desk.admin.done("calendar", "get", "uk").json["calendar"]["specialDays"]
    assert [day["date"] for day in days] == ["2027-01-01", "2027-02-14"]
