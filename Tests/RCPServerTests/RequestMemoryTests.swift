import NIOCore
import RCP
import RCPServices
import Testing

@testable import RCPServer

@Suite struct RequestMemoryTests {
    private let id = RCPRequestID(high: 1, low: 2)
    private let message = ByteBuffer(string: "a task")

    private func context(_ principal: String, _ method: RCPMethod = TestMethods.change) -> RCPCallContext {
        RCPCallContext(
            method: method, principal: RCPPrincipal(name: principal, roles: []), requestID: id,
            timeoutMilliseconds: 0, deadlineNanoseconds: nil, metadata: [], onBehalfOf: nil, message: message)
    }

    @Test func theSameRequestIsAnsweredAgain() throws {
        var memory = RCPRequestMemory<Int>()
        #expect(try memory.answer(to: id, of: context("anna"), message: message) == nil)
        memory.remember(7, to: id, of: context("anna"), message: message)
        #expect(try memory.answer(to: id, of: context("anna"), message: message) == 7)
        // SPEC.md §7.3: a request of another principal is another request.
        #expect(try memory.answer(to: id, of: context("bert"), message: message) == nil)
    }

    @Test func anotherRequestUnderTheIDIsRefused() throws {
        var memory = RCPRequestMemory<Int>()
        memory.remember(7, to: id, of: context("anna"), message: message)
        for (method, message) in [(TestMethods.change, ByteBuffer(string: "b")), (TestMethods.fail, message)]
        {
            let status = try #require(throws: RCPStatus.self) {
                _ = try memory.answer(to: id, of: context("anna", method), message: message)
            }
            #expect(status.code == .aborted && status.outcome == .notApplied)
            #expect(status.retryAfterMilliseconds == -1)
            #expect(status.details.map(\.reason) == ["REQUEST_ID_REUSED"])
        }
    }

    @Test(arguments: [(requests: 10, bytes: 1_000_000), (requests: 1_000, bytes: 60)])
    func theOldestAreForgotten(_ limits: (requests: Int, bytes: Int)) throws {
        var memory = RCPRequestMemory<UInt64>(requestsMax: limits.requests, bytesMax: limits.bytes)
        let anna = context("anna")
        for number in UInt64(1)...100 {
            memory.remember(number, to: RCPRequestID(high: 0, low: number), of: anna, message: message)
            #expect(memory.count == min(10, Int(number)))
        }
        for number in UInt64(1)...100 {
            let answer = try memory.answer(to: RCPRequestID(high: 0, low: number), of: anna, message: message)
            #expect(answer == (number > 90 ? number : nil))
        }
        // The newest one is remembered, however large it is.
        let large = ByteBuffer(repeating: 0, count: limits.bytes + 1)
        memory.remember(101, to: id, of: anna, message: large)
        #expect(try memory.answer(to: id, of: anna, message: large) == 101)
    }
}

@Suite struct CredentialsTests {
    @Test func aTokenIsComparedWhole() {
        let given = RCPCredentials.token([1, 2, 3])
        #expect(given.isToken([1, 2, 3]))
        for other in [[1, 2], [1, 2, 3, 4], [1, 2, 4], [0, 2, 3], []] as [[UInt8]] {
            #expect(!given.isToken(other))
        }
        for none in [RCPCredentials.none, .certificate, .other(kind: 1, bytes: [1, 2, 3])] {
            #expect(!none.isToken([1, 2, 3]))
        }
        #expect(RCPCredentials.token([]).isToken([]))
    }

    @Test func aRequestIDHasSixteenBytes() {
        let id = RCPRequestID(high: 0x0102_0304_0506_0708, low: 0xF1F2_F3F4_F5F6_F7F8)
        #expect(id.bytes == [1, 2, 3, 4, 5, 6, 7, 8, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8])
        #expect(RCPRequestID(bytes: id.bytes) == id)
        #expect(RCPRequestID(bytes: id.bytes.dropLast()) == nil && RCPRequestID(bytes: id.bytes + [0]) == nil)
    }

    /// What an authenticator gets that does not say it: principals that never change, until their certificates end.
    @Test func anAuthenticatorOfFewWordsKeepsItsPrincipals() {
        struct Anyone: RCPAuthenticator {
            let principalsMax = 1
            func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer?) -> RCPAuthentication {
                .refused("nobody")
            }
        }
        let anyone = Anyone()
        let principal = RCPPrincipal(name: "anna", roles: [])
        let now = anyone.nowMilliseconds()
        #expect(anyone.version == 0 && now > 1_700_000_000_000)
        #expect(anyone.refresh(RCPAuthenticated(principal: principal))?.principal == principal)
        let lasting = RCPAuthenticated(principal: principal, expiresAtMilliseconds: now + 1_000_000)
        #expect(anyone.refresh(lasting) != nil)
        #expect(anyone.refresh(RCPAuthenticated(principal: principal, expiresAtMilliseconds: now)) == nil)
    }
}
