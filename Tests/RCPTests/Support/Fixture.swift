import NIOCore
import RCP

/// Values that the hand-written tests share; the limits are those of the vectors' fixture.
enum Fixture {
    static let mutation = VectorFixture.shared.methodTable[0x0101]!
    static let readOnly = VectorFixture.shared.methodTable[0x0102]!
    static let streaming = VectorFixture.shared.methodTable[0x0103]!
    static let upload = VectorFixture.shared.methodTable[0x0104]!
    static let chat = VectorFixture.shared.methodTable[0x0105]!
    static let requestID = RCPRequestID(high: 1, low: 2)
    static let message = ByteBuffer(string: "hello")
    static let success = RCPResponseHead(outcome: .applied)

    static func hello(
        _ limits: RCPLimits = VectorFixture.shared.limits(.client), features: RCPFeatures = .offered
    ) -> RCPHello {
        RCPHello(features: features, limits: limits, clientName: "test", credentials: .token([1, 2, 3]))
    }

    static func server(_ limits: RCPLimits = VectorFixture.shared.limits(.server)) -> RCPServerConnection {
        RCPServerConnection(
            configuration: .init(
                limits: limits, methods: VectorFixture.shared.methodTable,
                serverName: "test server"))
    }

    static func client(
        _ limits: RCPLimits = VectorFixture.shared.limits(.client), features: RCPFeatures = .offered
    ) -> RCPClientConnection {
        RCPClientConnection(hello: hello(features: features), limits: limits)
    }

    static var helloAck: RCPHelloAck { helloAck(features: .offered) }

    static func helloAck(features: RCPFeatures) -> RCPHelloAck {
        RCPHelloAck(
            answering: hello(features: features), limits: VectorFixture.shared.limits(.server),
            schemaHash: Array(repeating: 0, count: 32), serverName: "test server")
    }

    static func payload(_ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var frame = ByteBuffer()
        write(&frame)
        frame.moveReaderIndex(forwardBy: RCPFrameHeader.bytes)
        return frame
    }

    static func frame(_ type: RCPFrameType, _ write: (inout ByteBuffer) -> Void) -> RCPFrame {
        RCPFrame(type: type, payload: payload(write))
    }

    static func request(
        _ stream: UInt32, method: RCPMethod = mutation, requestID: RCPRequestID = requestID,
        message: ByteBuffer = message
    ) -> RCPFrame {
        let payload = payload {
            _ = RCPFrameWriter.writeRequest(
                stream: stream, method: method.id, head: RCPRequestHead(requestID: requestID),
                message: message, framePayloadBytesMax: 65536, into: &$0)
        }
        return RCPFrame(
            type: .request, flags: [.end, .hasMessage], method: method.id, stream: stream, payload: payload)
    }

    static func response(_ stream: UInt32, _ head: RCPResponseHead = success) -> RCPFrame {
        let payload = payload {
            _ = RCPFrameWriter.writeResponse(
                stream: stream, head: head, message: message, framePayloadBytesMax: 65536, into: &$0)
        }
        return RCPFrame(type: .response, flags: [.end, .hasMessage], stream: stream, payload: payload)
    }

    static func cancel(_ stream: UInt32, _ code: RCPStatusCode = .cancelled) -> RCPFrame {
        RCPFrame(type: .cancel, stream: stream, payload: ByteBuffer(integer: code.rawValue))
    }

    static func ping(_ opaque: UInt64) -> RCPFrame {
        RCPFrame(type: .ping, payload: ByteBuffer(integer: opaque))
    }
    static func pong(_ opaque: UInt64) -> RCPFrame {
        RCPFrame(type: .pong, payload: ByteBuffer(integer: opaque))
    }

    static func goAway(_ lastStream: UInt32, _ code: RCPGoAwayCode = .noError) -> RCPFrame {
        frame(.goAway) {
            RCPFrameWriter.write(RCPGoAway(lastStream: lastStream, code: code, text: ""), into: &$0)
        }
    }
}
