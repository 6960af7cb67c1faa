#!/usr/bin/env python3
"""Writes the test vectors of RCP/1 from SPEC.md, with an encoder of its own.

It shares no code with any implementation, so that a misreading of SPEC.md in one of them shows up as a
difference. `make.py` rewrites the files, `make.py --check` fails if they are not current.
"""

import json
import pathlib
import re
import struct
import sys
import zlib

END, MORE, COMPRESSED, HAS, IGNORABLE = 0x01, 0x02, 0x04, 0x08, 0x80
TYPES = {
    "HELLO": 1,
    "HELLO_ACK": 2,
    "REFUSED": 3,
    "PING": 4,
    "PONG": 5,
    "GOAWAY": 6,
    "CREDIT": 7,
    "REQUEST": 0x10,
    "MESSAGE": 0x11,
    "RESPONSE": 0x12,
    "CANCEL": 0x13,
}
PREFACE = bytes.fromhex("895243500D0A1A01")
REQUEST_ID = bytes.fromhex("00112233445566778899aabbccddeeff")
ZERO_ID = bytes(16)
MUTATION, READ_ONLY, DOWNLOAD, UPLOAD, CHAT, UNKNOWN_METHOD = 0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x7777
FRAGMENTS, COMPRESSION, STREAMING = 0x01, 0x02, 0x04
FRAME_MAX, MESSAGE_MAX, HELD_MAX, STREAMS_MAX = 65536, 131072, 2 * (131072 + 12), 4
CLIENT_HELD_MAX = 131072 + 12
# Of four messages as large as they may be, the last is one too many.
INFLATED_MAX = 3 * 131072
# A payload that uses up a stream's window at once.
WINDOW_PAYLOAD = 65536 - 12


def text(value, size):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack({8: ">B", 16: ">H"}[size], len(raw)) + raw


def frame(kind, payload=b"", flags=0, method=0, stream=0, length=None):
    number = TYPES[kind] if isinstance(kind, str) else kind
    return (
        struct.pack(">IBBHI", len(payload) if length is None else length, number, flags, method, stream)
        + payload
    )


def hello(
    low=1,
    high=1,
    features=1,
    frame_max=FRAME_MAX,
    message_max=MESSAGE_MAX,
    name="vector",
    kind=1,
    credential=b"secret",
    tail=b"",
):
    return (
        struct.pack(">BBIII", low, high, features, frame_max, message_max)
        + text(name, 8)
        + struct.pack(">BH", kind, len(credential))
        + credential
        + tail
    )


def hello_ack(
    version=1,
    features=1,
    frame_max=FRAME_MAX,
    message_max=MESSAGE_MAX,
    streams=STREAMS_MAX,
    ping=10000,
    schema=bytes(range(32)),
    name="vector server",
    tail=b"",
):
    return (
        struct.pack(">BIIIII", version, features, frame_max, message_max, streams, ping)
        + schema
        + text(name, 8)
        + tail
    )


def refused(code, note="", low=1, high=1):
    return struct.pack(">HBB", code, low, high) + text(note, 16)


def goaway(last, code, note=""):
    return struct.pack(">IH", last, code) + text(note, 16)


def pairs(*items):
    block = b"".join(text(key, 8) + text(value, 16) for key, value in items)
    return struct.pack(">H", len(block)) + block


NO_PAIRS = pairs()


def request(message=b"hello", timeout=1000, request_id=REQUEST_ID, metadata=NO_PAIRS, total=None):
    head = struct.pack(">I", timeout) + request_id + metadata
    return head + (b"" if total is None else struct.pack(">I", total)) + message


def detail(field, reason, note, allowed):
    return (
        text(field, 16)
        + text(reason, 8)
        + text(note, 16)
        + bytes([len(allowed)])
        + b"".join(text(item, 8) for item in allowed)
    )


def details(*items):
    block = b"".join(items)
    return struct.pack(">H", len(block)) + block


NO_DETAILS = details()


def response(
    message=b"hello",
    status=0,
    outcome=1,
    flags=0,
    reserved=0,
    retry=-1,
    note="",
    info=NO_DETAILS,
    trailers=NO_PAIRS,
    total=None,
):
    head = struct.pack(">BBBBi", status, outcome, flags, reserved, retry) + text(note, 16) + info + trailers
    return head + (b"" if total is None else struct.pack(">I", total)) + message


def call(stream=1, **fields):
    """A good unary REQUEST for the mutation."""
    return frame("REQUEST", request(**fields), END | HAS, MUTATION, stream)


def shorten(data):
    """Hexadecimal, with long runs of one byte as `bb*count`, set apart by spaces."""
    tokens = []
    for run in re.finditer(rb"(.)\1*", data, re.DOTALL):
        count = len(run.group())
        if count >= 32:
            tokens.append(f" {run.group(1).hex()}*{count} ")
        else:
            tokens.append(run.group().hex())
    return "".join(tokens).strip().replace("  ", " ")


def receive(*parts):
    return {"receive": shorten(b"".join(parts))}


def message(payload, flags=0, stream=1):
    """A MESSAGE of a message stream, or a fragment of one."""
    return frame("MESSAGE", payload, flags | HAS, 0, stream)


def credit(amount, stream=0):
    return frame("CREDIT", struct.pack(">I", amount), stream=stream)


def upload(stream=1, method=UPLOAD):
    return frame("REQUEST", request(message=b"", request_id=ZERO_ID), 0, method, stream)


def download(stream=1):
    return frame("REQUEST", request(request_id=ZERO_ID), END | HAS, DOWNLOAD, stream)


def compressed(data, size=None):
    """A message as SPEC.md §6.7 sends it, perhaps with another size than its own."""
    return struct.pack(">I", len(data) if size is None else size) + zlib.compress(data, 9)


ALL_FEATURES = FRAGMENTS | COMPRESSION | STREAMING
STREAMING_HANDSHAKE = [
    receive(PREFACE, frame("HELLO", hello(features=FRAGMENTS | STREAMING))),
    {"event": "authenticated"},
]
STREAMING_OPENING = [
    {"event": "connected"},
    receive(frame("HELLO_ACK", hello_ack(features=FRAGMENTS | STREAMING))),
]
HANDSHAKE = [receive(PREFACE, frame("HELLO", hello())), {"event": "authenticated"}]
FIRST_FRAGMENT = frame("REQUEST", request(message=b"0123456789", total=30), MORE | HAS, MUTATION, 1)
ANSWER_FRAGMENT = frame("RESPONSE", response(message=b"0123456789", total=30), MORE | HAS, 0, 1)
GIVEN = {
    "server": {
        "new": [],
        "hello": [receive(PREFACE, frame("HELLO", hello()))],
        "open": HANDSHAKE,
        "called": [*HANDSHAKE, receive(call())],
        "receiving": [*HANDSHAKE, receive(FIRST_FRAGMENT)],
        "went_away": [*HANDSHAKE, receive(call()), receive(frame("GOAWAY", goaway(0, 0)))],
        "refused_often": [
            *HANDSHAKE,
            receive(*[frame("REQUEST", request(), END | HAS, UNKNOWN_METHOD, n) for n in range(1, 17)]),
        ],
        "without_features": [receive(PREFACE, frame("HELLO", hello(features=0))), {"event": "authenticated"}],
        "streaming": STREAMING_HANDSHAKE,
        "uploading": [*STREAMING_HANDSHAKE, receive(upload())],
        "chatting": [*STREAMING_HANDSHAKE, receive(upload(method=CHAT))],
        "downloading": [*STREAMING_HANDSHAKE, receive(download())],
        "compressing": [
            receive(PREFACE, frame("HELLO", hello(features=ALL_FEATURES))),
            {"event": "authenticated"},
        ],
        "compressing_uploading": [
            receive(PREFACE, frame("HELLO", hello(features=ALL_FEATURES))),
            {"event": "authenticated"},
            receive(upload()),
        ],
    },
    "client": {
        "hello_sent": [{"event": "connected"}],
        "open": [{"event": "connected"}, receive(frame("HELLO_ACK", hello_ack()))],
        "called": [{"event": "connected"}, receive(frame("HELLO_ACK", hello_ack())), {"event": "open_call"}],
        "called_twice": [
            {"event": "connected"},
            receive(frame("HELLO_ACK", hello_ack())),
            {"event": "open_call"},
            {"event": "open_call"},
        ],
        "receiving": [
            {"event": "connected"},
            receive(frame("HELLO_ACK", hello_ack())),
            {"event": "open_call"},
            receive(ANSWER_FRAGMENT),
        ],
        "without_features": [
            {"event": "connected"},
            receive(frame("HELLO_ACK", hello_ack(features=0))),
            {"event": "open_call"},
        ],
        "streaming": STREAMING_OPENING,
        "uploading": [*STREAMING_OPENING, {"event": "open_call", "method": UPLOAD}],
        "chatting": [*STREAMING_OPENING, {"event": "open_call", "method": CHAT}],
        "downloading": [*STREAMING_OPENING, {"event": "open_call", "method": DOWNLOAD}],
        "compressing": [
            {"event": "connected"},
            receive(frame("HELLO_ACK", hello_ack(features=ALL_FEATURES))),
            {"event": "open_call"},
        ],
        "compressing_downloading": [
            {"event": "connected"},
            receive(frame("HELLO_ACK", hello_ack(features=ALL_FEATURES))),
            {"event": "open_call", "method": DOWNLOAD},
        ],
        "downloading_twice": STREAMING_OPENING + [{"event": "open_call", "method": DOWNLOAD}] * 2,
    },
}
FIXTURE = {
    "frame_payload_bytes_max": FRAME_MAX,
    "message_bytes_max": MESSAGE_MAX,
    "streams_max": STREAMS_MAX,
    "server_held_bytes_max": HELD_MAX,
    "client_held_bytes_max": CLIENT_HELD_MAX,
    "ping_interval_milliseconds_min": 10000,
    "ping_strikes_max": 3,
    "cancels_max": 16,
    "refusals_max": 16,
    "inflated_bytes_max": INFLATED_MAX,
    "strike_milliseconds": 10000,
    "features": FRAGMENTS | COMPRESSION | STREAMING,
    "methods": [
        {"id": MUTATION, "kind": "unary", "idempotency": "mutation"},
        {"id": READ_ONLY, "kind": "unary", "idempotency": "read_only"},
        {"id": DOWNLOAD, "kind": "server_streaming", "idempotency": "read_only"},
        {"id": UPLOAD, "kind": "client_streaming", "idempotency": "mutation"},
        {"id": CHAT, "kind": "bidirectional_streaming", "idempotency": "mutation"},
    ],
    "open_call": {"method": MUTATION, "request_id": REQUEST_ID.hex(), "message": b"hello".hex()},
    "given": GIVEN,
    "retry": {
        "attempts_max": 5,
        "backoff_milliseconds": 50,
        "backoff_milliseconds_max": 5000,
        "budget_tokens": 100,
        "budget_ratio": 0.1,
        "codes": ["ABORTED", "RESOURCE_EXHAUSTED", "UNAVAILABLE"],
        "waits_for_ready": True,
        "unary_timeout_milliseconds": 30000,
    },
}

