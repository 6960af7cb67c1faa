import Foundation
import RCPServices
import ReturnsClient

/// Messages of streams, one way, through `ReturnsClient`: what it costs both ends. A report's calls are messages here.
struct StreamDriver {
    let options: Options
    let token: [UInt8]

    static let payloadBytes = 300
    /// Of one call; then the next begins.
    static let messagesPerCall = 10_000

    func run() async throws -> LoadReport {
        let clients = (0..<options.connections).map { _ in
            ReturnsClient(
                configuration: RCPClientConfiguration(
                    address: options.address, credentials: .token(token), clientName: "returns-load"))
        }
        let from = nowNanoseconds() + UInt64(options.warmUpSeconds * 1e9)
        let until = from + UInt64(options.seconds * 1e9)
        let cpu = ownCPUSeconds()
        var report = LoadReport()
        try await withThrowingTaskGroup(of: LoadReport.self) { group in
            for lane in 0..<options.connections * options.inFlight {
                let service = ConformanceServiceClient(caller: clients[lane % clients.count])
                group.addTask { try await run(service, from, until) }
            }
            for try await part in group {
                report.calls += part.calls
                report.callsAll += part.callsAll
            }
        }
        report.ownCPUSeconds = ownCPUSeconds() - cpu
        report.seconds = options.seconds
        for client in clients { await client.shutdown() }
        return report
    }

    private func run(
        _ service: ConformanceServiceClient, _ from: UInt64, _ until: UInt64
    ) async throws -> LoadReport {
        var report = LoadReport()
        while nowNanoseconds() < until {
            let part =
                options.work == .download
                ? try await download(service, from, until) : try await upload(service, from, until)
            report.calls += part.calls
            report.callsAll += part.callsAll
        }
        return report
    }

    private func download(
        _ service: ConformanceServiceClient, _ from: UInt64, _ until: UInt64
    ) async throws -> LoadReport {
        let plan = Rcp_Conformance_V1_ReplyPlan.with { $0.payloadBytes = UInt32(Self.payloadBytes) }
        let request = Rcp_Conformance_V1_CallRequest.with {
            $0.replies = Array(repeating: plan, count: Self.messagesPerCall)
        }
        return try await service.serverStreamingCall(request) { replies in
            var report = LoadReport()
            for try await _ in replies { report.count(from, until) }
            return report
        }.message
    }

    private func upload(
        _ service: ConformanceServiceClient, _ from: UInt64, _ until: UInt64
    ) async throws -> LoadReport {
        let request = Rcp_Conformance_V1_CallRequest.with { $0.payload = Data(count: Self.payloadBytes) }
        var report = LoadReport()
        let reply = try await service.clientStreamingCall { requests in
            for number in 0..<Self.messagesPerCall {
                // The clock costs as much as a message does.
                if number % 64 == 0, nowNanoseconds() >= until { return }
                try await requests.send(request)
            }
        }
        report.callsAll = Int(reply.message.receivedMessages)
        // A call that the measured time cuts is counted whole; there are many in it.
        let now = nowNanoseconds()
        if now >= from { report.calls = report.callsAll }
        return report
    }
}

extension LoadReport {
    fileprivate mutating func count(_ from: UInt64, _ until: UInt64) {
        callsAll += 1
        guard callsAll % 64 == 0 else { return }
        let now = nowNanoseconds()
        if now >= from, now < until { calls += 64 }
    }
}
