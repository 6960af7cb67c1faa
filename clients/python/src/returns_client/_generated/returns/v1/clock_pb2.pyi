from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClockKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_KIND_UNSPECIFIED: _ClassVar[ClockKind]
    CLOCK_KIND_REVIEW: _ClassVar[ClockKind]
    CLOCK_KIND_CUSTOMER_INFO: _ClassVar[ClockKind]
    CLOCK_KIND_APPEAL: _ClassVar[ClockKind]
    CLOCK_KIND_CUSTOMER_SHIP: _ClassVar[ClockKind]
    CLOCK_KIND_PICKUP: _ClassVar[ClockKind]
    CLOCK_KIND_TRANSIT: _ClassVar[ClockKind]
    CLOCK_KIND_INSPECT: _ClassVar[ClockKind]
    CLOCK_KIND_NOTIFY: _ClassVar[ClockKind]
    CLOCK_KIND_CUSTOMER_CHOICE: _ClassVar[ClockKind]
    CLOCK_KIND_REFUND: _ClassVar[ClockKind]
    CLOCK_KIND_RETURN_SHIP: _ClassVar[ClockKind]
    CLOCK_KIND_FOLLOW_UP: _ClassVar[ClockKind]

class ClockEnd(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_END_UNSPECIFIED: _ClassVar[ClockEnd]
    CLOCK_END_MET: _ClassVar[ClockEnd]
    CLOCK_END_MISSED: _ClassVar[ClockEnd]
    CLOCK_END_VOIDED: _ClassVar[ClockEnd]
    CLOCK_END_SUPERSEDED: _ClassVar[ClockEnd]

class AttainmentGrouping(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ATTAINMENT_GROUPING_UNSPECIFIED: _ClassVar[AttainmentGrouping]
    ATTAINMENT_GROUPING_KIND: _ClassVar[AttainmentGrouping]
    ATTAINMENT_GROUPING_TEAM: _ClassVar[AttainmentGrouping]
    ATTAINMENT_GROUPING_PERSON: _ClassVar[AttainmentGrouping]
CLOCK_KIND_UNSPECIFIED: ClockKind
CLOCK_KIND_REVIEW: ClockKind
CLOCK_KIND_CUSTOMER_INFO: ClockKind
CLOCK_KIND_APPEAL: ClockKind
CLOCK_KIND_CUSTOMER_SHIP: ClockKind
CLOCK_KIND_PICKUP: ClockKind
CLOCK_KIND_TRANSIT: ClockKind
CLOCK_KIND_INSPECT: ClockKind
CLOCK_KIND_NOTIFY: ClockKind
CLOCK_KIND_CUSTOMER_CHOICE: ClockKind
CLOCK_KIND_REFUND: ClockKind
CLOCK_KIND_RETURN_SHIP: ClockKind
CLOCK_KIND_FOLLOW_UP: ClockKind
CLOCK_END_UNSPECIFIED: ClockEnd
CLOCK_END_MET: ClockEnd
CLOCK_END_MISSED: ClockEnd
CLOCK_END_VOIDED: ClockEnd
CLOCK_END_SUPERSEDED: ClockEnd
ATTAINMENT_GROUPING_UNSPECIFIED: AttainmentGrouping
ATTAINMENT_GROUPING_KIND: AttainmentGrouping
ATTAINMENT_GROUPING_TEAM: AttainmentGrouping
ATTAINMENT_GROUPING_PERSON: AttainmentGrouping

class ClockPause(_message.Message):
    __slots__ = ("from_ms", "until_ms", "by", "ends_at_ms", "resumed_by")
    FROM_MS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_MS_FIELD_NUMBER: _ClassVar[int]
    RESUMED_BY_FIELD_NUMBER: _ClassVar[int]
    from_ms: int
    until_ms: int
    by: _common_pb2.Actor
    ends_at_ms: int
    resumed_by: _common_pb2.Actor
    def __init__(self, from_ms: _Optional[int] = ..., until_ms: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., ends_at_ms: _Optional[int] = ..., resumed_by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ...) -> None: ...

class ClockExtension(_message.Message):
    __slots__ = ("at_ms", "by_ms", "by")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    BY_MS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    by_ms: int
    by: _common_pb2.Actor
    def __init__(self, at_ms: _Optional[int] = ..., by_ms: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ...) -> None: ...

class Clock(_message.Message):
    __slots__ = ("kind", "ordinal", "owner", "started_at_ms", "raw_due_at_ms", "due_at_ms", "pauses", "warned_at_ms", "breached_at_ms", "escalated_at_ms", "end", "ended_at_ms", "sla_version", "next_firing_at_ms", "extensions", "paused_ms", "amount_minor", "paid_minor")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    RAW_DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PAUSES_FIELD_NUMBER: _ClassVar[int]
    WARNED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    BREACHED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ESCALATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIRING_AT_MS_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    PAUSED_MS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    kind: ClockKind
    ordinal: int
    owner: _common_pb2.Role
    started_at_ms: int
    raw_due_at_ms: int
    due_at_ms: int
    pauses: _containers.RepeatedCompositeFieldContainer[ClockPause]
    warned_at_ms: _containers.RepeatedScalarFieldContainer[int]
    breached_at_ms: int
    escalated_at_ms: _containers.RepeatedScalarFieldContainer[int]
    end: ClockEnd
    ended_at_ms: int
    sla_version: int
    next_firing_at_ms: int
    extensions: _containers.RepeatedCompositeFieldContainer[ClockExtension]
    paused_ms: int
    amount_minor: int
    paid_minor: int
    def __init__(self, kind: _Optional[_Union[ClockKind, str]] = ..., ordinal: _Optional[int] = ..., owner: _Optional[_Union[_common_pb2.Role, str]] = ..., started_at_ms: _Optional[int] = ..., raw_due_at_ms: _Optional[int] = ..., due_at_ms: _Optional[int] = ..., pauses: _Optional[_Iterable[_Union[ClockPause, _Mapping]]] = ..., warned_at_ms: _Optional[_Iterable[int]] = ..., breached_at_ms: _Optional[int] = ..., escalated_at_ms: _Optional[_Iterable[int]] = ..., end: _Optional[_Union[ClockEnd, str]] = ..., ended_at_ms: _Optional[int] = ..., sla_version: _Optional[int] = ..., next_firing_at_ms: _Optional[int] = ..., extensions: _Optional[_Iterable[_Union[ClockExtension, _Mapping]]] = ..., paused_ms: _Optional[int] = ..., amount_minor: _Optional[int] = ..., paid_minor: _Optional[int] = ...) -> None: ...

class ListDueRequest(_message.Message):
    __slots__ = ("before_ms", "kinds", "owner", "limit", "person", "team", "cursor", "paused")
    BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    before_ms: int
    kinds: _containers.RepeatedScalarFieldContainer[ClockKind]
    owner: _common_pb2.Role
    limit: int
    person: str
    team: str
    cursor: str
    paused: bool
    def __init__(self, before_ms: _Optional[int] = ..., kinds: _Optional[_Iterable[_Union[ClockKind, str]]] = ..., owner: _Optional[_Union[_common_pb2.Role, str]] = ..., limit: _Optional[int] = ..., person: _Optional[str] = ..., team: _Optional[str] = ..., cursor: _Optional[str] = ..., paused: bool = ...) -> None: ...

class DueClock(_message.Message):
    __slots__ = ("case_id", "order", "case_state", "clock", "person", "team", "worker")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CASE_STATE_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    order: _common_pb2.OrderKey
    case_state: _common_pb2.CaseState
    clock: Clock
    person: str
    team: str
    worker: str
    def __init__(self, case_id: _Optional[str] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., case_state: _Optional[_Union[_common_pb2.CaseState, str]] = ..., clock: _Optional[_Union[Clock, _Mapping]] = ..., person: _Optional[str] = ..., team: _Optional[str] = ..., worker: _Optional[str] = ...) -> None: ...

class ListDueReply(_message.Message):
    __slots__ = ("clocks", "now_ms", "total", "incomplete", "next_cursor", "unreadable_case_ids", "newer_case_ids")
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    clocks: _containers.RepeatedCompositeFieldContainer[DueClock]
    now_ms: int
    total: int
    incomplete: bool
    next_cursor: str
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, clocks: _Optional[_Iterable[_Union[DueClock, _Mapping]]] = ..., now_ms: _Optional[int] = ..., total: _Optional[int] = ..., incomplete: bool = ..., next_cursor: _Optional[str] = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., newer_case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SweepRequest(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: int
    def __init__(self, limit: _Optional[int] = ...) -> None: ...

class SweepReply(_message.Message):
    __slots__ = ("cases", "firings", "conflicts", "unreadable_case_ids", "newer_case_ids", "unreadable_deadlines", "refused")
    CASES_FIELD_NUMBER: _ClassVar[int]
    FIRINGS_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_DEADLINES_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    cases: int
    firings: int
    conflicts: int
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    unreadable_deadlines: int
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedCase]
    def __init__(self, cases: _Optional[int] = ..., firings: _Optional[int] = ..., conflicts: _Optional[int] = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., newer_case_ids: _Optional[_Iterable[str]] = ..., unreadable_deadlines: _Optional[int] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedCase, _Mapping]]] = ...) -> None: ...

