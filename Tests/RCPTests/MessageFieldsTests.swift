import NIOCore
import RCP
import RCPServices
import Testing

/// Messages that are put together from encoded parts, and taken apart without being decoded.
@Suite struct MessageFieldsTests {
    @Test func aMessageOfPartsIsOneMessage() throws {
        var payload = RCPMessageWriter()
        payload.append(field: 1, text: "one")
        payload.append(field: 1, text: "")
        payload.append(field: 2, varint: 0)
        payload.append(field: 3, varint: -1)
        var writer = RCPMessageWriter()
        writer.append(field: 300, parts: [payload.buffer, payload.buffer])
        writer.append(fields: payload.buffer)
        let expected: [UInt8] =
            [0x0A, 3] + Array("one".utf8) + [0x18] + [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(Array(buffer: payload.buffer) == expected)
        #expect(
            Array(buffer: writer.buffer)
                == [0xE2, 0x12, UInt8(2 * expected.count)] + expected + expected + expected)
    }

    @Test func fieldsAreSelectedAsTheyStand() throws {
        var writer = RCPMessageWriter()
        writer.append(field: 1, varint: 300)
        writer.append(field: 2, text: "two")
        writer.append(field: 3, varint: 3)
        // Of the two fixed sizes.
        var bytes = writer.buffer
        bytes.writeBytes([0x25, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8])
        let whole = bytes
        #expect(RCPMessageFields.select(whole) { _ in true } == whole)
        #expect(RCPMessageFields.select(whole) { _ in false }?.readableBytes == 0)
        var odd = RCPMessageWriter()
        odd.append(field: 1, varint: 300)
        odd.append(field: 3, varint: 3)
        var expected = odd.buffer
        expected.writeBytes([0x29, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(RCPMessageFields.select(whole) { $0 % 2 == 1 } == expected)
    }

    @Test(
        arguments: [
            // A tag alone, a varint without its end, one of eleven bytes, a text and fixed sizes that are cut, a group.
            [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0xFF, count: 11), [0x12, 5, 1], [0x0D, 1, 2],
            [0x09, 1], [0x0B], [0x0F],
        ] as [[UInt8]])
    func bytesThatAreNoMessageAreRefused(_ bytes: [UInt8]) {
        #expect(RCPMessageFields.select(ByteBuffer(bytes: bytes)) { _ in true } == nil)
    }
}
