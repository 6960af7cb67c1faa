from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import calendar_pb2 as _calendar_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STATUS_UNSPECIFIED: _ClassVar[OrderStatus]
    ORDER_STATUS_PLACED: _ClassVar[OrderStatus]
    ORDER_STATUS_DELIVERED: _ClassVar[OrderStatus]
    ORDER_STATUS_CANCELLED: _ClassVar[OrderStatus]

class PaymentMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_METHOD_UNSPECIFIED: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_BANK_TRANSFER: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_WALLET: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_GIFT_CARD: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_CASH: _ClassVar[PaymentMethod]
    PAYMENT_METHOD_OTHER: _ClassVar[PaymentMethod]

class PutOrderResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PUT_ORDER_RESULT_UNSPECIFIED: _ClassVar[PutOrderResult]
    PUT_ORDER_RESULT_CREATED: _ClassVar[PutOrderResult]
    PUT_ORDER_RESULT_UPDATED: _ClassVar[PutOrderResult]
    PUT_ORDER_RESULT_UNCHANGED: _ClassVar[PutOrderResult]

class OrderEntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_ENTRY_KIND_UNSPECIFIED: _ClassVar[OrderEntryKind]
    ORDER_ENTRY_KIND_PAYMENTS_CHANGED: _ClassVar[OrderEntryKind]
ORDER_STATUS_UNSPECIFIED: OrderStatus
ORDER_STATUS_PLACED: OrderStatus
ORDER_STATUS_DELIVERED: OrderStatus
ORDER_STATUS_CANCELLED: OrderStatus
PAYMENT_METHOD_UNSPECIFIED: PaymentMethod
PAYMENT_METHOD_CARD: PaymentMethod
PAYMENT_METHOD_BANK_TRANSFER: PaymentMethod
PAYMENT_METHOD_WALLET: PaymentMethod
PAYMENT_METHOD_GIFT_CARD: PaymentMethod
PAYMENT_METHOD_CASH: PaymentMethod
PAYMENT_METHOD_OTHER: PaymentMethod
PUT_ORDER_RESULT_UNSPECIFIED: PutOrderResult
PUT_ORDER_RESULT_CREATED: PutOrderResult
PUT_ORDER_RESULT_UPDATED: PutOrderResult
PUT_ORDER_RESULT_UNCHANGED: PutOrderResult
ORDER_ENTRY_KIND_UNSPECIFIED: OrderEntryKind
ORDER_ENTRY_KIND_PAYMENTS_CHANGED: OrderEntryKind

class OrderLine(_message.Message):
    __slots__ = ("line_id", "sku", "name", "quantity", "unit_price_minor", "paid_minor", "category", "return_days", "reserved_units", "refundable_units", "committed_minor", "rounding_minor", "exchange_differences_minor")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    UNIT_PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    RETURN_DAYS_FIELD_NUMBER: _ClassVar[int]
    RESERVED_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUNDABLE_UNITS_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_DIFFERENCES_MINOR_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    sku: str
    name: str
    quantity: int
    unit_price_minor: int
    paid_minor: int
    category: str
    return_days: int
    reserved_units: int
    refundable_units: int
    committed_minor: int
    rounding_minor: int
    exchange_differences_minor: int
    def __init__(self, line_id: _Optional[str] = ..., sku: _Optional[str] = ..., name: _Optional[str] = ..., quantity: _Optional[int] = ..., unit_price_minor: _Optional[int] = ..., paid_minor: _Optional[int] = ..., category: _Optional[str] = ..., return_days: _Optional[int] = ..., reserved_units: _Optional[int] = ..., refundable_units: _Optional[int] = ..., committed_minor: _Optional[int] = ..., rounding_minor: _Optional[int] = ..., exchange_differences_minor: _Optional[int] = ...) -> None: ...

