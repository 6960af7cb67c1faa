from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from returns_client._generated.returns.v1 import case_pb2 as _case_pb2
from returns_client._generated.returns.v1 import explain_pb2 as _explain_pb2
from returns_client._generated.returns.v1 import notice_pb2 as _notice_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CommandKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMMAND_KIND_UNSPECIFIED: _ClassVar[CommandKind]
    COMMAND_KIND_SUBMIT: _ClassVar[CommandKind]
    COMMAND_KIND_VERIFY: _ClassVar[CommandKind]
    COMMAND_KIND_REQUEST_INFO: _ClassVar[CommandKind]
    COMMAND_KIND_PROVIDE_INFO: _ClassVar[CommandKind]
    COMMAND_KIND_APPROVE: _ClassVar[CommandKind]
    COMMAND_KIND_REJECT: _ClassVar[CommandKind]
    COMMAND_KIND_APPEAL: _ClassVar[CommandKind]
    COMMAND_KIND_ACCEPT_ALTERNATIVE: _ClassVar[CommandKind]
    COMMAND_KIND_SCHEDULE_PICKUP: _ClassVar[CommandKind]
    COMMAND_KIND_RECORD_PICKUP: _ClassVar[CommandKind]
    COMMAND_KIND_SHIP: _ClassVar[CommandKind]
    COMMAND_KIND_TRACK: _ClassVar[CommandKind]
    COMMAND_KIND_REPORT_EXCEPTION: _ClassVar[CommandKind]
    COMMAND_KIND_FOUND: _ClassVar[CommandKind]
    COMMAND_KIND_RECEIVE: _ClassVar[CommandKind]
    COMMAND_KIND_INSPECT: _ClassVar[CommandKind]
    COMMAND_KIND_TELL: _ClassVar[CommandKind]
    COMMAND_KIND_RESOLVE: _ClassVar[CommandKind]
    COMMAND_KIND_REFUND: _ClassVar[CommandKind]
    COMMAND_KIND_RECORD_REFUND: _ClassVar[CommandKind]
    COMMAND_KIND_ABANDON_REFUND: _ClassVar[CommandKind]
    COMMAND_KIND_SHIP_BACK: _ClassVar[CommandKind]
    COMMAND_KIND_EXCHANGE: _ClassVar[CommandKind]
    COMMAND_KIND_GRANT_RETURNLESS: _ClassVar[CommandKind]
    COMMAND_KIND_WITHDRAW: _ClassVar[CommandKind]
    COMMAND_KIND_FOLLOW_UP: _ClassVar[CommandKind]
    COMMAND_KIND_CLOSE: _ClassVar[CommandKind]
    COMMAND_KIND_CANCEL: _ClassVar[CommandKind]
    COMMAND_KIND_REOPEN: _ClassVar[CommandKind]
    COMMAND_KIND_NOTE: _ClassVar[CommandKind]
    COMMAND_KIND_ATTACH_DOCUMENT: _ClassVar[CommandKind]
    COMMAND_KIND_PAUSE_CLOCK: _ClassVar[CommandKind]
    COMMAND_KIND_RESUME_CLOCK: _ClassVar[CommandKind]
    COMMAND_KIND_EXTEND_CLOCK: _ClassVar[CommandKind]
    COMMAND_KIND_SWEEP: _ClassVar[CommandKind]
    COMMAND_KIND_RECOMPUTE: _ClassVar[CommandKind]
    COMMAND_KIND_ASSIGN: _ClassVar[CommandKind]
    COMMAND_KIND_DEDUCT: _ClassVar[CommandKind]
    COMMAND_KIND_TAKE_BACK_DEDUCTION: _ClassVar[CommandKind]
    COMMAND_KIND_CONCEDE_AMOUNT: _ClassVar[CommandKind]
    COMMAND_KIND_RECORD_RETURNED_REFUND: _ClassVar[CommandKind]
    COMMAND_KIND_CONFIRM_REFUND: _ClassVar[CommandKind]
    COMMAND_KIND_CORRECT_RECEIPT: _ClassVar[CommandKind]
    COMMAND_KIND_CORRECT_INSPECTION: _ClassVar[CommandKind]
    COMMAND_KIND_AGREE_EXCHANGE: _ClassVar[CommandKind]
    COMMAND_KIND_CANCEL_EXCHANGE: _ClassVar[CommandKind]

