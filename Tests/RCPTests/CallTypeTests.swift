import NIOCore
import RCP
import SwiftProtobuf
import Testing

/// The small public types.
@Suite struct CallTypeTests {
    @Test func requestIDReadsHexadecimalAndUUID() {
        let id = RCPRequestID(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
        #expect(RCPRequestID("00112233445566778899aabbccddeeff") == id)
        #expect(RCPRequestID("00112233-4455-6677-8899-AABBCCDDEEFF") == id)
        #expect(id.description == "00112233445566778899aabbccddeeff")
        for bad in [
            "", "0", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
            "0011223344556677-8899-aabbccddeeff--", "00112233445566778899aabbccddeefg",
            "00112233-4455-6677-8899_AABBCCDDEEFF",
        ] {
            #expect(RCPRequestID(bad) == nil, "\(bad)")
        }
    }

    @Test func randomRequestIDsDifferAndAreNotZero() {
        let ids = (0..<1000).map { _ in RCPRequestID.random() }
        #expect(Set(ids).count == 1000)
        #expect(!ids.contains(.zero))
        #expect(RCPRequestID.zero.isZero)
    }

    @Test func metadataKeepOrderAndRepeatedKeys() {
        var metadata = RCPMetadata(texts: ["b": "1", "a": "2"])
        metadata.append(key: "b", text: "3")
        metadata.append(key: "b-bin", bytes: [9])
        #expect(metadata.pairs.map(\.key) == ["b", "a", "b", "b-bin"])
        #expect(metadata.text(forKey: "b") == "1")
        #expect(metadata.text(forKey: "c") == nil)
        #expect(metadata.bytes(forKey: "b-bin") == [9])
        #expect(metadata.violation == nil)
        #expect(RCPMetadata([.init(key: "x-bin", value: .text("t"))]).violation == .metadataMalformed)
        #expect(RCPMetadata([.init(key: "x", value: .bytes([1]))]).violation == .metadataMalformed)
        #expect(RCPMetadata(texts: ["k": String(repeating: "v", count: 8189)]).violation == .metadataTooLarge)
        #expect(RCPMetadata(texts: ["k": String(repeating: "v", count: 8188)]).violation == nil)
    }

    @Test func rolesAdmit() {
        let method = RCPMethod(
            id: 1, service: "s", name: "m", kind: .unary, idempotency: .readOnly,
            roles: ["service", "finance"])
        #expect(RCPPrincipal(name: "f", roles: ["finance"]).mayCall(method))
        #expect(!RCPPrincipal(name: "w", roles: ["warehouse"]).mayCall(method))
        #expect(!RCPPrincipal(name: "n", roles: []).mayCall(method))
        #expect(RCPPrincipal(name: "n", roles: []).mayCall(Fixture.readOnly))
        #expect(method.fullName == "s/m")
    }

    @Test func statusDefaultsToAWaitThatFitsItsCode() {
        #expect(RCPStatus(code: .unavailable).retryAfterMilliseconds == 0)
        #expect(RCPStatus(code: .aborted).retryAfterMilliseconds == -1)
        #expect(RCPStatus(code: .notFound).retryAfterMilliseconds == -1)
        let status = RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 5, text: "wait",
            details: [RCPErrorDetail(field: "f", reason: "R", text: "t")])
        #expect(
            "\(status)" == "RESOURCE_EXHAUSTED; outcome NOT_APPLIED; retry after 5 ms; wait; f: R t")
    }

    @Test func secretsAreNotPrinted() {
        let hello = RCPHello(clientName: "c", credentials: .token(Array("s3cret".utf8)))
        var text = "\(hello) \(RCPCredentials.other(kind: 5, bytes: [115, 51]))"
        dump(hello, to: &text)
        for part in ["s3cret", "115", "0x73"] { #expect(!text.contains(part)) }
    }

    @Test func methodTableFindsWhatItHas() {
        let table = RCPMethodTable([Fixture.mutation, Fixture.readOnly])
        #expect(table[0x0101] == Fixture.mutation)
        #expect(table[0x0102] == Fixture.readOnly)
        for id: UInt16 in [0, 1, 0x0103, 0xFFFF] { #expect(table[id] == nil) }
        #expect(RCPMethodTable([])[0] == nil)
    }

    @Test func messagesGoThroughByteBuffers() throws {
        var message = Google_Protobuf_StringValue()
        message.value = "\u{7c73} 300"
        let bytes = try RCPMessageCodec.encode(message)
        #expect(Array(bytes.readableBytesView) == Array(try message.serializedData()))
        let read = try RCPMessageCodec.decode(Google_Protobuf_StringValue.self, from: bytes, role: .server)
        #expect(read == message)
        let empty = try RCPMessageCodec.encode(Google_Protobuf_StringValue())
        #expect(empty.readableBytes == 0)
    }
}
