import NIOCore

/// Runs a task's jobs on one event loop, so that a call never leaves its connection's thread (SE-0417).
///
/// A job enqueued on the loop itself is not run inside `enqueue`: whoever resumed the task may be in the middle
/// of changing its own state, and a chain of resumptions would grow the stack. It waits for the end of what the
/// loop is doing now. Jobs that come together run together, as one batch, so that what follows a batch
/// (flushing replies) is done once for all of them.
///
/// `@unchecked Sendable`: the mutable state is touched on the event loop only; `enqueue` enters it first.
public final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    /// Where the jobs run.
    public let eventLoop: any EventLoop
    /// Jobs run since the start; a handler that never suspends adds none.
    private(set) var jobsRun: UInt64 = 0

    private var jobs = CircularBuffer<UnownedJob>()
    private var isBatchScheduled = false
    private(set) var isBatchRunning = false
    private var afterBatch: (() -> Void)?

    public init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if eventLoop.inEventLoop {
            append(job)
        } else {
            eventLoop.execute { self.append(job) }
        }
    }

    /// On the loop: what to do after each batch.
    func setAfterBatch(_ afterBatch: @escaping () -> Void) {
        eventLoop.preconditionInEventLoop()
        self.afterBatch = afterBatch
    }

    /// On the loop: runs what is waiting now instead of later. Does nothing when called from within a job.
    func runBatch() {
        // Jobs that these jobs enqueue form the next batch: the replies of this one are flushed first.
        var left = jobs.count
        if left == 0 || isBatchRunning { return }
        isBatchRunning = true
        defer { isBatchRunning = false }
        let executor = asUnownedTaskExecutor()
        while left > 0, let job = jobs.popFirst() {
            left -= 1
            jobsRun += 1
            job.runSynchronously(on: executor)
        }
        afterBatch?()
    }

    private func append(_ job: UnownedJob) {
        jobs.append(job)
        if isBatchScheduled { return }
        isBatchScheduled = true
        eventLoop.execute {
            self.isBatchScheduled = false
            self.runBatch()
        }
    }
}
