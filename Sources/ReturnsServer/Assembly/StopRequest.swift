import ServiceLifecycle
import Synchronization
import UnixSignals

/// That someone asked the process to stop, from its very start on.
final class StopRequest: Sendable {
    /// Thrown by a start that was told to stop.
    struct Requested: Error {}

    private let isRequested = Atomic<Bool>(false)
    private let requests: AsyncStream<Void>

    init(trapping signals: [UnixSignal]) async {
        let trapped = await UnixSignalsSequence(trapping: signals)
        let (requests, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.requests = requests
        // Unstructured: it lives as long as the process, which ends by what it reports.
        Task { [self] in
            for await _ in trapped {
                isRequested.store(true, ordering: .relaxed)
                continuation.yield()
            }
        }
    }

    func check() throws(Requested) {
        if isRequested.load(ordering: .relaxed) { throw Requested() }
    }

    /// Returns when a stop was asked for, also before the call, or when the task is cancelled.
    func wait() async {
        for await _ in requests { return }
    }
}

/// The last service to start: says that the server is ready, and ends the group when a stop was asked for.
struct StopService: Service {
    let stop: StopRequest
    let started: @Sendable () -> Void

    func run() async throws {
        started()
        await cancelWhenGracefulShutdown { await stop.wait() }
    }
}
