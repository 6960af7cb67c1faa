"""Redis runs a change, its reply is lost, and Redis cannot be reached for a while: what the clients are
told is true, and whoever does what they advise has each change made once."""

import asyncio
import collections
import json
import random
import time

from harness.binaries import IS_LONG, seed_of_run
from harness.command import DONE, OUTCOME_UNKNOWN, UNAVAILABLE
from harness.lossy_redis import LossyRedis
from harness.outbox import kind_word
from harness.story import UNITS, story
from harness.versions import Calendar, ReturnPolicy, SlaPolicy
from returns_client import CallOptions, Client, Outcome, RCPError, RetryPolicy
from returns_client.options import ClientOptions
from returns_client.returns_v1 import (
    INTAKE_CHANNEL_WEBSITE,
    ORDER_ENTRY_KIND_PAYMENTS_CHANGED,
    ORDER_STATUS_DELIVERED,
    PAYMENT_METHOD_CARD,
    ROLE_FINANCE,
    AdminServiceStub,
    AdvanceTestClockRequest,
    CaseServiceStub,
    ChangePaymentsRequest,
    CreateEventGroupRequest,
    CreatePrincipalRequest,
    CreateWebhookRequest,
    DeclaredCondition,
    DeleteEventGroupRequest,
    DeleteWebhookRequest,
    EventServiceStub,
    GetOrderRequest,
    GetServerInfoRequest,
    GetTimelineRequest,
    ListEventGroupsRequest,
    ListPrincipalsRequest,
    ListWebhooksRequest,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    Payment,
    PutOrderRequest,
    RequestedLine,
    SubmitCaseRequest,
    WebhookServiceStub,
)

MUTATIONS = 1_000 if IS_LONG else 20
# Each has a Redis, a proxy and a server of its own: most of the time is waiting for outages to end.
SITES = 5
# A command waits for a connection to Redis for a second: most outages end
# before that, every third one after it.
SHORT_OUTAGE_SECONDS, LONG_OUTAGE_SECONDS = (0.05, 0.3), (1.1, 2.2)
# The client of a server whose Redis is away: some calls are given up
# before the outage ends, others outlast it.
ATTEMPTS_MAX = (1, 2, 5)


class Site:
    """A server behind the proxy, and what the mutations need to be there."""

    def __init__(self, world, number):
        self.redis = world.redis(directory=f"r{number}")
        self.proxy = LossyRedis(world.path / f"p{number}.sock", self.redis.socket)
        world.at_end(self.proxy.end)
        self.server = world.server("--redis", self.proxy.url, "--test-clock", data=f"d{number}")
        self.tokens = {"admin": self.server.token_file.read_text().strip()}
        # The two of a story who are not the administrator.
        for role in ("warehouse", "service"):
            file = world.path / f"{role}-{number}"
            world.ctl(self.server).done("principal", "create", role, "--role", role, "--save", file)
            self.tokens[role] = file.read_text().strip()

    def client(self, who="admin", **options):
        return Client(self.server.address, token=self.tokens[who], options=ClientOptions(**options))


# The same in each push of an order, and within every return window.
YESTERDAY = int(time.time() * 1_000) - 86_400_000


def order(number, quantity=1_000):
    key = OrderKey(sale_channel="online", order_no=number)
    line = OrderLine(line_id="1", sku="MUG", name="Mug", quantity=quantity, unit_price_minor=450)
    paid = Payment(reference=number, method=PAYMENT_METHOD_CARD, amount_minor=quantity * 450)
    return Order(
        key=key,
        placed_at_ms=YESTERDAY,
        delivered_at_ms=YESTERDAY + 3_600_000,
        currency="GBP",
        customer_id="C-7",
        lines=[line],
        payments=[paid],
        status=ORDER_STATUS_DELIVERED,
    )


def form(number):
    return SubmitCaseRequest(
        order=OrderKey(sale_channel="online", order_no=number),
        intake_channel=INTAKE_CHANNEL_WEBSITE,
        reason_code="faulty",
        lines=[RequestedLine(line_id="1", quantity=UNITS)],
        conditions=[DeclaredCondition(code=code, met=True) for code in ("original_packaging", "unused")],
    )


