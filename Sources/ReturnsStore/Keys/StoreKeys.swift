import ReturnsDomain
import ReturnsRecords

/// The key schema: the only place that names a Redis key. Every key of a partition carries the hash tag `{pNN}`, so
/// that one commit is atomic on a single Redis and on Redis Cluster alike.
///
///     {pNN}:order:CHANNEL:NUMBER      hash    v version, b body
///     {pNN}:order-timeline:CHANNEL:NUMBER  list  one encoded entry each, at most CountLimits.orderEntriesMax
///     {pNN}:orders-without-cases      zset    score: delivery or last push, the later; member: CHANNEL:NUMBER
///     {pNN}:case:ID                   hash    v version, b body, p personal data, f what lists filter by, r the run that it was
///                                             opened in
///     {pNN}:timeline:ID               list    one encoded entry each
///     {pNN}:lost-refunds              hash    id of a refund of a case that is gone → the case that has claimed it, to record it,
///                                             and when; see LostRefundClaim
///     {pNN}:lost-refund-fence         hash    v: what commits that record such refunds at cases of this partition go by
///     {pNN}:request:ID                string  fingerprint and outcome; expires
///     {pNN}:deadlines                 zset    score: next firing; member: case/clock/ordinal; or score: when the order's
///                                             timeline went on; member: case/untold, as long as its story lags behind
///     {pNN}:running:KIND              zset    score: due time; the same members, also of clocks that fired all they have,
///                                             and from writer level 2 on of paused ones that were breached before
///     {pNN}:paused:KIND               zset    the same of the clocks that are paused, at their due time as it stands; from writer
///                                             level 2 on
///     {pNN}:outbox                    stream  events; a consumer group of it is named NAME@INSTANCE
///     {pNN}:outbox:trimmed            string  id of the last event that was trimmed: the watermark
///     {pNN}:outbox:held               hash    internal consumer → id of the last event it has finished
///     {pNN}:outbox:consumers          hash    internal consumer → how far it has come, see ConsumerProgress
///     {pNN}:outbox:lost               hash    internal consumer → events that went before it had finished them, see OutboxLoss
///     {pNN}:attainment:DAY            hash    kind|team|person|measure → sum of that day's ended clocks; kept for some days
///     {pNN}:work-lease:ID:ROLE        string  who works on a department's part of the case now; expires
///     {pNN}:sweep-lease               string  token of the sweeper that is at work there; expires
///     {pNN}:index:…                   zset    score 0; member: case id, which begins with the time of submission
///     {pNN}:changed                   zset    score: milliseconds of the last change; member: case id
///     {pNN}:store                     hash    the slot's mark: run, n changes acknowledged, began:RUN with what it began; so in every
///                                             other slot: returns:{policies}:store and so on; of a partition also kept events
///                                             that the outbox is to have, cuts how often it was cut by hand
///     returns:store                   hash    what the store is: id, runs, what it was created with, what it has lost, the key
///                                             of its cursors, the level at which servers write
///     returns:{policies}              hash    version → policy
///     returns:{policies}:sla          hash    version → SLA policy
///     returns:{policies}:calendars    hash    name and version → calendar
///     returns:{work}:ROLE:PERSON      string  the case that a person has taken; expires
///     returns:{access}                hash    v stamp, b registry of principals: hashes of tokens, no token
///     returns:{event-groups}          hash    name → what a group of event consumers was created with
///     returns:{event-groups}:request:ID  string  fingerprint, and the group that the request made or removed; expires
///     returns:{webhooks}              hash    name → what a webhook was created with, its secret included
///     returns:{webhooks}:state:NAME   hash    how it fares, and what was asked of its progress, see ConsumerOrder
///     returns:{webhooks}:lease:NAME   string  the server that delivers for it; expires
///     returns:{webhooks}:deliveries:NAME  list  the latest attempts, the newest first
///     returns:{webhooks}:aside:NAME   zset    score: when; member: id of an event that failed as often as it may
///     returns:{webhooks}:request:ID   string  fingerprint, and what the request came to; expires
public struct StoreKeys: Sendable {
    public static let store = "returns:store"
    public static let policies = "returns:{policies}"
    public static let slaPolicies = "\(policies):sla"
    public static let calendars = "\(policies):calendars"
    static let work = "returns:{work}"
    public static func workTaken(by person: String, role: Role) -> String { "\(work):\(role):\(person)" }
    static let access = "returns:{access}"
    public static let eventGroups = "returns:{event-groups}"
    public static func eventGroupRequest(_ id: String) -> String { "\(eventGroups):request:\(id)" }