class CaseSort(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_SORT_UNSPECIFIED: _ClassVar[CaseSort]
    CASE_SORT_NEWEST: _ClassVar[CaseSort]
    CASE_SORT_OLDEST: _ClassVar[CaseSort]
    CASE_SORT_CHANGED: _ClassVar[CaseSort]
    CASE_SORT_DUE: _ClassVar[CaseSort]

class RefundStanding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUND_STANDING_UNSPECIFIED: _ClassVar[RefundStanding]
    REFUND_STANDING_TO_MAKE: _ClassVar[RefundStanding]
    REFUND_STANDING_IN_PROGRESS: _ClassVar[RefundStanding]
    REFUND_STANDING_FAILED: _ClassVar[RefundStanding]
    REFUND_STANDING_UNKNOWN: _ClassVar[RefundStanding]
    REFUND_STANDING_PREPARED: _ClassVar[RefundStanding]

class RefundSort(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUND_SORT_UNSPECIFIED: _ClassVar[RefundSort]
    REFUND_SORT_DUE: _ClassVar[RefundSort]
    REFUND_SORT_AMOUNT: _ClassVar[RefundSort]
COMMAND_KIND_UNSPECIFIED: CommandKind
COMMAND_KIND_SUBMIT: CommandKind
COMMAND_KIND_VERIFY: CommandKind
COMMAND_KIND_REQUEST_INFO: CommandKind
COMMAND_KIND_PROVIDE_INFO: CommandKind
COMMAND_KIND_APPROVE: CommandKind
COMMAND_KIND_REJECT: CommandKind
COMMAND_KIND_APPEAL: CommandKind
COMMAND_KIND_ACCEPT_ALTERNATIVE: CommandKind
COMMAND_KIND_SCHEDULE_PICKUP: CommandKind
COMMAND_KIND_RECORD_PICKUP: CommandKind
COMMAND_KIND_SHIP: CommandKind
COMMAND_KIND_TRACK: CommandKind
COMMAND_KIND_REPORT_EXCEPTION: CommandKind
COMMAND_KIND_FOUND: CommandKind
COMMAND_KIND_RECEIVE: CommandKind
COMMAND_KIND_INSPECT: CommandKind
COMMAND_KIND_TELL: CommandKind
COMMAND_KIND_RESOLVE: CommandKind
COMMAND_KIND_REFUND: CommandKind
COMMAND_KIND_RECORD_REFUND: CommandKind
COMMAND_KIND_ABANDON_REFUND: CommandKind
COMMAND_KIND_SHIP_BACK: CommandKind
COMMAND_KIND_EXCHANGE: CommandKind
COMMAND_KIND_GRANT_RETURNLESS: CommandKind
COMMAND_KIND_WITHDRAW: CommandKind
COMMAND_KIND_FOLLOW_UP: CommandKind
COMMAND_KIND_CLOSE: CommandKind
COMMAND_KIND_CANCEL: CommandKind
COMMAND_KIND_REOPEN: CommandKind
COMMAND_KIND_NOTE: CommandKind
COMMAND_KIND_ATTACH_DOCUMENT: CommandKind
COMMAND_KIND_PAUSE_CLOCK: CommandKind
COMMAND_KIND_RESUME_CLOCK: CommandKind
COMMAND_KIND_EXTEND_CLOCK: CommandKind
COMMAND_KIND_SWEEP: CommandKind
COMMAND_KIND_RECOMPUTE: CommandKind
COMMAND_KIND_ASSIGN: CommandKind
COMMAND_KIND_DEDUCT: CommandKind
COMMAND_KIND_TAKE_BACK_DEDUCTION: CommandKind
COMMAND_KIND_CONCEDE_AMOUNT: CommandKind
COMMAND_KIND_RECORD_RETURNED_REFUND: CommandKind
COMMAND_KIND_CONFIRM_REFUND: CommandKind
COMMAND_KIND_CORRECT_RECEIPT: CommandKind
COMMAND_KIND_CORRECT_INSPECTION: CommandKind
COMMAND_KIND_AGREE_EXCHANGE: CommandKind
COMMAND_KIND_CANCEL_EXCHANGE: CommandKind
CASE_SORT_UNSPECIFIED: CaseSort
CASE_SORT_NEWEST: CaseSort
CASE_SORT_OLDEST: CaseSort
CASE_SORT_CHANGED: CaseSort
CASE_SORT_DUE: CaseSort
REFUND_STANDING_UNSPECIFIED: RefundStanding
REFUND_STANDING_TO_MAKE: RefundStanding
REFUND_STANDING_IN_PROGRESS: RefundStanding
REFUND_STANDING_FAILED: RefundStanding
REFUND_STANDING_UNKNOWN: RefundStanding
REFUND_STANDING_PREPARED: RefundStanding
REFUND_SORT_UNSPECIFIED: RefundSort
REFUND_SORT_DUE: RefundSort
REFUND_SORT_AMOUNT: RefundSort

class CaseTarget(_message.Message):
    __slots__ = ("case_id", "expected_version", "dry_run")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    expected_version: int
    dry_run: bool
    def __init__(self, case_id: _Optional[str] = ..., expected_version: _Optional[int] = ..., dry_run: bool = ...) -> None: ...

class CaseReply(_message.Message):
    __slots__ = ("case", "entries", "now_ms")
    CASE_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    case: _case_pb2.Case
    entries: _containers.RepeatedCompositeFieldContainer[_case_pb2.TimelineEntry]
    now_ms: int
    def __init__(self, case: _Optional[_Union[_case_pb2.Case, _Mapping]] = ..., entries: _Optional[_Iterable[_Union[_case_pb2.TimelineEntry, _Mapping]]] = ..., now_ms: _Optional[int] = ...) -> None: ...

class GetCaseRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class GetCaseReply(_message.Message):
    __slots__ = ("case", "now_ms")
    CASE_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    case: _case_pb2.Case
    now_ms: int
    def __init__(self, case: _Optional[_Union[_case_pb2.Case, _Mapping]] = ..., now_ms: _Optional[int] = ...) -> None: ...

class ListCasesRequest(_message.Message):
    __slots__ = ("states", "order", "customer_id", "tracking_no", "changed_since_ms", "due_before_ms", "limit", "cursor", "person", "team", "sale_channels", "open_only", "sort")
    STATES_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    CHANGED_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    states: _containers.RepeatedScalarFieldContainer[_common_pb2.CaseState]
    order: _common_pb2.OrderKey
    customer_id: str
    tracking_no: str
    changed_since_ms: int
    due_before_ms: int
    limit: int
    cursor: str
    person: str
    team: str
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    open_only: bool
    sort: CaseSort
    def __init__(self, states: _Optional[_Iterable[_Union[_common_pb2.CaseState, str]]] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., customer_id: _Optional[str] = ..., tracking_no: _Optional[str] = ..., changed_since_ms: _Optional[int] = ..., due_before_ms: _Optional[int] = ..., limit: _Optional[int] = ..., cursor: _Optional[str] = ..., person: _Optional[str] = ..., team: _Optional[str] = ..., sale_channels: _Optional[_Iterable[str]] = ..., open_only: bool = ..., sort: _Optional[_Union[CaseSort, str]] = ...) -> None: ...

class ListCasesReply(_message.Message):
    __slots__ = ("cases", "next_cursor", "unreadable_case_ids", "now_ms", "newer_case_ids", "too_large_case_ids")
    CASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    TOO_LARGE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[_case_pb2.Case]
    next_cursor: str
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    now_ms: int
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    too_large_case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, cases: _Optional[_Iterable[_Union[_case_pb2.Case, _Mapping]]] = ..., next_cursor: _Optional[str] = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., now_ms: _Optional[int] = ..., newer_case_ids: _Optional[_Iterable[str]] = ..., too_large_case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetTimelineRequest(_message.Message):
    __slots__ = ("case_id", "limit", "cursor", "newest_first")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWEST_FIRST_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    limit: int
    cursor: str
    newest_first: bool
    def __init__(self, case_id: _Optional[str] = ..., limit: _Optional[int] = ..., cursor: _Optional[str] = ..., newest_first: bool = ...) -> None: ...

class GetTimelineReply(_message.Message):
    __slots__ = ("entries", "case", "next_cursor", "total", "unreadable_numbers", "now_ms")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    CASE_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[_case_pb2.TimelineEntry]
    case: _case_pb2.Case
    next_cursor: str
    total: int
    unreadable_numbers: _containers.RepeatedScalarFieldContainer[int]
    now_ms: int
    def __init__(self, entries: _Optional[_Iterable[_Union[_case_pb2.TimelineEntry, _Mapping]]] = ..., case: _Optional[_Union[_case_pb2.Case, _Mapping]] = ..., next_cursor: _Optional[str] = ..., total: _Optional[int] = ..., unreadable_numbers: _Optional[_Iterable[int]] = ..., now_ms: _Optional[int] = ...) -> None: ...

class AllowedCommandsRequest(_message.Message):
    __slots__ = ("case_id",)
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    def __init__(self, case_id: _Optional[str] = ...) -> None: ...

class AllowedCommand(_message.Message):
    __slots__ = ("command", "roles", "for_others", "of_lost_refund", "method")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    FOR_OTHERS_FIELD_NUMBER: _ClassVar[int]
    OF_LOST_REFUND_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    command: CommandKind
    roles: _containers.RepeatedScalarFieldContainer[_common_pb2.Role]
    for_others: bool
    of_lost_refund: bool
    method: str
    def __init__(self, command: _Optional[_Union[CommandKind, str]] = ..., roles: _Optional[_Iterable[_Union[_common_pb2.Role, str]]] = ..., for_others: bool = ..., of_lost_refund: bool = ..., method: _Optional[str] = ...) -> None: ...

class AllowedCommandsReply(_message.Message):
    __slots__ = ("state", "commands", "now_ms")
    STATE_FIELD_NUMBER: _ClassVar[int]
    COMMANDS_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    state: _common_pb2.CaseState
    commands: _containers.RepeatedCompositeFieldContainer[AllowedCommand]
    now_ms: int
    def __init__(self, state: _Optional[_Union[_common_pb2.CaseState, str]] = ..., commands: _Optional[_Iterable[_Union[AllowedCommand, _Mapping]]] = ..., now_ms: _Optional[int] = ...) -> None: ...

class VerifyCaseRequest(_message.Message):
    __slots__ = ("target", "customer_verified", "order_verified")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    ORDER_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    customer_verified: bool
    order_verified: bool
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., customer_verified: bool = ..., order_verified: bool = ...) -> None: ...

class RequestInfoRequest(_message.Message):
    __slots__ = ("target", "question")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    question: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., question: _Optional[str] = ...) -> None: ...

