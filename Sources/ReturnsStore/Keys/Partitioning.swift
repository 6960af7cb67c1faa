import ReturnsDomain

/// Which partition an order and all that belongs to it live in (DESIGN §6).
public struct Partitioning: Sendable, Hashable {
    /// Fixed when the store is created.
    public let count: Int

    public static let countDefault = 64

    public init(count: Int = Partitioning.countDefault) {
        precondition(count > 0 && count <= CaseID.partitionsMax, "1 to \(CaseID.partitionsMax) partitions")
        self.count = count
    }

    public func partition(of order: OrderKey) -> Int {
        var checksum = CRC32C()
        checksum.update(order.saleChannel.utf8)
        checksum.update(CollectionOfOne(0))
        checksum.update(order.orderNumber.utf8)
        return Int(checksum.value) % count
    }
}

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), table driven: partition numbers are short inputs, once a call.
struct CRC32C {
    private var state: UInt32 = .max

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = state >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] }
    }

    var value: UInt32 { ~state }
}
