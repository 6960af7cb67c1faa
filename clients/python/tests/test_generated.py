"""The generated code is current, complete, and keeps to its package."""

from __future__ import annotations

import importlib.util
import pathlib
import re
import subprocess
import sys

import returns_client.rcp_conformance_v1 as conformance
import returns_client.returns_v1 as returns
from returns_client import Idempotency, Kind, Method

PYTHON = pathlib.Path(__file__).resolve().parents[1]
PROTOCOL = PYTHON.parents[1] / "Protocol"


def test_it_is_current() -> None:
    process = subprocess.run(
        [sys.executable, PYTHON / "scripts" / "generate", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr


def declared() -> dict[str, tuple[int, str]]:
    """Every method in the .proto files, read without protoc: name, id, idempotency."""
    found: dict[str, tuple[int, str]] = {}
    for path in PROTOCOL.rglob("*.proto"):
        text = path.read_text()
        package = re.search(r"^package (\S+);", text, re.MULTILINE)
        assert package
        for service in re.finditer(r"^service (\w+) \{(.*?)^\}", text, re.MULTILINE | re.DOTALL):
            for rpc in re.finditer(r"rpc (\w+)\(.*?\{(.*?)\}", service[2], re.DOTALL):
                number = re.search(r"method_id\) = (\w+)", rpc[2])
                idempotency = re.search(r"idempotency\) = (\w+)", rpc[2])
                assert number
                assert idempotency
                found[f"{package[1]}.{service[1]}.{rpc[1]}"] = (int(number[1], 0), idempotency[1])
    return found


def test_every_method_is_there_with_its_id_and_class() -> None:
    import returns_client.rcp_discovery_v1 as discovery

    known: dict[str, tuple[int, str]] = {}
    for module in (returns, conformance, discovery):
        for name in module.__all__:
            if name.endswith("Methods"):
                for method in vars(getattr(module, name)).values():
                    if isinstance(method, Method):
                        known[method.name] = (method.id, method.idempotency.name)
    assert known == declared()
    assert len(known) > 50


def test_kinds_and_types() -> None:
    methods = conformance.ConformanceServiceMethods
    assert methods.EMPTY_CALL.kind is Kind.UNARY
    assert methods.CLIENT_STREAMING_CALL.kind is Kind.CLIENT_STREAMING
    assert methods.SERVER_STREAMING_CALL.kind is Kind.SERVER_STREAMING
    assert methods.BIDIRECTIONAL_CALL.kind is Kind.BIDIRECTIONAL_STREAMING
    assert returns.OrderServiceMethods.PUT_ORDER.request_type is returns.PutOrderRequest
    assert returns.OrderServiceMethods.PUT_ORDER.idempotency is Idempotency.MUTATION
    assert returns.OrderServiceMethods.PUT_ORDER.needs_request_id
    assert not returns.OrderServiceMethods.GET_ORDER.needs_request_id


def test_nothing_is_put_beside_the_package() -> None:
    assert importlib.util.find_spec("returns") is None
    assert importlib.util.find_spec("rcp") is None
