import NIOCore
import RCP

/// What the machines under the fuzzer know: small limits, so that short stories reach them, and a method of each kind.
enum FuzzFixture {
    static let firstMethod: UInt16 = 0x0101

    static let methods: [RCPMethod] = [
        method(0, .unary, .mutation), method(1, .unary, .readOnly), method(2, .serverStreaming, .readOnly),
        method(3, .clientStreaming, .mutation), method(4, .bidirectionalStreaming, .mutation),
    ]

    static let limits: RCPLimits = {
        var limits = RCPLimits()
        limits.framePayloadBytesMax = 65_536
        limits.messageBytesMax = 131_072
        limits.heldBytesMax = 2 * (131_072 + 12)
        limits.streamsMax = 4
        limits.cancelsMax = 16
        limits.refusalsMax = 16
        return limits
    }()

    static let head = RCPResponseHead(outcome: .applied)
    static let preface = ByteBuffer(bytes: RCPPreface.bytes)

    static func features(_ byte: UInt8) -> RCPFeatures {
        switch byte & 3 {
        case 0: []
        case 1: .fragments
        case 2: [.fragments, .streaming]
        default: .implemented
        }
    }

    static func hello(_ features: RCPFeatures) -> RCPHello {
        RCPHello(features: features, limits: limits, clientName: "fuzz", credentials: .token([1, 2, 3]))
    }

    static func server() -> RCPServerConnection {
        RCPServerConnection(
            configuration: .init(limits: limits, methods: RCPMethodTable(methods), serverName: "fuzz"))
    }

    static func message(_ byte: UInt8) -> ByteBuffer {
        // Some that compress, some that are split, some that are empty.
        ByteBuffer(repeating: byte, count: Int(byte) * Int(byte))
    }

    private static func method(
        _ number: UInt16, _ kind: RCPCallKind, _ idempotency: RCPIdempotency
    ) -> RCPMethod {
        RCPMethod(
            id: firstMethod + number, service: "fuzz.v1.Service", name: "Method\(number)", kind: kind,
            idempotency: idempotency, roles: [])
    }
}

/// What must never happen; stops the process, which is how a fuzzer notices.
func always(_ condition: Bool, _ text: @autoclosure () -> String) {
    if !condition { fatalError(text()) }
}

/// Whatever a machine sends must be frames that its peer accepts.
func expectFrames(_ bytes: ByteBuffer, to role: RCPRole) {
    var bytes = bytes
    if role == .server, !bytes.readableBytesView.starts(with: RCPPreface.bytes) {
        var whole = FuzzFixture.preface
        whole.writeImmutableBuffer(bytes)
        bytes = whole
    }
    var decoder = RCPFrameDecoder(
        rules: RCPHeaderRules(role: role, framePayloadBytesMax: 65_536, features: .implemented))
    do throws(RCPViolation) {
        while try decoder.next(from: &bytes) != nil {}
    } catch {
        fatalError("sent a frame that breaks \(error.row)")
    }
    always(decoder.isBetweenFrames(bytes), "sent half a frame")
}
