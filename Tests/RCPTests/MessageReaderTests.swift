import NIOCore
import RCP
import SwiftProtobuf
import Testing

/// Messages that are written and read field by field. The message itself is the measure: what SwiftProtobuf reads of the bytes
/// that were written, and what is read of the bytes that it writes.
@Suite struct MessageReaderTests {
    /// A part of a DescriptorProto, a message of the library's that holds others of its kind.
    private struct Item: Equatable {
        var name = ""
        var isDeprecated: Bool?
        var nested: [Item] = []

        private static let options = RCPOptionalField<Google_Protobuf_MessageOptions>(7)
        private static let deprecated = RCPOptionalField<Bool>(3)
        private static let (nameField, nestedField) = (
            RCPField<String>(1), RCPRepeatedField<Google_Protobuf_DescriptorProto>(3)
        )

        func write(to writer: inout RCPMessageWriter) {
            writer.append(Self.nameField, name)
            for item in nested { writer.append(Self.nestedField) { item.write(to: &$0) } }
            if let isDeprecated { writer.append(Self.options) { $0.append(Self.deprecated, isDeprecated) } }
        }

        init(name: String = "", isDeprecated: Bool? = nil, nested: [Item] = []) {
            self.name = name
            self.isDeprecated = isDeprecated
            self.nested = nested
        }

        init(from reader: inout RCPMessageReader) {
            while let number = reader.next() {
                switch number {
                case Self.nameField: name = reader.read(Self.nameField)
                case Self.nestedField: nested.append(reader.read(Self.nestedField) { Item(from: &$0) })
                case Self.options:
                    isDeprecated = reader.read(Self.options) { reader in
                        var value: Bool?
                        while let number = reader.next() {
                            if case Self.deprecated = number { value = reader.read(Self.deprecated) }
                        }
                        return value
                    }
                default: break
                }
            }
        }

        init(_ message: Google_Protobuf_DescriptorProto) {
            name = message.name
            if message.options.hasDeprecated { isDeprecated = message.options.deprecated }
            nested = message.nestedType.map(Item.init)
        }
    }

    /// Lengths around those at which a length takes another byte.
    @Test(arguments: [0, 1, 100, 120, 127, 128, 129, 300, 16_383, 16_384, 70_000])
    func messagesInMessagesOfEveryLength(_ length: Int) throws {
        let text = String(repeating: "ä", count: length / 2) + (length % 2 == 1 ? "x" : "")
        let item = Item(
            name: "outer", isDeprecated: false,
            nested: [
                Item(name: text, isDeprecated: true, nested: [Item(name: text)]), Item(), Item(name: text),
            ])
        var writer = RCPMessageWriter(capacity: 0)
        item.write(to: &writer)
        let message = try RCPMessageCodec.decode(
            Google_Protobuf_DescriptorProto.self, from: writer.buffer, role: .server)
        #expect(Item(message) == item)
        #expect(try RCPMessageCodec.encode(message) == writer.buffer)
        let read = RCPMessageReader.read(writer.buffer) { reader in
            let read = Item(from: &reader)
            return reader.isMalformed || reader.hasUnknownFields ? nil : read
        }
        #expect(read == item)
    }

    private static let number = RCPField<Int64>(1)
    private static let (unsigned, small, signed) = (
        RCPField<UInt64>(2), RCPField<UInt32>(3), RCPField<Int32>(4)
    )
    private static let (flag, bytes) = (RCPField<Bool>(5), RCPField<[UInt8]>(6))
    private static let (optional, text) = (RCPOptionalField<Int64>(7), RCPOptionalField<String>(8))
    private static let (numbers, texts) = (RCPRepeatedField<Int64>(9), RCPRepeatedField<String>(10))

    private struct Values: Equatable {
        var number: Int64 = 0
        var unsigned: UInt64 = 0
        var small: UInt32 = 0
        var signed: Int32 = 0
        var flag = false
        var bytes: [UInt8] = []
        var optional: Int64?
        var text: String?
        var numbers: [Int64] = []
        var texts: [String] = []

        var written: ByteBuffer {
            var writer = RCPMessageWriter()
            writer.append(MessageReaderTests.number, number)
            writer.append(MessageReaderTests.unsigned, unsigned)
            writer.append(MessageReaderTests.small, small)
            writer.append(MessageReaderTests.signed, signed)
            writer.append(MessageReaderTests.flag, flag)
            writer.append(MessageReaderTests.bytes, bytes)
            writer.append(MessageReaderTests.optional, optional)
            writer.append(MessageReaderTests.text, text)
            writer.append(MessageReaderTests.numbers, numbers)
            writer.append(MessageReaderTests.texts, texts)
            return writer.takeBuffer()
        }
    }

