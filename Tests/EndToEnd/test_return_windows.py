"""What may be returned, and until when: windows and exclusions as they stood at the purchase, reasons of
lines, and refusals of the same goods before."""

import datetime
import json

import pytest
from harness.command import CONFLICT, FAILED, NOT_ALLOWED, assert_refused
from harness.desk import CUP, MUG


@pytest.fixture
def desk(world):
    return world.desk(world.server("--test-clock"))


def check(case, kind):
    """(result, detail, policy version) of a check."""
    found = [each for each in case.read()["checks"] if each["kind"] == f"CHECK_KIND_{kind}"]
    assert len(found) == 1, found
    result = found[0]["result"].removeprefix("CHECK_RESULT_").lower()
    return result, found[0]["detail"], int(found[0]["policyVersion"])


def policy(desk):
    return desk.admin.done("policy", "get").json["policy"]


def put(desk, **changes):
    """Puts the current policy with changes, and returns its version."""
    file = json.dumps({**policy(desk), **changes})
    return int(desk.admin.done("policy", "put", "-f", "-", "--yes", input=file).json["version"])


def test_a_window_counts_days_of_the_orders_zone(desk):
    desk.advance_to_a_working_morning()
    order = desk.order((MUG, 3, 1000), timeZone="America/Los_Angeles", delivered_days_ago=30)
    shown = desk.admin.done("order", "get", order, output="table").out
    assert "return windows in days of America/Los_Angeles" in shown
    # Tuesday 10:00 in Shanghai is Monday evening in Los Angeles, 30 days after the day of delivery there.
    monday = datetime.datetime.fromtimestamp(desk.now_ms / 1_000, datetime.UTC) - datetime.timedelta(days=1)
    case = desk.open(order, ("1", 1))
    result, detail, _ = check(case, "RETURN_WINDOW")
    assert result == "passed", detail
    assert f"last day {monday.date()}, 30 days" in detail
    assert "(America/Los_Angeles)" in detail
    desk.advance("20h")
    result, detail, _ = check(desk.open(order, ("1", 1)), "RETURN_WINDOW")
    assert result == "failed", detail
    assert "policy" not in detail


def test_a_channels_zone_reaches_as_far_back_as_windows_do(desk):
    """Bought ten years ago, before all versions, and delivered: its days are those of the zone as it was."""
    zones = [{"saleChannels": ["store"], "timeZone": "Europe/London"}]
    put(desk, timeZones=zones)
    offsets = policy(desk)["timeZones"][0]["offsets"]
    assert int(offsets[0]["fromMs"]) <= desk.now_ms - 3_650 * 86_400_000, offsets[0]
    # Nobody has changed what the server set.
    file = json.dumps({**policy(desk), "returnWindowDays": 20})
    answer = desk.admin.done("policy", "put", "-f", "-", "--dry-run", input=file, output="table")
    assert "offset" not in answer.out and "return window days: 30 → 20" in answer.out, answer


def test_an_unknown_zone_is_refused_with_what_to_write(desk):
    order = {
        "key": {"orderNo": "Z-1"},
        "timeZone": "Asia/Peking",
        "placedAtMs": desk.now_ms,
        "currency": "GBP",
    }
    order["lines"] = [{"lineId": "1", "sku": MUG, "quantity": 1}]
    answer = desk["channel"]("order", "import", "-", input=json.dumps(order))
    assert answer.status == FAILED
    assert answer.json["refusedByReason"] == {"TIME_ZONE_UNKNOWN": 1}
    assert "no time zone has the name Asia/Peking; write an IANA name such as Asia/Shanghai" in answer.err
    answer = desk.admin(
        "policy", "put", "-f", "-", "--yes",
        input=json.dumps(
            {**policy(desk), "timeZones": [{"saleChannels": ["online"], "timeZone": "Asia/Peking"}]}
        ),
    )  # fmt: skip
    assert_refused(answer, FAILED, "policy.time_zones[0].time_zone", "write an IANA name")


def test_what_was_not_delivered_is_judged_later(desk):
    number = desk.order((MUG, 1, 1000), status="ORDER_STATUS_PLACED", deliveredAtMs=None)
    assert "not delivered yet" in desk.admin.done("order", "get", number, output="table").out
    case = desk.open(number, ("1", 1))
    assert check(case, "ORDER_STATUS")[:2] == ("failed", "the order was not delivered yet")
    assert check(case, "RETURN_WINDOW")[0] == "open"
    case.step("service-1", "verify")
    answer = case.refused("service-1", "approve", reason="CHECKS_FAILED")
    assert "order_status, return_window" in answer.err


