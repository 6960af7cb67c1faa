import NIOCore
import RCP
import SwiftProtobuf
import Testing

/// Every row of SPEC.md §10, from bytes to consequence.
@Suite struct MalformedVectorTests {
    @Test(arguments: MalformedVector.all)
    func malformedInputHasItsConsequence(_ vector: MalformedVector) throws {
        var runner = VectorRunner(vector.role)
        _ = runner.run(VectorFixture.shared.steps(vector.role, given: vector.given))
        for step in vector.steps.dropLast() {
            #expect(runner.run(step).allSatisfy { $0.violation == nil }, "blamed too early")
        }
        let actions = runner.run(vector.steps.last!)
        if vector.row == RCPViolation.messageUndecodable.row {
            return expectUndecodable(vector, actions)
        }
        let blamed = actions.filter { $0.violation != nil }
        try #require(blamed.count == 1)
        let violation = blamed[0].violation!
        #expect(violation.row == vector.row)
        expectConsequence(vector, blamed[0], sent: runner.sent)
        expectConsequenceOfTable(vector, violation)
    }

    /// What the machine says it did, and what its bytes say.
    private func expectConsequence(_ vector: MalformedVector, _ action: VectorRunner.Action, sent: ByteBuffer)
    {
        switch action {
        case .server(.refuseCall(let stream, let status, _)):
            #expect(status.outcome == .notApplied)
            expectResponse(vector, stream, status, sent: sent)
        case .server(.abortCall(let stream, let status, _)):
            // A handler of a mutation was started.
            #expect(status.outcome == .unknown)
            expectResponse(vector, stream, status, sent: sent)
        case .server(.close(let close)):
            expectFarewell(vector, close.farewell, sent: sent)
        case .client(.failCall(let stream, let status, _)):
            #expect(vector.expect.stream == stream)
            #expect(vector.expect.consequence == "call fails \(status.code.name)")
            #expect(status.outcome == .unknown)
            #expect(status.retryAfterMilliseconds == -1)
            #expect(sent.cancels == (vector.expect.cancel.map { ["\(stream) \($0)"] } ?? []))
        case .client(.close(let close)):
            guard let farewell = close.farewell else {
                #expect(vector.expect.consequence == "close")
                #expect(sent.readableBytes == 0)
                return
            }
            #expect(vector.expect.consequence == "GOAWAY \(farewell.code)")
            #expect(sent.frameTypes == [RCPFrameType.goAway.rawValue])
        case .server, .client, .pong:
            Issue.record("\(action.name) blames a row but is no consequence")
        }
    }

    private func expectResponse(
        _ vector: MalformedVector, _ stream: UInt32, _ status: RCPStatus, sent: ByteBuffer
    ) {
        #expect(vector.expect.stream == stream)
        #expect(vector.expect.consequence == "RESPONSE \(status.code.name)")
        let waits = vector.row == "M42" || vector.row == "M43"
        #expect(status.retryAfterMilliseconds == (waits ? 100 : -1))
        #expect(!status.text.isEmpty)
        #expect(sent.frameTypes.last == RCPFrameType.response.rawValue)
    }

    private func expectFarewell(
        _ vector: MalformedVector, _ farewell: RCPServerClose.Farewell, sent: ByteBuffer
    ) {
        switch farewell {
        case .none:
            #expect(vector.expect.consequence == "close")
            #expect(sent.readableBytes == 0)
        case .httpReply:
            #expect(vector.expect.consequence == "HTTP 400")
            #expect(String(buffer: sent).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        case .refused(let refused):
            #expect(vector.expect.consequence == "REFUSED \(refused.code)")
            #expect(sent.frameTypes == [RCPFrameType.refused.rawValue])
        case .goAway(let goAway):
            #expect(vector.expect.consequence == "GOAWAY \(goAway.code)")
            #expect(sent.frameTypes.last == RCPFrameType.goAway.rawValue)
        }
    }

    /// The row's own column, but for the handshake, where a GOAWAY cannot be said (SPEC.md §10).
    private func expectConsequenceOfTable(_ vector: MalformedVector, _ violation: RCPViolation) {
        let isHandshake = ["new", "hello", "hello_sent"].contains(vector.given)
        let consequence = vector.role == .server ? violation.serverConsequence : violation.clientConsequence
        var expected = consequence?.description ?? "–"
        if isHandshake, expected.hasPrefix("GOAWAY") {
            expected = vector.role == .server ? "REFUSED MALFORMED" : "close"
        }
        #expect(vector.expect.consequence == expected)
    }

    /// M57 is beyond the machine: it hands the message on, and whoever decodes it finds the fault.
    private func expectUndecodable(_ vector: MalformedVector, _ actions: [VectorRunner.Action]) {
        let role: RCPRole = vector.role == .server ? .server : .client
        let consequence = vector.role == .server ? "RESPONSE" : "call fails"
        var message: ByteBuffer?
        if case .server(.startCall(let call)) = actions.first { message = call.message }
        if case .client(.completeCall(let reply)) = actions.first { message = reply.message }
        do throws(RCPStatus) {
            _ = try RCPMessageCodec.decode(
                Google_Protobuf_StringValue.self, from: message ?? ByteBuffer(), role: role)
            Issue.record("decoded what is no message")
        } catch {
            #expect(vector.expect.consequence == "\(consequence) \(error.code.name)")
            #expect(error.outcome == (role == .server ? .notApplied : .unknown))
        }
    }

    @Test(arguments: MalformedVector.all)
    func nothingIsReadAfterAConnectionError(_ vector: MalformedVector) {
        var runner = VectorRunner(vector.role)
        _ = runner.run(VectorFixture.shared.steps(vector.role, given: vector.given))
        _ = runner.run(vector.steps)
        guard runner.isClosed else { return }
        let more = VectorStep(receive: "00*100000")
        #expect(runner.run(more) == [])
        #expect(runner.bufferedBytes == 0)
    }
}

extension ByteBuffer {
    /// Stream and code of the CANCEL frames among those it holds.
    var cancels: [String] {
        var bytes = self
        var cancels: [String] = []
        while let header = RCPFrameHeader(peeking: bytes) {
            bytes.moveReaderIndex(forwardBy: RCPFrameHeader.bytes)
            guard let payload = bytes.readBytes(length: Int(header.payloadBytes)) else { break }
            if header.typeNumber == RCPFrameType.cancel.rawValue {
                let code = payload.first.flatMap { RCPStatusCode(rawValue: $0) }
                cancels.append("\(header.stream) \(code?.name ?? "unknown")")
            }
        }
        return cancels
    }

    /// The types of the frames it holds; empty if it holds anything else.
    var frameTypes: [UInt8] {
        var bytes = self
        var types: [UInt8] = []
        while let header = RCPFrameHeader(peeking: bytes) {
            guard bytes.readSlice(length: RCPFrameHeader.bytes + Int(header.payloadBytes)) != nil else {
                return []
            }
            types.append(header.typeNumber)
        }
        return bytes.readableBytes == 0 ? types : []
    }
}
