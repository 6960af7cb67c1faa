from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Escalation(_message.Message):
    __slots__ = ("after_ms", "role", "target")
    AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    after_ms: int
    role: _common_pb2.Role
    target: str
    def __init__(self, after_ms: _Optional[int] = ..., role: _Optional[_Union[_common_pb2.Role, str]] = ..., target: _Optional[str] = ...) -> None: ...

class ClockTarget(_message.Message):
    __slots__ = ("kind", "wall_ms", "working_ms", "working_days", "warn_before_ms", "escalations")
    KIND_FIELD_NUMBER: _ClassVar[int]
    WALL_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    WARN_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    ESCALATIONS_FIELD_NUMBER: _ClassVar[int]
    kind: _clock_pb2.ClockKind
    wall_ms: int
    working_ms: int
    working_days: int
    warn_before_ms: _containers.RepeatedScalarFieldContainer[int]
    escalations: _containers.RepeatedCompositeFieldContainer[Escalation]
    def __init__(self, kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., wall_ms: _Optional[int] = ..., working_ms: _Optional[int] = ..., working_days: _Optional[int] = ..., warn_before_ms: _Optional[_Iterable[int]] = ..., escalations: _Optional[_Iterable[_Union[Escalation, _Mapping]]] = ...) -> None: ...

class OrderValueCondition(_message.Message):
    __slots__ = ("currency", "from_minor", "below_minor")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    FROM_MINOR_FIELD_NUMBER: _ClassVar[int]
    BELOW_MINOR_FIELD_NUMBER: _ClassVar[int]
    currency: str
    from_minor: int
    below_minor: int
    def __init__(self, currency: _Optional[str] = ..., from_minor: _Optional[int] = ..., below_minor: _Optional[int] = ...) -> None: ...

class SlaCondition(_message.Message):
    __slots__ = ("sale_channels", "reasons", "customer_classes", "order_value")
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_CLASSES_FIELD_NUMBER: _ClassVar[int]
    ORDER_VALUE_FIELD_NUMBER: _ClassVar[int]
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    customer_classes: _containers.RepeatedScalarFieldContainer[str]
    order_value: OrderValueCondition
    def __init__(self, sale_channels: _Optional[_Iterable[str]] = ..., reasons: _Optional[_Iterable[str]] = ..., customer_classes: _Optional[_Iterable[str]] = ..., order_value: _Optional[_Union[OrderValueCondition, _Mapping]] = ...) -> None: ...

class QuietHours(_message.Message):
    __slots__ = ("from_minute", "until_minute", "days_off")
    FROM_MINUTE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MINUTE_FIELD_NUMBER: _ClassVar[int]
    DAYS_OFF_FIELD_NUMBER: _ClassVar[int]
    from_minute: int
    until_minute: int
    days_off: bool
    def __init__(self, from_minute: _Optional[int] = ..., until_minute: _Optional[int] = ..., days_off: bool = ...) -> None: ...

class SlaPlan(_message.Message):
    __slots__ = ("name", "condition", "calendar", "calendar_version", "targets", "quiet_hours")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    QUIET_HOURS_FIELD_NUMBER: _ClassVar[int]
    name: str
    condition: SlaCondition
    calendar: str
    calendar_version: int
    targets: _containers.RepeatedCompositeFieldContainer[ClockTarget]
    quiet_hours: QuietHours
    def __init__(self, name: _Optional[str] = ..., condition: _Optional[_Union[SlaCondition, _Mapping]] = ..., calendar: _Optional[str] = ..., calendar_version: _Optional[int] = ..., targets: _Optional[_Iterable[_Union[ClockTarget, _Mapping]]] = ..., quiet_hours: _Optional[_Union[QuietHours, _Mapping]] = ...) -> None: ...

class SlaPolicy(_message.Message):
    __slots__ = ("version", "plans", "created_at_ms", "created_by")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PLANS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    version: int
    plans: _containers.RepeatedCompositeFieldContainer[SlaPlan]
    created_at_ms: int
    created_by: str
    def __init__(self, version: _Optional[int] = ..., plans: _Optional[_Iterable[_Union[SlaPlan, _Mapping]]] = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ...) -> None: ...

class GetSlaPolicyRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetSlaPolicyReply(_message.Message):
    __slots__ = ("policy", "current_version")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    policy: SlaPolicy
    current_version: int
    def __init__(self, policy: _Optional[_Union[SlaPolicy, _Mapping]] = ..., current_version: _Optional[int] = ...) -> None: ...

class PutSlaPolicyRequest(_message.Message):
    __slots__ = ("policy", "replaces_version", "dry_run")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    REPLACES_VERSION_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    policy: SlaPolicy
    replaces_version: int
    dry_run: bool
    def __init__(self, policy: _Optional[_Union[SlaPolicy, _Mapping]] = ..., replaces_version: _Optional[int] = ..., dry_run: bool = ...) -> None: ...

class PutSlaPolicyReply(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class RecomputeRequest(_message.Message):
    __slots__ = ("case_ids", "dry_run", "sla_version", "limit", "cursor")
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    dry_run: bool
    sla_version: int
    limit: int
    cursor: str
    def __init__(self, case_ids: _Optional[_Iterable[str]] = ..., dry_run: bool = ..., sla_version: _Optional[int] = ..., limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class MovedClock(_message.Message):
    __slots__ = ("kind", "ordinal", "due_before_ms", "due_at_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    kind: _clock_pb2.ClockKind
    ordinal: int
    due_before_ms: int
    due_at_ms: int
    def __init__(self, kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., ordinal: _Optional[int] = ..., due_before_ms: _Optional[int] = ..., due_at_ms: _Optional[int] = ...) -> None: ...

class RecomputedCase(_message.Message):
    __slots__ = ("case_id", "sla_version_before", "plan_before", "plan", "moved")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PLAN_BEFORE_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    sla_version_before: int
    plan_before: str
    plan: str
    moved: _containers.RepeatedCompositeFieldContainer[MovedClock]
    def __init__(self, case_id: _Optional[str] = ..., sla_version_before: _Optional[int] = ..., plan_before: _Optional[str] = ..., plan: _Optional[str] = ..., moved: _Optional[_Iterable[_Union[MovedClock, _Mapping]]] = ...) -> None: ...

class RecomputeReply(_message.Message):
    __slots__ = ("cases", "looked_at", "sla_version", "next_cursor", "refused")
    CASES_FIELD_NUMBER: _ClassVar[int]
    LOOKED_AT_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[RecomputedCase]
    looked_at: int
    sla_version: int
    next_cursor: str
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedCase]
    def __init__(self, cases: _Optional[_Iterable[_Union[RecomputedCase, _Mapping]]] = ..., looked_at: _Optional[int] = ..., sla_version: _Optional[int] = ..., next_cursor: _Optional[str] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedCase, _Mapping]]] = ...) -> None: ...
