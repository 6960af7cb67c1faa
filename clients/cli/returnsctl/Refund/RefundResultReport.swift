import Foundation
import MoneyFormat
import ReturnsAPI

/// What a file of results came to.
struct RefundResultReport: Equatable {
    enum Kind: String, CaseIterable {
        /// No case has the refund.
        case unknownRefund = "unknown_refund"
        case amountDiffers = "amount_differs"
        case currencyDiffers = "currency_differs"
        /// It was booked before, with another voucher.
        case otherVoucher = "other_voucher"
        /// It was booked before, with another credit note.
        case otherCreditNote = "other_credit_note"
        /// It was paid, and the money came back since.
        case returned
        /// The gateway's time lies before its start.
        case beforeStart = "before_start"
        /// The server did not take it.
        case refused
        /// It is booked, and the customer got more than was owed.
        case overpaid
        /// The gateway has it still to tell, and the file does not name it.
        case missing
        /// A note, and no difference: its voucher or credit note stands on another refund of the file, too.
        case samePaper = "same_paper"
    }

    struct Difference: Equatable {
        var kind: Kind
        /// 0 for what no line names.
        var line: Int
        var refundID: String
        var caseID: String
        /// What the file says, and what is recorded; may be empty.
        var said = ""
        var recorded = ""
        var text: String
    }

    var lines = 0
    var booked = 0
    var already = 0
    var isDryRun = false
    /// The line at which the run ended before its end.
    var stoppedAt: Int?
    private(set) var differences: [Difference] = []
    /// What is to be looked at, and was booked all the same.
    private(set) var notes: [Difference] = []

    mutating func add(_ difference: Difference) { differences.append(difference) }
    mutating func note(_ note: Difference) { notes.append(note) }

    /// In the order of their lines; those that no line names last.
    private var all: [Difference] {
        (differences + notes).enumerated().sorted { left, right in
            func key(_ item: (offset: Int, element: Difference)) -> (Int, Int) {
                (item.element.line == 0 ? .max : item.element.line, item.offset)
            }
            return key(left) < key(right)
        }.map(\.element)
    }

    func text(_ style: Style) -> String {
        var parts: [String] = []
        if !all.isEmpty {
            var table = Table([
                .init("LINE", .right), .init("DIFFERENCE"), .init("REFUND"), .init("FILE"),
                .init("RECORDED"), .init("WHAT"),
            ])
            for difference in all {
                table.add([
                    difference.line == 0 ? "-" : "\(difference.line)", difference.kind.rawValue,
                    difference.refundID, difference.said.isEmpty ? "-" : difference.said,
                    difference.recorded.isEmpty ? "-" : difference.recorded, difference.text,
                ])
            }
            parts.append(table.text(style))
        }
        let found =
            differences.isEmpty
            ? style.green("no difference") : style.red(counted(differences.count, "difference"))
        let noted = notes.isEmpty ? "" : "; \(style.yellow(counted(notes.count, "note")))"
        parts.append(
            "\(counted(lines, "line")): \(booked) \(isDryRun ? "would be booked" : "booked"), \(already) booked before; \(found)\(noted)"
        )
        if let stoppedAt {
            parts.append(
                style.red("stopped at line \(stoppedAt): neither it nor what is behind it is counted here"))
        }
        if isDryRun { parts.append("dry run: nothing was booked") }
        return parts.joined(separator: "\n")
    }

    var rows: CSVRows {
        var rows = CSVRows(["line", "difference", "refund", "case", "file", "recorded", "what"])
        for difference in all {
            rows.add([
                difference.line == 0 ? "" : .count(difference.line), .text(difference.kind.rawValue),
                .text(difference.refundID), .text(difference.caseID), .text(difference.said),
                .text(difference.recorded), .text(difference.text),
            ])
        }
        return rows
    }

    func json() throws -> String {
        var object: [String: Any] = [
            "lines": lines, "booked": booked, "already": already, "dryRun": isDryRun,
            "differences": differences.map(\.object),
        ]
        if !notes.isEmpty { object["notes"] = notes.map(\.object) }
        if let stoppedAt { object["stoppedAt"] = stoppedAt }
        return try Self.json(object)
    }

