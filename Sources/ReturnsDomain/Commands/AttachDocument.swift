extension CommandRule {
    /// A paper or file of the case (R19).
    static let attachDocument = CommandRule(in: .all, leadsToTheEnd: true)
}

extension CaseDraft {
    mutating func attachDocument(_ document: Document) throws(CaseRejection) {
        let clerk = try acting(
            as: document.type.roles,
            "a document of type \(document.type) is attached by \(document.type.roles.map(\.description).joined(separator: ", "))"
        )
        var document = document
        document.refundID = try voucherRefund(document)
        let known = sameFileText(document.sha256, in: value.documents)
        try attach(document, field: "document")
        let refund = value.documents.last!.refundID
        record(
            .documentAttached, "\(document.type)" + (refund.isEmpty ? "" : " of refund \(refund)") + known,
            .document(document.type), by: clerk)
    }

    /// Which refund a voucher is of: the one that is named, or that its reference names, or the only one that lacks one.
    private func voucherRefund(_ document: Document) throws(CaseRejection) -> String {
        guard document.type == .refundVoucher else {
            guard document.refundID.isEmpty else {
                throw .invalid(
                    "REFUND_NOT_OF_DOCUMENT", "refund_id",
                    "only a refund_voucher is of a refund; leave refund_id out")
            }
            return ""
        }
        guard document.refundID.isEmpty else {
            _ = try refundIndex(document.refundID)
            return document.refundID
        }
        guard keeps.contains(.voucherRefunds) else { return "" }
        let open = value.refundsWithoutVoucher
        let named = open.first {
            document.reference == $0.id || (!$0.voucher.isEmpty && document.reference == $0.voucher)
        }
        if let named { return named.id }
        guard let only = open.first else { return "" }
        guard open.count == 1 else {
            throw refusal(
                "REFUND_REQUIRED",
                "say of which refund the voucher is: \(open.map(\.id).joined(separator: ", "))",
                field: "refund_id")
        }
        if let other = value.documents.first(where: {
            $0.type == .refundVoucher && $0.sha256 == document.sha256 && !$0.refundID.isEmpty
        }) {
            throw refusal(
                "DOCUMENT_KNOWN",
                "this file is the voucher of refund \(other.refundID) already; if it is that of \(only.id) too, say so with refund_id",
                field: "document.sha256")
        }
        return only.id
    }

    /// Says where the same file is attached already.
    func sameFileText(_ sha256: [UInt8], in documents: some Sequence<Document>) -> String {
        guard let known = documents.first(where: { $0.sha256 == sha256 }) else { return "" }
        return "; the same file is there as \(known.type)"
            + (known.refundID.isEmpty ? "" : " of refund \(known.refundID)")
    }
}

extension DocumentType {
    /// Whose paper it is: only they attach it, so that nobody completes another department's papers (R19, R22).
    public var roles: [Role] {
        switch self {
        case .application: [.channel, .service, .supervisor]
        case .waybill: [.channel, .logistics, .service, .supervisor]
        case .signedReceipt: [.warehouse, .service, .supervisor]
        case .inspectionReport: [.warehouse, .supervisor]
        case .refundVoucher: [.finance, .supervisor]
        case .other: [.channel, .service, .logistics, .warehouse, .finance, .supervisor]
        }
    }
}
