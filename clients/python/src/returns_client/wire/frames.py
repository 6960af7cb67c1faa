"""The frame header and the rules that its twelve bytes alone decide (SPEC.md §3)."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Final

from ..limits import HELLO_PAYLOAD_BYTES_MAX, NOTICE_PAYLOAD_BYTES_MAX
from .rows import ConnectionViolation, Row

HEADER_BYTES = 12
_HEADER = struct.Struct(">IBBHI")

# Flags (§3.3): plain integers, since every frame is tested against them.
END: Final = 0x01
MORE: Final = 0x02
COMPRESSED: Final = 0x04
HAS_MESSAGE: Final = 0x08
IGNORABLE: Final = 0x80
_RESERVED: Final = 0x70

# Features (§8.2).
FRAGMENTS: Final = 0x1
COMPRESSION: Final = 0x2
STREAMING: Final = 0x4


class FrameType(enum.IntEnum):
    """SPEC.md §3.2."""

    HELLO = 0x01
    HELLO_ACK = 0x02
    REFUSED = 0x03
    PING = 0x04
    PONG = 0x05
    GOAWAY = 0x06
    CREDIT = 0x07
    REQUEST = 0x10
    MESSAGE = 0x11
    RESPONSE = 0x12
    CANCEL = 0x13


class Role(enum.Enum):
    """Which side of the connection a machine is."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The twelve bytes before every payload; `frame_type` may be unknown."""

    payload_length: int
    frame_type: int
    flags: int
    method: int
    stream: int


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a known type whose header is in order."""

    header: FrameHeader
    payload: bytes

    @property
    def cost(self) -> int:
        """What a MESSAGE takes from the windows, in bytes (§5.3)."""
        return HEADER_BYTES + len(self.payload)

    @property
    def has_end(self) -> bool:
        return bool(self.header.flags & END)

    @property
    def has_more(self) -> bool:
        return bool(self.header.flags & MORE)

    @property
    def has_message(self) -> bool:
        return bool(self.header.flags & HAS_MESSAGE)

    @property
    def is_compressed(self) -> bool:
        return bool(self.header.flags & COMPRESSED)


@dataclass(slots=True)
class HeaderRules:
    """What a receiver knows when it checks a header."""

    receiver: Role
    frame_payload_bytes_max: int
    features: int = 0
    handshake_done: bool = False


def encode_frame(
    frame_type: FrameType, payload: bytes, flags: int = 0, method: int = 0, stream: int = 0
) -> bytes:
    return _HEADER.pack(len(payload), frame_type, flags, method, stream) + payload


def decode_header(data: bytes | bytearray) -> FrameHeader:
    """Reads the first twelve bytes of `data`, unchecked."""
    return FrameHeader(*_HEADER.unpack_from(data))


_HANDSHAKE = {FrameType.HELLO, FrameType.HELLO_ACK, FrameType.REFUSED}
_ONLY_FROM_CLIENT = {FrameType.HELLO, FrameType.REQUEST}
_ONLY_FROM_SERVER = {FrameType.HELLO_ACK, FrameType.REFUSED, FrameType.RESPONSE}
_FIXED_LENGTH = {FrameType.PING: 8, FrameType.PONG: 8, FrameType.CREDIT: 4, FrameType.CANCEL: 1}
_WITH_MESSAGE = {FrameType.REQUEST, FrameType.MESSAGE, FrameType.RESPONSE}
_ON_STREAM = _WITH_MESSAGE | {FrameType.CANCEL}


def check_header(header: FrameHeader, rules: HeaderRules) -> bool:
    """Applies rows M5 to M15, the lower number first; False means: skip the frame.

    Raises ConnectionViolation.
    """
    try:
        frame_type = FrameType(header.frame_type)
    except ValueError:
        if not header.flags & IGNORABLE:
            raise ConnectionViolation(Row.TYPE_UNKNOWN) from None
        if header.payload_length > _ceiling(rules.frame_payload_bytes_max, rules):
            raise ConnectionViolation(Row.PAYLOAD_TOO_LARGE) from None
        return False
    _check_type(frame_type, rules)
    _check_length(header, frame_type, rules)
    _check_flags(header, frame_type, rules)
    if header.method and frame_type is not FrameType.REQUEST:
        raise ConnectionViolation(Row.METHOD_NOT_ZERO)
    if frame_type in _ON_STREAM and header.stream == 0:
        raise ConnectionViolation(Row.STREAM_ZERO)
    if frame_type not in _ON_STREAM and frame_type is not FrameType.CREDIT and header.stream:
        raise ConnectionViolation(Row.STREAM_NOT_ZERO)
    return True


def _check_type(frame_type: FrameType, rules: HeaderRules) -> None:
    foreign = _ONLY_FROM_SERVER if rules.receiver is Role.SERVER else _ONLY_FROM_CLIENT
    if frame_type in foreign or (rules.handshake_done and frame_type in _HANDSHAKE):
        raise ConnectionViolation(Row.TYPE_NOT_FOR_ROLE)


def _ceiling(limit: int, rules: HeaderRules) -> int:
    """Until HELLO_ACK every payload is limited as HELLO's is (§9)."""
    return limit if rules.handshake_done else min(limit, HELLO_PAYLOAD_BYTES_MAX)


def _check_length(header: FrameHeader, frame_type: FrameType, rules: HeaderRules) -> None:
    if frame_type in _WITH_MESSAGE:
        limit = rules.frame_payload_bytes_max
    elif frame_type in (FrameType.HELLO, FrameType.HELLO_ACK):
        limit = HELLO_PAYLOAD_BYTES_MAX
    else:
        limit = NOTICE_PAYLOAD_BYTES_MAX
    if header.payload_length > _ceiling(limit, rules):
        raise ConnectionViolation(Row.PAYLOAD_TOO_LARGE)
    if header.payload_length != _FIXED_LENGTH.get(frame_type, header.payload_length):
        raise ConnectionViolation(Row.PAYLOAD_LENGTH_WRONG)
    if frame_type is FrameType.MESSAGE and header.payload_length and not header.flags & HAS_MESSAGE:
        raise ConnectionViolation(Row.PAYLOAD_LENGTH_WRONG)


def _check_flags(header: FrameHeader, frame_type: FrameType, rules: HeaderRules) -> None:
    flags = header.flags
    if flags & (_RESERVED | IGNORABLE):
        raise ConnectionViolation(Row.FLAG_RESERVED)
    if not _combination_is_allowed(frame_type, flags):
        raise ConnectionViolation(Row.FLAG_NOT_ALLOWED)
    if flags & COMPRESSED and not rules.features & COMPRESSION:
        raise ConnectionViolation(Row.COMPRESSED_NOT_NEGOTIATED)
    if flags & MORE and not rules.features & FRAGMENTS:
        raise ConnectionViolation(Row.MORE_NOT_NEGOTIATED)


def _combination_is_allowed(frame_type: FrameType, flags: int) -> bool:
    if frame_type not in _WITH_MESSAGE:
        return flags == 0
    if flags & (MORE | COMPRESSED) and not flags & HAS_MESSAGE:
        return False
    if flags & MORE and flags & END:
        return False
    if frame_type is FrameType.RESPONSE:
        return bool(flags & (END | MORE))
    return frame_type is not FrameType.MESSAGE or bool(flags & (END | HAS_MESSAGE))
