"""A store that is not what it was: emptied, exchanged, cut, set back, a replica, full. What health, log,
client and `admin info` say of it, and that nothing is acknowledged that is not there.

The append-only file is cut at three random places by default, at
twenty in the long form (scripts/test --long).
"""

import asyncio
import json
import random
import re
import shutil
import signal
import time

import pytest
from harness.binaries import IS_DEBUG, IS_LONG, seed_of_run
from harness.command import CONFLICT, DONE, UNAVAILABLE
from harness.desk import MUG
from harness.processes import redis_cli
from harness.waiting import wait_until
from returns_client import Client, RCPError, RetryPolicy
from returns_client import returns_v1 as v1
from returns_client.options import ClientOptions
from test_server import refusal

pytestmark = pytest.mark.alone

CUTS = 20 if IS_LONG else 3
# What is promised: within so many seconds everybody who asks is told what is wrong. The second more is for
# the programs that ask, which take long to start as for debugging.
NOTICED_SECONDS = 4 if IS_DEBUG else 3


def opened(desk, count=3):
    return [desk.open(desk.order((MUG, 2, 900)), ("1", 1)).id for _ in range(count)]


def qualified(desk):
    case = desk.open(desk.order((MUG, 2, 900)), ("1", 1))
    case.step("service-1", "verify")
    case.step("service-1", "approve", "--return-address", "Dock 4")
    case.step("service-1", "told", "--channel", "email")
    case.step("channel", "ship", "--carrier", "DHL", "--tracking-no", f"T{case.id}")
    case.step("warehouse", "receive", "--line", "1=1")
    case.step("warehouse", "inspect", "--accept-all", state="qualified")
    return case


def move(desk, world, server):
    """The desk goes on at another start of its server."""
    desk.admin = world.ctl(server)
    for person in desk.people.values():
        person.server = server.address


def noticed(ctl, server, words, begun, fault=None):
    """Health says it in time, to clients and to probes; so do the log, `admin info` and the gauges."""

    def is_unready():
        status, text = server.http("/readyz")
        return status == 503 and words in text

    # First those that are asked without the start of a program.
    places = {
        "/readyz": is_unready,
        "the log": lambda: words in server.log,
        "health": lambda: words in ctl("ping").json.get("reason", ""),
        "admin info": lambda: words in ctl("admin", "info", output="table").out,
    }
    for place, says in places.items():
        wait_until(says, f"{place} to say {words}")
        seconds = time.monotonic() - begun
        assert seconds < NOTICED_SECONDS, f"{place} said {words} after {seconds:.1f} s"
    gauges = server.http("/metrics")[1]
    assert "returns_redis_up 0\n" in gauges
    assert re.findall(r'^returns_store_fault\{fault="(\w+)"\} 1$', gauges, re.MULTILINE) == (
        [fault] if fault else []
    )


def serves(ctl):
    return ctl("ping").json["status"] == "SERVING_STATUS_SERVING"


def assert_confirmed_once(finance, run):
    """Under one request id the confirmation takes place once;
    another run under that id is judged by itself."""

    def confirm(run, request_id):
        return finance(
            "call", "ConfirmReconciled", "-d", json.dumps({"run": run}), "--request-id", request_id
        )

    used = "e1" * 16
    # The id was used for another run, which was refused.
    assert confirm("9.1", used).status == CONFLICT
    assert [confirm(run, used).status for _ in range(3)] == [DONE] * 3
    # Nothing waits any more: whatever was asked for is so already.
    assert confirm("9.1", used).status == DONE and confirm(run, "e2" * 16).status == DONE
    assert "unreconciledRun" not in finance.done("admin", "info").json


def accept(world, *flags, **options):
    """Starts a server that goes on without what is missing."""
    server = world.server("--accept-loss", *flags, **options)
    wait_until(lambda: "refunds wait until finance" in server.log, "the loss to be said")
    return server


