"""Redis runs a change, its reply is lost, and Redis cannot be reached for a while: what the clients are told is true, and
whoever does what they advise has each change made once."""

import asyncio
import collections
import json
import random

import pytest
from returns_client import CallOptions, Client, Outcome, RCPError, RetryPolicy
from returns_client.options import ClientOptions
from returns_client.returns_v1 import (
    INTAKE_CHANNEL_WEBSITE,
    ORDER_STATUS_PLACED,
    PAYMENT_METHOD_CARD,
    AddNoteRequest,
    AdminServiceStub,
    AdvanceTestClockRequest,
    CaseServiceStub,
    CaseTarget,
    CreateEventGroupRequest,
    DeleteEventGroupRequest,
    EventServiceStub,
    GetOrderRequest,
    GetPolicyRequest,
    GetServerInfoRequest,
    GetTimelineRequest,
    ListEventGroupsRequest,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    Payment,
    PolicyServiceStub,
    PutOrderRequest,
    PutPolicyRequest,
    RequestedLine,
    SubmitCaseRequest,
)

from harness.binaries import IS_LONG, seed_of_run
from harness.command import DONE, OUTCOME_UNKNOWN, UNAVAILABLE
from harness.lossy_redis import LossyRedis

MUTATIONS = 1_000 if IS_LONG else 14
# A command waits for a connection to Redis for a second: most outages end before that, every third one after it.
SHORT_OUTAGE_SECONDS, LONG_OUTAGE_SECONDS = (0.05, 0.3), (1.1, 1.4)
# The client of a server whose Redis is away: some calls are given up before the outage ends, others outlast it.
ATTEMPTS_MAX = (1, 2, 5)


class Fixture:
    """A server behind the proxy, and what the mutations need to be there."""

    def __init__(self, world):
        self.redis = world.redis()
        self.proxy = LossyRedis(world.path / "p.sock", self.redis.socket)
        world.at_end(self.proxy.end)
        self.server = world.server("--redis", self.proxy.url, "--test-clock")
        self.token = self.server.token_file.read_text().strip()

    def client(self, **options):
        return Client(self.server.address, token=self.token, options=ClientOptions(**options))


@pytest.fixture
def fixture(world):
    return Fixture(world)


def order(number, quantity=1_000):
    key = OrderKey(sale_channel="online", order_no=number)
    line = OrderLine(line_id="1", sku="MUG", name="Mug", quantity=quantity, unit_price_minor=450)
    paid = Payment(reference=number, method=PAYMENT_METHOD_CARD, amount_minor=quantity * 450)
    return Order(
        key=key,
        placed_at_ms=1_790_000_000_000,
        currency="GBP",
        customer_id="C-7",
        lines=[line],
        payments=[paid],
        status=ORDER_STATUS_PLACED,
    )


def form(number):
    return SubmitCaseRequest(
        order=OrderKey(sale_channel="online", order_no=number),
        intake_channel=INTAKE_CHANNEL_WEBSITE,
        reason_code="faulty",
        lines=[RequestedLine(line_id="1", quantity=1)],
    )


class Mutation:
    """One change. `marker` is in the command that makes it, `count` says how often it was made."""

    def __init__(self, client, number):
        self.client = client
        self.number = number

    async def prepare(self):
        pass

    async def tidy(self):
        pass


class PutOrder(Mutation):
    marker = b"returns_commit_"

    def call(self, options):
        return OrderServiceStub(self.client).put_order(PutOrderRequest(order=order(f"P-{self.number}")), options)

    async def count(self):
        try:
            request = GetOrderRequest(key=order(f"P-{self.number}").key)
            return (await OrderServiceStub(self.client).get_order(request)).order.version
        except RCPError as error:
            assert error.code.name == "NOT_FOUND", error
            return 0


class SubmitCase(Mutation):
    """Without a reference of the channel's: a repetition under another request id would open a second case."""

    marker = b"returns_commit_"

    async def prepare(self):
        await OrderServiceStub(self.client).put_order(PutOrderRequest(order=order(f"S-{self.number}")))

    def call(self, options):
        return CaseServiceStub(self.client).submit_case(form(f"S-{self.number}"), options)

    async def count(self):
        request = GetOrderRequest(key=order(f"S-{self.number}").key)
        return len((await OrderServiceStub(self.client).get_order(request)).case_ids)


class AddNote(Mutation):
    marker = b"returns_commit_"

    async def prepare(self):
        await OrderServiceStub(self.client).put_order(PutOrderRequest(order=order("NOTES")))
        opened = await CaseServiceStub(self.client).submit_case(form("NOTES"))
        self.case_id = opened.case.id

    def call(self, options):
        request = AddNoteRequest(target=CaseTarget(case_id=self.case_id), text=f"note {self.number}")
        return CaseServiceStub(self.client).add_note(request, options)

    async def count(self):
        story = await CaseServiceStub(self.client).get_timeline(GetTimelineRequest(case_id=self.case_id))
        return sum("note" in str(entry) and f"note {self.number}" in str(entry) for entry in story.entries)


class CreateGroup(Mutation):
    marker = b"returns_group_add_"

    def call(self, options):
        return EventServiceStub(self.client).create_event_group(
            CreateEventGroupRequest(name=f"g-{self.number}"), options
        )

    async def count(self):
        groups = await EventServiceStub(self.client).list_event_groups(ListEventGroupsRequest())
        return sum(group.name == f"g-{self.number}" for group in groups.groups)

    async def tidy(self):
        await EventServiceStub(self.client).delete_event_group(DeleteEventGroupRequest(name=f"g-{self.number}"))


