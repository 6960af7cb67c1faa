"""Values and tables that need no connection."""

from __future__ import annotations

import re
import uuid

import pytest

from returns_client import (
    Address,
    CallOptions,
    Client,
    Detail,
    Limits,
    Outcome,
    RCPError,
    Repetition,
    StatusCode,
    Token,
)
from returns_client.backoff import RetryBudget, after_hint, backoff
from returns_client.codec import MessageError, decode_message, encode_message, inflated
from returns_client.interceptors import CallInfo, TraceParent
from returns_client.methods import Kind
from returns_client.options import RetryPolicy
from returns_client.returns_v1 import EchoRequest, HealthServiceStub
from returns_client.wire.call_payloads import Response
from returns_client.wire.metadata import encode_metadata
from returns_client.wire.rows import Row


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("rcp://returns.example.com:7461", "rcp://returns.example.com:7461"),
        ("rcps://returns.example.com", "rcps://returns.example.com:7461"),
        ("127.0.0.1:99", "rcp://127.0.0.1:99"),
        ("[::1]:99", "rcp://[::1]:99"),
        ("unix:/run/r.sock", "rcp+unix:///run/r.sock"),
        ("rcp+unix:///run/r.sock", "rcp+unix:///run/r.sock"),
    ],
)
def test_addresses(text: str, form: str) -> None:
    assert str(Address.parse(text)) == form
    assert Address.parse(form) == Address.parse(text)


@pytest.mark.parametrize(
    "text", ["", "http://x:1", "x:0", "x:65536", "x:y", "unix:", "::1:7461", "u@x:1", "x/y:1"]
)
def test_addresses_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|scheme|port|address"):
        Address.parse(text)


def test_limits_outside_of_the_permitted_range() -> None:
    with pytest.raises(ValueError, match="frame_payload_bytes_max"):
        Limits(frame_payload_bytes_max=65_535)
    with pytest.raises(ValueError, match="message_bytes_max"):
        Limits(message_bytes_max=67_108_865)


@pytest.mark.parametrize(
    "pair",
    [
        ("", "x"),
        ("Upper", "x"),
        ("k" * 65, "x"),
        ("a-bin", "text"),
        ("a", b"bytes"),
        ("a", "x" * 8_192),
        ("ü", "x"),
    ],
)
def test_metadata_that_a_server_would_refuse_is_not_sent(pair: tuple[str, str | bytes]) -> None:
    with pytest.raises(ValueError, match="metadata"):
        encode_metadata((pair,))


def test_a_token_stands_in_no_representation() -> None:
    secret = "s3cr3t-t0ken"
    client = Client("127.0.0.1:1", token=secret)
    endpoint = client._pool._endpoints[0]
    for thing in (Token(secret), client, endpoint._hello(), endpoint, vars(client), vars(endpoint)):
        assert secret not in repr(thing)


def test_compression_pays_or_does_not_happen() -> None:
    small, large = EchoRequest(payload=b"a" * 100), EchoRequest(payload=b"a" * 10_000)
    assert encode_message(small, 1_024) == (small.SerializeToString(), False)
    assert encode_message(large, None) == (large.SerializeToString(), False)
    data, is_compressed = encode_message(large, 1_024)
    assert is_compressed
    assert len(data) < 200
    assert decode_message(EchoRequest, data, True) == large
    noise = EchoRequest(
        payload=bytes(uuid.uuid4().bytes * 1)[:16] + b"".join(uuid.uuid4().bytes for _ in range(99))
    )
    assert encode_message(noise, 1_024)[1] is False


def test_no_more_than_the_stated_size_is_inflated() -> None:
    import zlib

    bomb = (1_000).to_bytes(4) + zlib.compress(bytes(50_000_000))
    with pytest.raises(MessageError) as raised:
        inflated(bomb)
    assert raised.value.row is Row.MESSAGE_NOT_INFLATED
    with pytest.raises(MessageError) as raised:
        decode_message(EchoRequest, b"\x0a\x05x", False)
    assert raised.value.row is Row.MESSAGE_UNDECODABLE


