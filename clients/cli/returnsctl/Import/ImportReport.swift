import Foundation
import RCP
import Synchronization

/// Counts what becomes of the lines, and writes rejects and acknowledgements as they come.
final class ImportReport: Sendable {
    struct Totals: Sendable, Equatable {
        var results: [ImportResult: Int] = [:]
        var refusals: [String: Int] = [:]
        /// Sent, and not known whether they were taken: because the import stopped, or the server failed over them.
        var unanswered = 0

        var accepted: Int { results.values.reduce(0, +) }
        var refused: Int { refusals.values.reduce(0, +) }
        var finished: Int { accepted + refused }
    }

    /// Refused lines that are shown one by one when they also go into a file.
    static let refusalsShownMax = 20

    private struct State {
        var totals = Totals()
        /// Why the import cannot go on.
        var stop: (any Error)?
        /// Lines that were sent, and that nothing is known of yet.
        var inFlight = 0
        /// What was waited for so far, each said once.
        var waits: Set<String> = []
    }

    private let state = Mutex(State())
    private let rejects: FileHandle?
    private let acknowledged: FileHandle?
    private let style: Style

    init(rejects: String?, acknowledged: String?, style: Style) throws {
        // Both tell of customers: nobody else's business.
        self.rejects = try rejects.map(OutputFile.new)
        self.acknowledged = try acknowledged.map(OutputFile.appending)
        self.style = style
        // Two names of one file that was new until just now.
        if let rejected = self.rejects.flatMap({ FileIdentity(descriptor: $0.fileDescriptor) }),
            rejected == self.acknowledged.flatMap({ FileIdentity(descriptor: $0.fileDescriptor) })
        {
            throw CommandFailure.usage(
                "--rejects and --acknowledged name one file", hints: ["name two; nothing was imported"])
        }
    }

    var totals: Totals { state.withLock { $0.totals } }
    var stop: (any Error)? { state.withLock { $0.stop } }
    var inFlight: Int { state.withLock { $0.inFlight } }
    var waits: Set<String> { state.withLock { $0.waits } }

    // MARK: What becomes of lines

    func accepted(_ line: ImportLine, _ acknowledgement: ImportAcknowledgement) {
        state.withLock { state in
            state.totals.results[acknowledgement.result, default: 0] += 1
            guard let acknowledged else { return }
            Self.write(AcknowledgedLine(line: line.number, id: acknowledgement.id), to: acknowledged, &state)
        }
    }

    func refused(_ line: ImportLine, _ refusal: ImportRefusal) {
        state.withLock { state in
            state.totals.refusals[refusal.reason, default: 0] += 1
            if let rejects { Self.write(RejectedLine(line, refusal), to: rejects, &state) }
            let shown = state.totals.refused
            guard rejects == nil || shown <= Self.refusalsShownMax else { return }
            let field = refusal.field.isEmpty ? "" : "\(refusal.field): "
            let text = TextWidth.safe("line \(line.number): \(field)\(refusal.text) [\(refusal.reason)]")
            Output.note("\(ImportProgress.clearLine)\(style.yellow(text))")
            if rejects != nil, shown == Self.refusalsShownMax {
                Output.note("further refused lines go to the file only")
            }
        }
    }

    /// Not known whether the line was taken, while the others go on.
    func unanswered(_ line: ImportLine, _ fault: ImportRefusal) {
        unanswered()
        let text = TextWidth.safe(
            "line \(line.number): may or may not be taken: \(fault.text) [\(fault.reason)]")
        Output.note("\(ImportProgress.clearLine)\(style.red(text))")
    }

    func unanswered() { state.withLock { $0.totals.unanswered += 1 } }

    func sending() { state.withLock { $0.inFlight += 1 } }
    func ended() { state.withLock { $0.inFlight -= 1 } }

    /// A line is tried again for a while, since the server is not there or cannot serve now. Each reason is said once.
    func waits(for status: RCPStatus) {
        let reason = status.details.first?.reason ?? status.code.name
        guard state.withLock({ $0.waits.insert(reason).inserted }) else { return }
        let text = TextWidth.safe("waiting for the server: \(status.text) [\(reason)]")
        Output.note("\(ImportProgress.clearLine)\(style.yellow(text))")
    }

    /// The first reason counts; what follows is its consequence.
    func stopped(by error: any Error) {
        state.withLock { if $0.stop == nil { $0.stop = error } }
    }

    private static func write(_ value: some Encodable, to file: FileHandle, _ state: inout sending State) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var bytes = try encoder.encode(value)
            bytes.append(UInt8(ascii: "\n"))
            // One write a line, unbuffered: what was acknowledged is in the file before the next call returns.
            try file.write(contentsOf: bytes)
        } catch {
            if state.stop == nil {
                state.stop = CommandFailure(
                    .failed, "the list of lines cannot be written: \(error.localizedDescription)")
            }
        }
    }
}

/// A line of the file that `--acknowledged` names.
struct AcknowledgedLine: Codable, Equatable {
    var line: Int
    var id: String
}

/// A line of the file that `--rejects` names.
struct RejectedLine: Codable, Equatable {
    var line: Int
    var reason: String
    var field: String
    var text: String
    /// The line as it was, or its bytes in base 64 where it is no text.
    var original: String?
    var originalBase64: String?

    init(_ line: ImportLine, _ refusal: ImportRefusal) {
        self.line = line.number
        reason = refusal.reason
        field = refusal.field
        text = refusal.text
        original = String(validating: line.bytes, as: UTF8.self)
        if original == nil { originalBase64 = line.bytes.base64EncodedString() }
    }

    /// The line that this one says was refused, under this one's number; nil for a line that is no reject.
    static func original(of line: ImportLine) -> ImportLine? {
        guard line.bytes.range(of: Data("\"original".utf8)) != nil,
            let rejected = try? JSONDecoder().decode(RejectedLine.self, from: line.bytes),
            let bytes = rejected.original.map({ Data($0.utf8) })
                ?? rejected.originalBase64.flatMap({ Data(base64Encoded: $0) })
        else { return nil }
        return ImportLine(number: line.number, bytes: bytes)
    }
}
