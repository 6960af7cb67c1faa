"""Lists of very many cases: every pair of filters against a plain scan, and pages while cases change.

400 cases by default, 100,000 in the long form (scripts/test --long). The figures
are printed; RETURNS_SEED repeats a run.
"""

import asyncio
import itertools
import json
import random
import threading
import time

import pytest
from harness import sweeps
from harness.binaries import IS_LONG, seed_of_run
from returns_client import Client
from returns_client import returns_v1 as v1
from returns_client.options import ClientOptions

SEED = seed_of_run()
SEEDED = 98_000 if IS_LONG else 340
# Of several channels and customers, taken to several states.
VARIED = 2_000 if IS_LONG else 60
WORKERS = 16
# Lists that are read while cases change.
LISTS = 6 if IS_LONG else 3
HOUR_MS = 3_600_000

CHANNELS = ["online", "store", "outlet"]
CUSTOMERS = ["C-1", "C-2", "C-3", "C-4", "C-5"]
TEAM_OF = {"sara": "day", "simon": "night"}
TERMINAL = (v1.CASE_STATE_CLOSED, v1.CASE_STATE_CANCELLED, v1.CASE_STATE_EXPIRED)


class Clients:
    """A client of a server, for what is written here one call at a time or many at once."""

    def __init__(self, server):
        self.server = server
        self.token = server.token_file.read_text().strip()

    def run(self, body):
        async def all_of_it():
            async with Client(
                self.server.address, token=self.token, options=ClientOptions(timeout=120)
            ) as client:
                return await body(client)

        return asyncio.run(all_of_it())


async def side_by_side(items, work):
    """Works on items by so many workers."""
    queue = iter(items)

    async def worker():
        for item in queue:
            await work(item)

    await asyncio.gather(*(worker() for _ in range(WORKERS)))


async def open_one(client, draw, number):
    key = v1.OrderKey(sale_channel=draw.choice(CHANNELS), order_no=f"V-{number}")
    placed = int(time.time() * 1_000) - 48 * HOUR_MS
    order = v1.Order(
        key=key,
        placed_at_ms=placed,
        delivered_at_ms=placed + HOUR_MS,
        customer_id=draw.choice(CUSTOMERS),
        currency="GBP",
        status=v1.ORDER_STATUS_DELIVERED,
        lines=[v1.OrderLine(line_id="1", sku="MUG", quantity=1, unit_price_minor=450)],
        payments=[v1.Payment(reference="card", method=v1.PAYMENT_METHOD_CARD, amount_minor=450)],
    )
    await v1.OrderServiceStub(client).put_order(v1.PutOrderRequest(order=order))
    form = v1.SubmitCaseRequest(
        order=key,
        intake_channel=v1.INTAKE_CHANNEL_WEBSITE,
        reason_code="unwanted",
        lines=[v1.RequestedLine(line_id="1", quantity=1)],
        conditions=[v1.DeclaredCondition(code=code, met=True) for code in ("original_packaging", "unused")],
    )
    return (await v1.CaseServiceStub(client).submit_case(form)).case.id


async def take_along(client, draw, case_id):
    """To a state drawn at random, and to a person or a team."""
    cases, target = v1.CaseServiceStub(client), v1.CaseTarget(case_id=case_id)
    way = draw.choice(["none", "asked", "cancelled", "approved", "shipped", "shipped"])
    if way == "asked":
        await cases.request_info(v1.RequestInfoRequest(target=target, question="which?"))
    if way == "cancelled":
        await cases.cancel_case(v1.CancelCaseRequest(target=target, reason="keeps it"))
        return
    if way in ("approved", "shipped"):
        await cases.verify_case(
            v1.VerifyCaseRequest(target=target, customer_verified=True, order_verified=True)
        )
        await cases.approve_case(v1.ApproveCaseRequest(target=target, return_address="Dock 4"))
        await cases.tell_customer(v1.TellCustomerRequest(target=target, channel="email"))
    if way == "shipped":
        number = f"T{draw.randrange(9)}"
        await cases.ship_case(v1.ShipCaseRequest(target=target, carrier="DHL", tracking_no=number))
    person = draw.choice(list(TEAM_OF))
    whose = draw.choice([{}, {"person": person}, {"team": TEAM_OF[person]}])
    if whose:
        await cases.assign_case(v1.AssignCaseRequest(target=target, role=v1.ROLE_SERVICE, **whose))