class TestEmbedded:
    def test_a_folder_without_its_files_is_noticed_at_the_start(self, world):
        server = world.server()
        desk = world.desk(server)
        opened(desk)
        assert server.signal_and_wait(signal.SIGTERM) == 0
        shutil.rmtree(server.data / "redis")
        line = refusal(world)
        assert "Redis is empty" in line and "--accept-loss" in line and "RUNBOOK.md" in line, line
        server = accept(world)
        ctl = world.ctl(server)
        assert ctl.done("case", "list", output="jsonl").rows == []
        assert "warning" in ctl.done("admin", "info", output="table").out
        assert server.signal_and_wait(signal.SIGTERM) == 0
        # Once is enough.
        assert serves(world.ctl(world.server()))

    def test_an_append_only_file_that_was_cut_is_noticed_wherever_it_was_cut(self, world):
        server = world.server()
        desk = world.desk(server)
        opened(desk, 6)
        assert server.signal_and_wait(signal.SIGTERM) == 0
        folder = server.data / "redis" / "appendonlydir"
        (log,) = folder.glob("*.incr.aof")
        whole, mark = log.read_bytes(), (server.data / "store.mark").read_bytes()
        # What no commit stands behind may be cut without a loss: leases, probes, health.
        last = whole.rindex(b"timeline:")
        generator = random.Random(seed_of_run())
        for _ in range(CUTS):
            at = generator.randrange(1, last)
            log.write_bytes(whole[:at])
            (server.data / "store.mark").write_bytes(mark)
            line = refusal(world)
            assert "missing" in line or "is empty" in line or "lacks its id" in line or "gone" in line, (
                at,
                line,
            )
        log.write_bytes(whole)
        assert serves(world.ctl(world.server()))

    def test_an_earlier_copy_is_noticed_and_refunds_wait_for_finance(self, world):
        server = world.server()
        desk = world.desk(server)
        case = qualified(desk)
        cursor = world.path / "c"
        desk.admin.done(
            "event",
            "tail",
            "--cursor-file",
            cursor,
            "--from",
            "beginning",
            "--no-follow",
            output="jsonl",
        )
        early = cursor.read_bytes()
        assert server.signal_and_wait(signal.SIGTERM) == 0
        copy = world.path / "copy"
        shutil.copytree(server.data / "redis", copy)
        server = world.server()
        move(desk, world, server)
        case.step("finance", "refund")
        opened(desk, 2)
        desk.admin.done("event", "tail", "--cursor-file", cursor, "--no-follow", output="jsonl")
        late = cursor.read_bytes()
        assert late != early
        assert server.signal_and_wait(signal.SIGTERM) == 0
        shutil.rmtree(server.data / "redis")
        shutil.copytree(copy, server.data / "redis")
        line = refusal(world)
        assert re.search(r"at least \d+ acknowledged changes are missing", line), line
        server = accept(world)
        move(desk, world, server)
        # The refund of before went to the gateway; the store does not know it.
        assert case.state == "qualified"
        answer = case.refused("finance", "refund", reason="RECONCILE_FIRST", status=CONFLICT)
        assert "a refund by another method is started again, under its id" in answer.err
        allowed = re.search("allowed now: (.*)", answer.err)[1].split(", ")
        assert "record_refund" in allowed and "refund" not in allowed, answer
        run = re.search(r"admin reconciled ([^\s;]+)", answer.err)[1]
        assert f"returnsctl case refund {case.id}" not in answer.err, answer
        assert desk["finance"]("case", "refund", case.id, "--dry-run").status == DONE
        # What is to be typed next records it.
        hint = f"refund-result {case.id} succeeded --lost --refund-id ID --amount AMOUNT --voucher NO"
        assert hint in desk["finance"]("case", "allowed", case.id, output="table").out
        step = desk["finance"]("case", "note", case.id, "Asked the gateway.", "--yes", output="table")
        note = "  # if the gateway has paid it; other refunds wait: returnsctl admin info"
        assert re.search(f"{re.escape(hint)} --server .*{note}", step.out), step
        desk.changes += 1
        # Finance records what the gateway paid, before anything may be paid anew.
        lost = ("refund-result", "succeeded", "--lost", "--refund-id", f"{case.id}-1")
        case.refused("finance", *lost, "--amount", "1000.00", "--voucher", "V", reason="AMOUNT_EXCEEDED")
        case.step("finance", *lost, "--amount", "5.00", "--voucher", "V-1", state="qualified")
        assert desk["finance"]("admin", "reconciled", "9.1", "--yes").status == CONFLICT
        # One by another method is no gateway's: it waits for the confirmation, and is started again.
        way = (
            "--refund-id",
            f"{case.id}-2",
            "--other-method",
            "transfer",
            "--other-method-reason",
            "card closed",
        )
        case.refused("supervisor", "refund", *way, reason="RECONCILE_FIRST", status=CONFLICT)
        assert_confirmed_once(desk["finance"], run)
        case.step("supervisor", "refund", *way, state="refunding")
        case.step("finance", "refund-result", "succeeded", "--refund-id", f"{case.id}-2", "--voucher", "V-2")
        # Cursors: good up to the copy, refused beyond it, also once the log has grown past them.
        opened(desk, 5)
        cursor.write_bytes(early)
        desk.admin.done("event", "tail", "--cursor-file", cursor, "--no-follow", output="jsonl")
        cursor.write_bytes(late)
        answer = desk.admin("event", "tail", "--cursor-file", cursor, "--no-follow", output="jsonl")
        assert answer.status != DONE and "CURSOR_OF_LOST_EVENTS" in answer.err, answer
        since = re.search(r"subscribe since (\S+Z)", answer.err)[1]
        assert f"returnsctl event tail --from {since}" in answer.err, answer
        assert "case list" not in answer.err and "returnsctl case get ID" in answer.err, answer
        events = desk.admin.done("event", "tail", "--from", since, "--no-follow", output="jsonl").rows
        assert len(events) >= 6, "the advice leads to what happened since"

    def test_a_whole_folder_put_back_is_told_by_cursors_of_later(self, world):
        """The mark outside Redis is as old as the copy, so the start finds nothing amiss; cursors do."""
        server = world.server()
        desk = world.desk(server)
        opened(desk, 1)
        assert server.signal_and_wait(signal.SIGTERM) == 0
        copy = world.path / "copy"
        shutil.copytree(server.data, copy, ignore=shutil.ignore_patterns("*.sock"))
        server = world.server()
        move(desk, world, server)
        opened(desk, 2)
        cursor = world.path / "c"
        desk.admin.done(
            "event",
            "tail",
            "--cursor-file",
            cursor,
            "--from",
            "beginning",
            "--no-follow",
            output="jsonl",
        )
        assert server.signal_and_wait(signal.SIGTERM) == 0
        shutil.rmtree(server.data)
        shutil.copytree(copy, server.data)
        server = world.server()
        move(desk, world, server)
        opened(desk, 3)
        answer = desk.admin("event", "tail", "--cursor-file", cursor, "--no-follow", output="jsonl")
        assert answer.status != DONE and "CURSOR_OF_LOST_EVENTS" in answer.err, answer

    def test_a_record_that_is_gone_is_no_empty_redis_and_is_made_anew(self, world):
        """One key is deleted by hand: the cases are still there, and no other store is made over them."""
        server = world.server("--partitions", "4")
        desk = world.desk(server)
        ids = opened(desk)
        socket = server.data / "redis.sock"
        known = redis_cli(socket, "HGET", "returns:store", "id")
        redis_cli(socket, "DEL", "returns:store")
        words = "record of itself is damaged: it is gone, and keys of a store are there"
        wait_until(lambda: words in desk.admin("admin", "info", output="table").out, "the fault to be told")
        assert "is empty" not in server.log
        assert server.signal_and_wait(signal.SIGTERM) == 0
        # No start writes anything before it knows.
        line = refusal(world, "--partitions", "4")
        assert words in line and "--accept-loss" in line and "RUNBOOK.md" in line, line
        line = refusal(world, "--accept-loss")
        assert "the store had 4 partitions, not 64; start with --partitions 4" in line, line
        server = accept(world, "--partitions", "4")
        ctl = world.ctl(server)
        assert "made anew from what this server knows" in server.log
        assert {row["id"] for row in ctl.done("case", "list", output="jsonl").rows} == set(ids)
        assert redis_cli(socket, "HGET", "returns:store", "id") == known
        assert ctl.done("admin", "verify-indexes").json.get("problems", 0) in (0, "0")
        assert server.signal_and_wait(signal.SIGTERM) == 0
        # Once is enough.
        assert serves(world.ctl(world.server("--partitions", "4")))

    def test_a_damaged_mark_stops_the_start(self, world):
        server = world.server()
        assert server.signal_and_wait(signal.SIGTERM) == 0
        mark = server.data / "store.mark"
        text = mark.read_text()
        for damaged in ["x", "returns store mark \n", text[:-1]]:
            mark.write_text(damaged)
            line = refusal(world)
            assert "store.mark is damaged" in line, line
        for other in ["1", "3"]:
            mark.write_text(text.replace("mark 2", f"mark {other}", 1))
            line = refusal(world)
            assert "was written by another version of returnsd" in line and "damaged" not in line, line

    def test_the_mark_holds_no_personal_data_and_is_only_ours(self, world):
        server = world.server()
        assert server.signal_and_wait(signal.SIGTERM) == 0
        mark = server.data / "store.mark"
        assert mark.stat().st_mode & 0o077 == 0
        assert re.fullmatch(
            rb"returns store mark 2\n[0-9a-f]{32}\n1\.[0-9a-f]+\n[0-9 ]+\n\n",
            mark.read_bytes(),
        )


