"""Lists of cases that are as large as cases may be: each page fits its reader, all
cases come, and others are served meanwhile.

The long form (scripts/test --long) has cases of 2,500 lines, which is the most.
"""

import asyncio
import time

import pytest
from harness.binaries import IS_LONG
from harness.opening import PATIENT, open_case, open_large_case
from harness.wire import MESSAGE_MAX
from returns_client import Client, ClientOptions, Limits, Token
from returns_client.returns_v1 import (
    AddNoteRequest,
    CaseServiceStub,
    CaseSort,
    CaseTarget,
    ConsumeRequest,
    CreateEventGroupRequest,
    EventServiceStub,
    GetTimelineRequest,
    ListCasesRequest,
    SubscribeRequest,
)
from test_bounds import HONEST_CALLS, Site

pytestmark = pytest.mark.alone

LINES, CASES, READERS = (2_500, 120, 32) if IS_LONG else (500, 96, 8)
# What a reader may hold at once is a page, its records, and the reply as it is encoded.
MEBIBYTES_MAX = 400 if IS_LONG else 150


async def open_large_cases(client):
    found = []
    for first in range(0, CASES, 4):
        some = (open_large_case(client, LINES, f"LARGE-{n}") for n in range(first, first + 4))
        found += await asyncio.gather(*some)
    return found


async def walk(client, sort):
    """All pages of 500; returns the ids as they came, and the size of each reply."""
    ids, sizes, cursor = [], [], ""
    while True:
        asked = ListCasesRequest(limit=500, sort=sort, cursor=cursor)
        page = await CaseServiceStub(client).list_cases(asked, PATIENT)
        assert not page.unreadable_case_ids
        ids += [case.id for case in page.cases]
        sizes.append(page.ByteSize())
        cursor = page.next_cursor
        if not cursor:
            return ids, sizes


def test_each_page_fits_and_all_cases_come(world):
    site = Site(world)

    async def make():
        async with Client(site.server.address, token=Token(site.admin)) as client:
            return await open_large_cases(client)

    cases = {*asyncio.run(make()), site.case}
    before = site.mebibytes

    async def read():
        async with Client(site.server.address, token=Token(site.shop)) as client:
            sorts = [CaseSort.CASE_SORT_NEWEST, CaseSort.CASE_SORT_OLDEST, CaseSort.CASE_SORT_CHANGED]
            return await asyncio.gather(*(walk(client, sorts[n % 3]) for n in range(READERS)))

    begun = time.monotonic()
    site.honest.begin(HONEST_CALLS)
    walks = asyncio.run(read())
    seconds = time.monotonic() - begun
    figures = site.honest.result()
    for ids, sizes in walks:
        assert len(ids) == len(cases) and set(ids) == cases
        assert len(sizes) > 1 and max(sizes) < MESSAGE_MAX, sizes
    print(
        f"{READERS} × {len(cases)} cases of {LINES} lines in {seconds:.1f} s: pages of at most "
        f"{max(max(sizes) for _, sizes in walks) >> 10} KiB, {before:.0f} MiB before,"
        f" {site.mebibytes:.0f} MiB after"
    )
    assert site.mebibytes - before <= MEBIBYTES_MAX
    site.report("while large cases are listed", figures)
    # Generous, since this machine may be busy with other tests.
    assert figures["p99_ms"] <= 1_000, figures
    assert site.ctl("ping").json["status"] == "SERVING_STATUS_SERVING"
    assert "Redis does not answer" not in site.server.log


def test_a_reader_of_small_messages_is_given_pages_that_it_takes(world):
    server = world.server()
    token = Token(server.token_file.read_text().strip())
    small = ClientOptions(limits=Limits(message_bytes_max=65_536))

    async def check():
        async with Client(server.address, token=token) as client:
            cases = {await open_large_case(client, 100, f"S-{n}") for n in range(40)}
            noted = await open_case(client, "NOTED", 0)
            for _ in range(600):
                note = AddNoteRequest(target=CaseTarget(case_id=noted), text="n" * 2_000)
                await CaseServiceStub(client).add_note(note, PATIENT)
            group = CreateEventGroupRequest(name="small", beginning=True)
            await EventServiceStub(client).create_event_group(group, PATIENT)
        async with Client(server.address, token=token, options=small) as client:
            ids, sizes = await walk(client, CaseSort.CASE_SORT_NEWEST)
            assert len(ids) == len(cases) + 1 and set(ids) == cases | {noted}
            assert len(sizes) > 1, sizes
            for newest_first in (False, True):
                await check_timeline(client, noted, newest_first)
            events = EventServiceStub(client)
            async with events.subscribe(SubscribeRequest(beginning=True), PATIENT) as replies:
                subscribed = await count_of(replies, "events")
            async with events.consume(options=PATIENT) as call:
                await call.write(ConsumeRequest(group="small", in_flight_max=1_000))
                consumed = await count_of(call, "deliveries")
            return subscribed, consumed

    subscribed, consumed = asyncio.run(check())
    assert subscribed == consumed
    # That many are more than 65,536 bytes, or this would show nothing of them.
    assert subscribed > 600, subscribed


def test_a_case_that_no_message_holds_is_named_and_stops_no_list(world):
    server = world.server()
    token = Token(server.token_file.read_text().strip())
    small = ClientOptions(limits=Limits(message_bytes_max=65_536))

    async def check():
        async with Client(server.address, token=token) as client:
            shown = {await open_case(client, f"S-{n}", 0) for n in range(2)}
            too_large = {await open_large_case(client, 2_500, f"L-{n}") for n in range(2)}
            shown.add(await open_case(client, "S-2", 0))
            whole = await CaseServiceStub(client).list_cases(ListCasesRequest(limit=500), PATIENT)
            assert {case.id for case in whole.cases} == shown | too_large and not whole.too_large_case_ids
        async with Client(server.address, token=token, options=small) as client:
            for limit in (1, 2, 500):
                listed, named, cursor = [], [], ""
                while True:
                    asked = ListCasesRequest(limit=limit, cursor=cursor)
                    page = await CaseServiceStub(client).list_cases(asked, PATIENT)
                    listed += [case.id for case in page.cases]
                    named += page.too_large_case_ids
                    cursor = page.next_cursor
                    if not cursor:
                        break
                assert sorted(listed) == sorted(shown) and sorted(named) == sorted(too_large), limit

    asyncio.run(check())


async def check_timeline(client, case, newest_first):
    numbers, pages, cursor = [], 0, ""
    while True:
        asked = GetTimelineRequest(case_id=case, limit=1_000, newest_first=newest_first, cursor=cursor)
        page = await CaseServiceStub(client).get_timeline(asked, PATIENT)
        numbers += [entry.number for entry in page.entries]
        pages, cursor = pages + 1, page.next_cursor
        if not cursor:
            break
    assert numbers == sorted(range(1, page.total + 1), reverse=newest_first), numbers
    assert pages > 1 and page.total > 600


async def count_of(replies, field):
    """How many come until the server has nothing more."""
    count = 0
    async for reply in replies:
        count += len(getattr(reply, field))
        if reply.caught_up:
            return count