    public static let webhooks = "returns:{webhooks}"
    public static func webhookState(_ name: String) -> String { "\(webhooks):state:\(name)" }
    public static func webhookLease(_ name: String) -> String { "\(webhooks):lease:\(name)" }
    public static func webhookDeliveries(_ name: String) -> String { "\(webhooks):deliveries:\(name)" }
    public static func webhookAside(_ name: String) -> String { "\(webhooks):aside:\(name)" }
    public static func webhookRequest(_ id: String) -> String { "\(webhooks):request:\(id)" }

    private let tag: String

    public init(partition: Int) {
        tag = "{p\(partition < 10 ? "0" : "")\(partition)}"
    }

    public func order(_ key: OrderKey) -> String { "\(tag):order:\(key.saleChannel):\(key.orderNumber)" }
    public func orderTimeline(_ key: OrderKey) -> String {
        "\(tag):order-timeline:\(key.saleChannel):\(key.orderNumber)"
    }
    /// The orders that are kept for a time only, see `OrderRetention`.
    public var ordersWithoutCases: String { "\(tag):orders-without-cases" }
    public func returnCase(_ id: CaseID) -> String { "\(tag):case:\(id)" }
    public func timeline(_ id: CaseID) -> String { "\(tag):timeline:\(id)" }
    /// Of cases that this partition had.
    public var lostRefunds: String { "\(tag):lost-refunds" }
    public var lostRefundFence: String { "\(tag):lost-refund-fence" }
    public func request(_ id: String) -> String { "\(tag):request:\(id)" }
    public var deadlines: String { "\(tag):deadlines" }
    public func running(_ kind: ClockKind) -> String { "\(tag):running:\(kind)" }
    public func paused(_ kind: ClockKind) -> String { "\(tag):paused:\(kind)" }
    public func attainment(day: Int32) -> String {
        "\(tag):attainment:\(WorkingCalendar.dateText(ofDay: day))"
    }
    public func workLease(_ part: WorkPart) -> String { "\(tag):work-lease:\(part.id):\(part.role)" }
    public var outbox: String { "\(tag):outbox" }
    public var outboxTrimmed: String { "\(tag):outbox:trimmed" }
    public var outboxHeld: String { "\(tag):outbox:held" }
    public var outboxLost: String { "\(tag):outbox:lost" }
    public var outboxConsumers: String { "\(tag):outbox:consumers" }
    public var sweepLease: String { "\(tag):sweep-lease" }
    /// Of the slot, see `StoreSlot`.
    public var mark: String { "\(tag):store" }
    public func index(_ index: CaseIndex) -> String { "\(tag):index:\(index.name)" }
    public var changed: String { "\(tag):changed" }

    /// What follows a partition's tag; nil for keys of no partition. Order and tracking numbers may hold '}' and ':',
    /// so that only what stands directly behind the first tag tells what a key is.
    private static func body(of key: String) -> Substring? {
        guard key.hasPrefix("{p"), let end = key.firstIndex(of: "}"), end != key.index(before: key.endIndex)
        else { return nil }
        let digits = key[key.index(key.startIndex, offsetBy: 2)..<end]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let rest = key[key.index(after: end)...]
        return rest.first == ":" ? rest.dropFirst() : nil
    }

    /// The partition that a key lies in; nil for keys of none.
    static func partition(ofKey key: String) -> Int? {
        guard body(of: key) != nil, let end = key.firstIndex(of: "}") else { return nil }
        return Int(key[key.index(key.startIndex, offsetBy: 2)..<end])
    }

    /// The case that a key of this schema belongs to, when it is a case's hash.
    static func caseID(ofKey key: String) -> CaseID? {
        guard let body = body(of: key), body.hasPrefix("case:") else { return nil }
        return CaseID(body.dropFirst(5))
    }

