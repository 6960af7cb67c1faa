from returns_client._generated.rcp import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EmptyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class EmptyReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DrainConnectionRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DrainConnectionReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CallRequest(_message.Message):
    __slots__ = ("payload", "replies", "end")
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    REPLIES_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    payload: bytes
    replies: _containers.RepeatedCompositeFieldContainer[ReplyPlan]
    end: EndPlan
    def __init__(self, payload: _Optional[bytes] = ..., replies: _Optional[_Iterable[_Union[ReplyPlan, _Mapping]]] = ..., end: _Optional[_Union[EndPlan, _Mapping]] = ...) -> None: ...

class ReplyPlan(_message.Message):
    __slots__ = ("payload_bytes", "delay_ms")
    PAYLOAD_BYTES_FIELD_NUMBER: _ClassVar[int]
    DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    payload_bytes: int
    delay_ms: int
    def __init__(self, payload_bytes: _Optional[int] = ..., delay_ms: _Optional[int] = ...) -> None: ...

class EndPlan(_message.Message):
    __slots__ = ("code", "text", "retry_after_ms")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    code: int
    text: str
    retry_after_ms: int
    def __init__(self, code: _Optional[int] = ..., text: _Optional[str] = ..., retry_after_ms: _Optional[int] = ...) -> None: ...

class CallReply(_message.Message):
    __slots__ = ("payload", "received_messages", "received_bytes", "principal", "connection")
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_MESSAGES_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_BYTES_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    payload: bytes
    received_messages: int
    received_bytes: int
    principal: str
    connection: int
    def __init__(self, payload: _Optional[bytes] = ..., received_messages: _Optional[int] = ..., received_bytes: _Optional[int] = ..., principal: _Optional[str] = ..., connection: _Optional[int] = ...) -> None: ...
