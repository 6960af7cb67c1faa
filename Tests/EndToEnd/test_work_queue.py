"""Work as people take it: assigned, leased, shown on the board, and counted when it is done."""

import concurrent.futures
import datetime
import os
import pty
import re
import subprocess
import time

import pytest
from harness.command import DONE, FAILED, NOT_ALLOWED, NOT_FOUND, USAGE, assert_refused
from harness.desk import BEIJING, MUG
from harness.processes import redis_cli
from harness.waiting import wait_until

HOUR = 3_600_000


@pytest.fixture
def desk(world):
    return world.desk(world.server("--test-clock"))


def person(desk, name, role, team):
    file = desk.folder / name
    desk.admin.done("principal", "create", name, "--role", role, "--team", team, "--save", file)
    return desk.admin.with_token(file)


def open_cases(desk, count):
    order = desk.order((MUG, count, 1000))
    cases = []
    for _ in range(count):
        cases.append(desk.open(order, ("1", 1)))
        desk.advance("1m")
    return cases


def taken(answer):
    assert answer.status == DONE, answer
    return answer.json.get("work", {}).get("caseId")


def test_the_most_urgent_free_case_is_taken_once(desk):
    anna, ben = person(desk, "anna", "service", "day"), person(desk, "ben", "service", "day")
    first, second, third, fourth = open_cases(desk, 4)
    assert taken(anna("sla", "next")) == first.id
    assert taken(ben("sla", "next")) == second.id
    # Asked again it is the same one, and an impatient script that asks at once gets no second.
    assert taken(anna("sla", "next")) == first.id
    # What is assigned to somebody else is left to them; to a team, for its people.
    third.step("supervisor", "assign", "--to", "ben")
    fourth.step("supervisor", "assign", "--team", "day", "--role", "service")
    first.step("supervisor", "verify")
    assert anna.done("sla", "release", first.id).json == {"released": True}
    assert anna.done("sla", "release", first.id).json == {}
    assert taken(desk["service-1"]("sla", "next")) == first.id
    assert taken(anna("sla", "next")) == fourth.id
    assert ben.done("sla", "release", second.id).json == {"released": True}
    desk["service-2"].done("sla", "next")
    assert taken(ben("sla", "next")) == third.id
    assert taken(person(desk, "cleo", "service", "night")("sla", "next")) is None
    # Other departments have no work here; nobody takes theirs.
    assert taken(desk["warehouse"]("sla", "next")) is None
    refused = anna("sla", "next", "--role", "warehouse")
    assert refused.status == NOT_ALLOWED, refused
    told = ben.done("sla", "next", output="table").out
    assert third.id in told and "yours until" in told and f"returnsctl case verify {third.id}" in told, told


def test_a_damaged_case_hides_no_other_and_is_named(world):
    server = world.server("--test-clock")
    desk = world.desk(server)
    damaged, whole = (case.id for case in open_cases(desk, 2))
    socket = server.data / "redis.sock"
    key = redis_cli(socket, "KEYS", f"*:case:{damaged}")
    assert redis_cli(socket, "HSET", key, "b", "rubbish") == "0"
    anna = person(desk, "anna", "service", "day")
    note = f"not shown, since damaged: {damaged}"
    for flags in ((), ("-o", "jsonl")):
        answer = desk.admin("sla", "due", *flags, output=None)
        assert answer.status == DONE and note in answer.err, answer
        assert whole in answer.out and damaged not in answer.out, answer
    assert desk.admin.done("sla", "due", output="json").json["unreadableCaseIds"] == [damaged]
    board = desk.admin.done("sla", "board", "--once", output="table")
    assert "1 case not shown, since damaged" in board.out and whole in board.out, board
    assert taken(anna("sla", "next")) == whole
    ben = person(desk, "ben", "service", "day")
    answer = ben("sla", "next", output="table")
    assert answer.status == DONE and "nothing is free" in answer.out and note in answer.err, answer