class Payment(_message.Message):
    __slots__ = ("reference", "method", "amount_minor", "committed_minor", "overpaid_minor")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    reference: str
    method: PaymentMethod
    amount_minor: int
    committed_minor: int
    overpaid_minor: int
    def __init__(self, reference: _Optional[str] = ..., method: _Optional[_Union[PaymentMethod, str]] = ..., amount_minor: _Optional[int] = ..., committed_minor: _Optional[int] = ..., overpaid_minor: _Optional[int] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("key", "placed_at_ms", "delivered_at_ms", "customer_id", "country", "currency", "status", "lines", "shipping_paid_minor", "payments", "customer_class", "time_zone", "outstanding_minor", "version", "shipping_committed_minor", "updated_at_ms", "other_method_committed_minor", "overpaid_minor", "shipping_due_minor", "expires_at_ms", "engine")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PLACED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_CLASS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OUTSTANDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_COMMITTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_COMMITTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_DUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    key: _common_pb2.OrderKey
    placed_at_ms: int
    delivered_at_ms: int
    customer_id: str
    country: str
    currency: str
    status: OrderStatus
    lines: _containers.RepeatedCompositeFieldContainer[OrderLine]
    shipping_paid_minor: int
    payments: _containers.RepeatedCompositeFieldContainer[Payment]
    customer_class: str
    time_zone: str
    outstanding_minor: int
    version: int
    shipping_committed_minor: int
    updated_at_ms: int
    other_method_committed_minor: int
    overpaid_minor: int
    shipping_due_minor: int
    expires_at_ms: int
    engine: OrderEngine
    def __init__(self, key: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., placed_at_ms: _Optional[int] = ..., delivered_at_ms: _Optional[int] = ..., customer_id: _Optional[str] = ..., country: _Optional[str] = ..., currency: _Optional[str] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., lines: _Optional[_Iterable[_Union[OrderLine, _Mapping]]] = ..., shipping_paid_minor: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[Payment, _Mapping]]] = ..., customer_class: _Optional[str] = ..., time_zone: _Optional[str] = ..., outstanding_minor: _Optional[int] = ..., version: _Optional[int] = ..., shipping_committed_minor: _Optional[int] = ..., updated_at_ms: _Optional[int] = ..., other_method_committed_minor: _Optional[int] = ..., overpaid_minor: _Optional[int] = ..., shipping_due_minor: _Optional[int] = ..., expires_at_ms: _Optional[int] = ..., engine: _Optional[_Union[OrderEngine, _Mapping]] = ...) -> None: ...

class OrderEngine(_message.Message):
    __slots__ = ("cases", "timeline_entries", "untold", "payments_changers", "refunded_payments", "time_zone_offsets", "purchase_policy_version", "refusals", "promised_days")
    CASES_FIELD_NUMBER: _ClassVar[int]
    TIMELINE_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    UNTOLD_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_CHANGERS_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    PROMISED_DAYS_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[OrderCase]
    timeline_entries: int
    untold: _containers.RepeatedCompositeFieldContainer[UntoldEntry]
    payments_changers: _containers.RepeatedScalarFieldContainer[str]
    refunded_payments: _containers.RepeatedScalarFieldContainer[int]
    time_zone_offsets: _containers.RepeatedCompositeFieldContainer[_calendar_pb2.UtcOffset]
    purchase_policy_version: int
    refusals: _containers.RepeatedCompositeFieldContainer[OrderRefusal]
    promised_days: int
    def __init__(self, cases: _Optional[_Iterable[_Union[OrderCase, _Mapping]]] = ..., timeline_entries: _Optional[int] = ..., untold: _Optional[_Iterable[_Union[UntoldEntry, _Mapping]]] = ..., payments_changers: _Optional[_Iterable[str]] = ..., refunded_payments: _Optional[_Iterable[int]] = ..., time_zone_offsets: _Optional[_Iterable[_Union[_calendar_pb2.UtcOffset, _Mapping]]] = ..., purchase_policy_version: _Optional[int] = ..., refusals: _Optional[_Iterable[_Union[OrderRefusal, _Mapping]]] = ..., promised_days: _Optional[int] = ...) -> None: ...

