import JobsAPI
import NIOCore
import RCP
import RCPServer
import Synchronization

/// The jobs, in memory. Handlers run on event loops, so every step is short and none waits.
final class JobQueue: Sendable {
    struct Limits: Sendable {
        /// Jobs that are not over.
        var openJobsMax = 10_000
        /// Jobs that are over, and changes, that are kept to be told.
        var overJobsMax = 10_000
        var changesMax = 1_000
        var taskBytesMax = 4_096
    }

    private struct State {
        var jobs: [UInt64: Jobs_V1_Job] = [:]
        var lastID: UInt64 = 0
        var revision: UInt64 = 0
        /// In the order in which they are given out.
        var waiting: [UInt64] = []
        /// From the oldest on.
        var over: [UInt64] = []
        var changes: [Jobs_V1_Job] = []
        var requests = RCPRequestMemory<UInt64>()
        var bells: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var lastBell: UInt64 = 0
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(limits: Limits = Limits()) { self.limits = limits }

    // MARK: Submitting and looking

    /// - Returns: whether an earlier request had submitted it.
    func submit(
        _ task: String, requestID: RCPRequestID, _ context: RCPCallContext, message: ByteBuffer
    ) throws(RCPStatus) -> (job: Jobs_V1_Job, isReplay: Bool) {
        guard (1...limits.taskBytesMax).contains(task.utf8.count) else {
            throw .refusal(.invalidArgument, "task has 1 to \(limits.taskBytesMax) bytes")
        }
        return try state.withLock { state throws(RCPStatus) in
            if let id = try state.requests.answer(to: requestID, of: context, message: message) {
                guard let job = state.jobs[id] else {
                    throw RCPStatus(
                        code: .notFound, outcome: .applied, text: "job \(id) was over and is forgotten")
                }
                return (job, true)
            }
            guard state.jobs.count - state.over.count < limits.openJobsMax else {
                throw .refusal(.resourceExhausted, "the queue is full; try again later", retryAfter: 1_000)
            }
            state.lastID += 1
            let job = Jobs_V1_Job.with {
                $0.id = state.lastID
                $0.task = task
                $0.state = .waiting
            }
            state.requests.remember(job.id, to: requestID, of: context, message: message)
            state.waiting.append(job.id)
            return (change(job, &state), false)
        }
    }

    func job(_ id: UInt64) -> Jobs_V1_Job? { state.withLock { $0.jobs[id] } }

    /// The oldest changes behind a revision.
    ///
    /// - Throws: OUT_OF_RANGE if some of them are no longer kept.
    func changes(after revision: UInt64, max: Int) throws(RCPStatus) -> [Jobs_V1_Job] {
        try state.withLock { state throws(RCPStatus) in
            guard let oldest = state.changes.first?.revision, revision < state.revision else { return [] }
            guard revision == 0 || revision + 1 >= oldest else {
                throw .refusal(.outOfRange, "changes up to \(oldest - 1) are no longer kept; watch from 0")
            }
            return Array(state.changes.drop { $0.revision <= revision }.prefix(max))
        }
    }

    // MARK: Working

    /// The next job, which is this worker's from now on; nil if none waits.
    func take(for worker: String) -> Jobs_V1_Job? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            var job = state.jobs[state.waiting.removeFirst()]!
            job.state = .running
            job.worker = worker
            return change(job, &state)
        }
    }

    /// - Precondition: `id` was taken and is neither finished nor given back.
    func finish(_ id: UInt64, failed: Bool, result: String) {
        state.withLock { state in
            var job = state.jobs[id]!
            job.state = failed ? .failed : .done
            job.result = result
            _ = change(job, &state)
            state.over.append(id)
            if state.over.count > limits.overJobsMax { state.jobs[state.over.removeFirst()] = nil }
        }
    }

    /// - Precondition: as of `finish`.
    func giveBack(_ id: UInt64) {
        state.withLock { state in
            var job = state.jobs[id]!
            job.state = .waiting
            state.waiting.insert(id, at: 0)
            _ = change(job, &state)
        }
    }

    // MARK: Waiting

    /// Rings at once and after every change; several changes may ring once. Who waits keeps a place of its own, so a slow
    /// one costs nothing.
    func bell() -> AsyncStream<Void> {
        let (stream, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastBell += 1
            state.bells[state.lastBell] = ring
            return state.lastBell
        }
        ring.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.bells.removeValue(forKey: number) }
        }
        ring.yield()
        return stream
    }

    /// How many wait; for tests.
    var bells: Int { state.withLock { $0.bells.count } }

    private func change(_ job: Jobs_V1_Job, _ state: inout State) -> Jobs_V1_Job {
        var job = job
        state.revision += 1
        job.revision = state.revision
        state.jobs[job.id] = job
        state.changes.append(job)
        if state.changes.count > limits.changesMax { state.changes.removeFirst() }
        for bell in state.bells.values { bell.yield() }
        return job
    }
}

extension RCPStatus {
    /// What the caller has to mend, or to try again later; nothing was changed.
    static func refusal(_ code: RCPStatusCode, _ text: String, retryAfter milliseconds: Int32 = -1)
        -> RCPStatus
    {
        RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: milliseconds, text: text)
    }
}
