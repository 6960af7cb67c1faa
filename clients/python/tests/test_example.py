"""The example of an order system, against the real server."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from collections import Counter

import order_system
import pytest
from returnsd import Returnsd
from support import run

from returns_client import Client, Token
from returns_client.returns_v1 import GetOrderRequest, OrderKey, OrderServiceStub

EXAMPLE = pathlib.Path(order_system.__file__)


def write_files(folder: pathlib.Path, orders: int, returns: int) -> None:
    lines = [{"sku": "MUG", "name": "Mug", "quantity": 3, "unit_price_minor": 450}]
    with (folder / "orders.jsonl").open("w") as file:
        for number in range(orders):
            order = {"order_no": f"E-{number}", "placed_at": "2026-11-20 10:00:00", "customer_id": "C-7",
                     "country": "United Kingdom", "currency": "GBP", "lines": lines}  # fmt: skip
            file.write(json.dumps(order) + "\n")
    with (folder / "returns.jsonl").open("w") as file:
        for number in range(returns):
            request = {"return_no": f"R-{number}", "requested_at": "2026-11-22 09:00:00",
                       "order_no": f"E-{number}", "lines": [{"sku": "MUG", "quantity": 1}]}  # fmt: skip
            file.write(json.dumps(request) + "\n")


def push(folder: pathlib.Path, server: Returnsd, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLE), "orders.jsonl", "returns.jsonl", "--server", server.address]
    command += ["--token-file", str(server.token_file), "--journal", "journal", *flags]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def results(folder: pathlib.Path) -> Counter[str]:
    entries = [
        json.loads(line) for line in (folder / "journal").read_text().split("\n") if line.endswith("}")
    ]
    return Counter(entry["result"] for entry in entries if "result" in entry)


@pytest.fixture
def server(returnsd: Returnsd) -> Returnsd:
    return returnsd


def test_every_line_takes_effect_once_however_often_it_is_sent(
    server: Returnsd, folder: pathlib.Path
) -> None:
    write_files(folder, 60, 40)
    with (folder / "returns.jsonl").open("a") as file:
        file.write(
            '{"return_no":"R-X","requested_at":"2026-11-22 09:00:00","order_no":null,"lines":[]}\nnot json\n'
        )
    first = push(folder, server)
    assert first.stdout == "100 done, 1 malformed, 1 refused\n", first.stdout + first.stderr
    assert first.returncode == 1
    # A run that was killed while it wrote its journal: the last line is cut short, and others are missing.
    journal = (folder / "journal").read_text().splitlines()
    (folder / "journal").write_text("\n".join(journal[:51]) + "\n" + journal[51][:20])
    resumed = push(folder, server)
    assert resumed.stdout == "1 malformed, 1 refused, 50 replayed\n", resumed.stdout + resumed.stderr
    assert results(folder) == {"done": 50, "replayed": 50, "refused": 1}
    # That push is over, so this is another one, whose equal content changes nothing.
    again = push(folder, server)
    assert again.stdout == "1 malformed, 1 refused, 40 replayed, 60 unchanged\n", again.stdout + again.stderr
    (folder / "journal").unlink()
    assert push(folder, server).stdout == again.stdout


def test_an_order_that_is_changed_and_changed_back_is_pushed_each_time(
    server: Returnsd, folder: pathlib.Path
) -> None:
    def order(quantity: int) -> str:
        lines = [{"sku": "MUG", "name": "Mug", "quantity": quantity, "unit_price_minor": 450}]
        return json.dumps({"order_no": "ABA", "placed_at": "2026-11-20 10:00:00", "customer_id": "C-7",
                           "currency": "GBP", "lines": lines}) + "\n"  # fmt: skip

    write_files(folder, 0, 0)
    (folder / "orders.jsonl").write_text(order(3) + order(4) + order(3))
    assert push(folder, server).stdout == "3 done\n"
    assert quantity_of(server, "ABA") == 3
    for quantity in (5, 3):
        (folder / "orders.jsonl").write_text(order(quantity))
        assert push(folder, server).stdout == "1 done\n"
        assert quantity_of(server, "ABA") == quantity


def quantity_of(server: Returnsd, order_no: str) -> int:
    async def read() -> int:
        async with Client(server.address, token=Token.from_file(server.token_file)) as client:
            key = OrderKey(sale_channel="online", order_no=order_no)
            reply = await OrderServiceStub(client).get_order(GetOrderRequest(key=key))
            return reply.order.lines[0].quantity

    return run(read())


def test_credentials_that_are_refused_stop_it_and_settle_nothing(
    server: Returnsd, folder: pathlib.Path
) -> None:
    write_files(folder, 3, 0)
    (folder / "token").write_text("nobody's")
    (folder / "token").chmod(0o644)
    process = push(folder, server, "--token-file", "token", "--strict")
    assert process.returncode == 1 and "chmod 600 token" in process.stderr, process.stderr
    process = push(folder, server, "--token-file", "token")
    assert process.returncode == 1 and "SecretFileWarning" in process.stderr
    assert "refused the credentials" in process.stderr
    assert "Traceback" not in process.stderr
    assert not results(folder)
