"""Stubs of the services in returns/v1/order.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/order.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import order_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class OrderServiceMethods:
    """What returns.v1.OrderService offers, for servers and interceptors."""

    PUT_ORDER = Method(
        "returns.v1.OrderService.PutOrder",
        0x0201,
        Kind.UNARY,
        Idempotency.MUTATION,
        order_pb2.PutOrderRequest,
        order_pb2.PutOrderReply,
    )
    GET_ORDER = Method(
        "returns.v1.OrderService.GetOrder",
        0x0202,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        order_pb2.GetOrderRequest,
        order_pb2.GetOrderReply,
    )
    CHANGE_PAYMENTS = Method(
        "returns.v1.OrderService.ChangePayments",
        0x0203,
        Kind.UNARY,
        Idempotency.MUTATION,
        order_pb2.ChangePaymentsRequest,
        order_pb2.ChangePaymentsReply,
    )


class OrderServiceStub:
    """OrderService takes the orders that return cases refer to."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def put_order(
        self, request: order_pb2.PutOrderRequest, options: CallOptions | None = None
    ) -> UnaryCall[order_pb2.PutOrderRequest, order_pb2.PutOrderReply]:
        """PutOrder creates an order or brings it up to date. The same content again changes nothing. An order
        without a case is kept for a time only, counted anew from each push (expires_at_ms). Once the order
        has a case, a push that alters or removes a payment, changes their order, or lowers what was paid is
        refused whole; one that adds payments behind the known ones passes.
        """
        return self._caller.unary(OrderServiceMethods.PUT_ORDER, request, options)

    def get_order(
        self, request: order_pb2.GetOrderRequest, options: CallOptions | None = None
    ) -> UnaryCall[order_pb2.GetOrderRequest, order_pb2.GetOrderReply]:
        """GetOrder reads one order with its unit and money ledgers and its own timeline. One that is kept no
        longer is NOT_FOUND, as one that never was; the text says how long orders without cases are kept.
        """
        return self._caller.unary(OrderServiceMethods.GET_ORDER, request, options)

    def change_payments(
        self, request: order_pb2.ChangePaymentsRequest, options: CallOptions | None = None
    ) -> UnaryCall[order_pb2.ChangePaymentsRequest, order_pb2.ChangePaymentsReply]:
        """ChangePayments gives an order with cases another set of payments. The order's timeline tells it with
        the reason, then the story of each of its cases does, also when the server ends in between. Whoever
        inspected goods, conceded units or granted a return without goods in a case of the order does not
        change its payments.
        """
        return self._caller.unary(OrderServiceMethods.CHANGE_PAYMENTS, request, options)
