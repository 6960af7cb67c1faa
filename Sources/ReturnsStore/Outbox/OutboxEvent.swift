import NIOCore
import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// An event as the outbox holds it. No personal data.
public struct OutboxEvent: Hashable, Sendable {
    public var id: EventID
    /// What followers are sent: what was stored, with the id.
    public private(set) var message: Returns_V1_Event
    /// About what it takes in memory and on the wire.
    public let byteCount: Int

    /// - Parameter storedBytes: how many bytes the outbox holds of it.
    public init(id: EventID, _ event: Returns_V1_Event, storedBytes: Int) {
        self.id = id
        message = event
        message.id = id.description
        byteCount = storedBytes + Self.fixedBytes
    }

    private static let fixedBytes = 160

    /// It stands for an entry that is damaged.
    public var isUnreadable: Bool { message.type == .unreadable }
}

extension OutboxEvent {
    /// An entry of the stream has one field: the event as `EventRecord` encodes it.
    static let field = "e"

    /// - Parameter entry: an entry of the stream: id, and fields with their values.
    init(_ entry: RedisValue, partition: Int) throws(StoreError) {
        guard let parts = entry.array, parts.count == 2, let text = parts[0].string,
            let position = OutboxID(text), let fields = parts[1].array, fields.count == 2,
            fields[0].string == Self.field, let bytes = fields[1].bytes,
            let event = EventRecord.decode([UInt8](buffer: bytes))
        else { throw Self.malformed }
        self.init(
            id: EventID(partition: partition, position: position), event, storedBytes: bytes.readableBytes)
    }

    private static let malformed = StoreError(.corrupt, "the outbox holds something else than events")

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

    /// What a damaged entry is told as. It keeps its place in the log, so that nobody stops before it, and passes every
    /// filter, since nobody knows what it was. The id is Redis's own, and the time is in it.
    private static func damaged(_ entry: RedisValue, partition: Int) throws(StoreError) -> OutboxEvent {
        guard let position = entry.array?.first?.string.flatMap({ OutboxID($0) }) else { throw malformed }
        return OutboxEvent(
            id: EventID(partition: partition, position: position),
            .with {
                $0.type = .unreadable
                $0.atMs = Int64(clamping: position.milliseconds)
            }, storedBytes: 0)
    }
}
