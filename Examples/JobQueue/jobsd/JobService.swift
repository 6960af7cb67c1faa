import JobsAPI
import NIOCore
import RCP
import RCPServer

/// `jobs.v1.JobService` on a queue in memory.
struct JobService: JobServiceProvider {
    let queue: JobQueue

    /// Changes read from the queue at a time.
    private static let pageMax = 100

    func submitJob(
        _ request: Jobs_V1_SubmitJobRequest, context: RCPCallContext
    ) async throws -> RCPReply<Jobs_V1_SubmitJobReply> {
        let (job, isReplay) = try queue.submit(
            request.task, requestID: context.requestID, context, message: context.message)
        return RCPReply(.with { $0.job = job }, replayed: isReplay)
    }

    func getJob(
        _ request: Jobs_V1_GetJobRequest, context: RCPCallContext
    ) async throws -> RCPReply<Jobs_V1_GetJobReply> {
        guard let job = queue.job(request.id) else {
            throw RCPStatus.refusal(
                .notFound, "there is no job \(request.id), or it was over and is forgotten")
        }
        return RCPReply(.with { $0.job = job })
    }

    func importJobs(
        _ requests: RCPMessageStream<Jobs_V1_ImportJobsRequest>, context: RCPCallContext
    ) async throws -> RCPReply<Jobs_V1_ImportJobsReply> {
        var reply = Jobs_V1_ImportJobsReply()
        do {
            for try await item in requests {
                guard let id = RCPRequestID(bytes: item.requestID), !id.isZero else {
                    throw RCPStatus.refusal(.invalidArgument, "request_id has 16 bytes, not all of them zero")
                }
                let message = ByteBuffer(string: item.task)
                if try queue.submit(item.task, requestID: id, context, message: message).isReplay {
                    reply.known += 1
                } else {
                    reply.added += 1
                }
            }
        } catch var status as RCPStatus where reply.added > 0 {
            status.outcome = .unknown
            status.text = "\(reply.added) jobs were added, then: \(status.text)"
            throw status
        }
        return RCPReply(reply)
    }

    func watchJobs(
        _ request: Jobs_V1_WatchJobsRequest, replies: RCPReplyWriter<Jobs_V1_WatchJobsReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var place = request.afterRevision
        for await _ in queue.bell() {
            while case let changes = try queue.changes(after: place, max: Self.pageMax),
                let last = changes.last
            {
                for job in changes { try await replies.send(.with { $0.job = job }) }
                place = last.revision
            }
        }
        throw CancellationError()
    }

    func work(
        _ requests: RCPMessageStream<Jobs_V1_WorkRequest>, replies: RCPReplyWriter<Jobs_V1_WorkReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var held: UInt64?
        defer { if let held { queue.giveBack(held) } }
        for try await request in requests {
            switch request.step {
            case .ready:
                guard held == nil else {
                    throw RCPStatus.refusal(
                        .failedPrecondition, "finish job \(held!) before you take another")
                }
                let job = try await nextJob(for: context.principal.name)
                held = job.id
                try await replies.send(.with { $0.job = job })
            case .finished(let end):
                guard held == end.jobID else {
                    throw RCPStatus.refusal(.failedPrecondition, "job \(end.jobID) is not this call's")
                }
                held = nil
                queue.finish(end.jobID, failed: end.failed, result: end.result)
            case nil:
                throw RCPStatus.refusal(.invalidArgument, "say ready or finished")
            }
        }
        return RCPStreamEnd()
    }

    private func nextJob(for worker: String) async throws -> Jobs_V1_Job {
        for await _ in queue.bell() {
            if let job = queue.take(for: worker) { return job }
        }
        throw CancellationError()
    }
}
