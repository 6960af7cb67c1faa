from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import case_pb2 as _case_pb2
from returns_client._generated.returns.v1 import clock_pb2 as _clock_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from returns_client._generated.returns.v1 import event_type_pb2 as _event_type_pb2
from returns_client._generated.returns.v1 import notice_pb2 as _notice_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Event(_message.Message):
    __slots__ = ("id", "type", "case_id", "case_version", "state", "at_ms", "order", "submitted", "rejected", "pickup", "shipment", "exception", "units", "inspected", "told", "refund", "overpaid", "followed_up", "document", "clock", "notification", "recomputed", "assigned", "payments", "events_lost", "adjustment", "inspection_corrected", "exchange")
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    PICKUP_FIELD_NUMBER: _ClassVar[int]
    SHIPMENT_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    INSPECTED_FIELD_NUMBER: _ClassVar[int]
    TOLD_FIELD_NUMBER: _ClassVar[int]
    REFUND_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_FIELD_NUMBER: _ClassVar[int]
    FOLLOWED_UP_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    RECOMPUTED_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_LOST_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    INSPECTION_CORRECTED_FIELD_NUMBER: _ClassVar[int]
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    id: str
    type: _event_type_pb2.EventType
    case_id: str
    case_version: int
    state: _common_pb2.CaseState
    at_ms: int
    order: _common_pb2.OrderKey
    submitted: SubmittedDetail
    rejected: RejectedDetail
    pickup: PickupDetail
    shipment: ShipmentDetail
    exception: ExceptionDetail
    units: UnitsDetail
    inspected: InspectedDetail
    told: ToldDetail
    refund: RefundDetail
    overpaid: OverpaidDetail
    followed_up: FollowedUpDetail
    document: DocumentDetail
    clock: ClockDetail
    notification: NotificationDetail
    recomputed: RecomputedDetail
    assigned: AssignedDetail
    payments: PaymentsDetail
    events_lost: EventsLostDetail
    adjustment: AdjustmentDetail
    inspection_corrected: InspectionCorrectedDetail
    exchange: ExchangeDetail
    def __init__(self, id: _Optional[str] = ..., type: _Optional[_Union[_event_type_pb2.EventType, str]] = ..., case_id: _Optional[str] = ..., case_version: _Optional[int] = ..., state: _Optional[_Union[_common_pb2.CaseState, str]] = ..., at_ms: _Optional[int] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., submitted: _Optional[_Union[SubmittedDetail, _Mapping]] = ..., rejected: _Optional[_Union[RejectedDetail, _Mapping]] = ..., pickup: _Optional[_Union[PickupDetail, _Mapping]] = ..., shipment: _Optional[_Union[ShipmentDetail, _Mapping]] = ..., exception: _Optional[_Union[ExceptionDetail, _Mapping]] = ..., units: _Optional[_Union[UnitsDetail, _Mapping]] = ..., inspected: _Optional[_Union[InspectedDetail, _Mapping]] = ..., told: _Optional[_Union[ToldDetail, _Mapping]] = ..., refund: _Optional[_Union[RefundDetail, _Mapping]] = ..., overpaid: _Optional[_Union[OverpaidDetail, _Mapping]] = ..., followed_up: _Optional[_Union[FollowedUpDetail, _Mapping]] = ..., document: _Optional[_Union[DocumentDetail, _Mapping]] = ..., clock: _Optional[_Union[ClockDetail, _Mapping]] = ..., notification: _Optional[_Union[NotificationDetail, _Mapping]] = ..., recomputed: _Optional[_Union[RecomputedDetail, _Mapping]] = ..., assigned: _Optional[_Union[AssignedDetail, _Mapping]] = ..., payments: _Optional[_Union[PaymentsDetail, _Mapping]] = ..., events_lost: _Optional[_Union[EventsLostDetail, _Mapping]] = ..., adjustment: _Optional[_Union[AdjustmentDetail, _Mapping]] = ..., inspection_corrected: _Optional[_Union[InspectionCorrectedDetail, _Mapping]] = ..., exchange: _Optional[_Union[ExchangeDetail, _Mapping]] = ...) -> None: ...