    /// The case whose timeline a key of this schema is.
    static func timelineCaseID(ofKey key: String) -> CaseID? {
        guard let body = body(of: key), body.hasPrefix("timeline:") else { return nil }
        return CaseID(body.dropFirst(9))
    }

    /// What Redis calls the type of a key of this schema; nil for records of cases and orders, keys of no partition, and those
    /// that only a newer build knows.
    static func type(ofKey key: String) -> String? {
        guard let body = body(of: key) else { return nil }
        let name = body.prefix { $0 != ":" }
        switch name {
        case "timeline", "order-timeline": return "list"
        case "request", "work-lease", "sweep-lease": return "string"
        case "deadlines", "running", "paused", "index", "changed", "orders-without-cases": return "zset"
        case "attainment", "lost-refunds", "lost-refund-fence", "store": return "hash"
        case "outbox":
            switch body {
            case "outbox": return "stream"
            case "outbox:trimmed": return "string"
            case "outbox:held", "outbox:lost", "outbox:consumers": return "hash"
            default: return nil
            }
        default: return nil
        }
    }

    static func isOrder(_ key: String) -> Bool { body(of: key)?.hasPrefix("order:") ?? false }
    /// The order that a key of this schema belongs to, when it is an order's hash.
    static func orderKey(ofKey key: String) -> OrderKey? {
        guard let body = body(of: key), body.hasPrefix("order:") else { return nil }
        return OrderKey(member: body.dropFirst(6))
    }
    /// The set whose members are orders.
    static func holdsOrders(_ key: String) -> Bool { body(of: key) == "orders-without-cases" }
    /// Sorted sets whose members are cases.
    static func holdsCases(_ key: String) -> Bool {
        body(of: key).map { $0 == "changed" || $0.hasPrefix("index:") } ?? false
    }
    /// Hashes whose fields are refunds of cases that are gone.
    static func holdsLostRefunds(_ key: String) -> Bool { body(of: key) == "lost-refunds" }
    /// Sorted sets whose members are clocks.
    static func holdsClocks(_ key: String) -> Bool {
        body(of: key).map { $0 == "deadlines" || $0.hasPrefix("running:") || $0.hasPrefix("paused:") }
            ?? false
    }
}

/// A listing of cases, in the order of their submission. Only what a case is or is not moves it in and out.
public enum CaseIndex: Hashable, Sendable {
    case all
    case open
    case state(CaseState)
    case saleChannel(String)
    case customer(String)
    case waybill(String)
    /// Open cases of which a person, or a team, has a department's part.
    case person(String)
    case team(String)

    var name: String {
        switch self {
        case .all: "all"
        case .open: "open"
        case .state(let state): "state:\(state)"
        case .saleChannel(let name): "channel:\(name)"
        case .customer(let id): "customer:\(id)"
        case .waybill(let number): "waybill:\(number)"
        case .person(let name): "person:\(name)"
        case .team(let name): "team:\(name)"
        }
    }
}

extension Case {
    /// Every listing that this case stands in.
    var indexes: [CaseIndex] {
        var indexes: [CaseIndex] = [.all, .saleChannel(order.saleChannel), .state(state)]
        if !customerID.isEmpty { indexes.append(.customer(customerID)) }
        for shipment in shipments where !indexes.contains(.waybill(shipment.trackingNumber)) {
            indexes.append(.waybill(shipment.trackingNumber))
        }
        guard !state.isTerminal else { return indexes }
        indexes.append(.open)
        for assignment in assignments {
            for index in [CaseIndex.person(assignment.person), .team(assignment.team)]
            where index != .person("") && index != .team("") && !indexes.contains(index) {
                indexes.append(index)
            }
        }
        return indexes
    }
}

extension OrderKey {
    /// As keys and sets name it. Sale channels hold no ':'.
    var member: String { "\(saleChannel):\(orderNumber)" }

    init?(member: some StringProtocol) {
        let parts = member.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(saleChannel: String(parts[0]), orderNumber: String(parts[1]))
    }
}

