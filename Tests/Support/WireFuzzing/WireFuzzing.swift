import NIOCore
import RCP

/// Entry points for a coverage-guided fuzzer, and for the tests that run again what it found. Each takes any bytes, and stops the
/// process if the code under it breaks a promise.
public enum WireFuzzing: String, CaseIterable, Sendable {
    case decoder
    case server
    case client

    public func run(_ bytes: [UInt8]) {
        switch self {
        case .decoder: Self.decode(bytes)
        case .server:
            var story = ServerStory(bytes)
            story.run()
        case .client:
            var story = ClientStory(bytes)
            story.run()
        }
    }

    /// The first byte says for whom and with which features, the second in which pieces the rest comes.
    private static func decode(_ bytes: [UInt8]) {
        var script = FuzzScript(bytes)
        let setup = script.byte()
        let pieceBytes = Int(script.byte()) + 1
        let role: RCPRole = setup & 4 == 0 ? .server : .client
        var decoder = RCPFrameDecoder(
            rules: RCPHeaderRules(
                role: role, framePayloadBytesMax: 65_536, features: FuzzFixture.features(setup)))
        var buffer = ByteBuffer()
        do throws(RCPViolation) {
            while !script.isOver {
                buffer.writeImmutableBuffer(script.slice(pieceBytes))
                while try decoder.next(from: &buffer) != nil {}
                always(
                    buffer.readableBytes <= RCPFrameHeader.bytes + 65_536,
                    "the decoder waits for \(buffer.readableBytes) bytes")
            }
        } catch {}
    }
}
