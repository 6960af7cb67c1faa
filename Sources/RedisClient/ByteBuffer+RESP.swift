import NIOCore

/// The bytes of RESP2 requests: `*N`, then N bulk strings.
extension ByteBuffer {
    mutating func writeRESPArrayHeader(_ count: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: Self.headerBytesMax) { target in
            Self.putHeader(UInt8(ascii: "*"), count, in: target)
        }
    }

    mutating func writeRESPBulk(_ source: UnsafeRawBufferPointer) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: source.count + Self.headerBytesMax + 2) { target in
            var end = Self.putHeader(UInt8(ascii: "$"), source.count, in: target)
            UnsafeMutableRawBufferPointer(rebasing: target[end...]).copyMemory(from: source)
            end += source.count
            target[end] = UInt8(ascii: "\r")
            target[end + 1] = UInt8(ascii: "\n")
            return end + 2
        }
    }

    mutating func writeRESPBulk(_ value: Int64) {
        let digits = Self.decimalDigits(value.magnitude) + (value < 0 ? 1 : 0)
        writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * Self.headerBytesMax) { target in
            var end = Self.putHeader(UInt8(ascii: "$"), digits, in: target)
            if value < 0 { target[end] = UInt8(ascii: "-") }
            end += digits
            Self.putDigits(value.magnitude, endingBefore: end, in: target)
            target[end] = UInt8(ascii: "\r")
            target[end + 1] = UInt8(ascii: "\n")
            return end + 2
        }
    }

    /// A type byte, 20 digits, CR and LF.
    private static let headerBytesMax = 23

    private static func putHeader(
        _ type: UInt8, _ count: Int, in target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let end = 1 + decimalDigits(UInt64(count))
        target[0] = type
        putDigits(UInt64(count), endingBefore: end, in: target)
        target[end] = UInt8(ascii: "\r")
        target[end + 1] = UInt8(ascii: "\n")
        return end + 2
    }

    private static func putDigits(
        _ value: UInt64, endingBefore end: Int, in target: UnsafeMutableRawBufferPointer
    ) {
        var rest = value
        var position = end
        repeat {
            position -= 1
            target[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
    }

    private static func decimalDigits(_ value: UInt64) -> Int {
        var digits = 1
        var bound: UInt64 = 10
        while value >= bound {
            digits += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        return digits
    }
}
