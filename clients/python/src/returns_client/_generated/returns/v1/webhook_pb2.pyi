from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import event_pb2 as _event_pb2
from returns_client._generated.returns.v1 import event_type_pb2 as _event_type_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WebhookState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_STATE_UNSPECIFIED: _ClassVar[WebhookState]
    WEBHOOK_STATE_ENABLED: _ClassVar[WebhookState]
    WEBHOOK_STATE_DISABLED: _ClassVar[WebhookState]
    WEBHOOK_STATE_BEHIND: _ClassVar[WebhookState]

class WebhookDisabledReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_DISABLED_REASON_UNSPECIFIED: _ClassVar[WebhookDisabledReason]
    WEBHOOK_DISABLED_REASON_NO_SUCCESS: _ClassVar[WebhookDisabledReason]
    WEBHOOK_DISABLED_REASON_GONE: _ClassVar[WebhookDisabledReason]
    WEBHOOK_DISABLED_REASON_BY_HAND: _ClassVar[WebhookDisabledReason]

class WebhookDeliveryError(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WEBHOOK_DELIVERY_ERROR_UNSPECIFIED: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_RESOLVE: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_CONNECT: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_TLS: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_TIMEOUT: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_CLOSED: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_STOPPED: _ClassVar[WebhookDeliveryError]
    WEBHOOK_DELIVERY_ERROR_FAILED: _ClassVar[WebhookDeliveryError]
WEBHOOK_STATE_UNSPECIFIED: WebhookState
WEBHOOK_STATE_ENABLED: WebhookState
WEBHOOK_STATE_DISABLED: WebhookState
WEBHOOK_STATE_BEHIND: WebhookState
WEBHOOK_DISABLED_REASON_UNSPECIFIED: WebhookDisabledReason
WEBHOOK_DISABLED_REASON_NO_SUCCESS: WebhookDisabledReason
WEBHOOK_DISABLED_REASON_GONE: WebhookDisabledReason
WEBHOOK_DISABLED_REASON_BY_HAND: WebhookDisabledReason
WEBHOOK_DELIVERY_ERROR_UNSPECIFIED: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_RESOLVE: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_CONNECT: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_TLS: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_TIMEOUT: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_CLOSED: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_STOPPED: WebhookDeliveryError
WEBHOOK_DELIVERY_ERROR_FAILED: WebhookDeliveryError

class CreateWebhookRequest(_message.Message):
    __slots__ = ("name", "url", "filter", "beginning", "since_ms", "give_up_after_ms", "attempts_max")
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    BEGINNING_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    GIVE_UP_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    name: str
    url: str
    filter: _event_pb2.EventFilter
    beginning: bool
    since_ms: int
    give_up_after_ms: int
    attempts_max: int
    def __init__(self, name: _Optional[str] = ..., url: _Optional[str] = ..., filter: _Optional[_Union[_event_pb2.EventFilter, _Mapping]] = ..., beginning: bool = ..., since_ms: _Optional[int] = ..., give_up_after_ms: _Optional[int] = ..., attempts_max: _Optional[int] = ...) -> None: ...

class CreateWebhookReply(_message.Message):
    __slots__ = ("webhook", "secret")
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    secret: str
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ..., secret: _Optional[str] = ...) -> None: ...