class Mutation:
    """One change. `marker` is in the command that makes it, `count` says how often it was made; `who`
    makes it, and all else is the administrator's."""

    who = "admin"

    def __init__(self, client, number):
        self.client = client
        self.number = number

    async def prepare(self, site, draw):
        pass

    @property
    def name(self):
        """What the tally calls it."""
        return type(self).__name__

    async def tidy(self):
        pass


class PutOrder(Mutation):
    marker = b"returns_commit_"

    def call(self, client, options):
        return OrderServiceStub(client).put_order(PutOrderRequest(order=order(f"P-{self.number}")), options)

    async def count(self):
        try:
            request = GetOrderRequest(key=order(f"P-{self.number}").key)
            return (await OrderServiceStub(self.client).get_order(request)).order.version
        except RCPError as error:
            if error.code.name != "NOT_FOUND":
                raise
            return 0


class SubmitCase(Mutation):
    """Without a reference of the channel's: a repetition under
    another request id would open a second case."""

    marker = b"returns_commit_"

    async def prepare(self, site, draw):
        await OrderServiceStub(self.client).put_order(PutOrderRequest(order=order(f"S-{self.number}")))

    def call(self, client, options):
        return CaseServiceStub(client).submit_case(form(f"S-{self.number}"), options)

    async def count(self):
        request = GetOrderRequest(key=order(f"S-{self.number}").key)
        return len((await OrderServiceStub(self.client).get_order(request)).case_ids)


class ChangePayments(Mutation):
    marker = b"returns_commit_"

    async def prepare(self, site, draw):
        pushed = order(f"M-{self.number}")
        await OrderServiceStub(self.client).put_order(PutOrderRequest(order=pushed))
        await CaseServiceStub(self.client).submit_case(form(pushed.key.order_no))
        other = Payment(
            reference="other", method=PAYMENT_METHOD_CARD, amount_minor=pushed.payments[0].amount_minor
        )
        self.request = ChangePaymentsRequest(key=pushed.key, payments=[other], reason="paid by another card")

    def call(self, client, options):
        return OrderServiceStub(client).change_payments(self.request, options)

    async def count(self):
        found = await OrderServiceStub(self.client).get_order(GetOrderRequest(key=self.request.key))
        return sum(entry.kind == ORDER_ENTRY_KIND_PAYMENTS_CHANGED for entry in found.timeline)


class CaseStep(Mutation):
    """A change of a case, drawn from the way of one that was drawn too: notes, reviews, goods and refunds."""

    marker = b"returns_commit_"

    async def prepare(self, site, draw):
        number = f"C-{self.number}"
        await OrderServiceStub(self.client).put_order(PutOrderRequest(order=order(number)))
        opened = await CaseServiceStub(self.client).submit_case(form(number))
        self.case_id = opened.case.id
        steps = story(draw, self.case_id)
        self.step = draw.choice(steps)
        self.who = self.step.who
        async with site.client("warehouse") as warehouse, site.client("service") as service:
            others = {"admin": self.client, "warehouse": warehouse, "service": service}
            for step in steps:
                if step is self.step:
                    break
                await getattr(CaseServiceStub(others[step.who]), step.stub)(step.request)
        self.before = await self.changes()

    @property
    def name(self):
        return self.step.kind

    def call(self, client, options):
        return getattr(CaseServiceStub(client), self.step.stub)(self.step.request, options)

    async def changes(self):
        story = await CaseServiceStub(self.client).get_timeline(GetTimelineRequest(case_id=self.case_id))
        return sum(kind_word(entry.kind) == self.step.kind for entry in story.entries)

    async def count(self):
        return await self.changes() - self.before


