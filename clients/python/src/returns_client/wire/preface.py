"""What a server makes of the first bytes (SPEC.md §2)."""

from __future__ import annotations

import enum

from .handshake import PREFACE

_HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE")
_HTTP = (*(f"{method} ".encode() for method in _HTTP_METHODS), b"PRI * HTTP/2")
_TLS = b"\x16\x03"

_HTTP_BODY = b"This port speaks RCP/1, not HTTP: call it with a client of Returns.\n"
HTTP_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: " + str(len(_HTTP_BODY)).encode() + b"\r\n\r\n" + _HTTP_BODY
)


class Opening(enum.Enum):
    """What the bytes so far are."""

    UNDECIDED = "undecided"
    PREFACE = "preface"
    HTTP = "http"
    TLS = "tls"
    OTHER_VERSION = "other version"
    UNKNOWN = "unknown"


def classify(data: bytes | bytearray) -> Opening:
    """Decides at the first byte that allows it."""
    start = bytes(data[: max(len(PREFACE), *map(len, _HTTP))])
    if start.startswith(PREFACE):
        return Opening.PREFACE
    if start.startswith(_HTTP):
        return Opening.HTTP
    if start.startswith(_TLS):
        return Opening.TLS
    if len(start) >= len(PREFACE) and start.startswith(PREFACE[:-1]):
        return Opening.OTHER_VERSION
    if any(candidate.startswith(start) for candidate in (PREFACE, _TLS, *_HTTP)):
        return Opening.UNDECIDED
    return Opening.UNKNOWN