# Every frame type, and its fields as a reader must see them.

FRAMES = []


def good(name, kind, payload, fields, flags=0, method=0, stream=0):
    FRAMES.append(
        {
            "name": name,
            "bytes": frame(kind, payload, flags, method, stream).hex(),
            "header": {
                "payload_length": len(payload),
                "type": kind,
                "flags": flags,
                "method": method,
                "stream": stream,
            },
            "fields": fields,
        }
    )


def hello_fields(**changes):
    fields = {
        "version_min": 1,
        "version_max": 1,
        "features": 1,
        "frame_payload_max": FRAME_MAX,
        "message_max": MESSAGE_MAX,
        "client_name": "vector",
        "credential_kind": 1,
        "credential": b"secret".hex(),
    }
    return fields | changes


def response_fields(**changes):
    fields = {
        "status": 0,
        "outcome": 1,
        "replayed": False,
        "retry_after": -1,
        "text": "",
        "details": [],
        "trailers": [],
        "message": b"hello".hex(),
    }
    return fields | changes


def request_fields(**changes):
    fields = {"timeout": 1000, "request_id": REQUEST_ID.hex(), "metadata": [], "message": b"hello".hex()}
    return fields | changes


good("HELLO with a token", "HELLO", hello(), hello_fields())
good(
    "HELLO without credentials",
    "HELLO",
    hello(kind=0, credential=b""),
    hello_fields(credential_kind=0, credential=""),
)
good(
    "HELLO with a certificate",
    "HELLO",
    hello(kind=2, credential=b""),
    hello_fields(credential_kind=2, credential=""),
)
good(
    "HELLO with an unknown kind of credential",
    "HELLO",
    hello(kind=9, credential=b"\x01\x02"),
    hello_fields(credential_kind=9, credential="0102"),
)
good(
    "HELLO of a client with more versions and features",
    "HELLO",
    hello(high=7, features=0xFFFFFFFF, frame_max=0xFFFFFFFF, message_max=0xFFFFFFFF, name="\u7c73"),
    hello_fields(
        version_max=7,
        features=0xFFFFFFFF,
        frame_payload_max=0xFFFFFFFF,
        message_max=0xFFFFFFFF,
        client_name="\u7c73",
    ),
)
good(
    "HELLO_ACK",
    "HELLO_ACK",
    hello_ack(),
    {
        "version": 1,
        "features": 1,
        "frame_payload_max": FRAME_MAX,
        "message_max": MESSAGE_MAX,
        "streams_max": STREAMS_MAX,
        "ping_interval_min": 10000,
        "schema_hash": bytes(range(32)).hex(),
        "server_name": "vector server",
    },
)
good(
    "REFUSED",
    "REFUSED",
    refused(2, "unknown token"),
    {"code": 2, "version_min": 1, "version_max": 1, "text": "unknown token"},
)
good("PING", "PING", bytes.fromhex("0102030405060708"), {"opaque": "0102030405060708"})
good("PONG", "PONG", bytes.fromhex("ff02030405060708"), {"opaque": "ff02030405060708"})
good(
    "GOAWAY",
    "GOAWAY",
    goaway(0xFFFFFFFF, 0, "stopping"),
    {"last_stream": 0xFFFFFFFF, "code": 0, "text": "stopping"},
)
good(
    "GOAWAY with a code of a later version",
    "GOAWAY",
    goaway(7, 999),
    {"last_stream": 7, "code": 999, "text": ""},
)
good("CREDIT of a stream", "CREDIT", struct.pack(">I", 65536), {"bytes": 65536}, stream=5)
good("CREDIT of the connection", "CREDIT", struct.pack(">I", 1), {"bytes": 1})
good("REQUEST of a mutation", "REQUEST", request(), request_fields(), END | HAS, MUTATION, 1)
good(
    "REQUEST that is read-only, with an empty message and no timeout",
    "REQUEST",
    request(message=b"", timeout=0, request_id=ZERO_ID),
    request_fields(timeout=0, request_id=ZERO_ID.hex(), message=""),
    END | HAS,
    READ_ONLY,
    0xFFFFFFFE,
)
good(
    "REQUEST with metadata",
    "REQUEST",
    request(metadata=pairs(("on-behalf-of", "lena"), ("trace-bin", b"\x00\xff"), ("on-behalf-of", "\u7f8e"))),
    request_fields(
        metadata=[
            ["on-behalf-of", {"text": "lena"}],
            ["trace-bin", {"bytes": "00ff"}],
            ["on-behalf-of", {"text": "\u7f8e"}],
        ]
    ),
    END | HAS,
    MUTATION,
    9,
)
good(
    "REQUEST, first fragment",
    "REQUEST",
    request(message=b"01234", total=11),
    request_fields(total=11, message=b"01234".hex()),
    MORE | HAS,
    MUTATION,
    3,
)
good("MESSAGE, fragment", "MESSAGE", b"56789", {"message": b"56789".hex()}, MORE | HAS, 0, 3)
good("MESSAGE, last fragment", "MESSAGE", b"x", {"message": b"x".hex()}, END | HAS, 0, 3)
good("RESPONSE of success", "RESPONSE", response(), response_fields(), END | HAS, 0, 1)
good(
    "RESPONSE replayed, with an empty message and trailers",
    "RESPONSE",
    response(message=b"", flags=1, trailers=pairs(("cost", "3"))),
    response_fields(replayed=True, message="", trailers=[["cost", {"text": "3"}]]),
    END | HAS,
    0,
    2,
)
good(
    "RESPONSE of failure with text and details",
    "RESPONSE",
    response(
        message=b"",
        status=9,
        outcome=2,
        note="the case is closed",
        info=details(
            detail("lines[2].quantity", "QUANTITY_EXCEEDED", "only 3 are left", ["1", "2", "3"]),
            detail("", "WRONG_STATE", "", []),
        ),
    ),
    response_fields(
        status=9,
        outcome=2,
        text="the case is closed",
        message=None,
        details=[
            {
                "field": "lines[2].quantity",
                "reason": "QUANTITY_EXCEEDED",
                "text": "only 3 are left",
                "allowed": ["1", "2", "3"],
            },
            {"field": "", "reason": "WRONG_STATE", "text": "", "allowed": []},
        ],
    ),
    END,
    0,
    77,
)
good(
    "RESPONSE that asks to wait",
    "RESPONSE",
    response(message=b"", status=8, outcome=2, retry=100),
    response_fields(status=8, outcome=2, retry_after=100, message=None),
    END,
    0,
    4,
)
good(
    "RESPONSE, first fragment",
    "RESPONSE",
    response(message=b"01234", total=11),
    response_fields(total=11, message=b"01234".hex()),
    MORE | HAS,
    0,
    3,
)
good("CANCEL by the caller", "CANCEL", b"\x01", {"code": 1}, stream=3)
good("CANCEL after the deadline", "CANCEL", b"\x04", {"code": 4}, stream=0xFFFFFFFF)

# Every row of SPEC.md §10.

MALFORMED = []
PROTOCOL_ERROR = "GOAWAY PROTOCOL_ERROR"


def cancel_of(data, stream):
    """What a client says behind a call that fails by these bytes:
    nothing once the server has ended the stream."""
    has_ended = False
    while len(data) >= 12:
        length, _, flags, _, of_stream = struct.unpack(">IBBHI", data[:12])
        data = data[12 + length :]
        has_ended |= of_stream == stream and bool(flags & END)
    return None if has_ended else "CANCELLED"


def bad(row, name, role, given, consequence, *steps, stream=None):
    """Raw bytes among `steps` are received; `stream` is the call that fails, where one does."""
    cancel = {"cancel": cancel_of(steps[-1], stream)} if consequence.startswith("call fails") else {}
    steps = [receive(step) if isinstance(step, bytes) else step for step in steps]
    expect = {"consequence": consequence} | ({} if stream is None else {"stream": stream}) | cancel
    MALFORMED.append(
        {"row": f"M{row}", "name": name, "role": role, "given": given, "steps": steps, "expect": expect}
    )


def bad_at_both(row, name, consequence, data):
    bad(row, name, "server", "open", consequence, data)
    bad(row, name, "client", "called", consequence, data)


def refused_call(row, name, status, data, given="open", stream=1):
    bad(row, name, "server", given, f"RESPONSE {status}", data, stream=stream)


def failed_call(row, name, status, data, given="called", stream=1):
    bad(row, name, "client", given, f"call fails {status}", data, stream=stream)


for method in ("GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE "):
    bad(1, f"HTTP {method.strip()}", "server", "new", "HTTP 400", f"{method}/ HTTP/1.1\r\n\r\n".encode())
bad(1, "HTTP/2 prior knowledge", "server", "new", "HTTP 400", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
bad(1, "HTTP, byte by byte", "server", "new", "HTTP 400", b"G", b"E", b"T", b" ")
bad(2, "TLS 1.2 record", "server", "new", "close", bytes.fromhex("1603010200010001fc0303"))
bad(2, "TLS, byte by byte", "server", "new", "close", b"\x16", b"\x03")
bad(3, "zero byte", "server", "new", "close", b"\x00")
bad(3, "text that resembles HTTP", "server", "new", "close", b"GETTER")
bad(3, "0x16 without a TLS version", "server", "new", "close", b"\x16\x04")
bad(3, "line ends altered by the transport", "server", "new", "close", bytes.fromhex("895243500A1A01"))
bad(4, "header version 2", "server", "new", "REFUSED VERSION", PREFACE[:7] + b"\x02")
bad_at_both(5, "unknown type", PROTOCOL_ERROR, frame(0x42))
bad_at_both(5, "unknown type with other flags", PROTOCOL_ERROR, frame(0x00, flags=END | HAS))
bad(5, "unknown type before HELLO", "server", "new", "REFUSED MALFORMED", PREFACE + frame(0x42))
bad(5, "unknown type before HELLO_ACK", "client", "hello_sent", "close", frame(0x42))
bad(
    6,
    "RESPONSE to a server",
    "server",
    "called",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(), END | HAS, 0, 1),
)
bad(6, "HELLO_ACK to a server", "server", "open", PROTOCOL_ERROR, frame("HELLO_ACK", hello_ack()))
bad(6, "REFUSED to a server", "server", "open", PROTOCOL_ERROR, frame("REFUSED", refused(1)))
bad(6, "second HELLO", "server", "open", PROTOCOL_ERROR, frame("HELLO", hello()))
bad(6, "REQUEST to a client", "client", "open", PROTOCOL_ERROR, call())
bad(6, "HELLO to a client", "client", "open", PROTOCOL_ERROR, frame("HELLO", hello()))
bad(6, "second HELLO_ACK", "client", "open", PROTOCOL_ERROR, frame("HELLO_ACK", hello_ack()))
bad(6, "REFUSED after HELLO_ACK", "client", "open", PROTOCOL_ERROR, frame("REFUSED", refused(1)))
bad(
    7,
    "header alone, REQUEST one byte too long",
    "server",
    "open",
    "GOAWAY FRAME_TOO_LARGE",
    frame("REQUEST", b"", END | HAS, MUTATION, 1, length=FRAME_MAX + 1),
)
bad(
    7,
    "header alone, MESSAGE of 4 GiB",
    "server",
    "receiving",
    "GOAWAY FRAME_TOO_LARGE",
    frame("MESSAGE", b"", END | HAS, 0, 1, length=0xFFFFFFFF),
)
bad(
    7,
    "header alone, ignorable frame too long",
    "server",
    "open",
    "GOAWAY FRAME_TOO_LARGE",
    frame(0x42, b"", IGNORABLE, length=FRAME_MAX + 1),
)
bad(
    7,
    "header alone, GOAWAY too long",
    "server",
    "open",
    "GOAWAY FRAME_TOO_LARGE",
    frame("GOAWAY", length=4097),
)
bad(7, "header alone, PING too long", "server", "open", "GOAWAY FRAME_TOO_LARGE", frame("PING", length=4097))
bad(
    7,
    "header alone, HELLO too long",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", length=16385),
)
bad(
    7,
    "header alone, REQUEST in place of HELLO above HELLO's limit",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("REQUEST", b"", END | HAS, MUTATION, 1, length=16385),
)
bad(
    7,
    "header alone, RESPONSE one byte too long",
    "client",
    "called",
    "GOAWAY FRAME_TOO_LARGE",
    frame("RESPONSE", b"", END | HAS, 0, 1, length=FRAME_MAX + 1),
)
bad(7, "header alone, HELLO_ACK too long", "client", "hello_sent", "close", frame("HELLO_ACK", length=16385))
bad_at_both(8, "PING of 7 bytes", PROTOCOL_ERROR, frame("PING", bytes(7)))
bad_at_both(8, "PONG of 9 bytes", PROTOCOL_ERROR, frame("PONG", bytes(9)))
bad_at_both(8, "CREDIT of 0 bytes", PROTOCOL_ERROR, frame("CREDIT"))
bad_at_both(8, "CANCEL of 2 bytes", PROTOCOL_ERROR, frame("CANCEL", b"\x01\x01", stream=1))
bad_at_both(
    8, "MESSAGE with payload but without HAS_MESSAGE", PROTOCOL_ERROR, frame("MESSAGE", b"x", END, 0, 1)
)
for bit in (0x10, 0x20, 0x40, IGNORABLE):
    bad_at_both(9, f"flag 0x{bit:02x} on PING", PROTOCOL_ERROR, frame("PING", bytes(8), bit))
