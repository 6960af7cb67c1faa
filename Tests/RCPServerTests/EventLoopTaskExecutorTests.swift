import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import RCPServer

@Suite struct EventLoopTaskExecutorTests {
    /// A task that is started at once and does not suspend is over when its start returns, without a job.
    @Test func aTaskThatDoesNotSuspendNeedsNoJob() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopTaskExecutor(eventLoop: eventLoop)
        let jobs = try await eventLoop.submit {
            let isOver = Box(false)
            Task.immediate(executorPreference: executor) {
                await plainAsyncFunction()
                isOver.value.withLock { $0 = true }
            }
            #expect(isOver.value.withLock { $0 })
            return executor.jobsRun
        }.get()
        #expect(jobs == 0)
    }

    @Test func resumptionsComeBackToTheLoopWhereverTheyComeFrom() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopTaskExecutor(eventLoop: eventLoop)
        let task = try await eventLoop.submit {
            Task.immediate(executorPreference: executor) {
                var onLoop = [eventLoop.inEventLoop]
                await Task.yield()
                onLoop.append(eventLoop.inEventLoop)
                await withCheckedContinuation { continuation in
                    Thread.detachNewThread { continuation.resume() }
                }
                onLoop.append(eventLoop.inEventLoop)
                return onLoop
            }
        }.get()
        #expect(await task.value == [true, true, true])
    }

    /// Whoever resumes a task goes on first: a job never runs inside the resumption.
    @Test func aResumptionNeverRunsInsideTheCodeThatResumes() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopTaskExecutor(eventLoop: eventLoop)
        let order = Box<[String]>([])
        let parked = Box<CheckedContinuation<Void, Never>?>(nil)
        let task = try await eventLoop.submit {
            let task = Task.immediate(executorPreference: executor) {
                await withCheckedContinuation { continuation in parked.value.withLock { $0 = continuation } }
                order.value.withLock { $0.append("task") }
            }
            parked.value.withLock { $0 }?.resume()
            order.value.withLock { $0.append("resumer") }
            return task
        }.get()
        await task.value
        #expect(order.value.withLock { $0 } == ["resumer", "task"])
    }

    @Test func jobsThatComeTogetherMakeOneBatch() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let executor = EventLoopTaskExecutor(eventLoop: eventLoop)
        let batches = Box(0)
        let parked = Box<[CheckedContinuation<Void, Never>]>([])
        let tasks = try await eventLoop.submit {
            executor.setAfterBatch { batches.value.withLock { $0 += 1 } }
            let tasks = (0..<100).map { _ in
                Task.immediate(executorPreference: executor) {
                    await withCheckedContinuation { continuation in
                        parked.value.withLock { $0.append(continuation) }
                    }
                }
            }
            for continuation in parked.value.withLock({ $0 }) { continuation.resume() }
            return tasks
        }.get()
        for task in tasks { await task.value }
        let (jobs, count) = try await eventLoop.submit { (executor.jobsRun, batches.value.withLock { $0 }) }
            .get()
        #expect(jobs == 100)
        #expect(count == 1)
    }
}

private func plainAsyncFunction() async {}