class Webhook(_message.Message):
    __slots__ = ("name", "url", "filter", "state", "reason", "disabled_at_ms", "lag", "oldest_age_ms", "last_success_ms", "consecutive_failures", "set_aside", "give_up_after_ms", "attempts_max", "created_at_ms", "created_by", "loss", "held_percent", "held_left_ms", "set_aside_forgotten", "old_secret_until_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DISABLED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    OLDEST_AGE_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_SUCCESS_MS_FIELD_NUMBER: _ClassVar[int]
    CONSECUTIVE_FAILURES_FIELD_NUMBER: _ClassVar[int]
    SET_ASIDE_FIELD_NUMBER: _ClassVar[int]
    GIVE_UP_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    LOSS_FIELD_NUMBER: _ClassVar[int]
    HELD_PERCENT_FIELD_NUMBER: _ClassVar[int]
    HELD_LEFT_MS_FIELD_NUMBER: _ClassVar[int]
    SET_ASIDE_FORGOTTEN_FIELD_NUMBER: _ClassVar[int]
    OLD_SECRET_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    url: str
    filter: _event_pb2.EventFilter
    state: WebhookState
    reason: WebhookDisabledReason
    disabled_at_ms: int
    lag: int
    oldest_age_ms: int
    last_success_ms: int
    consecutive_failures: int
    set_aside: int
    give_up_after_ms: int
    attempts_max: int
    created_at_ms: int
    created_by: str
    loss: WebhookLoss
    held_percent: int
    held_left_ms: int
    set_aside_forgotten: int
    old_secret_until_ms: int
    def __init__(self, name: _Optional[str] = ..., url: _Optional[str] = ..., filter: _Optional[_Union[_event_pb2.EventFilter, _Mapping]] = ..., state: _Optional[_Union[WebhookState, str]] = ..., reason: _Optional[_Union[WebhookDisabledReason, str]] = ..., disabled_at_ms: _Optional[int] = ..., lag: _Optional[int] = ..., oldest_age_ms: _Optional[int] = ..., last_success_ms: _Optional[int] = ..., consecutive_failures: _Optional[int] = ..., set_aside: _Optional[int] = ..., give_up_after_ms: _Optional[int] = ..., attempts_max: _Optional[int] = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ..., loss: _Optional[_Union[WebhookLoss, _Mapping]] = ..., held_percent: _Optional[int] = ..., held_left_ms: _Optional[int] = ..., set_aside_forgotten: _Optional[int] = ..., old_secret_until_ms: _Optional[int] = ...) -> None: ...

class WebhookLoss(_message.Message):
    __slots__ = ("since_ms", "last_ms", "events", "changed_since_ms", "ranges", "store_set_back")
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_MS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    RANGES_FIELD_NUMBER: _ClassVar[int]
    STORE_SET_BACK_FIELD_NUMBER: _ClassVar[int]
    since_ms: int
    last_ms: int
    events: int
    changed_since_ms: int
    ranges: _containers.RepeatedCompositeFieldContainer[WebhookLossRange]
    store_set_back: bool
    def __init__(self, since_ms: _Optional[int] = ..., last_ms: _Optional[int] = ..., events: _Optional[int] = ..., changed_since_ms: _Optional[int] = ..., ranges: _Optional[_Iterable[_Union[WebhookLossRange, _Mapping]]] = ..., store_set_back: bool = ...) -> None: ...

class WebhookLossRange(_message.Message):
    __slots__ = ("after_event_id", "through_event_id", "events")
    AFTER_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    THROUGH_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    after_event_id: str
    through_event_id: str
    events: int
    def __init__(self, after_event_id: _Optional[str] = ..., through_event_id: _Optional[str] = ..., events: _Optional[int] = ...) -> None: ...

class ListWebhooksRequest(_message.Message):
    __slots__ = ("limit", "cursor")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    limit: int
    cursor: str
    def __init__(self, limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListWebhooksReply(_message.Message):
    __slots__ = ("webhooks", "unreadable_names", "unreadable_partitions", "next_cursor", "newer_names")
    WEBHOOKS_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NAMES_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    NEWER_NAMES_FIELD_NUMBER: _ClassVar[int]
    webhooks: _containers.RepeatedCompositeFieldContainer[Webhook]
    unreadable_names: _containers.RepeatedScalarFieldContainer[str]
    unreadable_partitions: _containers.RepeatedScalarFieldContainer[int]
    next_cursor: str
    newer_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, webhooks: _Optional[_Iterable[_Union[Webhook, _Mapping]]] = ..., unreadable_names: _Optional[_Iterable[str]] = ..., unreadable_partitions: _Optional[_Iterable[int]] = ..., next_cursor: _Optional[str] = ..., newer_names: _Optional[_Iterable[str]] = ...) -> None: ...

class EnableWebhookRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class EnableWebhookReply(_message.Message):
    __slots__ = ("webhook", "lost", "lost_events")
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    LOST_EVENTS_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    lost: bool
    lost_events: int
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ..., lost: bool = ..., lost_events: _Optional[int] = ...) -> None: ...

class DisableWebhookRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DisableWebhookReply(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class DeleteWebhookRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteWebhookReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WebhookDelivery(_message.Message):
    __slots__ = ("event_id", "type", "attempt", "http_status", "error", "at_ms", "duration_ms", "delivered", "set_aside")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    HTTP_STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_FIELD_NUMBER: _ClassVar[int]
    SET_ASIDE_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    type: _event_type_pb2.EventType
    attempt: int
    http_status: int
    error: WebhookDeliveryError
    at_ms: int
    duration_ms: int
    delivered: bool
    set_aside: bool
    def __init__(self, event_id: _Optional[str] = ..., type: _Optional[_Union[_event_type_pb2.EventType, str]] = ..., attempt: _Optional[int] = ..., http_status: _Optional[int] = ..., error: _Optional[_Union[WebhookDeliveryError, str]] = ..., at_ms: _Optional[int] = ..., duration_ms: _Optional[int] = ..., delivered: bool = ..., set_aside: bool = ...) -> None: ...

class ListDeliveriesRequest(_message.Message):
    __slots__ = ("name", "limit", "cursor")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    limit: int
    cursor: str
    def __init__(self, name: _Optional[str] = ..., limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListDeliveriesReply(_message.Message):
    __slots__ = ("deliveries", "set_aside", "next_cursor")
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    SET_ASIDE_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[WebhookDelivery]
    set_aside: _containers.RepeatedScalarFieldContainer[str]
    next_cursor: str
    def __init__(self, deliveries: _Optional[_Iterable[_Union[WebhookDelivery, _Mapping]]] = ..., set_aside: _Optional[_Iterable[str]] = ..., next_cursor: _Optional[str] = ...) -> None: ...

class RedeliverRequest(_message.Message):
    __slots__ = ("name", "event_id", "since_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    event_id: str
    since_ms: int
    def __init__(self, name: _Optional[str] = ..., event_id: _Optional[str] = ..., since_ms: _Optional[int] = ...) -> None: ...

class RedeliverReply(_message.Message):
    __slots__ = ("delivery",)
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    delivery: WebhookDelivery
    def __init__(self, delivery: _Optional[_Union[WebhookDelivery, _Mapping]] = ...) -> None: ...

class TestWebhookRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class TestWebhookReply(_message.Message):
    __slots__ = ("delivery",)
    DELIVERY_FIELD_NUMBER: _ClassVar[int]
    delivery: WebhookDelivery
    def __init__(self, delivery: _Optional[_Union[WebhookDelivery, _Mapping]] = ...) -> None: ...

class ConfirmResyncRequest(_message.Message):
    __slots__ = ("name", "through_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    THROUGH_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    through_ms: int
    def __init__(self, name: _Optional[str] = ..., through_ms: _Optional[int] = ...) -> None: ...

class ConfirmResyncReply(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class UpdateWebhookRequest(_message.Message):
    __slots__ = ("name", "url", "filter", "give_up_after_ms", "attempts_max")
    NAME_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    GIVE_UP_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    name: str
    url: str
    filter: _event_pb2.EventFilter
    give_up_after_ms: int
    attempts_max: int
    def __init__(self, name: _Optional[str] = ..., url: _Optional[str] = ..., filter: _Optional[_Union[_event_pb2.EventFilter, _Mapping]] = ..., give_up_after_ms: _Optional[int] = ..., attempts_max: _Optional[int] = ...) -> None: ...

class UpdateWebhookReply(_message.Message):
    __slots__ = ("webhook",)
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ...) -> None: ...

class RotateWebhookSecretRequest(_message.Message):
    __slots__ = ("name", "overlap_ms")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_MS_FIELD_NUMBER: _ClassVar[int]
    name: str
    overlap_ms: int
    def __init__(self, name: _Optional[str] = ..., overlap_ms: _Optional[int] = ...) -> None: ...

class RotateWebhookSecretReply(_message.Message):
    __slots__ = ("webhook", "secret")
    WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    webhook: Webhook
    secret: str
    def __init__(self, webhook: _Optional[_Union[Webhook, _Mapping]] = ..., secret: _Optional[str] = ...) -> None: ...