def test_work_that_is_done_is_followed_by_the_next(desk):
    desk.advance_to_a_working_morning()
    anna = person(desk, "anna", "service", "day")
    first, second = open_cases(desk, 2)
    assert taken(anna("sla", "next", "--lease", "8h")) == first.id
    reject = ["--code", "worn", "--reason", "worn in use", "--alternative", "a voucher", "--yes"]
    anna.done("case", "reject", first.id, *reject)
    # The review is done; that the customer is to be told is work of its own, and not as urgent.
    assert taken(anna("sla", "next")) == second.id
    assert taken(desk["service-2"]("sla", "next")) == first.id
    # What is given to somebody else meanwhile is theirs.
    second.step("supervisor", "assign", "--to", "service-1")
    assert taken(anna("sla", "next")) is None
    assert taken(desk["service-1"]("sla", "next")) == second.id
    told = anna.done("sla", "next", output="table").out
    assert "nothing is free: others work on the 2 most urgent deadlines" in told, told


def test_each_department_has_its_own_part(desk):
    [case] = open_cases(desk, 1)
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    assert taken(desk["warehouse"]("sla", "next", "--lease", "8h")) == case.id
    case.inspect_all()
    # The warehouse's lease is no hindrance to finance.
    assert taken(desk["finance"]("sla", "next")) == case.id


def test_work_of_somebody_who_has_gone_is_anybodys(desk):
    ben = person(desk, "ben", "service", "day")
    [case] = open_cases(desk, 1)
    case.step("supervisor", "assign", "--to", "ben")
    assert taken(desk["service-1"]("sla", "next")) is None
    desk.admin.done("principal", "revoke", "ben", "--yes")
    assert ben("ping").status != DONE
    assert taken(person(desk, "bea", "service", "day")("sla", "next")) == case.id


def test_customers_systems_do_not_see_who_does_what(desk):
    [case] = open_cases(desk, 1)
    case.step("service-1", "assign", "--to", "service-2")
    for who, names in [("channel", {"person", "worker"}), ("service-1", set())]:
        [item] = desk[who].done("sla", "due", "--kind", "review").json["clocks"]
        assert ("person" in item) is not bool(names), item


def test_many_hands_never_take_the_same_case(desk):
    cases = {case.id for case in open_cases(desk, 8)}
    people = [person(desk, f"clerk-{index}", "service", "day") for index in range(10)]
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        found = [taken(answer) for answer in pool.map(lambda ctl: ctl("sla", "next"), people)]
    assert sorted(filter(None, found)) == sorted(cases) and found.count(None) == 2, found


def test_only_who_can_do_the_work_is_given_it(desk):
    case, *_ = open_cases(desk, 1)
    for flags, _status, words in [
        (["--to", "nobody-here"], USAGE, "no principal of that name"),
        (["--to", "warehouse", "--role", "service"], USAGE, "does not have the role service"),
        (["--to", "channel"], USAGE, "belongs to no department"),
        (["--to", "stock-taker"], USAGE, "say which part"),
        (["--team", "ghosts", "--role", "service"], USAGE, "nobody belongs to a team yet"),
        ([], USAGE, "--to PERSON"),
    ]:
        answer = desk["supervisor"]("case", "assign", case.id, *flags)
        assert answer.status != DONE and words in answer.err, answer
    refused = desk["service-1"]("case", "assign", case.id, "--to", "warehouse")
    assert refused.status == NOT_ALLOWED, refused
    case.step("service-1", "assign", "--to", "service-2")
    for list_ in (
        desk["service-2"].done("case", "list", "--mine").json["cases"],
        desk.admin.done("case", "list", "--person", "service-2").json["cases"],
    ):
        assert [item["id"] for item in list_] == [case.id]
    due = desk["service-2"].done("sla", "due", "--mine").json["clocks"]
    assert [(item["caseId"], item["person"]) for item in due] == [(case.id, "service-2")]
    assert "clocks" not in desk["service-1"].done("sla", "due", "--mine").json
    assert "assigned" in desk.admin.done("case", "get", case.id, output="table").out
    case.step("supervisor", "assign", "--nobody", "--role", "service")
    assert "cases" not in desk["service-2"].done("case", "list", "--mine").json
    desk.assert_indexes_agree()


