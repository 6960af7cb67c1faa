import ReturnsRecords

@testable import ReturnsStore

/// A record whose contents were changed, with a checksum that fits: as another build would have written it.
func resealed(_ record: [UInt8], _ change: (inout [UInt8]) throws -> Void) rethrows -> [UInt8] {
    var contents = Array(record.dropLast(4))
    try change(&contents)
    let checksum = contents.withUnsafeBytes { CRC32C.of($0) }
    return contents + withUnsafeBytes(of: checksum.bigEndian) { Array($0) }
}
