"""Opens cases as an order system does, through the Python client, and writes into them;
returnsctl would take a process for each."""

import time

from returns_client import CallOptions
from returns_client.returns_v1 import (
    AddNoteRequest,
    CaseServiceStub,
    CaseTarget,
    IntakeChannel,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    OrderStatus,
    Payment,
    PaymentMethod,
    PutOrderRequest,
    RequestedLine,
    SubmitCaseRequest,
)

# Outlives a server that is killed and started again.
PATIENT = CallOptions(timeout=60, wait_for_ready=True)


def order(key):
    return Order(
        key=key,
        placed_at_ms=int(time.time() * 1_000) - 86_400_000,
        delivered_at_ms=int(time.time() * 1_000) - 3_600_000,
        status=OrderStatus.ORDER_STATUS_DELIVERED,
        customer_id="C-7",
        currency="GBP",
        lines=[OrderLine(line_id="1", sku="MUG", quantity=3, unit_price_minor=450)],
        payments=[Payment(reference="card", method=PaymentMethod.PAYMENT_METHOD_CARD, amount_minor=1_350)],
    )


async def open_case(client, order_no, notes):
    """A case of an order of its own, with so many notes; returns its id."""
    key = OrderKey(sale_channel="online", order_no=order_no)
    await OrderServiceStub(client).put_order(PutOrderRequest(order=order(key)), PATIENT)
    form = SubmitCaseRequest(
        order=key,
        intake_channel=IntakeChannel.INTAKE_CHANNEL_WEBSITE,
        reason_code="faulty",
        lines=[RequestedLine(line_id="1", quantity=1)],
    )
    case = (await CaseServiceStub(client).submit_case(form, PATIENT)).case.id
    await write_notes(client, case, notes)
    return case


def large_order(order_no, lines):
    key = OrderKey(sale_channel="online", order_no=order_no)
    large = order(key)
    del large.lines[:]
    large.lines.extend(
        OrderLine(line_id=f"line-{n}", sku=f"MUG-{n}", name="A mug " * 8, quantity=1, unit_price_minor=450)
        for n in range(lines)
    )
    large.payments[0].amount_minor = 450 * lines
    return large


async def open_large_case(client, lines, order_no="LARGE"):
    """A case of so many lines, on an order of its own; returns its id."""
    large = large_order(order_no, lines)
    await OrderServiceStub(client).put_order(PutOrderRequest(order=large), PATIENT)
    form = SubmitCaseRequest(
        order=large.key,
        intake_channel=IntakeChannel.INTAKE_CHANNEL_WEBSITE,
        reason_code="faulty",
        lines=[RequestedLine(line_id=line.line_id, quantity=1) for line in large.lines],
    )
    return (await CaseServiceStub(client).submit_case(form, PATIENT)).case.id


async def write_notes(client, case, count):
    """One event each, all in the case's partition."""
    for note in range(count):
        target = CaseTarget(case_id=case)
        await CaseServiceStub(client).add_note(AddNoteRequest(target=target, text=f"note {note}"), PATIENT)
