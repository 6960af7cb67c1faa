import ReturnsDomain
import ReturnsRecords

/// Reads what `RecordWriter` wrote. Every length is checked against what is left before it is used.
struct RecordReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// A list of a record holds no more than this, so that a damaged length cannot claim memory.
    static let listCountMax = 100_000

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// As `RecordWriter.sealed` left them.
    init(sealed bytes: UnsafeRawBufferPointer) throws(RecordError) {
        let end = bytes.count - MemoryLayout<UInt32>.size
        guard end > 0 else { throw RecordError(what: "record ends early") }
        let contents = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        let checksum = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
        guard CRC32C.of(contents) == checksum else { throw RecordError(what: "its checksum does not fit") }
        self.bytes = contents
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(RecordError) -> UInt8 {
        guard position < bytes.count else { throw RecordError(what: "record ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads the number of the record's form, which leads it.
    ///
    /// - Parameter own: The latest one that this build knows.
    /// - Throws: for a higher one, that a newer build wrote the record, which is whole: its checksum was compared before.
    mutating func form(upTo own: UInt8) throws(RecordError) -> UInt8 {
        let form = try byte()
        guard form > own else { return form }
        throw .newer("a record of form \(form)")
    }

    mutating func bytes(_ count: Int) throws(RecordError) -> [UInt8] {
        guard bytes.count - position >= count else { throw RecordError(what: "record ends early") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func unsigned() throws(RecordError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || next <= 1 else { throw RecordError(what: "number too long") }
            value |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 { return value }
            shift += 7
            guard shift <= 63 else { throw RecordError(what: "number too long") }
        }
    }

    mutating func signed() throws(RecordError) -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func unsigned32() throws(RecordError) -> UInt32 {
        guard let value = UInt32(exactly: try unsigned()) else {
            throw RecordError(what: "number out of range")
        }
        return value
    }

    mutating func integer() throws(RecordError) -> Int { Int(try signed()) }

    mutating func boolean() throws(RecordError) -> Bool {
        switch try byte() {
        case 0: return false
        case 1: return true
        default: throw RecordError(what: "not a boolean")
        }
    }

    private mutating func span() throws(RecordError) -> UnsafeRawBufferPointer {
        let count = try unsigned()
        guard count <= UInt64(bytes.count - position) else { throw RecordError(what: "text ends early") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
    }

    mutating func text() throws(RecordError) -> String { String(decoding: try span(), as: UTF8.self) }
    mutating func data() throws(RecordError) -> [UInt8] { [UInt8](try span()) }
    mutating func instant() throws(RecordError) -> Instant { Instant(milliseconds: try signed()) }
    mutating func optionalInstant() throws(RecordError) -> Instant? { try boolean() ? try instant() : nil }

    mutating func caseID() throws(RecordError) -> CaseID {
        guard bytes.count - position >= CaseID.length else { throw RecordError(what: "record ends early") }
        defer { position += CaseID.length }
        guard let id = CaseID(String(decoding: bytes[position..<position + CaseID.length], as: UTF8.self))
        else {
            throw RecordError(what: "not a case id")
        }
        return id
    }

    /// Of a record that proves by a checksum that it is whole.
    mutating func checkedCaseID() throws(RecordError) -> CaseID {
        guard bytes.count - position >= CaseID.length else { throw RecordError(what: "record ends early") }
        defer { position += CaseID.length }
        return CaseID(checked: UnsafeRawBufferPointer(rebasing: bytes[position..<position + CaseID.length]))
    }

    mutating func list<Element>(
        _ body: (inout RecordReader) throws(RecordError) -> Element
    ) throws(RecordError) -> [Element] {
        let count = try unsigned()
        guard count <= UInt64(Self.listCountMax), count <= UInt64(bytes.count - position) else {
            throw RecordError(what: "list too long")
        }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }

    mutating func texts() throws(RecordError) -> [String] {
        try list { reader throws(RecordError) in try reader.text() }
    }
}
