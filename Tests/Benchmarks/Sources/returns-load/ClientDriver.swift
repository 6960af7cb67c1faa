import RCP
import ReturnsClient
import SwiftProtobuf

/// The same calls through `ReturnsClient`, one client per connection, to show what the client itself costs.
struct ClientDriver<CallWork: Work> {
    let work: CallWork
    let options: Options
    let token: [UInt8]

    func run() async throws -> LoadReport {
        let clients = (0..<options.connections).map { _ in
            ReturnsClient(
                configuration: RCPClientConfiguration(
                    address: options.address, credentials: .token(token), clientName: "returns-load"))
        }
        let begin = nowNanoseconds()
        let isTimed = work.callsMax == nil
        let from = isTimed ? begin + UInt64(options.warmUpSeconds * 1e9) : begin
        let until = isTimed ? from + UInt64(options.seconds * 1e9) : .max
        let cpu = ownCPUSeconds()
        var report = LoadReport()
        try await withThrowingTaskGroup(of: LoadReport.self) { group in
            let lanes = options.connections * options.inFlight
            for lane in 0..<lanes {
                let client = clients[lane % clients.count]
                group.addTask { try await run(client, lane: lane, lanes: lanes, from, until) }
            }
            for try await part in group {
                report.calls += part.calls
                report.callsAll += part.callsAll
                report.errors += part.errors
                if report.firstError.isEmpty { report.firstError = part.firstError }
                report.latencies.merge(part.latencies)
            }
        }
        report.ownCPUSeconds = ownCPUSeconds() - cpu
        report.seconds = isTimed ? options.seconds : Double(nowNanoseconds() - begin) / 1e9
        for client in clients { await client.shutdown() }
        return report
    }

    /// One call after the other: those whose number leaves the rest `lane`.
    private func run(
        _ client: ReturnsClient, lane: Int, lanes: Int, _ from: UInt64, _ until: UInt64
    ) async throws -> LoadReport {
        var report = LoadReport()
        var index = lane
        while index < work.callsMax ?? .max {
            let start = nowNanoseconds()
            if start >= until { break }
            do {
                try await call(client, index)
            } catch let status as RCPStatus {
                report.errors += 1
                report.firstError = "\(status)"
            }
            let now = nowNanoseconds()
            report.callsAll += 1
            if now >= from, now < until {
                report.calls += 1
                report.latencies.record(nanoseconds: now - start)
            }
            index += lanes
        }
        return report
    }

    private func call(_ client: ReturnsClient, _ index: Int) async throws {
        switch options.work {
        case .echo: _ = try await client.health.echo(try request(index))
        case .getCase: _ = try await client.cases.getCase(try request(index))
        case .listCases: _ = try await client.cases.listCases(try request(index))
        case .listDue: _ = try await client.clocks.listDue(try request(index))
        case .putOrder: _ = try await client.orders.putOrder(try request(index))
        case .submitCase: _ = try await client.cases.submitCase(try request(index))
        case .download, .upload: preconditionFailure("streams have a driver of their own")
        }
    }

    private func request<Request: Message>(_ index: Int) throws -> Request {
        try RCPMessageCodec.decode(Request.self, from: work.message(index), role: .server)
    }
}
