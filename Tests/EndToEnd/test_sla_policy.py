"""Which deadlines cases run under: calendars, SLA policies, and taking open cases over to a new one."""

import json
import pathlib
import time

import pytest
from harness.command import CONFLICT, DONE, FAILED, NOT_ALLOWED, NOT_FOUND, USAGE
from harness.desk import MUG
from harness.outbox import kind_of

CALENDARS = pathlib.Path(__file__).parents[2] / "deploy" / "calendars"
HOUR = 3_600_000


@pytest.fixture
def desk(world):
    return world.desk(world.server("--test-clock"))


def put_policy(desk, change, *flags):
    """Edits the policy in force, as its administrator does."""
    reply = desk.admin.done("sla", "policy", "get").json
    change(reply["policy"])
    return desk.admin("sla", "policy", "put", "-f", "-", "--yes", *flags, input=json.dumps(reply))


def target(plan, kind, **fields):
    """Sets the target of one kind of clock."""
    plan["targets"] = [item for item in plan["targets"] if item["kind"] != f"CLOCK_KIND_{kind}"]
    plan["targets"].append({"kind": f"CLOCK_KIND_{kind}", **fields})


def due(case, kind="review"):
    return int(case.clocks(kind)[-1]["dueAtMs"])


def test_chinas_calendar_of_2026(desk):
    answer = desk.admin.done(
        "calendar", "import", "standard", CALENDARS / "china-2026.ics", "--from-year", "2026"
    )
    assert answer.json == {"version": "2"}
    calendar = desk.admin.done("calendar", "get", "standard").json
    days = {day["date"]: day for day in calendar["calendar"]["specialDays"]}
    kinds = [day["kind"] for day in days.values()]
    # The State Council's notice: 3, 9, 3, 5, 3, 3 and 7 days off, of
    # which weekends are part; six days made up.
    assert kinds.count("SPECIAL_DAY_KIND_HOLIDAY") == 33 and kinds.count("SPECIAL_DAY_KIND_MAKEUP_DAY") == 6
    made_up = [date for date, day in days.items() if day["kind"] == "SPECIAL_DAY_KIND_MAKEUP_DAY"]
    assert made_up == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert days["2026-02-14"]["hours"] == [{"opensMinute": 540, "closesMinute": 1080}]
    assert days["2026-10-07"]["title"] == "国庆节 National Day" and "2026-10-08" not in days
    # Again it is the same calendar, and no version is added for it.
    again = desk.admin.done(
        "calendar", "import", "standard", CALENDARS / "china-2026.ics", "--from-year", "2026"
    )
    assert again.json == {"version": "2"} and again.err == ""
    table = desk.admin.done("calendar", "get", "standard", output="table").out
    assert "33 holidays, 6 make-up days" in table and "2026-02-14  Sat  makeup_day  9:00–18:00" in table
    listed = desk.admin.done("calendar", "list", output="table").out
    assert "Mon–Fri 9:00–18:00" in listed


def test_a_calendar_of_its_own(desk, world):
    file = world.path / "london.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
        # Every year; half days by UTC, which is London's winter time, and by the calendar's own time.
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\n"
        "DTSTART:20261224T090000Z\r\nDTEND:20261224T120000Z\r\nSUMMARY:Christmas Eve\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:3\r\n"
        "DTSTART:20261231T093000\r\nDTEND:20261231T123000\r\nSUMMARY:New Year's Eve\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:4\r\n"
        "DTSTART;VALUE=DATE:20260905\r\nSUMMARY:Stocktaking, make-up\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:5\r\nDTSTART;VALUE=DATE:20260906\r\nSTATUS:CANCELLED\r\nSUMMARY:No\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n"
    )
    years = ("--from-year", "2026", "--until-year", "2027")
    refused = desk.admin("calendar", "import", "london", file, *years)
    assert refused.status == USAGE and "--time-zone" in refused.err, refused
    desk.admin.done(
        "calendar", "import", "london", file, *years,
        "--time-zone", "Europe/London", "--hours", "9:00-12:00,13:00-17:30", "--weekday",
        "mon", "tue", "wed", "thu",
    )  # fmt: skip
    calendar = desk.admin.done("calendar", "get", "london").json["calendar"]
    days = {
        day["date"]: (day["kind"].removeprefix("SPECIAL_DAY_KIND_"), hours(day))
        for day in calendar["specialDays"]
    }
    assert days == {
        "2026-09-05": ("MAKEUP_DAY", [(540, 720), (780, 1050)]),
        "2026-12-24": ("HALF_DAY", [(540, 720)]),
        "2026-12-25": ("HOLIDAY", []),
        "2026-12-31": ("HALF_DAY", [(570, 750)]),
        "2027-12-25": ("HOLIDAY", []),
    }
    assert [bool(day["hours"]) for day in calendar["week"]] == [True] * 4 + [False] * 3
    # Summer time of 2026 in London, from the machine's own table once and for
    # all: 29 March and 25 October, 01:00 UTC.
    changes = {int(offset.get("fromMs", 0)): offset.get("offsetSeconds", 0) for offset in calendar["offsets"]}
    assert changes[1774746000000] == 3600 and changes[1792890000000] == 0