class TestOwnRedis:
    @pytest.fixture
    def redis(self, world):
        return world.redis()

    @pytest.fixture
    def server(self, world, redis):
        return world.server("--redis", redis.url, "--metrics", "127.0.0.1:0")

    @pytest.fixture
    def desk(self, world, server):
        return world.desk(server)

    def test_one_that_is_emptied_takes_nothing(self, world, redis, server, desk):
        (case,) = opened(desk, 1)
        order = desk.order((MUG, 2, 900))
        redis.cli("FLUSHALL")
        begun = time.monotonic()
        noticed(desk.admin, server, "Redis is empty", begun, fault="emptied")
        # Neither a change nor an untrue "no such case".
        answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form(order, ("1", 1)))
        assert answer.status == UNAVAILABLE and "STORE_EMPTIED" in answer.err, answer
        answer = desk.admin("case", "get", case)
        assert answer.status == UNAVAILABLE and "is gone" in answer.err, answer
        assert redis.cli("DBSIZE") == "0"
        assert server.log.count("the store must not be used") == 1
        other = world.server("--redis", redis.url, "--accept-loss", data="d2")
        # A server that never knew the old store makes a new one; the first does not follow it there.
        assert serves(world.ctl(other))
        assert not serves(desk.admin)

    def test_a_server_of_another_folder_writes_nothing_where_the_record_is_gone(
        self, world, redis, server, desk
    ):
        ids = opened(desk)
        assert server.signal_and_wait(signal.SIGTERM) == 0
        redis.cli("DEL", "returns:store")
        before = redis.cli("DBSIZE")
        for flags in [(), ("--accept-loss",), ("--partitions", "8")]:
            line = refusal(world, "--redis", redis.url, *flags, data="fresh")
            assert "it is gone, and keys of a store are there" in line, line
        assert redis.cli("DBSIZE") == before and redis.cli("EXISTS", "returns:store") == "0"
        # The one that knows the store makes the record; then the other one follows.
        move(desk, world, accept(world, "--redis", redis.url))
        other = world.server("--redis", redis.url, data="fresh")
        assert {row["id"] for row in desk.admin.done("case", "list", output="jsonl").rows} == set(ids)
        assert serves(world.ctl(other))

    def test_lists_of_one_that_is_emptied_are_not_empty(self, redis, server, desk):
        """Asked at once, before any look: nobody is told that there is nothing."""
        opened(desk, 1)
        order = v1.OrderKey(sale_channel="online", order_no="O-1")
        paid = v1.Payment(reference="p", method=v1.PAYMENT_METHOD_CARD, amount_minor=1)
        changed = v1.ChangePaymentsRequest(key=order, payments=[paid], reason="x")

        async def ask():
            token = server.token_file.read_text().strip()
            options = ClientOptions(retry=RetryPolicy(attempts_max=1))
            async with Client(server.address, token=token, options=options) as client:
                clocks, events = v1.ClockServiceStub(client), v1.EventServiceStub(client)
                today = {"from_date": "2026-11-01", "to_date": "2026-11-02"}
                await v1.HealthServiceStub(client).check(v1.HealthCheckRequest())
                redis.cli("FLUSHALL")
                return await asyncio.gather(
                    v1.CaseServiceStub(client).list_cases(v1.ListCasesRequest()),
                    v1.CaseServiceStub(client).list_cases(v1.ListCasesRequest(order=order)),
                    v1.OrderServiceStub(client).get_order(v1.GetOrderRequest(key=order)),
                    v1.OrderServiceStub(client).change_payments(changed),
                    v1.AdminServiceStub(client).verify_indexes(v1.VerifyIndexesRequest()),
                    clocks.list_due(v1.ListDueRequest(person="service-1")),
                    clocks.sweep(v1.SweepRequest()),
                    clocks.list_due(v1.ListDueRequest()),
                    clocks.get_board(v1.GetBoardRequest()),
                    clocks.get_attainment(v1.GetAttainmentRequest(**today)),
                    clocks.next_work(v1.NextWorkRequest(role=v1.ROLE_SERVICE)),
                    events.list_event_groups(v1.ListEventGroupsRequest()),
                    v1.WebhookServiceStub(client).list_webhooks(v1.ListWebhooksRequest()),
                    v1.WebhookServiceStub(client).list_deliveries(v1.ListDeliveriesRequest(name="erp")),
                    return_exceptions=True,
                )

        for answer in asyncio.run(ask()):
            assert isinstance(answer, RCPError) and answer.code.name == "UNAVAILABLE", answer

    def test_nobody_and_no_policy_is_unknown_where_the_store_is_gone(self, redis, server, desk):
        """Each is asked at once, before any look, and by itself: so none hears what another one has found."""
        (case,) = opened(desk, 1)

        def calls(client):
            cases, assigned = v1.CaseServiceStub(client), v1.CaseTarget(case_id=case)
            calendar, sla = v1.CalendarServiceStub(client), v1.SlaPolicyServiceStub(client)
            yield lambda: cases.assign_case(v1.AssignCaseRequest(target=assigned, person="nobody"))
            yield lambda: v1.PolicyServiceStub(client).get_policy(v1.GetPolicyRequest(version=9))
            yield lambda: sla.get_sla_policy(v1.GetSlaPolicyRequest(version=9))
            yield lambda: calendar.get_calendar(v1.GetCalendarRequest(name="none"))
            yield lambda: calendar.get_calendar(v1.GetCalendarRequest(name="default", version=9))

        async def ask():
            token = server.token_file.read_text().strip()
            options = ClientOptions(retry=RetryPolicy(attempts_max=1))
            async with Client(server.address, token=token, options=options) as client:
                for call in calls(client):
                    redis.cli("SWAPDB", "0", "1")
                    try:
                        with pytest.raises(RCPError) as refused:
                            await call()
                    finally:
                        redis.cli("SWAPDB", "0", "1")
                    assert "is empty" in str(refused.value), refused.value
                    wait_until(lambda: serves(desk.admin), "the server to serve again")

        asyncio.run(ask())

    def test_another_store_behind_the_address_is_noticed(self, world, redis, server, desk):
        opened(desk, 1)
        redis.stop()
        shutil.rmtree(redis.directory)
        exchanged = world.redis()
        world.server("--redis", exchanged.url, "--partitions", "8", data="other").signal_and_wait(
            signal.SIGTERM
        )
        begun = time.monotonic()
        before = exchanged.cli("DBSIZE")
        noticed(desk.admin, server, "belongs to the store", begun, fault="exchanged")
        answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form("O-1", ("1", 1)))
        assert answer.status == UNAVAILABLE, answer
        assert exchanged.cli("DBSIZE") == before

    def test_a_replica_is_noticed_and_left_again(self, redis, server, desk):
        opened(desk, 1)
        redis.cli("REPLICAOF", "127.0.0.1", "1")
        begun = time.monotonic()
        noticed(desk.admin, server, "is a replica", begun, fault="replica")
        answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form("O-1", ("1", 1)))
        assert answer.status == UNAVAILABLE and "replica" in answer.err, answer
        redis.cli("REPLICAOF", "NO", "ONE")
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        opened(desk, 1)

    def test_an_evicting_policy_is_noticed(self, redis, server, desk):
        redis.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        begun = time.monotonic()
        noticed(desk.admin, server, "maxmemory-policy allkeys-lru", begun, fault="evicting")
        answer = desk["channel"]("case", "submit", "-f", "-", input=desk.form("O-1", ("1", 1)))
        assert answer.status == UNAVAILABLE and "STORE_EVICTING" in answer.err, answer
        redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction")
        wait_until(lambda: serves(desk.admin), "the server to serve again")

    def test_an_import_says_that_it_waits_for_a_full_memory(self, redis, server, desk):
        (case,) = opened(desk, 1)
        order = desk.read_order(desk.admin.done("case", "get", case).json["case"]["order"]["orderNo"])
        lines = "\n".join(
            json.dumps(
                {name: order[name] for name in order if name not in ("version", "updatedAtMs")}
                | {"key": {"saleChannel": "online", "orderNo": f"F-{number}"}}
            )
            for number in range(3)
        )
        redis.cli("CONFIG", "SET", "maxmemory", "1mb")
        answer = desk["channel"]("order", "import", "-", "--timeout", "12s", input=lines)
        assert answer.status == UNAVAILABLE, answer
        # Off a terminal too, and once each: that it waits, for what, and what to do in the end.
        for words in (
            "the import waits for the server",
            "waiting for the server: ",
            "the same command again goes on",
        ):
            assert answer.err.count(words) == 1, answer
        assert re.search(r"waiting for the server: .*\[STORE_MEMORY_FULL\]", answer.err), answer
        assert answer.err.index("import waits") < answer.err.index("same command again"), answer
        redis.cli("CONFIG", "SET", "maxmemory", "0")
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        assert desk["channel"].done("order", "import", "-", input=lines).json["created"] == 3

    def test_a_full_memory_is_said_in_those_words(self, redis, server, desk):
        (case,) = opened(desk, 1)
        redis.cli("CONFIG", "SET", "maxmemory", "1mb")
        begun = time.monotonic()
        noticed(desk.admin, server, "memory limit is reached", begun)
        advice = "Raise maxmemory (redis-cli CONFIG SET maxmemory …)"
        assert advice in desk.admin("ping").json["reason"] and advice in server.http("/readyz")[1]
        assert advice in desk.admin("admin", "info", output="table").out and advice in server.log
        answer = desk["service-1"]("case", "verify", case, "--yes")
        assert answer.status == UNAVAILABLE and "STORE_MEMORY_FULL" in answer.err, answer
        # Reading goes on.
        desk.admin.done("case", "get", case)
        redis.cli("CONFIG", "SET", "maxmemory", "0")
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        desk["service-1"].done("case", "verify", case, "--yes")

    def test_one_that_hangs_is_noticed_whenever_it_does(self, redis, server, desk):
        """In whatever step of its look the server meets it."""
        generator = random.Random(seed_of_run())
        for _ in range(CUTS):
            wait_until(lambda: serves(desk.admin), "the server to serve")
            passed = time.monotonic() + generator.random()
            wait_until(lambda passed=passed: time.monotonic() > passed, "a moment within the look's second")
            redis.process.send_signal(signal.SIGSTOP)
            try:
                noticed(desk.admin, server, "Redis does not answer", time.monotonic())
            finally:
                redis.process.send_signal(signal.SIGCONT)

    def test_one_that_holds_writes_back_is_told_from_one_that_is_silent(self, redis, server, desk):
        redis.cli("CLIENT", "PAUSE", "5000", "WRITE")
        noticed(desk.admin, server, "Redis answers reads, but takes no changes in time", time.monotonic())
        # Until the pause is over, in each of the looks.
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        assert "does not serve: Redis does not answer" not in server.log

    def test_a_user_that_loses_a_right_is_noticed(self, redis, server, desk):
        (case,) = opened(desk, 1)
        redis.cli("ACL", "SETUSER", "default", "-fcall")
        noticed(desk.admin, server, "lacks a right", time.monotonic())
        answer = desk["service-1"]("case", "verify", case, "--yes")
        assert answer.status == UNAVAILABLE and "STORE_NOT_PERMITTED" in answer.err, answer
        redis.cli("ACL", "SETUSER", "default", "+@all")
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        desk["service-1"].done("case", "verify", case, "--yes")

    def test_too_few_replicas_are_noticed(self, redis, server, desk):
        (case,) = opened(desk, 1)
        redis.cli("CONFIG", "SET", "min-replicas-to-write", "1")
        noticed(desk.admin, server, "too few replicas are connected", time.monotonic())
        answer = desk["service-1"]("case", "verify", case, "--yes")
        assert answer.status == UNAVAILABLE and "STORE_REPLICAS_MISSING" in answer.err, answer
        desk.admin.done("case", "get", case)
        redis.cli("CONFIG", "SET", "min-replicas-to-write", "0")
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        desk["service-1"].done("case", "verify", case, "--yes")

    def test_persistence_that_is_turned_off_is_a_warning(self, redis, server, desk):
        redis.cli("CONFIG", "SET", "appendonly", "no")
        wait_until(
            lambda: "appendonly no" in desk.admin("admin", "info", output="table").out,
            "the warning",
            seconds=10,
        )
        assert "appendonly no" in server.log

    def test_a_restart_of_redis_loses_no_call_and_no_case(self, world, redis, server, desk):
        ids = opened(desk, 2)
        redis.stop()
        again = world.redis()
        wait_until(lambda: serves(desk.admin), "the server to serve again")
        ids += opened(desk, 1)
        assert {row["id"] for row in desk.admin.done("case", "list", output="jsonl").rows} == set(ids)
        assert desk.admin.done("admin", "info").json["storeRun"].startswith("2.")
        assert redis_cli(again.socket, "HGET", "returns:store", "loss") == ""