class CreatePrincipal(Mutation):
    """The token is told once; who repeats the call under its id is told it again."""

    marker = b"returns_access_replace_"

    def call(self, client, options):
        request = CreatePrincipalRequest(name=f"p-{self.number}", roles=[ROLE_FINANCE])
        return AdminServiceStub(client).create_principal(request, options)

    async def count(self):
        while True:
            found = await AdminServiceStub(self.client).list_principals(ListPrincipalsRequest())
            # The server has not reached Redis again, and says so.
            if not found.last_known:
                break
            await asyncio.sleep(0.05)
        return sum(principal.name == f"p-{self.number}" for principal in found.principals)


class CreateWebhook(Mutation):
    marker = b"returns_webhook_add_"

    def call(self, client, options):
        request = CreateWebhookRequest(name=f"w-{self.number}", url="http://127.0.0.1:9/")
        return WebhookServiceStub(client).create_webhook(request, options)

    async def count(self):
        found = await WebhookServiceStub(self.client).list_webhooks(ListWebhooksRequest())
        return sum(webhook.name == f"w-{self.number}" for webhook in found.webhooks)

    async def tidy(self):
        await WebhookServiceStub(self.client).delete_webhook(DeleteWebhookRequest(name=f"w-{self.number}"))


class CreateGroup(Mutation):
    marker = b"returns_group_add_"

    def call(self, client, options):
        return EventServiceStub(client).create_event_group(
            CreateEventGroupRequest(name=f"g-{self.number}"), options
        )

    async def count(self):
        groups = await EventServiceStub(self.client).list_event_groups(ListEventGroupsRequest())
        return sum(group.name == f"g-{self.number}" for group in groups.groups)

    async def tidy(self):
        await EventServiceStub(self.client).delete_event_group(
            DeleteEventGroupRequest(name=f"g-{self.number}")
        )


class PlaceGroup(CreateGroup):
    """The record of the group is made, and the reply to the steps behind it is lost."""

    marker = b"returns_group_create_"


class AdvanceClock(Mutation):
    """Nothing but the request id keeps a second one from counting."""

    marker = b"returns_test_clock_advance_"
    step = 7

    async def now(self):
        return (await AdminServiceStub(self.client).get_server_info(GetServerInfoRequest())).now_ms

    async def prepare(self, site, draw):
        self.before = await self.now()

    def call(self, client, options):
        return AdminServiceStub(client).advance_test_clock(AdvanceTestClockRequest(by_ms=self.step), options)

    async def count(self):
        passed = await self.now() - self.before
        assert passed % self.step == 0
        return passed // self.step


class PutVersion(Mutation):
    """Of what keeps versions, as the kinds below say."""

    marker = b"returns_add_version_"

    async def prepare(self, site, draw):
        self.before, self.value = await self.kind(self.client).read()
        self.kind.change(self.value, self.number)

    def call(self, client, options):
        return self.kind(client).put(self.kind.request(self.value, self.before), options)

    async def count(self):
        current, _ = await self.kind(self.client).read()
        return current - self.before


class PutPolicy(PutVersion):
    kind = ReturnPolicy


class PutSlaPolicy(PutVersion):
    kind = SlaPolicy


class PutCalendar(PutVersion):
    kind = Calendar


KINDS = [
    PutOrder,
    ChangePayments,
    SubmitCase,
    CaseStep,
    CreateGroup,
    PlaceGroup,
    AdvanceClock,
    PutPolicy,
    PutSlaPolicy,
    PutCalendar,
    CreatePrincipal,
    CreateWebhook,
]
# Most of the protocol's changes are a case's.
WEIGHTS = [4 if kind is CaseStep else 1 for kind in KINDS]
# How often following the advice may fail before it counts as bad advice.
REPETITIONS_MAX = 20