bad(
    9,
    "IGNORABLE on REQUEST",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(), END | HAS | IGNORABLE, MUTATION, 1),
)
bad_at_both(10, "END on PING", PROTOCOL_ERROR, frame("PING", bytes(8), END))
bad_at_both(10, "HAS_MESSAGE on CANCEL", PROTOCOL_ERROR, frame("CANCEL", b"\x01", HAS, stream=1))
bad_at_both(10, "MESSAGE with no flag", PROTOCOL_ERROR, frame("MESSAGE", b"", 0, 0, 1))
bad_at_both(10, "MORE with END", PROTOCOL_ERROR, frame("MESSAGE", b"x", MORE | END | HAS, 0, 1))
bad(
    10,
    "MORE without HAS_MESSAGE",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(message=b"", total=5), MORE, MUTATION, 1),
)
bad(
    10,
    "COMPRESSED without HAS_MESSAGE",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(message=b""), END | COMPRESSED, MUTATION, 1),
)
bad(
    10,
    "RESPONSE with neither END nor MORE",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(), HAS, 0, 1),
)
bad(
    11,
    "compressed REQUEST",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(), END | HAS | COMPRESSED, MUTATION, 1),
)
bad(
    11,
    "compressed RESPONSE",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(), END | HAS | COMPRESSED, 0, 1),
)
bad(12, "fragmented REQUEST", "server", "without_features", PROTOCOL_ERROR, FIRST_FRAGMENT)
bad(12, "fragmented RESPONSE", "client", "without_features", PROTOCOL_ERROR, ANSWER_FRAGMENT)
bad_at_both(13, "PING that names a method", PROTOCOL_ERROR, frame("PING", bytes(8), method=1))
bad_at_both(13, "CANCEL that names a method", PROTOCOL_ERROR, frame("CANCEL", b"\x01", method=1, stream=1))
bad_at_both(14, "MESSAGE on stream 0", PROTOCOL_ERROR, frame("MESSAGE", b"x", END | HAS))
bad_at_both(14, "CANCEL on stream 0", PROTOCOL_ERROR, frame("CANCEL", b"\x01"))
bad(14, "REQUEST on stream 0", "server", "open", PROTOCOL_ERROR, call(stream=0))
bad(14, "RESPONSE on stream 0", "client", "called", PROTOCOL_ERROR, frame("RESPONSE", response(), END | HAS))
bad_at_both(15, "PING on a stream", PROTOCOL_ERROR, frame("PING", bytes(8), stream=1))
bad_at_both(15, "GOAWAY on a stream", PROTOCOL_ERROR, frame("GOAWAY", goaway(0, 0), stream=1))
bad(
    15, "HELLO on a stream", "server", "new", "REFUSED MALFORMED", PREFACE + frame("HELLO", hello(), stream=1)
)
bad(15, "HELLO_ACK on a stream", "client", "hello_sent", "close", frame("HELLO_ACK", hello_ack(), stream=1))
bad(16, "REQUEST first", "server", "new", "REFUSED MALFORMED", PREFACE + call())
bad(16, "PING first", "server", "new", "REFUSED MALFORMED", PREFACE + frame("PING", bytes(8)))
bad(17, "REQUEST before HELLO_ACK", "server", "hello", "REFUSED MALFORMED", call())
bad(17, "second HELLO before HELLO_ACK", "server", "hello", "REFUSED MALFORMED", frame("HELLO", hello()))
bad(17, "one byte before HELLO_ACK", "server", "hello", "REFUSED MALFORMED", b"\x00")
bad(
    17,
    "ignorable frame before HELLO_ACK",
    "server",
    "hello",
    "REFUSED MALFORMED",
    frame(0x42, b"", IGNORABLE),
)
bad(
    17,
    "REQUEST in one read with HELLO",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello()) + call(),
)
bad(
    17,
    "one byte behind HELLO",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello()) + b"\x00",
)
bad(
    7,
    "ignorable frame before HELLO, above the handshake's limit",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame(0x42, b"", IGNORABLE, length=16385),
)
good_hello = hello()
for size in sorted({0, 1, 13, 14, 20, 21, 22, len(good_hello) - 1}):
    bad(
        18,
        f"HELLO of {size} bytes",
        "server",
        "new",
        "REFUSED MALFORMED",
        PREFACE + frame("HELLO", good_hello[:size]),
    )
for low, high in ((0, 1), (2, 1), (2, 9), (0, 0)):
    bad(
        19,
        f"versions {low} to {high}",
        "server",
        "new",
        "REFUSED VERSION",
        PREFACE + frame("HELLO", hello(low, high)),
    )
bad(
    20,
    "frame payload max below its floor",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(frame_max=65535)),
)
bad(
    20,
    "message max below its floor",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(message_max=65535)),
)
bad(
    21,
    "client name too long",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(name="n" * 129)),
)
bad(
    21,
    "client name not UTF-8",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(name=b"\xc3\x28")),
)
bad(
    22,
    "token too long",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(credential=bytes(4097))),
)
bad(22, "NONE with bytes", "server", "new", "REFUSED MALFORMED", PREFACE + frame("HELLO", hello(kind=0)))
bad(
    22,
    "CERTIFICATE with bytes",
    "server",
    "new",
    "REFUSED MALFORMED",
    PREFACE + frame("HELLO", hello(kind=2)),
)
bad(23, "nothing sent", "server", "new", "REFUSED HELLO_TIMEOUT", {"event": "hello_timeout"})
bad(
    23,
    "half a HELLO",
    "server",
    "new",
    "REFUSED HELLO_TIMEOUT",
    (PREFACE + frame("HELLO", hello()))[:30],
    {"event": "hello_timeout"},
)
bad(24, "PING before HELLO_ACK", "client", "hello_sent", "close", frame("PING", bytes(8)))
bad(
    24,
    "RESPONSE before HELLO_ACK",
    "client",
    "hello_sent",
    "close",
    frame("RESPONSE", response(), END | HAS, 0, 1),
)
for size in (0, 20, 21, 52, 53, len(hello_ack()) - 1):
    bad(
        25,
        f"HELLO_ACK of {size} bytes",
        "client",
        "hello_sent",
        "close",
        frame("HELLO_ACK", hello_ack()[:size]),
    )
bad(25, "server name not UTF-8", "client", "hello_sent", "close", frame("HELLO_ACK", hello_ack(name=b"\xff")))
bad(
    25, "server name too long", "client", "hello_sent", "close", frame("HELLO_ACK", hello_ack(name="n" * 129))
)
for changes in (
    {"version": 0},
    {"version": 2},
    {"features": 8},
    {"frame_max": FRAME_MAX + 1},
    {"frame_max": 65535},
    {"message_max": MESSAGE_MAX + 1},
    {"message_max": 65535},
    {"streams": 0},
):
    ((field, value),) = changes.items()
    bad(26, f"{field} {value}", "client", "hello_sent", "close", frame("HELLO_ACK", hello_ack(**changes)))