def test_a_return_to_the_former_redis_is_a_loss(world):
    """The address leads to a replica that lagged, the settings tolerate what it
    lacks, a refund is paid; then it leads back."""
    former = world.redis(directory="former")
    address = world.path / "address.sock"
    address.symlink_to(former.socket)
    server = world.server("--redis", f"unix://{address}", "--partitions", "1", "--tolerated-loss", "1000")
    desk = world.desk(server)
    opened(desk, 2)
    shutil.copytree(former.directory, world.path / "other", ignore=shutil.ignore_patterns("*.sock"))
    opened(desk, 12)

    def lead_to(redis):
        address.unlink()
        address.symlink_to(redis.socket)

    other = world.redis(directory="other")
    lead_to(other)
    former.stop()
    wait_until(lambda: "which the settings tolerate" in server.log, "the loss to be tolerated")
    wait_until(lambda: serves(desk.admin), "the server to serve again")
    desk["finance"].done(
        "admin", "reconciled", desk.admin.done("admin", "info").json["unreconciledRun"], "--yes"
    )
    case = qualified(desk)
    case.step("finance", "refund", state="refunding")
    case.step("finance", "refund-result", "succeeded", "--voucher", "V1")
    former = world.redis(directory="former")
    lead_to(former)
    other.stop()
    wait_until(
        lambda: "must not be used: Redis holds an earlier state" in server.log, "the loss to be noticed"
    )
    assert not serves(desk.admin)
    answer = desk.admin("case", "get", case.id)
    assert answer.status == UNAVAILABLE, answer
