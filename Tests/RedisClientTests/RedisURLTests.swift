import Testing

@testable import RedisClient

extension RedisTests {
    @Suite struct URLTests {
        @Test(
            arguments: [
                ("redis://localhost" as String, RedisURL(address: .tcp(host: "localhost", port: 6379))),
                (
                    "redis://10.0.0.1:7000/3",
                    RedisURL(address: .tcp(host: "10.0.0.1", port: 7000), database: 3)
                ),
                ("redis://[::1]:7000", RedisURL(address: .tcp(host: "::1", port: 7000))),
                ("redis://[::1]/", RedisURL(address: .tcp(host: "::1", port: 6379))),
                ("REDIS://h", RedisURL(address: .tcp(host: "h", port: 6379))),
                (
                    "redis://ann:p%40ss%3A%2F@h:1/2",
                    RedisURL(
                        address: .tcp(host: "h", port: 1), username: "ann", password: "p@ss:/", database: 2)
                ),
                ("redis://:pw@h", RedisURL(address: .tcp(host: "h", port: 6379), password: "pw")),
                ("redis://:a@b@h", RedisURL(address: .tcp(host: "h", port: 6379), password: "a@b")),
                ("unix:///run/redis.sock", RedisURL(address: .unix(path: "/run/redis.sock"))),
                ("unix:///a%20b?db=5", RedisURL(address: .unix(path: "/a b"), database: 5)),
            ])
        func understood(_ text: String, _ expected: RedisURL) throws {
            #expect(try RedisURL(text) == expected)
        }

        @Test("a password from elsewhere takes the place of one in the address, which may name its user")
        func passwordFromElsewhere() throws {
            let host = RedisServerAddress.tcp(host: "h", port: 6379)
            #expect(try RedisURL("redis://h", password: "s") == RedisURL(address: host, password: "s"))
            #expect(
                try RedisURL("redis://ann@h", password: "s")
                    == RedisURL(address: host, username: "ann", password: "s"))
            #expect(
                try RedisURL("unix:///s", password: "s")
                    == RedisURL(address: .unix(path: "/s"), password: "s"))
            let error = #expect(throws: RedisError.self) { try RedisURL("redis://:t@h", password: "s") }
            #expect(error?.message.contains("another one is given beside it") == true)
        }

        @Test(
            arguments: [
                "", "localhost:6379", "http://h", "redis://", "redis://:7000", "redis://h:0",
                "redis://h:65536",
                "redis://h:+1", "redis://h:x", "redis://h/x", "redis://h/-1", "redis://h/+1", "redis://ann@h",
                "redis://ann:@h", "redis://h?db=1", "redis://%zz:x@h", "redis://:%4@h", "redis://:%+f@h",
                "redis://:%ff@h", "redis://[::1", "redis://[::1]x", "unix://relative", "unix:///",
                "unix:///a?x=1",
                "unix:///a?db=",
            ])
        func refused(_ text: String) {
            let error = #expect(throws: RedisError.self) { try RedisURL(text) }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("Supported: redis://") == true)
        }

        @Test(arguments: ["rediss://h", "redis+sentinel://a,b/m", "redis+cluster://a,b"])
        func laterSchemesSaySo(_ text: String) {
            let error = #expect(throws: RedisError.self) { try RedisURL(text) }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("comes in a later version") == true)
            #expect(error?.message.contains("unix:///path") == true)
        }

        @Test func passwordIsNeverPrinted() throws {
            let url = try RedisURL("redis://ann:hunter2@h:1/2")
            #expect(url.description == "redis://ann:***@h:1/2")
            #expect(!String(reflecting: url).contains("hunter2"))
            var dumped = ""
            dump(url, to: &dumped)
            #expect(!dumped.contains("hunter2"))
            let error = #expect(throws: RedisError.self) { try RedisURL("redis://ann:hunter2@h:x") }
            #expect(error.map { "\($0)" }?.contains("hunter2") == false)
        }
    }

    @Suite struct BackoffTests {
        @Test func boundsDoubleUpToTheMaximum() {
            var backoff = RedisBackoff()
            backoff.initialMilliseconds = 50
            backoff.maximumMilliseconds = 5_000
            let bounds = (0...9).map { backoff.boundMilliseconds(attempt: $0) }
            #expect(bounds == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
            #expect(backoff.boundMilliseconds(attempt: .max) == 5_000)
        }

        @Test func jitterIsFull() {
            var generator = SystemRandomNumberGenerator()
            let delays = (0..<10_000).map { _ in
                RedisBackoff().delayMilliseconds(attempt: 4, using: &generator)
            }
            #expect(delays.allSatisfy { (0...800).contains($0) })
            // Each tenth of the range is drawn about 1,000 times.
            for tenth in 0..<10 {
                let count = delays.count { $0 >= tenth * 80 && $0 < tenth * 80 + 80 }
                #expect((700...1_300).contains(count))
            }
        }
    }
}
