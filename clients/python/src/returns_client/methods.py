"""What generated code states of each method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from .wire.methods import Idempotency, Kind

__all__ = ["AnyMethod", "Idempotency", "Kind", "Method", "ReplyT", "RequestT"]

RequestT = TypeVar("RequestT", bound=Message)
ReplyT = TypeVar("ReplyT", bound=Message)


@dataclass(frozen=True, slots=True)
class Method(Generic[RequestT, ReplyT]):
    """One method of a .proto: its number on the wire, call kind, idempotency class and messages."""

    # Fully qualified, as in "returns.v1.HealthService.Check".
    name: str
    id: int
    kind: Kind
    idempotency: Idempotency
    request_type: type[RequestT]
    reply_type: type[ReplyT]

    @property
    def is_read_only(self) -> bool:
        return self.idempotency is Idempotency.READ_ONLY

    @property
    def needs_request_id(self) -> bool:
        """Whether a call carries an idempotency key (SPEC.md §6.1)."""
        return self.kind is Kind.UNARY and not self.is_read_only


# For code that cares for a method's number and kind only.
AnyMethod = Method[Any, Any]