    /// Nil for bytes that are no message.
    private static func read(_ buffer: ByteBuffer) -> (Values, hasUnknownFields: Bool)? {
        RCPMessageReader.read(buffer) { reader in
            var values = Values()
            while let field = reader.next() {
                switch field {
                case number: values.number = reader.read(number)
                case unsigned: values.unsigned = reader.read(unsigned)
                case small: values.small = reader.read(small)
                case signed: values.signed = reader.read(signed)
                case flag: values.flag = reader.read(flag)
                case bytes: values.bytes = reader.read(bytes)
                case optional: values.optional = reader.read(optional)
                case text: values.text = reader.read(text)
                case numbers: reader.read(numbers, into: &values.numbers)
                case texts: reader.read(texts, into: &values.texts)
                default: break
                }
            }
            return reader.isMalformed ? nil : (values, reader.hasUnknownFields)
        }
    }

    private static let large = Values(
        number: .min, unsigned: .max, small: .max, signed: .min, flag: true, bytes: [0, 255], optional: 0,
        text: "", numbers: [0, -1, .max, 127, 128], texts: ["", "ж", ""])

    @Test func valuesAreReadAsTheyWereWritten() {
        #expect(Values().written.readableBytes == 0)
        for values in [Values(), Self.large] {
            let read = Self.read(values.written)
            #expect(read?.0 == values && read?.hasUnknownFields == false)
        }
    }

