"""Stubs of the services in returns/v1/case_service.proto.

Written by tools/protoc_gen_rcp_python.py from returns/v1/case_service.proto: do not edit.
"""

from __future__ import annotations

from returns_client._generated.returns.v1 import case_pb2
from returns_client._generated.returns.v1 import case_service_pb2
from returns_client._generated.returns.v1 import explain_pb2
from returns_client.calls import Caller, UnaryCall
from returns_client.methods import Idempotency, Kind, Method
from returns_client.options import CallOptions


class CaseServiceMethods:
    """What returns.v1.CaseService offers, for servers and interceptors."""

    SUBMIT_CASE = Method(
        "returns.v1.CaseService.SubmitCase",
        0x0301,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_pb2.SubmitCaseRequest,
        case_service_pb2.CaseReply,
    )
    GET_CASE = Method(
        "returns.v1.CaseService.GetCase",
        0x0302,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        case_service_pb2.GetCaseRequest,
        case_service_pb2.GetCaseReply,
    )
    LIST_CASES = Method(
        "returns.v1.CaseService.ListCases",
        0x0303,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        case_service_pb2.ListCasesRequest,
        case_service_pb2.ListCasesReply,
    )
    GET_TIMELINE = Method(
        "returns.v1.CaseService.GetTimeline",
        0x0304,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        case_service_pb2.GetTimelineRequest,
        case_service_pb2.GetTimelineReply,
    )
    ALLOWED_COMMANDS = Method(
        "returns.v1.CaseService.AllowedCommands",
        0x0305,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        case_service_pb2.AllowedCommandsRequest,
        case_service_pb2.AllowedCommandsReply,
    )
    VERIFY_CASE = Method(
        "returns.v1.CaseService.VerifyCase",
        0x0310,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.VerifyCaseRequest,
        case_service_pb2.CaseReply,
    )
    REQUEST_INFO = Method(
        "returns.v1.CaseService.RequestInfo",
        0x0311,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RequestInfoRequest,
        case_service_pb2.CaseReply,
    )
    PROVIDE_INFO = Method(
        "returns.v1.CaseService.ProvideInfo",
        0x0312,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ProvideInfoRequest,
        case_service_pb2.CaseReply,
    )
    APPROVE_CASE = Method(
        "returns.v1.CaseService.ApproveCase",
        0x0313,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ApproveCaseRequest,
        case_service_pb2.CaseReply,
    )
    REJECT_CASE = Method(
        "returns.v1.CaseService.RejectCase",
        0x0314,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RejectCaseRequest,
        case_service_pb2.CaseReply,
    )
    APPEAL_CASE = Method(
        "returns.v1.CaseService.AppealCase",
        0x0315,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AppealCaseRequest,
        case_service_pb2.CaseReply,
    )
    ACCEPT_ALTERNATIVE = Method(
        "returns.v1.CaseService.AcceptAlternative",
        0x0316,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AcceptAlternativeRequest,
        case_service_pb2.CaseReply,
    )
    SCHEDULE_PICKUP = Method(
        "returns.v1.CaseService.SchedulePickup",
        0x0317,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.SchedulePickupRequest,
        case_service_pb2.CaseReply,
    )
    RECORD_PICKUP = Method(
        "returns.v1.CaseService.RecordPickup",
        0x0318,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RecordPickupRequest,
        case_service_pb2.CaseReply,
    )
    SHIP_CASE = Method(
        "returns.v1.CaseService.ShipCase",
        0x0319,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ShipCaseRequest,
        case_service_pb2.CaseReply,
    )
    TRACK_SHIPMENT = Method(
        "returns.v1.CaseService.TrackShipment",
        0x031A,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.TrackShipmentRequest,
        case_service_pb2.CaseReply,
    )
    REPORT_EXCEPTION = Method(
        "returns.v1.CaseService.ReportException",
        0x031B,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ReportExceptionRequest,
        case_service_pb2.CaseReply,
    )
    FOUND_GOODS = Method(
        "returns.v1.CaseService.FoundGoods",
        0x031C,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.FoundGoodsRequest,
        case_service_pb2.CaseReply,
    )
    RECEIVE_GOODS = Method(
        "returns.v1.CaseService.ReceiveGoods",
        0x031D,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ReceiveGoodsRequest,
        case_service_pb2.CaseReply,
    )
    INSPECT_GOODS = Method(
        "returns.v1.CaseService.InspectGoods",
        0x031E,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.InspectGoodsRequest,
        case_service_pb2.CaseReply,
    )
    TELL_CUSTOMER = Method(
        "returns.v1.CaseService.TellCustomer",
        0x031F,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.TellCustomerRequest,
        case_service_pb2.CaseReply,
    )
    RESOLVE_UNITS = Method(
        "returns.v1.CaseService.ResolveUnits",
        0x0320,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ResolveUnitsRequest,
        case_service_pb2.CaseReply,
    )
    REFUND_CASE = Method(
        "returns.v1.CaseService.RefundCase",
        0x0321,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RefundCaseRequest,
        case_service_pb2.CaseReply,
    )
    RECORD_REFUND = Method(
        "returns.v1.CaseService.RecordRefund",
        0x0322,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RecordRefundRequest,
        case_service_pb2.CaseReply,
    )
    ABANDON_REFUND = Method(
        "returns.v1.CaseService.AbandonRefund",
        0x0323,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AbandonRefundRequest,
        case_service_pb2.CaseReply,
    )
    SHIP_BACK = Method(
        "returns.v1.CaseService.ShipBack",
        0x0324,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ShipBackRequest,
        case_service_pb2.CaseReply,
    )
    SHIP_EXCHANGE = Method(
        "returns.v1.CaseService.ShipExchange",
        0x0325,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ShipExchangeRequest,
        case_service_pb2.CaseReply,
    )
    GRANT_RETURNLESS = Method(
        "returns.v1.CaseService.GrantReturnless",
        0x0326,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.GrantReturnlessRequest,
        case_service_pb2.CaseReply,
    )
    WITHDRAW_CASE = Method(
        "returns.v1.CaseService.WithdrawCase",
        0x0327,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.WithdrawCaseRequest,
        case_service_pb2.CaseReply,
    )
    RECORD_FOLLOW_UP = Method(
        "returns.v1.CaseService.RecordFollowUp",
        0x0328,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RecordFollowUpRequest,
        case_service_pb2.CaseReply,
    )
    CLOSE_CASE = Method(
        "returns.v1.CaseService.CloseCase",
        0x0329,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.CloseCaseRequest,
        case_service_pb2.CaseReply,
    )
    CANCEL_CASE = Method(
        "returns.v1.CaseService.CancelCase",
        0x032A,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.CancelCaseRequest,
        case_service_pb2.CaseReply,
    )
    REOPEN_CASE = Method(
        "returns.v1.CaseService.ReopenCase",
        0x032B,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ReopenCaseRequest,
        case_service_pb2.CaseReply,
    )
    ADD_NOTE = Method(
        "returns.v1.CaseService.AddNote",
        0x032C,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AddNoteRequest,
        case_service_pb2.CaseReply,
    )
    ATTACH_DOCUMENT = Method(
        "returns.v1.CaseService.AttachDocument",
        0x032D,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AttachDocumentRequest,
        case_service_pb2.CaseReply,
    )
    PAUSE_CLOCK = Method(
        "returns.v1.CaseService.PauseClock",
        0x032E,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.PauseClockRequest,
        case_service_pb2.CaseReply,
    )
    RESUME_CLOCK = Method(
        "returns.v1.CaseService.ResumeClock",
        0x032F,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ResumeClockRequest,
        case_service_pb2.CaseReply,
    )
    EXTEND_CLOCK = Method(
        "returns.v1.CaseService.ExtendClock",
        0x0330,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ExtendClockRequest,
        case_service_pb2.CaseReply,
    )
    ASSIGN_CASE = Method(
        "returns.v1.CaseService.AssignCase",
        0x0331,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AssignCaseRequest,
        case_service_pb2.CaseReply,
    )
    AGREE_EXCHANGE = Method(
        "returns.v1.CaseService.AgreeExchange",
        0x0339,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.AgreeExchangeRequest,
        case_service_pb2.CaseReply,
    )
    CANCEL_EXCHANGE = Method(
        "returns.v1.CaseService.CancelExchange",
        0x033A,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.CancelExchangeRequest,
        case_service_pb2.CaseReply,
    )
    CORRECT_RECEIPT = Method(
        "returns.v1.CaseService.CorrectReceipt",
        0x0337,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.CorrectReceiptRequest,
        case_service_pb2.CaseReply,
    )
    CORRECT_INSPECTION = Method(
        "returns.v1.CaseService.CorrectInspection",
        0x0338,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.CorrectInspectionRequest,
        case_service_pb2.CaseReply,
    )
    EXPLAIN_CASE = Method(
        "returns.v1.CaseService.ExplainCase",
        0x033C,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        explain_pb2.ExplainCaseRequest,
        explain_pb2.ExplainCaseReply,
    )
    LIST_REFUNDS = Method(
        "returns.v1.CaseService.ListRefunds",
        0x033D,
        Kind.UNARY,
        Idempotency.READ_ONLY,
        case_service_pb2.ListRefundsRequest,
        case_service_pb2.ListRefundsReply,
    )
    DEDUCT_AMOUNT = Method(
        "returns.v1.CaseService.DeductAmount",
        0x0332,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.DeductAmountRequest,
        case_service_pb2.CaseReply,
    )
    TAKE_BACK_DEDUCTION = Method(
        "returns.v1.CaseService.TakeBackDeduction",
        0x0333,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.TakeBackDeductionRequest,
        case_service_pb2.CaseReply,
    )
    CONFIRM_REFUND = Method(
        "returns.v1.CaseService.ConfirmRefund",
        0x0336,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ConfirmRefundRequest,
        case_service_pb2.CaseReply,
    )
    RECORD_RETURNED_REFUND = Method(
        "returns.v1.CaseService.RecordReturnedRefund",
        0x0335,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.RecordReturnedRefundRequest,
        case_service_pb2.CaseReply,
    )
    CONCEDE_AMOUNT = Method(
        "returns.v1.CaseService.ConcedeAmount",
        0x0334,
        Kind.UNARY,
        Idempotency.MUTATION,
        case_service_pb2.ConcedeAmountRequest,
        case_service_pb2.CaseReply,
    )


