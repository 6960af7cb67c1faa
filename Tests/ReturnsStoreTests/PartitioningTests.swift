import ReturnsDomain
import Testing

@testable import ReturnsStore

@Suite struct PartitioningTests {
    /// The check value of CRC-32C: RFC 3720's and every catalogue's "123456789".
    @Test func castagnoliCheckValue() {
        var checksum = CRC32C()
        checksum.update("123456789".utf8)
        #expect(checksum.value == 0xE306_9283)
    }

    /// A partition is part of every key: it may never change for an order. The numbers were computed by another program.
    @Test(arguments: [("online", "536365", 37), ("online", "536366", 17), ("store", "536365", 4)])
    func partitionsAreFixed(channel: String, number: String, partition: Int) {
        let key = OrderKey(saleChannel: channel, orderNumber: number)
        #expect(Partitioning(count: 64).partition(of: key) == partition)
    }
}
