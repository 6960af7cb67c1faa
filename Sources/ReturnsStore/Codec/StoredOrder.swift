import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// An order as it was read: whole, since its checksums fit, and not decoded.
public struct StoredOrder: Sendable {
    public let version: UInt64
    package let record: OrderRecord
    /// Whether a newer build has put more behind the checksums that this one knows, such as that of a further group.
    let hasMore: Bool

    public var bytes: Int { record.everybody.readableBytes + record.engine.readableBytes }

    /// What can be decided on.
    ///
    /// - Parameter highest: The level that the server knows.
    package func value(
        _ key: OrderKey, knowing highest: WriterLevel = .highest
    ) throws(StoreError) -> Order {
        do throws(RecordError) {
            if let newer = newerParts(highest) { throw .newer(newer) }
            let order = try record.value()
            try Self.check(order.key == key && order.version == version)
            return order
        } catch {
            var failure = StoreError(error, key)
            // It is sent as it is.
            failure.canBeRead = error.isNewer && (try? outline(key, knowing: highest)) != nil
            throw failure
        }
    }

    /// What has to be known of it to be sent: also of an order that a newer build wrote.
    package func outline(
        _ key: OrderKey, knowing highest: WriterLevel = .highest
    ) throws(StoreError) -> OrderOutline {
        do throws(RecordError) {
            let outline = try readOutline(highest)
            try Self.check(outline.key == key && outline.version == version)
            return outline
        } catch {
            throw StoreError(error, key)
        }
    }

    /// What of a newer build's record does not add up is no damage.
    private func readOutline(_ highest: WriterLevel) throws(RecordError) -> OrderOutline {
        do throws(RecordError) { return try record.outline() } catch {
            guard newerParts(highest) != nil else { throw error }
            throw .newer(error.what)
        }
    }

    private func newerParts(_ highest: WriterLevel) -> String? {
        if record.level > highest { return "level \(record.level)" }
        return hasMore ? "it has more checksums than this build knows" : nil
    }

    private static func check(_ isThisOrder: Bool) throws(RecordError) {
        guard isThisOrder else { throw RecordError(what: "the record is another order's") }
    }
}

extension OrderRecord {
    /// - Parameter version: The order's.
    func arguments(version: UInt64) -> [RedisArgument] {
        [
            "v", .integer(Int64(clamping: version)), "b", .buffer(everybody), "e", .buffer(engine), "c",
            .buffer(checksums),
        ]
    }

    /// The level, the CRC-32C of each group, and behind them that of all these; high byte first. They only grow ahead of the last,
    /// so that an older build reads what it knows of a newer one's.
    private var checksums: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(level.number)
        for part in [everybody, engine] {
            buffer.writeInteger(part.withUnsafeReadableBytes { CRC32C.of($0) })
        }
        buffer.writeInteger(buffer.withUnsafeReadableBytes { CRC32C.of($0) })
        return buffer
    }

    /// - Parameter fields: As `ReturnsStore.orderCommand` reads them.
    /// - Returns: Nil where nothing of an order is there.
    static func read(_ fields: [RedisValue]) throws(RecordError) -> StoredOrder? {
        guard fields.count == 4 else { throw RecordError(what: "not an order") }
        if fields.allSatisfy(\.isNull) { return nil }
        guard let version = fields[0].integer, let everybody = fields[1].bytes, let engine = fields[2].bytes,
            let stored = fields[3].bytes
        else { throw RecordError(what: "an order's fields are missing") }
        var checksums = try wholeChecksums(stored)
        guard let level = checksums.readInteger(as: UInt8.self) else {
            throw RecordError(what: "an order without a level")
        }
        for part in [everybody, engine] {
            guard checksums.readInteger(as: UInt32.self) == part.withUnsafeReadableBytes({ CRC32C.of($0) })
            else {
                throw RecordError(what: "a checksum does not fit")
            }
        }
        return StoredOrder(
            version: UInt64(clamping: version),
            record: OrderRecord(everybody: everybody, engine: engine, level: WriterLevel(level)),
            hasMore: checksums.readableBytes > 0)
    }

    /// What their own checksum is of: the level is believed, so it has to be whole, too.
    private static func wholeChecksums(_ stored: ByteBuffer) throws(RecordError) -> ByteBuffer {
        let count = stored.readableBytes - MemoryLayout<UInt32>.size
        guard count >= 0, let contents = stored.getSlice(at: stored.readerIndex, length: count),
            stored.getInteger(at: stored.readerIndex + count, as: UInt32.self)
                == contents.withUnsafeReadableBytes({ CRC32C.of($0) })
        else { throw RecordError(what: "its checksums are damaged") }
        return contents
    }
}
