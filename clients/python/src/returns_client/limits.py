"""Every limit of RCP/1, under the name that SPEC.md §9 gives it."""

from __future__ import annotations

from dataclasses import dataclass

# Fixed by version 1, the same for every peer.
STREAM_WINDOW_BYTES = 65_536
CONNECTION_WINDOW_BYTES = 1_048_576
WINDOW_BYTES_MAX = 2_147_483_647
FRAGMENT_CREDIT_BYTES_MIN = 32_768
HELLO_PAYLOAD_BYTES_MAX = 16_384
NOTICE_PAYLOAD_BYTES_MAX = 4_096
NOTICE_TEXT_BYTES_MAX = 1_024
CLIENT_NAME_BYTES_MAX = 128
CREDENTIAL_BYTES_MAX = 4_096
METADATA_PAIRS_MAX = 64
METADATA_BYTES_MAX = 8_192
METADATA_KEY_BYTES_MAX = 64
STATUS_TEXT_BYTES_MAX = 4_096
DETAILS_MAX = 64
DETAILS_BYTES_MAX = 16_384

# Within these HELLO and HELLO_ACK may move.
FRAME_PAYLOAD_BYTES_FLOOR, FRAME_PAYLOAD_BYTES_CEILING = 65_536, 16_777_216
MESSAGE_BYTES_FLOOR, MESSAGE_BYTES_CEILING = 65_536, 67_108_864


@dataclass(frozen=True, slots=True)
class Limits:
    """What one side accepts and sends; sizes in bytes, times in milliseconds (SPEC.md §9).

    Raises ValueError for values outside the range that the protocol permits.
    """

    frame_payload_bytes_max: int = 262_144
    message_bytes_max: int = 4_194_304
    streams_max: int = 256
    ping_interval_milliseconds_min: int = 10_000
    held_bytes_max: int = 33_554_432
    ping_strikes_max: int = 3
    cancels_max: int = 10_000
    refusals_max: int = 2_000
    inflated_bytes_max: int = 268_435_456
    strike_milliseconds: int = 10_000
    hello_milliseconds_max: int = 10_000
    assembly_milliseconds_max: int = 30_000
    frame_milliseconds_max: int = 10_000
    frame_bytes_per_second_min: int = 16_384
    outbound_bytes_max: int = 4_194_304
    compressed_message_bytes_min: int = 1_024
    send_queue_bytes_max: int = 65_536
    overload_retry_after_milliseconds: int = 100

    def __post_init__(self) -> None:
        _check(
            "frame_payload_bytes_max",
            self.frame_payload_bytes_max,
            FRAME_PAYLOAD_BYTES_FLOOR,
            FRAME_PAYLOAD_BYTES_CEILING,
        )
        _check("message_bytes_max", self.message_bytes_max, MESSAGE_BYTES_FLOOR, MESSAGE_BYTES_CEILING)
        _check("streams_max", self.streams_max, 1, 2**32 - 1)


def _check(name: str, value: int, floor: int, ceiling: int) -> None:
    if not floor <= value <= ceiling:
        raise ValueError(f"{name} is {value}, but has to lie between {floor} and {ceiling}")
