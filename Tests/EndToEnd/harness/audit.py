"""What is in a store, beside what clients were told of it."""

import asyncio
import dataclasses

from returns_client import Client
from returns_client import returns_v1 as v1
from returns_client.options import ClientOptions


@dataclasses.dataclass
class Audit:
    """How a store compares with what clients were told of it."""

    lost: int = 0
    doubled: int = 0
    problems: list = dataclasses.field(default_factory=list)


def audit(workload, address, token):
    """Reads every order and case of a workload that has ended, and counts what was acknowledged
    and is not there, and what is there twice."""
    found = Audit()

    async def look():
        async with Client(address, token=token, options=ClientOptions(timeout=60)) as client:
            for record in workload.records:
                await _audit(workload, record, client, found)

    asyncio.run(look())
    return found


async def _audit(workload, record, client, found):
    where = f"{record.key.order_no} {record.case_id or '-'}"
    order = await workload.order(record, client)
    if order is None:
        found.lost += record.puts + len(record.kinds)
        if record.puts:
            found.problems.append(f"{where}: the order is gone")
        return
    ids = list(order.case_ids)
    if record.case_id and ids != [record.case_id]:
        found.problems.append(f"{where}: the order has the cases {ids}")
        found.doubled += max(0, len(ids) - 1)
    if not record.case_id:
        # The last change of this order was abandoned; it may have been made, once.
        found.doubled += max(0, len(ids) - 1)
        return
    case, kinds = await workload.case(record, client)
    told = record.kinds
    # One more: a change that was abandoned under way.
    if kinds[: len(told)] != told[: len(kinds)] or len(kinds) > len(told) + 1:
        found.doubled += max(1, len(kinds) - len(told))
        found.problems.append(f"{where}: its story is {kinds}, told was {told}")
    if len(kinds) < len(told):
        found.lost += len(told) - len(kinds)
        found.problems.append(f"{where}: {told[len(kinds) :]} are gone")
    if kinds == told:
        _audit_money(record, order.order, case, found, where)


def _audit_money(record, order, case, found, where):
    paid = sum(refund.amount_minor for refund in case.refunds if refund.status == v1.REFUND_STATUS_SUCCEEDED)
    committed = [payment.committed_minor for payment in order.payments]
    if (paid, committed) != (record.paid, [record.committed]) or order.overpaid_minor:
        found.doubled += 1
        found.problems.append(
            f"{where}: paid {paid} and committed {committed}, told {record.paid} and {record.committed}"
        )
