extension RCPViolation {
    /// What a server does after the handshake; nil where the input cannot occur at a server.
    ///
    /// Before HELLO_ACK a GOAWAY becomes REFUSED MALFORMED.
    public var serverConsequence: RCPConsequence? {
        switch self {
        case .httpRequest: .httpReply
        case .tlsClientHello, .prefaceUnknown, .endInsideFrame: .close
        case .prefaceVersion, .helloVersion: .refused(.version)
        case .firstFrameNotHello, .frameBeforeHelloAck, .helloTruncated, .helloLimits, .helloClientName,
            .helloCredentials:
            .refused(.malformed)
        case .helloLate: .refused(.helloTimeout)
        case .payloadTooLarge: .goAway(.frameTooLarge)
        case .pingTooOften: .goAway(.tooManyPings)
        case .cancelTooOften, .refusedTooOften, .inflatedTooMuch: .goAway(.excessiveLoad)
        case .frameLate: .goAway(.tooSlow)
        case .creditOverrun, .creditOverflow: .goAway(.creditOverrun)
        case .typeUnknown, .typeNotForRole, .payloadLengthWrong, .flagReserved, .flagNotAllowed,
            .compressedNotNegotiated, .moreNotNegotiated, .methodNotZero, .streamZero, .streamNotZero,
            .goAwayTruncated, .goAwayRising, .creditZero, .creditNotNegotiated, .cancelCode,
            .creditUnexpected, .streamNotRising, .streamIdle, .requestAfterGoAway, .messageUnexpected,
            .fragmentEmpty:
            .goAway(.protocolError)
        case .methodUnknown, .methodKind: .response(.unimplemented)
        case .streamsExhausted, .heldBytesExhausted, .metadataTooLarge, .messageTooLarge:
            .response(.resourceExhausted)
        case .requestTruncated, .metadataMalformed, .requestIDMissing, .requestIDUnexpected, .messageAbsent,
            .messageUnannounced, .messageNotEnded, .messageNotTaken, .fragmentTotal, .fragmentSum,
            .messageUndecodable, .messageNotInflated:
            .response(.invalidArgument)
        case .helloAckMissing, .helloAckTruncated, .helloAckOutOfRange, .refusedTruncated, .responseRepeated,
            .responseMalformed, .responseCodes:
            nil
        }
    }

    /// What a client does after the handshake; nil where the input cannot occur at a client.
    ///
    /// Before HELLO_ACK a GOAWAY becomes a close without a frame.
    public var clientConsequence: RCPConsequence? {
        switch self {
        case .helloAckMissing, .helloAckTruncated, .helloAckOutOfRange, .refusedTruncated, .endInsideFrame:
            .close
        case .payloadTooLarge: .goAway(.frameTooLarge)
        case .creditOverrun, .creditOverflow: .goAway(.creditOverrun)
        case .typeUnknown, .typeNotForRole, .payloadLengthWrong, .flagReserved, .flagNotAllowed,
            .compressedNotNegotiated, .moreNotNegotiated, .methodNotZero, .streamZero, .streamNotZero,
            .goAwayTruncated, .goAwayRising, .creditZero, .creditNotNegotiated, .creditUnexpected,
            .cancelCode,
            .streamIdle, .messageUnexpected, .fragmentEmpty, .responseRepeated:
            .goAway(.protocolError)
        case .heldBytesExhausted, .metadataTooLarge, .messageTooLarge: .callFails(.resourceExhausted)
        case .responseCodes: .callFails(.unknown)
        case .responseMalformed, .metadataMalformed, .messageAbsent, .messageUnannounced, .messageNotEnded,
            .messageNotTaken,
            .fragmentTotal, .fragmentSum, .messageUndecodable, .messageNotInflated:
            .callFails(.internalError)
        case .httpRequest, .tlsClientHello, .prefaceUnknown, .prefaceVersion, .firstFrameNotHello,
            .frameBeforeHelloAck, .helloTruncated, .helloVersion, .helloLimits, .helloClientName,
            .helloCredentials, .helloLate, .pingTooOften, .cancelTooOften, .refusedTooOften, .frameLate,
            .inflatedTooMuch,
            .streamNotRising, .requestAfterGoAway,
            .methodUnknown, .methodKind, .streamsExhausted, .requestTruncated, .requestIDMissing,
            .requestIDUnexpected:
            nil
        }
    }
}
