import ReturnsDomain
import ReturnsRecords

/// Consumers that share events, each event going to one of them, as the group was created. What each has been given stands in
/// the partitions' streams themselves.
public struct EventGroup: Hashable, Sendable {
    public var name: String
    /// Tells it from groups that had its name before, whose places may still be there.
    public var instance: UInt64
    public var filter: EventFilter
    /// How long a consumer may take until its events go to another one.
    public var acknowledgeMilliseconds: Int64
    public var createdAt: Instant
    public var createdBy: String
    /// Where it begins. Kept, so that whoever finds it missing in a partition can make it there: creating it in all of them
    /// is not one step.
    public var start: OutboxCursor
    /// The run of the store that it was created in, or whose loss its consumers have confirmed: they have heard of whatever the
    /// store lost before. Nil for one of a server that did not note it.
    public var run: StoreRun?

    public init(
        name: String, instance: UInt64, filter: EventFilter, acknowledgeMilliseconds: Int64,
        createdAt: Instant, createdBy: String, start: OutboxCursor, run: StoreRun? = nil
    ) {
        self.name = name
        self.instance = instance
        self.filter = filter
        self.acknowledgeMilliseconds = acknowledgeMilliseconds
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.start = start
        self.run = run
    }

    /// The stream's own name for it.
    var redisName: String { "\(name)@\(String(instance, radix: 16))" }

    static func name(ofRedisName text: String) -> String {
        text.lastIndex(of: "@").map { String(text[..<$0]) } ?? text
    }
}

extension EventGroup {
    private static let version: UInt8 = 5

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter()
        writer.write(Self.version)
        writer.write(name)
        writer.write(instance)
        filter.write(to: &writer)
        writer.write(acknowledgeMilliseconds)
        writer.write(createdAt)
        writer.write(createdBy)
        writer.writeList(start.positions) {
            $0.write($1.milliseconds)
            $0.write($1.sequence)
        }
        writer.write(start.seenThroughMilliseconds)
        writer.write(run?.number ?? 0)
        writer.write(run?.tag ?? 0)
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = try RecordReader(sealed: bytes)
        guard try reader.form(upTo: Self.version) == Self.version else {
            throw RecordError(what: "group of another version")
        }
        let name = try reader.text()
        let instance = try reader.unsigned()
        let filter = try EventFilter(from: &reader)
        self.init(
            name: name, instance: instance, filter: filter, acknowledgeMilliseconds: try reader.signed(),
            createdAt: try reader.instant(), createdBy: try reader.text(),
            start: OutboxCursor(
                positions: try reader.list { reader throws(RecordError) in
                    OutboxID(milliseconds: try reader.unsigned(), sequence: try reader.unsigned())
                }))
        start.seenThroughMilliseconds = try reader.signed()
        let (number, tag) = (try reader.unsigned(), try reader.unsigned())
        guard let number = UInt32(exactly: number), let tag = UInt32(exactly: tag) else {
            throw RecordError(what: "a run out of range")
        }
        if number > 0 { run = StoreRun(number: number, tag: tag) }
        guard reader.isAtEnd else { throw RecordError(what: "group record too long") }
    }
}
