import Dispatch
import Foundation

/// Ctrl-C cancels the work, so that it can say how far it came; a second one ends the program at once, as Ctrl-\ does. A
/// screen that was taken is given back first.
enum Interrupt {
    static func run(_ work: @escaping @Sendable () async -> ExitStatus) async -> ExitStatus {
        let task = Task { await work() }
        // Until the source is there the signal has its default, which ends the program too.
        let sources = ([SIGINT, SIGTERM] + [SIGHUP, SIGQUIT].filter { !isIgnored($0) }).map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                guard task.isCancelled || number == SIGQUIT else { return task.cancel() }
                FullScreen.end()
                exit(ExitStatus.interrupted.rawValue)
            }
            source.resume()
            return source
        }
        let status = await task.value
        for source in sources { source.cancel() }
        return task.isCancelled ? .interrupted : status
    }

    /// As `nohup` has it for SIGHUP, and a shell for SIGQUIT of what it runs in the background.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
