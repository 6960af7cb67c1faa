import ReturnsDomain
import ReturnsRecords

/// Which partition an order and all that belongs to it live in.
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
