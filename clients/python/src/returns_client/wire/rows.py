"""The rows of SPEC.md §10: every malformed input, and what it costs whom."""

from __future__ import annotations

import enum

from ..status import GoAwayCode, RefusedCode, StatusCode


class Row(enum.Enum):
    """A row of SPEC.md §10, under its number."""

    HTTP_REQUEST = "M1"
    TLS_CLIENT_HELLO = "M2"
    PREFACE_UNKNOWN = "M3"
    PREFACE_VERSION = "M4"
    TYPE_UNKNOWN = "M5"
    TYPE_NOT_FOR_ROLE = "M6"
    PAYLOAD_TOO_LARGE = "M7"
    PAYLOAD_LENGTH_WRONG = "M8"
    FLAG_RESERVED = "M9"
    FLAG_NOT_ALLOWED = "M10"
    COMPRESSED_NOT_NEGOTIATED = "M11"
    MORE_NOT_NEGOTIATED = "M12"
    METHOD_NOT_ZERO = "M13"
    STREAM_ZERO = "M14"
    STREAM_NOT_ZERO = "M15"
    FIRST_FRAME_NOT_HELLO = "M16"
    FRAME_BEFORE_HELLO_ACK = "M17"
    HELLO_TRUNCATED = "M18"
    HELLO_VERSION = "M19"
    HELLO_LIMITS = "M20"
    HELLO_CLIENT_NAME = "M21"
    HELLO_CREDENTIALS = "M22"
    HELLO_LATE = "M23"
    HELLO_ACK_MISSING = "M24"
    HELLO_ACK_TRUNCATED = "M25"
    HELLO_ACK_OUT_OF_RANGE = "M26"
    REFUSED_TRUNCATED = "M27"
    GO_AWAY_TRUNCATED = "M28"
    GO_AWAY_RISING = "M29"
    CREDIT_ZERO = "M30"
    CREDIT_NOT_NEGOTIATED = "M31"
    CANCEL_CODE = "M32"
    PING_TOO_OFTEN = "M33"
    STREAM_NOT_RISING = "M34"
    STREAM_IDLE = "M35"
    REQUEST_AFTER_GO_AWAY = "M36"
    MESSAGE_UNEXPECTED = "M37"
    FRAGMENT_EMPTY = "M38"
    RESPONSE_REPEATED = "M39"
    METHOD_UNKNOWN = "M40"
    METHOD_KIND = "M41"
    STREAMS_EXHAUSTED = "M42"
    HELD_BYTES_EXHAUSTED = "M43"
    REQUEST_TRUNCATED = "M44"
    RESPONSE_MALFORMED = "M45"
    RESPONSE_CODES = "M46"
    METADATA_MALFORMED = "M47"
    METADATA_TOO_LARGE = "M48"
    REQUEST_ID_MISSING = "M49"
    REQUEST_ID_UNEXPECTED = "M50"
    MESSAGE_ABSENT = "M51"
    MESSAGE_UNANNOUNCED = "M52"
    MESSAGE_NOT_ENDED = "M53"
    MESSAGE_TOO_LARGE = "M54"
    FRAGMENT_TOTAL = "M55"
    FRAGMENT_SUM = "M56"
    MESSAGE_UNDECODABLE = "M57"
    END_INSIDE_FRAME = "M58"
    CREDIT_OVERRUN = "M59"
    CREDIT_OVERFLOW = "M60"
    CREDIT_UNEXPECTED = "M61"
    MESSAGE_NOT_TAKEN = "M62"
    CANCEL_TOO_OFTEN = "M63"
    REFUSED_TOO_OFTEN = "M64"
    FRAME_LATE = "M65"
    MESSAGE_NOT_INFLATED = "M66"
    INFLATED_TOO_MUCH = "M67"

    @property
    def text(self) -> str:
        """The row's name as words, for people."""
        return f"{self.name.replace('_', ' ').lower()} ({self.value})"


_GO_AWAY = {
    Row.PAYLOAD_TOO_LARGE: GoAwayCode.FRAME_TOO_LARGE,
    Row.PING_TOO_OFTEN: GoAwayCode.TOO_MANY_PINGS,
    Row.CREDIT_OVERRUN: GoAwayCode.CREDIT_OVERRUN,
    Row.CREDIT_OVERFLOW: GoAwayCode.CREDIT_OVERRUN,
    Row.CANCEL_TOO_OFTEN: GoAwayCode.EXCESSIVE_LOAD,
    Row.REFUSED_TOO_OFTEN: GoAwayCode.EXCESSIVE_LOAD,
    Row.INFLATED_TOO_MUCH: GoAwayCode.EXCESSIVE_LOAD,
    Row.FRAME_LATE: GoAwayCode.TOO_SLOW,
}
_REFUSED = {
    Row.PREFACE_VERSION: RefusedCode.VERSION,
    Row.HELLO_VERSION: RefusedCode.VERSION,
    Row.HELLO_LATE: RefusedCode.HELLO_TIMEOUT,
}
_EXHAUSTED = {
    Row.STREAMS_EXHAUSTED,
    Row.HELD_BYTES_EXHAUSTED,
    Row.METADATA_TOO_LARGE,
    Row.MESSAGE_TOO_LARGE,
}


class ConnectionViolation(Exception):
    """The peer broke a row that ends the connection."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.text)
        self.row = row

    @property
    def go_away(self) -> GoAwayCode:
        return _GO_AWAY.get(self.row, GoAwayCode.PROTOCOL_ERROR)

    @property
    def refused(self) -> RefusedCode:
        """What a server says instead before HELLO_ACK."""
        return _REFUSED.get(self.row, RefusedCode.MALFORMED)


class CallViolation(Exception):
    """The peer broke a row that ends one call."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.text)
        self.row = row

    @property
    def status_of_server(self) -> StatusCode:
        """The status of the RESPONSE with which a server answers."""
        if self.row in _EXHAUSTED:
            return StatusCode.RESOURCE_EXHAUSTED
        if self.row in (Row.METHOD_UNKNOWN, Row.METHOD_KIND):
            return StatusCode.UNIMPLEMENTED
        return StatusCode.INVALID_ARGUMENT

    @property
    def status_of_client(self) -> StatusCode:
        """The status with which the call ends at a client."""
        if self.row in _EXHAUSTED:
            return StatusCode.RESOURCE_EXHAUSTED
        return StatusCode.UNKNOWN if self.row is Row.RESPONSE_CODES else StatusCode.INTERNAL
