import RedisClient
import ReturnsDomain

/// An event as the outbox holds it. No personal data.
public struct OutboxEvent: Hashable, Sendable {
    public var id: EventID
    /// A word of `CaseEventKind`; a newer server may have written one that this one does not know. `unreadable` stands for an
    /// entry that is damaged.
    public var type: String
    public var caseID: String
    public var caseVersion: UInt64
    public var state: String
    public var atMilliseconds: Int64
    public var order: OrderKey
    public var attributes: [CaseEvent.Attribute]

    public init(
        id: EventID, type: String, caseID: String, caseVersion: UInt64, state: String, atMilliseconds: Int64,
        order: OrderKey, attributes: [CaseEvent.Attribute] = []
    ) {
        self.id = id
        self.type = type
        self.caseID = caseID
        self.caseVersion = caseVersion
        self.state = state
        self.atMilliseconds = atMilliseconds
        self.order = order
        self.attributes = attributes
    }

    /// About what it takes in memory and on the wire.
    public var byteCount: Int {
        attributes.reduce(Self.fixedBytes + order.orderNumber.utf8.count + order.saleChannel.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count + 8
        }
    }

    private static let fixedBytes = 160
}

extension OutboxEvent {
    /// - Parameter entry: an entry of the stream: id, and fields with their values.
    init(_ entry: RedisValue, partition: Int) throws(StoreError) {
        guard let parts = entry.array, parts.count == 2, let text = parts[0].string,
            let position = OutboxID(text), let fields = parts[1].array, fields.count.isMultiple(of: 2)
        else { throw Self.malformed }
        var known: [String: String] = [:]
        var attributes: [CaseEvent.Attribute] = []
        for index in stride(from: 0, to: fields.count, by: 2) {
            guard let name = fields[index].string, let value = fields[index + 1].string else {
                throw Self.malformed
            }
            // An attribute may have the name of one of these, which stand before it.
            if Self.fieldNames.contains(name), known[name] == nil {
                known[name] = value
            } else {
                attributes.append(.init(name, value))
            }
        }
        guard let type = known["type"], let caseID = known["case"], let state = known["state"],
            let version = known["version"].flatMap({ UInt64($0) }),
            let time = known["at_ms"].flatMap({ Int64($0) })
        else { throw Self.malformed }
        self.init(
            id: EventID(partition: partition, position: position), type: type, caseID: caseID,
            caseVersion: version, state: state, atMilliseconds: time,
            order: OrderKey(
                saleChannel: known["sale_channel"] ?? "", orderNumber: known["order_no"] ?? ""),
            attributes: attributes)
    }

    /// As `CommitBuilder` writes them, before the attributes.
    private static let fieldNames: Set<String> = [
        "type", "case", "version", "state", "at_ms", "sale_channel", "order_no",
    ]
    private static let malformed = StoreError(.corrupt, "the outbox holds something else than events")

    /// What a damaged entry is told as. It keeps its place in the log, so that nobody stops before it, and passes every
    /// filter, since nobody knows what it was.
    public static let unreadable = "unreadable"

    static func events(_ entries: RedisValue, partition: Int) throws(StoreError) -> [OutboxEvent] {
        guard let entries = entries.array else { throw malformed }
        var events: [OutboxEvent] = []
        events.reserveCapacity(entries.count)
        for entry in entries {
            do throws(StoreError) {
                events.append(try OutboxEvent(entry, partition: partition))
            } catch {
                events.append(try damaged(entry, partition: partition))
            }
        }
        return events
    }

    /// The id is Redis's own, and the time is in it.
    private static func damaged(_ entry: RedisValue, partition: Int) throws(StoreError) -> OutboxEvent {
        guard let position = entry.array?.first?.string.flatMap({ OutboxID($0) }) else { throw malformed }
        return OutboxEvent(
            id: EventID(partition: partition, position: position), type: unreadable, caseID: "",
            caseVersion: 0,
            state: "", atMilliseconds: Int64(clamping: position.milliseconds),
            order: OrderKey(saleChannel: "", orderNumber: ""))
    }
}