def test_attainment_counts_each_clock_once(desk):
    anna = person(desk, "anna", "service", "day")
    person(desk, "ben", "service", "night")
    met, late = open_cases(desk, 2)
    late.step("supervisor", "assign", "--to", "ben")
    reject = ["--code", "worn", "--reason", "worn in use", "--alternative", "a voucher", "--yes"]
    anna.done("case", "reject", met.id, *reject)
    desk.advance("25h")
    anna.done("case", "reject", late.id, *reject)
    reports = {}
    for by in ("person", "team", "kind"):
        reply = (
            desk["supervisor"]
            .done("report", "sla", "--by", by, "--kind", "review", "--from", day(desk, -3))
            .json
        )
        reports[by] = {
            row["name"]: (int(row.get("met", 0)), int(row.get("missed", 0))) for row in reply["rows"]
        }
        assert (int(reply["total"]["met"]), int(reply["total"]["missed"])) == (1, 1)
    assert reports == {
        "person": {"anna": (1, 0), "ben": (0, 1)},
        "team": {"day": (1, 0), "night": (0, 1)},
        "kind": {"review": (1, 1)},
    }
    told = desk["supervisor"].done("report", "sla", "--by", "person", "--kind", "review", output="table").out
    assert re.search(r"anna +1 +0 +0 +100\.0 %", told), told
    assert re.search(r"all +1 +1 +0 +50\.0 %", told), told
    # Whoever moves leaves what was done so far to the team that it was done in.
    moved = desk.admin.done("principal", "set-team", "anna", "night", output="table").out
    assert moved == "moved anna to the team night\n"
    [last] = open_cases(desk, 1)
    anna.done("case", "reject", last.id, *reject)
    reply = desk["supervisor"].done("report", "sla", "--by", "team", "--kind", "review").json
    assert {row["name"]: int(row["met"]) for row in reply["rows"] if "met" in row} == {"day": 1, "night": 1}
    desk.admin.done("principal", "set-team", "anna", "--none")
    [anna_now] = [
        who for who in desk.admin.done("principal", "list").json["principals"] if who["name"] == "anna"
    ]
    assert "team" not in anna_now and anna.done("admin", "info").json.get("team", "") == ""
    assert desk.admin("principal", "set-team", "anna").status == USAGE
    assert_refused(desk.admin("principal", "set-team", "anna", "Night Shift"), FAILED, "TEAM_MALFORMED")
    assert_refused(desk.admin("principal", "set-team", "nobody", "day"), NOT_FOUND, "PRINCIPAL_UNKNOWN")
    assert desk["supervisor"]("principal", "set-team", "anna", "day").status == NOT_ALLOWED
    # Who did how well is not everybody's business.
    assert desk["service-1"]("report", "sla").status == NOT_ALLOWED
    answer = desk["supervisor"]("report", "sla", "--from", "yesterday")
    assert answer.status != DONE and "2026-11-01" in answer.err, answer


def test_what_is_late_and_open_counts_in_the_report(desk):
    """Nobody reads 100 % while refunds lie late."""
    ben = person(desk, "ben", "service", "night")
    met, assigned, nobodys = open_cases(desk, 3)
    reject = ["--code", "worn", "--reason", "worn in use", "--alternative", "a voucher", "--yes"]
    ben.done("case", "reject", met.id, *reject)
    assigned.step("supervisor", "assign", "--to", "ben")
    desk.advance("25h")
    supervisor = desk["supervisor"]

    def report(*flags):
        reply = supervisor.done("report", "sla", "--kind", "review", *flags).json
        rows = {
            row.get("name", ""): tuple(int(row.get(name, 0)) for name in ("met", "missed", "openLate"))
            for row in reply["rows"]
        }
        return rows, int(reply["total"]["openLate"]), reply

    rows, total, reply = report()
    assert (rows, total) == ({"review": (1, 0, 2)}, 2), reply
    # The desk's day, in the zone of the standard calendar, whatever the zone of this machine.
    today = datetime.datetime.fromtimestamp(desk.now_ms / 1000, BEIJING).date()
    assert reply["toDate"] == str(today) and reply["timeZone"] == "Asia/Shanghai", reply
    assert reply["fromDate"] == str(today - datetime.timedelta(days=6)), reply
    assert report("--by", "person")[:2] == ({"ben": (1, 0, 1), "": (0, 0, 1)}, 2)
    assert report("--by", "team")[0] == {"night": (1, 0, 1), "": (0, 0, 1)}
    table = supervisor.done("report", "sla", "--kind", "review", "--zone", "UTC", output="table").out
    assert re.search(r"review +1 +0 +2 +33\.3 %", table) and f"to {today}, days of Asia/Shanghai" in table, (
        table
    )
    # A period that is over tells of what ended in it alone.
    past = supervisor.done("report", "sla", "--to", str(today - datetime.timedelta(days=1))).json
    assert "openLate" not in past["total"], past
    # A pause hides no breach.
    nobodys.step("supervisor", "sla pause", "review", "--reason", "strike")
    assert report()[1] == 2


