from returns_client._generated.rcp import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReasonCode(_message.Message):
    __slots__ = ("code", "title", "covered")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    COVERED_FIELD_NUMBER: _ClassVar[int]
    code: str
    title: str
    covered: bool
    def __init__(self, code: _Optional[str] = ..., title: _Optional[str] = ..., covered: bool = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("version", "return_window_days", "reasons", "required_conditions", "standard_version", "return_address", "instructions", "enclosures", "appeals_max", "follow_up_attempts_max", "returnless_allowed", "created_at_ms", "created_by")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RETURN_WINDOW_DAYS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    STANDARD_VERSION_FIELD_NUMBER: _ClassVar[int]
    RETURN_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    ENCLOSURES_FIELD_NUMBER: _ClassVar[int]
    APPEALS_MAX_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UP_ATTEMPTS_MAX_FIELD_NUMBER: _ClassVar[int]
    RETURNLESS_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    version: int
    return_window_days: int
    reasons: _containers.RepeatedCompositeFieldContainer[ReasonCode]
    required_conditions: _containers.RepeatedScalarFieldContainer[str]
    standard_version: int
    return_address: str
    instructions: str
    enclosures: _containers.RepeatedScalarFieldContainer[str]
    appeals_max: int
    follow_up_attempts_max: int
    returnless_allowed: bool
    created_at_ms: int
    created_by: str
    def __init__(self, version: _Optional[int] = ..., return_window_days: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[ReasonCode, _Mapping]]] = ..., required_conditions: _Optional[_Iterable[str]] = ..., standard_version: _Optional[int] = ..., return_address: _Optional[str] = ..., instructions: _Optional[str] = ..., enclosures: _Optional[_Iterable[str]] = ..., appeals_max: _Optional[int] = ..., follow_up_attempts_max: _Optional[int] = ..., returnless_allowed: bool = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ...) -> None: ...

class GetPolicyRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetPolicyReply(_message.Message):
    __slots__ = ("policy", "current_version")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    current_version: int
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ..., current_version: _Optional[int] = ...) -> None: ...

class PutPolicyRequest(_message.Message):
    __slots__ = ("policy", "replaces_version", "dry_run")
    POLICY_FIELD_NUMBER: _ClassVar[int]
    REPLACES_VERSION_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    policy: Policy
    replaces_version: int
    dry_run: bool
    def __init__(self, policy: _Optional[_Union[Policy, _Mapping]] = ..., replaces_version: _Optional[int] = ..., dry_run: bool = ...) -> None: ...

class PutPolicyReply(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...
