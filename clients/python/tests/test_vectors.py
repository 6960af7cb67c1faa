"""Every vector of Protocol/vectors, for both roles."""

from __future__ import annotations

from typing import Any

import pytest
from vectors import Transcript, load, unhex

from returns_client.status import Detail, Outcome, RefusedCode, StatusCode
from returns_client.wire import actions as a
from returns_client.wire.call_payloads import Request, Response
from returns_client.wire.client_machine import ClientMachine
from returns_client.wire.frames import (
    HEADER_BYTES,
    FrameType,
    HeaderRules,
    Role,
    check_header,
    decode_header,
    encode_frame,
)
from returns_client.wire.handshake import GoAway, Hello, HelloAck, Refused
from returns_client.wire.server_machine import ServerMachine

FRAMES: list[dict[str, Any]] = load("frames.json")
ACCEPTED: list[dict[str, Any]] = load("accepted.json")
MALFORMED: list[dict[str, Any]] = load("malformed.json")


def ids(vectors: list[dict[str, Any]]) -> list[str]:
    return [" ".join(str(v[k]) for k in ("row", "role", "name") if k in v) for v in vectors]


def metadata_of(pairs: list[Any]) -> tuple[tuple[str, str | bytes], ...]:
    return tuple(
        (key, value["text"] if "text" in value else bytes.fromhex(value["bytes"])) for key, value in pairs
    )


def encoded(kind: str, fields: dict[str, Any]) -> bytes:
    """The payload that the fields of a vector make."""
    match kind:
        case "HELLO":
            return Hello(
                fields["features"], fields["frame_payload_max"], fields["message_max"], fields["client_name"],
                fields["credential_kind"], bytes.fromhex(fields["credential"]),
                fields["version_min"], fields["version_max"],
            ).encode()  # fmt: skip
        case "HELLO_ACK":
            return HelloAck(
                fields["features"], fields["frame_payload_max"], fields["message_max"], fields["streams_max"],
                fields["ping_interval_min"], bytes.fromhex(fields["schema_hash"]), fields["server_name"],
                fields["version"],
            ).encode()  # fmt: skip
        case "REFUSED":
            return Refused(**fields).encode()
        case "GOAWAY":
            return GoAway(**fields).encode()
        case "PING" | "PONG":
            return bytes.fromhex(fields["opaque"])
        case "CREDIT":
            return int(fields["bytes"]).to_bytes(4)
        case "CANCEL":
            return bytes([fields["code"]])
        case "REQUEST":
            start = request_of(fields).encode()
        case "RESPONSE":
            start = response_of(fields).encode()
        case "MESSAGE":
            start = b""
        case _:
            raise AssertionError(f"unknown type {kind}")
    total = int(fields["total"]).to_bytes(4) if "total" in fields else b""
    return start + total + bytes.fromhex(fields["message"] or "")


def request_of(fields: dict[str, Any]) -> Request:
    return Request(fields["timeout"], bytes.fromhex(fields["request_id"]), metadata_of(fields["metadata"]))


def response_of(fields: dict[str, Any]) -> Response:
    details = tuple(
        Detail(d["field"], d["reason"], d["text"], tuple(d["allowed"])) for d in fields["details"]
    )
    return Response(
        StatusCode(fields["status"]), Outcome(fields["outcome"]), fields["replayed"], fields["retry_after"],
        fields["text"], details, metadata_of(fields["trailers"]),
    )  # fmt: skip


def assert_decodes(kind: str, payload: bytes, fields: dict[str, Any]) -> None:
    """The payload's own decoder says what the fields say."""
    has_total = "total" in fields
    message = bytes.fromhex(fields.get("message") or "")
    match kind:
        case "HELLO":
            assert Hello.decode(payload).encode() == encoded(kind, fields)
            assert Hello.decode(payload).client_name == fields["client_name"]
        case "HELLO_ACK":
            ack = HelloAck.decode(payload, Hello(fields["features"], 65_536, 131_072, ""))
            assert (ack.server_name, ack.streams_max) == (fields["server_name"], fields["streams_max"])
            assert ack.encode() == payload
        case "REFUSED":
            assert Refused.decode(payload) == Refused(**fields)
        case "GOAWAY":
            assert GoAway.decode(payload) == GoAway(**fields)
        case "REQUEST":
            assert Request.decode(payload, has_total) == (request_of(fields), fields.get("total"), message)
        case "RESPONSE":
            assert Response.decode(payload, has_total) == (response_of(fields), fields.get("total"), message)
        case _:
            assert payload == encoded(kind, fields)


