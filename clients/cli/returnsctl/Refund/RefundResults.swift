import ArgumentParser
import Cryptography
import Foundation
import MoneyFormat
import RCP
import ReturnsAPI

struct RefundResults: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract:
            "Book a gateway's results from a file, and show what differs; exit status 1 if anything does.",
        discussion: """
            The file is CSV with the columns refund_id, result (succeeded, failed, unknown), voucher, amount, and \
            where there are any credit_note, time, currency, reason and attempt; or one JSON object of these a line. \
            A line whose amount, currency or voucher differs, or that the server refuses, is not booked, and the \
            others are. The same file again changes nothing. A voucher or credit note that stands on two refunds is \
            noted. Refunds that wait for a result and are not in the file are listed as missing, unless --partial \
            says that it is not all.
            """)
    @Argument(help: ArgumentHelp("CSV or JSON Lines; - for standard input.", valueName: "file"))
    var file: String
    @Flag(help: "The file does not hold all results: look for none that is missing.") var partial = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        if global.requestID != nil {
            throw CommandFailure.usage(
                "--request-id is for a single change, and a file of results makes many",
                hints: ["leave it out: the same file again changes nothing that it has changed already"])
        }
        let bytes = try await InputFile.contents(file, tooLarge: RefundResultFile.tooLarge)
        let lines = try RefundResultFile.read(bytes)
        try await global.withSession { session in
            var run = RefundResultRun(session: session, lines: lines, isDryRun: global.dryRun)
            let end = await run.end(isPartial: partial)
            let report = run.report
            switch session.output.format {
            case .table: try session.output.data(report.text(session.style))
            case .json: try session.output.data(try report.json())
            case .jsonl: for line in try report.jsonLines() { try session.output.data(line) }
            case .csv: try session.output.csv(report.rows)
            }
            if let end { throw end }
            if !report.differences.isEmpty { throw QuietExit(exit: .failed) }
        }
    }
}

/// Takes the lines of a file one after the other.
private struct RefundResultRun {
    let session: Session
    let lines: [RefundResultLine]
    var report = RefundResultReport()
    /// What a dry run would have booked last, of each refund.
    private var wouldBe: [String: RefundResultLine] = [:]
    /// Papers that stand on more than one refund.
    private let repeated: RepeatedPapers

    init(session: Session, lines: [RefundResultLine], isDryRun: Bool) {
        self.session = session
        self.lines = lines
        repeated = RepeatedPapers(lines)
        report.isDryRun = isDryRun
    }

    /// - Returns: why the run ended before its end; nil where all was looked at.
    mutating func end(isPartial: Bool) async -> (any Error)? {
        for line in lines {
            do {
                try await take(line)
            } catch {
                report.stoppedAt = line.number
                return Self.failure(error, at: "line \(line.number), refund \(line.refundID)")
            }
        }
        do {
            if !isPartial { try await findMissing() }
            return nil
        } catch {
            return Self.failure(error, at: "looking for refunds that the file does not name")
        }
    }

    /// What ended the run, with its place. Nothing has to be taken back, and nothing to be looked up before it goes on.
    private static func failure(_ error: any Error, at place: String) -> any Error {
        guard let status = error as? RCPStatus else { return error }
        let reason = status.details.first.map { " [\($0.reason)]" } ?? ""
        let text = status.text.isEmpty ? "the server answered \(status.code.name)" : status.text
        return CommandFailure(
            ExitStatus(status), "\(place): \(text) (\(status.code.name))\(reason)",
            hints: [
                "the lines before it are done; type the same line again to go on: what is booked is not booked twice"
            ])
    }

    private mutating func take(_ line: RefundResultLine) async throws {
        // A refund's id begins with its case's.
        let caseID = String(line.refundID.prefix { $0 != "-" })
        let value: Returns_V1_Case
        do {
            value = try await session.getCase(caseID)
        } catch let status as RCPStatus where [.notFound, .invalidArgument].contains(status.code) {
            report.lines += 1
            return differs(line, caseID, .unknownRefund, said: line.amount, "no case has this refund")
        } catch let status as RCPStatus where status.isOfOneItem {
            report.lines += 1
            return differs(line, caseID, .refused, said: word(line.result), status.text)
        }
        guard let refund = value.refunds.first(where: { $0.refundID == line.refundID }) else {
            report.lines += 1
            return differs(line, caseID, .unknownRefund, said: line.amount, "no case has this refund")
        }
        let step = RefundResultStep.of(
            line, refund, currency: value.currency, booked: wouldBe[line.refundID],
            returnedMinor: value.returnedMinor(of: line.refundID))
        switch step {
        case .already:
            report.already += 1
            tellOverpaid(line, value, refund)
        case .differs(let kind, let said, let recorded, let text):
            differs(line, caseID, kind, said: said, recorded: recorded, text)
        case .book: try await book(line, value, refund)
        }
        report.lines += 1
        for text in repeated.texts(of: line) {
            report.note(
                .init(
                    kind: .samePaper, line: line.number, refundID: line.refundID, caseID: caseID, text: text))
        }
    }

