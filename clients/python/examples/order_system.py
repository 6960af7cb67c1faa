"""Pushes orders and opens return cases from JSON Lines files, so that every line takes effect once.

    python order_system.py orders.jsonl returns.jsonl --server rcps://returns.example.com --token-file
    shop.token

Copy it and put your own source of orders in place of the files. Three things keep it safe to interrupt
anywhere, and to run again:

- A journal holds the id of this push and its lines that are settled. After an interruption the next run sends
  the rest under the same ids, so a line that had been sent already is the same call to the server.
- A push that is over is followed by a new one with new ids, so an order that was changed and changed back is
  pushed each time. The server notices equal content: the order stays unchanged, and a return request with the
  reference of an earlier one is answered with its case.
- A call whose outcome stays unknown is settled by repeating it under its id, in this run or in the next.

Exit status: 0 everything is settled, 1 some lines were refused (the journal says why), 7 some are still
unknown.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import gzip
import hashlib
import json
import pathlib
import sys
import uuid
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from returns_client import (
    CallOptions,
    Client,
    ClientOptions,
    RCPError,
    Repetition,
    StatusCode,
    TLSOptions,
    Token,
)
from returns_client.returns_v1 import (
    INTAKE_CHANNEL_WEBSITE,
    ORDER_STATUS_DELIVERED,
    ORDER_STATUS_PLACED,
    PAYMENT_METHOD_CARD,
    PUT_ORDER_RESULT_UNCHANGED,
    CaseServiceStub,
    Order,
    OrderKey,
    OrderLine,
    OrderServiceStub,
    Payment,
    PutOrderReply,
    PutOrderRequest,
    RequestedLine,
    SubmitCaseRequest,
)

SALE_CHANNEL = "online"
CALLS_AT_ONCE = 32
# Each of these is a call with its own retries inside; the pause between them grows.
ROUNDS_MAX = 5
ROUND_PAUSE_SECONDS = 0.5
# The line itself was refused, and will be whenever it is sent.
LINE_AT_FAULT = {
    StatusCode.INVALID_ARGUMENT,
    StatusCode.NOT_FOUND,
    StatusCode.ALREADY_EXISTS,
    StatusCode.FAILED_PRECONDITION,
    StatusCode.OUT_OF_RANGE,
}


@dataclass(frozen=True)
class Line:
    """One line of a file, and the call that it is."""

    kind: str
    number: str
    order_no: str
    request: PutOrderRequest | SubmitCaseRequest
    # Its place in the file, from 1.
    place: int = 0


class Journal:
    """A push and its lines that are settled, in a file that is only ever appended to.

    The first line of a push holds its id, the last one that it is over.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self._settled: set[str] = set()
        self.counts: Counter[str] = Counter()
        push = ""
        if path.exists():
            for text in path.read_text(encoding="utf-8").splitlines():
                # The last line of a run that was killed may be cut short: its call is sent again.
                if not text.endswith("}"):
                    continue
                entry = json.loads(text)
                if "push" in entry:
                    push = "" if entry.get("is_over") else entry["push"]
                    self._settled.clear()
                else:
                    self._settled.add(entry["id"])
        self._file: TextIO = path.open("a", encoding="utf-8")
        if path.stat().st_size:
            self._file.write("\n")
        self._push = push or uuid.uuid4().hex
        if not push:
            self._write({"push": self._push})

    def request_id(self, line: Line) -> uuid.UUID:
        """The same whenever this push sends the line. A line that was edited meanwhile is another call."""
        place = f"{self._push}\0{line.kind}\0{line.place}\0".encode()
        content = place + line.request.SerializeToString(deterministic=True)
        return uuid.UUID(bytes=hashlib.sha256(content).digest()[:16])

    def has(self, line: Line) -> bool:
        return str(self.request_id(line)) in self._settled

    def end_push(self) -> None:
        """Everything is settled: the next run is another push."""
        self._write({"push": self._push, "is_over": True})

    def settle(self, line: Line, result: str, why: str = "") -> None:
        self.counts[result] += 1
        request_id = str(self.request_id(line))
        entry = {"kind": line.kind, "number": line.number, "result": result, "id": request_id}
        self._write({**entry, "why": why} if why else {**entry})

    def _write(self, entry: dict[str, object]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class OrderSystem:
    """Sends lines, a few at a time."""

    def __init__(self, client: Client, journal: Journal) -> None:
        self._orders = OrderServiceStub(client)
        self._cases = CaseServiceStub(client)
        self._journal = journal
        # What is said of one order goes through one queue, and so keeps its order.
        self._queues: list[asyncio.Queue[Line | None]] = [
            asyncio.Queue(maxsize=2) for _ in range(CALLS_AT_ONCE)
        ]
        self.unknown: list[Line] = []
        # Orders with a line among them: what follows on such an order waits for the next run.
        self._held_orders: set[str] = set()

    async def send_all(self, lines: Iterator[Line]) -> None:
        async with asyncio.TaskGroup() as group:
            for queue in self._queues:
                group.create_task(self._work(queue))
            for line in lines:
                if not self._journal.has(line):
                    await self._queues[hash(line.order_no) % CALLS_AT_ONCE].put(line)
            for queue in self._queues:
                await queue.put(None)

    async def _work(self, queue: asyncio.Queue[Line | None]) -> None:
        while (line := await queue.get()) is not None:
            await self._settle(line)

    async def _settle(self, line: Line) -> None:
        """Sends a line until its outcome is known, always under the same id."""
        if line.order_no in self._held_orders:
            # Sent now, it would be overtaken by the earlier line in the next run.
            self.unknown.append(line)
            return
        # With wait_for_ready a server that restarts is waited for, up to the timeout.
        request_id = self._journal.request_id(line)
        options = CallOptions(request_id=request_id, timeout=30, wait_for_ready=True)
        for attempt in range(1, ROUNDS_MAX + 1):
            try:
                if isinstance(line.request, PutOrderRequest):
                    call: Any = self._orders.put_order(line.request, options)
                else:
                    call = self._cases.submit_case(line.request, options)
                reply = await call
            except RCPError as error:
                if error.code in LINE_AT_FAULT and not error.is_outcome_unknown:
                    self._journal.settle(line, "refused", str(error))
                    return
                if error.repetition is Repetition.NEVER and not error.is_outcome_unknown:
                    # The token, the certificate, the address: no line could do better.
                    raise
                print(f"{line.kind} {line.number}: {error}", file=sys.stderr)
                await asyncio.sleep(ROUND_PAUSE_SECONDS * attempt)
            else:
                self._journal.settle(line, result_of(call, reply))
                return
        # Not in the journal, so the next run sends it again, under the same id.
        self.unknown.append(line)
        self._held_orders.add(line.order_no)


def result_of(call: Any, reply: Any) -> str:
    """Whether the call changed something: this time, an earlier time, or not at all."""
    if call.was_replayed:
        return "replayed"
    is_unchanged = isinstance(reply, PutOrderReply) and reply.result == PUT_ORDER_RESULT_UNCHANGED
    return "unchanged" if is_unchanged else "done"


def order_of(data: dict[str, Any], zone: zoneinfo.ZoneInfo) -> Line:
    """An order as the file has it; one payment covers the total."""
    lines = [
        OrderLine(
            line_id=str(number),
            sku=line["sku"],
            name=line.get("name", ""),
            quantity=line["quantity"],
            unit_price_minor=line["unit_price_minor"],
        )
        for number, line in enumerate(data["lines"], start=1)
    ]
    total = sum(line.quantity * line.unit_price_minor for line in lines)
    # Until the goods have arrived nothing can be returned: push the order again then.
    delivered = data.get("delivered_at")
    order = Order(
        key=OrderKey(sale_channel=SALE_CHANNEL, order_no=data["order_no"]),
        placed_at_ms=milliseconds(data["placed_at"], zone),
        customer_id=data.get("customer_id") or "",
        country=data.get("country") or "",
        currency=data["currency"],
        delivered_at_ms=milliseconds(delivered, zone) if delivered else None,
        status=ORDER_STATUS_DELIVERED if delivered else ORDER_STATUS_PLACED,
        time_zone=data.get("time_zone") or "",
        lines=lines,
        payments=[Payment(reference=data["order_no"], method=PAYMENT_METHOD_CARD, amount_minor=total)],
    )
    return Line("order", data["order_no"], data["order_no"], PutOrderRequest(order=order))


def return_of(data: dict[str, Any], zone: zoneinfo.ZoneInfo) -> Line:
    """A return request; one that names no order is left to the server to refuse, with its reason."""
    request = SubmitCaseRequest(
        order=OrderKey(sale_channel=SALE_CHANNEL, order_no=data.get("order_no") or ""),
        channel_ref=data["return_no"],
        customer_id=data.get("customer_id") or "",
        intake_channel=INTAKE_CHANNEL_WEBSITE,
        reason_code=data.get("reason") or "other",
        requested_at_ms=milliseconds(data["requested_at"], zone),
        lines=[
            RequestedLine(
                sku=line["sku"], quantity=line["quantity"], unit_price_minor=line.get("unit_price_minor")
            )
            for line in data["lines"]
        ],
    )
    return Line("return", data["return_no"], request.order.order_no, request)


def milliseconds(text: str, zone: zoneinfo.ZoneInfo) -> int:
    """A wall clock's time, as milliseconds since 1970."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def read(path: pathlib.Path, convert: Callable[[dict[str, Any]], Line], journal: Journal) -> Iterator[Line]:
    """The lines of a file, packed by gzip or not, as they are wanted."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                yield dataclasses.replace(convert(json.loads(text)), place=number)
            except (ValueError, KeyError, TypeError) as error:
                journal.counts["malformed"] += 1
                print(f"{path}:{number}: {error!r}", file=sys.stderr)


async def push(arguments: argparse.Namespace) -> int:
    zone = zoneinfo.ZoneInfo(arguments.time_zone)
    journal = Journal(arguments.journal)
    token = Token.from_file(arguments.token_file, strict=arguments.strict) if arguments.token_file else None
    tls = TLSOptions(arguments.ca, arguments.cert, arguments.key, strict=arguments.strict)
    options = ClientOptions(name="order-system-example/1")
    async with Client(
        arguments.server,
        token=token,
        tls=tls,
        allow_plaintext=arguments.allow_plaintext,
        options=options,
    ) as client:
        system = OrderSystem(client, journal)
        # A return refers to its order, so all orders come first.
        await system.send_all(read(arguments.orders, lambda data: order_of(data, zone), journal))
        await system.send_all(read(arguments.returns, lambda data: return_of(data, zone), journal))
    if not system.unknown:
        journal.end_push()
    journal.close()
    counts = journal.counts
    print(", ".join(f"{count} {result}" for result, count in sorted(counts.items())) or "nothing to do")
    if system.unknown:
        print(f"{len(system.unknown)} lines are still unknown: run this again", file=sys.stderr)
        return 7
    return 1 if counts["refused"] or counts["malformed"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Pushes orders and opens return cases.")
    parser.add_argument("orders", type=pathlib.Path)
    parser.add_argument("returns", type=pathlib.Path)
    parser.add_argument("--server", default="rcp://127.0.0.1:7461")
    parser.add_argument("--token-file", type=pathlib.Path)
    parser.add_argument("--ca", help="authorities that are trusted, as PEM")
    parser.add_argument("--cert", help="the client's certificate, as PEM")
    parser.add_argument("--key", help="its private key, as PEM")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse a token or key file that others may read, do not just warn",
    )
    parser.add_argument(
        "--allow-plaintext", action="store_true", help="send token and calls unencrypted to another machine"
    )
    parser.add_argument("--journal", type=pathlib.Path, default=pathlib.Path("order_system.journal"))
    parser.add_argument("--time-zone", default="Europe/London")
    arguments = parser.parse_args()
    try:
        return asyncio.run(push(arguments))
    except* (RCPError, OSError, ValueError) as problems:
        print(f"order_system: {problems.exceptions[0]}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
