import Foundation
import RCP
import ReturnsClient

/// Sends the lines of a file, many at once, and sees that none vanishes.
struct ImportEngine<Request: Sendable>: Sendable {
    typealias Item = ImportItem<Request>

    var inFlightMax: Int
    /// For one line, with all its tries.
    var timeoutMilliseconds: UInt32
    /// Between two tries of a line whose server is not there, or cannot serve now.
    var pauseMilliseconds: Int64 = 1_000
    /// Makes a request of a line, or says why it can never be sent. Blank lines give nil.
    var parse: @Sendable (ImportLine) throws(ImportRefusal) -> Item?
    /// Sends a line within that many milliseconds.
    var send: @Sendable (Item, UInt32) async throws -> ImportAcknowledgement

    /// Returns when every line was accepted or refused, or the import has stopped; `report` knows.
    func run(_ source: ImportSource, _ report: ImportReport) async {
        let queue = ImportQueue<Request>(linesMax: inFlightMax * ImportLimits.linesAheadPerCall)
        read(source, into: queue, report)
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for _ in 0..<inFlightMax { group.addTask { await work(queue, report) } }
            }
        } onCancel: {
            queue.stop()
        }
        if Task.isCancelled { report.stopped(by: CancellationError()) }
        source.close()
    }

    /// Reading may block for long (a pipe), which no task of the pool may: a thread does it, and the parsing as well.
    private func read(_ source: ImportSource, into queue: ImportQueue<Request>, _ report: ImportReport) {
        Thread.detachNewThread {
            var splitter = LineSplitter()
            defer { queue.end() }
            do {
                while let chunk = try source.read() {
                    for line in splitter.append(chunk) where !take(line, queue, report) { return }
                }
                if let line = splitter.finish() { _ = take(line, queue, report) }
            } catch {
                report.stopped(by: error)
            }
        }
    }

    /// - Returns: false once nothing more is wanted.
    private func take(_ line: ImportLine, _ queue: ImportQueue<Request>, _ report: ImportReport) -> Bool {
        // A reject is imported as what it was, so that what stood in the way can be mended and the file given again.
        let line = RejectedLine.original(of: line) ?? line
        do throws(ImportRefusal) {
            guard !line.isTooLong else {
                throw ImportRefusal(
                    "LINE_TOO_LONG", "", "the line is above \(LineSplitter.lineBytesMax) bytes")
            }
            if let fault = InputText.fault(in: line.bytes) {
                throw ImportRefusal("INVALID_UTF8", "", "the line \(fault)")
            }
            guard let item = try parse(line) else { return true }
            return queue.push(item)
        } catch {
            report.refused(line, error)
            return true
        }
    }

    private func work(_ queue: ImportQueue<Request>, _ report: ImportReport) async {
        while let item = await queue.next() {
            report.sending()
            defer { report.ended() }
            do {
                report.accepted(item.line, try await answer(item, report))
            } catch let refusal as ImportRefusal {
                report.refused(item.line, refusal)
            } catch let status as RCPStatus where !status.endsImport {
                if status.isDecision {
                    report.refused(item.line, ImportRefusal(status))
                } else {
                    report.unanswered(item.line, ImportRefusal(status))
                }
            } catch {
                // A line that was never sent, or surely not taken, is left for the next run like those behind it.
                if (error as? RCPStatus)?.outcome != .notApplied { report.unanswered() }
                report.stopped(by: error)
            }
            if report.stop != nil { queue.stop() }
            queue.finished(item)
        }
    }
}

extension ImportEngine {
    /// Sends a line until its answer is about the line, or its time is over.
    private func answer(_ item: Item, _ report: ImportReport) async throws -> ImportAcknowledgement {
        let end = ContinuousClock.now + .milliseconds(Int64(timeoutMilliseconds))
        let pause = Duration.milliseconds(pauseMilliseconds)
        // What all tries together leave open: a later one that fails takes nothing back.
        var outcome = RCPOutcome.notApplied
        while true {
            let left = (end - ContinuousClock.now) / .milliseconds(1)
            do {
                return try await send(item, UInt32(max(1, left)))
            } catch var status as RCPStatus {
                outcome = outcome.joined(with: status.outcome)
                status.outcome = outcome
                guard status.isPassing, ContinuousClock.now + pause < end else { throw status }
                report.waits(for: status)
                try await Task.sleep(for: pause)
            }
        }
    }
}

extension RCPStatus {
    /// The server is not there, or cannot serve now: waiting helps.
    fileprivate var isPassing: Bool {
        switch code {
        case .unavailable, .resourceExhausted, .aborted:
            retryRule != .never
        case .ok, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
            .permissionDenied, .failedPrecondition, .outOfRange, .unimplemented, .internalError, .dataLoss,
            .unauthenticated:
            false
        }
    }

    /// The line was not taken. Otherwise it may have been, whatever the code.
    fileprivate var isDecision: Bool { outcome == .notApplied }

    /// The failure is not this line's: the next line would meet it as well.
    var endsImport: Bool {
        switch code {
        // Who did something before with an order or a case is barred from that one alone.
        case .permissionDenied: !isOfOneItem
        case .cancelled, .deadlineExceeded, .resourceExhausted, .unavailable, .unauthenticated,
            .unimplemented:
            // Minus one with "exhausted" speaks of this line: it is too large.
            code != .resourceExhausted || retryAfterMilliseconds >= 0
        case .ok, .unknown, .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted,
            .outOfRange,
            .internalError, .dataLoss:
            false
        }
    }
}

extension ImportRefusal {
    /// The server's refusal of a line.
    init(_ status: RCPStatus) {
        let detail = status.details.first
        let text = [status.text, detail?.text ?? ""].filter { !$0.isEmpty }
        self.init(
            detail?.reason ?? status.code.name, detail?.field ?? "",
            text.count == 2 && text[0] == text[1] ? text[0] : text.joined(separator: ": "))
    }
}