bad(
    26,
    "STREAMING without FRAGMENTS",
    "client",
    "hello_sent",
    "close",
    frame("HELLO_ACK", hello_ack(features=STREAMING)),
)
bad(27, "REFUSED of 3 bytes", "client", "hello_sent", "close", frame("REFUSED", bytes(3)))
bad(
    27,
    "REFUSED with a text that is missing",
    "client",
    "hello_sent",
    "close",
    frame("REFUSED", refused(1, "why")[:-1]),
)
bad(
    27,
    "REFUSED with a text not UTF-8",
    "client",
    "hello_sent",
    "close",
    frame("REFUSED", refused(1, b"\xff")),
)
bad(
    27,
    "REFUSED with a text too long",
    "client",
    "hello_sent",
    "close",
    frame("REFUSED", refused(1, "n" * 1025)),
)
bad_at_both(28, "GOAWAY of 7 bytes", PROTOCOL_ERROR, frame("GOAWAY", bytes(7)))
bad_at_both(
    28, "GOAWAY with a text that is missing", PROTOCOL_ERROR, frame("GOAWAY", goaway(0, 0, "why")[:-1])
)
bad_at_both(28, "GOAWAY with a text not UTF-8", PROTOCOL_ERROR, frame("GOAWAY", goaway(0, 0, b"\xff")))
bad_at_both(28, "GOAWAY with a text too long", PROTOCOL_ERROR, frame("GOAWAY", goaway(0, 0, "n" * 1025)))
bad(29, "last stream rises", "server", "went_away", PROTOCOL_ERROR, frame("GOAWAY", goaway(1, 0)))
bad(
    29,
    "last stream rises",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("GOAWAY", goaway(1, 0)),
    frame("GOAWAY", goaway(2, 0)),
)
bad_at_both(30, "CREDIT of nothing", PROTOCOL_ERROR, frame("CREDIT", bytes(4)))
bad_at_both(31, "CREDIT for the connection", PROTOCOL_ERROR, frame("CREDIT", struct.pack(">I", 100)))
bad_at_both(31, "CREDIT for a stream", PROTOCOL_ERROR, frame("CREDIT", struct.pack(">I", 100), stream=1))
bad_at_both(32, "CANCEL with OK", PROTOCOL_ERROR, frame("CANCEL", b"\x00", stream=1))
bad_at_both(32, "CANCEL with status 17", PROTOCOL_ERROR, frame("CANCEL", b"\x11", stream=1))
ping = receive(frame("PING", bytes(8)))
bad(
    33,
    "fifth PING in the same millisecond",
    "server",
    "open",
    "GOAWAY TOO_MANY_PINGS",
    ping,
    ping,
    ping,
    ping,
    ping,
)
bad(
    33,
    "always a millisecond too soon",
    "server",
    "open",
    "GOAWAY TOO_MANY_PINGS",
    *[step for n in range(5) for step in ({"at_milliseconds": 9999 * n}, ping)],
)
bad(34, "the same stream", "server", "called", PROTOCOL_ERROR, call(1))
bad(34, "a lower stream", "server", "open", PROTOCOL_ERROR, call(7), call(5))
bad(
    34,
    "the stream of a refused call",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(request_id=ZERO_ID), END | HAS, READ_ONLY, 7),
    call(7),
)
bad_at_both(35, "CANCEL of a stream never opened", PROTOCOL_ERROR, frame("CANCEL", b"\x01", stream=2))
bad_at_both(35, "MESSAGE on a stream never opened", PROTOCOL_ERROR, frame("MESSAGE", b"x", END | HAS, 0, 2))
bad(
    35,
    "RESPONSE on a stream never opened",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(), END | HAS, 0, 2),
)
bad(36, "REQUEST after GOAWAY", "server", "went_away", PROTOCOL_ERROR, call(3))
bad(37, "MESSAGE after END", "server", "called", PROTOCOL_ERROR, frame("MESSAGE", b"x", END | HAS, 0, 1))
bad(
    37,
    "END without HAS_MESSAGE within fragments",
    "server",
    "receiving",
    PROTOCOL_ERROR,
    frame("MESSAGE", b"", END, 0, 1),
)
bad(
    37, "MESSAGE before RESPONSE", "client", "called", PROTOCOL_ERROR, frame("MESSAGE", b"x", END | HAS, 0, 1)
)
bad(
    37,
    "END without HAS_MESSAGE within fragments",
    "client",
    "receiving",
    PROTOCOL_ERROR,
    frame("MESSAGE", b"", END, 0, 1),
)
bad(
    38,
    "first fragment empty",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(message=b"", total=5), MORE | HAS, MUTATION, 1),
)
bad(38, "next fragment empty", "server", "receiving", PROTOCOL_ERROR, frame("MESSAGE", b"", MORE | HAS, 0, 1))
bad(
    38,
    "first fragment empty",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(message=b"", total=5), MORE | HAS, 0, 1),
)
bad(38, "last fragment empty", "client", "receiving", PROTOCOL_ERROR, frame("MESSAGE", b"", END | HAS, 0, 1))
bad(
    39,
    "RESPONSE between fragments",
    "client",
    "receiving",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(), END | HAS, 0, 1),
)
refused_call(40, "unknown method", "UNIMPLEMENTED", frame("REQUEST", request(), END | HAS, UNKNOWN_METHOD, 1))
refused_call(40, "method 0", "UNIMPLEMENTED", frame("REQUEST", request(), END | HAS, 0, 1))
refused_call(41, "streaming method", "UNIMPLEMENTED", download())
refused_call(41, "method whose client streams", "UNIMPLEMENTED", upload())
bad(35, "CREDIT on a stream never opened", "server", "uploading", PROTOCOL_ERROR, credit(1, 2))
bad(35, "CREDIT on a stream never opened", "client", "uploading", PROTOCOL_ERROR, credit(1, 2))
bad(
    37,
    "MESSAGE after the end of the client's stream",
    "server",
    "uploading",
    PROTOCOL_ERROR,
    message(b"a", END) + message(b"b"),
)
bad(
    37,
    "MESSAGE in a call whose client sends no stream",
    "server",
    "downloading",
    PROTOCOL_ERROR,
    message(b"a"),
)
bad(
    37,
    "END without HAS_MESSAGE within fragments of a stream",
    "server",
    "uploading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 9) + b"a", MORE) + frame("MESSAGE", b"", END, 0, 1),
)
bad(37, "END in the server's stream", "client", "downloading", PROTOCOL_ERROR, message(b"a", END))
bad(
    37, "MESSAGE in a call whose server sends no stream", "client", "uploading", PROTOCOL_ERROR, message(b"a")
)
bad(
    38,
    "first fragment of a stream's message empty",
    "server",
    "uploading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 9), MORE),
)
bad(
    38,
    "next fragment of a stream's message empty",
    "client",
    "downloading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 9) + b"a", MORE) + message(b"", MORE),
)
bad(
    39,
    "RESPONSE of success within fragments of a stream's message",
    "client",
    "downloading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 9) + b"a", MORE) + frame("RESPONSE", response(message=b""), END, 0, 1),
)
refused_call(
    42,
    "one call too many",
    "RESOURCE_EXHAUSTED",
    b"".join(call(n) for n in range(2, 6)),
    given="called",
    stream=5,
)
bad(
    42,
    "cancelled calls count until their handlers return",
    "server",
    "open",
    "RESPONSE RESOURCE_EXHAUSTED",
    b"".join(call(n) + frame("CANCEL", b"\x01", stream=n) for n in range(1, 6)),
    stream=5,
)


def large(stream, total=MESSAGE_MAX):
    return frame("REQUEST", request(message=b"x", total=total), MORE | HAS, MUTATION, stream)


refused_call(
    43, "third message of half the budget", "RESOURCE_EXHAUSTED", large(1) + large(2) + large(3), stream=3
)
refused_call(
    43,
    "whole message with the budget used up",
    "RESOURCE_EXHAUSTED",
    large(1) + large(2) + call(3, message=bytes(25)),
    stream=3,
)
failed_call(
    43,
    "second answer with the budget used up",
    "RESOURCE_EXHAUSTED",
    b"".join(frame("RESPONSE", response(message=b"x", total=MESSAGE_MAX), MORE | HAS, 0, n) for n in (1, 2)),
    given="called_twice",
    stream=2,
)
refused_call(
    43,
    "a stream's message with the budget used up",
    "RESOURCE_EXHAUSTED",
    b"".join(upload(n) + message(struct.pack(">I", MESSAGE_MAX) + b"x", MORE, n) for n in (1, 2, 3)),
    given="streaming",
    stream=3,
)
failed_call(
    43,
    "a stream's message with the budget used up",
    "RESOURCE_EXHAUSTED",
    b"".join(message(struct.pack(">I", MESSAGE_MAX) + b"x", MORE, n) for n in (1, 2)),
    given="downloading_twice",
    stream=2,
)
for size in (0, 19, 20, 21):
    refused_call(
        44,
        f"REQUEST of {size} bytes",
        "INVALID_ARGUMENT",
        frame("REQUEST", request(message=b"")[:size], END | HAS, MUTATION, 1),
    )
refused_call(
    44,
    "metadata longer than the payload",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(message=b"", metadata=struct.pack(">H", 5) + b"abcd"), END | HAS, MUTATION, 1),
)
refused_call(
    44,
    "MORE without the total",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(message=b"abc"), MORE | HAS, MUTATION, 1),
)
good_response = response(message=b"")
for size in (0, 9, 10, 11, 13):
    failed_call(
        45, f"RESPONSE of {size} bytes", "INTERNAL", frame("RESPONSE", good_response[:size], END | HAS, 0, 1)
    )
for name, payload in (
    ("text not UTF-8", response(note=b"\xff")),
    ("text too long", response(note="n" * 4097)),
    ("text longer than the payload", response(message=b"", note="why")[:12]),
    ("details longer than the payload", response(message=b"", info=struct.pack(">H", 40))),
    ("detail cut short", response(info=details(detail("f", "R", "t", ["a"])[:-1]))),
    ("detail not UTF-8", response(info=details(detail("f", b"\xff", "t", [])))),
    ("too many details", response(info=details(*[detail("", "R", "", [])] * 65))),
    ("details too long", response(info=details(*[detail("", "R", "t" * 4090, [])] * 5))),
    ("trailers longer than the payload", response(message=b"", trailers=struct.pack(">H", 9))),
):
    failed_call(45, name, "INTERNAL", frame("RESPONSE", payload, END | HAS, 0, 1))
failed_call(
    45, "MORE without the total", "INTERNAL", frame("RESPONSE", response(message=b"abc"), MORE | HAS, 0, 1)
)
for name, changes in (
    ("status 17", {"status": 17}),
    ("outcome 3", {"outcome": 3}),
    ("response flag 2", {"flags": 2}),
    ("reserved byte", {"reserved": 1}),
    ("retry-after -2", {"retry": -2}),
):
    failed_call(46, name, "UNKNOWN", frame("RESPONSE", response(**changes), END | HAS, 0, 1))
for name, block in (
    ("empty key", pairs(("", "x"))),
    ("upper-case key", pairs(("Key", "x"))),
    ("key not UTF-8", pairs((b"\xff", "x"))),
    ("key of 65 bytes", pairs(("k" * 65, "x"))),
    ("text not UTF-8", pairs(("key", b"\xff"))),
    ("pair past the block's end", struct.pack(">H", 4) + b"\x01k\x00\x09"),
    ("pair without a value", struct.pack(">H", 2) + b"\x01k"),
):
    refused_call(
        47, name, "INVALID_ARGUMENT", frame("REQUEST", request(metadata=block), END | HAS, MUTATION, 1)
    )
    failed_call(47, name, "INTERNAL", frame("RESPONSE", response(trailers=block), END | HAS, 0, 1))
for name, block in (("65 pairs", pairs(*[("k", "v")] * 65)), ("8193 bytes", pairs(("k", "v" * (8193 - 4))))):
    refused_call(
        48, name, "RESOURCE_EXHAUSTED", frame("REQUEST", request(metadata=block), END | HAS, MUTATION, 1)
    )
    failed_call(48, name, "RESOURCE_EXHAUSTED", frame("RESPONSE", response(trailers=block), END | HAS, 0, 1))
