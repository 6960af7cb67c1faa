"""Finance's lists: what is to be refunded or in flight, a gateway's results from a file, and the proof that
all money adds up."""

import concurrent.futures
import csv
import datetime
import io

import pytest
from harness.command import DONE, FAILED, NOT_ALLOWED, USAGE
from harness.desk import MUG

COLUMNS = ["refund_id", "result", "voucher", "amount"]


@pytest.fixture
def desk(world):
    """Of each test's own: sums are of all cases of a store."""
    return world.desk(world.server())


@pytest.fixture
def cases(desk):
    """Five cases over 20.00 each: three whose refunds were started, two of which finance knows only."""
    opened = []
    for number in range(5):
        case = desk.open(desk.order((MUG, 2, 1000)), ("1", 2))
        case.approve()
        case.ship(number=f"W-{number}")
        case.step("warehouse", "receive", "--all")
        case.inspect_all()
        opened.append(case)
    for case in opened[:3]:
        case.step("finance", "refund", state="refunding")
    return opened


def due(desk, *flags, who="finance"):
    return desk[who].done("refund", "due", *flags).json


def results(desk, world, rows, *flags, name="results.csv", **options):
    file = world.path / name
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    file.write_text(text.getvalue())
    return desk["finance"]("refund", "results", file, *flags, **options)


def ids(listed):
    return {refund["caseId"] for refund in listed.get("refunds", [])}


def test_refunds_are_listed_with_sums_of_all(desk, cases):
    listed = due(desk, "--limit", "2")
    assert len(listed["refunds"]) == 2 and "nextCursor" in listed
    # The sums are of all, whatever the page.
    sums = {
        total["standing"]: (int(total["refunds"]), int(total["amountMinor"])) for total in listed["totals"]
    }
    assert sums == {
        "REFUND_STANDING_TO_MAKE": (2, 4000),
        "REFUND_STANDING_IN_PROGRESS": (3, 6000),
    }
    rest = due(desk, "--cursor", listed["nextCursor"])
    assert ids(listed) | ids(rest) == {case.id for case in cases}
    assert not ids(listed) & ids(rest)
    assert ids(due(desk, "--standing", "to_make")) == {case.id for case in cases[3:]}
    assert "refunds" not in due(desk, "--currency", "JPY")
    assert "refunds" not in due(desk, "--before", "-1h")
    made = next(refund for refund in due(desk)["refunds"] if refund["caseId"] == cases[3].id)
    assert made["payments"][0]["amountMinor"] == "2000" and int(made["dueAtMs"]) > 0
    table = desk["finance"].done("refund", "due", "--sort", "amount", output="table").out
    assert "5 refunds" in table and "in_progress" in table
    rows = list(csv.DictReader(io.StringIO(desk["finance"].done("refund", "due", output="csv").out)))
    assert len(rows) == 5 and {row["amount"] for row in rows} == {"20.00"}


def test_who_is_bound_to_a_channel_sees_its_refunds(desk, world, cases):
    file = world.path / "bound.token"
    desk.admin.done(
        "principal", "create", "bound", "--role", "finance", "--sale-channel", "elsewhere", "--save", file
    )
    listed = desk.admin.with_token(file).done("refund", "due").json
    assert "refunds" not in listed and "totals" not in listed


