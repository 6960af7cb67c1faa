from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from returns_client._generated.returns.v1 import event_type_pb2 as _event_type_pb2
from returns_client._generated.returns.v1 import notice_pb2 as _notice_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Track(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACK_UNSPECIFIED: _ClassVar[Track]
    TRACK_NONE: _ClassVar[Track]
    TRACK_DUE: _ClassVar[Track]
    TRACK_IN_PROGRESS: _ClassVar[Track]
    TRACK_FAILED: _ClassVar[Track]
    TRACK_DONE: _ClassVar[Track]

class CheckKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_KIND_UNSPECIFIED: _ClassVar[CheckKind]
    CHECK_KIND_ORDER_STATUS: _ClassVar[CheckKind]
    CHECK_KIND_RETURN_WINDOW: _ClassVar[CheckKind]
    CHECK_KIND_REASON: _ClassVar[CheckKind]
    CHECK_KIND_CONDITIONS: _ClassVar[CheckKind]
    CHECK_KIND_EXCLUSIONS: _ClassVar[CheckKind]
    CHECK_KIND_EARLIER_REFUSALS: _ClassVar[CheckKind]
    CHECK_KIND_PAID_IN_PART: _ClassVar[CheckKind]

class CheckResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_RESULT_UNSPECIFIED: _ClassVar[CheckResult]
    CHECK_RESULT_PASSED: _ClassVar[CheckResult]
    CHECK_RESULT_FAILED: _ClassVar[CheckResult]
    CHECK_RESULT_OPEN: _ClassVar[CheckResult]
    CHECK_RESULT_NOTED: _ClassVar[CheckResult]

class PickupResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PICKUP_RESULT_UNSPECIFIED: _ClassVar[PickupResult]
    PICKUP_RESULT_COLLECTED: _ClassVar[PickupResult]
    PICKUP_RESULT_MISSED: _ClassVar[PickupResult]

class ExceptionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXCEPTION_KIND_UNSPECIFIED: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_LOST: _ClassVar[ExceptionKind]
    EXCEPTION_KIND_REFUSED: _ClassVar[ExceptionKind]

class UnitResolution(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_RESOLUTION_UNSPECIFIED: _ClassVar[UnitResolution]
    UNIT_RESOLUTION_CONCEDE: _ClassVar[UnitResolution]
    UNIT_RESOLUTION_SEND_BACK: _ClassVar[UnitResolution]
    UNIT_RESOLUTION_EXCHANGE: _ClassVar[UnitResolution]
    UNIT_RESOLUTION_DISPOSE: _ClassVar[UnitResolution]
    UNIT_RESOLUTION_RELEASE: _ClassVar[UnitResolution]

class RefundStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUND_STATUS_UNSPECIFIED: _ClassVar[RefundStatus]
    REFUND_STATUS_IN_PROGRESS: _ClassVar[RefundStatus]
    REFUND_STATUS_FAILED: _ClassVar[RefundStatus]
    REFUND_STATUS_UNKNOWN: _ClassVar[RefundStatus]
    REFUND_STATUS_SUCCEEDED: _ClassVar[RefundStatus]
    REFUND_STATUS_ABANDONED: _ClassVar[RefundStatus]
    REFUND_STATUS_RETURNED: _ClassVar[RefundStatus]
    REFUND_STATUS_PREPARED: _ClassVar[RefundStatus]

class RefundMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUND_METHOD_UNSPECIFIED: _ClassVar[RefundMethod]
    REFUND_METHOD_ORIGINAL: _ClassVar[RefundMethod]
    REFUND_METHOD_BANK_TRANSFER: _ClassVar[RefundMethod]
    REFUND_METHOD_CASH: _ClassVar[RefundMethod]
    REFUND_METHOD_STORE_CREDIT: _ClassVar[RefundMethod]
    REFUND_METHOD_VOUCHER: _ClassVar[RefundMethod]
    REFUND_METHOD_OTHER: _ClassVar[RefundMethod]

class OutboundKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTBOUND_KIND_UNSPECIFIED: _ClassVar[OutboundKind]
    OUTBOUND_KIND_SEND_BACK: _ClassVar[OutboundKind]
    OUTBOUND_KIND_EXCHANGE: _ClassVar[OutboundKind]
    OUTBOUND_KIND_UNDECLARED: _ClassVar[OutboundKind]
    OUTBOUND_KIND_ALTERNATIVE: _ClassVar[OutboundKind]
    OUTBOUND_KIND_EXCHANGE_ACCEPTED: _ClassVar[OutboundKind]

class ExchangeSettlement(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXCHANGE_SETTLEMENT_UNSPECIFIED: _ClassVar[ExchangeSettlement]
    EXCHANGE_SETTLEMENT_PAID_BY_CUSTOMER: _ClassVar[ExchangeSettlement]
    EXCHANGE_SETTLEMENT_PAID_BACK: _ClassVar[ExchangeSettlement]
    EXCHANGE_SETTLEMENT_WAIVED: _ClassVar[ExchangeSettlement]

class DeductionCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DEDUCTION_CODE_UNSPECIFIED: _ClassVar[DeductionCode]
    DEDUCTION_CODE_RESTOCKING: _ClassVar[DeductionCode]
    DEDUCTION_CODE_DEPRECIATION: _ClassVar[DeductionCode]
    DEDUCTION_CODE_MISSING_PART: _ClassVar[DeductionCode]
    DEDUCTION_CODE_DAMAGE: _ClassVar[DeductionCode]
    DEDUCTION_CODE_LABEL: _ClassVar[DeductionCode]
    DEDUCTION_CODE_OTHER: _ClassVar[DeductionCode]

class ClosingNeedKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOSING_NEED_KIND_UNSPECIFIED: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_AWAITED_UNITS: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_UNINSPECTED_UNITS: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_UNDECIDED_UNITS: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_LOST_UNITS: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_REFUND: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_REFUND_RESULT: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_FAILED_REFUND: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_GOODS_OUT: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_CUSTOMER_TOLD: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_FOLLOW_UP: _ClassVar[ClosingNeedKind]
    CLOSING_NEED_KIND_DOCUMENT: _ClassVar[ClosingNeedKind]
TRACK_UNSPECIFIED: Track
TRACK_NONE: Track
TRACK_DUE: Track
TRACK_IN_PROGRESS: Track
TRACK_FAILED: Track
TRACK_DONE: Track
CHECK_KIND_UNSPECIFIED: CheckKind
CHECK_KIND_ORDER_STATUS: CheckKind
CHECK_KIND_RETURN_WINDOW: CheckKind
CHECK_KIND_REASON: CheckKind
CHECK_KIND_CONDITIONS: CheckKind
CHECK_KIND_EXCLUSIONS: CheckKind
CHECK_KIND_EARLIER_REFUSALS: CheckKind
CHECK_KIND_PAID_IN_PART: CheckKind
CHECK_RESULT_UNSPECIFIED: CheckResult
CHECK_RESULT_PASSED: CheckResult
CHECK_RESULT_FAILED: CheckResult
CHECK_RESULT_OPEN: CheckResult
CHECK_RESULT_NOTED: CheckResult
PICKUP_RESULT_UNSPECIFIED: PickupResult
PICKUP_RESULT_COLLECTED: PickupResult
PICKUP_RESULT_MISSED: PickupResult
EXCEPTION_KIND_UNSPECIFIED: ExceptionKind
EXCEPTION_KIND_LOST: ExceptionKind
EXCEPTION_KIND_REFUSED: ExceptionKind
UNIT_RESOLUTION_UNSPECIFIED: UnitResolution
UNIT_RESOLUTION_CONCEDE: UnitResolution
UNIT_RESOLUTION_SEND_BACK: UnitResolution
UNIT_RESOLUTION_EXCHANGE: UnitResolution
UNIT_RESOLUTION_DISPOSE: UnitResolution
UNIT_RESOLUTION_RELEASE: UnitResolution
REFUND_STATUS_UNSPECIFIED: RefundStatus
REFUND_STATUS_IN_PROGRESS: RefundStatus
REFUND_STATUS_FAILED: RefundStatus
REFUND_STATUS_UNKNOWN: RefundStatus
REFUND_STATUS_SUCCEEDED: RefundStatus
REFUND_STATUS_ABANDONED: RefundStatus
REFUND_STATUS_RETURNED: RefundStatus
REFUND_STATUS_PREPARED: RefundStatus
REFUND_METHOD_UNSPECIFIED: RefundMethod
REFUND_METHOD_ORIGINAL: RefundMethod
REFUND_METHOD_BANK_TRANSFER: RefundMethod
REFUND_METHOD_CASH: RefundMethod
REFUND_METHOD_STORE_CREDIT: RefundMethod
REFUND_METHOD_VOUCHER: RefundMethod
REFUND_METHOD_OTHER: RefundMethod
OUTBOUND_KIND_UNSPECIFIED: OutboundKind
OUTBOUND_KIND_SEND_BACK: OutboundKind
OUTBOUND_KIND_EXCHANGE: OutboundKind
OUTBOUND_KIND_UNDECLARED: OutboundKind
OUTBOUND_KIND_ALTERNATIVE: OutboundKind
OUTBOUND_KIND_EXCHANGE_ACCEPTED: OutboundKind
EXCHANGE_SETTLEMENT_UNSPECIFIED: ExchangeSettlement
EXCHANGE_SETTLEMENT_PAID_BY_CUSTOMER: ExchangeSettlement
EXCHANGE_SETTLEMENT_PAID_BACK: ExchangeSettlement
EXCHANGE_SETTLEMENT_WAIVED: ExchangeSettlement
DEDUCTION_CODE_UNSPECIFIED: DeductionCode
DEDUCTION_CODE_RESTOCKING: DeductionCode
DEDUCTION_CODE_DEPRECIATION: DeductionCode
DEDUCTION_CODE_MISSING_PART: DeductionCode
DEDUCTION_CODE_DAMAGE: DeductionCode
DEDUCTION_CODE_LABEL: DeductionCode
DEDUCTION_CODE_OTHER: DeductionCode
CLOSING_NEED_KIND_UNSPECIFIED: ClosingNeedKind
CLOSING_NEED_KIND_AWAITED_UNITS: ClosingNeedKind
CLOSING_NEED_KIND_UNINSPECTED_UNITS: ClosingNeedKind
CLOSING_NEED_KIND_UNDECIDED_UNITS: ClosingNeedKind
CLOSING_NEED_KIND_LOST_UNITS: ClosingNeedKind
CLOSING_NEED_KIND_REFUND: ClosingNeedKind
CLOSING_NEED_KIND_REFUND_RESULT: ClosingNeedKind
CLOSING_NEED_KIND_FAILED_REFUND: ClosingNeedKind
CLOSING_NEED_KIND_GOODS_OUT: ClosingNeedKind
CLOSING_NEED_KIND_CUSTOMER_TOLD: ClosingNeedKind
CLOSING_NEED_KIND_FOLLOW_UP: ClosingNeedKind
CLOSING_NEED_KIND_DOCUMENT: ClosingNeedKind

class Check(_message.Message):
    __slots__ = ("kind", "result", "detail", "policy_version")
    KIND_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    kind: CheckKind
    result: CheckResult
    detail: str
    policy_version: int
    def __init__(self, kind: _Optional[_Union[CheckKind, str]] = ..., result: _Optional[_Union[CheckResult, str]] = ..., detail: _Optional[str] = ..., policy_version: _Optional[int] = ...) -> None: ...

class UnitLedger(_message.Message):
    __slots__ = ("requested", "awaited", "received", "lost", "kept", "released", "uninspected", "accepted", "refused", "undecided", "conceded", "sent_back", "exchanged", "disposed", "lost_conceded", "accepted_exchanged", "kept_refused")
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    AWAITED_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    UNINSPECTED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    UNDECIDED_FIELD_NUMBER: _ClassVar[int]
    CONCEDED_FIELD_NUMBER: _ClassVar[int]
    SENT_BACK_FIELD_NUMBER: _ClassVar[int]
    EXCHANGED_FIELD_NUMBER: _ClassVar[int]
    DISPOSED_FIELD_NUMBER: _ClassVar[int]
    LOST_CONCEDED_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_EXCHANGED_FIELD_NUMBER: _ClassVar[int]
    KEPT_REFUSED_FIELD_NUMBER: _ClassVar[int]
    requested: int
    awaited: int
    received: int
    lost: int
    kept: int
    released: int
    uninspected: int
    accepted: int
    refused: int
    undecided: int
    conceded: int
    sent_back: int
    exchanged: int
    disposed: int
    lost_conceded: int
    accepted_exchanged: int
    kept_refused: int
    def __init__(self, requested: _Optional[int] = ..., awaited: _Optional[int] = ..., received: _Optional[int] = ..., lost: _Optional[int] = ..., kept: _Optional[int] = ..., released: _Optional[int] = ..., uninspected: _Optional[int] = ..., accepted: _Optional[int] = ..., refused: _Optional[int] = ..., undecided: _Optional[int] = ..., conceded: _Optional[int] = ..., sent_back: _Optional[int] = ..., exchanged: _Optional[int] = ..., disposed: _Optional[int] = ..., lost_conceded: _Optional[int] = ..., accepted_exchanged: _Optional[int] = ..., kept_refused: _Optional[int] = ...) -> None: ...

class CaseLine(_message.Message):
    __slots__ = ("line_id", "sku", "units", "owed_minor", "committed_minor", "added_on_receipt", "reason_code", "serial_numbers", "deductions", "concessions")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    ADDED_ON_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    DEDUCTIONS_FIELD_NUMBER: _ClassVar[int]
    CONCESSIONS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    units: UnitLedger
    owed_minor: int
    committed_minor: int
    added_on_receipt: bool
    reason_code: str
    serial_numbers: _containers.RepeatedScalarFieldContainer[str]
    deductions: _containers.RepeatedCompositeFieldContainer[Deduction]
    concessions: _containers.RepeatedCompositeFieldContainer[Concession]
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[_Union[UnitLedger, _Mapping]] = ..., owed_minor: _Optional[int] = ..., committed_minor: _Optional[int] = ..., added_on_receipt: bool = ..., reason_code: _Optional[str] = ..., serial_numbers: _Optional[_Iterable[str]] = ..., deductions: _Optional[_Iterable[_Union[Deduction, _Mapping]]] = ..., concessions: _Optional[_Iterable[_Union[Concession, _Mapping]]] = ...) -> None: ...

class Deduction(_message.Message):
    __slots__ = ("amount_minor", "code", "by", "at_ms", "taken_back_at_ms", "taken_back_by", "untold")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_BACK_AT_MS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_BACK_BY_FIELD_NUMBER: _ClassVar[int]
    UNTOLD_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    code: DeductionCode
    by: _common_pb2.Actor
    at_ms: int
    taken_back_at_ms: int
    taken_back_by: _common_pb2.Actor
    untold: bool
    def __init__(self, amount_minor: _Optional[int] = ..., code: _Optional[_Union[DeductionCode, str]] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., at_ms: _Optional[int] = ..., taken_back_at_ms: _Optional[int] = ..., taken_back_by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., untold: bool = ...) -> None: ...

class Concession(_message.Message):
    __slots__ = ("amount_minor", "units", "worth_minor", "by", "at_ms")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    WORTH_MINOR_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    units: int
    worth_minor: int
    by: _common_pb2.Actor
    at_ms: int
    def __init__(self, amount_minor: _Optional[int] = ..., units: _Optional[int] = ..., worth_minor: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., at_ms: _Optional[int] = ...) -> None: ...

class Inspection(_message.Message):
    __slots__ = ("line_id", "appearance_ok", "quantity_ok", "packaging_ok", "unused_ok", "accepted_units", "refused_units", "evidence", "inspector", "at_ms", "standard_version", "replaces_earlier")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    APPEARANCE_OK_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_OK_FIELD_NUMBER: _ClassVar[int]
    PACKAGING_OK_FIELD_NUMBER: _ClassVar[int]
    UNUSED_OK_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_UNITS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    INSPECTOR_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STANDARD_VERSION_FIELD_NUMBER: _ClassVar[int]
    REPLACES_EARLIER_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    appearance_ok: bool
    quantity_ok: bool
    packaging_ok: bool
    unused_ok: bool
    accepted_units: int
    refused_units: int
    evidence: _containers.RepeatedScalarFieldContainer[str]
    inspector: _common_pb2.Actor
    at_ms: int
    standard_version: int
    replaces_earlier: bool
    def __init__(self, line_id: _Optional[str] = ..., appearance_ok: bool = ..., quantity_ok: bool = ..., packaging_ok: bool = ..., unused_ok: bool = ..., accepted_units: _Optional[int] = ..., refused_units: _Optional[int] = ..., evidence: _Optional[_Iterable[str]] = ..., inspector: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., at_ms: _Optional[int] = ..., standard_version: _Optional[int] = ..., replaces_earlier: bool = ...) -> None: ...

class RefundLine(_message.Message):
    __slots__ = ("line_id", "amount_minor")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    amount_minor: int
    def __init__(self, line_id: _Optional[str] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class RefundPayment(_message.Message):
    __slots__ = ("reference", "amount_minor")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    reference: str
    amount_minor: int
    def __init__(self, reference: _Optional[str] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class Refund(_message.Message):
    __slots__ = ("refund_id", "status", "amount_minor", "lines", "shipping_minor", "payments", "other_method", "attempts", "voucher", "started_at_ms", "ended_at_ms", "overpaid_minor", "overpaid_lines", "overpaid_shipping_minor", "returned_at_ms", "prepared_by", "confirmed_by", "method", "credit_note", "shipping_repaid_minor", "part_of")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    VOUCHER_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_LINES_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    RETURNED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PREPARED_BY_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_BY_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CREDIT_NOTE_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_REPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    PART_OF_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    status: RefundStatus
    amount_minor: int
    lines: _containers.RepeatedCompositeFieldContainer[RefundLine]
    shipping_minor: int
    payments: _containers.RepeatedCompositeFieldContainer[RefundPayment]
    other_method: str
    attempts: int
    voucher: str
    started_at_ms: int
    ended_at_ms: int
    overpaid_minor: int
    overpaid_lines: _containers.RepeatedCompositeFieldContainer[RefundLine]
    overpaid_shipping_minor: int
    returned_at_ms: int
    prepared_by: _common_pb2.Actor
    confirmed_by: _common_pb2.Actor
    method: RefundMethod
    credit_note: str
    shipping_repaid_minor: int
    part_of: str
    def __init__(self, refund_id: _Optional[str] = ..., status: _Optional[_Union[RefundStatus, str]] = ..., amount_minor: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[RefundLine, _Mapping]]] = ..., shipping_minor: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[RefundPayment, _Mapping]]] = ..., other_method: _Optional[str] = ..., attempts: _Optional[int] = ..., voucher: _Optional[str] = ..., started_at_ms: _Optional[int] = ..., ended_at_ms: _Optional[int] = ..., overpaid_minor: _Optional[int] = ..., overpaid_lines: _Optional[_Iterable[_Union[RefundLine, _Mapping]]] = ..., overpaid_shipping_minor: _Optional[int] = ..., returned_at_ms: _Optional[int] = ..., prepared_by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., confirmed_by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., method: _Optional[_Union[RefundMethod, str]] = ..., credit_note: _Optional[str] = ..., shipping_repaid_minor: _Optional[int] = ..., part_of: _Optional[str] = ...) -> None: ...

