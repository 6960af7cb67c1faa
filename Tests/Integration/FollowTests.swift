import Foundation
import RCP
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import Testing

/// The client's own following of events, and what is shown of it to others.
@Suite(.serialized) struct FollowTests {
    private func submit(_ daemon: Daemon, _ number: String) async throws -> String {
        try await daemon.put(number)
        return try await daemon.client.cases.submitCase(Daemon.form(number)).message.case.id
    }

    /// The same store, served by one server after the other; in between nobody answers.
    @Test func eventsGoOnAtAnotherServer() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        let (heard, hearing) = AsyncStream.makeStream(of: Returns_V1_Event.self)
        var events = heard.makeAsyncIterator()
        var follower: Task<Void, any Error>?
        var ids: Set<String> = []
        for name in ["first", "second"] {
            try await Daemon.with(redis, name: name) { daemon in
                let caseID = try await submit(daemon, name)
                if follower == nil {
                    var configuration = daemon.configuration
                    configuration.addresses.append(.unix(path: "\(redis.directory)/second.sock"))
                    follower = Task { [configuration] in
                        try await withReturnsClient(configuration) { client in
                            try await client.follow(from: .beginning) { reply in
                                for event in reply.events { hearing.yield(event) }
                                return .goOn
                            }
                        }
                    }
                }
                // Once each: the cursor has held over the change.
                while let event = await events.next() {
                    #expect(ids.insert(event.id).inserted)
                    if event.caseID == caseID { break }
                }
            }
        }
        follower?.cancel()
        await #expect(throws: CancellationError.self) { try await follower?.value }
    }

    @Test func theReaderEndsItAndItsFailuresComeOutAsTheyAre() async throws {
        try await Daemon.with { daemon in
            let caseID = try await submit(daemon, "1")
            var seen: [String] = []
            try await daemon.client.follow(from: .beginning) { reply in
                seen += reply.events.map(\.caseID)
                return seen.contains(caseID) ? .stop : .goOn
            }
            #expect(seen.contains(caseID))
            // Of another call: neither tried again nor taken for a gap of the log.
            for code in [RCPStatusCode.outOfRange, .unavailable] {
                var calls = 0
                let status = await #expect(throws: RCPStatus.self) {
                    try await daemon.client.follow(from: .now) { _ in
                        calls += 1
                        throw RCPStatus(code: code, text: "another call's")
                    }
                }
                #expect(status?.code == code && calls == 1)
            }
            await #expect(throws: RCPStatus.self, "INVALID_ARGUMENT is not tried again") {
                try await daemon.client.follow(from: .cursor("no cursor")) { _ in .goOn }
            }
        }
    }

    @Test func aCursorBehindTheLogIsAGap() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        var cursor = ""
        try await Daemon.with(redis, name: "first") { daemon in
            try await daemon.client.follow(from: .now) { reply in
                cursor = reply.cursor
                return .stop
            }
            // One case's events share a partition, which is what is trimmed.
            let id = try await submit(daemon, "1")
            for number in 1...5 {
                _ = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "note \(number)"
                    })
            }
        }
        try await Daemon.with(redis, name: "second", eventsKept: 1) { daemon in
            try await eventually { !redis.keys("*:outbox:trimmed").isEmpty }
            let gap = await #expect(throws: EventGap.self) {
                try await daemon.client.follow(from: .cursor(cursor)) { _ in .goOn }
            }
            #expect(gap?.reason == .cursorBehindLog)
            #expect(gap?.text.contains("list the cases changed since 20") == true)
            #expect((gap?.changedSinceMilliseconds ?? 0) > 1_577_836_800_000)
        }
    }

    // MARK: The example

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Beside this test's own program.
    private var example: URL {
        get throws {
            let folders = sequence(first: Bundle.main.bundleURL) { url in
                url.pathComponents.count > 1 ? url.deletingLastPathComponent() : nil
            }
            return try #require(
                folders.lazy.map { $0.appending(path: "returns-example") }
                    .first { FileManager.default.isExecutableFile(atPath: $0.path) })
        }
    }

    @Test func theExampleSubmitsACaseAndFollowsItsEvents() async throws {
        try await Daemon.with { daemon in
            let process = Process()
            process.executableURL = try example
            let cursorFile = "\(daemon.redis.directory)/cursor"
            process.arguments = [
                "\(daemon.configuration.address)", "\(daemon.redis.directory)/first/admin.token", cursorFile,
            ]
            let output = Pipe()
            process.standardOutput = output
            async let ended = withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            // It follows now, until it is told to end.
            try await eventually { FileManager.default.fileExists(atPath: cursorFile) }
            process.terminate()
            let status = try await ended
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            #expect(status == 0 && lines.count == 3)
            let caseID = try #require(lines.first?.split(separator: " ").last)
            #expect(lines.first == "submitted \(caseID)" && lines[1] == "open \(caseID)")
            #expect(lines.last?.hasPrefix("event ") == true && lines.last?.hasSuffix(" of \(caseID)") == true)
        }
    }

    /// A program that names its own swift-nio resolves beside ours.
    @Test func dependenciesAreRanges() throws {
        let package = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let dependencies = package.split(separator: "\n").filter { $0.contains(".package(url:") }
        #expect(dependencies.count > 10)
        #expect(dependencies.allSatisfy { $0.contains(#", from: ""#) || $0.contains(".upToNextMinor(from:") })
    }

    /// Each block of Swift in the documents stands in the example, which is compiled, whatever its indentation.
    @Test func documentsShowWhatIsCompiled() throws {
        let folder = Self.root.appending(path: "Examples/returns-example")
        let compiled = try [
            "Package.swift", "Sources/returns-example/ReturnsExample.swift",
            "Sources/returns-example/EventFollower.swift",
        ].map { Self.unindented(try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
        var blocks = 0
        for document in ["README.md", "clients/swift/README.md"] {
            let text = try String(contentsOf: Self.root.appending(path: document), encoding: .utf8)
            for block in text.split(separator: "```swift\n").dropFirst() {
                let code = Self.unindented(
                    String(block.prefix(upTo: try #require(block.firstRange(of: "```")).lowerBound)))
                #expect(
                    compiled.contains { $0.contains(code) },
                    "\(document) shows what the example lacks: \(code)")
                blocks += 1
            }
        }
        #expect(blocks >= 3)
    }

    private static func unindented(_ code: String) -> String {
        code.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    }
}
