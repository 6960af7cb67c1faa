from returns_client._generated.rcp import options_pb2 as _options_pb2
from returns_client._generated.returns.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class IndexProblem(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INDEX_PROBLEM_UNSPECIFIED: _ClassVar[IndexProblem]
    INDEX_PROBLEM_MISSING: _ClassVar[IndexProblem]
    INDEX_PROBLEM_STALE: _ClassVar[IndexProblem]
    INDEX_PROBLEM_UNREADABLE: _ClassVar[IndexProblem]
    INDEX_PROBLEM_RECORD_MISSING: _ClassVar[IndexProblem]
    INDEX_PROBLEM_NEWER: _ClassVar[IndexProblem]

class MoneyProblem(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MONEY_PROBLEM_UNSPECIFIED: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_ORDER: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_PAYMENT: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_PAYMENT_LOST: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_OTHER_METHOD: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_SHIPPING: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_OVERPAID: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_LINE_COMMITTED: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_LINE_OWED: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_LINE_UNITS: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_REFUND: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_REFUND_TWICE: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_CASE: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_RECORD_MISSING: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_UNREADABLE: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_NEWER: _ClassVar[MoneyProblem]
    MONEY_PROBLEM_CHANGING: _ClassVar[MoneyProblem]
INDEX_PROBLEM_UNSPECIFIED: IndexProblem
INDEX_PROBLEM_MISSING: IndexProblem
INDEX_PROBLEM_STALE: IndexProblem
INDEX_PROBLEM_UNREADABLE: IndexProblem
INDEX_PROBLEM_RECORD_MISSING: IndexProblem
INDEX_PROBLEM_NEWER: IndexProblem
MONEY_PROBLEM_UNSPECIFIED: MoneyProblem
MONEY_PROBLEM_ORDER: MoneyProblem
MONEY_PROBLEM_PAYMENT: MoneyProblem
MONEY_PROBLEM_PAYMENT_LOST: MoneyProblem
MONEY_PROBLEM_OTHER_METHOD: MoneyProblem
MONEY_PROBLEM_SHIPPING: MoneyProblem
MONEY_PROBLEM_OVERPAID: MoneyProblem
MONEY_PROBLEM_LINE_COMMITTED: MoneyProblem
MONEY_PROBLEM_LINE_OWED: MoneyProblem
MONEY_PROBLEM_LINE_UNITS: MoneyProblem
MONEY_PROBLEM_REFUND: MoneyProblem
MONEY_PROBLEM_REFUND_TWICE: MoneyProblem
MONEY_PROBLEM_CASE: MoneyProblem
MONEY_PROBLEM_RECORD_MISSING: MoneyProblem
MONEY_PROBLEM_UNREADABLE: MoneyProblem
MONEY_PROBLEM_NEWER: MoneyProblem
MONEY_PROBLEM_CHANGING: MoneyProblem

class ConfirmReconciledRequest(_message.Message):
    __slots__ = ("run",)
    RUN_FIELD_NUMBER: _ClassVar[int]
    run: str
    def __init__(self, run: _Optional[str] = ...) -> None: ...

class ConfirmReconciledReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifyIndexesRequest(_message.Message):
    __slots__ = ("repair",)
    REPAIR_FIELD_NUMBER: _ClassVar[int]
    repair: bool
    def __init__(self, repair: bool = ...) -> None: ...

class IndexFinding(_message.Message):
    __slots__ = ("index", "case_id", "problem", "repaired")
    INDEX_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REPAIRED_FIELD_NUMBER: _ClassVar[int]
    index: str
    case_id: str
    problem: IndexProblem
    repaired: bool
    def __init__(self, index: _Optional[str] = ..., case_id: _Optional[str] = ..., problem: _Optional[_Union[IndexProblem, str]] = ..., repaired: bool = ...) -> None: ...

class VerifyIndexesReply(_message.Message):
    __slots__ = ("cases", "orders", "entries", "problems", "findings", "newer")
    CASES_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    NEWER_FIELD_NUMBER: _ClassVar[int]
    cases: int
    orders: int
    entries: int
    problems: int
    findings: _containers.RepeatedCompositeFieldContainer[IndexFinding]
    newer: int
    def __init__(self, cases: _Optional[int] = ..., orders: _Optional[int] = ..., entries: _Optional[int] = ..., problems: _Optional[int] = ..., findings: _Optional[_Iterable[_Union[IndexFinding, _Mapping]]] = ..., newer: _Optional[int] = ...) -> None: ...

class VerifyMoneyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class MoneyFinding(_message.Message):
    __slots__ = ("problem", "order", "case_id", "subject", "currency", "recorded", "proved", "text")
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RECORDED_FIELD_NUMBER: _ClassVar[int]
    PROVED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    problem: MoneyProblem
    order: _common_pb2.OrderKey
    case_id: str
    subject: str
    currency: str
    recorded: int
    proved: int
    text: str
    def __init__(self, problem: _Optional[_Union[MoneyProblem, str]] = ..., order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., case_id: _Optional[str] = ..., subject: _Optional[str] = ..., currency: _Optional[str] = ..., recorded: _Optional[int] = ..., proved: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class MoneyTotal(_message.Message):
    __slots__ = ("currency", "orders", "paid_minor", "kept_minor", "refunded_minor", "in_flight_minor", "overpaid_minor")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    KEPT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_MINOR_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_MINOR_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    currency: str
    orders: int
    paid_minor: int
    kept_minor: int
    refunded_minor: int
    in_flight_minor: int
    overpaid_minor: int
    def __init__(self, currency: _Optional[str] = ..., orders: _Optional[int] = ..., paid_minor: _Optional[int] = ..., kept_minor: _Optional[int] = ..., refunded_minor: _Optional[int] = ..., in_flight_minor: _Optional[int] = ..., overpaid_minor: _Optional[int] = ...) -> None: ...

class VerifyMoneyReply(_message.Message):
    __slots__ = ("done_permille", "done", "orders", "cases", "payments", "refunds", "problems", "findings", "totals", "overpaid", "overpaid_orders")
    DONE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    CASES_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    REFUNDS_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_ORDERS_FIELD_NUMBER: _ClassVar[int]
    done_permille: int
    done: bool
    orders: int
    cases: int
    payments: int
    refunds: int
    problems: int
    findings: _containers.RepeatedCompositeFieldContainer[MoneyFinding]
    totals: _containers.RepeatedCompositeFieldContainer[MoneyTotal]
    overpaid: _containers.RepeatedCompositeFieldContainer[OverpaidOrder]
    overpaid_orders: int
    def __init__(self, done_permille: _Optional[int] = ..., done: bool = ..., orders: _Optional[int] = ..., cases: _Optional[int] = ..., payments: _Optional[int] = ..., refunds: _Optional[int] = ..., problems: _Optional[int] = ..., findings: _Optional[_Iterable[_Union[MoneyFinding, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[MoneyTotal, _Mapping]]] = ..., overpaid: _Optional[_Iterable[_Union[OverpaidOrder, _Mapping]]] = ..., overpaid_orders: _Optional[int] = ...) -> None: ...

class OverpaidOrder(_message.Message):
    __slots__ = ("order", "case_ids", "currency", "overpaid_minor")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CASE_IDS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    OVERPAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    order: _common_pb2.OrderKey
    case_ids: _containers.RepeatedScalarFieldContainer[str]
    currency: str
    overpaid_minor: int
    def __init__(self, order: _Optional[_Union[_common_pb2.OrderKey, _Mapping]] = ..., case_ids: _Optional[_Iterable[str]] = ..., currency: _Optional[str] = ..., overpaid_minor: _Optional[int] = ...) -> None: ...

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoReply(_message.Message):
    __slots__ = ("server_version", "now_ms", "test_clock", "partitions", "redis_version", "persistence_warning", "policy_version", "event_loops", "sla_policy_version", "principal", "roles", "team", "sale_channels", "store_id", "store_run", "not_serving_reason", "warnings", "unreconciled_run", "store_level", "highest_level")
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    TEST_CLOCK_FIELD_NUMBER: _ClassVar[int]
    PARTITIONS_FIELD_NUMBER: _ClassVar[int]
    REDIS_VERSION_FIELD_NUMBER: _ClassVar[int]
    PERSISTENCE_WARNING_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    EVENT_LOOPS_FIELD_NUMBER: _ClassVar[int]
    SLA_POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    STORE_ID_FIELD_NUMBER: _ClassVar[int]
    STORE_RUN_FIELD_NUMBER: _ClassVar[int]
    NOT_SERVING_REASON_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    UNRECONCILED_RUN_FIELD_NUMBER: _ClassVar[int]
    STORE_LEVEL_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_LEVEL_FIELD_NUMBER: _ClassVar[int]
    server_version: str
    now_ms: int
    test_clock: bool
    partitions: int
    redis_version: str
    persistence_warning: str
    policy_version: int
    event_loops: int
    sla_policy_version: int
    principal: str
    roles: _containers.RepeatedScalarFieldContainer[_common_pb2.Role]
    team: str
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    store_id: str
    store_run: str
    not_serving_reason: str
    warnings: _containers.RepeatedScalarFieldContainer[str]
    unreconciled_run: str
    store_level: int
    highest_level: int
    def __init__(self, server_version: _Optional[str] = ..., now_ms: _Optional[int] = ..., test_clock: bool = ..., partitions: _Optional[int] = ..., redis_version: _Optional[str] = ..., persistence_warning: _Optional[str] = ..., policy_version: _Optional[int] = ..., event_loops: _Optional[int] = ..., sla_policy_version: _Optional[int] = ..., principal: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[_common_pb2.Role, str]]] = ..., team: _Optional[str] = ..., sale_channels: _Optional[_Iterable[str]] = ..., store_id: _Optional[str] = ..., store_run: _Optional[str] = ..., not_serving_reason: _Optional[str] = ..., warnings: _Optional[_Iterable[str]] = ..., unreconciled_run: _Optional[str] = ..., store_level: _Optional[int] = ..., highest_level: _Optional[int] = ...) -> None: ...

class CreatePrincipalRequest(_message.Message):
    __slots__ = ("name", "roles", "expires_at_ms", "team", "sale_channels")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    name: str
    roles: _containers.RepeatedScalarFieldContainer[_common_pb2.Role]
    expires_at_ms: int
    team: str
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[_common_pb2.Role, str]]] = ..., expires_at_ms: _Optional[int] = ..., team: _Optional[str] = ..., sale_channels: _Optional[_Iterable[str]] = ...) -> None: ...

