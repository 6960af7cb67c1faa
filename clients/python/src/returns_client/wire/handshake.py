"""HELLO, HELLO_ACK, REFUSED and GOAWAY (SPEC.md §4, §5.2).

Bytes after the last field belong to later versions and are skipped.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from ..limits import (
    CLIENT_NAME_BYTES_MAX,
    CREDENTIAL_BYTES_MAX,
    FRAME_PAYLOAD_BYTES_FLOOR,
    MESSAGE_BYTES_FLOOR,
    NOTICE_TEXT_BYTES_MAX,
)
from ..status import GoAwayCode, RefusedCode
from .fields import Reader, prefixed, short_text
from .frames import FRAGMENTS, STREAMING
from .rows import ConnectionViolation, Row

PREFACE = b"\x89RCP\r\n\x1a\x01"
VERSION = 1
CREDENTIAL_NONE, CREDENTIAL_TOKEN, CREDENTIAL_CERTIFICATE = 0, 1, 2

_REFUSED_CODES = frozenset(RefusedCode)
_GO_AWAY_CODES = frozenset(GoAwayCode)


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client opens with (§4.1)."""

    features: int
    frame_payload_max: int
    message_max: int
    client_name: str
    credential_kind: int = CREDENTIAL_NONE
    # Never shown: it may be a token.
    credential: bytes = field(default=b"", repr=False)
    version_min: int = VERSION
    version_max: int = VERSION

    def encode(self) -> bytes:
        name = prefixed(short_text(self.client_name, CLIENT_NAME_BYTES_MAX), 1)
        start = (self.version_min, self.version_max, self.features, self.frame_payload_max, self.message_max)
        return (
            struct.pack(">BBIII", *start)
            + name
            + self.credential_kind.to_bytes(1)
            + prefixed(self.credential, 2)
        )

    @classmethod
    def decode(cls, payload: bytes) -> Hello:
        """Checks each field as it comes: rows M18 to M22."""
        reader = Reader(payload, Row.HELLO_TRUNCATED, ConnectionViolation)
        version_min, version_max = reader.unsigned(1), reader.unsigned(1)
        if not 1 <= version_min <= VERSION <= version_max:
            raise reader.fail(Row.HELLO_VERSION)
        features = reader.unsigned(4)
        frame_payload_max, message_max = reader.unsigned(4), reader.unsigned(4)
        if frame_payload_max < FRAME_PAYLOAD_BYTES_FLOOR or message_max < MESSAGE_BYTES_FLOOR:
            raise reader.fail(Row.HELLO_LIMITS)
        name_length = reader.unsigned(1)
        if name_length > CLIENT_NAME_BYTES_MAX:
            raise reader.fail(Row.HELLO_CLIENT_NAME)
        name = reader.text(name_length, Row.HELLO_CLIENT_NAME)
        kind, length = reader.unsigned(1), reader.unsigned(2)
        if length > CREDENTIAL_BYTES_MAX:
            raise reader.fail(Row.HELLO_CREDENTIALS)
        if length and kind in (CREDENTIAL_NONE, CREDENTIAL_CERTIFICATE):
            raise reader.fail(Row.HELLO_CREDENTIALS)
        credential = reader.take(length)
        return cls(features, frame_payload_max, message_max, name, kind, credential, version_min, version_max)


@dataclass(frozen=True, slots=True)
class HelloAck:
    """What was agreed (§4.2); the ping interval is in milliseconds."""

    features: int
    frame_payload_max: int
    message_max: int
    streams_max: int
    ping_interval_min: int
    schema_hash: bytes = bytes(32)
    server_name: str = ""
    version: int = VERSION

    def encode(self) -> bytes:
        start = (self.version, self.features, self.frame_payload_max, self.message_max)
        return (
            struct.pack(">BIII", *start)
            + struct.pack(">II", self.streams_max, self.ping_interval_min)
            + self.schema_hash
            + prefixed(short_text(self.server_name, CLIENT_NAME_BYTES_MAX), 1)
        )

    @classmethod
    def decode(cls, payload: bytes, offer: Hello) -> HelloAck:
        """Checks the answer against the offer: rows M25 and M26."""
        reader = Reader(payload, Row.HELLO_ACK_TRUNCATED, ConnectionViolation)
        version, features = reader.unsigned(1), reader.unsigned(4)
        frame_payload_max, message_max = reader.unsigned(4), reader.unsigned(4)
        streams_max, ping_interval_min = reader.unsigned(4), reader.unsigned(4)
        schema_hash = reader.take(32)
        name_length = reader.unsigned(1)
        if name_length > CLIENT_NAME_BYTES_MAX:
            raise reader.fail(Row.HELLO_ACK_TRUNCATED)
        name = reader.text(name_length, Row.HELLO_ACK_TRUNCATED)
        in_range = (
            offer.version_min <= version <= offer.version_max
            and not features & ~offer.features
            and not (features & STREAMING and not features & FRAGMENTS)
            and FRAME_PAYLOAD_BYTES_FLOOR <= frame_payload_max <= offer.frame_payload_max
            and MESSAGE_BYTES_FLOOR <= message_max <= offer.message_max
            and streams_max >= 1
        )
        if not in_range:
            raise reader.fail(Row.HELLO_ACK_OUT_OF_RANGE)
        return cls(
            features,
            frame_payload_max,
            message_max,
            streams_max,
            ping_interval_min,
            schema_hash,
            name,
            version,
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a server lets nobody in (§4.3)."""

    code: int
    text: str = ""
    version_min: int = VERSION
    version_max: int = VERSION

    @property
    def known_code(self) -> RefusedCode:
        """A client treats an unknown code as MALFORMED."""
        return RefusedCode(self.code) if self.code in _REFUSED_CODES else RefusedCode.MALFORMED

    def encode(self) -> bytes:
        text = prefixed(short_text(self.text, NOTICE_TEXT_BYTES_MAX), 2)
        return struct.pack(">HBB", self.code, self.version_min, self.version_max) + text

    @classmethod
    def decode(cls, payload: bytes) -> Refused:
        reader = Reader(payload, Row.REFUSED_TRUNCATED, ConnectionViolation)
        code, version_min, version_max = reader.unsigned(2), reader.unsigned(1), reader.unsigned(1)
        return cls(code, _notice_text(reader, Row.REFUSED_TRUNCATED), version_min, version_max)


@dataclass(frozen=True, slots=True)
class GoAway:
    """That a connection ends, and which calls were acted on (§5.2)."""

    last_stream: int
    code: int = GoAwayCode.NO_ERROR
    text: str = ""

    @property
    def known_code(self) -> GoAwayCode:
        """A receiver treats an unknown code as PROTOCOL_ERROR (§8.1)."""
        return GoAwayCode(self.code) if self.code in _GO_AWAY_CODES else GoAwayCode.PROTOCOL_ERROR

    def encode(self) -> bytes:
        text = prefixed(short_text(self.text, NOTICE_TEXT_BYTES_MAX), 2)
        return struct.pack(">IH", self.last_stream, self.code) + text

    @classmethod
    def decode(cls, payload: bytes) -> GoAway:
        reader = Reader(payload, Row.GO_AWAY_TRUNCATED, ConnectionViolation)
        last_stream, code = reader.unsigned(4), reader.unsigned(2)
        return cls(last_stream, code, _notice_text(reader, Row.GO_AWAY_TRUNCATED))


def _notice_text(reader: Reader, row: Row) -> str:
    length = reader.unsigned(2)
    if length > NOTICE_TEXT_BYTES_MAX:
        raise reader.fail(row)
    return reader.text(length, row)
