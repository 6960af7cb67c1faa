import ReturnsDomain
import ReturnsWire

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
        if request.hasLost { try await requireLostCase(request, context) }
        return try await take(request.target, context: context) { () throws(CaseRejection) in
            .recordRefund(
                RefundReport(
                    refundID: request.refundID, attempt: request.attempt == 0 ? nil : request.attempt,
                    result: try request.result(), lost: request.hasLost ? LostRefund(request.lost) : nil))
        }
    }

    /// A lost refund of another case is recorded here only if that case is gone, too.
    private func requireLostCase(_ request: Returns_V1_RecordRefundRequest, _ context: RCPCallContext)
        async throws
    {
        guard let other = RefundOrder.caseID(of: request.refundID), other.description != request.target.caseID
        else { return }
        guard try await engine.store(for: context).loadCase(other, deadline: context.deadline) == nil else {
            throw CaseRejection.invalid(
                "REFUND_OF_OTHER_CASE", "refund_id",
                "that is a refund of case \(other), which is there: record it there")
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
            payments: proto.payments.map(RefundShare.init))
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
