"""Messages to bytes and back, compressed or not (SPEC.md §6.7)."""

from __future__ import annotations

import zlib
from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from .wire.rows import Row

_SIZE_BYTES = 4
MessageT = TypeVar("MessageT", bound=Message)


class MessageError(Exception):
    """The bytes are no such message: row M57, or M66 for a compressed one."""

    def __init__(self, row: Row) -> None:
        super().__init__(row.text)
        self.row = row


def encode_message(message: Message, compressed_message_bytes_min: int | None) -> tuple[bytes, bool]:
    """The bytes to send and whether they are compressed; None for the limit means: never compress."""
    data = message.SerializeToString()
    if compressed_message_bytes_min is None or len(data) < max(1, compressed_message_bytes_min):
        return data, False
    smaller = len(data).to_bytes(_SIZE_BYTES) + zlib.compress(data)
    return (smaller, True) if len(smaller) < len(data) else (data, False)


def decode_message(message_type: type[MessageT], data: bytes, is_compressed: bool) -> MessageT:
    """Raises MessageError."""
    if is_compressed:
        data = inflated(data)
    try:
        return message_type.FromString(data)
    except DecodeError:
        raise MessageError(Row.MESSAGE_UNDECODABLE) from None


def inflated(data: bytes) -> bytes:
    """The message before compression; keeps no more than its size field says. Raises MessageError (M66)."""
    size = int.from_bytes(data[:_SIZE_BYTES])
    if len(data) < _SIZE_BYTES or size == 0:
        raise MessageError(Row.MESSAGE_NOT_INFLATED)
    inflater = zlib.decompressobj()
    try:
        message = inflater.decompress(data[_SIZE_BYTES:], size)
        # The checksum may still be unread; a byte more than the size says that there was too much.
        surplus = b"" if inflater.eof else inflater.decompress(inflater.unconsumed_tail, 1)
    except zlib.error:
        raise MessageError(Row.MESSAGE_NOT_INFLATED) from None
    if len(message) != size or surplus or not inflater.eof or inflater.unused_data:
        raise MessageError(Row.MESSAGE_NOT_INFLATED)
    return message
