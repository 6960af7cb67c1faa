from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Idempotency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IDEMPOTENCY_UNSPECIFIED: _ClassVar[Idempotency]
    READ_ONLY: _ClassVar[Idempotency]
    MUTATION: _ClassVar[Idempotency]
IDEMPOTENCY_UNSPECIFIED: Idempotency
READ_ONLY: Idempotency
MUTATION: Idempotency
METHOD_ID_FIELD_NUMBER: _ClassVar[int]
method_id: _descriptor.FieldDescriptor
IDEMPOTENCY_FIELD_NUMBER: _ClassVar[int]
idempotency: _descriptor.FieldDescriptor
ROLE_FIELD_NUMBER: _ClassVar[int]
role: _descriptor.FieldDescriptor
PLAIN_FIELD_NUMBER: _ClassVar[int]
plain: _descriptor.FieldDescriptor
METHOD_FIELD_NUMBER: _ClassVar[int]
method: _descriptor.FieldDescriptor
WIRE_ONLY_FIELD_NUMBER: _ClassVar[int]
wire_only: _descriptor.FieldDescriptor
VALUE_LEVEL_FIELD_NUMBER: _ClassVar[int]
value_level: _descriptor.FieldDescriptor
PERSONAL_FIELD_NUMBER: _ClassVar[int]
personal: _descriptor.FieldDescriptor
GROUP_FIELD_NUMBER: _ClassVar[int]
group: _descriptor.FieldDescriptor
LEVEL_FIELD_NUMBER: _ClassVar[int]
level: _descriptor.FieldDescriptor
FIELD_GROUP_FIELD_NUMBER: _ClassVar[int]
field_group: _descriptor.FieldDescriptor

class FieldGroup(_message.Message):
    __slots__ = ("name", "personal")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PERSONAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    personal: bool
    def __init__(self, name: _Optional[str] = ..., personal: bool = ...) -> None: ...
