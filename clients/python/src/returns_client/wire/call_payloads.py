"""REQUEST and RESPONSE (SPEC.md §6.1, §6.3, §7.2)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ..limits import DETAILS_BYTES_MAX, DETAILS_MAX, STATUS_TEXT_BYTES_MAX
from ..status import RETRY_NEVER, Detail, Outcome, StatusCode
from .fields import Reader, prefixed, short_text
from .metadata import Metadata, decode_metadata, encode_metadata
from .rows import CallViolation, Row

NO_REQUEST_ID = bytes(16)
_REPLAYED = 0x01
_STATUSES = frozenset(StatusCode)
_OUTCOMES = frozenset(Outcome)


@dataclass(frozen=True, slots=True)
class Request:
    """The fields of a REQUEST before its message; the timeout is in milliseconds, 0 for none."""

    timeout: int = 0
    request_id: bytes = NO_REQUEST_ID
    metadata: Metadata = ()

    def encode(self) -> bytes:
        return struct.pack(">I16s", self.timeout, self.request_id) + encode_metadata(self.metadata)

    @classmethod
    def decode(cls, payload: bytes, has_more: bool) -> tuple[Request, int | None, bytes]:
        """The request, the message's total if it is to go on, and what follows: rows M44, M47, M48."""
        reader = Reader(payload, Row.REQUEST_TRUNCATED, CallViolation)
        request = cls(reader.unsigned(4), reader.take(16), decode_metadata(reader))
        total = reader.unsigned(4) if has_more else None
        return request, total, reader.rest()


@dataclass(frozen=True, slots=True)
class Response:
    """The fields of a RESPONSE before its message; retry_after is in milliseconds, −1 for never."""

    status: StatusCode = StatusCode.OK
    outcome: Outcome = Outcome.UNKNOWN
    replayed: bool = False
    retry_after: int = RETRY_NEVER
    text: str = ""
    details: tuple[Detail, ...] = ()
    trailers: Metadata = ()

    def encode(self) -> bytes:
        if self.retry_after < RETRY_NEVER:
            raise ValueError(f"a RESPONSE with retry-after {self.retry_after} breaks M46")
        flags = _REPLAYED if self.replayed else 0
        return (
            struct.pack(">BBBBi", self.status, self.outcome, flags, 0, self.retry_after)
            + prefixed(short_text(self.text, STATUS_TEXT_BYTES_MAX), 2)
            + _encode_details(self.details)
            + encode_metadata(self.trailers)
        )

    @classmethod
    def decode(cls, payload: bytes, has_more: bool) -> tuple[Response, int | None, bytes]:
        """The response, the message's total if it is to go on, and what follows: rows M45 to M48."""
        reader = Reader(payload, Row.RESPONSE_MALFORMED, CallViolation)
        status, outcome = reader.unsigned(1), reader.unsigned(1)
        flags, reserved, retry_after = reader.unsigned(1), reader.unsigned(1), reader.signed32()
        if status not in _STATUSES or outcome not in _OUTCOMES:
            raise reader.fail(Row.RESPONSE_CODES)
        if flags & ~_REPLAYED or reserved or retry_after < RETRY_NEVER:
            raise reader.fail(Row.RESPONSE_CODES)
        text = _bounded_text(reader)
        details = _decode_details(reader)
        trailers = decode_metadata(reader)
        response = cls(
            StatusCode(status),
            Outcome(outcome),
            bool(flags & _REPLAYED),
            retry_after,
            text,
            details,
            trailers,
        )
        total = reader.unsigned(4) if has_more else None
        return response, total, reader.rest()


def _bounded_text(reader: Reader) -> str:
    length = reader.unsigned(2)
    if length > STATUS_TEXT_BYTES_MAX:
        raise reader.fail(Row.RESPONSE_MALFORMED)
    return reader.text(length, Row.RESPONSE_MALFORMED)


def _encode_details(details: tuple[Detail, ...]) -> bytes:
    """As many entries as the limits let through; the rest is left out (§9)."""
    block = b""
    for detail in details[:DETAILS_MAX]:
        allowed = detail.allowed[:255]
        entry = prefixed(short_text(detail.field, STATUS_TEXT_BYTES_MAX), 2)
        entry += prefixed(short_text(detail.reason, 255), 1)
        entry += prefixed(short_text(detail.text, STATUS_TEXT_BYTES_MAX), 2)
        entry += len(allowed).to_bytes(1)
        entry += b"".join(prefixed(short_text(value, 255), 1) for value in allowed)
        if len(block) + len(entry) > DETAILS_BYTES_MAX:
            break
        block += entry
    return prefixed(block, 2)


def _decode_details(reader: Reader) -> tuple[Detail, ...]:
    length = reader.unsigned(2)
    if length > DETAILS_BYTES_MAX:
        raise reader.fail(Row.RESPONSE_MALFORMED)
    block = Reader(reader.take(length), Row.RESPONSE_MALFORMED, CallViolation)
    details: list[Detail] = []
    while block.left:
        if len(details) == DETAILS_MAX:
            raise block.fail(Row.RESPONSE_MALFORMED)
        field = block.text(block.unsigned(2), Row.RESPONSE_MALFORMED)
        reason = block.text(block.unsigned(1), Row.RESPONSE_MALFORMED)
        text = block.text(block.unsigned(2), Row.RESPONSE_MALFORMED)
        allowed = [block.text(block.unsigned(1), Row.RESPONSE_MALFORMED) for _ in range(block.unsigned(1))]
        details.append(Detail(field, reason, text, tuple(allowed)))
    return tuple(details)
