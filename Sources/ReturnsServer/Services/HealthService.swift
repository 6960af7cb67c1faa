import RCP
import ReturnsAPI
import ReturnsStore

struct HealthService: HealthServiceProvider {
    let engine: CaseEngine
    let monitor: HealthMonitor

    /// How late a watcher learns of a change that the monitor has seen.
    static let watchMilliseconds: Int64 = 250

    func check(
        _ request: Returns_V1_HealthCheckRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_HealthCheckReply> {
        var reply = Returns_V1_HealthCheckReply()
        reply.serverVersion = serverVersion
        reply.nowMs = engine.clock.now().milliseconds
        // Nobody waits for a Redis of which it is known that it does not answer.
        if case .notServing(let reason) = monitor.state {
            (reply.status, reply.reason) = (.notServing, reason)
            return RCPReply(reply)
        }
        do throws(StoreError) {
            try await monitor.ask()
            if case .notServing(let reason) = monitor.state {
                (reply.status, reply.reason) = (.notServing, reason)
            } else {
                reply.status = .serving
            }
        } catch {
            (reply.status, reply.reason) = (.notServing, HealthMonitor.reason(error))
        }
        return RCPReply(reply)
    }

    func watch(
        _ request: Returns_V1_HealthCheckRequest, replies: RCPReplyWriter<Returns_V1_HealthCheckReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var told: HealthMonitor.State?
        while true {
            let state = monitor.state
            if state != told { try await replies.send(reply(state)) }
            told = state
            if state == .stopping { return RCPStreamEnd() }
            try await Task.sleep(for: .milliseconds(Self.watchMilliseconds))
        }
    }

    private func reply(_ state: HealthMonitor.State) -> Returns_V1_HealthCheckReply {
        .with {
            $0.serverVersion = serverVersion
            $0.nowMs = engine.clock.now().milliseconds
            switch state {
            case .serving: $0.status = .serving
            case .notServing(let reason): ($0.status, $0.reason) = (.notServing, reason)
            case .stopping: ($0.status, $0.reason) = (.notServing, "this server is stopping")
            }
        }
    }

    func echo(
        _ request: Returns_V1_EchoRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_EchoReply> {
        RCPReply(.with { $0.payload = request.payload })
    }
}

/// The release this was built as; CHANGELOG.md says what each holds.
public let serverVersion = "0.1.0"
