"""Two servers of one build on a store are changed over to another build, one after the other, under load: no
call fails, and nothing is lost.

RETURNS_OLDER_BINARY names the build that is there at first; newer_build.py makes one that knows a field of
the form, one of policies and a writer level more, to be named in RETURNSD. Without it both are the same
build, and what the two know of each other is not looked at.
"""

import asyncio
import itertools
import os
import signal
import subprocess

import pytest
from harness.binaries import IS_LONG
from harness.opening import PATIENT, order
from harness.waiting import wait_until
from newer_build import NUMBER
from returns_client import Client, ClientOptions, Outcome, RCPError, StatusCode
from returns_client import returns_v1 as v1

WORKERS = 4
# While both are old, while one is, while none is, and behind the raised level.
CASES_A_PHASE = 150 if IS_LONG else 20
GRACE_SECONDS = 40


def submission(key):
    return v1.SubmitCaseRequest(
        order=key,
        intake_channel=v1.INTAKE_CHANNEL_WEBSITE,
        reason_code="faulty",
        free_text="broken",
        contact=v1.Contact(name="Ann", email="ann@example.org"),
        lines=[v1.RequestedLine(line_id="1", quantity=1)],
        conditions=[v1.DeclaredCondition(code=code, met=True) for code in ("original_packaging", "unused")],
    )


class Load:
    """Workers that open cases, take them along and read them again, each on both servers in turn."""

    def __init__(self, clients):
        self.clients = clients
        # The last reply about each case.
        self.acknowledged = {}
        self.calls, self.failures = 0, []
        self.is_over = False
        self._changed = asyncio.Event()

    async def work(self, worker):
        clients = itertools.cycle(self.clients[worker % 2 :] + self.clients[: worker % 2])
        for number in itertools.count():
            if self.is_over:
                return
            try:
                await self._case(clients, f"W{worker}-{number}")
            except RCPError as failure:
                self.failures.append(f"W{worker}-{number}: {failure}")
            self._changed.set()

    async def _case(self, clients, name):
        key = v1.OrderKey(sale_channel="online", order_no=name)
        await self._call(clients, v1.OrderServiceStub, "put_order", v1.PutOrderRequest(order=order(key)))
        form = submission(key)
        cases = v1.CaseServiceStub
        case = (await self._step(clients, "submit_case", form)).id
        target = v1.CaseTarget(case_id=case)
        verified = v1.VerifyCaseRequest(target=target, customer_verified=True, order_verified=True)
        await self._step(clients, "verify_case", verified)
        approved = v1.ApproveCaseRequest(target=target, return_address="Dock 4")
        await self._step(clients, "approve_case", approved)
        await self._step(clients, "add_note", v1.AddNoteRequest(target=target, text="seen"))
        found = await self._call(clients, cases, "get_case", v1.GetCaseRequest(case_id=case))
        assert found.case == self.acknowledged[case]
        listed = await self._call(clients, cases, "list_cases", v1.ListCasesRequest(order=key))
        assert [item.id for item in listed.cases] == [case]
        assert not listed.unreadable_case_ids

    async def _step(self, clients, name, request):
        case = (await self._call(clients, v1.CaseServiceStub, name, request)).case
        self.acknowledged[case.id] = case
        return case

    async def _call(self, clients, stub, name, request):
        self.calls += 1
        return await getattr(stub(next(clients)), name)(request, PATIENT)

    async def more(self, cases):
        wanted = len(self.acknowledged) + cases
        while len(self.acknowledged) < wanted and not self.failures:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 60)


class Builds:
    """Two places for servers on one store, and which build stands in each."""

    def __init__(self, world, older, newer):
        self.world, self.older, self.newer = world, older, newer
        self.redis = world.redis()
        self.addresses = {place: f"unix:{world.path}/{place}.sock" for place in "ab"}
        self.servers = {}

    def start(self, place, program):
        self.servers[place] = self.world.server(
            "--redis", self.redis.url, data=place, listen=self.addresses[place], program=program
        )

    async def change_over(self, place):
        server = self.servers[place]
        server.process.send_signal(signal.SIGTERM)
        status = await asyncio.to_thread(server.process.wait, GRACE_SECONDS)
        assert status == 0, server.log
        await asyncio.to_thread(self.start, place, self.newer)

    def upgrade(self):
        command = [self.newer, "--upgrade", "--redis", self.redis.url, "--data", str(self.world.path / "u")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=self.world.path)

    def info(self, place):
        return self.world.ctl(self.servers[place]).done("admin", "info").json

    @property
    def token(self):
        return self.servers["a"].token_file.read_text().strip()


def gift_text():
    """The bytes of the field that the newer build knows more."""
    tag = NUMBER << 3 | 2
    return bytes([tag & 0x7F | 0x80, tag >> 7, 4]) + b"bows"


async def submit_with_the_newer_field(builds, place, name):
    """What came of it: the case, or why it was refused."""
    async with Client(builds.addresses[place], token=builds.token) as client:
        pushed = order(v1.OrderKey(sale_channel="online", order_no=name))
        await v1.OrderServiceStub(client).put_order(v1.PutOrderRequest(order=pushed), PATIENT)
        form = submission(pushed.key)
        form.MergeFromString(gift_text())
        try:
            return (await v1.CaseServiceStub(client).submit_case(form, PATIENT)).case
        except RCPError as failure:
            return failure.outcome, [detail.reason for detail in failure.details]