refused_call(
    49,
    "mutation without a request id",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(request_id=ZERO_ID), END | HAS, MUTATION, 1),
)
refused_call(
    50,
    "read-only call with a request id",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(), END | HAS, READ_ONLY, 1),
)
refused_call(
    50,
    "streaming call with a request id",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(message=b""), 0, UPLOAD, 1),
    given="streaming",
)
refused_call(
    51,
    "no message where the server streams",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(message=b"", request_id=ZERO_ID), END, DOWNLOAD, 1),
    given="streaming",
)
failed_call(
    51,
    "OK without a message where the client streams",
    "INTERNAL",
    frame("RESPONSE", response(message=b""), END, 0, 1),
    given="uploading",
)
refused_call(
    52,
    "bytes without HAS_MESSAGE where the client streams",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(request_id=ZERO_ID), 0, UPLOAD, 1),
    given="streaming",
)
failed_call(
    52,
    "bytes without HAS_MESSAGE where the server streams",
    "INTERNAL",
    frame("RESPONSE", response(), END, 0, 1),
    given="downloading",
)
refused_call(
    53,
    "neither END nor MORE where the server streams",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(request_id=ZERO_ID), HAS, DOWNLOAD, 1),
    given="streaming",
)
refused_call(
    54,
    "a stream's message one byte too large",
    "RESOURCE_EXHAUSTED",
    message(struct.pack(">I", MESSAGE_MAX + 1) + b"x", MORE),
    given="uploading",
)
failed_call(
    54,
    "a stream's message one byte too large",
    "RESOURCE_EXHAUSTED",
    message(struct.pack(">I", MESSAGE_MAX + 1) + b"x", MORE),
    given="downloading",
)
for payload in (b"", b"abc", struct.pack(">I", 1) + b"x"):
    refused_call(
        55,
        f"fragment of a stream's message with {len(payload)} bytes",
        "INVALID_ARGUMENT",
        message(payload, MORE),
        given="uploading",
    )
    failed_call(
        55,
        f"fragment of a stream's message with {len(payload)} bytes",
        "INTERNAL",
        message(payload, MORE),
        given="downloading",
    )
refused_call(
    56,
    "a stream's message one byte too long",
    "INVALID_ARGUMENT",
    message(struct.pack(">I", 3) + b"x", MORE) + message(b"yyy"),
    given="chatting",
)
failed_call(
    56,
    "a stream's message one byte too short",
    "INTERNAL",
    message(struct.pack(">I", 3) + b"x", MORE) + message(b"y"),
    given="chatting",
)
refused_call(51, "no message", "INVALID_ARGUMENT", frame("REQUEST", request(message=b""), END, MUTATION, 1))
failed_call(51, "OK without a message", "INTERNAL", frame("RESPONSE", response(message=b""), END, 0, 1))
refused_call(
    52, "bytes without HAS_MESSAGE", "INVALID_ARGUMENT", frame("REQUEST", request(), END, MUTATION, 1)
)
failed_call(52, "bytes without HAS_MESSAGE", "INTERNAL", frame("RESPONSE", response(status=5), END, 0, 1))
refused_call(53, "neither END nor MORE", "INVALID_ARGUMENT", frame("REQUEST", request(), HAS, MUTATION, 1))
refused_call(
    53,
    "last fragment without END",
    "INVALID_ARGUMENT",
    frame("MESSAGE", bytes(20), HAS, 0, 1),
    given="receiving",
)
failed_call(
    53, "last fragment without END", "INTERNAL", frame("MESSAGE", bytes(20), HAS, 0, 1), given="receiving"
)
refused_call(54, "total one byte too large", "RESOURCE_EXHAUSTED", large(1, MESSAGE_MAX + 1))
refused_call(54, "total of 4 GiB", "RESOURCE_EXHAUSTED", large(1, 0xFFFFFFFF))
failed_call(
    54,
    "total one byte too large",
    "RESOURCE_EXHAUSTED",
    frame("RESPONSE", response(message=b"x", total=MESSAGE_MAX + 1), MORE | HAS, 0, 1),
)
for total in (0, 4, 5):
    refused_call(
        55,
        f"total {total} with 5 bytes",
        "INVALID_ARGUMENT",
        frame("REQUEST", request(total=total), MORE | HAS, MUTATION, 1),
    )
    failed_call(
        55,
        f"total {total} with 5 bytes",
        "INTERNAL",
        frame("RESPONSE", response(total=total), MORE | HAS, 0, 1),
    )
for name, fragment in (
    ("one byte too many", frame("MESSAGE", bytes(21), END | HAS, 0, 1)),
    ("one byte too few", frame("MESSAGE", bytes(19), END | HAS, 0, 1)),
    ("MORE with nothing left", frame("MESSAGE", bytes(20), MORE | HAS, 0, 1)),
):
    refused_call(56, name, "INVALID_ARGUMENT", fragment, given="receiving")
    failed_call(56, name, "INTERNAL", fragment, given="receiving")
# Field 1 as a string of 9 bytes, of which 2 are there: no protobuf message whatever its type.
refused_call(57, "not protobuf", "INVALID_ARGUMENT", call(message=b"\x0a\x09xx"))
failed_call(
    57, "not protobuf", "INTERNAL", frame("RESPONSE", response(message=b"\x0a\x09xx"), END | HAS, 0, 1)
)
transport_end = {"event": "transport_end"}
bad(58, "within the preface", "server", "new", "close", PREFACE[:5], transport_end)
bad(58, "within a header", "server", "open", "close", call()[:11], transport_end)
bad(58, "within a payload", "server", "open", "close", call()[:-1], transport_end)
bad(
    58,
    "within an ignorable frame",
    "server",
    "open",
    "close",
    frame(0x42, b"abc", IGNORABLE, length=9),
    transport_end,
)
bad(58, "within a header", "client", "called", "close", frame("PING", bytes(8))[:3], transport_end)

bad(
    59,
    "stream's window used up by one message",
    "server",
    "uploading",
    "GOAWAY CREDIT_OVERRUN",
    message(bytes(WINDOW_PAYLOAD)) + message(b""),
)
bad(
    59,
    "stream's window used up by empty messages",
    "server",
    "chatting",
    "GOAWAY CREDIT_OVERRUN",
    message(b"") * (65536 // 12 + 1),
)
bad(
    59,
    "stream's window used up, its end too much",
    "server",
    "uploading",
    "GOAWAY CREDIT_OVERRUN",
    message(bytes(WINDOW_PAYLOAD)) + frame("MESSAGE", b"", END, 0, 1),
)
bad(
    59,
    "fragments behind a message that is not taken",
    "server",
    "uploading",
    "GOAWAY CREDIT_OVERRUN",
    message(b"x") + message(struct.pack(">I", 100000) + bytes(40000), MORE) + message(bytes(30000), MORE),
)
bad(
    59,
    "stream's window used up by one message",
    "client",
    "downloading",
    "GOAWAY CREDIT_OVERRUN",
    message(bytes(WINDOW_PAYLOAD)) + message(b""),
)
for role, given in (("server", "downloading"), ("client", "uploading")):
    bad(60, "the connection's window", role, given, "GOAWAY CREDIT_OVERRUN", credit(2**31 - 1048576))
    bad(
        60,
        "the connection's window, in two steps",
        role,
        given,
        "GOAWAY CREDIT_OVERRUN",
        credit(2**31 - 1 - 1048576) + credit(1),
    )
    bad(60, "the stream's window", role, given, "GOAWAY CREDIT_OVERRUN", credit(2**31 - 65536, 1))
    bad(60, "as much as a u32 holds", role, given, "GOAWAY CREDIT_OVERRUN", credit(2**32 - 1, 1))
bad(61, "server streams nothing", "server", "uploading", PROTOCOL_ERROR, credit(1, 1))
bad(61, "unary call", "server", "streaming", PROTOCOL_ERROR, call() + credit(1, 1))
bad(61, "client streams nothing", "client", "downloading", PROTOCOL_ERROR, credit(1, 1))
refused_call(
    62,
    "REQUEST with a message where the client streams",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(request_id=ZERO_ID), END | HAS, UPLOAD, 1),
    given="streaming",
)
failed_call(
    62,
    "RESPONSE with a message where the server streams",
    "INTERNAL",
    frame("RESPONSE", response(), END | HAS, 0, 1),
    given="downloading",
)

CANCEL_IT = frame("CANCEL", b"\x01", stream=1)
bad(63, "CANCEL again and again", "server", "called", "GOAWAY EXCESSIVE_LOAD", CANCEL_IT * 17)
bad(
    63,
    "every call cancelled at once",
    "server",
    "open",
    "GOAWAY EXCESSIVE_LOAD",
    b"".join(
        frame("REQUEST", request(message=b"x", total=9), MORE | HAS, MUTATION, n)
        + frame("CANCEL", b"\x01", stream=n)
        for n in range(1, 18)
    ),
)
bad(
    63,
    "spread over almost the whole window",
    "server",
    "called",
    "GOAWAY EXCESSIVE_LOAD",
    *[step for n in range(17) for step in ({"at_milliseconds": 500 * n}, receive(CANCEL_IT))],
)
bad(
    64,
    "one refused call too many",
    "server",
    "refused_often",
    "GOAWAY EXCESSIVE_LOAD",
    frame("REQUEST", request(), END | HAS, UNKNOWN_METHOD, 17),
)


def compressed_call(data, stream=1):
    return frame("REQUEST", request(message=data), END | HAS | COMPRESSED, MUTATION, stream)


def compressed_answer(data):
    return frame("RESPONSE", response(message=data), END | HAS | COMPRESSED, 0, 1)


def compressed_message(data, flags=0):
    return message(data, flags | COMPRESSED)


bad(
    37,
    "COMPRESSED on the last fragment",
    "server",
    "compressing",
    PROTOCOL_ERROR,
    frame(
        "REQUEST",
        request(message=compressed(b"hello")[:9], total=len(compressed(b"hello"))),
        MORE | HAS | COMPRESSED,
        MUTATION,
        1,
    )
    + compressed_message(compressed(b"hello")[9:], END),
)
bad(
    37,
    "COMPRESSED on a stream's second fragment",
    "client",
    "compressing_downloading",
    PROTOCOL_ERROR,
    compressed_message(struct.pack(">I", 40) + compressed(bytes(99))[:9], MORE)
    + compressed_message(b"rest", MORE),
)
ZEROS = compressed(bytes(MESSAGE_MAX))
refused_call(
    43,
    "compressed message with the budget used up",
    "RESOURCE_EXHAUSTED",
    compressed_call(ZEROS, 1) + compressed_call(ZEROS, 2) + compressed_call(compressed(bytes(25)), 3),
    given="compressing",
    stream=3,
)
refused_call(
    43,
    "compressed message in fragments with the budget used up",
    "RESOURCE_EXHAUSTED",
    compressed_call(ZEROS, 1)
    + compressed_call(ZEROS, 2)
    + frame(
        "REQUEST",
        request(message=compressed(bytes(99))[:9], total=len(compressed(bytes(99)))),
        MORE | HAS | COMPRESSED,
        MUTATION,
        3,
    )
    + message(compressed(bytes(99))[9:], END, 3),
    given="compressing",
    stream=3,
)
failed_call(
    43,
    "compressed messages of a stream with the budget used up",
    "RESOURCE_EXHAUSTED",
    compressed_message(ZEROS) + compressed_message(compressed(b"x")),
    given="compressing_downloading",
)
refused_call(
    54,
    "size before compression one byte too large",
    "RESOURCE_EXHAUSTED",
    compressed_call(compressed(bytes(MESSAGE_MAX + 1))),
    given="compressing",
)
refused_call(
    54,
    "size before compression of 4 GiB",
    "RESOURCE_EXHAUSTED",
    compressed_call(compressed(bytes(99), 0xFFFFFFFF)),
    given="compressing",
)
failed_call(
    54,
    "size before compression one byte too large",
    "RESOURCE_EXHAUSTED",
    compressed_answer(compressed(bytes(MESSAGE_MAX + 1))),
    given="compressing",
)
refused_call(
    54,
    "size before compression of a stream's message too large",
    "RESOURCE_EXHAUSTED",
    compressed_message(compressed(bytes(MESSAGE_MAX + 1))),
    given="compressing_uploading",
)
for name, data in (
    ("no message at all", b""),
    ("size cut short", b"\x00\x00\x00"),
    ("size alone", struct.pack(">I", 5)),
    ("size 0", compressed(b"")),
    ("size too large by one", compressed(bytes(5000), 5001)),
    ("size too small by one", compressed(bytes(5000), 4999)),
    ("not zlib", struct.pack(">I", 5) + b"hello"),
    ("deflate without zlib's header", struct.pack(">I", 5000) + zlib.compress(bytes(5000))[2:-4]),
    ("stream cut short", compressed(bytes(5000))[:-1]),
    ("wrong checksum", compressed(bytes(5000))[:-1] + b"\xff"),
    ("bytes after the stream", compressed(bytes(5000)) + b"\x00"),
):
    refused_call(66, name, "INVALID_ARGUMENT", compressed_call(data), given="compressing")
    failed_call(66, name, "INTERNAL", compressed_answer(data), given="compressing")
    refused_call(
        66,
        f"stream's message, {name}",
        "INVALID_ARGUMENT",
        compressed_message(data),
        given="compressing_uploading",
    )
    failed_call(
        66, f"stream's message, {name}", "INTERNAL", compressed_message(data), given="compressing_downloading"
    )
