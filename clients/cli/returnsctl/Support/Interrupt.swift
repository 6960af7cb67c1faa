import Dispatch
import Foundation

/// Ctrl-C cancels the work, so that it can say how far it came; a second one ends the program at once.
enum Interrupt {
    static func run(_ work: @escaping @Sendable () async -> ExitStatus) async -> ExitStatus {
        let task = Task { await work() }
        // Until the source is there the signal has its default, which ends the program too.
        let sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if task.isCancelled { exit(ExitStatus.interrupted.rawValue) }
                task.cancel()
            }
            source.resume()
            return source
        }
        let status = await task.value
        for source in sources { source.cancel() }
        return task.isCancelled ? .interrupted : status
    }
}
