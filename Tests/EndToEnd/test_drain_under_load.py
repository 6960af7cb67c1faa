"""A server that is told to stop while it works, again and again: nobody's call fails for it.

Ten times by default, 200 times in the long form (scripts/test --long).
"""

import asyncio
import signal
import time

from harness.binaries import IS_LONG
from harness.opening import PATIENT, order
from returns_client import Client, ClientOptions, RCPError, Token
from returns_client.returns_v1 import (
    EchoRequest,
    GetOrderRequest,
    HealthServiceStub,
    OrderKey,
    OrderServiceStub,
    PutOrderRequest,
)

STOPS = 200 if IS_LONG else 10
WORKERS = 16
# Between two stops: enough for calls to be under way in every phase of theirs.
CALLS_BETWEEN_STOPS = 100
# Calls in progress have 30 s; none of these takes a second.
GRACE_SECONDS = 30


class Load:
    """Workers that put orders, read them again and ask for nothing in turn, until they are told to stop."""

    def __init__(self, client):
        self.orders, self.health = OrderServiceStub(client), HealthServiceStub(client)
        self.calls, self.put, self.failures = 0, [], []
        self.is_over = False
        self._called = asyncio.Event()

    async def work(self, worker):
        number = 0
        while not self.is_over:
            number += 1
            name = f"W{worker}-{number}"
            key = OrderKey(sale_channel="online", order_no=name)
            try:
                await self.orders.put_order(PutOrderRequest(order=order(key)), PATIENT)
                self.put.append(name)
                found = await self.orders.get_order(GetOrderRequest(key=key), PATIENT)
                assert found.order.key.order_no == name
                await self.health.echo(EchoRequest(payload=b"x" * 300), PATIENT)
            except RCPError as failure:
                self.failures.append(f"{name}: {failure}")
            self.calls += 3
            self._called.set()

    async def more(self, calls):
        wanted = self.calls + calls
        while self.calls < wanted:
            self._called.clear()
            await self._called.wait()


async def stop_again_and_again(start, address, token):
    """Returns the load and how long each stop took."""
    options = ClientOptions(reconnect_first=0.02, reconnect_max=0.1)
    server, seconds = start(), []
    async with Client(address, token=token, options=options) as client:
        load = Load(client)
        workers = [asyncio.create_task(load.work(number)) for number in range(WORKERS)]
        for _ in range(STOPS):
            await asyncio.wait_for(load.more(CALLS_BETWEEN_STOPS), 60)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(server.process.wait, GRACE_SECONDS + 10)
            seconds.append(time.monotonic() - began)
            assert status == 0, server.log
            server = await asyncio.to_thread(start)
        load.is_over = True
        await asyncio.wait_for(asyncio.gather(*workers), 60)
    return load, seconds


def test_no_call_fails_when_the_server_stops(world):
    redis = world.redis()
    address = f"unix:{world.path}/drain.sock"

    def start():
        return world.server("--redis", redis.url, listen=address)

    token = Token.from_file(start_once(world, start) / "admin.token")
    load, seconds = asyncio.run(stop_again_and_again(start, address, token))
    assert load.failures == [], load.failures[:3]
    assert load.calls >= STOPS * CALLS_BETWEEN_STOPS and len(set(load.put)) == len(load.put)
    assert max(seconds) < GRACE_SECONDS, seconds
    print(f"{STOPS} stops, {load.calls} calls, no failure; the slowest stop took {max(seconds):.2f} s")


def start_once(world, start):
    """The first start makes the token that later ones know."""
    server = start()
    assert server.signal_and_wait(signal.SIGTERM) == 0
    return server.data
