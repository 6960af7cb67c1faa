import ArgumentParser
import Foundation
import JobsAPI
import Logging
import RCP
import RCPClient
import RCPServices
import Synchronization

@testable import jobsctl
@testable import jobsd

/// A jobsd on a loopback port, with a token for each role.
struct Jobs: Sendable {
    static let tokens = "s3 shop submitter\nw7 anna worker\n# nobody\nw8 bert worker\nl1 lena\n"

    let server: RCPAddress
    let queue: JobQueue
    let folder: URL

    static func with(
        _ limits: JobQueue.Limits = JobQueue.Limits(), _ body: @escaping @Sendable (Jobs) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jobs-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let queue = JobQueue(limits: limits)
        var server = JobServer(
            addresses: [try RCPAddress("127.0.0.1:0")], tokens: try TokenFile(text: tokens), queue: queue)
        server.logger.logLevel = .critical
        let (addresses, bound) = AsyncStream.makeStream(of: RCPAddress.self)
        try await withThrowingTaskGroup(of: Void.self) { [server] tasks in
            tasks.addTask {
                defer { bound.finish() }
                do {
                    try await server.run { bound.yield($0[0]) }
                } catch  where Task.isCancelled {
                    // The test is over.
                }
            }
            if let address = await addresses.first(where: { _ in true }) {
                try await body(Jobs(server: address, queue: queue, folder: folder))
                tasks.cancelAll()
            }
            try await tasks.waitForAll()
        }
    }

    /// What `jobsctl WORDS…` writes, as the principal with that token.
    func jobsctl(_ words: String..., token: String) async throws -> [String] {
        let file = folder.appending(path: token)
        try token.write(to: file, atomically: true, encoding: .utf8)
        let lines = Mutex<[String]>([])
        var command = try Jobsctl.parseAsRoot(
            [words[0], "--server", "\(server)", "--token-file", file.path] + words.dropFirst())
        try await Output.$write.withValue({ line in lines.withLock { $0.append(line) } }) {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
        return lines.withLock { $0 }
    }

    /// A client without the program around it.
    func client<Result>(_ token: String, _ body: (RCPClient) async throws -> Result) async throws -> Result {
        let client = RCPClient(
            configuration: RCPClientConfiguration(address: server, credentials: .token(Array(token.utf8))))
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    func jobs<Result>(_ token: String, _ body: (JobServiceClient) async throws -> Result) async throws
        -> Result
    {
        try await client(token) { try await body(JobServiceClient(caller: $0)) }
    }
}