refused_call(
    66,
    "in fragments, not zlib",
    "INVALID_ARGUMENT",
    frame("REQUEST", request(message=struct.pack(">I", 5), total=9), MORE | HAS | COMPRESSED, MUTATION, 1)
    + message(b"hello", END),
    given="compressing",
)


def answered(stream):
    """A compressed call of the largest size, answered so that nothing of it is held."""
    return [receive(compressed_call(ZEROS, stream)), {"event": "reply", "stream": stream}]


bad(
    67,
    "one message too many",
    "server",
    "compressing",
    "GOAWAY EXCESSIVE_LOAD",
    *answered(1),
    *answered(2),
    *answered(3),
    compressed_call(compressed(b"x"), 4),
)
bad(
    67,
    "in a stream",
    "server",
    "compressing_uploading",
    "GOAWAY EXCESSIVE_LOAD",
    *[step for _ in range(3) for step in (compressed_message(ZEROS), {"event": "take_message", "stream": 1})],
    compressed_message(compressed(b"x")),
)
bad(65, "half a frame", "server", "open", "GOAWAY TOO_SLOW", call()[:20], {"event": "frame_timeout"})

# Input that fits several rows: which one counts (§10).

bad(
    30,
    "CREDIT of zero bytes for a stream that has ended",
    "server",
    "downloading",
    PROTOCOL_ERROR,
    {"event": "reply", "stream": 1},
    credit(0, 1),
)
bad(
    32,
    "CANCEL with OK for a stream that has ended",
    "server",
    "called",
    PROTOCOL_ERROR,
    CANCEL_IT,
    frame("CANCEL", b"\0", stream=1),
)
bad(
    32,
    "CANCEL with OK on a stream never opened",
    "client",
    "called",
    PROTOCOL_ERROR,
    frame("CANCEL", b"\0", stream=9),
)
bad(
    35,
    "CANCEL on a stream never opened, after as many as there may be",
    "server",
    "called",
    PROTOCOL_ERROR,
    CANCEL_IT * 16,
    frame("CANCEL", b"\1", stream=9),
)
bad(
    38,
    "first fragment empty, request id missing",
    "server",
    "open",
    PROTOCOL_ERROR,
    frame("REQUEST", request(message=b"", total=5, request_id=ZERO_ID), MORE | HAS, MUTATION, 1),
)
bad(
    38,
    "first fragment empty in a RESPONSE that takes no message",
    "client",
    "downloading",
    PROTOCOL_ERROR,
    frame("RESPONSE", response(message=b"", total=5), MORE | HAS, 0, 1),
)
bad(
    39,
    "RESPONSE of success within fragments of a stream's message, cut short",
    "client",
    "downloading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 9) + b"a", MORE) + frame("RESPONSE", response()[:5], END, 0, 1),
)
failed_call(
    45,
    "RESPONSE with an unknown status, cut short before retry-after ends",
    "INTERNAL",
    frame("RESPONSE", response(status=99)[:7], END, 0, 1),
)
failed_call(
    46,
    "RESPONSE with an unknown status, cut short behind retry-after",
    "UNKNOWN",
    frame("RESPONSE", response(status=99)[:8], END, 0, 1),
)
bad(
    19,
    "versions 0 to 1, and nothing more",
    "server",
    "new",
    "REFUSED VERSION",
    PREFACE + frame("HELLO", hello(0, 1)[:2]),
)
bad(
    37,
    "END without HAS_MESSAGE within fragments of a stream, more than the window has left",
    "server",
    "uploading",
    PROTOCOL_ERROR,
    message(struct.pack(">I", 100000) + bytes(WINDOW_PAYLOAD - 4 - 11), MORE)
    + frame("MESSAGE", b"", END, 0, 1),
)
bad(
    59,
    "END alone, more than the window has left",
    "server",
    "uploading",
    "GOAWAY CREDIT_OVERRUN",
    message(bytes(WINDOW_PAYLOAD - 11)) + frame("MESSAGE", b"", END, 0, 1),
)

# What stands at a limit or crosses another frame and is therefore legal.

ACCEPTED = []


def fine(name, role, given, actions, *steps, credit_sent=None):
    steps = [receive(step) if isinstance(step, bytes) else step for step in steps]
    vector = {"name": name, "role": role, "given": given, "steps": steps, "actions": actions}
    ACCEPTED.append(vector | ({"credit": credit_sent} if credit_sent else {}))