    private mutating func book(
        _ line: RefundResultLine, _ value: Returns_V1_Case, _ refund: Returns_V1_Refund
    ) async throws {
        var request = Returns_V1_RecordRefundRequest.with {
            $0.target.caseID = value.id
            $0.refundID = line.refundID
            $0.status = line.result
            $0.voucher = line.result == .succeeded ? line.voucher : ""
            $0.creditNote = line.result == .succeeded ? line.creditNote : ""
            $0.failureReason = line.result == .failed ? line.reason : ""
            $0.attempt = line.attempt
        }
        // A dry run goes under the id of the run: the server tells by it what it has booked before.
        let id = try Self.requestID(request, attempts: refund.attempts)
        request.target.dryRun = report.isDryRun
        do {
            let reply = try await session.client.cases.recordRefund(
                request, options: RCPCallOptions(requestID: id))
            // Also of what is booked already: by this run, whose answer was lost, or by one that was cut off before its report.
            let after = reply.message.case.refunds.first { $0.refundID == line.refundID }
            if let after { tellOverpaid(line, value, after, wouldBe: report.isDryRun && !reply.replayed) }
            guard !reply.replayed else { return report.already += 1 }
            report.booked += 1
            if report.isDryRun { wouldBe[line.refundID] = line }
        } catch let status as RCPStatus where status.isRequestIDReused {
            // The id follows from the line, so what was booked under it is this line: by somebody else, or asked by a dry run.
            report.already += 1
        } catch let status as RCPStatus where status.isOfOneItem {
            differs(
                line, value.id, .refused, said: word(line.result), recorded: word(refund.status), status.text)
        }
    }

    /// As long as what went out beyond what was owed has not come back, or come to be owed.
    private mutating func tellOverpaid(
        _ line: RefundResultLine, _ value: Returns_V1_Case, _ refund: Returns_V1_Refund, wouldBe: Bool = false
    ) {
        guard line.result == .succeeded, refund.overpaidMinor > 0 else { return }
        let paid = refund.amountMinor + value.returnedMinor(of: refund.refundID)
        differs(
            line, value.id, .overpaid, said: MoneyFormat.text(paid, value.currency),
            recorded: MoneyFormat.text(refund.overpaidMinor, value.currency),
            wouldBe
                ? "would be booked; the customer would have got so much more than was owed"
                : "booked; the customer got so much more than was owed")
    }

    private mutating func differs(
        _ line: RefundResultLine, _ caseID: String, _ kind: RefundResultReport.Kind, said: String = "",
        recorded: String = "", _ text: String
    ) {
        report.add(
            .init(
                kind: kind, line: line.number, refundID: line.refundID, caseID: caseID, said: said,
                recorded: recorded, text: text))
    }

    /// The id of the call: it follows from what is booked, so that the same line again is the same call to the server. A refund that
    /// was tried again can fail in the same words, so the number of attempts is part of it.
    static func requestID(
        _ request: Returns_V1_RecordRefundRequest, attempts: UInt32
    ) throws -> RCPRequestID {
        var hash = SHA256()
        hash.update(CaseServiceMethods.recordRefund.fullName.utf8)
        hash.update([0])
        hash.update("\(attempts)".utf8)
        hash.update([0])
        hash.update(try request.serializedData())
        return RCPRequestID(bytes: hash.finalize().prefix(16))!
    }

    /// Refunds whose results are still to come, and that no line names; where lines have times, those that were started before the
    /// last of them.
    private mutating func findMissing() async throws {
        let named = Set(lines.map(\.refundID))
        let last = lines.compactMap(\.latestMilliseconds).max()
        let open = try await session.refunds(
            .with { $0.standings = [.inProgress, .unknown] }, limit: .max)
        for refund in open.refunds where !named.contains(refund.refundID) {
            if let last, refund.startedAtMs > last { continue }
            report.add(
                .init(
                    kind: .missing, line: 0, refundID: refund.refundID, caseID: refund.caseID,
                    recorded: MoneyFormat.text(refund.amountMinor, refund.currency),
                    text: "it waits for its result (\(word(refund.standing))), and the file does not name it")
            )
        }
        Output.noteUnreadable(open.unreadableCaseIds)
        Output.noteNewer(open.newerCaseIds)
    }
}

/// Vouchers and credit notes that a file has on more than one refund: each is one payment's, so one of the lines may be wrong.
struct RepeatedPapers {
    private var vouchers: [String: [RefundResultLine]] = [:]
    private var creditNotes: [String: [RefundResultLine]] = [:]

    init(_ lines: [RefundResultLine]) {
        for line in lines where line.result == .succeeded {
            vouchers[line.voucher, default: []].append(line)
            if !line.creditNote.isEmpty { creditNotes[line.creditNote, default: []].append(line) }
        }
    }

    /// What to look at of a line, by the first of the others.
    func texts(of line: RefundResultLine) -> [String] {
        guard line.result == .succeeded else { return [] }
        let papers = [
            ("voucher", line.voucher, vouchers[line.voucher]),
            ("credit note", line.creditNote, creditNotes[line.creditNote]),
        ]
        return papers.compactMap { name, number, lines in
            lines?.first { $0.refundID != line.refundID }.map { other in
                "\(name) \(number) is that of refund \(other.refundID) in line \(other.number), too: check which of them it is of"
            }
        }
    }
}

extension RCPStatus {
    /// The refusal is of this one of many, and the others may well be taken; it was not carried out.
    ///
    /// A role or a grant that is missing is missing for all of them, and so is a server.
    var isOfOneItem: Bool {
        guard outcome == .notApplied else { return false }
        switch code {
        case .invalidArgument, .failedPrecondition, .notFound, .aborted, .alreadyExists, .dataLoss,
            .outOfRange:
            return true
        case .permissionDenied:
            let ofAll: Set<String> = ["ROLE_REQUIRED", "GRANT_REQUIRED", "SALE_CHANNELS_REQUIRED"]
            return !details.isEmpty && details.allSatisfy { !ofAll.contains($0.reason) }
        case .resourceExhausted:
            // Minus one says that waiting does not help: this one is too large.
            return retryAfterMilliseconds < 0
        case .ok, .cancelled, .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable,
            .unauthenticated:
            return false
        }
    }
}
