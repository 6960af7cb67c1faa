import NIOCore
import RCP
import Testing

/// What a server makes of the first bytes (SPEC.md §2); the rows M1–M4 are in the vectors.
@Suite struct PrefaceTests {
    @Test func httpReplyIsOneWholeResponseWithOneLine() throws {
        let parts = RCPPreface.httpReply.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        #expect(parts[0].hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(parts[0].contains("\r\nContent-Length: \(parts[1].utf8.count)\r\n"))
        #expect(parts[1].hasSuffix("\n"))
        #expect(parts[1].filter(\.isNewline).count == 1)
        #expect(parts[1].contains("RCP/1"))
    }

    /// Nobody may hold a connection with bytes that were never going to be a preface.
    @Test func everyFirstByteIsDecidedAsSoonAsItCan() {
        let begins = Set(RCPPreface.bytes.prefix(1) + [0x16] + "GHPDOCT".utf8)
        for byte in UInt8.min...UInt8.max {
            var machine = Fixture.server()
            machine.bytesReceived(ByteBuffer(integer: byte))
            let action = machine.nextAction(nowMilliseconds: 0)
            if begins.contains(byte) {
                #expect(action == nil, "byte \(byte)")
            } else {
                let close = RCPServerClose(farewell: .none, violation: .prefaceUnknown)
                #expect(action == .close(close), "byte \(byte)")
            }
        }
    }
}