class ProvideInfoRequest(_message.Message):
    __slots__ = ("target", "answer")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    answer: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., answer: _Optional[str] = ...) -> None: ...

class ApproveCaseRequest(_message.Message):
    __slots__ = ("target", "return_address", "instructions", "override_reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    RETURN_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    return_address: str
    instructions: str
    override_reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., return_address: _Optional[str] = ..., instructions: _Optional[str] = ..., override_reason: _Optional[str] = ...) -> None: ...

class RejectCaseRequest(_message.Message):
    __slots__ = ("target", "code", "reason", "alternative")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVE_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    code: str
    reason: str
    alternative: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., alternative: _Optional[str] = ...) -> None: ...

class AppealCaseRequest(_message.Message):
    __slots__ = ("target", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class AcceptAlternativeRequest(_message.Message):
    __slots__ = ("target", "goods")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    GOODS_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    goods: _containers.RepeatedCompositeFieldContainer[AlternativeGoods]
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., goods: _Optional[_Iterable[_Union[AlternativeGoods, _Mapping]]] = ...) -> None: ...

class AlternativeGoods(_message.Message):
    __slots__ = ("sku", "quantity")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    sku: str
    quantity: int
    def __init__(self, sku: _Optional[str] = ..., quantity: _Optional[int] = ...) -> None: ...

