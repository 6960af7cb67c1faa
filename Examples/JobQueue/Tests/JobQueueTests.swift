import Foundation
import JobsAPI
import RCP
import RCPClient
import RCPServices
import Testing

@testable import jobsctl
@testable import jobsd

/// Server and client of the example, over loopback.
@Suite struct JobQueueTests {
    private func status(_ body: () async throws -> Void) async throws -> RCPStatus {
        let status = await #expect(throws: RCPStatus.self) { try await body() }
        return try #require(status)
    }

    @Test func jobsAreSubmittedWorkedOnAndWatched() async throws {
        try await Jobs.with { jobs in
            async let watched = jobs.jobsctl("watch", "--count", "6", token: "l1")
            let first = try await jobs.jobsctl("submit", "write", token: "s3")
            let second = try await jobs.jobsctl("submit", "read", token: "s3")
            #expect(first + second == ["1\twaiting\twrite\t", "2\twaiting\tread\t"])
            let taken = try await jobs.jobsctl("work", "--count", "2", token: "w7")
            #expect(taken == ["1\trunning\twrite\t", "2\trunning\tread\t"])
            let over = try await jobs.jobsctl("get", "1", token: "l1")
            #expect(over == ["1\tdone\twrite\t5 characters"])
            let changes = try await watched.map { $0.split(separator: "\t").prefix(2).joined(separator: " ") }
            #expect(
                changes == ["1 waiting", "2 waiting", "1 running", "1 done", "2 running", "2 done"])
        }
    }

    @Test func aFileOfJobsIsImported() async throws {
        try await Jobs.with { jobs in
            let file = jobs.folder.appending(path: "tasks")
            try (1...500).map { "task \($0)\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
            #expect(try await jobs.jobsctl("import", file.path, token: "s3") == ["500 added"])
            #expect(try await jobs.jobsctl("get", "500", token: "s3") == ["500\twaiting\ttask 500\t"])
        }
    }

    @Test func aRequestCountsOnceUnderItsID() async throws {
        try await Jobs.with { jobs in
            try await jobs.jobs("s3") { client in
                let options = RCPCallOptions(requestID: .random())
                let first = try await client.submitJob(.with { $0.task = "a" }, options: options)
                #expect(!first.replayed && first.outcome == .applied)
                let second = try await client.submitJob(.with { $0.task = "a" }, options: options)
                #expect(second.replayed && second.message == first.message)
                let reused = try await status {
                    _ = try await client.submitJob(.with { $0.task = "b" }, options: options)
                }
                #expect(reused.code == .aborted && reused.details[0].reason == "REQUEST_ID_REUSED")

                let id = Data(RCPRequestID.random().bytes)
                for (added, known) in [(1, 0), (0, 1)] as [(UInt32, UInt32)] {
                    let reply = try await client.importJobs { items in
                        try await items.send(.with { ($0.requestID, $0.task) = (id, "c") })
                    }
                    #expect(reply.message.added == added && reply.message.known == known)
                }
            }
        }
    }

    @Test func rolesAndTokensAreThoseOfTheFile() async throws {
        try await Jobs.with { jobs in
            for (token, words) in [
                ("l1", ["submit", "x"]), ("w7", ["submit", "x"]), ("s3", ["work", "--count=1"]),
            ] {
                let refused = try await status {
                    _ = try await jobs.jobsctl(words[0], words[1], token: token)
                }
                #expect(refused.code == .permissionDenied && refused.outcome == .notApplied)
            }
            let unknown = try await status { _ = try await jobs.jobsctl("get", "1", token: "w77") }
            #expect(unknown.code == .unauthenticated && unknown.text.contains("--tokens"))
        }
    }

    @Test func aJobOfALostWorkerGoesToTheNextOne() async throws {
        try await Jobs.with { jobs in
            _ = try await jobs.jobsctl("submit", "long", token: "s3")
            try await jobs.client("w7") { client in
                _ = try? await JobServiceClient(caller: client).work { steps, taken in
                    try await steps.send(.with { $0.ready = .init() })
                    for try await reply in taken {
                        #expect(reply.job.worker == "anna")
                        throw CancellationError()
                    }
                }
            }
            #expect(try await jobs.jobsctl("work", "--count", "1", token: "w8") == ["1\trunning\tlong\t"])
            #expect(jobs.queue.job(1)?.worker == "bert")
        }
    }

    @Test func aWorkerThatGoesAwayWhileItWaitsLeavesNothingBehind() async throws {
        try await Jobs.with { jobs in
            let late = try await status {
                try await jobs.jobs("w7") { client in
                    _ = try await client.work(options: RCPCallOptions(timeout: .milliseconds(50))) {
                        steps, taken in
                        try await steps.send(.with { $0.ready = .init() })
                        for try await _ in taken {}
                    }
                }
            }
            #expect(late.code == .deadlineExceeded)
            // The next one finds the queue as it was.
            _ = try await jobs.jobsctl("submit", "x", token: "s3")
            #expect(try await jobs.jobsctl("work", "--count", "1", token: "w8") == ["1\trunning\tx\t"])
        }
    }

    @Test func limitsAreTold() async throws {
        var limits = JobQueue.Limits()
        (limits.openJobsMax, limits.changesMax, limits.overJobsMax) = (2, 3, 1)
        try await Jobs.with(limits) { jobs in
            try await jobs.jobs("s3") { client in
                for _ in 1...2 { _ = try await client.submitJob(.with { $0.task = "x" }) }
                let full = try await status {
                    // Waiting does not help, so the client gives up with its last attempt.
                    _ = try await client.submitJob(
                        .with { $0.task = "x" }, options: RCPCallOptions(timeout: .milliseconds(500)))
                }
                #expect(full.code == .resourceExhausted && full.outcome == .notApplied)
                let long = try await status {
                    _ = try await client.submitJob(.with { $0.task = String(repeating: "x", count: 4_097) })
                }
                #expect(long.code == .invalidArgument)
            }
            _ = try await jobs.jobsctl("work", "--count", "2", token: "w7")
            let behind = try await status { _ = try await jobs.jobsctl("watch", "--after", "1", token: "l1") }
            #expect(behind.code == .outOfRange)
            // Six changes were made, of which three are kept; of two jobs that are over, one.
            #expect(try await jobs.jobsctl("watch", "--count", "3", token: "l1").count == 3)
            let forgotten = try await status { _ = try await jobs.jobsctl("get", "1", token: "l1") }
            #expect(forgotten.code == .notFound)
        }
    }

    /// Whoever has a token may ask what the server speaks.
    @Test func theSchemaIsTold() async throws {
        try await Jobs.with { jobs in
            let reply = try await jobs.client("l1") { client in
                let reply = try await DiscoveryServiceClient(caller: client).getSchema(.init())
                #expect(client.serverAck?.schemaHash == JobsSchema.sha256)
                return reply
            }
            #expect(reply.message.services == ["jobs.v1.JobService", "rcp.discovery.v1.DiscoveryService"])
            #expect(Array(reply.message.sha256) == JobsSchema.sha256)
        }
    }
}
