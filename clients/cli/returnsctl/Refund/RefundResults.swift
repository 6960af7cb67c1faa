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
            where there are any time, currency, reason and attempt; or one JSON object of these a line. A line whose \
            amount, currency or voucher differs is not booked. The same file again changes nothing. Refunds that wait \
            for a result and are not in the file are listed as missing, unless --partial says that it is not all.
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
        let lines = try RefundResultFile.read(try await InputFile.contents(file))
        try await global.withSession { session in
            var run = RefundResultRun(session: session, isDryRun: global.dryRun)
            for line in lines { try await run.take(line) }
            if !partial { try await run.findMissing(lines) }
            let report = run.report
            switch session.output.format {
            case .table: try session.output.data(report.text(session.style))
            case .json: try session.output.data(try report.json())
            case .jsonl: for line in try report.jsonLines() { try session.output.data(line) }
            case .csv: try session.output.csv(report.rows)
            }
            if !report.differences.isEmpty { throw QuietExit(exit: .failed) }
        }
    }
}

/// Takes the lines of a file one after the other.
private struct RefundResultRun {
    let session: Session
    var report = RefundResultReport()
    /// What a dry run would have booked.
    private var wouldBe: [String: RefundResultLine] = [:]

    init(session: Session, isDryRun: Bool) {
        self.session = session
        report.isDryRun = isDryRun
    }

    mutating func take(_ line: RefundResultLine) async throws {
        report.lines += 1
        // A refund's id begins with its case's.
        let caseID = String(line.refundID.prefix { $0 != "-" })
        guard let value = try await find(caseID),
            let refund = value.refunds.first(where: { $0.refundID == line.refundID })
        else {
            return differs(line, caseID, .unknownRefund, said: line.amount, "no case has this refund")
        }
        let step = RefundResultStep.of(
            line, refund, currency: value.currency, booked: wouldBe[line.refundID])
        switch step {
        case .already: report.already += 1
        case .differs(let kind, let said, let recorded, let text):
            differs(line, caseID, kind, said: said, recorded: recorded, text)
        case .book: try await book(line, value, refund)
        }
    }

    private func find(_ caseID: String) async throws -> Returns_V1_Case? {
        do {
            return try await session.getCase(caseID)
        } catch let status as RCPStatus {
            guard status.code == .notFound || status.code == .invalidArgument else { throw status }
            return nil
        }
    }

    private mutating func book(
        _ line: RefundResultLine, _ value: Returns_V1_Case, _ refund: Returns_V1_Refund
    ) async throws {
        let request = Returns_V1_RecordRefundRequest.with {
            $0.target.caseID = value.id
            $0.target.dryRun = report.isDryRun
            $0.refundID = line.refundID
            $0.status = line.result
            $0.voucher = line.result == .succeeded ? line.voucher : ""
            $0.failureReason = line.result == .failed ? line.reason : ""
            $0.attempt = line.attempt
        }
        do {
            let id = try Self.requestID(request, attempts: refund.attempts)
            let after = try await session.client.cases.recordRefund(
                request, options: report.isDryRun ? RCPCallOptions() : RCPCallOptions(requestID: id)
            ).message.case
            report.booked += 1
            if report.isDryRun { wouldBe[line.refundID] = line }
            let overpaid = after.refunds.first { $0.refundID == line.refundID }?.overpaidMinor ?? 0
            if overpaid > 0 {
                differs(
                    line, value.id, .overpaid, said: MoneyFormat.text(refund.amountMinor, value.currency),
                    recorded: MoneyFormat.text(overpaid, value.currency),
                    "booked; the customer got so much more than was owed")
            }
        } catch let status as RCPStatus {
            // What was refused was not booked; anything else is not the line's fault, and the file is taken again.
            let refusals: [RCPStatusCode] = [
                .invalidArgument, .failedPrecondition, .notFound, .aborted, .alreadyExists, .dataLoss,
            ]
            guard status.outcome == .notApplied, refusals.contains(status.code) else { throw status }
            differs(
                line, value.id, .refused, said: word(line.result), recorded: word(refund.status), status.text)
        }
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
    mutating func findMissing(_ lines: [RefundResultLine]) async throws {
        let named = Set(lines.map(\.refundID))
        let last = lines.compactMap(\.timeMilliseconds).max()
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