async def put_policy_with_the_newer_field(builds, place, note):
    """What came of it: the policy, or why it was refused."""
    async with Client(builds.addresses[place], token=builds.token) as client:
        stub = v1.PolicyServiceStub(client)
        policy = (await stub.get_policy(v1.GetPolicyRequest(), PATIENT)).policy
        replaces = policy.version
        policy.instructions = note
        policy.MergeFromString(gift_text())
        put = v1.PutPolicyRequest(policy=policy, replaces_version=replaces)
        try:
            version = (await stub.put_policy(put, PATIENT)).version
        except RCPError as failure:
            return failure.outcome, [detail.reason for detail in failure.details]
        return (await stub.get_policy(v1.GetPolicyRequest(version=version), PATIENT)).policy


async def load_through(builds, after):
    """Puts load on both servers, changes them over, and does what is to be done `after`, still under load."""
    options = ClientOptions(reconnect_first=0.02, reconnect_max=0.1)
    addresses = list(builds.addresses.values())
    async with (
        Client(addresses, token=builds.token, options=options) as first,
        Client(addresses[::-1], token=builds.token, options=options) as second,
    ):
        load = Load([first, second])
        workers = [asyncio.create_task(load.work(number)) for number in range(WORKERS)]
        await load.more(CASES_A_PHASE)
        for place in "ab":
            await builds.change_over(place)
            await load.more(CASES_A_PHASE)
        await asyncio.to_thread(after)
        await load.more(CASES_A_PHASE)
        load.is_over = True
        await asyncio.wait_for(asyncio.gather(*workers), 120)
        assert load.failures == [], load.failures[:3]
        cases = v1.CaseServiceStub(first)
        for id, case in load.acknowledged.items():
            assert (await cases.get_case(v1.GetCaseRequest(case_id=id), PATIENT)).case == case
        return load


@pytest.fixture
def builds(world, returnsd):
    builds = Builds(world, os.environ.get("RETURNS_OLDER_BINARY") or returnsd, returnsd)
    # The first one makes the store, at the level that it knows.
    for place in "ab":
        builds.start(place, builds.older)
    return builds


def test_no_call_fails_while_servers_are_changed_over(world, builds):
    older = builds.info("a")
    knows_more = builds.older != builds.newer
    if knows_more:
        # A server says that it does not know what it is given, whoever gives it. Of a policy it cannot tell
        # whether another one took the request before.
        for give, outcome in (
            (submit_with_the_newer_field, Outcome.NOT_APPLIED),
            (put_policy_with_the_newer_field, Outcome.UNKNOWN),
        ):
            refusal = asyncio.run(give(builds, "a", "EARLY-1"))
            assert refusal == (outcome, ["FIELD_UNKNOWN"])

    def raise_level():
        if knows_more:
            # All know it now, but one of the older build could still come back.
            for give in (submit_with_the_newer_field, put_policy_with_the_newer_field):
                refusal = asyncio.run(give(builds, "b", "EARLY-2"))
                assert refusal == (Outcome.NOT_APPLIED, ["LEVEL_TOO_LOW"])
        answer = builds.upgrade()
        assert answer.returncode == 0, answer
        print(answer.stdout, end="")
        for place in "ab":
            wait_until(
                lambda place=place: builds.info(place)["storeLevel"] == builds.info(place)["highestLevel"],
                "the server to learn of the level",
            )

    load = asyncio.run(load_through(builds, raise_level))
    assert len(load.acknowledged) >= 4 * CASES_A_PHASE
    ctl = world.ctl(builds.servers["b"])
    report = ctl.done("admin", "verify-indexes").json
    assert "problems" not in report and "newer" not in report, report
    assert int(report["cases"]) == len(load.acknowledged)
    newer = builds.info("a")
    print(
        f"{load.calls} calls on {len(load.acknowledged)} cases, no failure; writer level "
        f"{older['storeLevel']} to {newer['storeLevel']}"
    )
    if knows_more:
        case = asyncio.run(submit_with_the_newer_field(builds, "a", "LATE"))
        assert gift_text() in case.SerializeToString()
        assert (older["storeLevel"], newer["storeLevel"]) == (older["highestLevel"], newer["highestLevel"])
        # The one by which the cases were decided goes on standing beside it.
        policy = asyncio.run(put_policy_with_the_newer_field(builds, "b", "LATE"))
        assert gift_text() in policy.SerializeToString() and policy.version == 2
        asyncio.run(old_server_refuses(world, builds, list(load.acknowledged)))


async def old_server_refuses(world, builds, cases):
    """A server of the older build that comes back shows what was written since, and decides nothing on it."""
    server = world.server("--redis", builds.redis.url, data="c", program=builds.older)
    ctl = world.ctl(server)

    def is_told():
        return any("writer level" in text for text in ctl.done("admin", "info").json.get("warnings", []))

    wait_until(is_told, "the server to learn of the level")
    refused = []
    async with Client(server.address, token=builds.token) as client:
        stub = v1.CaseServiceStub(client)
        for id in cases:
            found = await stub.get_case(v1.GetCaseRequest(case_id=id), PATIENT)
            assert found.case.id == id
            note = v1.AddNoteRequest(target=v1.CaseTarget(case_id=id), text="seen")
            try:
                await stub.add_note(note, PATIENT)
            except RCPError as failure:
                refused.append(failure)
        # The current policy is the newer build's, so no new case can be judged by it here.
        with pytest.raises(RCPError) as submitted:
            await stub.submit_case(submission(found.case.order), PATIENT)
    for failure in [submitted.value, *refused]:
        assert failure.code is StatusCode.FAILED_PRECONDITION, failure
        assert [detail.reason for detail in failure.details] == ["RECORD_NEWER"], failure
    # Those that were written while the level stayed it goes on with.
    assert 0 < len(refused) < len(cases)
    print(f"the older build refused to decide on {len(refused)} of {len(cases)} cases, and showed them all")
