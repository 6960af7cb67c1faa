import NIOCore
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// What the server knows of its own health, looked at once a second for all who watch. As a service it is to be stopped
/// before the listener, whose drain would otherwise wait for the watchers.
final class HealthMonitor: Service {
    enum State: Sendable, Hashable {
        case serving
        case notServing(reason: String)
        case stopping
    }

    static let intervalMilliseconds: Int64 = 1_000
    static let redisMillisecondsMax: Int64 = 2_000
    static let redisSilent = "Redis does not answer"

    private let store: ReturnsStore
    private let metrics: ReturnsMetrics
    private let current = Mutex(State.serving)

    /// - Parameter store: has just answered; on the event loop that `run` is run on.
    init(store: ReturnsStore, metrics: ReturnsMetrics = .none) {
        self.store = store
        self.metrics = metrics
    }

    var state: State { current.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let state = await self.look()
                // What a stop has cut short says nothing about Redis.
                if Task.isCancelled { break }
                self.current.withLock { $0 = state }
                self.metrics.redisAnswered(state == .serving)
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
        current.withLock { $0 = .stopping }
    }

    private func look() async -> State {
        do throws(StoreError) {
            _ = try await store.redisTime(deadline: .now() + .milliseconds(Self.redisMillisecondsMax))
            return .serving
        } catch {
            return .notServing(reason: Self.redisSilent)
        }
    }
}
