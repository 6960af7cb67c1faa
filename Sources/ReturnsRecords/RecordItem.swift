import NIOCore
import RCP
import ReturnsDomain
import SwiftProtobuf

/// A value that records hold as a message: the one place where it is written, and the one where it is read.
///
/// No message is made of it in between, so what a record costs is its bytes.
package protocol RecordItem {
    associatedtype Message: SwiftProtobuf.Message

    /// Writes the fields of its message, by their numbers.
    func write(to writer: inout RCPMessageWriter)

    /// Reads the fields of its message. What bytes that are no message leave in it, nobody takes: the reader tells.
    ///
    /// - Throws: for what it cannot be without, and for a value of an enumeration that this build does not know.
    init(from reader: inout RCPMessageReader) throws(RecordError)
}

extension RecordItem {
    /// Its message's bytes, with all that this build knows: of what is not stored, and of entries of timelines, which are read and
    /// never decided on. Whoever does not know a field of such an entry passes it on (DECISIONS.md).
    package var bytes: ByteBuffer {
        var writer = RCPMessageWriter()
        write(to: &writer)
        return writer.takeBuffer()
    }

    /// - Throws: for bytes that are no message, and for one that holds what this build does not know.
    package init(bytes: ByteBuffer) throws(RecordError) {
        self = try ItemReading<Self>.value(of: [bytes])
    }

    /// For the replies that are messages, not records.
    package var message: Message {
        do {
            return try RCPMessageCodec.decode(Message.self, from: bytes, role: .server)
        } catch {
            preconditionFailure("an item of ours is a message")
        }
    }
}

// MARK: Writing

extension RCPMessageWriter {
    mutating func append<Item: RecordItem>(_ field: RCPOptionalField<Item.Message>, _ item: Item?) {
        if let item { append(field) { item.write(to: &$0) } }
    }

    mutating func append<Item: RecordItem>(_ field: RCPRepeatedField<Item.Message>, _ items: [Item]) {
        for item in items { append(field) { item.write(to: &$0) } }
    }

    /// A further one of a list.
    mutating func append<Item: RecordItem>(_ field: RCPRepeatedField<Item.Message>, one item: Item) {
        append(field) { item.write(to: &$0) }
    }

    mutating func append<Value: SwiftProtobuf.Enum>(_ field: RCPField<Value>, _ code: some NamedCode) {
        append(field, number: code.rawValue)
    }

    mutating func append<Value: SwiftProtobuf.Enum, Code: NamedCode>(_ field: RCPField<Value>, _ code: Code?)
    {
        if let code { append(field, number: code.rawValue) }
    }

    mutating func append(_ field: RCPField<Int64>, _ instant: Instant) { append(field, instant.milliseconds) }

    mutating func append(_ field: RCPOptionalField<Int64>, _ instant: Instant?) {
        append(field, instant?.milliseconds)
    }

    mutating func append(_ field: RCPRepeatedField<Int64>, _ instants: some Collection<Instant>) {
        append(field, instants.lazy.map(\.milliseconds))
    }
}

// MARK: Reading

extension RCPMessageReader {
    mutating func read<Item: RecordItem>(_ field: RCPOptionalField<Item.Message>) throws(RecordError) -> Item
    {
        try read(field) { reader throws(RecordError) in try Item(from: &reader) }
    }

    mutating func read<Item: RecordItem>(
        _ field: RCPRepeatedField<Item.Message>, into items: inout [Item]
    ) throws(RecordError) {
        items.append(try read(field) { reader throws(RecordError) in try Item(from: &reader) })
    }

    /// Nil for one that is unspecified.
    mutating func read<Value: SwiftProtobuf.Enum, Code: NamedCode>(
        _ field: RCPField<Value>
    ) throws(RecordError) -> Code? {
        let number: Int = read(field)
        if number == 0 { return nil }
        guard let raw = UInt8(exactly: number), let code = Code(rawValue: raw) else {
            throw .newer("\(Code.self) \(number) is unknown")
        }
        return code
    }

    mutating func read(_ field: RCPField<Int64>) -> Instant { Instant(milliseconds: read(field)) }
    mutating func read(_ field: RCPOptionalField<Int64>) -> Instant { Instant(milliseconds: read(field)) }

    mutating func read(
        _ field: RCPRepeatedField<Int64>, into steps: inout AlertSteps<Instant>
    ) throws(RecordError) {
        var milliseconds = steps.map(\.milliseconds)
        defer { steps = milliseconds.map { Instant(milliseconds: $0) } }
        try read(field, into: &milliseconds)
    }

    mutating func read(
        _ field: RCPRepeatedField<Int64>, into steps: inout AlertSteps<Int64>
    ) throws(RecordError) {
        var isTooLong = false
        read(field) { number in
            if steps.isFull { isTooLong = true } else { steps.append(number) }
        }
        if isTooLong { throw RecordError(what: "a clock fires more often than one can") }
    }
}

extension Optional {
    /// What a record is not without.
    func present() throws(RecordError) -> Wrapped {
        guard let self else { throw RecordError(what: "\(Wrapped.self) is missing") }
        return self
    }
}
