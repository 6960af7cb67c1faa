from returns_client._generated.rcp import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_CHANNEL: _ClassVar[Role]
    ROLE_SERVICE: _ClassVar[Role]
    ROLE_LOGISTICS: _ClassVar[Role]
    ROLE_WAREHOUSE: _ClassVar[Role]
    ROLE_FINANCE: _ClassVar[Role]
    ROLE_SUPERVISOR: _ClassVar[Role]
    ROLE_AUDITOR: _ClassVar[Role]
    ROLE_ADMIN: _ClassVar[Role]
    ROLE_SYSTEM: _ClassVar[Role]

class CaseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_STATE_UNSPECIFIED: _ClassVar[CaseState]
    CASE_STATE_SUBMITTED: _ClassVar[CaseState]
    CASE_STATE_INFO_NEEDED: _ClassVar[CaseState]
    CASE_STATE_APPROVED: _ClassVar[CaseState]
    CASE_STATE_REJECTED: _ClassVar[CaseState]
    CASE_STATE_PICKUP_SCHEDULED: _ClassVar[CaseState]
    CASE_STATE_IN_TRANSIT: _ClassVar[CaseState]
    CASE_STATE_EXCEPTION: _ClassVar[CaseState]
    CASE_STATE_RECEIVED: _ClassVar[CaseState]
    CASE_STATE_QUALIFIED: _ClassVar[CaseState]
    CASE_STATE_NONCONFORMING: _ClassVar[CaseState]
    CASE_STATE_REFUNDING: _ClassVar[CaseState]
    CASE_STATE_REFUND_FAILED: _ClassVar[CaseState]
    CASE_STATE_REFUNDED: _ClassVar[CaseState]
    CASE_STATE_SHIP_BACK: _ClassVar[CaseState]
    CASE_STATE_ALTERNATIVE: _ClassVar[CaseState]
    CASE_STATE_CLOSED: _ClassVar[CaseState]
    CASE_STATE_CANCELLED: _ClassVar[CaseState]
    CASE_STATE_EXPIRED: _ClassVar[CaseState]

class IntakeChannel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INTAKE_CHANNEL_UNSPECIFIED: _ClassVar[IntakeChannel]
    INTAKE_CHANNEL_WEBSITE: _ClassVar[IntakeChannel]
    INTAKE_CHANNEL_HOTLINE: _ClassVar[IntakeChannel]
    INTAKE_CHANNEL_SOCIAL_MEDIA: _ClassVar[IntakeChannel]
    INTAKE_CHANNEL_STORE: _ClassVar[IntakeChannel]
    INTAKE_CHANNEL_OTHER: _ClassVar[IntakeChannel]

class ReturnMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETURN_METHOD_UNSPECIFIED: _ClassVar[ReturnMethod]
    RETURN_METHOD_DROP_OFF: _ClassVar[ReturnMethod]
    RETURN_METHOD_CARRIER: _ClassVar[ReturnMethod]
    RETURN_METHOD_PICKUP: _ClassVar[ReturnMethod]

class DocumentType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOCUMENT_TYPE_UNSPECIFIED: _ClassVar[DocumentType]
    DOCUMENT_TYPE_APPLICATION: _ClassVar[DocumentType]
    DOCUMENT_TYPE_WAYBILL: _ClassVar[DocumentType]
    DOCUMENT_TYPE_SIGNED_RECEIPT: _ClassVar[DocumentType]
    DOCUMENT_TYPE_INSPECTION_REPORT: _ClassVar[DocumentType]
    DOCUMENT_TYPE_REFUND_VOUCHER: _ClassVar[DocumentType]
    DOCUMENT_TYPE_OTHER: _ClassVar[DocumentType]

