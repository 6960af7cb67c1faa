import NIOCore
import RCP
import ReturnsAPI
import ReturnsStore
import Testing

@testable import ReturnsServer

/// Hashes that stay in the store while servers come and go. The values were computed with Python's hashlib.
@Suite struct StoredHashTests {
    /// Of "shop", a zero, the method's id (03 01) and the message. Another one would refuse a request that is sent again.
    @Test func fingerprintOfARequest() {
        let request = CommitRequest(
            RCPCallContext(
                method: CaseServiceMethods.submitCase, principal: RCPPrincipal(name: "shop", roles: []),
                requestID: RCPRequestID(high: 1, low: 2), timeoutMilliseconds: 0, deadlineNanoseconds: nil,
                metadata: [], onBehalfOf: nil, message: ByteBuffer(string: "a message")))
        #expect(
            Hexadecimal.text(of: request.fingerprint)
                == "7b42072471bd4894b39dc09b072146682061903d91820eac8cb36ae435fc0d46")
    }

    /// Another one would know no token.
    @Test func hashOfAToken() {
        let token = AccessToken(secret: "rtk_" + String(repeating: "0123456789abcdef", count: 4))
        #expect(
            Hexadecimal.text(of: token.hash.value)
                == "7dc804a71d34dfb8bae13d3468db1aa8ce738febca26821e47da60a1643583c4")
    }

    /// Of a case's application form.
    @Test func hashOfAMessage() {
        #expect(
            Hexadecimal.text(of: ByteBuffer(string: "abc").sha256)
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hexadecimal.text(of: ByteBuffer().sha256)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
