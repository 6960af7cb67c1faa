"""Stubs of the services in returns/v1/event.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/event.proto: do not edit.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from returns_client._generated.returns.v1 import event_pb2
from returns_client.calls import BidirectionalCall, Caller, ServerStreamingCall, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class EventServiceMethods:
    """What returns.v1.EventService offers, for servers and interceptors."""

    SUBSCRIBE = Method(
        "returns.v1.EventService.Subscribe",
        0x0701,
        Kind.SERVER_STREAMING,
        Idempotency.READ_ONLY,
        event_pb2.SubscribeRequest,
        event_pb2.SubscribeReply,
    )
    CONSUME = Method(
        "returns.v1.EventService.Consume",
        0x0702,
        Kind.BIDIRECTIONAL_STREAMING,
        Idempotency.MUTATION,
        event_pb2.ConsumeRequest,
        event_pb2.ConsumeReply,
    )
    CREATE_EVENT_GROUP = Method(
        "returns.v1.EventService.CreateEventGroup",
        0x0703,
        Kind.UNARY,
        Idempotency.MUTATION,
        event_pb2.CreateEventGroupRequest,
        event_pb2.CreateEventGroupReply,
    )
    LIST_EVENT_GROUPS = Method(
        "returns.v1.EventService.ListEventGroups",
        0x0704,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        event_pb2.ListEventGroupsRequest,
        event_pb2.ListEventGroupsReply,
    )
    DELETE_EVENT_GROUP = Method(
        "returns.v1.EventService.DeleteEventGroup",
        0x0705,
        Kind.UNARY,
        Idempotency.MUTATION,
        event_pb2.DeleteEventGroupRequest,
        event_pb2.DeleteEventGroupReply,
    )


class EventServiceStub:
    """EventService tells what happens to cases as it happens. Every event comes at least once: who resumes may see the last ones again, and knows them by their ids. The events of one case come in order; those of different cases need not."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def subscribe(
        self, request: event_pb2.SubscribeRequest, options: CallOptions | None = None
    ) -> ServerStreamingCall[event_pb2.SubscribeRequest, event_pb2.SubscribeReply]:
        """Subscribe sends events from a place in the log on, and goes on with those to come, until the caller
        ends the call. Each reply holds the cursor from which another call goes on behind it. Ends with
        UNAVAILABLE when the server stops, and with OUT_OF_RANGE when events behind the cursor are no longer
        kept: list the cases changed since then, and begin anew.
        """
        return self._caller.server_streaming(EventServiceMethods.SUBSCRIBE, request, options)

    def consume(
        self,
        requests: AsyncIterable[event_pb2.ConsumeRequest] | Iterable[event_pb2.ConsumeRequest] | None = None,
        options: CallOptions | None = None,
    ) -> BidirectionalCall[event_pb2.ConsumeRequest, event_pb2.ConsumeReply]:
        """Consume gives this consumer a share of a group's events. What it acknowledges is done with; what it
        does not acknowledge in time goes to another consumer of the group. Ends as Subscribe does, or with
        OK once the caller has ended its requests and their acknowledgements are recorded.
        """
        return self._caller.bidirectional(EventServiceMethods.CONSUME, requests, options)

    def create_event_group(
        self, request: event_pb2.CreateEventGroupRequest, options: CallOptions | None = None
    ) -> UnaryCall[event_pb2.CreateEventGroupRequest, event_pb2.CreateEventGroupReply]:
        """CreateEventGroup adds a group, which the server keeps a place in the log for. Adding the same group
        again changes nothing. The group is its creator's: for other principals of the role channel alone,
        and for those bound to sale channels, it is not there. A group of somebody who is bound has events
        of its creator's sale channels alone; its filter names them. Names are one space: a name that
        anybody's group has is refused with ALREADY_EXISTS, which tells that it is taken and nothing else of
        that group.
        """
        return self._caller.unary(EventServiceMethods.CREATE_EVENT_GROUP, request, options)

    def list_event_groups(
        self, request: event_pb2.ListEventGroupsRequest, options: CallOptions | None = None
    ) -> UnaryCall[event_pb2.ListEventGroupsRequest, event_pb2.ListEventGroupsReply]:
        """ListEventGroups lists the caller's own groups, and to the desk's people of all sale channels every
        group: they may read every event, consume in every group, and have to see which one is behind or
        waits for its consumers.
        """
        return self._caller.unary(EventServiceMethods.LIST_EVENT_GROUPS, request, options)

    def delete_event_group(
        self, request: event_pb2.DeleteEventGroupRequest, options: CallOptions | None = None
    ) -> UnaryCall[event_pb2.DeleteEventGroupRequest, event_pb2.DeleteEventGroupReply]:
        """DeleteEventGroup forgets a group and its place; consumers at work end with NOT_FOUND. A group is
        deleted by its creator, by administrators, and by supervisors of all sale channels.
        """
        return self._caller.unary(EventServiceMethods.DELETE_EVENT_GROUP, request, options)