class FieldGroup(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIELD_GROUP_UNSPECIFIED: _ClassVar[FieldGroup]
    FIELD_GROUP_PUBLIC: _ClassVar[FieldGroup]
    FIELD_GROUP_DESK: _ClassVar[FieldGroup]
    FIELD_GROUP_LOGISTICS: _ClassVar[FieldGroup]
    FIELD_GROUP_PERSONAL: _ClassVar[FieldGroup]
    FIELD_GROUP_DESK_PERSONAL: _ClassVar[FieldGroup]
    FIELD_GROUP_ENGINE: _ClassVar[FieldGroup]

class WithheldReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WITHHELD_REASON_UNSPECIFIED: _ClassVar[WithheldReason]
    WITHHELD_REASON_HIDDEN: _ClassVar[WithheldReason]
    WITHHELD_REASON_SEALED: _ClassVar[WithheldReason]
    WITHHELD_REASON_ERASED: _ClassVar[WithheldReason]
ROLE_UNSPECIFIED: Role
ROLE_CHANNEL: Role
ROLE_SERVICE: Role
ROLE_LOGISTICS: Role
ROLE_WAREHOUSE: Role
ROLE_FINANCE: Role
ROLE_SUPERVISOR: Role
ROLE_AUDITOR: Role
ROLE_ADMIN: Role
ROLE_SYSTEM: Role
CASE_STATE_UNSPECIFIED: CaseState
CASE_STATE_SUBMITTED: CaseState
CASE_STATE_INFO_NEEDED: CaseState
CASE_STATE_APPROVED: CaseState
CASE_STATE_REJECTED: CaseState
CASE_STATE_PICKUP_SCHEDULED: CaseState
CASE_STATE_IN_TRANSIT: CaseState
CASE_STATE_EXCEPTION: CaseState
CASE_STATE_RECEIVED: CaseState
CASE_STATE_QUALIFIED: CaseState
CASE_STATE_NONCONFORMING: CaseState
CASE_STATE_REFUNDING: CaseState
CASE_STATE_REFUND_FAILED: CaseState
CASE_STATE_REFUNDED: CaseState
CASE_STATE_SHIP_BACK: CaseState
CASE_STATE_ALTERNATIVE: CaseState
CASE_STATE_CLOSED: CaseState
CASE_STATE_CANCELLED: CaseState
CASE_STATE_EXPIRED: CaseState
INTAKE_CHANNEL_UNSPECIFIED: IntakeChannel
INTAKE_CHANNEL_WEBSITE: IntakeChannel
INTAKE_CHANNEL_HOTLINE: IntakeChannel
INTAKE_CHANNEL_SOCIAL_MEDIA: IntakeChannel
INTAKE_CHANNEL_STORE: IntakeChannel
INTAKE_CHANNEL_OTHER: IntakeChannel
RETURN_METHOD_UNSPECIFIED: ReturnMethod
RETURN_METHOD_DROP_OFF: ReturnMethod
RETURN_METHOD_CARRIER: ReturnMethod
RETURN_METHOD_PICKUP: ReturnMethod
DOCUMENT_TYPE_UNSPECIFIED: DocumentType
DOCUMENT_TYPE_APPLICATION: DocumentType
DOCUMENT_TYPE_WAYBILL: DocumentType
DOCUMENT_TYPE_SIGNED_RECEIPT: DocumentType
DOCUMENT_TYPE_INSPECTION_REPORT: DocumentType
DOCUMENT_TYPE_REFUND_VOUCHER: DocumentType
DOCUMENT_TYPE_OTHER: DocumentType
FIELD_GROUP_UNSPECIFIED: FieldGroup
FIELD_GROUP_PUBLIC: FieldGroup
FIELD_GROUP_DESK: FieldGroup
FIELD_GROUP_LOGISTICS: FieldGroup
FIELD_GROUP_PERSONAL: FieldGroup
FIELD_GROUP_DESK_PERSONAL: FieldGroup
FIELD_GROUP_ENGINE: FieldGroup
WITHHELD_REASON_UNSPECIFIED: WithheldReason
WITHHELD_REASON_HIDDEN: WithheldReason
WITHHELD_REASON_SEALED: WithheldReason
WITHHELD_REASON_ERASED: WithheldReason

class Withheld(_message.Message):
    __slots__ = ("group", "reason")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    group: FieldGroup
    reason: WithheldReason
    def __init__(self, group: _Optional[_Union[FieldGroup, str]] = ..., reason: _Optional[_Union[WithheldReason, str]] = ...) -> None: ...

class OrderKey(_message.Message):
    __slots__ = ("sale_channel", "order_no")
    SALE_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    ORDER_NO_FIELD_NUMBER: _ClassVar[int]
    sale_channel: str
    order_no: str
    def __init__(self, sale_channel: _Optional[str] = ..., order_no: _Optional[str] = ...) -> None: ...

class Contact(_message.Message):
    __slots__ = ("name", "phone", "email", "address")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    name: str
    phone: str
    email: str
    address: str
    def __init__(self, name: _Optional[str] = ..., phone: _Optional[str] = ..., email: _Optional[str] = ..., address: _Optional[str] = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ("type", "reference", "sha256", "added_at_ms", "added_by", "refund_id")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ADDED_BY_FIELD_NUMBER: _ClassVar[int]
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    type: DocumentType
    reference: str
    sha256: bytes
    added_at_ms: int
    added_by: str
    refund_id: str
    def __init__(self, type: _Optional[_Union[DocumentType, str]] = ..., reference: _Optional[str] = ..., sha256: _Optional[bytes] = ..., added_at_ms: _Optional[int] = ..., added_by: _Optional[str] = ..., refund_id: _Optional[str] = ...) -> None: ...

class Actor(_message.Message):
    __slots__ = ("name", "role", "on_behalf_of")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    ON_BEHALF_OF_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: Role
    on_behalf_of: str
    def __init__(self, name: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., on_behalf_of: _Optional[str] = ...) -> None: ...

class RefusedCase(_message.Message):
    __slots__ = ("case_id", "reason", "text")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    reason: str
    text: str
    def __init__(self, case_id: _Optional[str] = ..., reason: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
