import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// Money back (R16, R17).
extension CaseService {
    func refundCase(_ request: Returns_V1_RefundCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .refund(
                RefundOrder(
                    refundID: request.refundID, amountMinor: request.amountMinor,
                    shippingMinor: request.shippingMinor,
                    payments: request.payments.map(RefundShare.init),
                    otherMethod: request.otherMethod, otherMethodReason: request.otherMethodReason))
        }
    }

    func recordRefund(_ request: Returns_V1_RecordRefundRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .recordRefund(
                RefundReport(
                    refundID: request.refundID, attempt: request.attempt == 0 ? nil : request.attempt,
                    result: try request.result(), lost: request.hasLost ? LostRefund(request.lost) : nil))
        }
    }

    func abandonRefund(_ request: Returns_V1_AbandonRefundRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .abandonRefund(refundID: request.refundID, gatewayConfirmation: request.gatewayConfirmation)
        }
    }

    func grantReturnless(_ request: Returns_V1_GrantReturnlessRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .grantReturnless(reason: request.reason) }
    }
}

extension RefundShare {
    fileprivate init(_ proto: Returns_V1_RefundPayment) {
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
