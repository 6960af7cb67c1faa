"""What is kept for a time only: orders without cases, and the figures of deadlines met and missed."""

import datetime
import json

from harness.command import NOT_FOUND
from harness.desk import MUG
from harness.waiting import wait_until

DAY_MS = 86_400_000


def keys(redis, order):
    return redis.cli("KEYS", f"*:order:online:{order}").split()


def is_gone(desk, order):
    return desk.admin("order", "get", order).status == NOT_FOUND


def test_orders_without_cases_expire_and_those_with_cases_stay(world):
    redis = world.redis()
    server = world.server("--test-clock", "--orders-kept-days", "60", "--redis", redis.url)
    desk = world.desk(server)
    quiet, pushed, opened = (desk.order((MUG, 2, 1000)) for _ in range(3))
    desk.open(opened, ("1", 1))

    kept_until = int(desk.read_order(quiet)["expiresAtMs"])
    assert abs(kept_until - desk.now_ms - 60 * DAY_MS) < DAY_MS
    assert "expiresAtMs" not in desk.read_order(opened)
    assert "kept until" in desk.admin("order", "get", quiet, output="table").out

    # The same content again changes nothing but how long the order is kept.
    desk.advance("59d")
    order = desk.read_order(pushed)
    again = desk["channel"].done("order", "import", "-", input=json.dumps(order)).json
    assert again["unchanged"] == 1, again
    assert int(desk.read_order(pushed)["expiresAtMs"]) > kept_until + 58 * DAY_MS

    # Absent from its time on, and removed for good a day later.
    desk.advance("1d")
    answer = desk.admin("order", "get", quiet)
    assert answer.status == NOT_FOUND and "orders without cases are kept 60 days" in answer.err, answer
    answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(quiet, ("1", 1)))
    assert answer.status == NOT_FOUND, answer
    assert "push it first" in answer.err and "kept 60 days" in answer.err, answer
    assert len(keys(redis, quiet)) == 1
    desk.advance("26h")
    wait_until(lambda: not keys(redis, quiet), "the sweeper to remove the order")
    assert not is_gone(desk, pushed) and not is_gone(desk, opened)
    desk.assert_indexes_agree()

    # What was removed comes back as the order system knows it, and takes a case.
    order["key"]["orderNo"] = quiet
    desk["channel"].done("order", "import", "-", input=json.dumps(order))
    desk.open(quiet, ("1", 1))
    desk.assert_indexes_agree()


def test_another_setting_counts_for_orders_that_are_there(world):
    redis = world.redis()
    first = world.server("--test-clock", "--orders-kept-days", "0", "--redis", redis.url)
    desk = world.desk(first)
    order = desk.order((MUG, 1, 1000))
    desk.advance("3000d")
    assert "expiresAtMs" not in desk.read_order(order)
    assert "are kept" not in desk.admin("order", "get", "no-such").err
    first.end()
    second = world.server("--test-clock", "--redis", redis.url)
    ctl = world.ctl(second)
    wait_until(lambda: not keys(redis, order), "the sweeper to remove the order")
    answer = ctl("order", "get", order)
    assert answer.status == NOT_FOUND and "kept 400 days" in answer.err, answer


def test_figures_are_kept_for_a_time_and_reports_say_what_is_missing(world):
    redis = world.redis()
    server = world.server("--test-clock", "--attainment-kept-days", "100", "--redis", redis.url)
    desk = world.desk(server)

    def reject():
        case = desk.open(desk.order((MUG, 1, 1000)), ("1", 1))
        rejection = ("--code", "used", "--reason", "worn", "--alternative", "a discount", "--yes")
        desk["service-1"].done("case", "reject", case.id, *rejection)

    def day(offset):
        date = datetime.datetime.fromtimestamp(desk.now_ms / 1000, datetime.UTC) + datetime.timedelta(offset)
        return date.strftime("%Y-%m-%d")

    def report(*flags, **options):
        flags = ("--kind", "review", "--from", day(-130), *flags)
        return desk["supervisor"].done("report", "sla", *flags, **options)

    reject()
    assert int(report().json["total"]["met"]) == 1
    desk.advance("60d")
    reject()
    assert int(report().json["total"]["met"]) == 2
    assert "not all of it" not in report("--from", day(-90), output="table").out

    desk.advance("60d")
    wait_until(
        lambda: int(report().json["total"].get("met", 0)) == 1, "the sweeper to take away the old figures"
    )
    kept_from = report().json["keptFromDate"]
    assert day(-101) <= kept_from <= day(-99)

    def days_kept():
        return [key.rpartition(":")[2] for key in redis.cli("KEYS", "*:attainment:*").split()]

    assert days_kept() and all(date >= kept_from for date in days_kept())
    told = report(output="table").out
    assert f"not all of it: figures of before {kept_from} were kept long enough and are gone" in told, told
