/// One row of SPEC.md §10, "Malformed input"; the raw value is the row's number.
public enum RCPViolation: UInt8, Sendable, Hashable, CaseIterable, Error {
    case httpRequest = 1
    case tlsClientHello
    case prefaceUnknown
    case prefaceVersion
    case typeUnknown
    case typeNotForRole
    case payloadTooLarge
    case payloadLengthWrong
    case flagReserved
    case flagNotAllowed
    case compressedNotNegotiated
    case moreNotNegotiated
    case methodNotZero
    case streamZero
    case streamNotZero
    case firstFrameNotHello
    case frameBeforeHelloAck
    case helloTruncated
    case helloVersion
    case helloLimits
    case helloClientName
    case helloCredentials
    case helloLate
    case helloAckMissing
    case helloAckTruncated
    case helloAckOutOfRange
    case refusedTruncated
    case goAwayTruncated
    case goAwayRising
    case creditZero
    case creditNotNegotiated
    case cancelCode
    case pingTooOften
    case streamNotRising
    case streamIdle
    case requestAfterGoAway
    case messageUnexpected
    case fragmentEmpty
    case responseRepeated
    case methodUnknown
    case methodKind
    case streamsExhausted
    case heldBytesExhausted
    case requestTruncated
    case responseMalformed
    case responseCodes
    case metadataMalformed
    case metadataTooLarge
    case requestIDMissing
    case requestIDUnexpected
    case messageAbsent
    case messageUnannounced
    case messageNotEnded
    case messageTooLarge
    case fragmentTotal
    case fragmentSum
    case messageUndecodable
    case endInsideFrame
    case creditOverrun
    case creditOverflow
    case creditUnexpected
    case messageNotTaken
    case cancelTooOften
    case refusedTooOften
    case frameLate
    case messageNotInflated
    case inflatedTooMuch

    /// The row's label, "M7".
    public var row: String { "M\(rawValue)" }
}
