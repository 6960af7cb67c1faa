import Foundation
import NIOCore
import RCP

/// The files of Protocol/, found from this file's own place in the repository.
enum ProtocolFolder {
    static let url = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Protocol")

    static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: url.appending(path: "vectors/\(name)")))
    }
}

enum VectorRole: String, Decodable, Sendable {
    case server
    case client
}

struct VectorStep: Decodable, Sendable {
    enum Event: String, Decodable, Sendable {
        case connected
        case authenticated
        case openCall = "open_call"
        case takeMessage = "take_message"
        case reply
        case helloTimeout = "hello_timeout"
        case frameTimeout = "frame_timeout"
        case transportEnd = "transport_end"
    }

    var receive: String?
    var event: Event?
    /// Of `openCall`; the fixture's if not stated.
    var method: UInt16?
    var stream: UInt32?
    var atMilliseconds: UInt64?
}

extension RCPCallKind: Decodable {
    public init(from decoder: any Decoder) throws {
        self =
            switch try decoder.singleValueContainer().decode(String.self) {
            case "unary": .unary
            case "client_streaming": .clientStreaming
            case "server_streaming": .serverStreaming
            case "bidirectional_streaming": .bidirectionalStreaming
            default:
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "no kind of call"))
            }
    }
}

struct VectorFixture: Decodable, Sendable {
    struct Method: Decodable, Sendable {
        var id: UInt16
        var kind: RCPCallKind
        var idempotency: String
    }

    struct OpenCall: Decodable, Sendable {
        var method: UInt16
        var requestId: String
        var message: String
    }

    var framePayloadBytesMax: Int
    var messageBytesMax: Int
    var streamsMax: Int
    var serverHeldBytesMax: Int
    var clientHeldBytesMax: Int
    var pingIntervalMillisecondsMin: UInt32
    var pingStrikesMax: Int
    var cancelsMax: Int
    var inflatedBytesMax: Int
    var refusalsMax: Int
    var strikeMilliseconds: Int
    var features: UInt32
    var methods: [Method]
    var openCall: OpenCall
    private var given: [String: [String: [VectorStep]]]

    static let shared = try! ProtocolFolder.read("fixture.json", as: VectorFixture.self)

    func steps(_ role: VectorRole, given name: String) -> [VectorStep] { given[role.rawValue]![name]! }

    var methodTable: RCPMethodTable { RCPMethodTable(methods.map(\.method)) }

    func limits(_ role: VectorRole) -> RCPLimits {
        var limits = RCPLimits()
        limits.framePayloadBytesMax = framePayloadBytesMax
        limits.messageBytesMax = messageBytesMax
        limits.streamsMax = streamsMax
        limits.heldBytesMax = role == .server ? serverHeldBytesMax : clientHeldBytesMax
        limits.pingIntervalMillisecondsMin = pingIntervalMillisecondsMin
        limits.pingStrikesMax = pingStrikesMax
        limits.cancelsMax = cancelsMax
        limits.inflatedBytesMax = inflatedBytesMax
        limits.refusalsMax = refusalsMax
        limits.strikeMilliseconds = strikeMilliseconds
        return limits
    }
}

extension VectorFixture.Method {
    var method: RCPMethod {
        RCPMethod(
            id: id, service: "vectors.v1.VectorService", name: "Method\(id)", kind: kind,
            idempotency: idempotency == "mutation" ? .mutation : .readOnly, roles: [])
    }
}

struct MalformedVector: Decodable, Sendable, CustomStringConvertible {
    struct Expectation: Decodable, Sendable {
        var consequence: String
        var stream: UInt32?
        /// The code of the CANCEL that a client sends behind "call fails"; nil if it sends none.
        var cancel: String?
    }

    var row: String
    var name: String
    var role: VectorRole
    var given: String
    var steps: [VectorStep]
    var expect: Expectation

    var description: String { "\(row) \(role) \(name)" }

    static let all = try! ProtocolFolder.read("malformed.json", as: [MalformedVector].self)
}

struct AcceptedVector: Decodable, Sendable, CustomStringConvertible {
    var name: String
    var role: VectorRole
    var given: String
    var steps: [VectorStep]
    var actions: [String]
    /// What CREDIT must add up to at least, by stream.
    var credit: [String: Int]?

    var description: String { "\(role) \(name)" }

    static let all = try! ProtocolFolder.read("accepted.json", as: [AcceptedVector].self)
}
