"""Lists of cases that are as large as cases may be: each page fits its reader, all cases come, and others are served meanwhile.

The long form (scripts/test --long) has cases of 2,500 lines, which is the most.
"""

import asyncio
import time

from returns_client import Client, Token
from returns_client.returns_v1 import (
    CaseServiceStub,
    CaseSort,
    ListCasesRequest,
)
from test_bounds import HONEST_CALLS, Site

from harness.binaries import IS_LONG
from harness.opening import PATIENT, open_large_case
from harness.wire import MESSAGE_MAX

LINES, CASES, READERS = (2_500, 120, 32) if IS_LONG else (500, 40, 8)
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
        f"{max(max(sizes) for _, sizes in walks) >> 10} KiB, {before:.0f} MiB before, {site.mebibytes:.0f} MiB after"
    )
    assert site.mebibytes - before <= MEBIBYTES_MAX
    site.report("while large cases are listed", figures)
    # Generous, since this machine may be busy with other tests.
    assert figures["p99_ms"] <= 1_000, figures
    assert site.ctl("ping").json["status"] == "SERVING_STATUS_SERVING"
    assert "Redis does not answer" not in site.server.log