@pytest.mark.parametrize("vector", FRAMES, ids=ids(FRAMES))
def test_frames(vector: dict[str, Any]) -> None:
    data, expected, fields = unhex(vector["bytes"]), vector["header"], vector["fields"]
    header = decode_header(data)
    kind = FrameType(header.frame_type)
    found = (header.payload_length, kind.name, header.flags, header.method, header.stream)
    assert found == tuple(expected[key] for key in ("payload_length", "type", "flags", "method", "stream"))
    receiver = Role.CLIENT if kind.name in ("HELLO_ACK", "REFUSED", "RESPONSE") else Role.SERVER
    assert check_header(header, HeaderRules(receiver, 65_536, 7))
    assert_decodes(kind.name, data[HEADER_BYTES:], fields)
    payload = encoded(kind.name, fields)
    assert encode_frame(kind, payload, header.flags, header.method, header.stream) == data


@pytest.mark.parametrize("vector", ACCEPTED, ids=ids(ACCEPTED))
def test_accepted(vector: dict[str, Any]) -> None:
    transcript = Transcript(vector["role"], vector["given"])
    for step in vector["steps"]:
        transcript.step(step)
    assert transcript.words == [expanded(action) for action in vector["actions"]]
    for stream, least in vector.get("credit", {}).items():
        assert transcript.credit.get(int(stream), 0) >= least


def expanded(action: str) -> str:
    """`deliver 1 00*3 END` with its bytes written out."""
    if not action.startswith("deliver "):
        return action
    end = " END" if action.endswith(" END") else ""
    _, stream, *data = action.removesuffix(" END").split(" ")
    return f"deliver {stream} {unhex(' '.join(data)).hex()}{end}"


@pytest.mark.parametrize("vector", MALFORMED, ids=ids(MALFORMED))
def test_malformed(vector: dict[str, Any]) -> None:
    transcript = Transcript(vector["role"], vector["given"])
    *before, last = vector["steps"]
    for step in before:
        transcript.step(step)
    assert not any(isinstance(action, a.Close) for action in transcript.raw), transcript.words
    transcript.forget()
    transcript.step(last)
    expect = vector["expect"]
    if vector["row"] in ("M57", "M66"):
        decode_behind(transcript, expect)
        return
    assert transcript.consequence(expect.get("stream")) == expect["consequence"]
    if "cancel" in expect:
        assert transcript.cancels == (
            [] if expect["cancel"] is None else [(expect["stream"], expect["cancel"])]
        )
    if not expect["consequence"].startswith(("RESPONSE", "call fails")):
        assert transcript.machine.receive(b"\0" * 12, transcript.now) == [], "it read on after the end"
    else:
        assert not any(isinstance(action, a.Close) for action in transcript.raw)


def decode_behind(transcript: Transcript, expect: dict[str, Any]) -> None:
    """Rows that are found by whoever decodes the message, which the machine has handed on."""
    from returns_client.codec import MessageError, decode_message
    from returns_client.rcp_conformance_v1 import CallRequest

    handed = [
        x
        for x in transcript.raw
        if isinstance(x, a.StartCall | a.CompleteCall | a.Deliver) and x.stream == expect["stream"]
    ]
    assert len(handed) == 1
    data = handed[0].data if isinstance(handed[0], a.Deliver) else handed[0].message
    with pytest.raises(MessageError) as raised:
        decode_message(CallRequest, data or b"", handed[0].is_compressed)
    verb, status = expect["consequence"].rsplit(" ", 1)
    wanted = {"RESPONSE": StatusCode.INVALID_ARGUMENT, "call fails": StatusCode.INTERNAL}[verb]
    assert wanted.name == status
    assert raised.value.row.value in ("M57", "M66")


def test_every_row_and_type_has_a_vector() -> None:
    from returns_client.wire.rows import Row

    assert {vector["row"] for vector in MALFORMED} == {row.value for row in Row}
    assert {vector["header"]["type"] for vector in FRAMES} == {kind.name for kind in FrameType}


def test_unknown_codes_are_read_as_specified() -> None:
    assert Refused(999).known_code is RefusedCode.MALFORMED
    assert GoAway(0, 999).known_code.name == "PROTOCOL_ERROR"
    assert isinstance(Transcript("client", "open").machine, ClientMachine)
    assert isinstance(Transcript("server", "open").machine, ServerMachine)