class NextWorkRequest(_message.Message):
    __slots__ = ("role", "kinds", "lease_ms")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    LEASE_MS_FIELD_NUMBER: _ClassVar[int]
    role: _common_pb2.Role
    kinds: _containers.RepeatedScalarFieldContainer[ClockKind]
    lease_ms: int
    def __init__(self, role: _Optional[_Union[_common_pb2.Role, str]] = ..., kinds: _Optional[_Iterable[_Union[ClockKind, str]]] = ..., lease_ms: _Optional[int] = ...) -> None: ...

class NextWorkReply(_message.Message):
    __slots__ = ("work", "leased_until_ms", "now_ms", "passed_over", "incomplete", "unreadable_case_ids", "for_others", "newer_case_ids")
    WORK_FIELD_NUMBER: _ClassVar[int]
    LEASED_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    PASSED_OVER_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    FOR_OTHERS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    work: DueClock
    leased_until_ms: int
    now_ms: int
    passed_over: int
    incomplete: bool
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    for_others: int
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, work: _Optional[_Union[DueClock, _Mapping]] = ..., leased_until_ms: _Optional[int] = ..., now_ms: _Optional[int] = ..., passed_over: _Optional[int] = ..., incomplete: bool = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., for_others: _Optional[int] = ..., newer_case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReleaseWorkRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class ReleaseWorkReply(_message.Message):
    __slots__ = ("released",)
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    released: bool
    def __init__(self, released: bool = ...) -> None: ...

