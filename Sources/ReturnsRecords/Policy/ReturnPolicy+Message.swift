import NIOCore
import ReturnsAPI
import ReturnsDomain

extension ReturnPolicy {
    /// As a request gives it.
    package init(_ proto: Returns_V1_Policy, version: UInt64, now: Instant, by: String) throws(CaseRejection)
    {
        self.init(fields: proto, version: version, createdAt: now, createdBy: by)
        try validate()
    }

    private init(fields proto: Returns_V1_Policy, version: UInt64, createdAt: Instant, createdBy: String) {
        self.init(
            version: version, returnWindowDays: Int64(proto.returnWindowDays),
            reasons: proto.reasons.map { Reason(code: $0.code, title: $0.title, isCovered: $0.covered) },
            requiredConditions: proto.requiredConditions, standardVersion: proto.standardVersion,
            returnAddress: proto.returnAddress, instructions: proto.instructions,
            enclosures: proto.enclosures,
            appealsMax: Int(proto.appealsMax), followUpAttemptsMax: Int(proto.followUpAttemptsMax),
            isReturnlessAllowed: proto.returnlessAllowed, createdAt: createdAt, createdBy: createdBy)
    }

    package init(record: ByteBuffer) throws(RecordError) {
        let message: Returns_V1_Policy = try CheckedRecord.decode(record)
        self.init(
            fields: message, version: message.version, createdAt: Instant(milliseconds: message.createdAtMs),
            createdBy: message.createdBy)
        if let inconsistency { throw RecordError(what: inconsistency) }
    }

    package var message: Returns_V1_Policy {
        .with {
            $0.version = version
            $0.returnWindowDays = UInt32(clamping: returnWindowDays)
            $0.reasons = reasons.map { reason in
                .with {
                    $0.code = reason.code
                    $0.title = reason.title
                    $0.covered = reason.isCovered
                }
            }
            $0.requiredConditions = requiredConditions
            $0.standardVersion = standardVersion
            $0.returnAddress = returnAddress
            $0.instructions = instructions
            $0.enclosures = enclosures
            $0.appealsMax = UInt32(appealsMax)
            $0.followUpAttemptsMax = UInt32(followUpAttemptsMax)
            $0.returnlessAllowed = isReturnlessAllowed
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}
