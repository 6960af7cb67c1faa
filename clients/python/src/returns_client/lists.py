"""Lists, page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol, Self, TypeVar

from .options import CallOptions

__all__ = ["pages"]


class _PageRequest(Protocol):
    limit: int
    cursor: str

    def CopyFrom(self, other: Self, /) -> None: ...


class _PageReply(Protocol):
    next_cursor: str


RequestT = TypeVar("RequestT", bound=_PageRequest)
ReplyT = TypeVar("ReplyT", bound=_PageReply)


async def pages(
    call: Callable[[RequestT, CallOptions | None], Awaitable[ReplyT]],
    request: RequestT,
    options: CallOptions | None = None,
) -> AsyncGenerator[ReplyT, None]:
    """Every page of a list, from the request's cursor on: each is asked for when the one before was taken.

    `call` is a stub's method, such as `cases.list_cases`. A page can be short, and even empty, and have more
    behind it; what a list promises while its items change stands with its method. A timeout counts for one
    page. Raises the RCPError of a call that fails.
    """
    asked = type(request)()
    asked.CopyFrom(request)
    while True:
        page = await call(asked, options)
        yield page
        if not page.next_cursor:
            return
        asked.cursor = page.next_cursor