class SchedulePickupRequest(_message.Message):
    __slots__ = ("target", "window_from_ms", "window_until_ms", "address")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    window_from_ms: int
    window_until_ms: int
    address: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., window_from_ms: _Optional[int] = ..., window_until_ms: _Optional[int] = ..., address: _Optional[str] = ...) -> None: ...

class RecordPickupRequest(_message.Message):
    __slots__ = ("target", "result", "arrived_at_ms", "carrier", "tracking_no", "reason", "waybill")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WAYBILL_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    result: _case_pb2.PickupResult
    arrived_at_ms: int
    carrier: str
    tracking_no: str
    reason: str
    waybill: _common_pb2.Document
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., result: _Optional[_Union[_case_pb2.PickupResult, str]] = ..., arrived_at_ms: _Optional[int] = ..., carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ..., reason: _Optional[str] = ..., waybill: _Optional[_Union[_common_pb2.Document, _Mapping]] = ...) -> None: ...

class ShipCaseRequest(_message.Message):
    __slots__ = ("target", "carrier", "tracking_no", "waybill")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    WAYBILL_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    carrier: str
    tracking_no: str
    waybill: _common_pb2.Document
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ..., waybill: _Optional[_Union[_common_pb2.Document, _Mapping]] = ...) -> None: ...

class TrackShipmentRequest(_message.Message):
    __slots__ = ("target", "tracking_no", "event")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    tracking_no: str
    event: _case_pb2.TrackingEvent
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., tracking_no: _Optional[str] = ..., event: _Optional[_Union[_case_pb2.TrackingEvent, _Mapping]] = ...) -> None: ...