class SubmittedDetail(_message.Message):
    __slots__ = ("intake_channel", "reason_code")
    INTAKE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    intake_channel: _common_pb2.IntakeChannel
    reason_code: str
    def __init__(self, intake_channel: _Optional[_Union[_common_pb2.IntakeChannel, str]] = ..., reason_code: _Optional[str] = ...) -> None: ...

class RejectedDetail(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    def __init__(self, code: _Optional[str] = ...) -> None: ...

class PickupDetail(_message.Message):
    __slots__ = ("window_from_ms", "window_until_ms", "arrived_at_ms")
    WINDOW_FROM_MS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    ARRIVED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    window_from_ms: int
    window_until_ms: int
    arrived_at_ms: int
    def __init__(self, window_from_ms: _Optional[int] = ..., window_until_ms: _Optional[int] = ..., arrived_at_ms: _Optional[int] = ...) -> None: ...

class ShipmentDetail(_message.Message):
    __slots__ = ("carrier", "tracking_no")
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    TRACKING_NO_FIELD_NUMBER: _ClassVar[int]
    carrier: str
    tracking_no: str
    def __init__(self, carrier: _Optional[str] = ..., tracking_no: _Optional[str] = ...) -> None: ...

class ExceptionDetail(_message.Message):
    __slots__ = ("kind",)
    KIND_FIELD_NUMBER: _ClassVar[int]
    kind: _case_pb2.ExceptionKind
    def __init__(self, kind: _Optional[_Union[_case_pb2.ExceptionKind, str]] = ...) -> None: ...

class UnitsDetail(_message.Message):
    __slots__ = ("units",)
    UNITS_FIELD_NUMBER: _ClassVar[int]
    units: int
    def __init__(self, units: _Optional[int] = ...) -> None: ...

class InspectedDetail(_message.Message):
    __slots__ = ("accepted_units", "refused_units")
    ACCEPTED_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_UNITS_FIELD_NUMBER: _ClassVar[int]
    accepted_units: int
    refused_units: int
    def __init__(self, accepted_units: _Optional[int] = ..., refused_units: _Optional[int] = ...) -> None: ...

class InspectionCorrectedDetail(_message.Message):
    __slots__ = ("accepted_units", "refused_units")
    ACCEPTED_UNITS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_UNITS_FIELD_NUMBER: _ClassVar[int]
    accepted_units: int
    refused_units: int
    def __init__(self, accepted_units: _Optional[int] = ..., refused_units: _Optional[int] = ...) -> None: ...

class ExchangeDetail(_message.Message):
    __slots__ = ("exchange", "line_id", "units", "sku", "share_minor", "difference_minor", "settlement", "currency")
    EXCHANGE_FIELD_NUMBER: _ClassVar[int]
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    SHARE_MINOR_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    exchange: int
    line_id: str
    units: int
    sku: str
    share_minor: int
    difference_minor: int
    settlement: _case_pb2.ExchangeSettlement
    currency: str
    def __init__(self, exchange: _Optional[int] = ..., line_id: _Optional[str] = ..., units: _Optional[int] = ..., sku: _Optional[str] = ..., share_minor: _Optional[int] = ..., difference_minor: _Optional[int] = ..., settlement: _Optional[_Union[_case_pb2.ExchangeSettlement, str]] = ..., currency: _Optional[str] = ...) -> None: ...

class ToldDetail(_message.Message):
    __slots__ = ("channel", "occasions")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    OCCASIONS_FIELD_NUMBER: _ClassVar[int]
    channel: str
    occasions: _containers.RepeatedScalarFieldContainer[_notice_pb2.NoticeOccasion]
    def __init__(self, channel: _Optional[str] = ..., occasions: _Optional[_Iterable[_Union[_notice_pb2.NoticeOccasion, str]]] = ...) -> None: ...

class RefundDetail(_message.Message):
    __slots__ = ("refund_id", "amount_minor", "currency", "attempt", "goods_minor", "shipping_minor", "lines", "payments", "other_method")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    GOODS_MINOR_FIELD_NUMBER: _ClassVar[int]
    SHIPPING_MINOR_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    OTHER_METHOD_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    amount_minor: int
    currency: str
    attempt: int
    goods_minor: int
    shipping_minor: int
    lines: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundLine]
    payments: _containers.RepeatedCompositeFieldContainer[_case_pb2.RefundPayment]
    other_method: str
    def __init__(self, refund_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., currency: _Optional[str] = ..., attempt: _Optional[int] = ..., goods_minor: _Optional[int] = ..., shipping_minor: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[_case_pb2.RefundLine, _Mapping]]] = ..., payments: _Optional[_Iterable[_Union[_case_pb2.RefundPayment, _Mapping]]] = ..., other_method: _Optional[str] = ...) -> None: ...