def test_results_are_booked_once_and_differences_named(desk, world, cases):
    first, second, third, fourth, _ = [case.id for case in cases]
    rows = [
        [f"{first}-1", "succeeded", "V-1", "20.00"],
        [f"{second}-1", "succeeded", "V-2", "19.99"],
        [f"{fourth}-1", "succeeded", "V-4", "20.00"],
    ]
    trial = results(desk, world, rows, "--dry-run")
    assert trial.status == FAILED and trial.json["booked"] == 1 and cases[0].state == "refunding"
    answer = results(desk, world, rows)
    assert answer.status == FAILED, answer
    report = answer.json
    assert (report["lines"], report["booked"], report["already"]) == (3, 1, 0)
    found = {row["refundId"]: row["difference"] for row in report["differences"]}
    assert found == {
        f"{second}-1": "amount_differs",
        f"{fourth}-1": "unknown_refund",
        f"{third}-1": "missing",
    }
    assert cases[0].state == "refunded" and cases[1].state == "refunding"
    # The same file again books nothing more; another voucher is named.
    again = results(desk, world, rows).json
    assert (again["booked"], again["already"]) == (0, 1)
    other = results(desk, world, [[f"{first}-1", "succeeded", "V-9", "20.00"]], "--partial").json
    assert [row["difference"] for row in other["differences"]] == ["other_voucher"]
    whole = results(
        desk,
        world,
        [
            [f"{first}-1", "succeeded", "V-1", "20.00"],
            [f"{second}-1", "succeeded", "V-2", "20.00"],
            [f"{third}-1", "succeeded", "V-3", "20.00 GBP"],
        ],
        output="table",
    )
    assert whole.status == DONE, whole
    assert "3 lines: 2 booked, 1 booked before; no difference" in whole.out


def test_a_file_of_days_names_what_was_started_that_day(desk, world, cases):
    """A day is all of it: a refund that was started on the last day of the file is missing from it."""
    first, second, third = [case.id for case in cases[:3]]
    started = int(cases[0].read()["refunds"][0]["startedAtMs"]) / 1000
    day = datetime.datetime.fromtimestamp(started, datetime.UTC).date()
    for time, missing in ((f"{day}", {second, third}), (f"{day - datetime.timedelta(days=1)}", set())):
        file = world.path / "days.csv"
        file.write_text(f"refund_id,result,reason,time\n{first}-1,unknown,waits,{time}\n")
        report = desk["finance"]("refund", "results", file, "--dry-run", "--zone", "UTC").json
        found = {row["caseId"] for row in report["differences"] if row["difference"] == "missing"}
        assert found == missing, report


def test_an_overpayment_is_told_by_every_run_while_it_stands(desk, world, cases):
    """A first refund was given up, a second one paid, and then the first one comes in a file."""
    case = cases[0]
    case.step("finance", "refund-result", "failed", "--reason", "declined", state="refund_failed")
    case.step("finance", "abandon", "--confirmation", "dead", state="qualified")
    case.step("finance", "refund", state="refunding")
    case.step("finance", "refund-result", "succeeded", "--voucher", "V-2", state="refunded")
    rows = [[f"{case.id}-1", "succeeded", "V-1", "20.00"]]
    told = []
    for flags in (["--dry-run"], [], [], ["--dry-run"]):
        answer = results(desk, world, rows, "--partial", *flags)
        [difference] = answer.json["differences"]
        assert answer.status == FAILED and difference["difference"] == "overpaid", answer
        assert difference["recorded"] == "20.00 GBP", answer
        told.append((answer.json["booked"], answer.json["already"], difference["what"].split(";")[0]))
    assert told == [(1, 0, "would be booked"), (1, 0, "booked"), (0, 1, "booked"), (0, 1, "booked")]
    shown = desk.admin.done("order", "get", case.read()["order"]["orderNo"], output="table").out
    assert "20.00 GBP and 20.00 GBP beyond" in shown


def test_a_malformed_file_books_nothing(desk, world, cases):
    rows = [[f"{cases[0].id}-1", "succeeded", "V-1", "20.00"], ["x", "paid", "", ""]]
    answer = results(desk, world, rows)
    assert answer.status == USAGE and "line 3: result 'paid' is not one of" in answer.err
    assert cases[0].state == "refunding"


def test_the_money_is_proved(desk, cases):
    cases[0].step("finance", "refund-result", "succeeded", "--voucher", "V-1", state="refunded")
    proved = desk.admin.done("admin", "verify-money").json
    assert "problems" not in proved and proved["done"]
    assert (int(proved["cases"]), int(proved["refunds"])) == (5, 3)
    total = proved["totals"][0]
    assert int(total["paidMinor"]) == int(total["keptMinor"]) + int(total["refundedMinor"]) + int(
        total["inFlightMinor"]
    )
    assert (int(total["refundedMinor"]), int(total["inFlightMinor"])) == (2000, 4000)
    table = desk.admin.done("admin", "verify-money", output="table").out
    assert "paid = kept + refunded + in flight" in table


