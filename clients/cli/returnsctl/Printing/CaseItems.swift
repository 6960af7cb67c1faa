import MoneyFormat
import ReturnsAPI

/// What stands apart from the items of a case, since not everybody reads it, by the item's place in its list, from 0 on.
extension Returns_V1_Case {
    func pickupPlace(_ index: Int) -> Returns_V1_PickupPlace {
        pickupPlaces.first { Int($0.pickup) == index + 1 } ?? Returns_V1_PickupPlace()
    }

    func lineNote(_ index: Int) -> String {
        lineNotes.first { Int($0.line) == index + 1 }?.note ?? ""
    }

    func overrideReason(_ index: Int) -> String {
        overrideReasons.first { Int($0.decision) == index + 1 }?.reason ?? ""
    }

    func inspectionNote(_ index: Int) -> String {
        inspectionNotes.first { Int($0.inspection) == index + 1 }?.note ?? ""
    }

    func refundReasons(_ refundID: String) -> Returns_V1_RefundReasons {
        refundReasons.first { $0.refundID == refundID } ?? Returns_V1_RefundReasons()
    }

    func noticeText(_ index: Int) -> String {
        noticeTexts.first { Int($0.notice) == index + 1 }?.text ?? ""
    }

    func comments(_ index: Int) -> String {
        followUpComments.first { Int($0.followUp) == index + 1 }?.comments ?? ""
    }
}

extension Returns_V1_TimelineEntry {
    /// What happened, in the server's words.
    var words: String { text.isEmpty ? deskText : text }

    /// What somebody wrote.
    var quotes: [String] {
        [personalText, deskPersonalText, text.isEmpty ? "" : deskText].filter { !$0.isEmpty }
    }
}

extension Returns_V1_Withheld {
    /// What the reader does not see, and why.
    var text: String {
        let what =
            switch group {
            case .desk: "what the desk notes for itself"
            case .logistics: "where goods are fetched"
            case .personal: "the customer's data"
            case .deskPersonal: "what the desk writes of the customer"
            case .unspecified, .public, .engine, .UNRECOGNIZED: "fields of group \(word(group))"
            }
        return switch reason {
        case .sealed: "\(what): sealed, and this server has no key for it"
        case .erased: "\(what): erased"
        case .hidden, .unspecified, .UNRECOGNIZED: "\(what): not for your roles"
        }
    }
}

extension Returns_V1_ClosingNeed {
    /// What to do.
    func text(_ currency: String) -> String {
        switch kind {
        case .awaitedUnits:
            "\(units) awaited \(units == 1 ? "unit" : "units"): receive, report lost, or release by resolve"
        case .uninspectedUnits: "inspect \(counted(units, "received unit"))"
        case .undecidedUnits: "resolve \(counted(units, "refused unit"))"
        case .lostUnits: "resolve \(counted(units, "lost unit"))"
        case .refund: "refund \(MoneyFormat.text(amountMinor, currency))"
        case .refundResult: "record the result of the refund in progress"
        case .failedRefund: "retry or abandon the failed refund"
        case .goodsOut: "ship the goods that are owed"
        case .customerTold: "tell the customer"
        case .followUp: "follow up with the customer"
        case .document: "attach a document of type \(word(document))"
        case .unspecified, .UNRECOGNIZED: "\(word(kind)), which is newer than this program"
        }
    }
}

extension Returns_V1_Check {
    /// Whether an approval needs a supervisor's reason against it.
    var blocksApproval: Bool { result == .failed || result == .open }
}
