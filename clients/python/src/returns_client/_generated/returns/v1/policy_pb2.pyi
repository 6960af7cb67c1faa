from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import calendar_pb2 as _calendar_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ReasonCategory(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_CATEGORY_UNSPECIFIED: _ClassVar[ReasonCategory]
    REASON_CATEGORY_CHANGE_OF_MIND: _ClassVar[ReasonCategory]
    REASON_CATEGORY_DEFECTIVE: _ClassVar[ReasonCategory]
    REASON_CATEGORY_DAMAGED_ON_THE_WAY: _ClassVar[ReasonCategory]
    REASON_CATEGORY_WRONG_GOODS: _ClassVar[ReasonCategory]
    REASON_CATEGORY_MISSING: _ClassVar[ReasonCategory]
    REASON_CATEGORY_OTHER: _ClassVar[ReasonCategory]

class ReturnPayer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETURN_PAYER_UNSPECIFIED: _ClassVar[ReturnPayer]
    RETURN_PAYER_CUSTOMER: _ClassVar[ReturnPayer]
    RETURN_PAYER_COMPANY: _ClassVar[ReturnPayer]
REASON_CATEGORY_UNSPECIFIED: ReasonCategory
REASON_CATEGORY_CHANGE_OF_MIND: ReasonCategory
REASON_CATEGORY_DEFECTIVE: ReasonCategory
REASON_CATEGORY_DAMAGED_ON_THE_WAY: ReasonCategory
REASON_CATEGORY_WRONG_GOODS: ReasonCategory
REASON_CATEGORY_MISSING: ReasonCategory
REASON_CATEGORY_OTHER: ReasonCategory
RETURN_PAYER_UNSPECIFIED: ReturnPayer
RETURN_PAYER_CUSTOMER: ReturnPayer
RETURN_PAYER_COMPANY: ReturnPayer

class ReasonCode(_message.Message):
    __slots__ = ("code", "title", "covered", "texts", "category", "evidence", "return_payer", "retired")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    COVERED_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    RETURN_PAYER_FIELD_NUMBER: _ClassVar[int]
    RETIRED_FIELD_NUMBER: _ClassVar[int]
    code: str
    title: str
    covered: bool
    texts: _containers.RepeatedCompositeFieldContainer[ReasonText]
    category: ReasonCategory
    evidence: _containers.RepeatedScalarFieldContainer[str]
    return_payer: ReturnPayer
    retired: bool
    def __init__(self, code: _Optional[str] = ..., title: _Optional[str] = ..., covered: bool = ..., texts: _Optional[_Iterable[_Union[ReasonText, _Mapping]]] = ..., category: _Optional[_Union[ReasonCategory, str]] = ..., evidence: _Optional[_Iterable[str]] = ..., return_payer: _Optional[_Union[ReturnPayer, str]] = ..., retired: bool = ...) -> None: ...

class ReasonText(_message.Message):
    __slots__ = ("locale", "text")
    LOCALE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    locale: str
    text: str
    def __init__(self, locale: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class ReturnRule(_message.Message):
    __slots__ = ("skus", "categories", "return_days", "reason")
    SKUS_FIELD_NUMBER: _ClassVar[int]
    CATEGORIES_FIELD_NUMBER: _ClassVar[int]
    RETURN_DAYS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    skus: _containers.RepeatedScalarFieldContainer[str]
    categories: _containers.RepeatedScalarFieldContainer[str]
    return_days: int
    reason: str
    def __init__(self, skus: _Optional[_Iterable[str]] = ..., categories: _Optional[_Iterable[str]] = ..., return_days: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ChannelTimeZone(_message.Message):
    __slots__ = ("sale_channels", "time_zone", "offsets")
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    time_zone: str
    offsets: _containers.RepeatedCompositeFieldContainer[_calendar_pb2.UtcOffset]
    def __init__(self, sale_channels: _Optional[_Iterable[str]] = ..., time_zone: _Optional[str] = ..., offsets: _Optional[_Iterable[_Union[_calendar_pb2.UtcOffset, _Mapping]]] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("version", "return_window_days", "reasons", "required_conditions", "standard_version", "return_address", "instructions", "enclosures", "appeals_max", "follow_up_attempts_max", "returnless_allowed", "created_at_ms", "created_by", "return_rules", "time_zones", "deduction_percent_max", "second_person_above_minor")
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
    RETURN_RULES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONES_FIELD_NUMBER: _ClassVar[int]
    DEDUCTION_PERCENT_MAX_FIELD_NUMBER: _ClassVar[int]
    SECOND_PERSON_ABOVE_MINOR_FIELD_NUMBER: _ClassVar[int]
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
    return_rules: _containers.RepeatedCompositeFieldContainer[ReturnRule]
    time_zones: _containers.RepeatedCompositeFieldContainer[ChannelTimeZone]
    deduction_percent_max: int
    second_person_above_minor: int
    def __init__(self, version: _Optional[int] = ..., return_window_days: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[ReasonCode, _Mapping]]] = ..., required_conditions: _Optional[_Iterable[str]] = ..., standard_version: _Optional[int] = ..., return_address: _Optional[str] = ..., instructions: _Optional[str] = ..., enclosures: _Optional[_Iterable[str]] = ..., appeals_max: _Optional[int] = ..., follow_up_attempts_max: _Optional[int] = ..., returnless_allowed: bool = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ..., return_rules: _Optional[_Iterable[_Union[ReturnRule, _Mapping]]] = ..., time_zones: _Optional[_Iterable[_Union[ChannelTimeZone, _Mapping]]] = ..., deduction_percent_max: _Optional[int] = ..., second_person_above_minor: _Optional[int] = ...) -> None: ...

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
