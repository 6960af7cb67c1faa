"""Lists, page by page."""

from __future__ import annotations

import pytest
from support import client_of, run

from returns_client import RCPError, StatusCode
from returns_client.lists import pages
from returns_client.returns_v1 import (
    Case,
    CaseServiceMethods,
    CaseServiceStub,
    ListCasesReply,
    ListCasesRequest,
)
from returns_client.testing import CallContext, LocalServer


def test_all_pages_are_read_and_the_request_stays_as_it_was() -> None:
    asked: list[tuple[str, int, str]] = []
    # An empty page can have more behind it.
    held = {"": (["1", "2"], "b"), "b": ([], "c"), "c": (["3"], "")}

    async def list_cases(request: ListCasesRequest, context: CallContext) -> ListCasesReply:
        asked.append((request.cursor, request.limit, request.team))
        if request.team == "nobody":
            raise RCPError(StatusCode.NOT_FOUND, "no such team")
        ids, cursor = held[request.cursor]
        return ListCasesReply(cases=[Case(id=each) for each in ids], next_cursor=cursor)

    async def body() -> None:
        server = LocalServer()
        server.unary(CaseServiceMethods.LIST_CASES, list_cases)
        async with server, client_of(server) as client:
            cases = CaseServiceStub(client)
            request = ListCasesRequest(limit=2, team="late")
            found = [case.id async for page in pages(cases.list_cases, request) for case in page.cases]
            assert found == ["1", "2", "3"]
            assert asked == [("", 2, "late"), ("b", 2, "late"), ("c", 2, "late")]
            assert not request.cursor
            with pytest.raises(RCPError) as failure:
                async for _ in pages(cases.list_cases, ListCasesRequest(team="nobody")):
                    pass
            assert failure.value.code is StatusCode.NOT_FOUND

    run(body())
