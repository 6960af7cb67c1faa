public import SwiftProtobuf

/// What is known of a request that has a field which this server does not know. This server has done nothing for it; one that
/// knows the field may have, before.
@usableFromInline package enum UnknownFieldOutcome: Sendable, CaseIterable {
    /// It was not carried out before, or changes nothing.
    case nothingDone
    /// It was carried out before, at another server.
    case doneBefore
    /// Nothing tells whether it was.
    case unknown
    /// It is a message of a stream, and those before it may have been carried out.
    case amidStream
}

extension RCPStatus {
    /// FIELD_UNKNOWN (SPEC.md §8.3).
    ///
    /// - Parameter message: Has such a field.
    @usableFromInline package static func fieldUnknown(
        in message: some SwiftProtobuf.Message, _ found: UnknownFieldOutcome
    ) -> RCPStatus {
        let field = message.unknownField
        let place = field.map { $0.place.isEmpty ? "" : "\($0.place): " } ?? ""
        let text = "\(place)this server does not know field \(field?.number ?? 0), \(found.advice)"
        return RCPStatus(
            code: .invalidArgument, outcome: found.outcome, text: text,
            details: [RCPErrorDetail(field: field?.path ?? "", reason: .fieldUnknown, text: text)])
    }
}

extension UnknownFieldOutcome {
    fileprivate var outcome: RCPOutcome {
        switch self {
        case .nothingDone: .notApplied
        case .doneBefore: .applied
        case .unknown, .amidStream: .unknown
        }
    }

    fileprivate var advice: String {
        switch self {
        case .nothingDone: "so nothing was done; leave the field out, or upgrade the server"
        case .doneBefore:
            "but the same request was carried out before, at a newer server; ask that one for what came of it"
        case .unknown:
            "so it has done nothing; if the same request was sent before, a newer server may have carried it out: send it to that one again; if it was not, leave the field out, or upgrade the server"
        case .amidStream:
            "so it has not done what this message asks; what was asked before in this stream may have been done; leave the field out, or upgrade the server"
        }
    }
}