class CaseServiceStub:
    """The methods of returns.v1.CaseService."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def submit_case(
        self, request: case_pb2.SubmitCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_pb2.SubmitCaseRequest, case_service_pb2.CaseReply]:
        """SubmitCase opens a case and reserves its units on the order (R3, R4)."""
        return self._caller.unary(CaseServiceMethods.SUBMIT_CASE, request, options)

    def get_case(
        self, request: case_service_pb2.GetCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.GetCaseRequest, case_service_pb2.GetCaseReply]:
        """GetCase reads one case: the groups of its fields that the caller may read."""
        return self._caller.unary(CaseServiceMethods.GET_CASE, request, options)

    def list_cases(
        self, request: case_service_pb2.ListCasesRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ListCasesRequest, case_service_pb2.ListCasesReply]:
        """ListCases lists the cases for which all holds that the request asks for, page by page. What is
        promised while cases change meanwhile is said at CaseSort.
        """
        return self._caller.unary(CaseServiceMethods.LIST_CASES, request, options)

    def get_timeline(
        self, request: case_service_pb2.GetTimelineRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.GetTimelineRequest, case_service_pb2.GetTimelineReply]:
        """GetTimeline tells a case's story page by page, from either end."""
        return self._caller.unary(CaseServiceMethods.GET_TIMELINE, request, options)

    def allowed_commands(
        self, request: case_service_pb2.AllowedCommandsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AllowedCommandsRequest, case_service_pb2.AllowedCommandsReply]:
        """AllowedCommands lists what can be done with a case now, and which roles may."""
        return self._caller.unary(CaseServiceMethods.ALLOWED_COMMANDS, request, options)

    def verify_case(
        self, request: case_service_pb2.VerifyCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.VerifyCaseRequest, case_service_pb2.CaseReply]:
        """VerifyCase records that the customer and the order were verified (R5)."""
        return self._caller.unary(CaseServiceMethods.VERIFY_CASE, request, options)

    def request_info(
        self, request: case_service_pb2.RequestInfoRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RequestInfoRequest, case_service_pb2.CaseReply]:
        """RequestInfo asks the customer a question; the review waits for the answer (R6)."""
        return self._caller.unary(CaseServiceMethods.REQUEST_INFO, request, options)

    def provide_info(
        self, request: case_service_pb2.ProvideInfoRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ProvideInfoRequest, case_service_pb2.CaseReply]:
        """ProvideInfo records the customer's answer, and the review goes on."""
        return self._caller.unary(CaseServiceMethods.PROVIDE_INFO, request, options)

    def approve_case(
        self, request: case_service_pb2.ApproveCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ApproveCaseRequest, case_service_pb2.CaseReply]:
        """ApproveCase approves the return (R7); a failed check needs a supervisor's reason."""
        return self._caller.unary(CaseServiceMethods.APPROVE_CASE, request, options)

    def reject_case(
        self, request: case_service_pb2.RejectCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RejectCaseRequest, case_service_pb2.CaseReply]:
        """RejectCase refuses the return with a code, a reason and an alternative (R8)."""
        return self._caller.unary(CaseServiceMethods.REJECT_CASE, request, options)

    def appeal_case(
        self, request: case_service_pb2.AppealCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AppealCaseRequest, case_service_pb2.CaseReply]:
        """AppealCase asks for another review of a rejection, by another reviewer (R8)."""
        return self._caller.unary(CaseServiceMethods.APPEAL_CASE, request, options)

    def accept_alternative(
        self, request: case_service_pb2.AcceptAlternativeRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AcceptAlternativeRequest, case_service_pb2.CaseReply]:
        """AcceptAlternative records that the customer takes what was offered instead of the return (R8)."""
        return self._caller.unary(CaseServiceMethods.ACCEPT_ALTERNATIVE, request, options)

    def schedule_pickup(
        self, request: case_service_pb2.SchedulePickupRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.SchedulePickupRequest, case_service_pb2.CaseReply]:
        """SchedulePickup agrees a pickup window, or a new one (R11)."""
        return self._caller.unary(CaseServiceMethods.SCHEDULE_PICKUP, request, options)

    def record_pickup(
        self, request: case_service_pb2.RecordPickupRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RecordPickupRequest, case_service_pb2.CaseReply]:
        """RecordPickup records how a pickup ended (R11); that goods were collected, logistics only."""
        return self._caller.unary(CaseServiceMethods.RECORD_PICKUP, request, options)

    def ship_case(
        self, request: case_service_pb2.ShipCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ShipCaseRequest, case_service_pb2.CaseReply]:
        """ShipCase records the customer's own carrier and waybill (R12), also of a further parcel with what is
        still awaited.
        """
        return self._caller.unary(CaseServiceMethods.SHIP_CASE, request, options)

    def track_shipment(
        self, request: case_service_pb2.TrackShipmentRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.TrackShipmentRequest, case_service_pb2.CaseReply]:
        """TrackShipment records what the carrier tells of a parcel (R12)."""
        return self._caller.unary(CaseServiceMethods.TRACK_SHIPMENT, request, options)

    def report_exception(
        self, request: case_service_pb2.ReportExceptionRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ReportExceptionRequest, case_service_pb2.CaseReply]:
        """ReportException records that units on their way were lost or refused (R12)."""
        return self._caller.unary(CaseServiceMethods.REPORT_EXCEPTION, request, options)

    def found_goods(
        self, request: case_service_pb2.FoundGoodsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.FoundGoodsRequest, case_service_pb2.CaseReply]:
        """FoundGoods records that lost units turned up."""
        return self._caller.unary(CaseServiceMethods.FOUND_GOODS, request, options)

    def receive_goods(
        self, request: case_service_pb2.ReceiveGoodsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ReceiveGoodsRequest, case_service_pb2.CaseReply]:
        """ReceiveGoods counts what arrived; partial and repeated receipts are usual."""
        return self._caller.unary(CaseServiceMethods.RECEIVE_GOODS, request, options)

    def inspect_goods(
        self, request: case_service_pb2.InspectGoodsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.InspectGoodsRequest, case_service_pb2.CaseReply]:
        """InspectGoods records the inspection per line (R13, R14, R15). Whoever changed the payments of the
        order inspects none of its goods, and makes no money owed by ResolveUnits or GrantReturnless.
        """
        return self._caller.unary(CaseServiceMethods.INSPECT_GOODS, request, options)

    def tell_customer(
        self, request: case_service_pb2.TellCustomerRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.TellCustomerRequest, case_service_pb2.CaseReply]:
        """TellCustomer records that the customer was told what is due to be told (R7, R8, R15, R17). Clocks of
        the customer's own start by it.
        """
        return self._caller.unary(CaseServiceMethods.TELL_CUSTOMER, request, options)

    def resolve_units(
        self, request: case_service_pb2.ResolveUnitsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ResolveUnitsRequest, case_service_pb2.CaseReply]:
        """ResolveUnits decides over refused and lost units, and releases awaited ones; concessions are a
        supervisor's who did not change the payments of the order.
        """
        return self._caller.unary(CaseServiceMethods.RESOLVE_UNITS, request, options)

    def refund_case(
        self, request: case_service_pb2.RefundCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RefundCaseRequest, case_service_pb2.CaseReply]:
        """RefundCase starts a refund, or retries the failed one under its id (R16). Finance starts it, a
        supervisor only by another method; the system only retries. Whoever inspected goods of the case,
        conceded or deducted money, granted it without goods or changed the payments of its order, has no
        part in its refunds: neither here nor in ConfirmRefund, RecordRefund, RecordReturnedRefund and
        AbandonRefund.
        """
        return self._caller.unary(CaseServiceMethods.REFUND_CASE, request, options)

    def record_refund(
        self, request: case_service_pb2.RecordRefundRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RecordRefundRequest, case_service_pb2.CaseReply]:
        """RecordRefund records what the gateway said. The same result again is answered in the same way, and
        changes nothing. A success counts late, too, of a refund that was abandoned, also when the case is
        closed: what is no longer owed by then is overpaid, and said in the story and by refund_overpaid. Of
        a refund whose start was lost finance records both in one, also while refunds wait for the
        reconciliation.
        """
        return self._caller.unary(CaseServiceMethods.RECORD_REFUND, request, options)

    def abandon_refund(
        self, request: case_service_pb2.AbandonRefundRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AbandonRefundRequest, case_service_pb2.CaseReply]:
        """AbandonRefund gives up a refund that the gateway confirms dead, or that waits for a second person;
        its amount is due again. A supervisor gives up the latter alone.
        """
        return self._caller.unary(CaseServiceMethods.ABANDON_REFUND, request, options)

    def ship_back(
        self, request: case_service_pb2.ShipBackRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ShipBackRequest, case_service_pb2.CaseReply]:
        """ShipBack records that refused, withdrawn or undeclared goods went back to the customer."""
        return self._caller.unary(CaseServiceMethods.SHIP_BACK, request, options)

    def ship_exchange(
        self, request: case_service_pb2.ShipExchangeRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ShipExchangeRequest, case_service_pb2.CaseReply]:
        """ShipExchange records that replacement goods went out."""
        return self._caller.unary(CaseServiceMethods.SHIP_EXCHANGE, request, options)

    def grant_returnless(
        self, request: case_service_pb2.GrantReturnlessRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.GrantReturnlessRequest, case_service_pb2.CaseReply]:
        """GrantReturnless makes all awaited units owed without the goods, as the policy allows. Whoever
        changed the payments of the order grants nothing.
        """
        return self._caller.unary(CaseServiceMethods.GRANT_RETURNLESS, request, options)

    def withdraw_case(
        self, request: case_service_pb2.WithdrawCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.WithdrawCaseRequest, case_service_pb2.CaseReply]:
        """WithdrawCase records that the customer takes the goods back on arrival."""
        return self._caller.unary(CaseServiceMethods.WITHDRAW_CASE, request, options)

    def record_follow_up(
        self, request: case_service_pb2.RecordFollowUpRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RecordFollowUpRequest, case_service_pb2.CaseReply]:
        """RecordFollowUp records an attempt to ask the customer afterwards (R18)."""
        return self._caller.unary(CaseServiceMethods.RECORD_FOLLOW_UP, request, options)

    def close_case(
        self, request: case_service_pb2.CloseCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.CloseCaseRequest, case_service_pb2.CaseReply]:
        """CloseCase ends a case of which nothing is open any more (R18, R19)."""
        return self._caller.unary(CaseServiceMethods.CLOSE_CASE, request, options)

    def cancel_case(
        self, request: case_service_pb2.CancelCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.CancelCaseRequest, case_service_pb2.CaseReply]:
        """CancelCase ends a case before its goods are on their way."""
        return self._caller.unary(CaseServiceMethods.CANCEL_CASE, request, options)

    def reopen_case(
        self, request: case_service_pb2.ReopenCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ReopenCaseRequest, case_service_pb2.CaseReply]:
        """ReopenCase goes on with a case that has expired or was closed."""
        return self._caller.unary(CaseServiceMethods.REOPEN_CASE, request, options)

    def add_note(
        self, request: case_service_pb2.AddNoteRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AddNoteRequest, case_service_pb2.CaseReply]:
        """AddNote adds what the desk tells itself of the customer or the case; others read that there is a
        note.
        """
        return self._caller.unary(CaseServiceMethods.ADD_NOTE, request, options)

    def attach_document(
        self, request: case_service_pb2.AttachDocumentRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AttachDocumentRequest, case_service_pb2.CaseReply]:
        """AttachDocument records a paper or file of the case (R19). Each type is attached by those whose paper
        it is: application by channel and service; waybill by these and logistics; signed receipt by
        warehouse and service; inspection report by warehouse; refund voucher by finance; a supervisor any;
        other papers by all of them.
        """
        return self._caller.unary(CaseServiceMethods.ATTACH_DOCUMENT, request, options)

    def pause_clock(
        self, request: case_service_pb2.PauseClockRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.PauseClockRequest, case_service_pb2.CaseReply]:
        """PauseClock holds a running clock, with a reason and to an end, at which it goes on by itself."""
        return self._caller.unary(CaseServiceMethods.PAUSE_CLOCK, request, options)

    def resume_clock(
        self, request: case_service_pb2.ResumeClockRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ResumeClockRequest, case_service_pb2.CaseReply]:
        """ResumeClock lets a paused clock go on."""
        return self._caller.unary(CaseServiceMethods.RESUME_CLOCK, request, options)

    def extend_clock(
        self, request: case_service_pb2.ExtendClockRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ExtendClockRequest, case_service_pb2.CaseReply]:
        """ExtendClock grants a running clock more time; of one that was breached it is refused."""
        return self._caller.unary(CaseServiceMethods.EXTEND_CLOCK, request, options)

    def assign_case(
        self, request: case_service_pb2.AssignCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AssignCaseRequest, case_service_pb2.CaseReply]:
        """AssignCase gives a department's part of a case to a person or team. Departments do so among
        themselves, supervisors everywhere.
        """
        return self._caller.unary(CaseServiceMethods.ASSIGN_CASE, request, options)

    def agree_exchange(
        self, request: case_service_pb2.AgreeExchangeRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.AgreeExchangeRequest, case_service_pb2.CaseReply]:
        """AgreeExchange gives accepted units in exchange for goods, of the same or another SKU, instead of
        money: their share is not owed any more. Only of units that were not refunded and are in no refund.
        The goods go out by ShipExchange. A price difference is settled outside the refunds, and recorded
        with how; waiving what the customer owes is a supervisor's.
        """
        return self._caller.unary(CaseServiceMethods.AGREE_EXCHANGE, request, options)

    def cancel_exchange(
        self, request: case_service_pb2.CancelExchangeRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.CancelExchangeRequest, case_service_pb2.CaseReply]:
        """CancelExchange takes such an exchange back while its goods have not gone out: the units' share is
        owed again. Whoever changed the payments of the order cancels none.
        """
        return self._caller.unary(CaseServiceMethods.CANCEL_EXCHANGE, request, options)

    def correct_receipt(
        self, request: case_service_pb2.CorrectReceiptRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.CorrectReceiptRequest, case_service_pb2.CaseReply]:
        """CorrectReceipt takes back units that were booked as received and did not come: they are awaited
        again. Units that are inspected stay, until CorrectInspection takes them back.
        """
        return self._caller.unary(CaseServiceMethods.CORRECT_RECEIPT, request, options)

    def correct_inspection(
        self, request: case_service_pb2.CorrectInspectionRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.CorrectInspectionRequest, case_service_pb2.CaseReply]:
        """CorrectInspection puts another finding in the place of all inspections of a line, while no money was
        paid or is in flight for the units that are not accepted any more. Whoever changed the payments of
        the order corrects none.
        """
        return self._caller.unary(CaseServiceMethods.CORRECT_INSPECTION, request, options)

    def explain_case(
        self, request: explain_pb2.ExplainCaseRequest, options: CallOptions | None = None
    ) -> UnaryCall[explain_pb2.ExplainCaseRequest, explain_pb2.ExplainCaseReply]:
        """ExplainCase derives each amount and each deadline of a case, step by step."""
        return self._caller.unary(CaseServiceMethods.EXPLAIN_CASE, request, options)

    def list_refunds(
        self, request: case_service_pb2.ListRefundsRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ListRefundsRequest, case_service_pb2.ListRefundsReply]:
        """ListRefunds lists the refunds that are to be made, and those that were started and have not ended,
        page by page, with the sums of all of them.
        """
        return self._caller.unary(CaseServiceMethods.LIST_REFUNDS, request, options)

    def deduct_amount(
        self, request: case_service_pb2.DeductAmountRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.DeductAmountRequest, case_service_pb2.CaseReply]:
        """DeductAmount keeps a part of what is owed for a line and neither refunded nor in flight: a fee, or
        what the goods lost in worth. Up to the policy's share of the line (deduction_percent_max) service
        and warehouse may, above it a supervisor. Whoever changed the payments of the order deducts nothing.
        """
        return self._caller.unary(CaseServiceMethods.DEDUCT_AMOUNT, request, options)

    def take_back_deduction(
        self, request: case_service_pb2.TakeBackDeductionRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.TakeBackDeductionRequest, case_service_pb2.CaseReply]:
        """TakeBackDeduction takes a deduction back that is not right, or not right any more; its amount is
        owed again.
        """
        return self._caller.unary(CaseServiceMethods.TAKE_BACK_DEDUCTION, request, options)

    def confirm_refund(
        self, request: case_service_pb2.ConfirmRefundRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ConfirmRefundRequest, case_service_pb2.CaseReply]:
        """ConfirmRefund lets a refund start that somebody else prepared, since it is above the policy's amount
        (second_person_above_minor). Who does not confirm it gives it up by AbandonRefund.
        """
        return self._caller.unary(CaseServiceMethods.CONFIRM_REFUND, request, options)

    def record_returned_refund(
        self, request: case_service_pb2.RecordReturnedRefundRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.RecordReturnedRefundRequest, case_service_pb2.CaseReply]:
        """RecordReturnedRefund records that the bank sent a refund back that had succeeded: its amount is due
        again, and the customer has to be told. A closed case opens again.
        """
        return self._caller.unary(CaseServiceMethods.RECORD_RETURNED_REFUND, request, options)

    def concede_amount(
        self, request: case_service_pb2.ConcedeAmountRequest, options: CallOptions | None = None
    ) -> UnaryCall[case_service_pb2.ConcedeAmountRequest, case_service_pb2.CaseReply]:
        """ConcedeAmount pays an amount for refused units that the customer takes back and keeps, up to what
        they were worth. The units go back. Whoever changed the payments of the order concedes nothing.
        """
        return self._caller.unary(CaseServiceMethods.CONCEDE_AMOUNT, request, options)
