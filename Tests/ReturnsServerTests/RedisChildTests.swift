import Foundation
import Logging
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

@testable import ReturnsServer

/// The embedded redis-server, real, with orphans and with programs that stand in its place.
@Suite struct RedisChildTests {
    private let directory: TemporaryDirectory
    private let data: DataDirectory
    private let log = CapturedLog()
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    init() throws {
        directory = try TemporaryDirectory()
        data = try DataDirectory(path: directory.path + "/d")
    }

    private func child(
        _ extraArguments: [String] = [], _ change: (inout RedisChild.Limits) -> Void = { _ in }
    ) throws -> RedisChild {
        var limits = RedisChild.Limits()
        change(&limits)
        return try RedisChild(
            directory: data, logger: log.logger, extraArguments: extraArguments, limits: limits)
    }

    private func start(_ child: RedisChild) async throws {
        try await child.start(on: loop, unless: await StopRequest(trapping: []))
    }

    /// What went wrong; the child is stopped in any case.
    private func failure(of child: RedisChild) async -> String? {
        let failure: String?
        do {
            try await start(child)
            failure = nil
        } catch {
            failure = "\(error)"
        }
        await child.stop()
        return failure
    }

    private func send(_ command: RedisCommand, to child: RedisChild) async throws -> RedisValue {
        let connection = try await RedisConnection.connect(to: child.url, on: loop).get()
        defer { _ = connection.close() }
        return try await connection.send(command).checked()
    }

    /// Makes loading take a moment for each command of the log: some seconds for what `fill` writes.
    private let slowly = ["--key-load-delay", "250"]

    private func fill() async throws {
        let child = try child()
        try await start(child)
        let connection = try await RedisConnection.connect(to: child.url, on: loop).get()
        _ = try await connection.send(RedisCommand("CONFIG", "SET", "appendfsync", "no"))
        // Redis looks at its sockets after every 1,024 commands of the log.
        _ = try await connection.pipeline(
            (0..<10_240).map { RedisCommand("SET", .text("key\($0)"), "x") })
        _ = connection.close()
        await child.stop()
    }

    @Test func dataOfAKilledServerIsTakenOverFromItsOrphan() async throws {
        let orphan = try child()
        try await start(orphan)
        _ = try await send(RedisCommand("SET", "key", "kept"), to: orphan)
        // The server's process is gone, its redis-server is not: another child finds it.
        let heir = try child()
        try await start(heir)
        #expect(try await send(RedisCommand("GET", "key"), to: heir).string == "kept")
        #expect(log.text.contains("was left running"))
        await orphan.stop()
        await heir.stop()
    }

    @Test func aLoadingOrphanIsStoppedToo() async throws {
        try await fill()
        // For ten seconds: it must still be loading when the heir comes, on a busy machine too.
        let orphan = try child(["--key-load-delay", "1000"])
        let starting = Task { await failure(of: orphan) }
        try await untilLogged("loads its data")
        let heir = try child()
        try await start(heir)
        #expect(log.text.contains("was left running"))
        #expect(try await send(RedisCommand("DBSIZE"), to: heir).integer == 10_240)
        await heir.stop()
        #expect(await starting.value != nil)
    }

    @Test func aStoreThatLoadsForLongIsWaitedFor() async throws {
        try await fill()
        let child = try child(slowly) { $0.silenceMilliseconds = 1_000 }
        let started = NIODeadline.now()
        try await start(child)
        #expect(NIODeadline.now() - started > .milliseconds(1_000))
        #expect(try await send(RedisCommand("DBSIZE"), to: child).integer == 10_240)
        await child.stop()
    }

    @Test func anOrphanThatDoesNotAnswerIsNotTakenForAbsent() async throws {
        let orphan = try child()
        try await start(orphan)
        let id = try #require(
            Int32(
                String(contentsOfFile: data.path + "/redis/redis.pid", encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(id, SIGSTOP)
        let text = await failure(
            of: try child { limits in
                limits.stopMilliseconds = 300
                limits.replyMilliseconds = 100
            })
        #expect(text?.contains("another redis-server uses") == true)
        // Nor when its socket is gone: two on one folder would destroy the data.
        unlink(data.path + "/redis.sock")
        let again = await failure(of: try child { $0.stopMilliseconds = 300 })
        #expect(again?.contains("process \(id)") == true)
        kill(id, SIGCONT)
        await orphan.stop()
    }

    @Test func aServerThatIsNotInstalledEndsTheStartAtOnce() async throws {
        let text = await failure(
            of: try RedisChild(
                directory: data, logger: log.logger, program: "no-such-redis-server", limits: .init()))
        #expect(text?.contains("install it") == true)
    }

    @Test func aServerThatEndsAtStartEndsTheStartAtOnce() async throws {
        let text = await failure(of: try child(["--no-such-setting", "yes"]))
        #expect(text?.contains("redis-server ended") == true)
        #expect(text?.contains("redis.log") == true)
    }

    /// Redis would begin an empty store over its other files; it ends when another file is missing.
    @Test func noRedisIsStartedOverFilesOfWhichOneIsMissing() async throws {
        try await fill()
        let folder = data.path + "/redis/appendonlydir"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 3)
        for name in names {
            let content = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            unlink("\(folder)/\(name)")
            let text = await failure(of: try child())
            #expect(text?.contains("lacks \(name)") == true, "\(text ?? "")")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
            try content.write(to: URL(filePath: "\(folder)/\(name)"))
        }
        let again = try child()
        try await start(again)
        #expect(try await send(RedisCommand("DBSIZE"), to: again).integer == 10_240)
        // Nor is one that has ended started again.
        let manifest = "\(folder)/\(AppendOnlyFolder.manifestName)"
        let content = try Data(contentsOf: URL(filePath: manifest))
        unlink(manifest)
        let id = try #require(
            Int32(
                String(contentsOfFile: data.path + "/redis/redis.pid", encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)))
        kill(id, SIGKILL)
        try await untilLogged("lacks \(AppendOnlyFolder.manifestName)")
        try content.write(to: URL(filePath: manifest))
        let end = NIODeadline.now() + .seconds(20)
        while (try? await send(RedisCommand("DBSIZE"), to: again).integer) != 10_240 {
            try #require(NIODeadline.now() < end, "it was not started again")
            try await Task.sleep(for: .milliseconds(20))
        }
        await again.stop()
    }

    private func untilLogged(_ words: String) async throws {
        let end = NIODeadline.now() + .seconds(20)
        while !log.text.contains(words) {
            try #require(NIODeadline.now() < end, "waited in vain for \(words)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
