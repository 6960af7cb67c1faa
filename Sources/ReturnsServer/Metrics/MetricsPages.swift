import CoreMetrics
import NIOCore
import RCPServer
import Synchronization

/// What the metrics server answers: /metrics for Prometheus, /livez and /readyz for whoever restarts or routes.
struct MetricsPages: Sendable {
    let registry: PrometheusRegistry
    let listener: RCPListener
    let health: HealthMonitor
    private let process: ProcessMetrics
    private let gauges: RCPServerGauges

    /// An event loop that does not answer for so long is stuck, and the process with it.
    static let loopMillisecondsMax: Int64 = 2_000
    static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    init(registry: PrometheusRegistry, listener: RCPListener, health: HealthMonitor) {
        self.registry = registry
        self.listener = listener
        self.health = health
        process = ProcessMetrics(factory: registry)
        gauges = RCPServerGauges(factory: registry)
    }

    func answer(_ path: String) async -> MetricsServer.Answer {
        switch path {
        case "/metrics":
            refresh()
            return MetricsServer.Answer(status: .ok, contentType: Self.metricsType, body: registry.text())
        case "/livez":
            return await loopsAnswer()
                ? MetricsServer.Answer(status: .ok, body: "ok\n")
                : MetricsServer.Answer(status: .serviceUnavailable, body: "an event loop is stuck\n")
        case "/readyz":
            switch health.state {
            case .serving: return MetricsServer.Answer(status: .ok, body: "ok\n")
            case .notServing(let reason):
                return MetricsServer.Answer(status: .serviceUnavailable, body: "\(reason)\n")
            case .stopping:
                return MetricsServer.Answer(
                    status: .serviceUnavailable, body: "this server is stopping\n")
            }
        default:
            return MetricsServer.Answer(
                status: .notFound, body: "there are /metrics, /livez and /readyz\n")
        }
    }

    /// What is known only by asking.
    private func refresh() {
        process.refresh()
        gauges.refresh(from: listener)
    }

    private func loopsAnswer() async -> Bool {
        for eventLoop in listener.eventLoops {
            let answer = FirstAnswer()
            // On another clock than the loop's own, and unstructured, since what waits for a stuck loop cannot be cancelled.
            let patience = Task {
                try await Task.sleep(for: .milliseconds(Self.loopMillisecondsMax))
                answer.give(false)
            }
            eventLoop.execute { answer.give(true) }
            defer { patience.cancel() }
            guard await answer.value else { return false }
        }
        return true
    }
}

/// Takes the first of two answers.
private final class FirstAnswer: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Bool, Never>)
        case given(Bool)
    }

    private let state = Mutex(State.open)

    /// Awaited once.
    var value: Bool {
        get async {
            await withCheckedContinuation { continuation in
                let given: Bool? = state.withLock { state in
                    if case .given(let answer) = state { return answer }
                    state = .awaited(continuation)
                    return nil
                }
                if let given { continuation.resume(returning: given) }
            }
        }
    }

    func give(_ answer: Bool) {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let continuation):
                state = .given(answer)
                return continuation
            case .given: return nil
            }
        }
        waiter?.resume(returning: answer)
    }
}
