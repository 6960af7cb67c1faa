from returns_client._generated.rcp import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SpecialDayKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPECIAL_DAY_KIND_UNSPECIFIED: _ClassVar[SpecialDayKind]
    SPECIAL_DAY_KIND_HOLIDAY: _ClassVar[SpecialDayKind]
    SPECIAL_DAY_KIND_MAKEUP_DAY: _ClassVar[SpecialDayKind]
    SPECIAL_DAY_KIND_HALF_DAY: _ClassVar[SpecialDayKind]
SPECIAL_DAY_KIND_UNSPECIFIED: SpecialDayKind
SPECIAL_DAY_KIND_HOLIDAY: SpecialDayKind
SPECIAL_DAY_KIND_MAKEUP_DAY: SpecialDayKind
SPECIAL_DAY_KIND_HALF_DAY: SpecialDayKind

class UtcOffset(_message.Message):
    __slots__ = ("from_ms", "offset_seconds")
    FROM_MS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    from_ms: int
    offset_seconds: int
    def __init__(self, from_ms: _Optional[int] = ..., offset_seconds: _Optional[int] = ...) -> None: ...

class BusinessHours(_message.Message):
    __slots__ = ("opens_minute", "closes_minute")
    OPENS_MINUTE_FIELD_NUMBER: _ClassVar[int]
    CLOSES_MINUTE_FIELD_NUMBER: _ClassVar[int]
    opens_minute: int
    closes_minute: int
    def __init__(self, opens_minute: _Optional[int] = ..., closes_minute: _Optional[int] = ...) -> None: ...

class WeekdayHours(_message.Message):
    __slots__ = ("hours",)
    HOURS_FIELD_NUMBER: _ClassVar[int]
    hours: _containers.RepeatedCompositeFieldContainer[BusinessHours]
    def __init__(self, hours: _Optional[_Iterable[_Union[BusinessHours, _Mapping]]] = ...) -> None: ...

class SpecialDay(_message.Message):
    __slots__ = ("date", "kind", "hours", "title")
    DATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    date: str
    kind: SpecialDayKind
    hours: _containers.RepeatedCompositeFieldContainer[BusinessHours]
    title: str
    def __init__(self, date: _Optional[str] = ..., kind: _Optional[_Union[SpecialDayKind, str]] = ..., hours: _Optional[_Iterable[_Union[BusinessHours, _Mapping]]] = ..., title: _Optional[str] = ...) -> None: ...

class WorkingCalendar(_message.Message):
    __slots__ = ("name", "version", "time_zone", "offsets", "week", "special_days", "created_at_ms", "created_by")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    OFFSETS_FIELD_NUMBER: _ClassVar[int]
    WEEK_FIELD_NUMBER: _ClassVar[int]
    SPECIAL_DAYS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    time_zone: str
    offsets: _containers.RepeatedCompositeFieldContainer[UtcOffset]
    week: _containers.RepeatedCompositeFieldContainer[WeekdayHours]
    special_days: _containers.RepeatedCompositeFieldContainer[SpecialDay]
    created_at_ms: int
    created_by: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ..., time_zone: _Optional[str] = ..., offsets: _Optional[_Iterable[_Union[UtcOffset, _Mapping]]] = ..., week: _Optional[_Iterable[_Union[WeekdayHours, _Mapping]]] = ..., special_days: _Optional[_Iterable[_Union[SpecialDay, _Mapping]]] = ..., created_at_ms: _Optional[int] = ..., created_by: _Optional[str] = ...) -> None: ...

class GetCalendarRequest(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class GetCalendarReply(_message.Message):
    __slots__ = ("calendar", "current_version")
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    CURRENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    calendar: WorkingCalendar
    current_version: int
    def __init__(self, calendar: _Optional[_Union[WorkingCalendar, _Mapping]] = ..., current_version: _Optional[int] = ...) -> None: ...

class ListCalendarsRequest(_message.Message):
    __slots__ = ("limit", "cursor")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    limit: int
    cursor: str
    def __init__(self, limit: _Optional[int] = ..., cursor: _Optional[str] = ...) -> None: ...

class ListCalendarsReply(_message.Message):
    __slots__ = ("calendars", "next_cursor", "unreadable_names", "newer_names")
    CALENDARS_FIELD_NUMBER: _ClassVar[int]
    NEXT_CURSOR_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_NAMES_FIELD_NUMBER: _ClassVar[int]
    NEWER_NAMES_FIELD_NUMBER: _ClassVar[int]
    calendars: _containers.RepeatedCompositeFieldContainer[WorkingCalendar]
    next_cursor: str
    unreadable_names: _containers.RepeatedScalarFieldContainer[str]
    newer_names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, calendars: _Optional[_Iterable[_Union[WorkingCalendar, _Mapping]]] = ..., next_cursor: _Optional[str] = ..., unreadable_names: _Optional[_Iterable[str]] = ..., newer_names: _Optional[_Iterable[str]] = ...) -> None: ...

class PutCalendarRequest(_message.Message):
    __slots__ = ("calendar", "replaces_version", "dry_run")
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    REPLACES_VERSION_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    calendar: WorkingCalendar
    replaces_version: int
    dry_run: bool
    def __init__(self, calendar: _Optional[_Union[WorkingCalendar, _Mapping]] = ..., replaces_version: _Optional[int] = ..., dry_run: bool = ...) -> None: ...

class PutCalendarReply(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...
