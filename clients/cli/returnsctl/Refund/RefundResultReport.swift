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
        /// The gateway's time lies before its start.
        case beforeStart = "before_start"
        /// The server did not take it.
        case refused
        /// It is booked, and the customer got more than was owed.
        case overpaid
        /// The gateway has it still to tell, and the file does not name it.
        case missing
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
    private(set) var differences: [Difference] = []

    mutating func add(_ difference: Difference) { differences.append(difference) }

    func text(_ style: Style) -> String {
        var parts: [String] = []
        if !differences.isEmpty {
            var table = Table([
                .init("LINE", .right), .init("DIFFERENCE"), .init("REFUND"), .init("FILE"),
                .init("RECORDED"), .init("WHAT"),
            ])
            for difference in differences {
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
        parts.append(
            "\(counted(lines, "line")): \(booked) \(isDryRun ? "would be booked" : "booked"), \(already) booked before; \(found)"
        )
        if isDryRun { parts.append("dry run: nothing was booked") }
        return parts.joined(separator: "\n")
    }

    var rows: CSVRows {
        var rows = CSVRows(["line", "difference", "refund", "case", "file", "recorded", "what"])
        for difference in differences {
            rows.add([
                difference.line == 0 ? "" : .count(difference.line), .text(difference.kind.rawValue),
                .text(difference.refundID), .text(difference.caseID), .text(difference.said),
                .text(difference.recorded), .text(difference.text),
            ])
        }
        return rows
    }

    func json() throws -> String {
        try Self.json(
            [
                "lines": lines, "booked": booked, "already": already, "dryRun": isDryRun,
                "differences": differences.map(\.object),
            ])
    }

    func jsonLines() throws -> [String] { try differences.map { try Self.json($0.object) } }

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

    /// - Parameter booked: What a line before, of a dry run, would have made of the refund.
    static func of(
        _ line: RefundResultLine, _ refund: Returns_V1_Refund, currency: String,
        booked: RefundResultLine? = nil, times: TimeFormat = .screen
    ) -> RefundResultStep {
        if !line.currency.isEmpty, line.currency != currency {
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
            guard said == refund.amountMinor else {
                return .differs(
                    .amountDiffers, said: MoneyFormat.text(said, currency),
                    recorded: MoneyFormat.text(refund.amountMinor, currency),
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
        let voucher = booked?.voucher ?? refund.voucher
        if line.result == .succeeded, status == .succeeded {
            return line.voucher == voucher
                ? .already
                : .differs(
                    .otherVoucher, said: line.voucher, recorded: voucher,
                    "it is booked with another voucher")
        }
        // A failure of an earlier attempt says nothing of the one under way.
        if line.result == status, line.attempt == 0 || line.attempt == refund.attempts { return .already }
        return .book
    }
}
