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
        try attach(document, field: "document")
        record(.documentAttached, "\(document.type)", .document(document.type), by: clerk)
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
