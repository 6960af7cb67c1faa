"""Every case by its name, in the order in which they run."""

from __future__ import annotations

from . import life_cases, stream_cases, unary_cases
from .runner import Case

CASES: dict[str, Case] = {
    "empty_unary": unary_cases.empty_unary,
    "large_unary": unary_cases.large_unary,
    "client_streaming": stream_cases.client_streaming,
    "server_streaming": stream_cases.server_streaming,
    "ping_pong": stream_cases.ping_pong,
    "empty_stream": stream_cases.empty_stream,
    "custom_metadata": unary_cases.custom_metadata,
    "status_code_and_message": unary_cases.status_code_and_message,
    "special_status_message": unary_cases.special_status_message,
    "unimplemented_method": unary_cases.unimplemented_method,
    "unimplemented_service": unary_cases.unimplemented_service,
    "cancel_after_begin": stream_cases.cancel_after_begin,
    "cancel_after_first_response": stream_cases.cancel_after_first_response,
    "timeout_on_sleeping_server": stream_cases.timeout_on_sleeping_server,
    "goaway": life_cases.goaway,
    "max_streams": life_cases.max_streams,
    "concurrent_large_unary": life_cases.concurrent_large_unary,
    "compressed_unary": unary_cases.compressed_unary,
    "soak": life_cases.soak,
}