class PlaceGroup(CreateGroup):
    """The record of the group is made, and the reply to the steps behind it is lost."""

    marker = b"returns_group_create_"


class AdvanceClock(Mutation):
    """Nothing but the request id keeps a second one from counting."""

    marker = b"returns_test_clock_advance_"
    step = 7

    async def now(self):
        return (await AdminServiceStub(self.client).get_server_info(GetServerInfoRequest())).now_ms

    async def prepare(self):
        self.before = await self.now()

    def call(self, options):
        return AdminServiceStub(self.client).advance_test_clock(AdvanceTestClockRequest(by_ms=self.step), options)

    async def count(self):
        passed = await self.now() - self.before
        assert passed % self.step == 0
        return passed // self.step


class PutPolicy(Mutation):
    marker = b"returns_add_version_"

    async def prepare(self):
        found = await PolicyServiceStub(self.client).get_policy(GetPolicyRequest())
        self.before, self.policy = found.current_version, found.policy
        self.policy.instructions = f"label {self.number}"

    def call(self, options):
        request = PutPolicyRequest(policy=self.policy, replaces_version=self.before)
        return PolicyServiceStub(self.client).put_policy(request, options)

    async def count(self):
        found = await PolicyServiceStub(self.client).get_policy(GetPolicyRequest())
        return found.current_version - self.before


KINDS = [PutOrder, SubmitCase, AddNote, CreateGroup, PlaceGroup, AdvanceClock, PutPolicy]
# How often following the advice may fail before it counts as bad advice.
REPETITIONS_MAX = 20


async def make(fixture, kind, number, draw, tally):
    """Makes one change through an outage, and follows what the client says until it knows."""
    async with fixture.client() as steady:
        mutation = kind(steady, number)
        await mutation.prepare()
        policy = RetryPolicy(attempts_max=draw.choice(ATTEMPTS_MAX))
        async with fixture.client(retry=policy) as hasty:
            outage = LONG_OUTAGE_SECONDS if number % 3 == 0 else SHORT_OUTAGE_SECONDS
            fixture.proxy.arm(mutation.marker, draw.uniform(*outage))
            mutation.client = hasty
            request_id = None
            try:
                call = mutation.call(CallOptions(timeout=draw.choice((0.5, 2.0, 30.0))))
                request_id = call.request_id
                await call
                told = Outcome.APPLIED
            except RCPError as error:
                told = error.outcome
            finally:
                fixture.proxy.disarm()
        mutation.client = steady
        made = await mutation.count()
        where = f"{kind.__name__} {number}, told {told.name}"
        assert made <= 1, where
        assert (told, made) != (Outcome.NOT_APPLIED, 1), f"{where}: it was applied"
        assert (told, made) != (Outcome.APPLIED, 0), f"{where}: it was not applied"
        tally[f"{kind.__name__} {told.name}{'' if made else ', not made'}"] += 1
        if told is not Outcome.APPLIED:
            # NOT_APPLIED: repeat as you like; UNKNOWN: under the same id.
            again = request_id if told is Outcome.UNKNOWN else None
            for _ in range(REPETITIONS_MAX):
                try:
                    await mutation.call(CallOptions(request_id=again))
                    break
                except RCPError as error:
                    assert error.repetition.name != "NEVER", f"{where}: {error}"
            else:
                raise AssertionError(f"{where}: the advice leads nowhere")
        assert await mutation.count() == 1, f"{where}: after following the advice"
        await mutation.tidy()


def test_what_is_told_of_a_change_is_true_and_its_repetition_adds_nothing(fixture):
    seed = seed_of_run()
    draw = random.Random(seed)
    tally = collections.Counter()

    async def all_of_them():
        for number in range(MUTATIONS):
            kind = KINDS[number] if number < len(KINDS) else draw.choice(KINDS)
            await make(fixture, kind, number, draw, tally)

    asyncio.run(all_of_them())
    # Each change once, by what its first call was told; how many of their replies were lost is another count.
    print(
        f"seed {seed}: {tally.total()} changes, {fixture.proxy.lost} of them lost a reply; "
        f"{json.dumps(dict(sorted(tally.items())), indent=1)}"
    )
    assert tally.total() == MUTATIONS >= fixture.proxy.lost
    # The others met a Redis that the server had not reached again.
    assert fixture.proxy.lost >= MUTATIONS / 2
    assert any(name.endswith("UNKNOWN") for name in tally), "no outage was long enough"


def test_returnsctl_says_that_it_may_be_done_and_its_line_makes_sure(fixture, world):
    ctl = world.ctl(fixture.server)
    group = ["event", "group", "create", "erp"]
    fixture.proxy.arm(b"returns_group_add_", 4)
    answer = ctl("--timeout", "2s", *group)
    fixture.proxy.disarm()
    assert answer.status == OUTCOME_UNKNOWN, answer
    assert "look whether it was done" in answer.err, answer
    request_id = answer.err.splitlines()[-1].split("--request-id ")[1].strip()
    # The line that is offered is typed until Redis is back: the proxy lets it through after four seconds.
    ended = answer
    while ended.status != DONE:
        assert ended.status in (OUTCOME_UNKNOWN, UNAVAILABLE), ended
        ended = ctl("--timeout", "60s", *group, "--request-id", request_id)
    assert [row["name"] for row in ctl("event", "group", "list", output="jsonl").rows] == ["erp"]