def day(desk, offset):
    return time.strftime("%Y-%m-%d", time.gmtime(desk.now_ms / 1000 + offset * 86_400))


def test_the_board_counts_and_lists(desk):
    anna = person(desk, "anna", "service", "day")
    late, soon, *_ = open_cases(desk, 3)
    desk.advance("23h57m30s")
    anna.done("sla", "next")
    wait_until(lambda: "breachedAtMs" in late.clocks("review")[0], "the breach to be found")
    # A count serves boards for a second of the server's time, which stands still here.
    desk.advance("2s")
    board = anna.done("sla", "board").json
    [row] = [row for row in board["rows"] if row["kind"] == "CLOCK_KIND_REVIEW"]
    counts = {name: int(row.get(name, 0)) for name in ("running", "late", "dueWithinHour", "dueWithinDay")}
    assert counts == {"running": 3, "late": 1, "dueWithinHour": 2, "dueWithinDay": 0}, board
    assert [item["caseId"] for item in board["mostUrgent"]][:2] == [late.id, soon.id]
    assert board["mostUrgent"][0]["worker"] == "anna"
    text = anna.done("sla", "board", output="table").out
    assert "3 running, 1 late" in text and re.search(r"service +review +1 +2 +0 +3 +0", text), text
    # Customers' systems see none of it.
    assert desk["channel"]("sla", "board").status == NOT_ALLOWED
    other = desk["warehouse"].done("sla", "board", "--owner", "warehouse").json
    assert {row["owner"] for row in other["rows"]} == {"ROLE_WAREHOUSE"} and "mostUrgent" not in other, other


def test_what_is_paused_is_on_a_list(desk):
    strike, held, runs = open_cases(desk, 3)
    strike.step("supervisor", "sla pause", "review", "--reason", "strike", "--for", "2d")
    held.step("service-1", "request-info", "--question", "Which one?")
    desk.advance("2s")
    service = desk["service-1"]
    [row] = [row for row in service.done("sla", "board").json["rows"] if row["kind"] == "CLOCK_KIND_REVIEW"]
    assert (int(row["running"]), int(row["paused"])) == (1, 2), row
    board = service.done("sla", "board", output="table").out
    assert " running, none late, 2 paused\n" in board and "returnsctl sla due --paused" in board, board
    due = service.done("sla", "due", "--kind", "review", output="table")
    assert runs.id in due.out and strike.id not in due.out, due
    assert "besides, 2 deadlines paused" in due.err and "sla due --paused" in due.err, due
    rows = service.done("sla", "due", "--paused", output="jsonl").rows
    assert {row["caseId"] for row in rows} == {strike.id, held.id}, rows
    [clock] = [row["clock"] for row in rows if row["caseId"] == strike.id]
    assert int(clock["pauses"][-1]["endsAtMs"]) - int(clock["pauses"][-1]["fromMs"]) == 2 * 86_400_000, clock
    table = service.done("sla", "due", "--paused", output="table").out
    assert re.search(rf"after info_needed +review +service +{held.id}", table), table
    # The pause is over: the clock goes on, and off the list.
    desk.advance("49h")
    wait_until(
        lambda: strike.id not in service.done("sla", "due", "--paused", output="table").out,
        "the pause to end",
    )
    assert strike.id in service.done("sla", "due", output="table").out
    desk.assert_indexes_agree()


