import NIOCore
import RCP
import RCPServices
import Testing

/// Messages that are put together from encoded parts, and taken apart without being decoded.
@Suite struct MessageFieldsTests {
    @Test func aMessageOfPartsIsOneMessage() throws {
        var payload = RCPMessageWriter()
        payload.append(RCPField<String>(1), "one")
        payload.append(RCPField<String>(1), "")
        payload.append(RCPField<Int64>(2), 0)
        payload.append(RCPField<Int64>(3), -1)
        var writer = RCPMessageWriter()
        writer.append(
            RCPRepeatedField<Rcp_Conformance_V1_CallReply>(300), parts: [payload.buffer, payload.buffer])
        let expected: [UInt8] =
            [0x0A, 3] + Array("one".utf8) + [0x18] + [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(Array(buffer: payload.buffer) == expected)
        #expect(
            Array(buffer: writer.buffer) == [0xE2, 0x12, UInt8(2 * expected.count)] + expected + expected)
    }

    @Test func fieldsAreSelectedAsTheyStand() throws {
        var writer = RCPMessageWriter()
        writer.append(RCPField<Int64>(1), 300)
        writer.append(RCPField<String>(2), "two")
        writer.append(RCPField<Int64>(3), 3)
        // Of the two fixed sizes.
        var bytes = writer.buffer
        bytes.writeBytes([0x25, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8])
        let whole = bytes
        #expect(RCPMessageFields.select(whole) { _ in true } == whole)
        #expect(RCPMessageFields.select(whole) { _ in false }?.readableBytes == 0)
        var odd = RCPMessageWriter()
        odd.append(RCPField<Int64>(1), 300)
        odd.append(RCPField<Int64>(3), 3)
        var expected = odd.buffer
        expected.writeBytes([0x29, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(RCPMessageFields.select(whole) { $0 % 2 == 1 } == expected)
        // Of a part of a buffer as well.
        var behind = ByteBuffer(bytes: [0xFF, 0xFF])
        behind.writeImmutableBuffer(whole)
        behind.moveReaderIndex(forwardBy: 2)
        #expect(RCPMessageFields.select(behind) { $0 % 2 == 1 } == expected)
    }

    @Test(
        arguments: [
            // A tag alone, a varint without its end, one of eleven bytes, a text and fixed sizes that are cut, a group,
            // a field of number 0 and one of more than 29 bits.
            [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0xFF, count: 11), [0x12, 5, 1], [0x0D, 1, 2],
            [0x09, 1], [0x0B], [0x0F], [0x00, 1], [0x80, 0x80, 0x80, 0x80, 0x10, 1],
        ] as [[UInt8]])
    func bytesThatAreNoMessageAreRefused(_ bytes: [UInt8]) {
        #expect(RCPMessageFields.select(ByteBuffer(bytes: bytes)) { _ in true } == nil)
    }
}
