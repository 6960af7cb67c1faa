import ReturnsAPI
import ReturnsDomain

extension Refund {
    var message: Returns_V1_Refund {
        .with {
            $0.refundID = id
            $0.status = status.message()
            $0.amountMinor = amountMinor
            $0.lines = lines.map(\.lineMessage)
            $0.shippingMinor = shippingMinor
            $0.payments = payments.map(\.paymentMessage)
            $0.otherMethod = otherMethod
            $0.attempts = attempts
            $0.voucher = voucher
            $0.startedAtMs = startedAt.milliseconds
            if let endedAt { $0.endedAtMs = endedAt.milliseconds }
            $0.overpaidMinor = overpaidMinor
            $0.overpaidLines = overpaidLines.map(\.lineMessage)
            $0.overpaidShippingMinor = overpaidShippingMinor
        }
    }

    /// Sums are checked where what is added up is known to be in range (`inconsistency`).
    init(_ message: Returns_V1_Refund) throws(RecordError) {
        self.init(
            id: message.refundID, status: try message.status.stored(),
            lines: message.lines.map(RefundShare.init), shippingMinor: message.shippingMinor,
            payments: message.payments.map(RefundShare.init), otherMethod: message.otherMethod,
            otherMethodReason: "", attempts: message.attempts, failureReason: "", voucher: message.voucher,
            startedAt: Instant(milliseconds: message.startedAtMs),
            endedAt: message.hasEndedAtMs ? Instant(milliseconds: message.endedAtMs) : nil,
            overpaidLines: message.overpaidLines.map(RefundShare.init),
            overpaidShippingMinor: message.overpaidShippingMinor)
        if let inconsistency { throw RecordError(what: inconsistency) }
        guard amountMinor == message.amountMinor, overpaidMinor == message.overpaidMinor else {
            throw RecordError(what: "a refund's amounts do not add up")
        }
    }
}

extension RefundShare {
    fileprivate var lineMessage: Returns_V1_RefundLine {
        .with {
            $0.lineID = reference
            $0.amountMinor = amountMinor
        }
    }

    fileprivate var paymentMessage: Returns_V1_RefundPayment {
        .with {
            $0.reference = reference
            $0.amountMinor = amountMinor
        }
    }

    fileprivate init(_ message: Returns_V1_RefundLine) {
        self.init(reference: message.lineID, amountMinor: message.amountMinor)
    }
}
