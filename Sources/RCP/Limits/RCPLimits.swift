/// Every limit of RCP/1, with its unit in its name (SPEC.md §9).
///
/// The instance's fields are one peer's own choice; the negotiated ones among them are an offer until
/// HELLO_ACK. The static ones are fixed by RCP/1, the same for every peer.
public struct RCPLimits: Sendable, Hashable {
    /// Negotiated. Largest payload of one frame.
    public var framePayloadBytesMax: Int = 262_144
    /// Negotiated. Largest message, whole or as the sum of its fragments.
    public var messageBytesMax: Int = 4_194_304
    /// Stated by the server. Calls a client may have open on one connection.
    public var streamsMax: Int = 256
    /// Stated by the server. Shortest interval between a client's PINGs.
    public var pingIntervalMillisecondsMin: UInt32 = 10_000
    /// Message bytes one connection may hold: messages under assembly by their stated total, messages of a stream
    /// until they are taken, and at the server the requests of running calls.
    public var heldBytesMax: Int = 33_554_432
    /// PINGs that came too soon before the connection ends.
    public var pingStrikesMax: Int = 3
    /// CANCELs within `strikeMilliseconds` before the connection ends.
    public var cancelsMax: Int = 10_000
    /// Calls within `strikeMilliseconds` that end by the client's fault (SPEC.md M64) before the
    /// connection ends.
    public var refusalsMax: Int = 2_000
    /// Sizes before compression, within `strikeMilliseconds`, of a client's compressed messages before the connection ends.
    public var inflatedBytesMax: Int = 268_435_456
    /// The time within which CANCELs, refusals and inflated bytes are counted.
    public var strikeMilliseconds: Int = 10_000
    /// From accepting the connection to a complete HELLO; the listener keeps the clock.
    public var helloMillisecondsMax: Int = 10_000
    /// From a message's first fragment to its last; the listener keeps the clock.
    public var assemblyMillisecondsMax: UInt32 = 30_000
    /// How long a frame may be under way before its bytes have to keep `frameBytesPerSecondMin`; the listener keeps the
    /// clock.
    public var frameMillisecondsMax: Int = 10_000
    /// How fast a frame's bytes have to come once `frameMillisecondsMax` is over.
    public var frameBytesPerSecondMin: Int = 16_384
    /// Unsent bytes above which the listener stops reading from the connection. While its message streams together have
    /// as much waiting, each of their writers may queue no more than one message.
    public var outboundBytesMax: Int = 4_194_304
    /// Unsent bytes of one message stream above which its writer waits.
    public var sendQueueBytesMax: Int = 65_536
    /// What a call refused for want of room is told to wait.
    public var overloadRetryAfterMilliseconds: Int32 = 100

    public init() {}

    /// What `framePayloadBytesMax` may be offered as.
    public static let framePayloadBytesMaxRange = 65_536...16_777_216
    /// What `messageBytesMax` may be offered as.
    public static let messageBytesMaxRange = 65_536...67_108_864

    /// What a stream's sender may send before any CREDIT, frame headers included.
    public static let streamWindowBytes = 65_536
    /// The same for the connection, over all streams.
    public static let connectionWindowBytes = 1_048_576
    /// Largest window that CREDIT may lead to.
    public static let windowBytesMax = 2_147_483_647
    /// With less left in either window, a sender may wait instead of sending a fragment.
    public static let fragmentCreditBytesMin = 32_768
    /// Largest payload of HELLO and HELLO_ACK.
    public static let helloPayloadBytesMax = 16_384
    /// Largest payload of REFUSED and GOAWAY.
    public static let noticePayloadBytesMax = 4_096
    /// Longest text of REFUSED and GOAWAY, in UTF-8.
    public static let noticeTextBytesMax = 1_024
    /// Longest name of a client or server, in UTF-8.
    public static let clientNameBytesMax = 128
    /// Longest token.
    public static let credentialBytesMax = 4_096
    /// Pairs of a call's metadata, and of its trailers.
    public static let metadataPairsMax = 64
    /// Bytes of a call's metadata, and of its trailers.
    public static let metadataBytesMax = 8_192
    /// Longest key of metadata.
    public static let metadataKeyBytesMax = 64
    /// Longest text of a status, in UTF-8.
    public static let statusTextBytesMax = 4_096
    /// Details of a status.
    public static let detailsMax = 64
    /// Bytes of a status's details.
    public static let detailsBytesMax = 16_384
    /// Size of the schema's hash, SHA-256.
    public static let schemaHashBytes = 32
    /// Smallest message that its sender tries to compress.
    public static let compressedMessageBytesMin = 1_024

    /// Whether these may be offered: the negotiated ones within their range, the others not negative.
    public var isValid: Bool {
        Self.framePayloadBytesMaxRange.contains(framePayloadBytesMax)
            && Self.messageBytesMaxRange.contains(messageBytesMax)
            && (1...Int(Int32.max)).contains(streamsMax)
            && heldBytesMax >= messageBytesMax + RCPFrameHeader.bytes
            && inflatedBytesMax >= 0 && cancelsMax >= 0 && refusalsMax >= 0 && strikeMilliseconds > 0
            && frameMillisecondsMax > 0 && frameBytesPerSecondMin > 0
            && pingStrikesMax >= 0 && helloMillisecondsMax > 0 && assemblyMillisecondsMax > 0
            && outboundBytesMax > 0 && sendQueueBytesMax > 0
            && overloadRetryAfterMilliseconds >= 0
    }
}
