"""Following events: what is tried again, what is not, and from where; as the Swift client does."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator

import pytest
from support import QUICK, client_of, run

from returns_client import ClientOptions, Detail, RCPError, StatusCode
from returns_client.events import EventGap, FollowOptions, follow
from returns_client.returns_v1 import Event, EventServiceMethods, SubscribeReply, SubscribeRequest
from returns_client.testing import CallContext, LocalServer

SOON = FollowOptions(backoff_first=0.001, backoff_max=0.002)
WAITS = ClientOptions(reconnect_first=0.01)
Step = SubscribeReply | RCPError


def lost() -> RCPError:
    return RCPError(StatusCode.UNAVAILABLE, "lost")


def refused() -> RCPError:
    return RCPError(StatusCode.PERMISSION_DENIED, "refused")


def serve(script: Callable[[int], Iterator[Step]]) -> tuple[LocalServer, list[SubscribeRequest]]:
    """A server whose n-th call gets what the script has for it, and what it was asked."""
    server, asked = LocalServer(), list[SubscribeRequest]()

    async def subscribe(request: SubscribeRequest, context: CallContext) -> AsyncIterator[SubscribeReply]:
        asked.append(request)
        for step in script(len(asked)):
            if isinstance(step, RCPError):
                raise step
            yield step

    server.server_streaming(EventServiceMethods.SUBSCRIBE, subscribe)
    return server, asked


async def read(
    replies: AsyncGenerator[SubscribeReply], each: Callable[[str], object] = lambda _: None
) -> None:
    """Hands on the id of each event."""
    async with contextlib.aclosing(replies):
        async for heard in replies:
            for event in heard.events:
                each(event.id)


def reply(number: int) -> SubscribeReply:
    return SubscribeReply(events=[Event(id=str(number))], cursor=f"C{number}")


def test_what_may_pass_is_tried_again_behind_what_was_handled() -> None:
    def script(number: int) -> Iterator[Step]:
        if number < 4:
            yield reply(number)
        if number in (1, 4, 5, 6, 7, 8, 9):
            yield lost()
        if number == 10:
            yield refused()
        # The others end with OK, although nothing was asked to end.

    async def test() -> None:
        server, asked = serve(script)
        ids: list[str] = []
        async with server, client_of(server, options=WAITS) as client:
            with pytest.raises(RCPError) as failure:
                await read(follow(client, beginning=True, options=SOON), ids.append)
        assert failure.value.code is StatusCode.PERMISSION_DENIED
        assert ids == ["1", "2", "3"]
        assert asked[0].beginning and not asked[0].cursor
        assert [request.cursor for request in asked[1:]] == ["C1", "C2"] + ["C3"] * 7

    run(test())


@pytest.mark.parametrize(
    ("options", "following"), [(WAITS, FollowOptions(outage_max=0.0)), (QUICK, FollowOptions())]
)
def test_an_outage_has_a_limit(options: ClientOptions, following: FollowOptions) -> None:
    async def test() -> None:
        server, asked = serve(lambda _: iter([RCPError(StatusCode.INTERNAL, "lost")]))
        async with server, client_of(server, options=options) as client:
            with pytest.raises(RCPError):
                await read(follow(client, options=following))
        assert len(asked) == 1

    run(test())


def test_the_bodys_failures_come_out_as_they_are() -> None:
    def fail(_: str) -> None:
        raise RCPError(StatusCode.OUT_OF_RANGE, "another call's")

    async def test() -> None:
        server, asked = serve(lambda _: itertools.repeat(reply(1), 3))
        async with server, client_of(server) as client:
            with pytest.raises(RCPError) as failure:
                await read(follow(client), fail)
        assert type(failure.value) is RCPError
        assert len(asked) == 1

    run(test())


def test_cancelling_its_task_ends_it() -> None:
    async def test() -> None:
        server = LocalServer()
        begun, ended = asyncio.Event(), asyncio.Event()

        async def subscribe(request: SubscribeRequest, context: CallContext) -> AsyncIterator[SubscribeReply]:
            begun.set()
            try:
                await asyncio.Event().wait()
                yield reply(1)
            finally:
                ended.set()

        server.server_streaming(EventServiceMethods.SUBSCRIBE, subscribe)
        async with server, client_of(server) as client:
            task = asyncio.create_task(read(follow(client)))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await ended.wait()

    run(test())


def test_a_cursor_that_the_log_cannot_be_read_on_from_says_what_to_do() -> None:
    async def test() -> None:
        detail = Detail(field="cursor", reason="CURSOR_BEHIND_LOG", allowed=("2026-01-02T03:04:05Z",))
        gap = RCPError(
            StatusCode.OUT_OF_RANGE, "to resync, subscribe", retry_after_milliseconds=-1, details=(detail,)
        )
        server, asked = serve(lambda _: iter([gap]))
        async with server, client_of(server) as client:
            with pytest.raises(EventGap) as failure:
                await read(follow(client, cursor="C1", options=SOON))
        assert failure.value.reason == "CURSOR_BEHIND_LOG"
        assert failure.value.changed_since_ms == 1_767_323_045_000
        assert failure.value.text == "to resync, subscribe"
        assert [request.cursor for request in asked] == ["C1"]

    run(test())


def test_there_is_one_place_to_begin() -> None:
    async def test() -> None:
        server, _ = serve(lambda _: iter([]))
        async with server, client_of(server) as client:
            with pytest.raises(ValueError, match="give one of"):
                await anext(follow(client, cursor="C1", beginning=True))

    run(test())
