import NIOCore

/// What both sides have agreed on (SPEC.md §4.2).
public struct RCPHelloAck: Sendable, Hashable {
    /// The version that both speak from here on.
    public var version: UInt8
    /// Those that both peers have (SPEC.md §8.2).
    public var features: RCPFeatures
    /// Largest payload of one frame, for both.
    public var framePayloadBytesMax: UInt32
    /// Largest message, for both.
    public var messageBytesMax: UInt32
    /// Calls that the client may have open at once.
    public var streamsMax: UInt32
    /// Shortest time between two of the client's PINGs.
    public var pingIntervalMillisecondsMin: UInt32
    /// SHA-256 of the server's schema, 32 bytes; all zero if not stated. Informative.
    public var schemaHash: [UInt8]
    /// For the client's log: program and version.
    public var serverName: String

    /// What a server with `limits` grants to `hello`: the common features, as far as they can do without each other, and
    /// the smaller limits.
    public init(answering hello: RCPHello, limits: RCPLimits, schemaHash: [UInt8], serverName: String) {
        precondition(schemaHash.count == RCPLimits.schemaHashBytes, "the schema hash is 32 bytes")
        version = min(hello.versionMax, RCPVersion.max)
        features = hello.features.intersection(.implemented)
        if !features.contains(.fragments) { features.remove(.streaming) }
        framePayloadBytesMax = min(hello.framePayloadBytesMax, UInt32(limits.framePayloadBytesMax))
        messageBytesMax = min(hello.messageBytesMax, UInt32(limits.messageBytesMax))
        streamsMax = UInt32(limits.streamsMax)
        pingIntervalMillisecondsMin = limits.pingIntervalMillisecondsMin
        self.schemaHash = schemaHash
        self.serverName = serverName
    }
}

extension RCPHelloAck {
    init(payload: ByteBuffer) throws(RCPViolation) {
        var bytes = payload
        guard
            let (version, features, framePayloadBytesMax, messageBytesMax, streamsMax, pingInterval) =
                bytes.readMultipleIntegers(as: (UInt8, UInt32, UInt32, UInt32, UInt32, UInt32).self),
            let schemaHash = bytes.readBytes(length: RCPLimits.schemaHashBytes),
            let serverName = bytes.readText8(), serverName.utf8.count <= RCPLimits.clientNameBytesMax
        else { throw .helloAckTruncated }
        self.version = version
        self.features = RCPFeatures(rawValue: features)
        self.framePayloadBytesMax = framePayloadBytesMax
        self.messageBytesMax = messageBytesMax
        self.streamsMax = streamsMax
        pingIntervalMillisecondsMin = pingInterval
        self.schemaHash = schemaHash
        self.serverName = serverName
    }

    /// A server may only take away from the offer.
    func check(against hello: RCPHello) throws(RCPViolation) {
        guard (hello.versionMin...hello.versionMax).contains(version), features.isSubset(of: hello.features),
            framePayloadBytesMax <= hello.framePayloadBytesMax, messageBytesMax <= hello.messageBytesMax,
            Int(framePayloadBytesMax) >= RCPLimits.framePayloadBytesMaxRange.lowerBound,
            Int(messageBytesMax) >= RCPLimits.messageBytesMaxRange.lowerBound, streamsMax >= 1,
            features.contains(.fragments) || !features.contains(.streaming)
        else { throw .helloAckOutOfRange }
    }

    func writePayload(into out: inout ByteBuffer) {
        out.writeMultipleIntegers(
            version, features.rawValue, framePayloadBytesMax, messageBytesMax, streamsMax,
            pingIntervalMillisecondsMin)
        out.writeBytes(schemaHash)
        out.writeText8(serverName, bytesMax: RCPLimits.clientNameBytesMax)
    }
}
