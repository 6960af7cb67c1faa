/// What a header is checked against: the receiver's role and what was negotiated.
public struct RCPHeaderRules: Sendable, Hashable {
    /// Who reads the header.
    public var role: RCPRole
    /// `RCPLimits.helloPayloadBytesMax` until the handshake is over, then the negotiated limit.
    public var framePayloadBytesMax: Int
    /// Those that both peers have (SPEC.md §8.2).
    public var features: RCPFeatures

    public init(role: RCPRole, framePayloadBytesMax: Int, features: RCPFeatures) {
        self.role = role
        self.framePayloadBytesMax = framePayloadBytesMax
        self.features = features
    }

    /// The rules of a connection on which nothing has been agreed.
    public static func beforeHandshake(_ role: RCPRole) -> RCPHeaderRules {
        RCPHeaderRules(role: role, framePayloadBytesMax: RCPLimits.helloPayloadBytesMax, features: [])
    }
}

extension RCPFrameHeader {
    /// Checks everything that twelve bytes can tell, before the payload is buffered (SPEC.md §10, M5–M15).
    ///
    /// - Returns: the type, or nil for an unknown type that may be skipped.
    func check(_ rules: RCPHeaderRules) throws(RCPViolation) -> RCPFrameType? {
        guard let type else {
            guard flags.contains(.ignorable) else { throw .typeUnknown }
            guard payloadBytes <= rules.framePayloadBytesMax else { throw .payloadTooLarge }
            return nil
        }
        guard rules.role.mayReceive(type) else { throw .typeNotForRole }
        try checkLength(of: type, rules)
        guard flags.isSubset(of: .aboutMessages) else { throw .flagReserved }
        try checkFlags(of: type)
        if flags.contains(.compressed), !rules.features.contains(.compression) {
            throw .compressedNotNegotiated
        }
        if flags.contains(.more), !rules.features.contains(.fragments) { throw .moreNotNegotiated }
        if method != 0, type != .request { throw .methodNotZero }
        try checkStream(of: type)
        return type
    }

    private func checkLength(of type: RCPFrameType, _ rules: RCPHeaderRules) throws(RCPViolation) {
        switch type {
        case .hello, .helloAck:
            guard payloadBytes <= RCPLimits.helloPayloadBytesMax else { throw .payloadTooLarge }
        case .refused, .goAway:
            guard payloadBytes <= RCPLimits.noticePayloadBytesMax else { throw .payloadTooLarge }
        case .request, .response:
            guard payloadBytes <= rules.framePayloadBytesMax else { throw .payloadTooLarge }
        case .message:
            guard payloadBytes <= rules.framePayloadBytesMax else { throw .payloadTooLarge }
            guard flags.contains(.hasMessage) || payloadBytes == 0 else { throw .payloadLengthWrong }
        case .ping, .pong:
            try checkFixedLength(8)
        case .credit:
            try checkFixedLength(4)
        case .cancel:
            try checkFixedLength(1)
        }
    }

    /// A length above `noticePayloadBytesMax` is called too large, any other wrong one is called wrong: the
    /// first would cost memory, the second is a mistake.
    private func checkFixedLength(_ bytes: UInt32) throws(RCPViolation) {
        guard payloadBytes <= RCPLimits.noticePayloadBytesMax else { throw .payloadTooLarge }
        guard payloadBytes == bytes else { throw .payloadLengthWrong }
    }

    private func checkFlags(of type: RCPFrameType) throws(RCPViolation) {
        switch type {
        case .request:
            break
        case .message:
            guard flags.contains(.hasMessage) || flags.contains(.end) else { throw .flagNotAllowed }
        case .response:
            guard flags.contains(.end) != flags.contains(.more) else { throw .flagNotAllowed }
        case .hello, .helloAck, .refused, .ping, .pong, .goAway, .credit, .cancel:
            guard flags.isEmpty else { throw .flagNotAllowed }
        }
        if flags.contains(.more) {
            guard flags.contains(.hasMessage), !flags.contains(.end) else { throw .flagNotAllowed }
        }
        if flags.contains(.compressed), !flags.contains(.hasMessage) { throw .flagNotAllowed }
    }

    private func checkStream(of type: RCPFrameType) throws(RCPViolation) {
        switch type {
        case .request, .message, .response, .cancel:
            guard stream != 0 else { throw .streamZero }
        case .hello, .helloAck, .refused, .ping, .pong, .goAway:
            guard stream == 0 else { throw .streamNotZero }
        case .credit:
            break
        }
    }
}
