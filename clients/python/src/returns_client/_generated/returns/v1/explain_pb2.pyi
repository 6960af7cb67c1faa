from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import calendar_pb2 as _calendar_pb2
from returns_client._generated.returns.v1 import case_pb2 as _case_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from returns_client._generated.returns.v1 import notice_pb2 as _notice_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OwedPartKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OWED_PART_KIND_UNSPECIFIED: _ClassVar[OwedPartKind]
    OWED_PART_KIND_SHARE: _ClassVar[OwedPartKind]
    OWED_PART_KIND_CONCESSION: _ClassVar[OwedPartKind]
    OWED_PART_KIND_DEDUCTION: _ClassVar[OwedPartKind]

class ClockStepKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_STEP_KIND_UNSPECIFIED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_STARTED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_TOLD: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_LENGTH: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_AGREED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_PAUSED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_EXTENDED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_KEPT: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_BREACHED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_ENDED: _ClassVar[ClockStepKind]
    CLOCK_STEP_KIND_RESUMED: _ClassVar[ClockStepKind]
OWED_PART_KIND_UNSPECIFIED: OwedPartKind
OWED_PART_KIND_SHARE: OwedPartKind
OWED_PART_KIND_CONCESSION: OwedPartKind
OWED_PART_KIND_DEDUCTION: OwedPartKind
CLOCK_STEP_KIND_UNSPECIFIED: ClockStepKind
CLOCK_STEP_KIND_STARTED: ClockStepKind
CLOCK_STEP_KIND_TOLD: ClockStepKind
CLOCK_STEP_KIND_LENGTH: ClockStepKind
CLOCK_STEP_KIND_AGREED: ClockStepKind
CLOCK_STEP_KIND_PAUSED: ClockStepKind
CLOCK_STEP_KIND_EXTENDED: ClockStepKind
CLOCK_STEP_KIND_KEPT: ClockStepKind
CLOCK_STEP_KIND_BREACHED: ClockStepKind
CLOCK_STEP_KIND_ENDED: ClockStepKind
CLOCK_STEP_KIND_RESUMED: ClockStepKind

class ExplainCaseRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class ExplainCaseReply(_message.Message):
    __slots__ = ("case_id", "order", "currency", "lines", "money", "clocks", "now_ms")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    MONEY_FIELD_NUMBER: _ClassVar[int]
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    order: _common_pb2.OrderKey
    currency: str
    lines: _containers.RepeatedCompositeFieldContainer[LineExplanation]
    money: MoneyExplanation
    clocks: _containers.RepeatedCompositeFieldContainer[ClockExplanation]
    now_ms: int
    def __init__(self, case_id: _Optional[str] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., currency: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[LineExplanation, _Mapping]]] = ..., money: _Optional[_Union[MoneyExplanation, _Mapping]] = ..., clocks: _Optional[_Iterable[_Union[ClockExplanation, _Mapping]]] = ..., now_ms: _Optional[int] = ...) -> None: ...

class OwedPart(_message.Message):
    __slots__ = ("kind", "amount_minor", "deduction_code")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DEDUCTION_CODE_FIELD_NUMBER: _ClassVar[int]
    kind: OwedPartKind
    amount_minor: int
    deduction_code: _case_pb2.DeductionCode
    def __init__(self, kind: _Optional[_Union[OwedPartKind, str]] = ..., amount_minor: _Optional[int] = ..., deduction_code: _Optional[_Union[_case_pb2.DeductionCode, str]] = ...) -> None: ...

class LineExplanation(_message.Message):
    __slots__ = ("line_id", "sku", "paid_minor", "bought_units", "refundable_units", "accepted_units", "conceded_units", "lost_conceded_units", "kept_units", "order_refundable_units", "order_worth_minor", "exact_share_minor", "rounding_minor", "parts", "owed_minor", "refunded_minor", "in_flight_minor", "due_minor", "exchanged_units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUNDABLE_UNITS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_UNITS_FIELD_NUMBER: _ClassVar[int]
    CONCEDED_UNITS_FIELD_NUMBER: _ClassVar[int]
    LOST_CONCEDED_UNITS_FIELD_NUMBER: _ClassVar[int]
    KEPT_UNITS_FIELD_NUMBER: _ClassVar[int]
    ORDER_REFUNDABLE_UNITS_FIELD_NUMBER: _ClassVar[int]
    ORDER_WORTH_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXACT_SHARE_MINOR_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_MINOR_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXCHANGED_UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    paid_minor: int
    bought_units: int
    refundable_units: int
    accepted_units: int
    conceded_units: int
    lost_conceded_units: int
    kept_units: int
    order_refundable_units: int
    order_worth_minor: int
    exact_share_minor: int
    rounding_minor: int
    parts: _containers.RepeatedCompositeFieldContainer[OwedPart]
    owed_minor: int
    refunded_minor: int
    in_flight_minor: int
    due_minor: int
    exchanged_units: int
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., paid_minor: _Optional[int] = ..., bought_units: _Optional[int] = ..., refundable_units: _Optional[int] = ..., accepted_units: _Optional[int] = ..., conceded_units: _Optional[int] = ..., lost_conceded_units: _Optional[int] = ..., kept_units: _Optional[int] = ..., order_refundable_units: _Optional[int] = ..., order_worth_minor: _Optional[int] = ..., exact_share_minor: _Optional[int] = ..., rounding_minor: _Optional[int] = ..., parts: _Optional[_Iterable[_Union[OwedPart, _Mapping]]] = ..., owed_minor: _Optional[int] = ..., refunded_minor: _Optional[int] = ..., in_flight_minor: _Optional[int] = ..., due_minor: _Optional[int] = ..., exchanged_units: _Optional[int] = ...) -> None: ...

