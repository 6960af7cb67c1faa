import ReturnsDomain

/// The key schema: the only place that names a Redis key. Every key of a partition carries the hash tag `{pNN}`, so
/// that one commit is atomic on a single Redis and on Redis Cluster alike.
///
///     {pNN}:order:CHANNEL:NUMBER      hash    v version, b body
///     {pNN}:case:ID                   hash    v version, b body, p personal data
///     {pNN}:timeline:ID               list    one encoded entry each
///     {pNN}:request:ID                string  fingerprint and outcome; expires
///     {pNN}:deadlines                 zset    score: next firing; member: case/clock/ordinal
///     {pNN}:running:KIND              zset    score: due time; the same members, also of clocks that fired all they have
///     {pNN}:outbox                    stream  events; a consumer group of it is named NAME@INSTANCE
///     {pNN}:outbox:trimmed            string  id of the last event that was trimmed: the watermark
///     {pNN}:outbox:held               hash    internal consumer → id of the last event it has finished
///     {pNN}:attainment:DAY            hash    kind|team|person|measure → sum of that day's ended clocks
///     {pNN}:work-lease:ID:ROLE        string  who works on a department's part of the case now; expires
///     {pNN}:sweep-lease               string  token of the sweeper that is at work there; expires
///     {pNN}:index:…                   zset    score 0; member: big-endian time of last change ‖ case id
///     returns:store                   hash    what the store was created with
///     returns:policies                hash    version → policy
///     returns:sla-policies            hash    version → SLA policy
///     returns:calendars               hash    name and version → calendar
///     returns:work:ROLE:PERSON        string  the case that a person has taken; expires
///     returns:{access}                hash    v stamp, b registry of principals: hashes of tokens, no token
///     returns:{event-groups}          hash    name → what a group of event consumers was created with
///     returns:{event-groups}:request:ID  string  fingerprint, and the group that the request made or removed; expires
///     returns:{webhooks}              hash    name → what a webhook was created with, its secret included
///     returns:{webhooks}:state:NAME   hash    how far it has come in each partition, and how it fares
///     returns:{webhooks}:lease:NAME   string  the server that delivers for it; expires
///     returns:{webhooks}:deliveries:NAME  list  the latest attempts, the newest first
///     returns:{webhooks}:aside:NAME   zset    score: when; member: id of an event that failed as often as it may
///     returns:{webhooks}:request:ID   string  fingerprint, and what the request came to; expires
public struct StoreKeys: Sendable {
    public static let store = "returns:store"
    public static let policies = "returns:policies"
    public static let slaPolicies = "returns:sla-policies"
    public static let calendars = "returns:calendars"
    public static func workTaken(by person: String, role: Role) -> String { "returns:work:\(role):\(person)" }
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
    public func returnCase(_ id: CaseID) -> String { "\(tag):case:\(id)" }
    public func timeline(_ id: CaseID) -> String { "\(tag):timeline:\(id)" }
    public func request(_ id: String) -> String { "\(tag):request:\(id)" }
    public var deadlines: String { "\(tag):deadlines" }
    public func running(_ kind: ClockKind) -> String { "\(tag):running:\(kind)" }
    public func attainment(day: Int32) -> String {
        "\(tag):attainment:\(WorkingCalendar.dateText(ofDay: day))"
    }
    public func workLease(_ part: WorkPart) -> String { "\(tag):work-lease:\(part.id):\(part.role)" }
    public var outbox: String { "\(tag):outbox" }
    public var outboxTrimmed: String { "\(tag):outbox:trimmed" }
    public var outboxHeld: String { "\(tag):outbox:held" }
    public var sweepLease: String { "\(tag):sweep-lease" }
    public func index(_ index: CaseIndex) -> String { "\(tag):index:\(index.name)" }

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

    /// The case that a key of this schema belongs to, when it is a case's hash.
    static func caseID(ofKey key: String) -> CaseID? {
        guard let body = body(of: key), body.hasPrefix("case:") else { return nil }
        return CaseID(body.dropFirst(5))
    }

    static func isOrder(_ key: String) -> Bool { body(of: key)?.hasPrefix("order:") ?? false }
    static func isIndex(_ key: String) -> Bool { body(of: key)?.hasPrefix("index:") ?? false }
    /// Sorted sets whose members are clocks.
    static func holdsClocks(_ key: String) -> Bool {
        body(of: key).map { $0 == "deadlines" || $0.hasPrefix("running:") } ?? false
    }
}

/// A listing of cases, ordered by their last change.
public enum CaseIndex: Hashable, Sendable {
    case all
    case state(CaseState)
    case customer(String)
    case waybill(String)
    /// Open cases of which a person, or a team, has a department's part.
    case person(String)
    case team(String)

    var name: String {
        switch self {
        case .all: "all"
        case .state(let state): "state:\(state)"
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
        var indexes: [CaseIndex] = [.all, .state(state)]
        if !customerID.isEmpty { indexes.append(.customer(customerID)) }
        for shipment in shipments where !indexes.contains(.waybill(shipment.trackingNumber)) {
            indexes.append(.waybill(shipment.trackingNumber))
        }
        guard !state.isTerminal else { return indexes }
        for assignment in assignments {
            for index in [CaseIndex.person(assignment.person), .team(assignment.team)]
            where index != .person("") && index != .team("") && !indexes.contains(index) {
                indexes.append(index)
            }
        }
        return indexes
    }

    /// The member under which the case stands in its listings now.
    var indexMember: IndexMember { IndexMember(updatedAt: updatedAt, id: id) }
}

/// A member of a listing: eight big-endian bytes of time, then the case id, so that byte order is time order.
public struct IndexMember: Hashable, Comparable, Sendable {
    public let updatedAt: Instant
    public let id: CaseID

    static let byteCount = 8 + CaseID.length

    public init(updatedAt: Instant, id: CaseID) {
        self.updatedAt = updatedAt
        self.id = id
    }

    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let id = CaseID(String(decoding: bytes.dropFirst(8), as: UTF8.self)) else { return nil }
        self.init(updatedAt: Instant(milliseconds: Int64(bitPattern: time)), id: id)
    }

    var bytes: [UInt8] {
        let time = UInt64(bitPattern: updatedAt.milliseconds)
        return (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) } + id.asciiBytes
    }

    public static func < (left: IndexMember, right: IndexMember) -> Bool {
        (left.updatedAt, left.id) < (right.updatedAt, right.id)
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

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 3, let id = CaseID(parts[0]), let kind = ClockKind(name: String(parts[1])),
            let ordinal = UInt32(parts[2])
        else { return nil }
        self.init(id: id, kind: kind, ordinal: ordinal)
    }

    var text: String { "\(id)/\(kind)/\(ordinal)" }
}

extension Case {
    /// What the deadlines hold for this case: every clock that will fire, at its next firing.
    var deadlines: [DeadlineMember: Instant] {
        var deadlines: [DeadlineMember: Instant] = [:]
        for clock in clocks {
            guard let next = clock.nextFiring else { continue }
            deadlines[DeadlineMember(id: id, kind: clock.kind, ordinal: clock.ordinal)] = next.at
        }
        return deadlines
    }

    /// What the listings of late work hold: every running clock that is not paused, at its due time.
    var dueTimes: [DeadlineMember: Instant] {
        var dueTimes: [DeadlineMember: Instant] = [:]
        for clock in clocks where clock.isRunning && !clock.isPaused {
            dueTimes[DeadlineMember(id: id, kind: clock.kind, ordinal: clock.ordinal)] = clock.dueAt
        }
        return dueTimes
    }
}
