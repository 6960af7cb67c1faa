import ArgumentParser
import RCP

@main
struct Jobsd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves a queue of jobs, kept in memory.")

    @Option(help: "Where to listen: HOST:PORT of this machine, or unix:PATH.")
    var listen = "127.0.0.1:7470"

    @Option(help: "A file with a line for each principal: TOKEN NAME [submitter] [worker].")
    var tokens: String

    func run() async throws {
        let server = JobServer(addresses: [try RCPAddress(listen)], tokens: try TokenFile(tokens))
        try await server.run(stopSignals: [.sigint, .sigterm]) { print("listening on \($0[0])") }
    }
}
