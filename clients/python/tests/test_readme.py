"""README.md shows code that works, and names that exist."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

from returnsd import Returnsd
from support import run
from test_returnsd import order, token_of

import returns_client
import returns_client.events
import returns_client.returns_v1
from returns_client import Client
from returns_client.returns_v1 import OrderServiceStub

README = (pathlib.Path(__file__).resolve().parents[1] / "README.md").read_text()


def test_the_first_call(returnsd: Returnsd, folder: pathlib.Path) -> None:
    async def put() -> None:
        async with Client(returnsd.address, token=token_of(returnsd)) as client:
            await OrderServiceStub(client).put_order(order("1001"))

    run(put())
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    for shown, real in (
        ("127.0.0.1:7461", returnsd.address),
        ("var/admin.token", str(returnsd.token_file)),
    ):
        assert shown in code
        code = code.replace(shown, real)
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    assert 'order_no: "1001"' in process.stdout


def test_every_name_exists() -> None:
    known = {*returns_client.__all__, *returns_client.returns_v1.__all__}
    known |= {*returns_client.events.__all__, "LocalServer", "RCPError"}
    names = set(re.findall(r"\b([A-Z][a-z]+(?:[A-Z]\w+)+|TLS[A-Z]\w+)\b", README))
    # OrderKey and the like are messages; JSON and TLS are not names of ours.
    assert names - known - {"PyPI"} == set()
    assert len(names) > 15
