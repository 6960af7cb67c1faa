import NIOCore

/// What precedes the message in a RESPONSE (SPEC.md §6.3).
public struct RCPResponseHead: Sendable, Hashable {
    /// How the call ended.
    public var status: RCPStatus
    /// The answer of an earlier call under the same request id.
    public var replayed: Bool
    /// For the caller (SPEC.md §6.3).
    public var trailers: RCPMetadata

    public init(status: RCPStatus, replayed: Bool = false, trailers: RCPMetadata = []) {
        self.status = status
        self.replayed = replayed
        self.trailers = trailers
    }

    /// A successful call.
    public init(outcome: RCPOutcome, replayed: Bool = false, trailers: RCPMetadata = []) {
        self.init(status: RCPStatus(code: .ok, outcome: outcome), replayed: replayed, trailers: trailers)
    }
}

extension RCPResponseHead {
    /// Bytes of a head without text, details and trailers.
    static let bareBytes = 14
    private static let replayedFlag: UInt8 = 0x01

    /// Reads the head and leaves the reader at the total or the message.
    init(reading buffer: inout ByteBuffer) throws(RCPViolation) {
        guard
            let (code, outcome, flags, reserved, retryAfter) = buffer.readMultipleIntegers(
                as: (UInt8, UInt8, UInt8, UInt8, Int32).self)
        else { throw .responseMalformed }
        guard let code = RCPStatusCode(rawValue: code), let outcome = RCPOutcome(rawValue: outcome),
            flags & ~Self.replayedFlag == 0, reserved == 0, retryAfter >= -1
        else { throw .responseCodes }
        guard let textBytes = buffer.readInteger(as: UInt16.self),
            textBytes <= RCPLimits.statusTextBytesMax, let text = buffer.readText(bytes: Int(textBytes))
        else { throw .responseMalformed }
        let details = try RCPErrorDetail.readAll(from: &buffer)
        trailers = try RCPMetadata.read(from: &buffer, truncated: .responseMalformed)
        status = RCPStatus(
            code: code, outcome: outcome, retryAfterMilliseconds: retryAfter, text: text, details: details)
        replayed = flags & Self.replayedFlag != 0
    }

    /// Whether the head is nothing but its fixed fields, as of nearly every successful call.
    var isBare: Bool { status.text.isEmpty && status.details.isEmpty && trailers.isEmpty }

    /// An upper bound of the bytes that `write` appends.
    var encodedBytesMax: Int {
        if isBare { return Self.bareBytes }
        let text = min(status.text.utf8.count, RCPLimits.statusTextBytesMax)
        return Self.bareBytes + text + RCPLimits.detailsBytesMax + trailers.encodedBytes
    }

    private var flags: UInt8 { replayed ? Self.replayedFlag : 0 }

    func write(into out: inout ByteBuffer) {
        precondition(status.retryAfterMilliseconds >= -1, "retry-after below -1 (SPEC.md M46)")
        out.writeMultipleIntegers(
            status.code.rawValue, status.outcome.rawValue, flags, UInt8(0), status.retryAfterMilliseconds)
        out.writeText16(status.text, bytesMax: RCPLimits.statusTextBytesMax)
        RCPErrorDetail.writeAll(status.details, into: &out)
        trailers.write(into: &out)
    }

    /// As `write`, for a bare head; `bytes` has exactly the room.
    @inline(__always)
    func storeBare(into bytes: UnsafeMutableRawBufferPointer) {
        precondition(status.retryAfterMilliseconds >= -1, "retry-after below -1 (SPEC.md M46)")
        bytes[0] = status.code.rawValue
        bytes[1] = status.outcome.rawValue
        bytes[2] = flags
        bytes[3] = 0
        bytes.storeBigEndian(status.retryAfterMilliseconds, at: 4)
        bytes.storeBigEndian(UInt32(0), at: 8)
        bytes.storeBigEndian(UInt16(0), at: 12)
    }
}
