import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// An order as it was read: whole, since its checksums fit, and not decoded.
public struct StoredOrder: Sendable {
    public let version: UInt64
    package let record: OrderRecord

    public var bytes: Int { record.everybody.readableBytes + record.engine.readableBytes }

    /// - Parameters:
    ///   - highest: The level that the server knows.
    ///   - isReadOnly: Nothing is decided on it, so that what this build does not know is passed over.
    package func value(
        _ key: OrderKey, knowing highest: WriterLevel = .highest, isReadOnly: Bool = false
    ) throws(StoreError) -> Order {
        do throws(RecordError) {
            guard isReadOnly || record.level <= highest else { throw .newer("level \(record.level)") }
            let order = try record.value(isReadOnly: isReadOnly)
            guard order.key == key, order.version == version else {
                throw RecordError(what: "the record is another order's")
            }
            return order
        } catch {
            throw StoreError(error, "order")
        }
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

    /// The level, and the CRC-32C of each group, high byte first.
    private var checksums: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(level.number)
        for part in [everybody, engine] {
            buffer.writeInteger(part.withUnsafeReadableBytes { CRC32C.of($0) })
        }
        return buffer
    }

    /// - Parameter fields: As `ReturnsStore.orderCommand` reads them.
    /// - Returns: Nil where nothing of an order is there.
    static func read(_ fields: [RedisValue]) throws(RecordError) -> StoredOrder? {
        guard fields.count == 4 else { throw RecordError(what: "not an order") }
        if fields.allSatisfy(\.isNull) { return nil }
        guard let version = fields[0].integer, let everybody = fields[1].bytes, let engine = fields[2].bytes,
            var stored = fields[3].bytes
        else { throw RecordError(what: "an order's fields are missing") }
        guard let level = stored.readInteger(as: UInt8.self) else {
            throw RecordError(what: "an order without a level")
        }
        for part in [everybody, engine] {
            guard stored.readInteger(as: UInt32.self) == part.withUnsafeReadableBytes({ CRC32C.of($0) })
            else {
                throw RecordError(what: "a checksum does not fit")
            }
        }
        return StoredOrder(
            version: UInt64(clamping: version),
            record: OrderRecord(everybody: everybody, engine: engine, level: WriterLevel(level)))
    }
}