class GetBoardRequest(_message.Message):
    __slots__ = ("owner", "limit")
    OWNER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    owner: _common_pb2.Role
    limit: int
    def __init__(self, owner: _Optional[_Union[_common_pb2.Role, str]] = ..., limit: _Optional[int] = ...) -> None: ...

class BoardRow(_message.Message):
    __slots__ = ("kind", "owner", "running", "late", "due_within_hour", "due_within_day", "paused")
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    LATE_FIELD_NUMBER: _ClassVar[int]
    DUE_WITHIN_HOUR_FIELD_NUMBER: _ClassVar[int]
    DUE_WITHIN_DAY_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    kind: ClockKind
    owner: _common_pb2.Role
    running: int
    late: int
    due_within_hour: int
    due_within_day: int
    paused: int
    def __init__(self, kind: _Optional[_Union[ClockKind, str]] = ..., owner: _Optional[_Union[_common_pb2.Role, str]] = ..., running: _Optional[int] = ..., late: _Optional[int] = ..., due_within_hour: _Optional[int] = ..., due_within_day: _Optional[int] = ..., paused: _Optional[int] = ...) -> None: ...

class GetBoardReply(_message.Message):
    __slots__ = ("rows", "most_urgent", "now_ms", "unreadable_case_ids", "newer_case_ids")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    MOST_URGENT_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[BoardRow]
    most_urgent: _containers.RepeatedCompositeFieldContainer[DueClock]
    now_ms: int
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, rows: _Optional[_Iterable[_Union[BoardRow, _Mapping]]] = ..., most_urgent: _Optional[_Iterable[_Union[DueClock, _Mapping]]] = ..., now_ms: _Optional[int] = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., newer_case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetAttainmentRequest(_message.Message):
    __slots__ = ("from_date", "to_date", "by", "kind")
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    from_date: str
    to_date: str
    by: AttainmentGrouping
    kind: ClockKind
    def __init__(self, from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., by: _Optional[_Union[AttainmentGrouping, str]] = ..., kind: _Optional[_Union[ClockKind, str]] = ...) -> None: ...

class AttainmentRow(_message.Message):
    __slots__ = ("name", "met", "missed", "taken_ms", "paused_ms", "open_late")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MET_FIELD_NUMBER: _ClassVar[int]
    MISSED_FIELD_NUMBER: _ClassVar[int]
    TAKEN_MS_FIELD_NUMBER: _ClassVar[int]
    PAUSED_MS_FIELD_NUMBER: _ClassVar[int]
    OPEN_LATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    met: int
    missed: int
    taken_ms: int
    paused_ms: int
    open_late: int
    def __init__(self, name: _Optional[str] = ..., met: _Optional[int] = ..., missed: _Optional[int] = ..., taken_ms: _Optional[int] = ..., paused_ms: _Optional[int] = ..., open_late: _Optional[int] = ...) -> None: ...

class GetAttainmentReply(_message.Message):
    __slots__ = ("rows", "total", "kept_from_date", "newer_left_out", "from_date", "to_date", "time_zone", "open_late_left_out")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    KEPT_FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    NEWER_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OPEN_LATE_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[AttainmentRow]
    total: AttainmentRow
    kept_from_date: str
    newer_left_out: bool
    from_date: str
    to_date: str
    time_zone: str
    open_late_left_out: bool
    def __init__(self, rows: _Optional[_Iterable[_Union[AttainmentRow, _Mapping]]] = ..., total: _Optional[_Union[AttainmentRow, _Mapping]] = ..., kept_from_date: _Optional[str] = ..., newer_left_out: bool = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ..., time_zone: _Optional[str] = ..., open_late_left_out: bool = ...) -> None: ...