def hours(day):
    return [(item.get("opensMinute", 0), item["closesMinute"]) for item in day.get("hours", [])]


def test_files_that_are_no_calendar_are_refused(desk, world):
    assert desk.admin("calendar", "get", "mars").status == NOT_FOUND
    file = world.path / "bad.ics"
    for text, words in [
        ("hello", "no iCalendar file"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "names no day"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105T220000\nDTEND:20260106T020000\nSUMMARY:Night\nEND:VEVENT\nEND:VCALENDAR\n",
            "passes midnight",
        ),
    ]:
        file.write_text(text)
        answer = desk.admin("calendar", "import", "standard", file, "--from-year", "2026")
        assert answer.status == FAILED and words in answer.err, answer


PLAN = ("policy", "plans", 0)


@pytest.mark.parametrize(
    ("noun", "place", "value"),
    [
        ("policy", ("policy",), {}),
        ("policy", ("policy", "version"), "7"),
        ("policy", ("policy", "reasons"), []),
        ("sla policy", (*PLAN, "calendarVersion"), "99"),
        ("sla policy", (*PLAN, "targets", 0, "wallMs"), "-5"),
        ("calendar", ("calendar", "version"), "4"),
        ("calendar", ("calendar", "week"), []),
        ("calendar", ("calendar", "timeZone"), "Mars/Olympus"),
        # Deadlines would go by other offsets than those of the zone that screens name.
        ("calendar", ("calendar", "timeZone"), "Europe/London"),
        # These are taken.
        ("policy", ("policy", "instructions"), "Wrap it well."),
        ("sla policy", (*PLAN, "name"), "rehearsed"),
        ("calendar", ("calendar", "week", 6, "hours"), [{"opensMinute": 540, "closesMinute": 720}]),
    ],
)
def test_a_dry_run_of_a_put_answers_as_the_put_would(desk, noun, place, value):
    get = [*noun.split(), "get", *(["standard"] if noun == "calendar" else [])]
    reply = desk.admin.done(*get).json
    inner = reply
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    put = [*noun.split(), "put", "-f", "-"]
    dry = desk.admin(*put, "--dry-run", input=json.dumps(reply))
    assert desk.admin.done(*get).json["currentVersion"] == reply["currentVersion"]
    real = desk.admin(*put, "--yes", input=json.dumps(reply))
    if real.status == DONE:
        assert dry.status == DONE and dry.out == "", dry
        assert f"version {real.json['version']}" in dry.err and int(real.json["version"]) == 2, (dry, real)
    else:
        assert real.status != USAGE and (dry.status, dry.err) == (real.status, real.err), (dry, real)
    assert (real.status == DONE) == (place[-1] in ("instructions", "name", "hours")), real
    if place[-1] == "timeZone":
        reply["calendar"] |= {"offsets": []}
        filled = desk.admin(*put, "--yes", input=json.dumps(reply))
        assert (filled.status == DONE) == (value == "Europe/London"), filled
        if filled.status == DONE:
            # Last summer goes by the zone as well, and the same file once more is no further version.
            offsets = desk.admin.done(*get).json["calendar"]["offsets"]
            assert {offset.get("offsetSeconds", 0) for offset in offsets[:3]} == {0, 3600}
            assert int(offsets[2]["fromMs"]) < (time.time() - 3 * 366 * 86400) * 1000
            again = desk.admin.done(*put, "--yes", input=json.dumps({**reply, "currentVersion": "2"}))
            assert again.json == {"version": "2"}, again
        else:
            assert "TIME_ZONE_UNKNOWN" in filled.err, filled


def test_plans_choose_by_channel_reason_class_and_value(desk):
    def change(policy):
        rest = policy["plans"][0]
        vip = json.loads(json.dumps(rest)) | {"name": "vip", "condition": {"customerClasses": ["vip"]}}
        target(vip, "REVIEW", wallMs=2 * HOUR)
        large = json.loads(json.dumps(rest)) | {
            "name": "large",
            "condition": {"orderValue": {"currency": "GBP", "fromMinor": 100000}},
        }
        target(large, "REVIEW", wallMs=4 * HOUR, warnBeforeMs=[2 * HOUR, HOUR])
        policy["plans"] = [vip, large, rest]

    # Somebody without the role may not.
    reply = desk.admin.done("sla", "policy", "get").json
    refused = desk["supervisor"]("sla", "policy", "put", "-f", "-", "--yes", input=json.dumps(reply))
    assert refused.status == NOT_ALLOWED, refused
    answer = put_policy(desk, change)
    assert answer.json == {"version": "2"}, answer
    stale = desk.admin("sla", "policy", "put", "-f", "-", "--yes", input=json.dumps(reply))
    assert stale.status == CONFLICT and "version 2, not 1" in stale.err, stale

    for order, plan, hours in [
        (desk.order((MUG, 1, 1000), customerClass="vip"), "vip", 2),
        (desk.order((MUG, 1, 200_000)), "large", 4),
        (desk.order((MUG, 1, 1000)), "standard", 24),
    ]:
        case = desk.open(order, ("1", 1))
        read = case.read()
        assert (read["slaPlan"], read["slaVersion"]) == (plan, "2")
        assert due(case) - int(read["submittedAtMs"]) == hours * HOUR
    table = desk.admin.done("sla", "policy", "get", output="table").out
    assert "plan vip, for customer class vip" in table and "for order of 1000.00 GBP or more" in table
    assert "2h, 1h" in table


