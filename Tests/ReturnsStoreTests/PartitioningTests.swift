import ReturnsDomain
import ReturnsRecords
import Testing

@testable import ReturnsStore

@Suite struct PartitioningTests {
    /// The check value of CRC-32C: RFC 3720's and every catalogue's "123456789".
    @Test func castagnoliCheckValue() {
        var checksum = CRC32C()
        checksum.update("123456789".utf8)
        #expect(checksum.value == 0xE306_9283)
        // Eight bytes at a time, however they lie, as one by one.
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            var slowly = CRC32C()
            slowly.update(bytes)
            #expect(bytes.withUnsafeBytes { CRC32C.of($0) } == slowly.value)
        }
    }

    /// A partition is part of every key: it may never change for an order. The numbers were computed by another program.
    @Test(arguments: [("online", "536365", 37), ("online", "536366", 17), ("store", "536365", 4)])
    func partitionsAreFixed(channel: String, number: String, partition: Int) {
        let key = OrderKey(saleChannel: channel, orderNumber: number)
        #expect(Partitioning(count: 64).partition(of: key) == partition)
    }
}
