import ArgumentParser
import Foundation
import JobsAPI
import RCP

@main
struct Jobsctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts jobs into jobsd's queue, watches them and works on them.",
        subcommands: [Submit.self, Get.self, Import.self, Watch.self, Work.self])
}

struct Submit: AsyncParsableCommand {
    @OptionGroup var connection: Connection
    @Option(help: "Repeats an earlier request: 32 hexadecimal digits.")
    var requestID: String?
    @Argument var task: String

    func run() async throws {
        let id = try requestID.map { text in
            guard let id = RCPRequestID(text) else { throw ValidationError("a request id has 32 digits") }
            return id
        }
        try await connection.withJobs { jobs in
            let reply = try await jobs.submitJob(
                .with { $0.task = task }, options: RCPCallOptions(requestID: id))
            Output.show(reply.message.job)
        }
    }
}

struct Get: AsyncParsableCommand {
    @OptionGroup var connection: Connection
    @Argument var id: UInt64

    func run() async throws {
        try await connection.withJobs { jobs in
            Output.show(try await jobs.getJob(.with { $0.id = id }).message.job)
        }
    }
}

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Submits every line of a file.")

    @OptionGroup var connection: Connection
    @Argument var file: String

    func run() async throws {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        try await connection.withJobs { jobs in
            let reply = try await jobs.importJobs { items in
                for line in lines {
                    try await items.send(
                        .with {
                            $0.requestID = Data(RCPRequestID.random().bytes)
                            $0.task = String(line)
                        })
                }
            }
            Output.write("\(reply.message.added) added")
        }
    }
}

struct Watch: AsyncParsableCommand {
    @OptionGroup var connection: Connection
    @Option(help: "Tells what came after this revision.")
    var after: UInt64 = 0
    @Option(help: "Ends after so many changes.")
    var count = Int.max

    func run() async throws {
        try await connection.withJobs { jobs in
            // A call ends with its body, so leaving the loop ends the watching.
            _ = try await jobs.watchJobs(.with { $0.afterRevision = after }) { changes in
                var left = count
                for try await change in changes {
                    Output.show(change.job)
                    left -= 1
                    if left == 0 { break }
                }
            }
        }
    }
}

struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Takes jobs and answers each with its length.")

    @OptionGroup var connection: Connection
    @Option(help: "Ends after so many jobs.")
    var count = Int.max

    func run() async throws {
        try await connection.withJobs { jobs in
            _ = try await jobs.work { steps, taken in
                var left = count
                try await steps.send(.with { $0.ready = .init() })
                for try await reply in taken {
                    try await steps.send(
                        .with {
                            $0.finished = .with {
                                $0.jobID = reply.job.id
                                $0.result = "\(reply.job.task.count) characters"
                            }
                        })
                    Output.show(reply.job)
                    left -= 1
                    if left == 0 { break }
                    try await steps.send(.with { $0.ready = .init() })
                }
                // The call ends when the server has read everything.
                await steps.finish()
                for try await _ in taken {}
            }
        }
    }
}
