"""Stubs of the services in returns/v1/webhook.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/webhook.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import webhook_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class WebhookServiceMethods:
    """What returns.v1.WebhookService offers, for servers and interceptors."""

    CREATE_WEBHOOK = Method(
        "returns.v1.WebhookService.CreateWebhook",
        0x0A01,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.CreateWebhookRequest,
        webhook_pb2.CreateWebhookReply,
    )
    LIST_WEBHOOKS = Method(
        "returns.v1.WebhookService.ListWebhooks",
        0x0A02,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        webhook_pb2.ListWebhooksRequest,
        webhook_pb2.ListWebhooksReply,
    )
    ENABLE_WEBHOOK = Method(
        "returns.v1.WebhookService.EnableWebhook",
        0x0A03,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.EnableWebhookRequest,
        webhook_pb2.EnableWebhookReply,
    )
    DISABLE_WEBHOOK = Method(
        "returns.v1.WebhookService.DisableWebhook",
        0x0A04,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.DisableWebhookRequest,
        webhook_pb2.DisableWebhookReply,
    )
    DELETE_WEBHOOK = Method(
        "returns.v1.WebhookService.DeleteWebhook",
        0x0A05,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.DeleteWebhookRequest,
        webhook_pb2.DeleteWebhookReply,
    )
    LIST_DELIVERIES = Method(
        "returns.v1.WebhookService.ListDeliveries",
        0x0A06,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        webhook_pb2.ListDeliveriesRequest,
        webhook_pb2.ListDeliveriesReply,
    )
    REDELIVER = Method(
        "returns.v1.WebhookService.Redeliver",
        0x0A07,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.RedeliverRequest,
        webhook_pb2.RedeliverReply,
    )
    TEST_WEBHOOK = Method(
        "returns.v1.WebhookService.TestWebhook",
        0x0A08,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.TestWebhookRequest,
        webhook_pb2.TestWebhookReply,
    )
    CONFIRM_RESYNC = Method(
        "returns.v1.WebhookService.ConfirmResync",
        0x0A09,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.ConfirmResyncRequest,
        webhook_pb2.ConfirmResyncReply,
    )
    UPDATE_WEBHOOK = Method(
        "returns.v1.WebhookService.UpdateWebhook",
        0x0A0A,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.UpdateWebhookRequest,
        webhook_pb2.UpdateWebhookReply,
    )
    ROTATE_WEBHOOK_SECRET = Method(
        "returns.v1.WebhookService.RotateWebhookSecret",
        0x0A0B,
        Kind.UNARY,
        Idempotency.MUTATION,
        webhook_pb2.RotateWebhookSecretRequest,
        webhook_pb2.RotateWebhookSecretReply,
    )


class WebhookServiceStub:
    """WebhookService posts each event to the addresses that were asked for: one event per HTTP POST, the body being the canonical JSON of Event (field names in lowerCamelCase, enumerations by name, 64-bit numbers as strings, fields at their default left out; an enumeration's value that the server does not know comes as its number), signed as the Standard Webhooks convention has it (headers webhook-id, webhook-timestamp, webhook-signature). Every event comes at least once; the receiver knows repetitions by webhook-id, the event's id. The events of one case come in order, but for those that were set aside. Any 2xx means that the event is taken; 410 disables the webhook. The log keeps events for a webhook up to a limit. Where a receiver is away for longer, the log goes past its webhook, which is then behind: it goes on with the oldest event that is kept. Before that it posts a notice, an Event of the type EVENT_TYPE_EVENTS_LOST with an id of its own and an EventsLostDetail: the events behind after_event_id up to through_event_id were not posted. The receiver reads the cases changed since changed_since_ms again, and ConfirmResync takes resynced_through_ms then; at_ms is the same. Several notices are confirmed together, by the latest of their times. The same notice, with store_set_back, tells that the store itself was set back and has lost changes: one for each partition, before any event that follows. What was posted of the partition's cases since changed_since_ms may never have happened: read again every case that was told of since then, also those that no list names."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def create_webhook(
        self, request: webhook_pb2.CreateWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.CreateWebhookRequest, webhook_pb2.CreateWebhookReply]:
        """CreateWebhook adds a webhook and tells its secret, this once; who repeats the call under its request
        id is told it again.
        """
        return self._caller.unary(WebhookServiceMethods.CREATE_WEBHOOK, request, options)

    def list_webhooks(
        self, request: webhook_pb2.ListWebhooksRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.ListWebhooksRequest, webhook_pb2.ListWebhooksReply]:
        """ListWebhooks shows how far each webhook has come, what it has lost, and what failed; never a secret."""
        return self._caller.unary(WebhookServiceMethods.LIST_WEBHOOKS, request, options)

    def enable_webhook(
        self, request: webhook_pb2.EnableWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.EnableWebhookRequest, webhook_pb2.EnableWebhookReply]:
        """EnableWebhook goes on where a disabled webhook stopped, or with the oldest event that is kept, and
        says how much was lost.
        """
        return self._caller.unary(WebhookServiceMethods.ENABLE_WEBHOOK, request, options)

    def disable_webhook(
        self, request: webhook_pb2.DisableWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.DisableWebhookRequest, webhook_pb2.DisableWebhookReply]:
        """DisableWebhook ends deliveries; events are not kept for it any longer than for anybody."""
        return self._caller.unary(WebhookServiceMethods.DISABLE_WEBHOOK, request, options)

    def delete_webhook(
        self, request: webhook_pb2.DeleteWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.DeleteWebhookRequest, webhook_pb2.DeleteWebhookReply]:
        """DeleteWebhook forgets a webhook, its secret, its place and its deliveries."""
        return self._caller.unary(WebhookServiceMethods.DELETE_WEBHOOK, request, options)

    def list_deliveries(
        self, request: webhook_pb2.ListDeliveriesRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.ListDeliveriesRequest, webhook_pb2.ListDeliveriesReply]:
        """ListDeliveries tells the latest attempts, the newest first, and the events that were set aside."""
        return self._caller.unary(WebhookServiceMethods.LIST_DELIVERIES, request, options)

    def redeliver(
        self, request: webhook_pb2.RedeliverRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.RedeliverRequest, webhook_pb2.RedeliverReply]:
        """Redeliver posts one event now, whatever the webhook's filter and state, and answers with what the
        receiver said; or puts the webhook back to a time, from which everything is delivered again.
        """
        return self._caller.unary(WebhookServiceMethods.REDELIVER, request, options)

    def test_webhook(
        self, request: webhook_pb2.TestWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.TestWebhookRequest, webhook_pb2.TestWebhookReply]:
        """TestWebhook posts a signed event of the type EVENT_TYPE_PING, and answers with what the receiver
        said.
        """
        return self._caller.unary(WebhookServiceMethods.TEST_WEBHOOK, request, options)

    def confirm_resync(
        self, request: webhook_pb2.ConfirmResyncRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.ConfirmResyncRequest, webhook_pb2.ConfirmResyncReply]:
        """ConfirmResync says that what a webhook has lost was read again; its loss is forgotten, and it is not
        behind any more. What was lost after the time in the request stays.
        """
        return self._caller.unary(WebhookServiceMethods.CONFIRM_RESYNC, request, options)

    def update_webhook(
        self, request: webhook_pb2.UpdateWebhookRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.UpdateWebhookRequest, webhook_pb2.UpdateWebhookReply]:
        """UpdateWebhook changes what the request gives of a webhook. Its place, its secret, its losses and its
        deliveries stay. A post that is under way ends where it began, and its event may come to the new
        address as well.
        """
        return self._caller.unary(WebhookServiceMethods.UPDATE_WEBHOOK, request, options)

    def rotate_webhook_secret(
        self, request: webhook_pb2.RotateWebhookSecretRequest, options: CallOptions | None = None
    ) -> UnaryCall[webhook_pb2.RotateWebhookSecretRequest, webhook_pb2.RotateWebhookSecretReply]:
        """RotateWebhookSecret gives a webhook another secret and tells it, this once; who repeats the call
        under its request id is told it again. Until the overlap ends each post is signed with both, the new
        one first: webhook-signature then holds two signatures with a space between, and a receiver goes by
        whichever fits its secret.
        """
        return self._caller.unary(WebhookServiceMethods.ROTATE_WEBHOOK_SECRET, request, options)
