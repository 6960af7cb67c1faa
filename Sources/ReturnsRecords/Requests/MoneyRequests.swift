import ReturnsAPI
import ReturnsDomain

// Money back (R16, R17).

extension Returns_V1_RefundCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .refund(
            RefundOrder(
                refundID: refundID, amountMinor: hasAmountMinor ? amountMinor : nil,
                shippingMinor: shippingMinor,
                payments: payments.map(RefundShare.init),
                otherMethod: otherMethod, otherMethodReason: otherMethodReason))
    }
}

extension Returns_V1_RecordRefundRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .recordRefund(
            RefundReport(
                refundID: refundID, attempt: attempt == 0 ? nil : attempt,
                result: try result(), lost: hasLost ? LostRefund(lost) : nil))
    }
}

extension Returns_V1_AbandonRefundRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .abandonRefund(refundID: refundID, gatewayConfirmation: gatewayConfirmation)
    }
}

extension Returns_V1_GrantReturnlessRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .grantReturnless(reason: reason) }
}

extension RefundShare {
    init(_ proto: Returns_V1_RefundPayment) {
        self.init(reference: proto.reference, amountMinor: proto.amountMinor)
    }
}

extension LostRefund {
    fileprivate init(_ proto: Returns_V1_LostRefund) {
        self.init(
            amountMinor: proto.amountMinor, shippingMinor: proto.shippingMinor,
            payments: proto.payments.map(RefundShare.init), isAnother: proto.another)
    }
}

extension Returns_V1_RecordRefundRequest {
    fileprivate func result() throws(CaseRejection) -> RefundReport.Result {
        let status: RefundStatus = try self.status.required("status")
        switch status {
        case .succeeded:
            return .succeeded(
                voucher: voucher, document: Document(voucherDocument, isPresent: hasVoucherDocument))
        case .failed: return .failed(reason: failureReason)
        case .unknown: return .unknown
        case .inProgress, .abandoned:
            throw .invalid("VALUE_UNKNOWN", "status", "the gateway's answer is succeeded, failed or unknown")
        }
    }
}