class Outbound(_message.Message):
    __slots__ = ("kind", "line_id", "sku", "units", "carrier", "tracking_no", "shipped_at_ms", "difference_minor", "settlement", "share_minor", "exchange", "settlement_reference")
    KIND_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    SHIPPED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    SHARE_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    kind: OutboundKind
    line_id: str
    sku: str
    units: int
    carrier: str
    tracking_no: str
    shipped_at_ms: int
    difference_minor: int
    settlement: ExchangeSettlement
    share_minor: int
    exchange: int
    settlement_reference: str
    def __init__(self, kind: _Optional[_Union[OutboundKind, str]] = ..., line_id: _Optional[str] = ..., sku: _Optional[str] = ..., units: _Optional[int] = ..., carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ..., shipped_at_ms: _Optional[int] = ..., difference_minor: _Optional[int] = ..., settlement: _Optional[_Union[ExchangeSettlement, str]] = ..., share_minor: _Optional[int] = ..., exchange: _Optional[int] = ..., settlement_reference: _Optional[str] = ...) -> None: ...

class TrackingEvent(_message.Message):
    __slots__ = ("at_ms", "status", "place")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    status: str
    place: str
    def __init__(self, at_ms: _Optional[int] = ..., status: _Optional[str] = ..., place: _Optional[str] = ...) -> None: ...