    @Test func theLastOfSeveralCountsAndAListGoesOn() {
        var bytes = Values(number: 1, optional: 1, numbers: [1], texts: ["a"]).written
        bytes.writeImmutableBuffer(Values(number: 2, optional: 0, numbers: [2, 3], texts: ["b"]).written)
        // Numbers that are not packed.
        bytes.writeBytes([0x48, 4, 0x48, 5])
        #expect(
            Self.read(bytes)?.0
                == Values(number: 2, optional: 0, numbers: [1, 2, 3, 4, 5], texts: ["a", "b"]))
    }

    // MARK: Levels

    private static let second = RCPField<Int64>(21, level: 2)
    private static let secondText = RCPOptionalField<String>(22, level: 2)
    private static let secondTexts = RCPRepeatedField<String>(23, level: 2)
    private static let secondNumbers = RCPRepeatedField<Int64>(24, level: 2)
    private static let secondBytes = RCPField<[UInt8]>(25, level: 2)
    private static let secondMessage = RCPOptionalField<Google_Protobuf_Timestamp>(26, level: 2)
    private static let secondMessages = RCPRepeatedField<Google_Protobuf_Timestamp>(27, level: 2)
    private static let kind = RCPField<Google_Protobuf_NullValue>(28) { $0 == 3 ? 3 : 1 }
    private static let anyKind = RCPOptionalField<Google_Protobuf_NullValue>(29, level: 2) { $0 == 3 ? 3 : 1 }
    private static let kinds = RCPRepeatedField<Google_Protobuf_NullValue>(30, level: 2) { $0 == 3 ? 3 : 1 }

    /// Each way to write a field of the second level.
    private static let writings: [@Sendable (inout RCPMessageWriter) -> Void] = [
        { $0.append(second, 1) }, { $0.append(secondText, "") }, { $0.append(secondTexts, "a") },
        { $0.append(secondTexts, ["a", "b"]) }, { $0.append(secondNumbers, [0]) },
        { $0.append(secondBytes, [0]) }, { $0.append(secondMessage) { $0.append(number, 1) } },
        { $0.append(secondMessages) { _ in } }, { $0.append(secondMessage, parts: []) },
        { $0.append(secondMessages, parts: []) }, { $0.append(anyKind, number: 0) },
        { $0.append(kinds, numbers: [0]) },
    ]

    /// A field of a later level is left out, and noted, where it has something.
    @Test(arguments: writings.indices)
    func whatALaterLevelBroughtIsLeftOutAndNoted(_ index: Int) {
        var (low, high) = (RCPMessageWriter(level: 1), RCPMessageWriter(level: 2))
        Self.writings[index](&low)
        Self.writings[index](&high)
        #expect(low.buffer.readableBytes == 0 && low.neededLevel == 2)
        #expect(high.buffer.readableBytes > 0 && high.neededLevel == 2)
    }

    @Test func whatIsNotGivenNeedsNoLevel() {
        var writer = RCPMessageWriter(level: 1)
        writer.append(Self.second, 0)
        writer.append(Self.secondText, nil)
        writer.append(Self.secondTexts, [])
        writer.append(Self.secondNumbers, [])
        writer.append(Self.secondBytes, [])
        writer.append(Self.kind, number: 2)
        writer.append(Self.anyKind, number: nil)
        writer.append(Self.kinds, numbers: [])
        #expect(writer.neededLevel == 1)
        #expect(!writer.holds(Self.second) && writer.holds(Self.kind))
    }

    /// Another value in its place would be untrue, so it is written, and only noted.
    @Test func aValueOfALaterLevelIsNoted() {
        var writer = RCPMessageWriter(level: 2)
        writer.append(Self.kind, number: 3)
        #expect(writer.neededLevel == 3 && writer.buffer.readableBytes == 3)
        writer = RCPMessageWriter(level: 2)
        writer.append(Self.anyKind, number: 3)
        #expect(writer.neededLevel == 3 && writer.buffer.readableBytes == 3)
        writer = RCPMessageWriter(level: 2)
        writer.append(Self.kinds, numbers: [1, 3, 2])
        #expect(writer.neededLevel == 3 && writer.buffer.readableBytes == 6)
    }

    /// As protobuf demands of numbers that were made smaller.
    @Test func numbersThatAreTooLargeForTheirTypeLoseBits() {
        #expect(Self.read(ByteBuffer(bytes: [0x18, 0x81, 0x80, 0x80, 0x80, 0x10]))?.0.small == 1)
        #expect(Self.read(ByteBuffer(bytes: [0x28, 2]))?.0.flag == true)
    }

    @Test(
        arguments: [
            // A varint, text, a fixed64, a fixed32; one of them in a message that is known.
            [0x58, 1], [0x5A, 1, 0], [0x59, 0, 0, 0, 0, 0, 0, 0, 0], [0x5D, 0, 0, 0, 0],
        ] as [[UInt8]])
    func unknownFieldsAreNoted(_ bytes: [UInt8]) {
        var buffer = Self.large.written
        buffer.writeBytes(bytes)
        buffer.writeImmutableBuffer(Values(number: 7).written)
        let read = Self.read(buffer)
        #expect(read?.hasUnknownFields == true && read?.0.number == 7)
    }

    @Test(
        arguments: [
            // Values of another type than the field's.
            [0x0A, 1, 0], [0x09, 0, 0, 0, 0, 0, 0, 0, 0], [0x30, 1], [0x40, 1], [0x4D, 0, 0, 0, 0],
            [0x50, 1],
            // A group, known and unknown, and its end.
            [0x0B, 0x0C], [0x5B, 0x5C], [0x0C], [0x0E], [0x0F],
            // Numbers that are cut or have more than 64 bits; in a list as well.
            [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0xFF, count: 9) + [2],
            [0x08] + [UInt8](repeating: 0x80, count: 10) + [0], [0x4A, 1, 0x80], [0x4A, 2, 1],
            // Lengths past the end.
            [0x32, 2, 1], [0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x52],
            // Text that is no UTF-8, and tags that are none.
            [0x42, 1, 0xFF], [0x52, 2, 0xC3, 0x28], [0x00], [0x07, 1], [0x80, 0x80, 0x80, 0x80, 0x10, 1],
        ] as [[UInt8]])
    func bytesThatAreNoMessage(_ bytes: [UInt8]) {
        #expect(Self.read(ByteBuffer(bytes: bytes)) == nil)
        var behind = Self.large.written
        behind.writeBytes(bytes)
        #expect(Self.read(behind) == nil)
    }

    /// No bytes stop the reader, and what it takes for a message is one.
    @Test func mutatedBytesAreReadToTheirEnd() throws {
        var random = SeededGenerator(seed: 0x5E_ED)
        var item = Item(name: "leaf", isDeprecated: true)
        for depth in 0..<4 { item = Item(name: "\(depth)", nested: [item, Item(name: "xyz")]) }
        var writer = RCPMessageWriter()
        item.write(to: &writer)
        let templates = [Array(buffer: Self.large.written), Array(buffer: writer.buffer)]
        var taken = 0
        for _ in 0..<40_000 {
            var bytes = random.pick(templates)
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes.removeSubrange(place...)
                case 1: bytes.insert(UInt8(random.below(256)), at: place)
                case 2: bytes[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF])
                case 3: bytes.remove(at: place)
                default: bytes[place] ^= 1 << UInt8(random.below(8))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let buffer = ByteBuffer(bytes: bytes)
            _ = Self.read(buffer)
            // What it does not know of a message, it does not look into.
            let isMessage = RCPMessageReader.read(buffer) { reader in
                _ = Item(from: &reader)
                return !reader.isMalformed && !reader.hasUnknownFields
            }
            guard isMessage else { continue }
            taken += 1
            #expect(throws: Never.self) {
                try RCPMessageCodec.decode(Google_Protobuf_DescriptorProto.self, from: buffer, role: .server)
            }
        }
        #expect(taken > 1_000)
    }
}