def test_a_request_in_seconds_is_refused(desk):
    number = desk.order((MUG, 1, 1000))
    form = desk.form(number, ("1", 1), requestedAtMs=desk.now_ms // 1_000)
    answer = desk["channel"]("case", "submit", "-f", "-", input=form)
    assert_refused(
        answer, FAILED, "requested_at_ms", "before the order was placed", "milliseconds since 1970"
    )


def test_windows_and_exclusions_stand_as_at_the_purchase(desk):
    rules = [
        {"skus": [CUP], "returnDays": 0, "reason": "made to order"},
        {"categories": ["fresh"], "returnDays": 2, "reason": "fresh goods"},
    ]
    zones = [{"saleChannels": ["online"], "timeZone": "Europe/London"}]
    assert put(desk, returnRules=rules, timeZones=zones) == 2
    kept = policy(desk)
    # The server has looked the zone up, and what is printed is the same content when it is put again.
    assert len(kept["timeZones"][0]["offsets"]) > 20
    assert put(desk) == 2
    shown = desk.admin.done("policy", "get", output="table").out
    assert "SKU CUP-2: not returnable, made to order" in shown
    assert "category fresh: 2 days, fresh goods" in shown
    assert "Europe/London for sale channel online" in shown
    lines = [(MUG, 1, 1000), (CUP, 1, 1000), ("MILK", 1, 100), ("CAKE", 1, 100)]
    under_2 = desk.order(*lines, delivered_days_ago=3)
    desk.advance("10d")
    assert put(desk, returnRules=[], returnWindowDays=5) == 3
    # Placed when version 2 was in force, pushed when version 3 was.
    pushed_late = desk.order(
        *lines,
        lines=[
            {"lineId": str(place), "sku": sku, "quantity": 1, "unitPriceMinor": price, **promise}
            for place, ((sku, _, price), promise) in enumerate(
                zip(lines, [{}, {"returnDays": 20}, {"category": "fresh"}, {"returnDays": 0}], strict=True), 1
            )
        ],
        delivered_days_ago=3,
    )
    shown = desk.admin.done("order", "get", pushed_late, output="table").out
    assert "line 2: promised as returnable for 20 days" in shown
    assert "line 3: category fresh" in shown
    assert "line 4: promised as not returnable" in shown
    desk.advance("10d")

    early = desk.open(under_2, ("1", 1), ("2", 1))
    assert check(early, "RETURN_WINDOW")[0::2] == ("passed", 2)
    assert check(early, "EXCLUSIONS") == ("failed", "not returnable: line 2: made to order", 2)
    assert check(early, "CONDITIONS")[2] == 3
    late = desk.open(pushed_late, ("1", 1), ("2", 1), ("3", 1), ("4", 1))
    result, detail, version = check(late, "RETURN_WINDOW")
    assert (result, version) == ("failed", 2)
    assert detail.startswith("line 3: last day ")
    assert check(late, "EXCLUSIONS") == ("failed", "not returnable: line 4: as promised at the purchase", 2)
    # Another order of today goes by the version of today.
    today = desk.open(desk.order((CUP, 1, 1000), delivered_days_ago=3), ("1", 1))
    assert check(today, "EXCLUSIONS") == ("passed", "no line is excluded", 3)


def test_a_catalogue_keeps_its_reasons(desk):
    current = policy(desk)
    worn = next(each for each in current["reasons"] if each["code"] == "worn_out")
    assert {"locale": "zh-CN", "text": "使用磨损"} in worn["texts"]
    others = [each for each in current["reasons"] if each is not worn]
    answer = desk.admin("policy", "put", "-f", "-", "--yes", input=json.dumps({**current, "reasons": others}))
    assert_refused(answer, FAILED, "the reason worn_out is missing", "set retired to true")
    gift = {
        "code": "gift", "title": "An unwanted gift", "covered": True,
        "texts": [{"locale": "zh-CN", "text": "礼物不合适"}], "category": "REASON_CATEGORY_CHANGE_OF_MIND",
        "evidence": ["gift_receipt"], "returnPayer": "RETURN_PAYER_CUSTOMER",
    }  # fmt: skip
    put(desk, reasons=[*others, {**worn, "retired": True}, gift])
    shown = desk.admin.done("policy", "get", output="table").out
    row = next(line for line in shown.splitlines() if line.startswith("gift"))
    assert "change of mind" in row and "customer" in row and "gift_receipt" in row and "礼物不合适" in row
    assert "retired" in next(line for line in shown.splitlines() if line.startswith("worn_out"))
    number = desk.order((MUG, 1, 1000))
    form = desk.form(number, ("1", 1), reasonCode="worn_out")
    answer = desk["channel"]("case", "submit", "-f", "-", input=form)
    assert_refused(answer, FAILED, "the reason worn_out is retired", "gift")
    case = desk.open(number, ("1", 1), reasonCode="gift")
    assert check(case, "REASON")[:2] == ("passed", "covered; evidence wanted: gift_receipt")


def test_each_line_says_why_it_comes_back(desk):
    number = desk.order((MUG, 2, 1000), (CUP, 1, 500))
    flat = {
        "return_no": "R-1", "requested_at": "2026-11-20 10:00:00", "order_no": number,
        "lines": [
            {
                "sku": MUG, "quantity": 2, "reason": "damaged", "note": "the handle is off",
                "serial_numbers": ["A-1"],
            },
            {"sku": CUP, "quantity": 1},
        ],
        "conditions": [{"code": "original_packaging", "met": True}],
    }  # fmt: skip
    now = datetime.datetime.fromtimestamp(desk.now_ms / 1_000, datetime.UTC)
    flat["requested_at"] = f"{now:%Y-%m-%d %H:%M:%S}"
    done = desk["channel"].done("case", "import", "-", "--default", "reason=unwanted", input=json.dumps(flat))
    assert done.json["created"] == 1
    listed = desk.admin.done("case", "list", "--all").json["cases"]
    case = next(each for each in listed if each["channelRef"] == "R-1")
    assert [line.get("reasonCode", "") for line in case["lines"]] == ["damaged", ""]
    assert case["lines"][0]["serialNumbers"] == ["A-1"] and case["reasonCode"] == "unwanted"
    seen = desk["service-1"].done("case", "get", case["id"], output="table").out
    assert "damaged; “the handle is off”; serial numbers A-1" in seen
    # The note is the customer's own words; the warehouse reads the rest.
    seen = desk["warehouse"].done("case", "get", case["id"], output="table").out
    assert "handle" not in seen and "damaged; serial numbers A-1" in seen
    wrong = desk.form(number, ("1", 1))
    wrong = json.loads(wrong)
    wrong["lines"][0] |= {"lineId": "2", "serialNumbers": ["A", "B"]}
    answer = desk["channel"]("case", "submit", "-f", "-", input=json.dumps(wrong))
    assert_refused(answer, FAILED, "lines[0].serial_numbers", "give 0 to 1 entries")


REJECT = ["--code", "worn", "--reason", "worn in use", "--alternative", "a voucher"]


def test_a_refusal_is_shown_to_who_reviews_the_goods_next(desk):
    number = desk.order((MUG, 3, 1000), (CUP, 1, 500))
    first = desk.open(number, ("1", 2))
    first.step("service-1", "reject", *REJECT, state="rejected")
    first.tell("service-2")
    second = desk.open(number, ("1", 1))
    result, detail, _ = check(second, "EARLIER_REFUSALS")
    assert result == "noted"
    assert detail.startswith(f"refused before: case {first.id} on ")
    assert "by service-1, line 1: 2 units, can be appealed until" in detail
    second.step("service-1", "verify")
    for verb, arguments in (("approve", []), ("reject", REJECT)):
        answer = second.refused(
            "service-1", verb, *arguments, reason="OTHER_REVIEWER_REQUIRED", status=NOT_ALLOWED
        )
        assert "in another case of the order" in answer.err
    steps = desk["service-1"].done("case", "allowed", second.id).json["commands"]
    marked = {step["command"] for step in steps if step.get("forOthers")}
    assert marked == {"COMMAND_KIND_APPROVE", "COMMAND_KIND_REJECT"}
    # The work is given to somebody else, too.
    answer = desk["service-1"]("sla", "next", "--kind", "review")
    assert answer.json.get("work", {}).get("caseId") != second.id
    assert int(answer.json.get("forOthers", 0)) == 1, answer
    assert desk["service-2"].done("sla", "next", "--kind", "review").json["work"]["caseId"] == second.id
    # Other goods of the order are another matter.
    third = desk.open(number, ("2", 1))
    kinds = [each["kind"] for each in third.read()["checks"]]
    assert "CHECK_KIND_EARLIER_REFUSALS" not in kinds
    third.step("service-1", "verify")
    third.step("service-1", "approve", "--return-address", "Dock 4", state="approved")
    # Once the customer can appeal no more, anybody reviews.
    first.step("service-2", "close", state="closed")
    second.step("service-1", "approve", "--return-address", "Dock 4", state="approved")
    assert check(second, "EARLIER_REFUSALS")[0] == "noted"
    assert second.refused("service-1", "approve").status == CONFLICT