extension CaseID {
    /// Nil for anything but an id as the store writes it, letter by letter.
    init?(member: some Collection<UInt8>) {
        guard member.count == Self.length, let id = CaseID(String(decoding: member, as: UTF8.self)),
            id.asciiBytes.elementsEqual(member)
        else { return nil }
        self = id
    }

    /// The case that a member of the deadlines, or of a listing of running clocks, belongs to. It leads each of them, also where
    /// a word follows that only a newer build knows, of a kind of clock for one: then the case itself tells whose it is.
    ///
    /// - Returns: nil for a member that names no case.
    init?(ofDeadline text: String) {
        guard let end = text.firstIndex(of: "/"), end != text.index(before: text.endIndex) else { return nil }
        self.init(text[..<end])
    }
}

/// A member of the deadlines: which clock of which case. Its score is the clock's next firing.
public struct DeadlineMember: Hashable, Sendable {
    public let id: CaseID
    public let kind: ClockKind
    public let ordinal: UInt32

    init(id: CaseID, kind: ClockKind, ordinal: UInt32) {
        self.id = id
        self.kind = kind
        self.ordinal = ordinal
    }

    /// - Returns: nil also for a kind of clock that this build does not know, see `CaseID.init(ofDeadline:)`.
    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 3, let id = CaseID(parts[0]), let kind = ClockKind(name: String(parts[1])),
            let ordinal = UInt32(parts[2])
        else { return nil }
        self.init(id: id, kind: kind, ordinal: ordinal)
    }

    var text: String { "\(id)/\(kind)/\(ordinal)" }
}

/// A member of the deadlines that is no clock: a case whose story lags behind its order's timeline. It is due at once, so
/// that the sweeper tells the case where whoever changed the order could not.
struct UntoldMember: Hashable, Sendable {
    let id: CaseID

    init(_ id: CaseID) { self.id = id }

    init?(_ text: String) {
        guard text.hasSuffix("/untold"), let id = CaseID(text.dropLast("/untold".count)) else { return nil }
        self.id = id
    }

    var text: String { "\(id)/untold" }
}

extension Case {
    /// What the deadlines hold for this case: every clock that will fire, at its next firing.
    var deadlines: [DeadlineEntry] {
        var deadlines: [DeadlineEntry] = []
        for index in clocks.indices {
            if let next = clocks[index].nextFiring { deadlines.append(DeadlineEntry(self, index, next.at)) }
        }
        return deadlines
    }

    /// What the listings of late work hold: every running clock that is not paused, at its due time; and where the paused ones have a
    /// listing, those of them that are late: a pause behind a breach takes nothing off it.
    ///
    /// - Parameter level: The store's.
    func dueTimes(_ level: WriterLevel) -> [DeadlineEntry] { dueTimes { $0.isListed(at: level) } }

    /// The first of them; nil where there is none.
    func firstDueAt(_ level: WriterLevel) -> Instant? {
        clocks.indices.lazy.filter { clocks[$0].isListed(at: level) }.map { clocks[$0].dueAt }.min()
    }

    /// The same of all that are paused.
    var pausedTimes: [DeadlineEntry] { dueTimes { $0.isPaused } }

    private func dueTimes(where isListed: (Clock) -> Bool) -> [DeadlineEntry] {
        var entries: [DeadlineEntry] = []
        for index in clocks.indices where isListed(clocks[index]) {
            entries.append(DeadlineEntry(self, index, clocks[index].dueAt))
        }
        return entries
    }
}

extension Clock {
    fileprivate func isListed(at level: WriterLevel) -> Bool {
        isRunning && (!isPaused || (level.listsPausedClocks && isLate))
    }
}

/// A clock of a case in a sorted set. A case has few of them, so they stand in a list and are looked for one by one.
struct DeadlineEntry: Hashable, Sendable {
    let member: DeadlineMember
    let at: Instant

    /// - Parameter index: The clock's place in the case.
    fileprivate init(_ value: Case, _ index: Int, _ at: Instant) {
        member = DeadlineMember(
            id: value.id, kind: value.clocks[index].kind, ordinal: value.clocks[index].ordinal)
        self.at = at
    }
}
