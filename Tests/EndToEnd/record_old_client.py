"""Records what a client of the baseline sends, for test_old_client.py.

Run it with the client and the server of the baseline: from Tests/EndToEnd, with RETURNSD and RETURNSCTL set,
`python record_old_client.py`. It is run once for each baseline, right after a new one was taken with
`Protocol/compatibility.py --write`.
"""

import asyncio
import time

from conftest import World
from harness.binaries import binary
from harness.desk import MUG
from harness.recorded import RECORDING, Recording, Schema, Tap, hello_of, varint
from returns_client import Client
from returns_client import returns_v1 as v1

DAY_MS = 86_400_000
# That the case was submitted, verified and approved, and the customer told.
EVENTS = 4
KEY = v1.OrderKey(sale_channel="online", order_no="SO-1")


class Session:
    """Calls of a client, each recorded when its answer is there."""

    def __init__(self, client, tap):
        self.client, self.tap = client, tap
        self.recording = Recording(Schema())
        self._stubs = {
            stub: stub(client)
            for stub in (
                v1.HealthServiceStub,
                v1.OrderServiceStub,
                v1.CaseServiceStub,
                v1.ClockServiceStub,
                v1.PolicyServiceStub,
                v1.EventServiceStub,
            )
        }

    def _add(self, stub, name, replies):
        frames = self.tap.take()
        if not self.recording.hello:
            self.recording.hello, frames = hello_of(frames)
        service = stub.__name__.removesuffix("Stub")
        method = "".join(word.title() for word in name.split("_"))
        data = [reply.SerializeToString() for reply in replies]
        self.recording.add(f"returns.v1.{service}.{method}", frames, data)

    async def call(self, stub, name, request):
        reply = await getattr(self._stubs[stub], name)(request)
        self._add(stub, name, [reply])
        return reply

    async def stream(self, stub, name, request):
        replies = [reply async for reply in getattr(self._stubs[stub], name)(request)]
        self._add(stub, name, replies)


async def story(session, now_ms):
    """A case from its order to its approval, looked at in every way, and its events."""
    orders, cases, clocks = v1.OrderServiceStub, v1.CaseServiceStub, v1.ClockServiceStub
    adapted = session.recording.adapted
    placed, delivered = now_ms - 5 * DAY_MS, now_ms - 3 * DAY_MS
    adapted["placed"], adapted["delivered"] = varint(placed), varint(delivered)
    order = v1.Order(
        key=KEY,
        placed_at_ms=placed,
        delivered_at_ms=delivered,
        customer_id="C-7",
        country="GB",
        currency="GBP",
        status=v1.ORDER_STATUS_DELIVERED,
        lines=[v1.OrderLine(line_id="1", sku=MUG, name="Mug", quantity=3, unit_price_minor=450)],
        payments=[v1.Payment(reference="card", method=v1.PAYMENT_METHOD_CARD, amount_minor=1_350)],
    )
    await session.call(v1.HealthServiceStub, "check", v1.HealthCheckRequest())
    await session.call(orders, "put_order", v1.PutOrderRequest(order=order))
    form = v1.SubmitCaseRequest(
        order=KEY,
        channel_ref="R-1",
        intake_channel=v1.INTAKE_CHANNEL_WEBSITE,
        reason_code="unwanted",
        free_text="too small",
        contact=v1.Contact(name="Ann", email="ann@example.org"),
        lines=[v1.RequestedLine(line_id="1", quantity=2)],
        conditions=[v1.DeclaredCondition(code=code, met=True) for code in ("original_packaging", "unused")],
    )
    case = (await session.call(cases, "submit_case", form)).case.id
    adapted["case"] = case.encode()
    target = v1.CaseTarget(case_id=case)
    await session.call(cases, "get_case", v1.GetCaseRequest(case_id=case))
    await session.call(cases, "allowed_commands", v1.AllowedCommandsRequest(case_id=case))
    verified = v1.VerifyCaseRequest(target=target, customer_verified=True, order_verified=True)
    await session.call(cases, "verify_case", verified)
    note = v1.AddNoteRequest(target=target, text="asked the shop")
    await session.call(cases, "add_note", note)
    await session.call(cases, "approve_case", v1.ApproveCaseRequest(target=target, return_address="Dock 4"))
    await session.call(cases, "tell_customer", v1.TellCustomerRequest(target=target, channel="sms"))
    await session.call(cases, "get_case", v1.GetCaseRequest(case_id=case))
    await session.call(cases, "get_timeline", v1.GetTimelineRequest(case_id=case))
    listing = v1.ListCasesRequest(order=KEY, open_only=True, sort=v1.CASE_SORT_OLDEST)
    await session.call(cases, "list_cases", listing)
    await session.call(orders, "get_order", v1.GetOrderRequest(key=KEY))
    await session.call(clocks, "list_due", v1.ListDueRequest())
    await session.call(clocks, "get_board", v1.GetBoardRequest())
    await session.call(v1.PolicyServiceStub, "get_policy", v1.GetPolicyRequest())
    request = v1.SubscribeRequest(beginning=True, limit=EVENTS)
    await session.stream(v1.EventServiceStub, "subscribe", request)


async def record(world):
    server = world.server()
    token = server.token_file.read_text().strip()
    tap = Tap(world.path / "tap.sock", server.address)
    world.at_end(tap.end)
    async with Client(tap.address, token=token) as client:
        session = Session(client, tap)
        session.recording.adapted["token"] = token.encode()
        await story(session, int(time.time() * 1_000))
    session.recording.write()


def main():
    world = World(binary("RETURNSD"), binary("RETURNSCTL"))
    try:
        asyncio.run(record(world))
    finally:
        world.end()
    print(f"recorded: {RECORDING}")


if __name__ == "__main__":
    main()
