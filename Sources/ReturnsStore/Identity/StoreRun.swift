import ReturnsRecords

/// A stretch of a store's life within one process of Redis. Counted from 1; the tag tells apart two runs of one number, one of
/// which was lost with a copy that was put back.
public struct StoreRun: Hashable, Sendable, CustomStringConvertible {
    public let number: UInt32
    public let tag: UInt32
    /// "6.a1b2c3d4". Stored, since every call of a function carries it.
    public let description: String

    public init(number: UInt32, tag: UInt32) {
        self.number = number
        self.tag = tag
        description = "\(number).\(String(tag, radix: 16))"
    }

    /// The run that follows another one; the first without one. Nil behind the last number, which no counting reaches.
    static func following(_ run: StoreRun?) -> StoreRun? {
        let (number, isBeyond) = (run?.number ?? 0).addingReportingOverflow(1)
        return isBeyond ? nil : StoreRun(number: number, tag: .random(in: .min ... .max))
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt32(parts[0]), let tag = UInt32(parts[1], radix: 16) else {
            return nil
        }
        self.init(number: number, tag: tag)
    }

    /// A list, the oldest first; nil if one of them is none.
    static func list(_ text: some StringProtocol) -> [StoreRun]? {
        var runs: [StoreRun] = []
        for word in text.split(separator: " ") {
            guard let run = StoreRun(word) else { return nil }
            runs.append(run)
        }
        return runs
    }
}

extension StoreRun {
    /// As the hash of a case holds it (`r`), where nothing else tells in which run the case was opened.
    var record: [UInt8] {
        var writer = RecordWriter(capacity: 16)
        writer.write(number)
        writer.write(tag)
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = try RecordReader(sealed: bytes)
        self.init(number: try reader.unsigned32(), tag: try reader.unsigned32())
        guard reader.isAtEnd else { throw RecordError(what: "run too long") }
    }
}

/// With what a slot began a run.
public struct StoreRunStart: Hashable, Sendable {
    /// How many changes the slot had taken.
    public var counter: Int64
    /// The last event that its outbox had.
    public var last: OutboxID

    /// "12 1764073200123-0", as `enter` of store.lua writes it.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let counter = Int64(parts[0]), counter >= 0, let last = OutboxID(parts[1])
        else {
            return nil
        }
        self.counter = counter
        self.last = last
    }
}