fine(
    "CANCELs at their limit, and more when the window has moved on",
    "server",
    "called",
    ["cancel_call 1"],
    CANCEL_IT * 16,
    {"at_milliseconds": 11250},
    CANCEL_IT * 16,
)
fine(
    "refused calls when the window has moved on",
    "server",
    "refused_often",
    ["refuse_call 17 UNIMPLEMENTED"],
    {"at_milliseconds": 11250},
    frame("REQUEST", request(), END | HAS, UNKNOWN_METHOD, 17),
)
fine(
    "compressed message at its limit",
    "server",
    "compressing",
    ["start_call 1", "start_call 2"],
    compressed_call(ZEROS) + compressed_call(compressed(b"x"), 2),
)
fine(
    "compressed messages at their limit, and more when the window has moved on",
    "server",
    "compressing",
    ["start_call 1", "start_call 2", "start_call 3", "start_call 4"],
    *answered(1),
    *answered(2),
    *answered(3),
    {"at_milliseconds": 11250},
    compressed_call(ZEROS, 4),
)
fine(
    "compressed message in fragments",
    "server",
    "compressing",
    ["start_call 1"],
    frame("REQUEST", request(message=ZEROS[:3], total=len(ZEROS)), MORE | HAS | COMPRESSED, MUTATION, 1),
    message(ZEROS[3:50], MORE),
    message(ZEROS[50:], END),
)
fine("plain message where compressed ones may come", "server", "compressing", ["start_call 1"], call())
fine(
    "compressed messages of a stream, plain ones between",
    "server",
    "compressing_uploading",
    ["deliver 1 61", f"deliver 1 {shorten(bytes(5000))}", "deliver 1 62 END"],
    message(b"a"),
    compressed_message(compressed(bytes(5000))),
    compressed_message(compressed(b"b"), END),
)
fine("compressed answer", "client", "compressing", ["complete_call 1"], compressed_answer(ZEROS))
fine(
    "compressed answer in fragments",
    "client",
    "compressing",
    ["complete_call 1"],
    frame("RESPONSE", response(message=ZEROS[:9], total=len(ZEROS)), MORE | HAS | COMPRESSED, 0, 1),
    message(ZEROS[9:], END),
)
fine(
    "compressed messages of a stream, in fragments and whole",
    "client",
    "compressing_downloading",
    ["deliver 1 " + shorten(b"ab" * 500), "deliver 1 63", "complete_call 1"],
    compressed_message(struct.pack(">I", len(compressed(b"ab" * 500))) + compressed(b"ab" * 500)[:1], MORE),
    message(compressed(b"ab" * 500)[1:]),
    compressed_message(compressed(b"c")),
    frame("RESPONSE", response(message=b""), END, 0, 1),
)
fine("ignorable frame", "server", "open", [], frame(0x42, b"later", IGNORABLE | END, 9, 9))
fine(
    "ignorable frame, then PING",
    "server",
    "open",
    ["send_pong 0000000000000001"],
    frame(0x42, bytes(FRAME_MAX), IGNORABLE),
    frame("PING", bytes(7) + b"\x01"),
)
fine("ignorable frame", "client", "open", [], frame(0xFF, b"later", IGNORABLE))
fine(
    "ignorable frame before HELLO",
    "server",
    "new",
    ["authenticate"],
    PREFACE + frame(0x42, b"later", IGNORABLE) + frame("HELLO", hello()),
)
fine(
    "ignorable frame before HELLO_ACK",
    "client",
    "hello_sent",
    ["ready"],
    frame(0x42, b"later", IGNORABLE) + frame("HELLO_ACK", hello_ack()),
)
fine(
    "HELLO with bytes of a later version",
    "server",
    "new",
    ["authenticate"],
    PREFACE + frame("HELLO", hello(tail=b"later")),
)
fine(
    "HELLO at its limits",
    "server",
    "new",
    ["authenticate"],
    PREFACE
    + frame("HELLO", hello(name="n" * 128, credential=bytes(4096), tail=bytes(16384 - 4096 - 128 - 18))),
)
fine(
    "HELLO, byte by byte",
    "server",
    "new",
    ["authenticate"],
    *[bytes([byte]) for byte in PREFACE + frame("HELLO", hello())],
)
fine(
    "HELLO_ACK with bytes of a later version",
    "client",
    "hello_sent",
    ["ready"],
    frame("HELLO_ACK", hello_ack(tail=b"later")),
)
fine("REFUSED", "client", "hello_sent", ["close refused UNAUTHENTICATED"], frame("REFUSED", refused(2, "no")))
fine("frame payload at its limit", "server", "open", ["start_call 1"], call(message=bytes(FRAME_MAX - 22)))
fine(
    "frame payload at its limit",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(message=bytes(FRAME_MAX - 14)), END | HAS, 0, 1),
)
fine(
    "message at its limit, in fragments, another call between them",
    "server",
    "open",
    ["start_call 2", "start_call 1"],
    frame("REQUEST", request(message=bytes(1000), total=MESSAGE_MAX), MORE | HAS, MUTATION, 1),
    call(2),
    frame("MESSAGE", bytes(FRAME_MAX), MORE | HAS, 0, 1),
    frame("MESSAGE", bytes(MESSAGE_MAX - FRAME_MAX - 1000), END | HAS, 0, 1),
)
fine(
    "message at its limit, in fragments",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(message=bytes(1000), total=MESSAGE_MAX), MORE | HAS, 0, 1),
    frame("MESSAGE", bytes(FRAME_MAX), MORE | HAS, 0, 1),
    frame("MESSAGE", bytes(MESSAGE_MAX - FRAME_MAX - 1000), END | HAS, 0, 1),
)
fine(
    "metadata at their limits",
    "server",
    "open",
    ["start_call 1", "start_call 2"],
    call(1, metadata=pairs(*[("k", "v")] * 64)),
    call(2, metadata=pairs(("k" * 64, "v" * (8192 - 67)))),
)
fine(
    "calls at their limit",
    "server",
    "open",
    [f"start_call {n}" for n in (1, 9, 10, 4000000000)],
    call(1) + call(9) + call(10) + call(4000000000),
)
fine("empty message", "server", "open", ["start_call 1"], call(message=b""))
fine(
    "PINGs in time and a few too soon",
    "server",
    "open",
    ["send_pong 0000000000000000"] * 9,
    ping,
    ping,
    ping,
    ping,
    {"at_milliseconds": 10000},
    ping,
    ping,
    ping,
    ping,
    {"at_milliseconds": 20000},
    ping,
)
fine("PONG nobody waits for", "server", "open", [], frame("PONG", bytes(8)))
fine("CANCEL of a running call", "server", "called", ["cancel_call 1"], frame("CANCEL", b"\x01", stream=1))
fine("CANCEL twice", "server", "called", ["cancel_call 1"], frame("CANCEL", b"\x01", stream=1) * 2)
fine(
    "CANCEL within fragments, then the rest of them",
    "server",
    "receiving",
    [],
    frame("CANCEL", b"\x01", stream=1),
    frame("MESSAGE", bytes(20), END | HAS, 0, 1),
)
fine(
    "fragments of a refused call",
    "server",
    "open",
    ["refuse_call 1 INVALID_ARGUMENT", "start_call 2"],
    frame("REQUEST", request(total=9, request_id=ZERO_ID), MORE | HAS, MUTATION, 1),
    frame("MESSAGE", b"rest", END | HAS, 0, 1),
    call(2),
)
fine("CANCEL with another code", "server", "called", ["cancel_call 1"], frame("CANCEL", b"\x0d", stream=1))
fine("client's GOAWAY that names a stream", "server", "called", [], frame("GOAWAY", goaway(7, 0)))
fine(
    "success that changed nothing",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(outcome=2), END | HAS, 0, 1),
)
fine(
    "END alone, as much as the window has left",
    "server",
    "uploading",
    [f"deliver 1 {shorten(bytes(WINDOW_PAYLOAD - 12))}", "end_messages 1"],
    message(bytes(WINDOW_PAYLOAD - 12)) + frame("MESSAGE", b"", END, 0, 1),
)
fine("client's GOAWAY without calls", "server", "open", ["close"], frame("GOAWAY", goaway(0, 0)))
fine("client's GOAWAY with an error", "server", "called", ["close"], frame("GOAWAY", goaway(0, 1)))
fine("end between frames", "server", "called", ["close"], transport_end)
fine(
    "RESPONSE of failure without a message",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(message=b"", status=5, outcome=2), END, 0, 1),
)
fine(
    "RESPONSE of failure with a message",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(status=5, outcome=2), END | HAS, 0, 1),
)
fine(
    "second RESPONSE, the call having ended",
    "client",
    "called",
    ["complete_call 1"],
    frame("RESPONSE", response(), END | HAS, 0, 1) * 2,
)
fine(
    "text and details at their limits",
    "client",
    "called",
    ["complete_call 1"],
    frame(
        "RESPONSE",
        response(
            status=9,
            outcome=2,
            note="n" * 4096,
            message=b"",
            info=details(*[detail("", "R", "t" * 249, [])] * 64),
        ),
        END,
        0,
        1,
    ),
)
fine(
    "CANCEL by the server",
    "client",
    "receiving",
    ["fail_call 1 INTERNAL UNKNOWN"],
    frame("CANCEL", b"\x0d", stream=1),
)
fine(
    "PING to a client",
    "client",
    "open",
    ["send_pong 0807060504030201"],
    frame("PING", bytes.fromhex("0807060504030201")),
)
fine(
    "drain with a call that was not acted on",
    "client",
    "called_twice",
    ["stop_opening", "stop_opening 2", "complete_call 1", "close"],
    frame("GOAWAY", goaway(0xFFFFFFFF, 0)),
    frame("GOAWAY", goaway(1, 0)),
    frame("RESPONSE", response(), END | HAS, 0, 1),
)
fine(
    "GOAWAY with an error",
    "client",
    "called_twice",
    ["close 2 NOT_APPLIED, 1 UNKNOWN"],
    frame("GOAWAY", goaway(1, 1, "bug")),
)
fine(
    "GOAWAY with a code of a later version",
    "client",
    "called",
    ["close 1 UNKNOWN"],
    frame("GOAWAY", goaway(1, 999)),
)
fine("end between frames", "client", "called", ["close 1 UNKNOWN"], transport_end)
fine(
    "STREAMING without FRAGMENTS is not granted",
    "server",
    "new",
    ["authenticate", "refuse_call 1 UNIMPLEMENTED"],
    PREFACE + frame("HELLO", hello(features=STREAMING)),
    {"event": "authenticated"},
    download(),
)
fine("unary call beside streams", "server", "uploading", ["start_call 2"], call(2))
fine(
    "stream of messages, one of them empty",
    "server",
    "uploading",
    ["deliver 1 61", "deliver 1 ", "deliver 1 62 END"],
    message(b"a"),
    message(b""),
    message(b"b", END),
)
fine(
    "stream that ends without a message",
    "server",
    "chatting",
    ["deliver 1 61", "end_messages 1"],
    message(b"a"),
    frame("MESSAGE", b"", END, 0, 1),
)
fine(
    "stream without messages",
    "server",
    "streaming",
    ["start_call 1"],
    frame("REQUEST", request(message=b"", request_id=ZERO_ID), END, UPLOAD, 1),
)
fine(
    "message in fragments within a stream",
    "server",
    "uploading",
    ["deliver 1 616263", "deliver 1 64"],
    message(struct.pack(">I", 3) + b"a", MORE),
    message(b"b", MORE),
    message(b"c"),
    message(b"d"),
)
fine(
    "last fragment that ends the stream",
    "server",
    "uploading",
    ["deliver 1 616263 END"],
    message(struct.pack(">I", 3) + b"a", MORE),
    message(b"bc", END),
)
fine(
    "fragments of two streams between each other",
    "server",
    "streaming",
    ["start_call 1", "start_call 2", "deliver 2 6364", "deliver 1 6162"],
    upload(1),
    upload(2),
    message(struct.pack(">I", 2) + b"a", MORE, 1),
    message(struct.pack(">I", 2) + b"c", MORE, 2),
    message(b"d", 0, 2),
    message(b"b", 0, 1),
)
fine(
    "message as large as the window, taken, and again",
    "server",
    "uploading",
    [f"deliver 1 {shorten(bytes(WINDOW_PAYLOAD))}"] * 3,
    message(bytes(WINDOW_PAYLOAD)),
    {"event": "take_message", "stream": 1},
    message(bytes(WINDOW_PAYLOAD)),
    {"event": "take_message", "stream": 1},
    message(bytes(WINDOW_PAYLOAD)),
    credit_sent={"1": 2 * 65536},
)
fine(
    "messages taken up to half a window",
    "server",
    "uploading",
    [f"deliver 1 {shorten(bytes(500))}"] * 64,
    *[message(bytes(500)), {"event": "take_message", "stream": 1}] * 64,
    credit_sent={"1": 32768},
)
fine(
    "message larger than the window",
    "server",
    "uploading",
    [f"deliver 1 {shorten(bytes(MESSAGE_MAX))}"],
    message(struct.pack(">I", MESSAGE_MAX) + bytes(32768), MORE),
    *[message(bytes(32768), MORE)] * 2,
    message(bytes(32768)),
)
fine(
    "message larger than the window behind one that is taken",
    "server",
    "uploading",
    ["deliver 1 61", f"deliver 1 {shorten(bytes(MESSAGE_MAX))}"],
    message(b"a"),
    message(struct.pack(">I", MESSAGE_MAX) + bytes(40000), MORE),
    {"event": "take_message", "stream": 1},
    message(bytes(40000), MORE),
    message(bytes(MESSAGE_MAX - 80000)),
    credit_sent={"1": 65536},
)
fine(
    "messages that cross the end of their call",
    "server",
    "uploading",
    [],
    {"event": "reply", "stream": 1},
    message(b"a"),
    message(struct.pack(">I", 9) + b"a", MORE),
    message(b"b", END),
)
fine(
    "more messages after the end of their call than a window",
    "server",
    "chatting",
    ["cancel_call 1"],
    frame("CANCEL", b"\x01", stream=1),
    *[message(bytes(WINDOW_PAYLOAD))] * 20,
    credit_sent={"0": 20 * 65536 - 1048576 // 2 + 1},
)
fine(
    "CREDIT up to the windows' limit",
    "server",
    "downloading",
    [],
    credit(2**31 - 1 - 1048576),
    credit(2**31 - 1 - 65536, 1),
)
fine(
    "CREDIT that crosses the end of its call",
    "server",
    "downloading",
    [],
    {"event": "reply", "stream": 1},
    credit(2**32 - 1, 1),
)
fine(
    "stream of messages",
    "client",
    "downloading",
    ["deliver 1 61", "deliver 1 ", "deliver 1 626364", "complete_call 1"],
    message(b"a"),
    message(b""),
    message(struct.pack(">I", 3) + b"b", MORE),
    message(b"cd"),
    frame("RESPONSE", response(message=b""), END, 0, 1),
)
fine(
    "message as large as the window, taken, and again",
    "client",
    "downloading",
    [f"deliver 1 {shorten(bytes(WINDOW_PAYLOAD))}"] * 2,
    message(bytes(WINDOW_PAYLOAD)),
    {"event": "take_message", "stream": 1},
    message(bytes(WINDOW_PAYLOAD)),
)
fine(
    "message larger than the window",
    "client",
    "chatting",
    [f"deliver 1 {shorten(bytes(MESSAGE_MAX))}"],
    message(struct.pack(">I", MESSAGE_MAX) + bytes(32768), MORE),
    *[message(bytes(32768), MORE)] * 2,
    message(bytes(32768)),
)
fine(
    "RESPONSE of failure within fragments of a stream's message",
    "client",
    "downloading",
    ["complete_call 1"],
    message(struct.pack(">I", 9) + b"a", MORE),
    frame("RESPONSE", response(status=4, outcome=2, message=b""), END, 0, 1),
)
fine(
    "RESPONSE before the client's stream has ended",
    "client",
    "uploading",
    ["complete_call 1"],
    frame("RESPONSE", response(), END | HAS, 0, 1),
    credit(1, 1),
)
fine(
    "CREDIT up to the windows' limit",
    "client",
    "uploading",
    [],
    credit(2**31 - 1 - 1048576),
    credit(2**31 - 1 - 65536, 1),
)


# What a client does by itself after each failed attempt, and what the call comes to (SPEC.md §7.4).

CODES = {
    "OK": 0,
    "CANCELLED": 1,
    "UNKNOWN": 2,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "OUT_OF_RANGE": 11,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "DATA_LOSS": 15,
    "UNAUTHENTICATED": 16,
}
OUTCOMES = ["NOT_APPLIED", "UNKNOWN", "APPLIED"]
RETRIED = ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "ABORTED"]
RETRIES = []
NOT_SENT = {"end": "not_sent"}
UNSEEN = {"end": "unseen"}
LOST = {"end": "lost"}


