import Foundation
import NIOCore
import Testing

@testable import RCP

/// frames.json: every frame type, decoded into its fields and encoded back to the same bytes.
@Suite struct FrameVectorTests {
    struct Value: Decodable, Sendable, Equatable {
        var text: String?
        var bytes: String?
    }

    struct Pair: Decodable, Sendable, Equatable {
        var key: String
        var value: Value

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            key = try container.decode(String.self)
            value = try container.decode(Value.self)
        }
    }

    struct Detail: Decodable, Sendable {
        var field: String
        var reason: String
        var text: String
        var allowed: [String]
    }

    struct Header: Decodable, Sendable {
        var payloadLength: Int
        var type: String
        var flags: UInt8
        var method: UInt16
        var stream: UInt32
    }

    /// The union of all types' fields; a field that a vector lacks stays nil.
    struct Fields: Decodable, Sendable {
        var versionMin: UInt8?, versionMax: UInt8?, version: UInt8?
        var features: UInt32?, framePayloadMax: UInt32?, messageMax: UInt32?, streamsMax: UInt32?
        var pingIntervalMin: UInt32?, schemaHash: String?, clientName: String?, serverName: String?
        var credentialKind: UInt8?, credential: String?
        var code: UInt16?, text: String?, opaque: String?, lastStream: UInt32?, bytes: UInt32?
        var timeout: UInt32?, requestId: String?, metadata: [Pair]?, message: String?, total: UInt32?
        var status: UInt8?, outcome: UInt8?, replayed: Bool?, retryAfter: Int32?, details: [Detail]?
        var trailers: [Pair]?
    }

    struct Vector: Decodable, Sendable, CustomStringConvertible {
        var name: String
        var bytes: String
        var header: Header
        var fields: Fields

        var description: String { name }

        static let all = try! ProtocolFolder.read("frames.json", as: [Vector].self)
    }

    @Test func everyTypeHasAVector() {
        let types = Set(Vector.all.map { ByteBuffer(vector: $0.bytes).frameTypes[0] })
        #expect(types == Set(RCPFrameType.allCases.map(\.rawValue)))
    }

    @Test(arguments: Vector.all)
    func headerAgrees(_ vector: Vector) throws {
        let bytes = ByteBuffer(vector: vector.bytes)
        let header = try #require(RCPFrameHeader(peeking: bytes))
        #expect(Int(header.payloadBytes) == vector.header.payloadLength)
        #expect(header.flags.rawValue == vector.header.flags)
        #expect(header.method == vector.header.method)
        #expect(header.stream == vector.header.stream)
        var written = ByteBuffer()
        header.write(into: &written)
        #expect(written == bytes.getSlice(at: 0, length: 12))
    }

    @Test(arguments: Vector.all)
    func fieldsAgreeBothWays(_ vector: Vector) throws {
        let frame = try vector.frame()
        let fields = vector.fields
        var out = ByteBuffer()
        switch frame.type {
        case .hello: RCPFrameWriter.write(try checkHello(frame, fields), into: &out)
        case .helloAck: RCPFrameWriter.write(try checkHelloAck(frame, fields), into: &out)
        case .refused:
            let refused = try RCPRefused(payload: frame.payload)
            #expect(
                refused
                    == RCPRefused(
                        code: RCPRefusedCode(rawValue: fields.code!), versionMin: fields.versionMin!,
                        versionMax: fields.versionMax!, text: fields.text!))
            RCPFrameWriter.write(refused, into: &out)
        case .ping, .pong:
            let opaque = frame.payload.firstUInt64
            #expect(ByteBuffer(integer: opaque).hexadecimal == fields.opaque)
            if frame.type == .ping {
                RCPFrameWriter.writePing(opaque: opaque, into: &out)
            } else {
                RCPFrameWriter.writePong(opaque: opaque, into: &out)
            }
        case .goAway:
            let goAway = try RCPGoAway(payload: frame.payload)
            let code = RCPGoAwayCode(rawValue: fields.code!)
            #expect(goAway == RCPGoAway(lastStream: fields.lastStream!, code: code, text: fields.text!))
            RCPFrameWriter.write(goAway, into: &out)
        case .credit:
            #expect(frame.payload.firstUInt32 == fields.bytes)
            RCPFrameWriter.writeCredit(bytes: fields.bytes!, stream: frame.stream, into: &out)
        case .cancel:
            #expect(UInt16(frame.payload.firstUInt8) == fields.code)
            let code = RCPStatusCode(rawValue: UInt8(fields.code!))!
            RCPFrameWriter.writeCancel(code, stream: frame.stream, into: &out)
        case .message:
            #expect(frame.payload == ByteBuffer(vector: fields.message!))
            frame.write(into: &out)
        case .request: try checkRequest(frame, fields, into: &out)
        case .response: try checkResponse(frame, fields, into: &out)
        }
        if fields.total == nil { #expect(out.hexadecimal == vector.bytes) }
    }

    private func checkHello(_ frame: RCPFrame, _ fields: Fields) throws -> RCPHello {
        let hello = try RCPHello(payload: frame.payload)
        #expect(hello.versionMin == fields.versionMin)
        #expect(hello.versionMax == fields.versionMax)
        #expect(hello.features.rawValue == fields.features)
        #expect(hello.framePayloadBytesMax == fields.framePayloadMax)
        #expect(hello.messageBytesMax == fields.messageMax)
        #expect(hello.clientName == fields.clientName)
        let credential = Array(ByteBuffer(vector: fields.credential!).readableBytesView)
        let credentials: RCPCredentials =
            switch fields.credentialKind! {
            case 0: .none
            case 1: .token(credential)
            case 2: .certificate
            case let kind: .other(kind: kind, bytes: credential)
            }
        #expect(hello.credentials == credentials)
        return hello
    }

    private func checkHelloAck(_ frame: RCPFrame, _ fields: Fields) throws -> RCPHelloAck {
        let ack = try RCPHelloAck(payload: frame.payload)
        #expect(ack.version == fields.version)
        #expect(ack.features.rawValue == fields.features)
        #expect(ack.framePayloadBytesMax == fields.framePayloadMax)
        #expect(ack.messageBytesMax == fields.messageMax)
        #expect(ack.streamsMax == fields.streamsMax)
        #expect(ack.pingIntervalMillisecondsMin == fields.pingIntervalMin)
        #expect(ByteBuffer(bytes: ack.schemaHash).hexadecimal == fields.schemaHash)
        #expect(ack.serverName == fields.serverName)
        return ack
    }

    private func checkRequest(_ frame: RCPFrame, _ fields: Fields, into out: inout ByteBuffer) throws {
        var payload = frame.payload
        let head = try RCPRequestHead(reading: &payload)
        #expect(head.timeoutMilliseconds == fields.timeout)
        #expect(head.requestID.description == fields.requestId)
        #expect(head.metadata.pairs == fields.metadata!.map(\.pair))
        if let total = fields.total { #expect(payload.readInteger() == total) }
        #expect(payload == ByteBuffer(vector: fields.message!))
        let rest = RCPFrameWriter.writeRequest(
            stream: frame.stream, method: frame.method, head: head, message: payload,
            framePayloadBytesMax: 65536, into: &out)
        #expect(rest == nil)
    }

    private func checkResponse(_ frame: RCPFrame, _ fields: Fields, into out: inout ByteBuffer) throws {
        var payload = frame.payload
        let head = try RCPResponseHead(reading: &payload)
        #expect(head.status.code.rawValue == fields.status)
        #expect(head.status.outcome.rawValue == fields.outcome)
        #expect(head.status.retryAfterMilliseconds == fields.retryAfter)
        #expect(head.status.text == fields.text)
        #expect(head.status.details == fields.details!.map(\.detail))
        #expect(head.replayed == fields.replayed)
        #expect(head.trailers.pairs == fields.trailers!.map(\.pair))
        if let total = fields.total { #expect(payload.readInteger() == total) }
        let message = frame.flags.contains(.hasMessage) ? payload : nil
        #expect(message == fields.message.map { ByteBuffer(vector: $0) })
        let rest = RCPFrameWriter.writeResponse(
            stream: frame.stream, head: head, message: message, framePayloadBytesMax: 65536, into: &out)
        #expect(rest == nil)
    }
}

extension FrameVectorTests.Vector {
    /// Read through a decoder of the role that may receive it.
    func frame() throws -> RCPFrame {
        var bytes = ByteBuffer(vector: self.bytes)
        let type = try #require(RCPFrameType(rawValue: bytes.frameTypes[0]))
        let role: RCPRole = RCPRole.client.mayReceive(type) ? .client : .server
        let features: RCPFeatures = [.fragments, .streaming]
        var decoder = RCPFrameDecoder(
            rules: RCPHeaderRules(role: role, framePayloadBytesMax: 65536, features: features))
        if role == .server {
            var preface = ByteBuffer(bytes: RCPPreface.bytes)
            preface.writeBuffer(&bytes)
            bytes = preface
        }
        let frame = try #require(try decoder.next(from: &bytes))
        #expect(decoder.isBetweenFrames(bytes))
        return frame
    }
}

extension FrameVectorTests.Pair {
    fileprivate var pair: RCPMetadata.Pair {
        if let text = value.text { return RCPMetadata.Pair(key: key, value: .text(text)) }
        let bytes = Array(ByteBuffer(vector: value.bytes!).readableBytesView)
        return RCPMetadata.Pair(key: key, value: .bytes(bytes))
    }
}

extension FrameVectorTests.Detail {
    fileprivate var detail: RCPErrorDetail {
        RCPErrorDetail(field: field, reason: reason, text: text, allowed: allowed)
    }
}