class Shipment(_message.Message):
    __slots__ = ("carrier", "tracking_no", "shipped_at_ms", "events")
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    SHIPPED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    carrier: str
    tracking_no: str
    shipped_at_ms: int
    events: _containers.RepeatedCompositeFieldContainer[TrackingEvent]
    def __init__(self, carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ..., shipped_at_ms: _Optional[int] = ..., events: _Optional[_Iterable[_Union[TrackingEvent, _Mapping]]] = ...) -> None: ...

class Pickup(_message.Message):
    __slots__ = ("window_from_ms", "window_until_ms", "result", "arrived_at_ms")
    WINDOW_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    window_from_ms: int
    window_until_ms: int
    result: PickupResult
    arrived_at_ms: int
    def __init__(self, window_from_ms: _Optional[int] = ..., window_until_ms: _Optional[int] = ..., result: _Optional[_Union[PickupResult, str]] = ..., arrived_at_ms: _Optional[int] = ...) -> None: ...

class Verification(_message.Message):
    __slots__ = ("customer_verified", "order_verified", "by", "at_ms", "order_version")
    CUSTOMER_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    ORDER_VERIFIED_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ORDER_VERSION_FIELD_NUMBER: _ClassVar[int]
    customer_verified: bool
    order_verified: bool
    by: _common_pb2.Actor
    at_ms: int
    order_version: int
    def __init__(self, customer_verified: bool = ..., order_verified: bool = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., at_ms: _Optional[int] = ..., order_version: _Optional[int] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("approved", "by", "at_ms", "return_address", "instructions", "code", "reason", "alternative")
    APPROVED_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    RETURN_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ALTERNATIVE_FIELD_NUMBER: _ClassVar[int]
    approved: bool
    by: _common_pb2.Actor
    at_ms: int
    return_address: str
    instructions: str
    code: str
    reason: str
    alternative: str
    def __init__(self, approved: bool = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., at_ms: _Optional[int] = ..., return_address: _Optional[str] = ..., instructions: _Optional[str] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., alternative: _Optional[str] = ...) -> None: ...

class FollowUp(_message.Message):
    __slots__ = ("at_ms", "by", "reached", "score")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    REACHED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    by: _common_pb2.Actor
    reached: bool
    score: int
    def __init__(self, at_ms: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., reached: bool = ..., score: _Optional[int] = ...) -> None: ...

class Assignment(_message.Message):
    __slots__ = ("role", "person", "team", "at_ms", "by")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    role: _common_pb2.Role
    person: str
    team: str
    at_ms: int
    by: _common_pb2.Actor
    def __init__(self, role: _Optional[_Union[_common_pb2.Role, str]] = ..., person: _Optional[str] = ..., team: _Optional[str] = ..., at_ms: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ...) -> None: ...

class DeclaredCondition(_message.Message):
    __slots__ = ("code", "met")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MET_FIELD_NUMBER: _ClassVar[int]
    code: str
    met: bool
    def __init__(self, code: _Optional[str] = ..., met: bool = ...) -> None: ...

class PickupPlace(_message.Message):
    __slots__ = ("pickup", "address", "reason")
    PICKUP_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    pickup: int
    address: str
    reason: str
    def __init__(self, pickup: _Optional[int] = ..., address: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class FollowUpComments(_message.Message):
    __slots__ = ("follow_up", "comments")
    FOLLOW_UP_FIELD_NUMBER: _ClassVar[int]
    COMMENTS_FIELD_NUMBER: _ClassVar[int]
    follow_up: int
    comments: str
    def __init__(self, follow_up: _Optional[int] = ..., comments: _Optional[str] = ...) -> None: ...

class OverrideReason(_message.Message):
    __slots__ = ("decision", "reason")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    decision: int
    reason: str
    def __init__(self, decision: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class LineNote(_message.Message):
    __slots__ = ("line", "note")
    LINE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    line: int
    note: str
    def __init__(self, line: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...

class InspectionNote(_message.Message):
    __slots__ = ("inspection", "note")
    INSPECTION_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    inspection: int
    note: str
    def __init__(self, inspection: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...

class RefundReasons(_message.Message):
    __slots__ = ("refund_id", "other_method", "failure")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    other_method: str
    failure: str
    def __init__(self, refund_id: _Optional[str] = ..., other_method: _Optional[str] = ..., failure: _Optional[str] = ...) -> None: ...

class ClockReason(_message.Message):
    __slots__ = ("clock", "pause", "extension", "reason", "resume_reason")
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    PAUSE_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESUME_REASON_FIELD_NUMBER: _ClassVar[int]
    clock: int
    pause: int
    extension: int
    reason: str
    resume_reason: str
    def __init__(self, clock: _Optional[int] = ..., pause: _Optional[int] = ..., extension: _Optional[int] = ..., reason: _Optional[str] = ..., resume_reason: _Optional[str] = ...) -> None: ...

class ClosingNeed(_message.Message):
    __slots__ = ("kind", "units", "amount_minor", "document", "refund_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    kind: ClosingNeedKind
    units: int
    amount_minor: int
    document: _common_pb2.DocumentType
    refund_id: str
    def __init__(self, kind: _Optional[_Union[ClosingNeedKind, str]] = ..., units: _Optional[int] = ..., amount_minor: _Optional[int] = ..., document: _Optional[_Union[_common_pb2.DocumentType, str]] = ..., refund_id: _Optional[str] = ...) -> None: ...

class RequestedLine(_message.Message):
    __slots__ = ("line_id", "sku", "unit_price_minor", "quantity", "reason_code", "note", "serial_numbers")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    SERIAL_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    unit_price_minor: int
    quantity: int
    reason_code: str
    note: str
    serial_numbers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., unit_price_minor: _Optional[int] = ..., quantity: _Optional[int] = ..., reason_code: _Optional[str] = ..., note: _Optional[str] = ..., serial_numbers: _Optional[_Iterable[str]] = ...) -> None: ...

class SubmitCaseRequest(_message.Message):
    __slots__ = ("order", "channel_ref", "intake_channel", "intake_reference", "reason_code", "free_text", "lines", "conditions", "contact", "return_method", "requested_at_ms", "dry_run", "customer_id")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_REF_FIELD_NUMBER: _ClassVar[int]
    INTAKE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    INTAKE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    FREE_TEXT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    RETURN_METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    order: _common_pb2.OrderKey
    channel_ref: str
    intake_channel: _common_pb2.IntakeChannel
    intake_reference: str
    reason_code: str
    free_text: str
    lines: _containers.RepeatedCompositeFieldContainer[RequestedLine]
    conditions: _containers.RepeatedCompositeFieldContainer[DeclaredCondition]
    contact: _common_pb2.Contact
    return_method: _common_pb2.ReturnMethod
    requested_at_ms: int
    dry_run: bool
    customer_id: str
    def __init__(self, order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., channel_ref: _Optional[str] = ..., intake_channel: _Optional[_Union[_common_pb2.IntakeChannel, str]] = ..., intake_reference: _Optional[str] = ..., reason_code: _Optional[str] = ..., free_text: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[RequestedLine, _Mapping]]] = ..., conditions: _Optional[_Iterable[_Union[DeclaredCondition, _Mapping]]] = ..., contact: _Optional[_Union[_common_pb2.Contact, _Mapping]] = ..., return_method: _Optional[_Union[_common_pb2.ReturnMethod, str]] = ..., requested_at_ms: _Optional[int] = ..., dry_run: bool = ..., customer_id: _Optional[str] = ...) -> None: ...

class Case(_message.Message):
    __slots__ = ("id", "order", "channel_ref", "version", "state", "money", "goods_out", "customer_told", "withdrawn", "customer_id", "currency", "intake_channel", "intake_reference", "reason_code", "free_text", "contact", "return_method", "conditions", "requested_at_ms", "submitted_at_ms", "updated_at_ms", "entered_by", "lines", "checks", "verification", "decisions", "appeals", "question", "answer", "pickups", "shipments", "inspections", "refunds", "outbound", "documents", "follow_ups", "clocks", "policy_version", "standard_version", "exception", "closing_needs", "sla_version", "sla_plan", "assignments", "override_reasons", "inspection_notes", "refund_reasons", "clock_reasons", "pickup_places", "follow_up_comments", "application_sha256", "line_notes", "engine", "withheld", "notices", "reopened_at_ms", "shipping_due_minor", "notice_texts", "notes")
    ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_REF_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MONEY_FIELD_NUMBER: _ClassVar[int]
    GOODS_OUT_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_TOLD_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    INTAKE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    INTAKE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    FREE_TEXT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    RETURN_METHOD_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ENTERED_BY_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    APPEALS_FIELD_NUMBER: _ClassVar[int]
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    PICKUPS_FIELD_NUMBER: _ClassVar[int]
    SHIPMENTS_FIELD_NUMBER: _ClassVar[int]
    INSPECTIONS_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    OUTBOUND_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UPS_FIELD_NUMBER: _ClassVar[int]
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    STANDARD_VERSION_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    CLOSING_NEEDS_FIELD_NUMBER: _ClassVar[int]
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    SLA_PLAN_FIELD_NUMBER: _ClassVar[int]
    ASSIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_REASONS_FIELD_NUMBER: _ClassVar[int]
    INSPECTION_NOTES_FIELD_NUMBER: _ClassVar[int]
    REFUND_REASONS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_REASONS_FIELD_NUMBER: _ClassVar[int]
    PICKUP_PLACES_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UP_COMMENTS_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_SHA256_FIELD_NUMBER: _ClassVar[int]
    LINE_NOTES_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    REOPENED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_DUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    NOTICE_TEXTS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    id: str
    order: _common_pb2.OrderKey
    channel_ref: str
    version: int
    state: _common_pb2.CaseState
    money: Track
    goods_out: Track
    customer_told: Track
    withdrawn: bool
    customer_id: str
    currency: str
    intake_channel: _common_pb2.IntakeChannel
    intake_reference: str
    reason_code: str
    free_text: str
    contact: _common_pb2.Contact
    return_method: _common_pb2.ReturnMethod
    conditions: _containers.RepeatedCompositeFieldContainer[DeclaredCondition]
    requested_at_ms: int
    submitted_at_ms: int
    updated_at_ms: int
    entered_by: _common_pb2.Actor
    lines: _containers.RepeatedCompositeFieldContainer[CaseLine]
    checks: _containers.RepeatedCompositeFieldContainer[Check]
    verification: Verification
    decisions: _containers.RepeatedCompositeFieldContainer[Decision]
    appeals: int
    question: str
    answer: str
    pickups: _containers.RepeatedCompositeFieldContainer[Pickup]
    shipments: _containers.RepeatedCompositeFieldContainer[Shipment]
    inspections: _containers.RepeatedCompositeFieldContainer[Inspection]
    refunds: _containers.RepeatedCompositeFieldContainer[Refund]
    outbound: _containers.RepeatedCompositeFieldContainer[Outbound]
    documents: _containers.RepeatedCompositeFieldContainer[_common_pb2.Document]
    follow_ups: _containers.RepeatedCompositeFieldContainer[FollowUp]
    clocks: _containers.RepeatedCompositeFieldContainer[_clock_pb2.Clock]
    policy_version: int
    standard_version: int
    exception: ExceptionKind
    closing_needs: _containers.RepeatedCompositeFieldContainer[ClosingNeed]
    sla_version: int
    sla_plan: str
    assignments: _containers.RepeatedCompositeFieldContainer[Assignment]
    override_reasons: _containers.RepeatedCompositeFieldContainer[OverrideReason]
    inspection_notes: _containers.RepeatedCompositeFieldContainer[InspectionNote]
    refund_reasons: _containers.RepeatedCompositeFieldContainer[RefundReasons]
    clock_reasons: _containers.RepeatedCompositeFieldContainer[ClockReason]
    pickup_places: _containers.RepeatedCompositeFieldContainer[PickupPlace]
    follow_up_comments: _containers.RepeatedCompositeFieldContainer[FollowUpComments]
    application_sha256: bytes
    line_notes: _containers.RepeatedCompositeFieldContainer[LineNote]
    engine: CaseEngine
    withheld: _containers.RepeatedCompositeFieldContainer[_common_pb2.Withheld]
    notices: _containers.RepeatedCompositeFieldContainer[_notice_pb2.Notice]
    reopened_at_ms: int
    shipping_due_minor: int
    notice_texts: _containers.RepeatedCompositeFieldContainer[_notice_pb2.NoticeText]
    notes: int
    def __init__(self, id: _Optional[str] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., channel_ref: _Optional[str] = ..., version: _Optional[int] = ..., state: _Optional[_Union[_common_pb2.CaseState, str]] = ..., money: _Optional[_Union[Track, str]] = ..., goods_out: _Optional[_Union[Track, str]] = ..., customer_told: _Optional[_Union[Track, str]] = ..., withdrawn: bool = ..., customer_id: _Optional[str] = ..., currency: _Optional[str] = ..., intake_channel: _Optional[_Union[_common_pb2.IntakeChannel, str]] = ..., intake_reference: _Optional[str] = ..., reason_code: _Optional[str] = ..., free_text: _Optional[str] = ..., contact: _Optional[_Union[_common_pb2.Contact, _Mapping]] = ..., return_method: _Optional[_Union[_common_pb2.ReturnMethod, str]] = ..., conditions: _Optional[_Iterable[_Union[DeclaredCondition, _Mapping]]] = ..., requested_at_ms: _Optional[int] = ..., submitted_at_ms: _Optional[int] = ..., updated_at_ms: _Optional[int] = ..., entered_by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[CaseLine, _Mapping]]] = ..., checks: _Optional[_Iterable[_Union[Check, _Mapping]]] = ..., verification: _Optional[_Union[Verification, _Mapping]] = ..., decisions: _Optional[_Iterable[_Union[Decision, _Mapping]]] = ..., appeals: _Optional[int] = ..., question: _Optional[str] = ..., answer: _Optional[str] = ..., pickups: _Optional[_Iterable[_Union[Pickup, _Mapping]]] = ..., shipments: _Optional[_Iterable[_Union[Shipment, _Mapping]]] = ..., inspections: _Optional[_Iterable[_Union[Inspection, _Mapping]]] = ..., refunds: _Optional[_Iterable[_Union[Refund, _Mapping]]] = ..., outbound: _Optional[_Iterable[_Union[Outbound, _Mapping]]] = ..., documents: _Optional[_Iterable[_Union[_common_pb2.Document, _Mapping]]] = ..., follow_ups: _Optional[_Iterable[_Union[FollowUp, _Mapping]]] = ..., clocks: _Optional[_Iterable[_Union[_clock_pb2.Clock, _Mapping]]] = ..., policy_version: _Optional[int] = ..., standard_version: _Optional[int] = ..., exception: _Optional[_Union[ExceptionKind, str]] = ..., closing_needs: _Optional[_Iterable[_Union[ClosingNeed, _Mapping]]] = ..., sla_version: _Optional[int] = ..., sla_plan: _Optional[str] = ..., assignments: _Optional[_Iterable[_Union[Assignment, _Mapping]]] = ..., override_reasons: _Optional[_Iterable[_Union[OverrideReason, _Mapping]]] = ..., inspection_notes: _Optional[_Iterable[_Union[InspectionNote, _Mapping]]] = ..., refund_reasons: _Optional[_Iterable[_Union[RefundReasons, _Mapping]]] = ..., clock_reasons: _Optional[_Iterable[_Union[ClockReason, _Mapping]]] = ..., pickup_places: _Optional[_Iterable[_Union[PickupPlace, _Mapping]]] = ..., follow_up_comments: _Optional[_Iterable[_Union[FollowUpComments, _Mapping]]] = ..., application_sha256: _Optional[bytes] = ..., line_notes: _Optional[_Iterable[_Union[LineNote, _Mapping]]] = ..., engine: _Optional[_Union[CaseEngine, _Mapping]] = ..., withheld: _Optional[_Iterable[_Union[_common_pb2.Withheld, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_notice_pb2.Notice, _Mapping]]] = ..., reopened_at_ms: _Optional[int] = ..., shipping_due_minor: _Optional[int] = ..., notice_texts: _Optional[_Iterable[_Union[_notice_pb2.NoticeText, _Mapping]]] = ..., notes: _Optional[int] = ...) -> None: ...

class CaseEngine(_message.Message):
    __slots__ = ("state_before", "timeline_entries", "brought_by_hand", "enclosures_found", "owed_deciders", "lines", "clocks", "exchanges", "told_before")
    STATE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    TIMELINE_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    BROUGHT_BY_HAND_FIELD_NUMBER: _ClassVar[int]
    ENCLOSURES_FOUND_FIELD_NUMBER: _ClassVar[int]
    OWED_DECIDERS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CLOCKS_FIELD_NUMBER: _ClassVar[int]
    EXCHANGES_FIELD_NUMBER: _ClassVar[int]
    TOLD_BEFORE_FIELD_NUMBER: _ClassVar[int]
    state_before: _common_pb2.CaseState
    timeline_entries: int
    brought_by_hand: bool
    enclosures_found: _containers.RepeatedScalarFieldContainer[str]
    owed_deciders: _containers.RepeatedScalarFieldContainer[str]
    lines: _containers.RepeatedCompositeFieldContainer[EngineLine]
    clocks: _containers.RepeatedCompositeFieldContainer[EngineClock]
    exchanges: int
    told_before: bool
    def __init__(self, state_before: _Optional[_Union[_common_pb2.CaseState, str]] = ..., timeline_entries: _Optional[int] = ..., brought_by_hand: bool = ..., enclosures_found: _Optional[_Iterable[str]] = ..., owed_deciders: _Optional[_Iterable[str]] = ..., lines: _Optional[_Iterable[_Union[EngineLine, _Mapping]]] = ..., clocks: _Optional[_Iterable[_Union[EngineClock, _Mapping]]] = ..., exchanges: _Optional[int] = ..., told_before: bool = ...) -> None: ...

class EngineLine(_message.Message):
    __slots__ = ("line", "released_awaited", "released_sent_back")
    LINE_FIELD_NUMBER: _ClassVar[int]
    RELEASED_AWAITED_FIELD_NUMBER: _ClassVar[int]
    RELEASED_SENT_BACK_FIELD_NUMBER: _ClassVar[int]
    line: int
    released_awaited: int
    released_sent_back: int
    def __init__(self, line: _Optional[int] = ..., released_awaited: _Optional[int] = ..., released_sent_back: _Optional[int] = ...) -> None: ...

class EngineClock(_message.Message):
    __slots__ = ("wall_ms", "working_ms", "working_days", "warn_before_ms", "escalate_after_ms", "units", "state_pauses", "warn_at_ms", "escalate_at_ms")
    WALL_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_MS_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    WARN_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    STATE_PAUSES_FIELD_NUMBER: _ClassVar[int]
    WARN_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ESCALATE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    wall_ms: int
    working_ms: int
    working_days: int
    warn_before_ms: _containers.RepeatedScalarFieldContainer[int]
    escalate_after_ms: _containers.RepeatedScalarFieldContainer[int]
    units: int
    state_pauses: _containers.RepeatedScalarFieldContainer[int]
    warn_at_ms: _containers.RepeatedScalarFieldContainer[int]
    escalate_at_ms: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, wall_ms: _Optional[int] = ..., working_ms: _Optional[int] = ..., working_days: _Optional[int] = ..., warn_before_ms: _Optional[_Iterable[int]] = ..., escalate_after_ms: _Optional[_Iterable[int]] = ..., units: _Optional[int] = ..., state_pauses: _Optional[_Iterable[int]] = ..., warn_at_ms: _Optional[_Iterable[int]] = ..., escalate_at_ms: _Optional[_Iterable[int]] = ...) -> None: ...