def answer(code, outcome="NOT_APPLIED", retry=0, replayed=False):
    return {"end": "answered", "code": code, "outcome": outcome, "retry_after": retry, "replayed": replayed}


def broken(code):
    """An answer that breaks a row of §10."""
    return {"end": "broken", "code": code}


def undecodable(outcome, replayed=False):
    """A success whose message is not the method's (row M57)."""
    return {"end": "undecodable", "code": "INTERNAL", "outcome": outcome, "replayed": replayed}


def gives_up(code, was_sent):
    """The call's time is over, or its caller gives it up."""
    return {"end": "given_up", "code": code, "was_sent": was_sent}


def backoff(failures):
    return [0, min(5000, 50 * 2 ** (failures - 1))]


def retries(name, *steps, code, outcome, method="mutation", tokens=100, decided=0, left=30000):
    """Steps are attempts, each but the last with the wait behind it in milliseconds: least and most."""
    ending = steps[-1][0]
    if code == "OK":
        retry_after = None
    elif ending["end"] in ("broken", "undecodable"):
        retry_after = -1
    else:
        retry_after = ending.get("retry_after", 0)
    RETRIES.append(
        {
            "name": name,
            "method": method,
            "tokens": tokens,
            "decided": decided,
            "left_milliseconds": left,
            "attempts": [{"attempt": attempt, "wait": wait} for attempt, wait in steps],
            "code": code,
            "outcome": outcome,
            "retry_after": retry_after,
        }
    )


def last(attempt):
    return attempt, None


for code in CODES:
    if code == "OK":
        continue
    for outcome in OUTCOMES:
        # §7.3 and the list of codes: what is sent again, and what one attempt alone comes to.
        if code in RETRIED:
            settled = "APPLIED"
            retries(
                f"{code} {outcome}, then done",
                (answer(code, outcome), backoff(1)),
                last(answer("OK", "APPLIED")),
                code="OK",
                outcome=settled,
            )
        else:
            retries(
                f"{code} {outcome} is not sent again", last(answer(code, outcome)), code=code, outcome=outcome
            )
        retries(
            f"{code} {outcome} of a read",
            last(answer(code, outcome, -1)),
            code=code,
            outcome="NOT_APPLIED",
            method="read_only",
        )
        retries(
            f"{code} {outcome}, retry-after -1", last(answer(code, outcome, -1)), code=code, outcome=outcome
        )
    # Once unknown, unknown: whatever a later attempt is told.
    if code not in RETRIED:
        retries(f"lost, then {code}", (LOST, backoff(1)), last(answer(code)), code=code, outcome="UNKNOWN")
for code in RETRIED:
    retries(
        f"lost, then {code} that advises against more",
        (LOST, backoff(1)),
        last(answer(code, retry=-1)),
        code=code,
        outcome="UNKNOWN",
    )
    retries(
        f"{code} with a wait",
        (answer(code, retry=700), [700, 750]),
        last(answer("OK", "APPLIED")),
        code="OK",
        outcome="APPLIED",
    )
    retries(
        f"{code} with a wait as long as the time that is left",
        last(answer(code, retry=700)),
        code=code,
        outcome="NOT_APPLIED",
        left=700,
    )
retries("lost, then done", (LOST, backoff(1)), last(answer("OK", "APPLIED")), code="OK", outcome="APPLIED")
retries(
    "lost, then the first one's answer",
    (LOST, backoff(1)),
    last(answer("OK", "APPLIED", replayed=True)),
    code="OK",
    outcome="APPLIED",
)
retries(
    "lost, then the first one's answer, which changed nothing",
    (LOST, backoff(1)),
    last(answer("OK", "NOT_APPLIED", replayed=True)),
    code="OK",
    outcome="NOT_APPLIED",
)
retries(
    "lost, then an answer of its own that nothing was changed",
    (LOST, backoff(1)),
    last(answer("OK", "NOT_APPLIED")),
    code="OK",
    outcome="UNKNOWN",
)
retries(
    "a read that is lost, then answered",
    (LOST, backoff(1)),
    last(answer("OK", "NOT_APPLIED")),
    code="OK",
    outcome="NOT_APPLIED",
    method="read_only",
)
retries(
    "a read that is lost, then refused",
    (LOST, backoff(1)),
    last(answer("NOT_FOUND")),
    code="NOT_FOUND",
    outcome="NOT_APPLIED",
    method="read_only",
)
retries(
    "lost as often as it may be sent",
    *[(LOST, backoff(n)) for n in range(1, 5)],
    last(LOST),
    code="UNAVAILABLE",
    outcome="UNKNOWN",
)
retries(
    "a read, lost as often as it may be sent",
    *[(LOST, backoff(n)) for n in range(1, 5)],
    last(LOST),
    code="UNAVAILABLE",
    outcome="NOT_APPLIED",
    method="read_only",
)
retries(
    "lost, then no connection",
    (LOST, backoff(1)),
    *[(NOT_SENT, backoff(n)) for n in range(2, 5)],
    last(NOT_SENT),
    code="UNAVAILABLE",
    outcome="UNKNOWN",
)
retries(
    "lost, then never acted on",
    (LOST, backoff(1)),
    *[(UNSEEN, [0, 0])] * 3,
    last(UNSEEN),
    code="UNAVAILABLE",
    outcome="UNKNOWN",
)
retries(
    "never acted on, then done", (UNSEEN, [0, 0]), last(answer("OK", "APPLIED")), code="OK", outcome="APPLIED"
)
retries(
    "never acted on, then refused",
    (UNSEEN, [0, 0]),
    last(answer("FAILED_PRECONDITION")),
    code="FAILED_PRECONDITION",
    outcome="NOT_APPLIED",
)
retries(
    "no connection, as often as it may be tried",
    *[(NOT_SENT, backoff(n)) for n in range(1, 5)],
    last(NOT_SENT),
    code="UNAVAILABLE",
    outcome="NOT_APPLIED",
)
retries(
    "done, but not shown, then lost as often as it may be sent",
    (answer("UNAVAILABLE", "APPLIED"), backoff(1)),
    *[(LOST, backoff(n)) for n in range(2, 5)],
    last(LOST),
    code="UNAVAILABLE",
    outcome="APPLIED",
)
retries(
    "lost, then done, but not shown",
    (LOST, backoff(1)),
    last(answer("DATA_LOSS", "APPLIED")),
    code="DATA_LOSS",
    outcome="APPLIED",
)
retries(
    "done, but not shown, then no answer of the first one's",
    (answer("UNAVAILABLE", "APPLIED"), backoff(1)),
    last(answer("NOT_FOUND")),
    code="NOT_FOUND",
    outcome="APPLIED",
)
for code in ("INTERNAL", "UNKNOWN", "RESOURCE_EXHAUSTED"):
    retries(f"an answer that breaks the protocol, {code}", last(broken(code)), code=code, outcome="UNKNOWN")
for outcome in OUTCOMES:
    retries(
        f"a success that cannot be decoded, {outcome}",
        last(undecodable(outcome)),
        code="INTERNAL",
        outcome=outcome,
    )
retries(
    "a success that cannot be decoded, of a read",
    last(undecodable("UNKNOWN")),
    code="INTERNAL",
    outcome="NOT_APPLIED",
    method="read_only",
)
retries(
    "lost, then a success that cannot be decoded",
    (LOST, backoff(1)),
    last(undecodable("NOT_APPLIED")),
    code="INTERNAL",
    outcome="UNKNOWN",
)
retries(
    "lost, then a repetition's success that cannot be decoded",
    (LOST, backoff(1)),
    last(undecodable("NOT_APPLIED", replayed=True)),
    code="INTERNAL",
    outcome="NOT_APPLIED",
)
for code in ("DEADLINE_EXCEEDED", "CANCELLED"):
    retries(f"{code} before it was sent", last(gives_up(code, False)), code=code, outcome="NOT_APPLIED")
    retries(f"{code} once it was sent", last(gives_up(code, True)), code=code, outcome="UNKNOWN")
    retries(
        f"lost, then {code} before it was sent again",
        (LOST, backoff(1)),
        last(gives_up(code, False)),
        code=code,
        outcome="UNKNOWN",
    )
    retries(
        f"{code} of a read", last(gives_up(code, True)), code=code, outcome="NOT_APPLIED", method="read_only"
    )
retries(
    "lost, within the budget",
    (LOST, backoff(1)),
    last(answer("OK", "APPLIED")),
    code="OK",
    outcome="APPLIED",
    tokens=52,
)
retries("lost, the budget at half", last(LOST), code="UNAVAILABLE", outcome="UNKNOWN", tokens=51)
retries(
    "lost, the budget at half before ten calls were decided",
    (LOST, backoff(1)),
    last(answer("OK", "APPLIED")),
    code="OK",
    outcome="APPLIED",
    tokens=51,
    decided=10,
)
retries(
    "busy, the budget at half",
    last(answer("RESOURCE_EXHAUSTED", retry=100)),
    code="RESOURCE_EXHAUSTED",
    outcome="NOT_APPLIED",
    tokens=51,
)
retries(
    "never acted on, without a budget",
    (UNSEEN, [0, 0]),
    last(answer("OK", "APPLIED")),
    code="OK",
    outcome="APPLIED",
    tokens=0,
)
retries(
    "no connection, without a budget",
    (NOT_SENT, backoff(1)),
    last(answer("OK", "APPLIED")),
    code="OK",
    outcome="APPLIED",
    tokens=0,
)


def main():
    folder = pathlib.Path(__file__).parent
    files = {
        "fixture.json": FIXTURE,
        "frames.json": FRAMES,
        "malformed.json": MALFORMED,
        "accepted.json": ACCEPTED,
        "retries.json": RETRIES,
    }
    stale = []
    for name, content in files.items():
        path = folder / name
        # One vector a line, so that a change shows as one line in a review.
        if isinstance(content, list):
            wanted = "[\n" + ",\n".join(json.dumps(item) for item in content) + "\n]\n"
        else:
            wanted = json.dumps(content, indent=1) + "\n"
        if path.exists() and path.read_text() == wanted:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(wanted)
    print(
        f"{len(FRAMES)} frames, {len(MALFORMED)} malformed, {len(ACCEPTED)} accepted,"
        f" {len(RETRIES)} retries;",
        "changed: " + ", ".join(stale) if stale else "current",
    )
    sys.exit(1 if stale and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