async def make(site, kind, number, draw, tally):
    """Makes one change through an outage, and follows what the client says until it knows."""
    # What looks at the store outlives the outage, however long a busy machine takes to end it.
    async with site.client(retry=RetryPolicy(attempts_max=50)) as steady:
        mutation = kind(steady, number)
        await mutation.prepare(site, draw)
        policy = RetryPolicy(attempts_max=draw.choice(ATTEMPTS_MAX))
        async with site.client(mutation.who, retry=policy) as hasty:
            outage = LONG_OUTAGE_SECONDS if number % 3 == 0 else SHORT_OUTAGE_SECONDS
            site.proxy.arm(mutation.marker, draw.uniform(*outage))
            request_id = None
            try:
                call = mutation.call(hasty, CallOptions(timeout=draw.choice((0.5, 2.0, 30.0))))
                request_id = call.request_id
                await call
                told = Outcome.APPLIED
            except RCPError as error:
                told = error.outcome
            finally:
                site.proxy.disarm()
        made = await mutation.count()
        where = f"{mutation.name} {number}, told {told.name}"
        assert made <= 1, where
        assert (told, made) != (Outcome.NOT_APPLIED, 1), f"{where}: it was applied"
        assert (told, made) != (Outcome.APPLIED, 0), f"{where}: it was not applied"
        tally[f"{mutation.name} {told.name}{'' if made else ', not made'}"] += 1
        if told is not Outcome.APPLIED:
            # NOT_APPLIED: repeat as you like; otherwise under the same id.
            again = request_id if told is Outcome.UNKNOWN else None
            async with site.client(mutation.who) as patient:
                for _ in range(REPETITIONS_MAX):
                    repeated = mutation.call(patient, CallOptions(request_id=again))
                    failure = await failure_of(repeated)
                    if failure is None:
                        break
                    assert failure.repetition.name != "NEVER", f"{where}: {failure}"
                    if failure.outcome is not Outcome.NOT_APPLIED:
                        again = repeated.request_id
                else:
                    raise AssertionError(f"{where}: the advice leads nowhere")
        assert await mutation.count() == 1, f"{where}: after following the advice"
        await mutation.tidy()


async def failure_of(call):
    """How the call failed; None if it succeeded."""
    try:
        await call
    except RCPError as error:
        return error
    return None


def test_what_is_told_of_a_change_is_true_and_its_repetition_adds_nothing(world):
    seed = seed_of_run()
    tally = collections.Counter()
    sites = [Site(world, number) for number in range(SITES)]

    async def one_after_another(first):
        draw = random.Random(f"{seed} {first}")
        for number in range(first, MUTATIONS, SITES):
            kind = KINDS[number] if number < len(KINDS) else draw.choices(KINDS, WEIGHTS)[0]
            await make(sites[first], kind, number, draw, tally)

    async def all_of_them():
        await asyncio.gather(*(one_after_another(first) for first in range(SITES)))

    asyncio.run(all_of_them())
    # Each change once, by what its first call was told; how many of their replies were lost is another count.
    lost = sum(site.proxy.lost for site in sites)
    told = json.dumps(dict(sorted(tally.items())), indent=1)
    print(f"seed {seed}: {tally.total()} changes, {lost} of them lost a reply; {told}")
    assert tally.total() == MUTATIONS >= lost
    # The others met a Redis that the server had not reached again.
    assert lost >= MUTATIONS / 2
    assert any(name.endswith("UNKNOWN") for name in tally), "no outage was long enough"


def test_returnsctl_says_that_it_may_be_done_and_its_line_makes_sure(world):
    site = Site(world, 0)
    ctl = world.ctl(site.server)
    group = ["event", "group", "create", "erp"]
    site.proxy.arm(b"returns_group_add_", 4)
    answer = ctl("--timeout", "2s", *group)
    site.proxy.disarm()
    assert answer.status == OUTCOME_UNKNOWN, answer
    assert "look whether it was done" in answer.err, answer
    request_id = answer.err.splitlines()[-1].split("--request-id ")[1].strip()
    # The line that is offered is typed until Redis is back: the proxy lets it through after four seconds.
    ended = answer
    while ended.status != DONE:
        assert ended.status in (OUTCOME_UNKNOWN, UNAVAILABLE), ended
        ended = ctl("--timeout", "60s", *group, "--request-id", request_id)
    assert [row["name"] for row in ctl("event", "group", "list", output="jsonl").rows] == ["erp"]
