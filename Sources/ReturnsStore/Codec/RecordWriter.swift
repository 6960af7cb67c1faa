import ReturnsDomain
import ReturnsRecords

/// Writes a stored record: numbers as LEB128 varints (signed ones zigzag first), text as its length and UTF-8.
/// Fields follow each other without names; the version that leads each record says which there are.
struct RecordWriter {
    private(set) var bytes: [UInt8]

    init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    mutating func write(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// What was written, and behind it its CRC-32C, the high byte first: damage is noticed before anything is made of the bytes.
    consuming func sealed() -> [UInt8] {
        var bytes = bytes
        let checksum = bytes.withUnsafeBytes { CRC32C.of($0) }
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt32(shift)))
        }
        return bytes
    }

    mutating func write(_ value: Int64) { write(UInt64(bitPattern: value << 1 ^ value >> 63)) }
    mutating func write(_ value: UInt32) { write(UInt64(value)) }
    mutating func write(_ value: Int) { write(Int64(value)) }
    mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }
    mutating func write(_ value: UInt8) { bytes.append(value) }

    mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ data: [UInt8]) {
        write(UInt64(data.count))
        bytes.append(contentsOf: data)
    }

    mutating func write(_ instant: Instant) { write(instant.milliseconds) }

    mutating func write(_ instant: Instant?) {
        write(instant != nil)
        if let instant { write(instant) }
    }

    mutating func write(_ code: some NamedCode) { bytes.append(code.rawValue) }
    mutating func write<Code: NamedCode>(_ code: Code?) { bytes.append(code?.rawValue ?? 0) }
    mutating func write(_ id: CaseID) { bytes.append(contentsOf: id.asciiBytes) }

    mutating func writeList<Element>(_ list: [Element], _ body: (inout RecordWriter, Element) -> Void) {
        write(UInt64(list.count))
        for element in list { body(&self, element) }
    }

    /// A list of texts.
    mutating func write(_ list: [String]) { writeList(list) { $0.write($1) } }
}
