import NIOCore
import RCP
import RCPServices
import Testing

@testable import RCPServer

@Suite struct CallRateTests {
    private let second: UInt64 = 1_000_000_000

    @Test func tokensComeBackAtTheRateUpToTheBurst() {
        var bucket = TokenBucket(perSecond: 10, burst: 20, nowNanoseconds: 0)
        #expect((0..<20).allSatisfy { _ in bucket.take(nowNanoseconds: 0) == nil })
        #expect(bucket.take(nowNanoseconds: 0) == 100)
        #expect(bucket.take(nowNanoseconds: second / 20) == 50)
        #expect(bucket.take(nowNanoseconds: second / 10) == nil)
        #expect(bucket.take(nowNanoseconds: second / 10) == 100)
        // However long it was left alone.
        #expect((0..<20).allSatisfy { _ in bucket.take(nowNanoseconds: 100 * second) == nil })
        #expect(bucket.take(nowNanoseconds: 100 * second) == 100)
        // A time before the last one gives nothing.
        #expect(bucket.take(nowNanoseconds: 0) == 100)
    }

    @Test func eachPrincipalAndClassHasItsOwn() throws {
        #expect(RCPCallRateLimiter(RCPCallRates(), principalsMax: 9) == nil)
        var rates = RCPCallRates()
        rates.readsPerSecondMax = 1
        let limiter = try #require(RCPCallRateLimiter(rates, principalsMax: 9))
        let burst = RCPCallRates.burstSeconds
        for name in ["a", "b"] {
            for _ in 0..<burst {
                #expect(limiter.wait(for: TestMethods.restricted, of: name, nowNanoseconds: 0) == nil)
            }
            #expect(limiter.wait(for: TestMethods.restricted, of: name, nowNanoseconds: 0) == 1_000)
        }
        // Changes are not limited here.
        for _ in 0..<100 {
            #expect(limiter.wait(for: TestMethods.change, of: "a", nowNanoseconds: 0) == nil)
        }
    }

    @Test func aCallAboveTheRateIsRefusedWithATimeToWait() async throws {
        try await withServer { options in
            options.transport.callRates.changesPerSecondMax = 1
        } _: { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let client = try await TestClient.connect(to: server.tcp, token: shop)
            var refused: RCPStatus?
            for _ in 0..<100 where refused == nil {
                let status = try await client.call(TestMethods.change).status
                if status.code != .ok { refused = status }
            }
            #expect(refused?.code == .resourceExhausted && refused?.outcome == .notApplied)
            #expect((1...1_000).contains(refused?.retryAfterMilliseconds ?? 0))
            #expect(refused?.details.first?.reason == "RATE_LIMITED")
            // An operator finds whose calls these are.
            try await eventually { server.log.text.contains("call rate beyond a limit") }
            let line = server.log.text.split(separator: "\n").first { $0.contains("call rate beyond") }
            #expect(line?.contains("\"limit\": change") == true, "\(line ?? "")")
            #expect(line?.contains("\"principal\": shop") == true, "\(line ?? "")")
            // Reads go on.
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }
}