class OrderRefusal(_message.Message):
    __slots__ = ("case_id", "at_ms", "by", "appeal_until_ms", "lines")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    APPEAL_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    at_ms: int
    by: _common_pb2.Actor
    appeal_until_ms: int
    lines: _containers.RepeatedCompositeFieldContainer[RefusedUnits]
    def __init__(self, case_id: _Optional[str] = ..., at_ms: _Optional[int] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., appeal_until_ms: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[RefusedUnits, _Mapping]]] = ...) -> None: ...

class RefusedUnits(_message.Message):
    __slots__ = ("line_id", "units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    units: int
    def __init__(self, line_id: _Optional[str] = ..., units: _Optional[int] = ...) -> None: ...

class OrderCase(_message.Message):
    __slots__ = ("case_id", "channel_ref")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_REF_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    channel_ref: str
    def __init__(self, case_id: _Optional[str] = ..., channel_ref: _Optional[str] = ...) -> None: ...

class UntoldEntry(_message.Message):
    __slots__ = ("entry", "case_ids")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    entry: OrderTimelineEntry
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, entry: _Optional[_Union[OrderTimelineEntry, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class PutOrderRequest(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: Order
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ...) -> None: ...

class PutOrderReply(_message.Message):
    __slots__ = ("result", "version")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    result: PutOrderResult
    version: int
    def __init__(self, result: _Optional[_Union[PutOrderResult, str]] = ..., version: _Optional[int] = ...) -> None: ...

class GetOrderRequest(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: _common_pb2.OrderKey
    def __init__(self, key: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ...) -> None: ...

class GetOrderReply(_message.Message):
    __slots__ = ("order", "case_ids", "timeline", "now_ms", "unreadable_numbers")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    TIMELINE_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    order: Order
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    timeline: _containers.RepeatedCompositeFieldContainer[OrderTimelineEntry]
    now_ms: int
    unreadable_numbers: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ..., timeline: _Optional[_Iterable[_Union[OrderTimelineEntry, _Mapping]]] = ..., now_ms: _Optional[int] = ..., unreadable_numbers: _Optional[_Iterable[int]] = ...) -> None: ...

class OrderTimelineEntry(_message.Message):
    __slots__ = ("at_ms", "kind", "actor", "text", "reason", "order_version", "withheld")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACTOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ORDER_VERSION_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    kind: OrderEntryKind
    actor: _common_pb2.Actor
    text: str
    reason: str
    order_version: int
    withheld: _containers.RepeatedCompositeFieldContainer[_common_pb2.Withheld]
    def __init__(self, at_ms: _Optional[int] = ..., kind: _Optional[_Union[OrderEntryKind, str]] = ..., actor: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., text: _Optional[str] = ..., reason: _Optional[str] = ..., order_version: _Optional[int] = ..., withheld: _Optional[_Iterable[_Union[_common_pb2.Withheld, _Mapping]]] = ...) -> None: ...

class ChangePaymentsRequest(_message.Message):
    __slots__ = ("key", "expected_version", "payments", "reason", "dry_run")
    KEY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    key: _common_pb2.OrderKey
    expected_version: int
    payments: _containers.RepeatedCompositeFieldContainer[Payment]
    reason: str
    dry_run: bool
    def __init__(self, key: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., expected_version: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[Payment, _Mapping]]] = ..., reason: _Optional[str] = ..., dry_run: bool = ...) -> None: ...

class ChangePaymentsReply(_message.Message):
    __slots__ = ("order", "entry", "untold_case_ids")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    UNTOLD_CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    order: Order
    entry: OrderTimelineEntry
    untold_case_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ..., entry: _Optional[_Union[OrderTimelineEntry, _Mapping]] = ..., untold_case_ids: _Optional[_Iterable[str]] = ...) -> None: ...