class TimelineEntry(_message.Message):
    __slots__ = ("at_ms", "kind", "actor", "state_before", "state_after", "text", "case_version", "personal_text", "number", "desk_text", "desk_personal_text", "withheld")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    STATE_BEFORE_FIELD_NUMBER: _ClassVar[int]
    STATE_AFTER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    PERSONAL_TEXT_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DESK_TEXT_FIELD_NUMBER: _ClassVar[int]
    DESK_PERSONAL_TEXT_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    kind: _event_type_pb2.EventType
    actor: _common_pb2.Actor
    state_before: _common_pb2.CaseState
    state_after: _common_pb2.CaseState
    text: str
    case_version: int
    personal_text: str
    number: int
    desk_text: str
    desk_personal_text: str
    withheld: _containers.RepeatedCompositeFieldContainer[_common_pb2.Withheld]
    def __init__(self, at_ms: _Optional[int] = ..., kind: _Optional[_Union[_event_type_pb2.EventType, str]] = ..., actor: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., state_before: _Optional[_Union[_common_pb2.CaseState, str]] = ..., state_after: _Optional[_Union[_common_pb2.CaseState, str]] = ..., text: _Optional[str] = ..., case_version: _Optional[int] = ..., personal_text: _Optional[str] = ..., number: _Optional[int] = ..., desk_text: _Optional[str] = ..., desk_personal_text: _Optional[str] = ..., withheld: _Optional[_Iterable[_Union[_common_pb2.Withheld, _Mapping]]] = ...) -> None: ...
