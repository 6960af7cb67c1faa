from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import case_pb2 as _case_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Event(_message.Message):
    __slots__ = ("id", "type", "case_id", "case_version", "state", "at_ms", "order", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    id: str
    type: str
    case_id: str
    case_version: int
    state: _case_pb2.CaseState
    at_ms: int
    order: _common_pb2.OrderKey
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, id: _Optional[str] = ..., type: _Optional[str] = ..., case_id: _Optional[str] = ..., case_version: _Optional[int] = ..., state: _Optional[_Union[_case_pb2.CaseState, str]] = ..., at_ms: _Optional[int] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class EventFilter(_message.Message):
    __slots__ = ("types", "states", "sale_channels")
    TYPES_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    types: _containers.RepeatedScalarFieldContainer[str]
    states: _containers.RepeatedScalarFieldContainer[_case_pb2.CaseState]
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, types: _Optional[_Iterable[str]] = ..., states: _Optional[_Iterable[_Union[_case_pb2.CaseState, str]]] = ..., sale_channels: _Optional[_Iterable[str]] = ...) -> None: ...

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
    __slots__ = ()
    def __init__(self) -> None: ...

class ListEventGroupsReply(_message.Message):
    __slots__ = ("groups", "unreadable_names", "unreadable_partitions")
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NAMES_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    groups: _containers.RepeatedCompositeFieldContainer[EventGroup]
    unreadable_names: _containers.RepeatedScalarFieldContainer[str]
    unreadable_partitions: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, groups: _Optional[_Iterable[_Union[EventGroup, _Mapping]]] = ..., unreadable_names: _Optional[_Iterable[str]] = ..., unreadable_partitions: _Optional[_Iterable[int]] = ...) -> None: ...

class DeleteEventGroupRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteEventGroupReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
