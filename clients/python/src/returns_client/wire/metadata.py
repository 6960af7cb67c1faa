"""Metadata and trailers (SPEC.md §6.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..limits import METADATA_BYTES_MAX, METADATA_KEY_BYTES_MAX, METADATA_PAIRS_MAX
from .fields import Reader, prefixed
from .rows import Row

# Order is kept and keys may repeat; the value of a key ending in "-bin" is bytes, any other is text.
Metadata = tuple[tuple[str, str | bytes], ...]

_KEY = re.compile(r"[a-z0-9._-]+\Z")
_KEY_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")


def encode_metadata(metadata: Metadata) -> bytes:
    """The block with its length; raises ValueError for what a peer would refuse."""
    if len(metadata) > METADATA_PAIRS_MAX:
        raise ValueError(f"{len(metadata)} metadata pairs, but at most {METADATA_PAIRS_MAX} may be sent")
    block = b"".join(_encode_pair(key, value) for key, value in metadata)
    if len(block) > METADATA_BYTES_MAX:
        raise ValueError(f"metadata of {len(block)} bytes, but at most {METADATA_BYTES_MAX} may be sent")
    return prefixed(block, 2)


def _encode_pair(key: str, value: str | bytes) -> bytes:
    if not _KEY.match(key) or len(key) > METADATA_KEY_BYTES_MAX:
        raise ValueError(f"the metadata key {key!r} is not 1 to {METADATA_KEY_BYTES_MAX} of a-z 0-9 - _ .")
    if isinstance(value, bytes) != key.endswith("-bin"):
        raise ValueError(
            f"the metadata value of {key!r} has to be " + ("text", "bytes")[key.endswith("-bin")]
        )
    data = value if isinstance(value, bytes) else value.encode()
    if len(data) > METADATA_BYTES_MAX:
        raise ValueError(f"the metadata value of {key!r} is longer than {METADATA_BYTES_MAX} bytes")
    return prefixed(key.encode(), 1) + prefixed(data, 2)


def decode_metadata(reader: Reader) -> Metadata:
    """Reads one block; raises rows M47 and M48 as the reader's kind of violation."""
    length = reader.unsigned(2)
    if length > METADATA_BYTES_MAX:
        raise reader.fail(Row.METADATA_TOO_LARGE)
    block = Reader(reader.take(length), Row.METADATA_MALFORMED, reader.fail)
    pairs: list[tuple[str, str | bytes]] = []
    while block.left:
        if len(pairs) == METADATA_PAIRS_MAX:
            raise block.fail(Row.METADATA_TOO_LARGE)
        key_bytes = block.take(block.unsigned(1))
        if not 1 <= len(key_bytes) <= METADATA_KEY_BYTES_MAX or not _KEY_BYTES.issuperset(key_bytes):
            raise block.fail(Row.METADATA_MALFORMED)
        key = key_bytes.decode()
        length = block.unsigned(2)
        pairs.append(
            (key, block.take(length) if key.endswith("-bin") else block.text(length, Row.METADATA_MALFORMED))
        )
    return tuple(pairs)


def checked_metadata(pairs: Iterable[tuple[str, str | bytes]]) -> Metadata:
    """The pairs as they can be sent; raises ValueError saying which one cannot."""
    metadata = tuple(pairs)
    encode_metadata(metadata)
    return metadata
