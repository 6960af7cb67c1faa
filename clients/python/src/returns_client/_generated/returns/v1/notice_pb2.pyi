from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NoticeOccasion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_OCCASION_UNSPECIFIED: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_APPROVAL: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_REJECTION: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_PICKUP: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_INFO_REQUEST: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_EXCEPTION: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_FOUND: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_NONCONFORMING: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_SHIPPED_BACK: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_EXCHANGED: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_REFUNDED: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_DEDUCTED: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_REFUND_RETURNED: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_CORRECTION: _ClassVar[NoticeOccasion]
    NOTICE_OCCASION_DEDUCTION_TAKEN_BACK: _ClassVar[NoticeOccasion]

class NoticeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_STATE_UNSPECIFIED: _ClassVar[NoticeState]
    NOTICE_STATE_DUE: _ClassVar[NoticeState]
    NOTICE_STATE_TOLD: _ClassVar[NoticeState]
    NOTICE_STATE_VOIDED: _ClassVar[NoticeState]

class ContactChannel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTACT_CHANNEL_UNSPECIFIED: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_SMS: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_EMAIL: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_PHONE: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_WECHAT: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_CHAT: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_APP: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_LETTER: _ClassVar[ContactChannel]
    CONTACT_CHANNEL_IN_PERSON: _ClassVar[ContactChannel]
NOTICE_OCCASION_UNSPECIFIED: NoticeOccasion
NOTICE_OCCASION_APPROVAL: NoticeOccasion
NOTICE_OCCASION_REJECTION: NoticeOccasion
NOTICE_OCCASION_PICKUP: NoticeOccasion
NOTICE_OCCASION_INFO_REQUEST: NoticeOccasion
NOTICE_OCCASION_EXCEPTION: NoticeOccasion
NOTICE_OCCASION_FOUND: NoticeOccasion
NOTICE_OCCASION_NONCONFORMING: NoticeOccasion
NOTICE_OCCASION_SHIPPED_BACK: NoticeOccasion
NOTICE_OCCASION_EXCHANGED: NoticeOccasion
NOTICE_OCCASION_REFUNDED: NoticeOccasion
NOTICE_OCCASION_DEDUCTED: NoticeOccasion
NOTICE_OCCASION_REFUND_RETURNED: NoticeOccasion
NOTICE_OCCASION_CORRECTION: NoticeOccasion
NOTICE_OCCASION_DEDUCTION_TAKEN_BACK: NoticeOccasion
NOTICE_STATE_UNSPECIFIED: NoticeState
NOTICE_STATE_DUE: NoticeState
NOTICE_STATE_TOLD: NoticeState
NOTICE_STATE_VOIDED: NoticeState
CONTACT_CHANNEL_UNSPECIFIED: ContactChannel
CONTACT_CHANNEL_SMS: ContactChannel
CONTACT_CHANNEL_EMAIL: ContactChannel
CONTACT_CHANNEL_PHONE: ContactChannel
CONTACT_CHANNEL_WECHAT: ContactChannel
CONTACT_CHANNEL_CHAT: ContactChannel
CONTACT_CHANNEL_APP: ContactChannel
CONTACT_CHANNEL_LETTER: ContactChannel
CONTACT_CHANNEL_IN_PERSON: ContactChannel

class Notice(_message.Message):
    __slots__ = ("occasion", "state", "refund_id", "since_ms", "ended_at_ms", "channel", "by", "reference", "notify_ordinal")
    OCCASION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    NOTIFY_ORDINAL_FIELD_NUMBER: _ClassVar[int]
    occasion: NoticeOccasion
    state: NoticeState
    refund_id: str
    since_ms: int
    ended_at_ms: int
    channel: ContactChannel
    by: _common_pb2.Actor
    reference: str
    notify_ordinal: int
    def __init__(self, occasion: _Optional[_Union[NoticeOccasion, str]] = ..., state: _Optional[_Union[NoticeState, str]] = ..., refund_id: _Optional[str] = ..., since_ms: _Optional[int] = ..., ended_at_ms: _Optional[int] = ..., channel: _Optional[_Union[ContactChannel, str]] = ..., by: _Optional[_Union[_common_pb2.Actor, _Mapping]] = ..., reference: _Optional[str] = ..., notify_ordinal: _Optional[int] = ...) -> None: ...

class NoticeText(_message.Message):
    __slots__ = ("notice", "text")
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    notice: int
    text: str
    def __init__(self, notice: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...