class LineUnits(_message.Message):
    __slots__ = ("line_id", "units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    units: int
    def __init__(self, line_id: _Optional[str] = ..., units: _Optional[int] = ...) -> None: ...

class ReportExceptionRequest(_message.Message):
    __slots__ = ("target", "kind", "reason", "lines")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    kind: _case_pb2.ExceptionKind
    reason: str
    lines: _containers.RepeatedCompositeFieldContainer[LineUnits]
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., kind: _Optional[_Union[_case_pb2.ExceptionKind, str]] = ..., reason: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[LineUnits, _Mapping]]] = ...) -> None: ...

class FoundGoodsRequest(_message.Message):
    __slots__ = ("target", "note")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    note: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., note: _Optional[str] = ...) -> None: ...

class UndeclaredGoods(_message.Message):
    __slots__ = ("sku", "units", "add_as_line_id")
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    ADD_AS_LINE_ID_FIELD_NUMBER: _ClassVar[int]
    sku: str
    units: int
    add_as_line_id: str
    def __init__(self, sku: _Optional[str] = ..., units: _Optional[int] = ..., add_as_line_id: _Optional[str] = ...) -> None: ...

class ReceiveGoodsRequest(_message.Message):
    __slots__ = ("target", "lines", "undeclared", "by_hand", "enclosures", "receipt")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    UNDECLARED_FIELD_NUMBER: _ClassVar[int]
    BY_HAND_FIELD_NUMBER: _ClassVar[int]
    ENCLOSURES_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    lines: _containers.RepeatedCompositeFieldContainer[LineUnits]
    undeclared: _containers.RepeatedCompositeFieldContainer[UndeclaredGoods]
    by_hand: bool
    enclosures: _containers.RepeatedScalarFieldContainer[str]
    receipt: _common_pb2.Document
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[LineUnits, _Mapping]]] = ..., undeclared: _Optional[_Iterable[_Union[UndeclaredGoods, _Mapping]]] = ..., by_hand: bool = ..., enclosures: _Optional[_Iterable[str]] = ..., receipt: _Optional[_Union[_common_pb2.Document, _Mapping]] = ...) -> None: ...

class LineInspection(_message.Message):
    __slots__ = ("line_id", "appearance_ok", "quantity_ok", "packaging_ok", "unused_ok", "accepted_units", "refused_units", "evidence", "note")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    APPEARANCE_OK_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_OK_FIELD_NUMBER: _ClassVar[int]
    PACKAGING_OK_FIELD_NUMBER: _ClassVar[int]
    UNUSED_OK_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_UNITS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    appearance_ok: bool
    quantity_ok: bool
    packaging_ok: bool
    unused_ok: bool
    accepted_units: int
    refused_units: int
    evidence: _containers.RepeatedScalarFieldContainer[str]
    note: str
    def __init__(self, line_id: _Optional[str] = ..., appearance_ok: bool = ..., quantity_ok: bool = ..., packaging_ok: bool = ..., unused_ok: bool = ..., accepted_units: _Optional[int] = ..., refused_units: _Optional[int] = ..., evidence: _Optional[_Iterable[str]] = ..., note: _Optional[str] = ...) -> None: ...