def test_recomputing_shows_first_what_would_move(desk):
    order = desk.order((MUG, 9, 1000))
    kept, late, ended = (desk.open(order, ("1", 1)) for _ in range(3))
    ended.step("channel", "cancel", "--reason", "keeps it")
    desk.advance("1h")
    kept.step("supervisor", "sla pause", "review", "--reason", "strike")
    desk.advance("2h")
    kept.step("supervisor", "sla resume", "review", "--reason", "strike is over")
    before = {case.id: due(case) for case in (kept, late)}
    assert (
        put_policy(desk, lambda policy: target(policy["plans"][0], "REVIEW", wallMs=48 * HOUR)).json[
            "version"
        ]
        == "2"
    )
    assert {case.id: due(case) for case in (kept, late)} == before, "open cases keep what they started with"

    shown = desk["supervisor"].done("sla", "recompute", "--dry-run").json
    assert {case.id: due(case) for case in (kept, late)} == before, "a dry run changes nothing"
    moved = {item["caseId"]: item for item in shown["cases"]}
    assert moved.keys() == {kept.id, late.id} and shown["lookedAt"] == 2, shown
    for case in (kept, late):
        [clock] = moved[case.id]["moved"]
        assert (
            int(clock["dueBeforeMs"]) == before[case.id]
            and int(clock["dueAtMs"]) == before[case.id] + 24 * HOUR
        )

    refused = desk["service-1"]("sla", "recompute", "--yes")
    assert refused.status == NOT_ALLOWED, refused
    told = desk["supervisor"].done("sla", "recompute", "--yes", output="table").out
    assert "2 open cases: 2 went over to SLA policy 2, 2 deadlines moved" in told and "+1d" in told, told
    assert {case.id: due(case) for case in (kept, late)} == {id: at + 24 * HOUR for id, at in before.items()}
    again = desk["supervisor"].done("sla", "recompute", "--yes").json
    assert "cases" not in again and again["lookedAt"] == 2, again
    # What was paused is told to the second, and by whom.
    [review] = kept.clocks("review")
    assert review["pausedMs"] == str(2 * HOUR) and len(review["pauses"]) == 1
    [reason] = kept.everything()["case"]["clockReasons"]
    assert reason["resumeReason"] == "strike is over"
    assert "2h" in desk.admin.done("sla", "clocks", kept.id, output="table").out
    story = [
        entry["deskText"] for entry in kept.everything()["entries"] if kind_of(entry) == "sla_recomputed"
    ]
    assert len(story) == 1 and "SLA policy 2, plan standard: review #1 from " in story[0]
    desk.assert_indexes_agree()
    # Cases by their ids: one that is over is said to be, and the others are taken over all the same.
    target_hours = 72
    put_policy(desk, lambda policy: target(policy["plans"][0], "REVIEW", wallMs=target_hours * HOUR))
    answer = desk["supervisor"]("sla", "recompute", ended.id, late.id, "--yes")
    assert answer.status == CONFLICT and f"{ended.id} was left alone" in answer.err, answer
    assert [item["caseId"] for item in answer.json["cases"]] == [late.id]
    assert due(late) == int(late.read()["submittedAtMs"]) + target_hours * HOUR


def test_a_newer_calendar_moves_deadlines_only_when_recomputed(desk):
    """Goods inspected the day before a holiday: the refund falls due behind it once its plan knows of it."""
    now = desk.now_ms
    case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all", state="received")
    case.inspect_all()
    before = due(case, "refund")
    # The next fourteen days are holidays.
    calendar = desk.admin.done("calendar", "get", "standard").json
    day = 86_400_000
    calendar["calendar"]["specialDays"] = [
        {"date": date(now + index * day), "kind": "SPECIAL_DAY_KIND_HOLIDAY"} for index in range(1, 15)
    ]
    desk.admin.done("calendar", "put", "-f", "-", input=json.dumps(calendar))
    assert due(case, "refund") == before
    desk.admin.done("sla", "policy", "put", "--newest-calendars", "--yes")
    assert due(case, "refund") == before
    desk["supervisor"].done("sla", "recompute", case.id, "--yes")
    assert due(case, "refund") > before + 10 * day


def date(ms):
    import datetime

    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).date().isoformat()
