"""returnsctl at a terminal: dangerous steps ask, Ctrl-C ends what waits; without one nothing is guessed."""

import json
import signal
import subprocess

import pytest
from harness.command import CONFLICT, DONE, FAILED, INTERRUPTED, USAGE, assert_refused
from harness.desk import MUG
from harness.terminal import Terminal
from harness.waiting import wait_until


@pytest.fixture
def terminal(world):
    def start(command, *arguments):
        terminal = Terminal(command, *arguments)
        world.at_end(terminal.end)
        return terminal

    return start


@pytest.fixture
def qualified(desk):
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 1))
    case.approve()
    case.step("warehouse", "receive", "--all", "--by-hand")
    case.inspect_all()
    return case


def test_a_refund_asks_with_its_amount_and_pays_it(desk, qualified, terminal):
    shown = terminal(desk["finance"], "case", "refund", qualified.id)
    shown.wait_for("[y/N]")
    assert (
        f"This pays the customer of case {qualified.id} 10.00 GBP, all that is due, to payment pay-"
        in shown.screen
    )
    shown.type("y\n")
    assert shown.wait() == DONE, shown.screen
    assert [refund["amountMinor"] for refund in qualified.read()["refunds"]] == ["1000"]


def test_anything_but_a_yes_is_a_no(desk, qualified, terminal):
    before = qualified.everything()
    shown = terminal(desk["finance"], "case", "refund", qualified.id)
    shown.wait_for("[y/N]")
    shown.type("\n")
    assert shown.wait() == FAILED and "nothing was changed" in shown.screen
    assert qualified.everything() == before


def test_ctrl_c_at_the_question_ends_it(desk, qualified, terminal):
    before = qualified.everything()
    fresh = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    for who, arguments in (
        ("finance", ["refund", qualified.id]),
        ("service-1", ["reject", fresh.id, *REJECTION]),
    ):
        shown = terminal(desk[who], "case", *arguments)
        shown.wait_for("[y/N]")
        shown.type("\x03")
        assert shown.wait() == INTERRUPTED, shown.screen
        assert "nothing was changed" in shown.screen
    assert qualified.everything() == before


@pytest.mark.parametrize(
    "arguments",
    [["case", "submit", "-f", "-"], ["policy", "put", "-f", "-"], ["order", "import", "-"]],
    ids=" ".join,
)
def test_ctrl_c_while_it_waits_for_input(desk, arguments):
    process = subprocess.Popen(
        desk.admin.line(arguments, "json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=desk.admin.environment(),
    )
    try:
        # Its own handling of the signal is there as soon as it catches it.
        wait_until(lambda: _handles_interrupt(process.pid), "returnsctl to run")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == INTERRUPTED
    finally:
        process.kill()
        process.communicate()


def _handles_interrupt(pid):
    with open(f"/proc/{pid}/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) & 1 << (signal.SIGINT - 1)


DANGEROUS = {
    "refund": ("finance", ["refund"], "This pays the customer"),
    "concede": ("supervisor", ["resolve", "--line", "1=concede:1", "--reason", "r"], "This pays for 1"),
    "dispose": ("service-1", ["resolve", "--line", "1=dispose:1", "--reason", "r"], "This throws away 1"),
}
REJECTION = ("--code", "worn", "--reason", "worn in use", "--alternative", "a voucher")


@pytest.mark.parametrize("name", DANGEROUS)
def test_without_a_terminal_a_dangerous_step_needs_yes(desk, name):
    who, (verb, *flags), question = DANGEROUS[name]
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 2))
    case.approve()
    case.step("warehouse", "receive", "--all", "--by-hand")
    case.step("warehouse", "inspect", "--line", "1:accept=1,refuse=1,appearance=fail", "--note", "chipped",
              "--report", desk.paper("report"))  # fmt: skip
    case.tell()
    before = case.everything()
    answer = desk[who]("case", verb, case.id, *flags)
    assert_refused(answer, USAGE, question, "--yes")
    assert case.everything() == before


def test_nobody_is_asked_about_a_step_that_is_refused(desk, qualified, terminal):
    """The case is looked at before the question: there may be none, or none that takes the step."""
    before = qualified.everything()
    service = desk["service-1"]
    assert_refused(service("case", "close", qualified.id), CONFLICT, "NOT_COMPLETE", "before closing")
    shown = terminal(service, "case", "close", qualified.id)
    assert shown.wait() == CONFLICT and "[y/N]" not in shown.screen, shown.screen
    assert_refused(service("case", "reopen", "NOCASE", "--reason", "why"), FAILED, "CASE_ID_MALFORMED")
    assert qualified.everything() == before
    fresh = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    assert_refused(service("case", "reject", fresh.id, *REJECTION), USAGE, "This refuses the return", "--yes")


def test_days_are_shown_before_they_are_taken_into_a_calendar(desk, world, terminal):
    file = world.path / "feed.ics"
    event = "BEGIN:VEVENT\nSUMMARY:New Year\nDTSTART;VALUE=DATE:20270101\nEND:VEVENT\n"
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{event}END:VCALENDAR\n")
    command = ("calendar", "import", "standard", str(file), "--from-year", "2027")
    version = desk.admin.done("calendar", "get", "standard").json["calendar"]["version"]
    shown = terminal(desk.admin, *command)
    shown.wait_for("[y/N]")
    assert "2027-01-01" in shown.screen and f"version {version} of calendar standard" in shown.screen
    shown.type("n\n")
    assert shown.wait() == FAILED and "nothing was changed" in shown.screen
    assert desk.admin.done("calendar", "get", "standard").json["calendar"]["version"] == version
    # A script is not asked: its dry run shows the days.
    desk.admin.done(*command)


def test_a_policy_needs_yes(desk, world):
    file = world.path / "policy.json"
    policy = desk.admin.done("policy", "get").json["policy"]
    file.write_text(json.dumps(policy))
    same = desk.admin("policy", "put", "-f", file)
    assert same.status == DONE and same.json.get("version") == "1", same
    file.write_text(json.dumps({**policy, "returnWindowDays": 14}))
    assert_refused(desk.admin("policy", "put", "-f", file), USAGE, "This replaces policy version 1", "--yes")
    desk.admin.done("policy", "put", "-f", file, "--dry-run")
    desk.admin.done("policy", "put", "-f", file, "--yes")


def test_a_version_without_a_server(desk, world):
    answer = desk.admin.at(f"unix:{world.path}/none.sock")("version")
    assert answer.status == DONE, answer
    assert answer.json["clientVersion"] and "no socket" in answer.json["problem"], answer
    with_server = desk.admin.done("version").json
    assert with_server["serverVersion"] and "problem" not in with_server


def test_a_longer_list_keeps_stdout_for_cases(desk, qualified):
    desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
    for output in ("table", "jsonl"):
        answer = desk.admin.done("case", "list", "--limit", "1", output=output)
        assert "--cursor" not in answer.out and "more with: --cursor" in answer.err, answer