def test_the_budget_stops_retries_at_half_and_recovers_slowly() -> None:
    budget = RetryBudget(RetryPolicy(budget_tokens=10, budget_ratio=0.1))
    assert [budget.failed() for _ in range(6)] == [True] * 4 + [False] * 2
    for _ in range(19):
        budget.decided()
    assert not budget.failed()
    for _ in range(30):
        budget.decided()
    assert budget.failed()


def test_waits_grow_up_to_their_limit_and_hints_are_never_undercut() -> None:
    for failures in range(1, 100):
        assert 0.0 <= backoff(0.1, 2.0, 5.0, failures) <= min(5.0, 0.1 * 2 ** (failures - 1))
    assert len({backoff(0.1, 2.0, 5.0, 3) for _ in range(100)}) > 50
    assert all(0.5 <= after_hint(0.5, 0.1) <= 0.6 for _ in range(100))


def test_request_ids_are_for_unary_mutations_only() -> None:
    stub = HealthServiceStub(Client("127.0.0.1:1"))
    assert stub.echo(EchoRequest()).request_id is None
    with pytest.raises(ValueError, match="no request id"):
        stub.echo(EchoRequest(), CallOptions(request_id=uuid.uuid4()))


def test_errors_say_what_to_do() -> None:
    error = RCPError(StatusCode.UNAVAILABLE, "the connection was lost", outcome=Outcome.UNKNOWN, method="m")
    assert error.repetition is Repetition.SAME_ID
    assert "repeat it under the same request id" in str(error)
    assert str(error).startswith("m: UNAVAILABLE: the connection was lost")


def test_a_detail_does_not_repeat_the_headline() -> None:
    def text(*details: Detail) -> str:
        return str(RCPError(StatusCode.NOT_FOUND, "no such case", details=details))

    assert text(Detail("id", "CASE_UNKNOWN", "no such case")) == "NOT_FOUND: no such case; id: CASE_UNKNOWN"
    assert text(Detail("", "CASE_UNKNOWN", "look")) == "NOT_FOUND: no such case; request: look"
    assert text(Detail("id", "CASE_UNKNOWN")) == "NOT_FOUND: no such case; id: CASE_UNKNOWN"


def test_traceparent() -> None:
    call = CallInfo("m", Kind.UNARY, None, ())
    ((key, value),) = TraceParent().started(call)
    assert key == "traceparent"
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", str(value))
    assert TraceParent(lambda: "00-x").started(call) == (("traceparent", "00-x"),)
    assert TraceParent().started(CallInfo("m", Kind.UNARY, None, (("traceparent", "given"),))) == ()


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (Outcome.NOT_APPLIED, Outcome.NOT_APPLIED, Outcome.NOT_APPLIED),
        (Outcome.NOT_APPLIED, Outcome.UNKNOWN, Outcome.UNKNOWN),
        (Outcome.UNKNOWN, Outcome.NOT_APPLIED, Outcome.UNKNOWN),
        (Outcome.UNKNOWN, Outcome.APPLIED, Outcome.APPLIED),
        (Outcome.APPLIED, Outcome.UNKNOWN, Outcome.APPLIED),
        (Outcome.APPLIED, Outcome.NOT_APPLIED, Outcome.APPLIED),
    ],
)
def test_outcomes_join(first: Outcome, second: Outcome, together: Outcome) -> None:
    assert first.joined(second) is together


def test_a_retry_after_that_the_protocol_forbids_is_not_sent() -> None:
    with pytest.raises(ValueError, match="M46"):
        Response(retry_after=-2).encode()
    with pytest.raises(ValueError, match="not -2"):
        RCPError(StatusCode.UNAVAILABLE, "later", retry_after_milliseconds=-2)