class CreatePrincipalReply(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class Principal(_message.Message):
    __slots__ = ("name", "roles", "created_at_ms", "expires_at_ms", "team", "sale_channels", "unknown_roles", "unknown_keys")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_ROLES_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_KEYS_FIELD_NUMBER: _ClassVar[int]
    name: str
    roles: _containers.RepeatedScalarFieldContainer[_common_pb2.Role]
    created_at_ms: int
    expires_at_ms: int
    team: str
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    unknown_roles: _containers.RepeatedScalarFieldContainer[str]
    unknown_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[_common_pb2.Role, str]]] = ..., created_at_ms: _Optional[int] = ..., expires_at_ms: _Optional[int] = ..., team: _Optional[str] = ..., sale_channels: _Optional[_Iterable[str]] = ..., unknown_roles: _Optional[_Iterable[str]] = ..., unknown_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class ListPrincipalsRequest(_message.Message):
    __slots__ = ("limit", "cursor")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    limit: int
    cursor: str
    def __init__(self, limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListPrincipalsReply(_message.Message):
    __slots__ = ("principals", "last_known", "next_cursor")
    PRINCIPALS_FIELD_NUMBER: _ClassVar[int]
    LAST_KNOWN_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    principals: _containers.RepeatedCompositeFieldContainer[Principal]
    last_known: bool
    next_cursor: str
    def __init__(self, principals: _Optional[_Iterable[_Union[Principal, _Mapping]]] = ..., last_known: bool = ..., next_cursor: _Optional[str] = ...) -> None: ...

class RevokePrincipalRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class RevokePrincipalReply(_message.Message):
    __slots__ = ("on_this_server_alone",)
    ON_THIS_SERVER_ALONE_FIELD_NUMBER: _ClassVar[int]
    on_this_server_alone: bool
    def __init__(self, on_this_server_alone: bool = ...) -> None: ...

class SetPrincipalTeamRequest(_message.Message):
    __slots__ = ("name", "team")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TEAM_FIELD_NUMBER: _ClassVar[int]
    name: str
    team: str
    def __init__(self, name: _Optional[str] = ..., team: _Optional[str] = ...) -> None: ...

class SetPrincipalTeamReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetPrincipalChannelsRequest(_message.Message):
    __slots__ = ("name", "sale_channels")
    NAME_FIELD_NUMBER: _ClassVar[int]
    SALE_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    name: str
    sale_channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., sale_channels: _Optional[_Iterable[str]] = ...) -> None: ...

class SetPrincipalChannelsReply(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AdvanceTestClockRequest(_message.Message):
    __slots__ = ("by_ms",)
    BY_MS_FIELD_NUMBER: _ClassVar[int]
    by_ms: int
    def __init__(self, by_ms: _Optional[int] = ...) -> None: ...

class AdvanceTestClockReply(_message.Message):
    __slots__ = ("now_ms",)
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    now_ms: int
    def __init__(self, now_ms: _Optional[int] = ...) -> None: ...