@pytest.fixture(scope="module")
def clients(module_world, returns_seed):
    redis = module_world.redis("--appendonly", "no")
    server = module_world.server("--redis", redis.url, "--no-sweeper")
    for person, team in TEAM_OF.items():
        flags = ("--role", "service", "--team", team, "--save", module_world.path / person)
        module_world.ctl(server).done("principal", "create", person, *flags)
    now = int(time.time() * 1_000)
    began = time.monotonic()
    ids = sweeps.seed(returns_seed, redis, SEEDED, now + HOUR_MS, spread_ms=18 * HOUR_MS)
    clients = Clients(server)
    draw = random.Random(SEED)

    async def vary(client):
        async def one(number):
            ids.append(case_id := await open_one(client, draw, number))
            await take_along(client, draw, case_id)

        await side_by_side(range(VARIED), one)

    clients.run(vary)
    clients.ids = ids
    print(f"{len(ids)} cases in {time.monotonic() - began:.0f} s")
    return clients


async def whole(client, **filters):
    """All the pages of a list."""
    request = v1.ListCasesRequest(limit=500, **filters)
    found, pages = [], 0
    while True:
        page = await v1.CaseServiceStub(client).list_cases(request)
        assert not page.unreadable_case_ids
        found += page.cases
        pages += 1
        if not page.next_cursor:
            return found, pages
        request.cursor = page.next_cursor


def is_open(case):
    return case.state not in TERMINAL


def first_due(case):
    """Nothing here pauses a clock."""
    return min((clock.due_at_ms for clock in case.clocks if not clock.HasField("ended_at_ms")), default=None)


