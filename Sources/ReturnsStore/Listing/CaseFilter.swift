import ReturnsDomain

/// Which cases a list gives: those for which all holds that is set here.
public struct CaseFilter: Hashable, Sendable {
    /// In one of these states; none means in any.
    public var states: Set<CaseState> = []
    /// The cases of an order; nil means those of all.
    public var among: [CaseID]?
    public var customerID = ""
    public var trackingNumber = ""
    /// Of one of these; none means of any.
    public var saleChannels: Set<String> = []
    /// Open, and with a department's part assigned to this person, or to this team.
    public var person = ""
    public var team = ""
    /// Changed at this time or later.
    public var changedSince: Instant?
    /// Open, and with a running clock that is due before this time.
    public var dueBefore: Instant?
    public var isOpenOnly = false
    /// The sale channels that the asker may see; nil means all. A case of another is as if it were not there.
    public var visibleSaleChannels: Set<String>?

    public init() {}

    /// Only open cases can match.
    var wantsOpen: Bool { isOpenOnly || !person.isEmpty || !team.isEmpty || dueBefore != nil }

    /// The states in which a case can match; nil where any will do.
    var possibleStates: Set<CaseState>? {
        guard !states.isEmpty else { return nil }
        return wantsOpen ? states.filter { !$0.isTerminal } : states
    }

    /// The sale channels whose cases can match; nil where any will do.
    var possibleSaleChannels: Set<String>? {
        guard !saleChannels.isEmpty else { return visibleSaleChannels }
        return visibleSaleChannels.map { saleChannels.intersection($0) } ?? saleChannels
    }

    /// No case can match.
    var isImpossible: Bool {
        possibleStates?.isEmpty ?? false || possibleSaleChannels?.isEmpty ?? false
    }

    /// All but customer and waybill.
    func matches(_ facts: CaseFacts) -> Bool {
        (possibleStates.map { facts.state.map($0.contains) ?? false } ?? true) && (!wantsOpen || facts.isOpen)
            && (possibleSaleChannels?.contains(facts.saleChannel) ?? true)
            && (person.isEmpty || facts.people.contains(person))
            && (team.isEmpty || facts.teams.contains(team))
            && (changedSince.map { facts.updatedAt >= $0 } ?? true)
            && (dueBefore.map { before in facts.firstDueAt.map { $0 < before } ?? false } ?? true)
    }

    func matches(_ value: Case) -> Bool {
        matches(CaseFacts(value))
            && (customerID.isEmpty || customerID == value.customerID)
            && (trackingNumber.isEmpty || value.shipments.contains { $0.trackingNumber == trackingNumber })
    }

    /// - Throws: `corrupt` where the record has to be looked into and cannot.
    func matches(_ stored: StoredCase) throws(StoreError) -> Bool {
        guard matches(stored.facts) else { return false }
        if customerID.isEmpty, trackingNumber.isEmpty { return true }
        let fields = try stored.fields()
        return (customerID.isEmpty || customerID == fields.customerID)
            && (trackingNumber.isEmpty || fields.shipments.contains { $0.trackingNo == trackingNumber })
    }
}

/// In which order a list gives its cases.
public enum CaseSort: Hashable, Sendable {
    /// By submission.
    case newest
    case oldest
    /// By the last change, the least recent first.
    case changed
    /// By the first of the running deadlines, the longest late first. Cases without one are not in it.
    case due
}

/// How far a page goes.
public struct CasePageLimits: Sendable {
    public var casesMax: Int
    /// It passes over no more cases than this, so that no call reads on without end.
    public var passedMax = 10_000
    /// It holds records of about this many bytes, or one case.
    public var bytesMax: Int
    /// A case with larger records is named instead of shown: no reply could hold it.
    public var caseBytesMax: Int
    /// What a reply with one case holds besides it, the cursor above all.
    private static let replyRestBytes = 1_024
    /// As many cases as this are read whole and put in order, instead of reading a longer listing on and on.
    var sourceMax: Int64 = 4_000
    /// A listing of no more cases than this is not worth looking for a shorter one.
    var narrowedMin: Int64 = 256

    /// - Parameter replyBytesMax: What the reader takes as one message, in which the records stand as they are.
    public init(casesMax: Int, replyBytesMax: Int = .max) {
        self.casesMax = casesMax
        bytesMax = min(1 << 20, replyBytesMax / 2)
        caseBytesMax = max(0, replyBytesMax - Self.replyRestBytes)
    }
}

/// A place in a list, behind one case.
public enum CasePlace: Hashable, Sendable {
    /// By submission: a case's id begins with its time.
    case id(CaseID)
    /// By the last change.
    case change(at: Instant, CaseID)
    /// By the deadline that a case stands at.
    case due(DuePlace)

    /// Whether lists of this order have such places.
    public func isOf(_ sort: CaseSort) -> Bool {
        switch (self, sort) {
        case (.id, .newest), (.id, .oldest), (.change, .changed), (.due, .due): true
        case (.id, _), (.change, _), (.due, _): false
        }
    }
}

extension CasePlace: LosslessStringConvertible {
    public var description: String {
        switch self {
        case .id(let id): "\(id)"
        case .change(let at, let id): "\(at)-\(id)"
        case .due(let place): "\(Self.duePrefix)\(place)"
        }
    }

    private static let duePrefix = "due-"

    /// - Returns: nil for a text that `description` does not write.
    public init?(_ text: String) {
        if text.hasPrefix(Self.duePrefix) {
            guard let place = DuePlace(String(text.dropFirst(Self.duePrefix.count))) else { return nil }
            self = .due(place)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let id = CaseID(parts[parts.count - 1]) else { return nil }
        if parts.count == 1 {
            self = .id(id)
        } else {
            guard let time = Int64(parts[0]), Instant(milliseconds: time).isRepresentable else { return nil }
            self = .change(at: Instant(milliseconds: time), id)
        }
        guard description == text else { return nil }
    }
}

/// Some of a list's cases.
public struct CasePage: Sendable {
    public internal(set) var cases: [StoredCase] = []
    /// Cases of which nobody can say whether they match, or which match and cannot be shown.
    public internal(set) var unread = UnreadRecords<CaseID>()
    /// Those whose records are above `CasePageLimits.caseBytesMax`.
    public internal(set) var tooLarge: [CaseID] = []
    /// Nil at the end of the list. A page that had to pass over too many cases can be empty and have more behind it.
    public internal(set) var next: CasePlace?
    /// Bytes that were read for it, about.
    public internal(set) var readBytes = 0

    var count: Int { cases.count + unread.count + tooLarge.count }
}