class InspectGoodsRequest(_message.Message):
    __slots__ = ("target", "lines", "report")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    lines: _containers.RepeatedCompositeFieldContainer[LineInspection]
    report: _common_pb2.Document
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[LineInspection, _Mapping]]] = ..., report: _Optional[_Union[_common_pb2.Document, _Mapping]] = ...) -> None: ...

class SkuUnits(_message.Message):
    __slots__ = ("sku", "units")
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    units: int
    def __init__(self, sku: _Optional[str] = ..., units: _Optional[int] = ...) -> None: ...

class CorrectReceiptRequest(_message.Message):
    __slots__ = ("target", "lines", "undeclared", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    UNDECLARED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    lines: _containers.RepeatedCompositeFieldContainer[LineUnits]
    undeclared: _containers.RepeatedCompositeFieldContainer[SkuUnits]
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[LineUnits, _Mapping]]] = ..., undeclared: _Optional[_Iterable[_Union[SkuUnits, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class CorrectInspectionRequest(_message.Message):
    __slots__ = ("target", "lines", "report", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    lines: _containers.RepeatedCompositeFieldContainer[LineInspection]
    report: _common_pb2.Document
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[LineInspection, _Mapping]]] = ..., report: _Optional[_Union[_common_pb2.Document, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class AgreeExchangeRequest(_message.Message):
    __slots__ = ("target", "line_id", "units", "sku", "difference_minor", "settlement", "settlement_reference", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    line_id: str
    units: int
    sku: str
    difference_minor: int
    settlement: _case_pb2.ExchangeSettlement
    settlement_reference: str
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., line_id: _Optional[str] = ..., units: _Optional[int] = ..., sku: _Optional[str] = ..., difference_minor: _Optional[int] = ..., settlement: _Optional[_Union[_case_pb2.ExchangeSettlement, str]] = ..., settlement_reference: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelExchangeRequest(_message.Message):
    __slots__ = ("target", "exchange", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    exchange: int
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., exchange: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class TellCustomerRequest(_message.Message):
    __slots__ = ("target", "channel", "reference", "occasions", "text")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    OCCASIONS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    channel: str
    reference: str
    occasions: _containers.RepeatedScalarFieldContainer[_notice_pb2.NoticeOccasion]
    text: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., channel: _Optional[str] = ..., reference: _Optional[str] = ..., occasions: _Optional[_Iterable[_Union[_notice_pb2.NoticeOccasion, str]]] = ..., text: _Optional[str] = ...) -> None: ...

class ResolveLine(_message.Message):
    __slots__ = ("line_id", "resolution", "units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    resolution: _case_pb2.UnitResolution
    units: int
    def __init__(self, line_id: _Optional[str] = ..., resolution: _Optional[_Union[_case_pb2.UnitResolution, str]] = ..., units: _Optional[int] = ...) -> None: ...

class ResolveUnitsRequest(_message.Message):
    __slots__ = ("target", "lines", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    lines: _containers.RepeatedCompositeFieldContainer[ResolveLine]
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[ResolveLine, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class DeductAmountRequest(_message.Message):
    __slots__ = ("target", "line_id", "amount_minor", "code", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    line_id: str
    amount_minor: int
    code: _case_pb2.DeductionCode
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., line_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., code: _Optional[_Union[_case_pb2.DeductionCode, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class TakeBackDeductionRequest(_message.Message):
    __slots__ = ("target", "line_id", "deduction", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    DEDUCTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    line_id: str
    deduction: int
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., line_id: _Optional[str] = ..., deduction: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ConcedeAmountRequest(_message.Message):
    __slots__ = ("target", "line_id", "units", "amount_minor", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    line_id: str
    units: int
    amount_minor: int
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., line_id: _Optional[str] = ..., units: _Optional[int] = ..., amount_minor: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ConfirmRefundRequest(_message.Message):
    __slots__ = ("target", "refund_id")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    refund_id: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., refund_id: _Optional[str] = ...) -> None: ...

class RecordReturnedRefundRequest(_message.Message):
    __slots__ = ("target", "refund_id", "reason", "payments")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    refund_id: str
    reason: str
    payments: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundPayment]
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., refund_id: _Optional[str] = ..., reason: _Optional[str] = ..., payments: _Optional[_Iterable[_Union[_case_pb2.RefundPayment, _Mapping]]] = ...) -> None: ...

class RefundCaseRequest(_message.Message):
    __slots__ = ("target", "refund_id", "amount_minor", "shipping_minor", "payments", "other_method", "other_method_reason", "method")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_REASON_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    refund_id: str
    amount_minor: int
    shipping_minor: int
    payments: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundPayment]
    other_method: str
    other_method_reason: str
    method: _case_pb2.RefundMethod
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., refund_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., shipping_minor: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[_case_pb2.RefundPayment, _Mapping]]] = ..., other_method: _Optional[str] = ..., other_method_reason: _Optional[str] = ..., method: _Optional[_Union[_case_pb2.RefundMethod, str]] = ...) -> None: ...

class RecordRefundRequest(_message.Message):
    __slots__ = ("target", "refund_id", "status", "failure_reason", "voucher", "voucher_document", "attempt", "lost", "credit_note")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    VOUCHER_FIELD_NUMBER: _ClassVar[int]
    VOUCHER_DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NOTE_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    refund_id: str
    status: _case_pb2.RefundStatus
    failure_reason: str
    voucher: str
    voucher_document: _common_pb2.Document
    attempt: int
    lost: LostRefund
    credit_note: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., refund_id: _Optional[str] = ..., status: _Optional[_Union[_case_pb2.RefundStatus, str]] = ..., failure_reason: _Optional[str] = ..., voucher: _Optional[str] = ..., voucher_document: _Optional[_Union[_common_pb2.Document, _Mapping]] = ..., attempt: _Optional[int] = ..., lost: _Optional[_Union[LostRefund, _Mapping]] = ..., credit_note: _Optional[str] = ...) -> None: ...

class LostRefund(_message.Message):
    __slots__ = ("amount_minor", "shipping_minor", "payments", "another")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    ANOTHER_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    shipping_minor: int
    payments: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundPayment]
    another: bool
    def __init__(self, amount_minor: _Optional[int] = ..., shipping_minor: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[_case_pb2.RefundPayment, _Mapping]]] = ..., another: bool = ...) -> None: ...

class AbandonRefundRequest(_message.Message):
    __slots__ = ("target", "refund_id", "gateway_confirmation")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    GATEWAY_CONFIRMATION_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    refund_id: str
    gateway_confirmation: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., refund_id: _Optional[str] = ..., gateway_confirmation: _Optional[str] = ...) -> None: ...

class ShipBackRequest(_message.Message):
    __slots__ = ("target", "carrier", "tracking_no")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    carrier: str
    tracking_no: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ...) -> None: ...