def filters(cases):
    """By name: what to ask for, and by itself which cases are meant."""
    changed = sorted(case.updated_at_ms for case in cases)[len(cases) * 3 // 4]
    due = sorted(filter(None, map(first_due, cases)))[len(cases) // 3]
    several = [v1.CASE_STATE_IN_TRANSIT, v1.CASE_STATE_INFO_NEEDED, v1.CASE_STATE_CANCELLED]

    def assigned(**wanted):
        (name, value), *_ = wanted.items()
        return lambda case: is_open(case) and any(getattr(each, name) == value for each in case.assignments)

    return {
        "state": ({"states": [v1.CASE_STATE_APPROVED]}, lambda case: case.state == v1.CASE_STATE_APPROVED),
        "states": ({"states": several}, lambda case: case.state in several),
        "submitted": (
            {"states": [v1.CASE_STATE_SUBMITTED]},
            lambda case: case.state == v1.CASE_STATE_SUBMITTED,
        ),
        "customer": ({"customer_id": "C-2"}, lambda case: case.customer_id == "C-2"),
        "tracking": (
            {"tracking_no": "T3"},
            lambda case: any(each.tracking_no == "T3" for each in case.shipments),
        ),
        "channel": ({"sale_channels": ["store"]}, lambda case: case.order.sale_channel == "store"),
        "channels": (
            {"sale_channels": ["seed", "outlet", "nowhere"]},
            lambda case: case.order.sale_channel in ("seed", "outlet"),
        ),
        "person": ({"person": "sara"}, assigned(person="sara")),
        "team": ({"team": "night"}, assigned(team="night")),
        "changed": ({"changed_since_ms": changed}, lambda case: case.updated_at_ms >= changed),
        "due": ({"due_before_ms": due}, lambda case: (first_due(case) or due) < due),
        "open": ({"open_only": True}, is_open),
    }


def test_every_pair_of_filters_lists_what_a_scan_finds(clients):
    async def look(client):
        scanned, _ = await whole(client, sort=v1.CASE_SORT_OLDEST)
        assert [case.id for case in scanned] == sorted(clients.ids), "the scan itself is complete"
        parts = filters(scanned)
        listed = lists = 0
        for one, other in itertools.combinations_with_replacement(parts, 2):
            (asked, lets), (asked_too, lets_too) = parts[one], parts[other]
            if one != other and asked.keys() & asked_too.keys():
                continue
            expected = [case.id for case in scanned if lets(case) and lets_too(case)]
            found, _ = await whole(client, **{**asked, **asked_too}, sort=v1.CASE_SORT_NEWEST)
            assert [case.id for case in found] == expected[::-1], f"{one} and {other}"
            lists += 1
            listed += len(found)
        return lists, listed

    began = time.monotonic()
    lists, listed = clients.run(look)
    seconds = time.monotonic() - began
    print(
        f"{lists} pairs of filters over {len(clients.ids)} cases: {listed} listed in {seconds:.0f} s, as by"
        " a scan"
    )
    assert listed > len(clients.ids)


class Changes(threading.Thread):
    """Cases go back and forth between two states, and get notes, as fast as they can until it is over."""

    # A case's clocks and entries have limits, so each goes back and forth for a while only.
    TURNS_MAX = 15

    def __init__(self, clients, busy):
        super().__init__(daemon=True)
        self.clients, self.busy = clients, busy
        self.count, self.is_over, self.failure = 0, False, None

    def run(self):
        try:
            self.clients.run(self._all)
        except BaseException as failure:
            self.failure = failure

    async def _all(self, client):
        cases = v1.CaseServiceStub(client)

        async def one(case_id):
            target = v1.CaseTarget(case_id=case_id)
            for _ in range(self.TURNS_MAX):
                for call, request in (
                    (cases.request_info, v1.RequestInfoRequest(target=target, question="which?")),
                    (cases.add_note, v1.AddNoteRequest(target=target, text="asked")),
                    (cases.provide_info, v1.ProvideInfoRequest(target=target, answer="blue")),
                    (cases.add_note, v1.AddNoteRequest(target=target, text="answered")),
                ):
                    if self.is_over:
                        return
                    await call(request)
                    self.count += 1

        await side_by_side(self.busy, one)

    def stop(self):
        self.is_over = True
        self.join(timeout=120)
        if self.failure:
            raise self.failure


def test_pages_hold_their_promise_while_cases_change(clients, module_world):
    """What matches while all pages are read is on exactly one; nothing is listed twice but where changes
    are asked for, and there every case that was changed."""
    ctl = module_world.ctl(clients.server)
    submitted, _ = clients.run(lambda client: whole(client, states=[v1.CASE_STATE_SUBMITTED]))
    ids = [case.id for case in submitted]
    draw = random.Random(SEED)
    busy = draw.sample(ids, len(ids) // 20 if IS_LONG else len(ids) // 4)
    steady = set(ids) - set(busy)
    changes = Changes(clients, busy)
    module_world.at_end(changes.stop)
    changes.start()
    began = time.monotonic()
    for number in range(LISTS):
        before = changes.count
        started = time.monotonic()
        if number % 3 == 2:
            arguments = ["--changed-since", "-3d", "--sort", "changed"]
        else:
            arguments = ["--state", "submitted", "--sort", ["newest", "oldest"][number % 2]]
        rows = ctl.done("case", "list", *arguments, "--limit", "all", output="jsonl", seconds=300).out
        found = [json.loads(row)["id"] for row in rows.splitlines()]
        seconds = time.monotonic() - started
        rate = (changes.count - before) / seconds
        print(
            f"{' '.join(arguments)}: {len(found)} in {seconds:.1f} s, meanwhile {rate:.0f} changes a second"
        )
        if number % 3 == 2:
            assert set(found) >= set(clients.ids), "every case was changed since"
        else:
            assert len(found) == len(set(found)), "none is listed twice"
            assert steady <= set(found) <= set(ids), "each that matched all the while is listed"
            assert found == sorted(found, reverse=number % 2 == 0)
    changes.stop()
    print(f"{changes.count} changes in {time.monotonic() - began:.0f} s")
    assert changes.count > LISTS * 20
    # About a millisecond a case.
    ctl.done("admin", "verify-indexes", "--timeout", "1000s", seconds=1_000)