def test_the_board_is_drawn_until_it_is_ended(desk, world):
    case, *_ = open_cases(desk, 1)
    main, other = pty.openpty()
    command = desk["service-1"]
    process = subprocess.Popen(
        command.line(["sla", "board", "--every", "500ms"], "table"),
        stdin=other, stdout=other, stderr=other, cwd=world.path,
        env={**command.environment(), "TERM": "xterm"},
    )  # fmt: skip
    os.close(other)
    world.at_end(process.kill)
    screen = b""

    def shows(text):
        nonlocal screen
        screen += os.read(main, 65_536)
        return text in screen

    wait_until(lambda: shows(case.id.encode()), "the board to show the case", pause=0)
    assert screen.startswith(b"\x1b[?1049h"), screen[:40]
    desk.advance("25h")
    wait_until(lambda: shows(b"1 late"), "the board to follow", pause=0)
    process.send_signal(2)
    assert process.wait(10) == 130
    while not screen.endswith(b"\x1b[?1049l"):
        screen += os.read(main, 65_536)


def grand(desk, name, *roles):
    file = desk.folder / name
    flags = [flag for role in roles for flag in ("--role", role)]
    desk.admin.done("principal", "create", name, *flags, "--save", file)
    return desk.admin.with_token(file)


def with_goods_received(desk):
    [case] = open_cases(desk, 1)
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    return case


def test_work_that_is_for_another_person_is_left_to_them(desk):
    """Whoever inspected, or changed payments, gets the next case instead, also after giving one back."""
    inspected, changed, free = (with_goods_received(desk) for _ in range(3))
    max_ = grand(desk, "max", "supervisor", "warehouse", "finance")
    way = ("--payment", "pay-9=card:10.00", "--reason", "card closed", "--yes")
    max_.done("order", "payments", "change", changed.order, *way)
    # Who changed the payments inspects nothing of the order, and refunds nothing of it.
    assert taken(max_("sla", "next", "--role", "warehouse")) == inspected.id
    paper = ("--report", desk.paper("report"), "--yes")
    max_.done("case", "inspect", inspected.id, "--accept-all", *paper)
    assert taken(max_("sla", "next", "--role", "warehouse")) == free.id
    for case in (changed, free):
        case.inspect_all()
    assert taken(max_("sla", "next", "--role", "finance")) == free.id
    assert max_.done("sla", "release", free.id).json == {"released": True}
    assert taken(max_("sla", "next", "--role", "finance")) == free.id
    for step in (["refund"], ["refund-result", "succeeded", "--voucher", "V-1"]):
        max_.done("case", step[0], free.id, *step[1:], "--yes")
    nothing = max_.done("sla", "next", "--role", "finance").json
    assert (nothing["passedOver"], nothing["forOthers"]) == (2, 2) and "work" not in nothing
    told = max_.done("sla", "next", "--role", "finance", output="table").out
    assert "nothing for you: of the 2 most urgent deadlines 2 wait for another person" in told, told
    # So say the steps: for others, of the roles that can take them.
    [refund] = [
        step
        for step in max_.done("case", "allowed", inspected.id).json["commands"]
        if step["command"] == "COMMAND_KIND_REFUND"
    ]
    assert refund["forOthers"] and "ROLE_FINANCE" in refund["roles"], refund
    assert taken(desk["finance"]("sla", "next")) == inspected.id


def test_an_appeal_is_given_to_another_reviewer(desk):
    [case] = open_cases(desk, 1)
    reject = ["--code", "worn", "--reason", "worn in use", "--alternative", "a voucher"]
    case.step("service-1", "reject", *reject)
    case.tell()
    case.step("channel", "appeal", "--reason", "it was new", state="submitted")
    nothing = desk["service-1"].done("sla", "next").json
    assert (nothing["passedOver"], nothing["forOthers"]) == (1, 1) and "work" not in nothing
    assert taken(desk["service-2"]("sla", "next")) == case.id
