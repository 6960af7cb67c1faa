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
                otherMethod: otherMethod, otherMethodReason: otherMethodReason,
                method: try method.optional("method")))
    }
}

extension Returns_V1_RecordRefundRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .recordRefund(
            RefundReport(
                refundID: refundID, attempt: attempt == 0 ? nil : attempt,
                result: try result(), lost: hasLost ? LostRefund(lost) : nil,
                creditNote: creditNote))
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

extension Returns_V1_ConfirmRefundRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .confirmRefund(refundID: refundID) }
}

extension Returns_V1_RecordReturnedRefundRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .recordReturnedRefund(
            refundID: refundID, reason: reason, payments: payments.map(RefundShare.init))
    }
}

extension Returns_V1_DeductAmountRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .deduct(
            DeductionOrder(
                lineID: lineID, amountMinor: amountMinor, code: try code.required("code"), reason: reason))
    }
}

extension Returns_V1_TakeBackDeductionRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .takeBackDeduction(
            lineID: lineID, number: deduction == 0 ? nil : Int(deduction), reason: reason)
    }
}

extension Returns_V1_ConcedeAmountRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .concedeAmount(
            LineUnits(lineID: lineID, units: units), amountMinor: amountMinor, reason: reason)
    }
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
        case .returned:
            throw .invalid(
                "VALUE_UNKNOWN", "status",
                "that the bank sent a refund back is recorded with RecordReturnedRefund")
        case .prepared, .inProgress, .abandoned:
            throw .invalid("VALUE_UNKNOWN", "status", "the gateway's answer is succeeded, failed or unknown")
        }
    }
}