class OverpaidDetail(_message.Message):
    __slots__ = ("refund_id", "amount_minor", "currency")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    amount_minor: int
    currency: str
    def __init__(self, refund_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class AdjustmentDetail(_message.Message):
    __slots__ = ("line_id", "amount_minor", "currency", "code", "units")
    LINE_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    line_id: str
    amount_minor: int
    currency: str
    code: _case_pb2.DeductionCode
    units: int
    def __init__(self, line_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., currency: _Optional[str] = ..., code: _Optional[_Union[_case_pb2.DeductionCode, str]] = ..., units: _Optional[int] = ...) -> None: ...

class FollowedUpDetail(_message.Message):
    __slots__ = ("reached", "score")
    REACHED_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    reached: bool
    score: int
    def __init__(self, reached: bool = ..., score: _Optional[int] = ...) -> None: ...

class DocumentDetail(_message.Message):
    __slots__ = ("type",)
    TYPE_FIELD_NUMBER: _ClassVar[int]
    type: _common_pb2.DocumentType
    def __init__(self, type: _Optional[_Union[_common_pb2.DocumentType, str]] = ...) -> None: ...

class ClockDetail(_message.Message):
    __slots__ = ("kind", "ordinal", "due_at_ms", "due_before_ms", "alert")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_MS_FIELD_NUMBER: _ClassVar[int]
    DUE_BEFORE_MS_FIELD_NUMBER: _ClassVar[int]
    ALERT_FIELD_NUMBER: _ClassVar[int]
    kind: _clock_pb2.ClockKind
    ordinal: int
    due_at_ms: int
    due_before_ms: int
    alert: ClockAlert
    def __init__(self, kind: _Optional[_Union[_clock_pb2.ClockKind, str]] = ..., ordinal: _Optional[int] = ..., due_at_ms: _Optional[int] = ..., due_before_ms: _Optional[int] = ..., alert: _Optional[_Union[ClockAlert, _Mapping]] = ...) -> None: ...

class ClockAlert(_message.Message):
    __slots__ = ("level", "role", "target", "from_ms")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    FROM_MS_FIELD_NUMBER: _ClassVar[int]
    level: int
    role: _common_pb2.Role
    target: str
    from_ms: int
    def __init__(self, level: _Optional[int] = ..., role: _Optional[_Union[_common_pb2.Role, str]] = ..., target: _Optional[str] = ..., from_ms: _Optional[int] = ...) -> None: ...

class NotificationDetail(_message.Message):
    __slots__ = ("occasion", "from_ms")
    OCCASION_FIELD_NUMBER: _ClassVar[int]
    FROM_MS_FIELD_NUMBER: _ClassVar[int]
    occasion: _notice_pb2.NoticeOccasion
    from_ms: int
    def __init__(self, occasion: _Optional[_Union[_notice_pb2.NoticeOccasion, str]] = ..., from_ms: _Optional[int] = ...) -> None: ...

class RecomputedDetail(_message.Message):
    __slots__ = ("sla_version", "plan", "moved_clocks")
    SLA_VERSION_FIELD_NUMBER: _ClassVar[int]
    PLAN_FIELD_NUMBER: _ClassVar[int]
    MOVED_CLOCKS_FIELD_NUMBER: _ClassVar[int]
    sla_version: int
    plan: str
    moved_clocks: int
    def __init__(self, sla_version: _Optional[int] = ..., plan: _Optional[str] = ..., moved_clocks: _Optional[int] = ...) -> None: ...

class AssignedDetail(_message.Message):
    __slots__ = ("role", "person", "team")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    role: _common_pb2.Role
    person: str
    team: str
    def __init__(self, role: _Optional[_Union[_common_pb2.Role, str]] = ..., person: _Optional[str] = ..., team: _Optional[str] = ...) -> None: ...

class PaymentsDetail(_message.Message):
    __slots__ = ("order_version",)
    ORDER_VERSION_FIELD_NUMBER: _ClassVar[int]
    order_version: int
    def __init__(self, order_version: _Optional[int] = ...) -> None: ...

class EventsLostDetail(_message.Message):
    __slots__ = ("after_event_id", "through_event_id", "events", "changed_since_ms", "resynced_through_ms", "store_set_back")
    AFTER_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    THROUGH_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    RESYNCED_THROUGH_MS_FIELD_NUMBER: _ClassVar[int]
    STORE_SET_BACK_FIELD_NUMBER: _ClassVar[int]
    after_event_id: str
    through_event_id: str
    events: int
    changed_since_ms: int
    resynced_through_ms: int
    store_set_back: bool
    def __init__(self, after_event_id: _Optional[str] = ..., through_event_id: _Optional[str] = ..., events: _Optional[int] = ..., changed_since_ms: _Optional[int] = ..., resynced_through_ms: _Optional[int] = ..., store_set_back: bool = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("types", "states", "sale_channels")
    TYPES_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    types: _containers.RepeatedScalarFieldContainer[_event_type_pb2.EventType]
    states: _containers.RepeatedScalarFieldContainer[_common_pb2.CaseState]
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, types: _Optional[_Iterable[_Union[_event_type_pb2.EventType, str]]] = ..., states: _Optional[_Iterable[_Union[_common_pb2.CaseState, str]]] = ..., sale_channels: _Optional[_Iterable[str]] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("filter", "cursor", "beginning", "since_ms", "limit")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    BEGINNING_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    filter: EventFilter
    cursor: str
    beginning: bool
    since_ms: int
    limit: int
    def __init__(self, filter: _Optional[_Union[EventFilter, _Mapping]] = ..., cursor: _Optional[str] = ..., beginning: bool = ..., since_ms: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class SubscribeReply(_message.Message):
    __slots__ = ("events", "cursor", "caught_up")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[Event]
    cursor: str
    caught_up: bool
    def __init__(self, events: _Optional[_Iterable[_Union[Event, _Mapping]]] = ..., cursor: _Optional[str] = ..., caught_up: bool = ...) -> None: ...

class ConsumeRequest(_message.Message):
    __slots__ = ("group", "consumer", "in_flight_max", "acknowledged", "resynced_through_ms")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_MAX_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    RESYNCED_THROUGH_MS_FIELD_NUMBER: _ClassVar[int]
    group: str
    consumer: str
    in_flight_max: int
    acknowledged: _containers.RepeatedScalarFieldContainer[str]
    resynced_through_ms: int
    def __init__(self, group: _Optional[str] = ..., consumer: _Optional[str] = ..., in_flight_max: _Optional[int] = ..., acknowledged: _Optional[_Iterable[str]] = ..., resynced_through_ms: _Optional[int] = ...) -> None: ...

class Delivery(_message.Message):
    __slots__ = ("event", "redelivered")
    EVENT_FIELD_NUMBER: _ClassVar[int]
    REDELIVERED_FIELD_NUMBER: _ClassVar[int]
    event: Event
    redelivered: bool
    def __init__(self, event: _Optional[_Union[Event, _Mapping]] = ..., redelivered: bool = ...) -> None: ...

class ConsumeReply(_message.Message):
    __slots__ = ("deliveries", "consumer", "caught_up", "unreadable_partitions")
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    CONSUMER_FIELD_NUMBER: _ClassVar[int]
    CAUGHT_UP_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[Delivery]
    consumer: str
    caught_up: bool
    unreadable_partitions: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, deliveries: _Optional[_Iterable[_Union[Delivery, _Mapping]]] = ..., consumer: _Optional[str] = ..., caught_up: bool = ..., unreadable_partitions: _Optional[_Iterable[int]] = ...) -> None: ...

class CreateEventGroupRequest(_message.Message):
    __slots__ = ("name", "filter", "beginning", "since_ms", "acknowledge_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    BEGINNING_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    filter: EventFilter
    beginning: bool
    since_ms: int
    acknowledge_ms: int
    def __init__(self, name: _Optional[str] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., beginning: bool = ..., since_ms: _Optional[int] = ..., acknowledge_ms: _Optional[int] = ...) -> None: ...

class CreateEventGroupReply(_message.Message):
    __slots__ = ("group",)
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: EventGroup
    def __init__(self, group: _Optional[_Union[EventGroup, _Mapping]] = ...) -> None: ...

class EventGroup(_message.Message):
    __slots__ = ("name", "filter", "acknowledge_ms", "created_at_ms", "created_by", "lag", "pending", "consumers", "behind_log", "loss")
    NAME_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    CONSUMERS_FIELD_NUMBER: _ClassVar[int]
    BEHIND_LOG_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    name: str
    filter: EventFilter
    acknowledge_ms: int
    created_at_ms: int
    created_by: str
    lag: int
    pending: int
    consumers: _containers.RepeatedScalarFieldContainer[str]
    behind_log: bool
    loss: EventGroupLoss
    def __init__(self, name: _Optional[str] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., acknowledge_ms: _Optional[int] = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ..., lag: _Optional[int] = ..., pending: _Optional[int] = ..., consumers: _Optional[_Iterable[str]] = ..., behind_log: bool = ..., loss: _Optional[_Union[EventGroupLoss, _Mapping]] = ...) -> None: ...

class EventGroupLoss(_message.Message):
    __slots__ = ("last_ms", "changed_since_ms")
    LAST_MS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    last_ms: int
    changed_since_ms: int
    def __init__(self, last_ms: _Optional[int] = ..., changed_since_ms: _Optional[int] = ...) -> None: ...

class ListEventGroupsRequest(_message.Message):
    __slots__ = ("limit", "cursor")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    limit: int
    cursor: str
    def __init__(self, limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListEventGroupsReply(_message.Message):
    __slots__ = ("groups", "unreadable_names", "unreadable_partitions", "next_cursor", "newer_names")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NAMES_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWER_NAMES_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[EventGroup]
    unreadable_names: _containers.RepeatedScalarFieldContainer[str]
    unreadable_partitions: _containers.RepeatedScalarFieldContainer[int]
    next_cursor: str
    newer_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, groups: _Optional[_Iterable[_Union[EventGroup, _Mapping]]] = ..., unreadable_names: _Optional[_Iterable[str]] = ..., unreadable_partitions: _Optional[_Iterable[int]] = ..., next_cursor: _Optional[str] = ..., newer_names: _Optional[_Iterable[str]] = ...) -> None: ...

class DeleteEventGroupRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteEventGroupReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
