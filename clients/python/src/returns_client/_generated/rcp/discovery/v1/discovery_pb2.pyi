from returns_client._generated.rcp import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class GetSchemaRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSchemaReply(_message.Message):
    __slots__ = ("file_descriptor_set", "sha256", "services")
    FILE_DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    file_descriptor_set: bytes
    sha256: bytes
    services: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, file_descriptor_set: _Optional[bytes] = ..., sha256: _Optional[bytes] = ..., services: _Optional[_Iterable[str]] = ...) -> None: ...