def test_money_that_does_not_add_up_is_named(world):
    """An order of before is put back: a refund is in flight of which it knows nothing."""
    redis = world.redis()
    desk = world.desk(world.server("--redis", redis.url))
    case = desk.open(desk.order((MUG, 2, 1000)), ("1", 2))
    case.approve()
    case.ship()
    case.step("warehouse", "receive", "--all")
    case.inspect_all()
    key = redis.cli("--scan", "--pattern", "*:order:*")
    redis.cli("COPY", key, "before")
    case.step("finance", "refund", state="refunding")
    redis.cli("COPY", "before", key, "REPLACE")
    answer = desk.admin("admin", "verify-money", output="jsonl")
    assert answer.status == FAILED, answer
    problems = {row["problem"]: row for row in answer.rows}
    assert "MONEY_PROBLEM_PAYMENT" in problems
    payment = problems["MONEY_PROBLEM_PAYMENT"]
    assert (payment["order"]["orderNo"], payment["recorded"], payment["proved"]) == (
        case.order.split("/")[-1],
        "0",
        "2000",
    )
    table = desk.admin("admin", "verify-money", output="table")
    assert "payment_lost" in table.out and "Money that does not add up" in table.out


def test_a_case_explains_its_amounts_and_deadlines(desk, cases):
    case = cases[0]
    why = desk["finance"].done("case", "why", case.id).json
    line = why["lines"][0]
    assert (line["paidMinor"], line["boughtUnits"], line["refundableUnits"]) == ("2000", "2", "2")
    assert (line["exactShareMinor"], line["owedMinor"], line["inFlightMinor"]) == ("2000", "2000", "2000")
    assert why["money"]["refunds"][0]["refundId"] == f"{case.id}-1"
    for clock in why["clocks"]:
        dues = [step["dueAtMs"] for step in clock["steps"] if "dueAtMs" in step]
        # What the steps come to is what the clock shows.
        assert dues[-1] == clock["dueAtMs"]
        assert not any(step["kind"] == "CLOCK_STEP_KIND_KEPT" for step in clock["steps"])
    shown = {clock["kind"] for clock in why["clocks"]}
    assert {"CLOCK_KIND_REVIEW", "CLOCK_KIND_REFUND", "CLOCK_KIND_CUSTOMER_SHIP"} <= shown
    table = desk["finance"].done("case", "why", case.id, output="table").out
    assert "20.00 GBP paid × 2 ÷ 2 bought = 20.00 GBP" in table
    assert "it started: the customer was told (approval)" in table


def test_a_run_says_booked_of_what_it_booked(desk, world, cases):
    """What was booked before is said to be, by the server's memory too, and where two runs meet."""
    first, second = cases[0].id, cases[1].id
    success = [[f"{first}-1", "succeeded", "V-1", "20.00"]]
    assert results(desk, world, success, "--partial").json["booked"] == 1
    cases[0].step("finance", "refund-returned", "--reason", "account closed")
    again = results(desk, world, success, "--partial")
    assert again.status == FAILED, again
    assert (again.json["booked"], again.json["already"]) == (0, 0)
    assert [row["difference"] for row in again.json["differences"]] == ["returned"]
    # It failed and then succeeded: the failure is news the first time alone.
    both = world.path / "both.jsonl"
    both.write_text(
        f'{{"refund_id": "{second}-1", "result": "failed", "reason": "declined"}}\n'
        f'{{"refund_id": "{second}-1", "result": "succeeded", "voucher": "V-2", "amount": "20.00"}}\n'
    )
    run = ("refund", "results", both, "--partial")
    assert desk["finance"].done(*run).json["booked"] == 2
    for flags in ([], ["--dry-run"]):
        repeated = desk["finance"].done(*run, *flags).json
        assert (repeated["booked"], repeated["already"], repeated["differences"]) == (0, 2, [])
    third = [[f"{cases[2].id}-1", "succeeded", "V-3", "20.00"]]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(results, desk, world, third, "--partial", name=f"third-{number}.csv")
            for number in range(2)
        ]
    reports = [run.result().json for run in runs]
    assert sum(report["booked"] for report in reports) == 1, reports
    assert sum(report["already"] for report in reports) == 1, reports