class MoneyExplanation(_message.Message):
    __slots__ = ("owed_minor", "refunded_minor", "in_flight_minor", "due_minor", "shipping_paid_minor", "shipping_here_minor", "shipping_elsewhere_minor", "shipping_left_minor", "overpaid_minor", "refunds", "outstanding_minor", "shipping_due_minor")
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_MINOR_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_HERE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_ELSEWHERE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_LEFT_MINOR_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    OUTSTANDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_DUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    owed_minor: int
    refunded_minor: int
    in_flight_minor: int
    due_minor: int
    shipping_paid_minor: int
    shipping_here_minor: int
    shipping_elsewhere_minor: int
    shipping_left_minor: int
    overpaid_minor: int
    refunds: _containers.RepeatedCompositeFieldContainer[_case_pb2.Refund]
    outstanding_minor: int
    shipping_due_minor: int
    def __init__(self, owed_minor: _Optional[int] = ..., refunded_minor: _Optional[int] = ..., in_flight_minor: _Optional[int] = ..., due_minor: _Optional[int] = ..., shipping_paid_minor: _Optional[int] = ..., shipping_here_minor: _Optional[int] = ..., shipping_elsewhere_minor: _Optional[int] = ..., shipping_left_minor: _Optional[int] = ..., overpaid_minor: _Optional[int] = ..., refunds: _Optional[_Iterable[_Union[_case_pb2.Refund, _Mapping]]] = ..., outstanding_minor: _Optional[int] = ..., shipping_due_minor: _Optional[int] = ...) -> None: ...

class PassedDay(_message.Message):
    __slots__ = ("date", "kind", "title")
    DATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    date: str
    kind: _calendar_pb2.SpecialDayKind
    title: str
    def __init__(self, date: _Optional[str] = ..., kind: _Optional[_Union[_calendar_pb2.SpecialDayKind, str]] = ..., title: _Optional[str] = ...) -> None: ...

class ClockStep(_message.Message):
    __slots__ = ("kind", "at_ms", "until_ms", "length_ms", "working", "working_days", "days", "more_days", "occasion", "by_state", "end", "due_at_ms", "reason", "ends_at_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    LENGTH_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    MORE_DAYS_FIELD_NUMBER: _ClassVar[int]
    OCCASION_FIELD_NUMBER: _ClassVar[int]
    BY_STATE_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_MS_FIELD_NUMBER: _ClassVar[int]
    kind: ClockStepKind
    at_ms: int
    until_ms: int
    length_ms: int
    working: bool
    working_days: int
    days: _containers.RepeatedCompositeFieldContainer[PassedDay]
    more_days: int
    occasion: _notice_pb2.NoticeOccasion
    by_state: bool
    end: _clock_pb2.ClockEnd
    due_at_ms: int
    reason: str
    ends_at_ms: int
    def __init__(self, kind: _Optional[_Union[ClockStepKind, str]] = ..., at_ms: _Optional[int] = ..., until_ms: _Optional[int] = ..., length_ms: _Optional[int] = ..., working: bool = ..., working_days: _Optional[int] = ..., days: _Optional[_Iterable[_Union[PassedDay, _Mapping]]] = ..., more_days: _Optional[int] = ..., occasion: _Optional[_Union[_notice_pb2.NoticeOccasion, str]] = ..., by_state: bool = ..., end: _Optional[_Union[_clock_pb2.ClockEnd, str]] = ..., due_at_ms: _Optional[int] = ..., reason: _Optional[str] = ..., ends_at_ms: _Optional[int] = ...) -> None: ...

class ClockExplanation(_message.Message):
    __slots__ = ("kind", "ordinal", "owner", "sla_version", "plan", "calendar", "calendar_version", "time_zone", "amount_minor", "units", "steps", "due_at_ms")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    kind: _clock_pb2.ClockKind
    ordinal: int
    owner: _common_pb2.Role
    sla_version: int
    plan: str
    calendar: str
    calendar_version: int
    time_zone: str
    amount_minor: int
    units: int
    steps: _containers.RepeatedCompositeFieldContainer[ClockStep]
    due_at_ms: int
    def __init__(self, kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., ordinal: _Optional[int] = ..., owner: _Optional[_Union[_common_pb2.Role, str]] = ..., sla_version: _Optional[int] = ..., plan: _Optional[str] = ..., calendar: _Optional[str] = ..., calendar_version: _Optional[int] = ..., time_zone: _Optional[str] = ..., amount_minor: _Optional[int] = ..., units: _Optional[int] = ..., steps: _Optional[_Iterable[_Union[ClockStep, _Mapping]]] = ..., due_at_ms: _Optional[int] = ...) -> None: ...
