import ReturnsAPI

/// A document that a case lacks for closing (R19).
struct MissingPaper: Equatable {
    var type: Returns_V1_DocumentType
    /// Of a voucher: whose.
    var refundID = ""
    /// Of a voucher: the gateway's number, which tells whose it is.
    var reference = ""
}

extension Returns_V1_Case {
    /// In the order of the closing needs, a voucher for each refund that has none.
    var missingPapers: [MissingPaper] {
        closingNeeds.filter { $0.kind == .document }.flatMap { need in
            let type = need.document
            if !need.refundID.isEmpty {
                let voucher = refunds.first { $0.refundID == need.refundID }?.voucher ?? ""
                return [MissingPaper(type: type, refundID: need.refundID, reference: voucher)]
            }
            // Of a store below level 2 the server counts vouchers.
            let refunds = type == .refundVoucher ? refundsWithoutVoucher : []
            if refunds.isEmpty { return [MissingPaper(type: type)] }
            return refunds.map { MissingPaper(type: type, refundID: $0.refundID, reference: $0.voucher) }
        }
    }

    /// What is to do before closing, each thing once.
    var closingTexts: [String] {
        let needs = closingNeeds.filter { $0.kind != .document }.map { need in
            need.kind == .refundResult && OpenRefund.live(in: self)?.status == .prepared
                ? "confirm or give up the refund that is prepared" : need.text(currency)
        }
        return needs
            + missingPapers.map { paper in
                let refund = paper.refundID.isEmpty ? "" : " for refund \(paper.refundID)"
                let voucher = paper.reference.isEmpty ? "" : " (\(paper.reference))"
                return "attach a document of type \(word(paper.type))\(refund)\(voucher)"
            }
    }

    /// Those that succeeded and that no voucher names. A paper that names none counts for the first of them.
    private var refundsWithoutVoucher: [Returns_V1_Refund] {
        var open = refunds.filter { $0.status == .succeeded }
        var unnamed = 0
        for document in documents where document.type == .refundVoucher {
            let index = open.firstIndex {
                document.reference == $0.refundID || !$0.voucher.isEmpty && document.reference == $0.voucher
            }
            if let index { open.remove(at: index) } else { unnamed += 1 }
        }
        return Array(open.dropFirst(unnamed))
    }
}
