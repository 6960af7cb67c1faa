"""Stubs of the services in returns/v1/calendar.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/calendar.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import calendar_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class CalendarServiceMethods:
    """What returns.v1.CalendarService offers, for servers and interceptors."""

    GET_CALENDAR = Method(
        "returns.v1.CalendarService.GetCalendar",
        0x0801,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        calendar_pb2.GetCalendarRequest,
        calendar_pb2.GetCalendarReply,
    )
    LIST_CALENDARS = Method(
        "returns.v1.CalendarService.ListCalendars",
        0x0802,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        calendar_pb2.ListCalendarsRequest,
        calendar_pb2.ListCalendarsReply,
    )
    PUT_CALENDAR = Method(
        "returns.v1.CalendarService.PutCalendar",
        0x0803,
        Kind.UNARY,
        Idempotency.MUTATION,
        calendar_pb2.PutCalendarRequest,
        calendar_pb2.PutCalendarReply,
    )


class CalendarServiceStub:
    """CalendarService keeps the working calendars. Versions are kept for ever; an SLA plan names the one it goes by."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_calendar(
        self, request: calendar_pb2.GetCalendarRequest, options: CallOptions | None = None
    ) -> UnaryCall[calendar_pb2.GetCalendarRequest, calendar_pb2.GetCalendarReply]:
        """GetCalendar reads a version of a calendar; version 0 is the newest one."""
        return self._caller.unary(CalendarServiceMethods.GET_CALENDAR, request, options)

    def list_calendars(
        self, request: calendar_pb2.ListCalendarsRequest, options: CallOptions | None = None
    ) -> UnaryCall[calendar_pb2.ListCalendarsRequest, calendar_pb2.ListCalendarsReply]:
        """ListCalendars lists the newest version of each calendar."""
        return self._caller.unary(CalendarServiceMethods.LIST_CALENDARS, request, options)

    def put_calendar(
        self, request: calendar_pb2.PutCalendarRequest, options: CallOptions | None = None
    ) -> UnaryCall[calendar_pb2.PutCalendarRequest, calendar_pb2.PutCalendarReply]:
        """PutCalendar adds a calendar, or the next version of one. No deadline moves before an SLA policy
        names the new version.
        """
        return self._caller.unary(CalendarServiceMethods.PUT_CALENDAR, request, options)
