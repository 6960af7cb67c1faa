import ReturnsDomain
import ReturnsRecords

/// What a mutation did, kept under its request id so that a retry replays instead of acting twice. No personal data.
public struct RequestRecord: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        /// A case command; the case was at this version afterwards.
        case changedCase(CaseID, version: UInt64)
        /// An order push.
        case putOrder(result: UInt8, version: UInt64)
        /// A change of an order's payments; the order was at this version afterwards.
        case changedPayments(version: UInt64)
        /// What only a newer build can tell. It was done, so it is not done again.
        case newer
    }

    /// How long a request id is remembered. Clients retry for minutes; natural keys protect for ever.
    public static let retentionMilliseconds: Int64 = 7 * Milliseconds.day
    static let fingerprintLength = 32

    /// SHA-256 of principal, method and message bytes.
    public var fingerprint: [UInt8]
    public var outcome: Outcome

    public init(fingerprint: [UInt8], outcome: Outcome) {
        precondition(fingerprint.count == Self.fingerprintLength, "a fingerprint is a SHA-256")
        self.fingerprint = fingerprint
        self.outcome = outcome
    }

    func encode() -> [UInt8] {
        var writer = RecordWriter(capacity: 64)
        for byte in fingerprint { writer.write(byte) }
        switch outcome {
        case .changedCase(let id, let version):
            writer.write(UInt8(1))
            writer.write(id)
            writer.write(version)
        case .putOrder(let result, let version):
            writer.write(UInt8(2))
            writer.write(result)
            writer.write(version)
        case .changedPayments(let version):
            writer.write(UInt8(3))
            writer.write(version)
        case .newer: preconditionFailure("this build makes no record that it cannot read")
        }
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        guard bytes.count > Self.fingerprintLength else {
            throw RecordError(what: "request record too short")
        }
        var reader = try RecordReader(sealed: bytes)
        fingerprint = try reader.bytes(Self.fingerprintLength)
        let kind: UInt8
        do throws(RecordError) { kind = try reader.form(upTo: 3) } catch {
            guard error.isNewer else { throw error }
            outcome = .newer
            return
        }
        switch kind {
        case 1: outcome = .changedCase(try reader.caseID(), version: try reader.unsigned())
        case 2: outcome = .putOrder(result: try reader.byte(), version: try reader.unsigned())
        case 3: outcome = .changedPayments(version: try reader.unsigned())
        default: throw RecordError(what: "request record of no kind")
        }
    }
}
