"""Clients that take cases through changes of every kind, and a journal of the replies: what is in the
store can be compared with what was said of it."""

import asyncio
import collections
import contextlib
import itertools
import random
import threading
import time

from returns_client import CallOptions, Client, Outcome, RCPError, Repetition, RetryPolicy
from returns_client import returns_v1 as v1
from returns_client.options import ClientOptions

from .outbox import FIRED, kind_word
from .story import UNIT_PRICE, UNITS, story

# Some give up at once, others outlast most outages.
ATTEMPTS_MAX = (1, 2, 5)
TIMEOUTS = (0.5, 2.0, 30.0)
# A change that is not through by then never will be.
CHANGE_SECONDS_MAX = 90


class Record:
    """What the clients were told of one order and its case."""

    def __init__(self, number):
        self.key = v1.OrderKey(sale_channel="online", order_no=number)
        self.puts = 0
        self.case_id = None
        self.kinds = []
        self.committed = self.paid = 0


class WentWrong(Exception):
    """A reply that must not be. The journal tells it, and the case is left as it is."""


class Workload(threading.Thread):
    """Takes cases through until it is told to stop. Every reply is compared with what the change did."""

    WORKERS = 12

    def __init__(self, address, tokens, seed, name="w"):
        super().__init__(daemon=True)
        self.address, self.tokens, self.seed, self.prefix = address, tokens, seed, name
        self.records = []
        # Replies: by what they said.
        self.told = collections.Counter()
        self.acknowledged = collections.Counter()
        # What must not be: a text for each.
        self.wrong = []
        self.failure = None
        self._stops = self._is_abandoned = False
        self._loop = self._task = None

    @property
    def acknowledged_count(self):
        return self.acknowledged.total()

    def stop(self):
        """Lets each change come to its end."""
        self._stops = True
        self._join()

    def abandon(self):
        """Leaves the changes under way as they are; nothing is sent any more."""
        self._is_abandoned = True
        if self.is_alive() and self._task:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._join()

    def _join(self):
        self.join(timeout=CHANGE_SECONDS_MAX + 60)
        assert not self.is_alive(), "the clients have not come to an end"
        if self.failure:
            raise self.failure

    def run(self):
        try:
            asyncio.run(self._work())
        except BaseException as failure:
            if not (self._is_abandoned and isinstance(failure, asyncio.CancelledError)):
                self.failure = failure

    def _client(self, who, **options):
        return Client(self.address, token=self.tokens[who], options=ClientOptions(**options))

    async def _work(self):
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self.hasty = {
            who: [self._client(who, retry=RetryPolicy(attempts_max=count)) for count in ATTEMPTS_MAX]
            for who in self.tokens
        }
        self.steady = self._client("admin", timeout=60)
        try:
            await asyncio.gather(*(self._take_cases(worker) for worker in range(self.WORKERS)))
        finally:
            for client in [self.steady, *itertools.chain(*self.hasty.values())]:
                await client.close()

    async def _take_cases(self, worker):
        draw = random.Random(f"{self.seed} {self.prefix} {worker}")
        number = 0
        while not self._stops:
            number += 1
            record = Record(f"{self.prefix}-{worker}-{number}")
            self.records.append(record)
            with contextlib.suppress(WentWrong):
                await self._take_case(draw, record)

    async def _take_case(self, draw, record):
        await self._put_order(draw, record, "GB")
        if draw.random() < 0.2:
            await self._put_order(draw, record, "FR")
        if draw.random() < 0.2:
            await self._group(draw, record)
        await self._submit(draw, record)
        for step in story(draw, record.case_id):
            if self._stops:
                return
            await self._step(draw, record, step)

    # The changes

    async def _put_order(self, draw, record, country):
        total = UNITS * UNIT_PRICE
        order = v1.Order(
            key=record.key,
            placed_at_ms=int(time.time() * 1_000) - 86_400_000,
            delivered_at_ms=int(time.time() * 1_000) - 3_600_000,
            customer_id="C-7",
            country=country,
            currency="GBP",
            status=v1.ORDER_STATUS_DELIVERED,
            lines=[v1.OrderLine(line_id="1", sku="MUG", quantity=UNITS, unit_price_minor=UNIT_PRICE)],
            payments=[v1.Payment(reference="card", method=v1.PAYMENT_METHOD_CARD, amount_minor=total)],
        )

        async def count():
            found = await self.order(record)
            return (found.order.version if found else 0) - record.puts

        def call(client, options):
            return v1.OrderServiceStub(client).put_order(v1.PutOrderRequest(order=order), options)

        await self._change(draw, f"put_order {record.key.order_no}", "admin", call, count)
        record.puts += 1

    async def _submit(self, draw, record):
        """Without a reference of the channel's: nothing but the request
        id keeps a second case from being opened."""
        form = v1.SubmitCaseRequest(
            order=record.key,
            intake_channel=v1.INTAKE_CHANNEL_WEBSITE,
            reason_code="unwanted",
            lines=[v1.RequestedLine(line_id="1", quantity=UNITS)],
            conditions=[
                v1.DeclaredCondition(code=code, met=True) for code in ("original_packaging", "unused")
            ],
        )

        async def count():
            return len((await self.order(record)).case_ids)

        def call(client, options):
            return v1.CaseServiceStub(client).submit_case(form, options)

        reply = await self._change(draw, f"submit_case {record.key.order_no}", "admin", call, count)
        record.case_id = reply.case.id
        record.kinds.append("submitted")

    async def _step(self, draw, record, step):
        async def count():
            return len(await self.kinds(record)) - len(record.kinds)

        def call(client, options):
            return getattr(v1.CaseServiceStub(client), step.stub)(step.request, options)

        await self._change(draw, f"{step.stub} {record.case_id}", step.who, call, count)
        record.kinds.append(step.kind)
        record.committed += step.committed
        record.paid += step.paid

    async def _group(self, draw, record):
        name = f"g-{record.key.order_no}"

        async def count():
            found = await v1.EventServiceStub(self.steady).list_event_groups(v1.ListEventGroupsRequest())
            return sum(group.name == name for group in found.groups)

        async def gone():
            return 1 - await count()

        def create(client, options):
            request = v1.CreateEventGroupRequest(name=name)
            return v1.EventServiceStub(client).create_event_group(request, options)

        def delete(client, options):
            request = v1.DeleteEventGroupRequest(name=name)
            return v1.EventServiceStub(client).delete_event_group(request, options)

        await self._change(draw, f"create_event_group {name}", "admin", create, count)
        await self._change(draw, f"delete_event_group {name}", "admin", delete, gone)

    async def _change(self, draw, what, who, call, count):
        """Makes a change, and follows what the client says until it
        is made. `count` says how often it was."""
        request_id = None
        deadline = time.monotonic() + CHANGE_SECONDS_MAX
        while True:
            options = CallOptions(timeout=draw.choice(TIMEOUTS), request_id=request_id)
            running = call(draw.choice(self.hasty[who]), options)
            try:
                reply = await running
            except RCPError as error:
                self.told[error.outcome.name] += 1
                await self._compare(what, error, count, is_first=request_id is None)
                # A change that was made, and whose rest failed, is answered again under its id only.
                if error.outcome is not Outcome.NOT_APPLIED:
                    request_id = running.request_id
                if error.repetition is Repetition.NEVER or time.monotonic() > deadline:
                    self.wrong.append(f"{what}: the advice leads nowhere: {error}")
                    raise WentWrong from error
                # As a program does that has been told to try again.
                await asyncio.sleep(0.02)
                continue
            self.told["APPLIED"] += 1
            self.acknowledged[what.split()[0]] += 1
            return reply

    async def _compare(self, what, error, count, is_first):
        made = await count()
        if made > 1:
            self.wrong.append(f"{what}: made {made} times; the last reply: {error}")
        # A refusal tells of its own attempt, so one behind a doubt says nothing of the attempt before.
        elif made and is_first and error.outcome is Outcome.NOT_APPLIED:
            self.wrong.append(f"{what}: told NOT_APPLIED, and it was made: {error}")
        elif not made and error.outcome is Outcome.APPLIED:
            self.wrong.append(f"{what}: told APPLIED, and it was not made: {error}")
        else:
            return
        raise WentWrong from error

    # What is in the store

    async def order(self, record, client=None):
        try:
            request = v1.GetOrderRequest(key=record.key)
            return await v1.OrderServiceStub(client or self.steady).get_order(request)
        except RCPError as error:
            if error.code.name == "NOT_FOUND":
                return None
            raise

    async def case(self, record, client=None):
        """The case, and the kinds of its story without what clocks did
        by themselves; nothing where it is gone."""
        try:
            request = v1.GetTimelineRequest(case_id=record.case_id)
            found = await v1.CaseServiceStub(client or self.steady).get_timeline(request)
        except RCPError as error:
            if error.code.name == "NOT_FOUND":
                return None, []
            raise
        assert not found.next_cursor
        return found.case, [kind_word(entry.kind) for entry in found.entries if entry.kind not in FIRED]

    async def kinds(self, record, client=None):
        return (await self.case(record, client))[1]