class ShipExchangeRequest(_message.Message):
    __slots__ = ("target", "carrier", "tracking_no")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    carrier: str
    tracking_no: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ...) -> None: ...

class GrantReturnlessRequest(_message.Message):
    __slots__ = ("target", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class WithdrawCaseRequest(_message.Message):
    __slots__ = ("target", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class RecordFollowUpRequest(_message.Message):
    __slots__ = ("target", "reached", "score", "comments")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REACHED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    COMMENTS_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reached: bool
    score: int
    comments: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reached: bool = ..., score: _Optional[int] = ..., comments: _Optional[str] = ...) -> None: ...

class CloseCaseRequest(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ...) -> None: ...

class CancelCaseRequest(_message.Message):
    __slots__ = ("target", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class ReopenCaseRequest(_message.Message):
    __slots__ = ("target", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class AddNoteRequest(_message.Message):
    __slots__ = ("target", "text")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    text: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class AttachDocumentRequest(_message.Message):
    __slots__ = ("target", "document")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    document: _common_pb2.Document
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., document: _Optional[_Union[_common_pb2.Document, _Mapping]] = ...) -> None: ...

class PauseClockRequest(_message.Message):
    __slots__ = ("target", "kind", "reason", "until_ms")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    kind: _clock_pb2.ClockKind
    reason: str
    until_ms: int
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., reason: _Optional[str] = ..., until_ms: _Optional[int] = ...) -> None: ...

class ResumeClockRequest(_message.Message):
    __slots__ = ("target", "kind", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    kind: _clock_pb2.ClockKind
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class AssignCaseRequest(_message.Message):
    __slots__ = ("target", "role", "person", "team")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    role: _common_pb2.Role
    person: str
    team: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., role: _Optional[_Union[_common_pb2.Role, str]] = ..., person: _Optional[str] = ..., team: _Optional[str] = ...) -> None: ...

class ExtendClockRequest(_message.Message):
    __slots__ = ("target", "kind", "by_ms", "reason")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BY_MS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    target: CaseTarget
    kind: _clock_pb2.ClockKind
    by_ms: int
    reason: str
    def __init__(self, target: _Optional[_Union[CaseTarget, _Mapping]] = ..., kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., by_ms: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ListRefundsRequest(_message.Message):
    __slots__ = ("standings", "sale_channels", "currency", "due_before_ms", "sort", "limit", "cursor")
    STANDINGS_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    SORT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    standings: _containers.RepeatedScalarFieldContainer[RefundStanding]
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    currency: str
    due_before_ms: int
    sort: RefundSort
    limit: int
    cursor: str
    def __init__(self, standings: _Optional[_Iterable[_Union[RefundStanding, str]]] = ..., sale_channels: _Optional[_Iterable[str]] = ..., currency: _Optional[str] = ..., due_before_ms: _Optional[int] = ..., sort: _Optional[_Union[RefundSort, str]] = ..., limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class DueRefund(_message.Message):
    __slots__ = ("case_id", "order", "state", "standing", "refund_id", "amount_minor", "shipping_minor", "currency", "payments", "other_method", "unplaced_minor", "due_at_ms", "paused", "started_at_ms", "attempts")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_FIELD_NUMBER: _ClassVar[int]
    UNPLACED_MINOR_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    order: _common_pb2.OrderKey
    state: _common_pb2.CaseState
    standing: RefundStanding
    refund_id: str
    amount_minor: int
    shipping_minor: int
    currency: str
    payments: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundPayment]
    other_method: str
    unplaced_minor: int
    due_at_ms: int
    paused: bool
    started_at_ms: int
    attempts: int
    def __init__(self, case_id: _Optional[str] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., state: _Optional[_Union[_common_pb2.CaseState, str]] = ..., standing: _Optional[_Union[RefundStanding, str]] = ..., refund_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., shipping_minor: _Optional[int] = ..., currency: _Optional[str] = ..., payments: _Optional[_Iterable[_Union[_case_pb2.RefundPayment, _Mapping]]] = ..., other_method: _Optional[str] = ..., unplaced_minor: _Optional[int] = ..., due_at_ms: _Optional[int] = ..., paused: bool = ..., started_at_ms: _Optional[int] = ..., attempts: _Optional[int] = ...) -> None: ...

class RefundTotal(_message.Message):
    __slots__ = ("currency", "standing", "refunds", "amount_minor")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    currency: str
    standing: RefundStanding
    refunds: int
    amount_minor: int
    def __init__(self, currency: _Optional[str] = ..., standing: _Optional[_Union[RefundStanding, str]] = ..., refunds: _Optional[int] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class ListRefundsReply(_message.Message):
    __slots__ = ("refunds", "totals", "incomplete", "now_ms", "unreadable_case_ids", "newer_case_ids", "next_cursor")
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NEWER_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    refunds: _containers.RepeatedCompositeFieldContainer[DueRefund]
    totals: _containers.RepeatedCompositeFieldContainer[RefundTotal]
    incomplete: bool
    now_ms: int
    unreadable_case_ids: _containers.RepeatedScalarFieldContainer[str]
    newer_case_ids: _containers.RepeatedScalarFieldContainer[str]
    next_cursor: str
    def __init__(self, refunds: _Optional[_Iterable[_Union[DueRefund, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[RefundTotal, _Mapping]]] = ..., incomplete: bool = ..., now_ms: _Optional[int] = ..., unreadable_case_ids: _Optional[_Iterable[str]] = ..., newer_case_ids: _Optional[_Iterable[str]] = ..., next_cursor: _Optional[str] = ...) -> None: ...
