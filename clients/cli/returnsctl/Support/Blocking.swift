import Foundation
import Synchronization

/// Reads that may wait for as long as nobody types, on a thread of their own.
enum Blocking {
    /// - Throws: what `body` throws; CancellationError as soon as the task is cancelled, with the thread left behind.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result
    {
        let answer = Answer<Result>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                answer.wait(continuation)
                Thread.detachNewThread { answer.give(Swift.Result { try body() }) }
            }
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }

    /// The first answer counts, and may come before anybody waits for it.
    private final class Answer<Result: Sendable>: Sendable {
        typealias Outcome = Swift.Result<Result, any Error>

        private enum State {
            case open
            case waited(CheckedContinuation<Result, any Error>)
            case early(Outcome)
            case given
        }

        private let state = Mutex(State.open)

        func wait(_ continuation: CheckedContinuation<Result, any Error>) {
            let early = state.withLock { state -> Outcome? in
                switch state {
                case .open:
                    state = .waited(continuation)
                    return nil
                case .early(let outcome):
                    state = .given
                    return outcome
                case .waited, .given:
                    preconditionFailure("one continuation waits for one answer")
                }
            }
            if let early { continuation.resume(with: early) }
        }

        func give(_ outcome: Outcome) {
            let waiting = state.withLock { state -> CheckedContinuation<Result, any Error>? in
                switch state {
                case .open:
                    state = .early(outcome)
                    return nil
                case .waited(let continuation):
                    state = .given
                    return continuation
                case .early, .given:
                    return nil
                }
            }
            waiting?.resume(with: outcome)
        }
    }
}