    func jsonLines() throws -> [String] { try all.map { try Self.json($0.object) } }

    private static func json(_ object: [String: Any]) throws -> String {
        let bytes = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension RefundResultReport.Difference {
    fileprivate var object: [String: Any] {
        [
            "line": line, "difference": kind.rawValue, "refundId": refundID, "caseId": caseID,
            "file": said, "recorded": recorded, "what": text,
        ]
    }
}

/// What is to be done with a line, by the refund as the case has it.
enum RefundResultStep: Equatable {
    case book
    case already
    case differs(RefundResultReport.Kind, said: String, recorded: String, String)

    /// Banks write dates, and clocks differ: what is less than a day before the start says nothing.
    static let startToleranceMilliseconds: Int64 = 86_400_000

    /// - Parameters:
    ///   - booked: What a line before, of a dry run, would have made of the refund.
    ///   - returnedMinor: What of the refund came back in part; the gateway paid it with the rest.
    static func of(
        _ line: RefundResultLine, _ refund: Returns_V1_Refund, currency: String,
        booked: RefundResultLine? = nil, returnedMinor: Int64 = 0, times: TimeFormat = .screen
    ) -> RefundResultStep {
        if !line.currency.isEmpty, line.currency.uppercased() != currency {
            return .differs(
                .currencyDiffers, said: line.currency, recorded: currency, "the case is in another currency")
        }
        if !line.amount.isEmpty {
            let said: Int64
            do throws(MoneyFormat.Fault) {
                said = try MoneyFormat.parse(line.amount, currency)
            } catch {
                return .differs(
                    .amountDiffers, said: line.amount,
                    recorded: MoneyFormat.text(refund.amountMinor, currency), error.text)
            }
            guard said == refund.amountMinor + returnedMinor else {
                return .differs(
                    .amountDiffers, said: MoneyFormat.text(said, currency),
                    recorded: MoneyFormat.text(refund.amountMinor + returnedMinor, currency),
                    "not booked: look at the refund with the gateway")
            }
        }
        if let time = line.timeMilliseconds, time + startToleranceMilliseconds < refund.startedAtMs {
            return .differs(
                .beforeStart, said: times.text(milliseconds: time),
                recorded: times.text(milliseconds: refund.startedAtMs),
                "not booked: the gateway speaks of a time before the refund was started")
        }
        let status = booked?.result ?? refund.status
        if line.result == .succeeded, status == .returned {
            return .differs(
                .returned, said: line.voucher, recorded: refund.voucher,
                "it was paid, and the bank sent it back since: a new refund pays what is due of it")
        }
        if line.result == .succeeded, status == .succeeded {
            let voucher = booked?.voucher ?? refund.voucher
            guard line.voucher == voucher else {
                return .differs(
                    .otherVoucher, said: line.voucher, recorded: voucher, "it is booked with another voucher")
            }
            let creditNote =
                booked.flatMap { $0.creditNote.isEmpty ? nil : $0.creditNote } ?? refund.creditNote
            if line.creditNote.isEmpty || line.creditNote == creditNote { return .already }
            guard creditNote.isEmpty else {
                return .differs(
                    .otherCreditNote, said: line.creditNote, recorded: creditNote,
                    "it is booked with another credit note")
            }
            return .book
        }
        // That an earlier attempt failed is recorded: the next one began by it. It says nothing of the one under way.
        if line.result == .failed, line.attempt > 0, line.attempt < refund.attempts { return .already }
        if line.result == status, line.attempt == 0 || line.attempt == refund.attempts { return .already }
        return booked.flatMap { refusal(of: line, after: $0) } ?? .book
    }

    /// What the server would say of a line after one that a dry run did not book (`CaseDraft.recordRefund`); nil where it would take it.
    private static func refusal(
        of line: RefundResultLine, after booked: RefundResultLine
    ) -> RefundResultStep? {
        switch (booked.result, line.result) {
        case (.succeeded, .failed), (.succeeded, .unknown), (.failed, .unknown):
            .differs(
                .refused, said: word(line.result), recorded: word(booked.result),
                "line \(booked.number) would make refund \(line.refundID) \(word(booked.result)), so it would not be in progress any more"
            )
        default: nil
        }
    }
}
