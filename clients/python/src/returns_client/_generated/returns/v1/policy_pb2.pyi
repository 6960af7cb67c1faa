from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReasonCode(_message.Message):
    __slots__ = ("code", "title", "covered")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    COVERED_FIELD_NUMBER: _ClassVar[int]
    code: str
    title: str
    covered: bool
    def __init__(self, code: _Optional[str] = ..., title: _Optional[str] = ..., covered: _Optional[bool] = ...) -> None: ...

class ClockTarget(_message.Message):
    __slots__ = ("kind", "wall_ms", "working_days", "warn_before_ms", "escalate_after_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    WALL_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    WARN_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    kind: _clock_pb2.ClockKind
    wall_ms: int
    working_days: int
    warn_before_ms: int
    escalate_after_ms: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., wall_ms: _Optional[int] = ..., working_days: _Optional[int] = ..., warn_before_ms: _Optional[int] = ..., escalate_after_ms: _Optional[_Iterable[int]] = ...) -> None: ...

class UtcOffset(_message.Message):
    __slots__ = ("from_ms", "offset_seconds")
    FROM_MS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    from_ms: int
    offset_seconds: int
    def __init__(self, from_ms: _Optional[int] = ..., offset_seconds: _Optional[int] = ...) -> None: ...

class WorkingCalendar(_message.Message):
    __slots__ = ("version", "time_zone", "offsets", "working_weekdays", "holidays", "makeup_days", "opens_minute", "closes_minute")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    WORKING_WEEKDAYS_FIELD_NUMBER: _ClassVar[int]
    HOLIDAYS_FIELD_NUMBER: _ClassVar[int]
    MAKEUP_DAYS_FIELD_NUMBER: _ClassVar[int]
    OPENS_MINUTE_FIELD_NUMBER: _ClassVar[int]
    CLOSES_MINUTE_FIELD_NUMBER: _ClassVar[int]
    version: int
    time_zone: str
    offsets: _containers.RepeatedCompositeFieldContainer[UtcOffset]
    working_weekdays: _containers.RepeatedScalarFieldContainer[int]
    holidays: _containers.RepeatedScalarFieldContainer[int]
    makeup_days: _containers.RepeatedScalarFieldContainer[int]
    opens_minute: int
    closes_minute: int
    def __init__(self, version: _Optional[int] = ..., time_zone: _Optional[str] = ..., offsets: _Optional[_Iterable[_Union[UtcOffset, _Mapping]]] = ..., working_weekdays: _Optional[_Iterable[int]] = ..., holidays: _Optional[_Iterable[int]] = ..., makeup_days: _Optional[_Iterable[int]] = ..., opens_minute: _Optional[int] = ..., closes_minute: _Optional[int] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("version", "return_window_days", "reasons", "required_conditions", "standard_version", "return_address", "instructions", "enclosures", "targets", "calendar", "review_counts_net", "appeals_max", "follow_up_attempts_max", "returnless_allowed", "created_at_ms", "created_by")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RETURN_WINDOW_DAYS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    STANDARD_VERSION_FIELD_NUMBER: _ClassVar[int]
    RETURN_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    ENCLOSURES_FIELD_NUMBER: _ClassVar[int]
    TARGETS_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    REVIEW_COUNTS_NET_FIELD_NUMBER: _ClassVar[int]
    APPEALS_MAX_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UP_ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    RETURNLESS_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    version: int
    return_window_days: int
    reasons: _containers.RepeatedCompositeFieldContainer[ReasonCode]
    required_conditions: _containers.RepeatedScalarFieldContainer[str]
    standard_version: int
    return_address: str
    instructions: str
    enclosures: _containers.RepeatedScalarFieldContainer[str]
    targets: _containers.RepeatedCompositeFieldContainer[ClockTarget]
    calendar: WorkingCalendar
    review_counts_net: bool
    appeals_max: int
    follow_up_attempts_max: int
    returnless_allowed: bool
    created_at_ms: int
    created_by: str
    def __init__(self, version: _Optional[int] = ..., return_window_days: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[ReasonCode, _Mapping]]] = ..., required_conditions: _Optional[_Iterable[str]] = ..., standard_version: _Optional[int] = ..., return_address: _Optional[str] = ..., instructions: _Optional[str] = ..., enclosures: _Optional[_Iterable[str]] = ..., targets: _Optional[_Iterable[_Union[ClockTarget, _Mapping]]] = ..., calendar: _Optional[_Union[WorkingCalendar, _Mapping]] = ..., review_counts_net: _Optional[bool] = ..., appeals_max: _Optional[int] = ..., follow_up_attempts_max: _Optional[int] = ..., returnless_allowed: _Optional[bool] = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ...) -> None: ...

class GetPolicyRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetPolicyReply(_message.Message):
    __slots__ = ("policy", "current_version")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    current_version: int
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ..., current_version: _Optional[int] = ...) -> None: ...

class PutPolicyRequest(_message.Message):
    __slots__ = ("policy", "replaces_version")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    REPLACES_VERSION_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    replaces_version: int
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ..., replaces_version: _Optional[int] = ...) -> None: ...

class PutPolicyReply(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...