def test_a_dry_run_says_what_the_run_does(desk, world, cases):
    refund = f"{cases[0].id}-1"
    file = world.path / "three.csv"
    file.write_text(
        "refund_id,result,voucher,amount,reason\n"
        f"{refund},succeeded,VB,20.00,\n{refund},failed,,,declined\n{refund},succeeded,VC,20.00,\n"
    )
    trial, run = (
        desk["finance"]("refund", "results", file, "--partial", *flags) for flags in (["--dry-run"], [])
    )
    assert trial.status == run.status == FAILED
    for answer in (trial, run):
        assert (answer.json["booked"], answer.json["already"]) == (1, 0), answer
        assert [row["difference"] for row in answer.json["differences"]] == ["refused", "other_voucher"]


def test_a_line_that_is_barred_is_a_difference(desk, world, cases):
    """Who inspected the goods of the second case books the others, and hears why not that one."""
    barred = desk.open(desk.order((MUG, 2, 1000)), ("1", 2))
    barred.approve()
    barred.ship(number="W-9")
    barred.step("warehouse", "receive", "--all")
    barred.step("stock-taker", "inspect", "--accept-all", state="qualified")
    barred.step("finance", "refund", state="refunding")
    file = world.path / "barred.csv"
    ids = [cases[0].id, barred.id, cases[1].id]
    rows = [f"{id}-1,succeeded,V-{number},20.00" for number, id in enumerate(ids)]
    file.write_text("\n".join([",".join(COLUMNS), *rows]))
    answer = desk["stock-taker"]("refund", "results", file, "--partial")
    assert answer.status == FAILED and answer.json["booked"] == 2, answer
    [difference] = answer.json["differences"]
    assert (difference["line"], difference["difference"]) == (3, "refused")
    assert "someone else has to record_refund" in difference["what"]
    assert [case.state for case in cases[:2]] == ["refunded", "refunded"]
    # Who may not record results at all is told so of the first line, with the report until then.
    ended = desk["warehouse"]("refund", "results", file, "--partial", output="table")
    assert ended.status == NOT_ALLOWED, ended
    assert "stopped at line 3: neither it nor what is behind it is counted here" in ended.out
    assert f"line 3, refund {barred.id}-1: " in ended.err and "[ROLE_REQUIRED]" in ended.err


def test_papers_of_two_refunds_are_noted(desk, world, cases):
    rows = [[f"{case.id}-1", "succeeded", "V-1", "20.00"] for case in cases[:2]]
    answer = results(desk, world, rows, "--partial", output="table")
    assert answer.status == DONE, answer
    assert "2 lines: 2 booked, 0 booked before; no difference; 2 notes" in answer.out
    assert f"voucher V-1 is that of refund {cases[1].id}-1 in line 3, too" in answer.out


@pytest.mark.parametrize("text", [",\n", '""\n', ",,,\n\n", "[]\n"])
def test_a_file_of_nothing_is_refused(desk, world, text):
    file = world.path / "nothing.csv"
    file.write_text(text)
    answer = desk["finance"]("refund", "results", file)
    assert answer.status == USAGE and "line 1: " in answer.err, answer


def test_a_mistyped_currency_is_no_empty_list(desk):
    answer = desk["finance"]("refund", "due", "--currency", "GPB")
    assert answer.status == FAILED and "GPB is no currency of ISO 4217" in answer.err, answer
    answer = desk["finance"]("refund", "due", "--currency", "RMB")
    assert "write CNY" in answer.err, answer
