import Foundation
import ReturnsAPI

/// What a gateway says of one refund, as a line of its file has it.
struct RefundResultLine: Equatable {
    var number: Int
    var refundID: String
    var result: Returns_V1_RefundStatus
    var voucher = ""
    var creditNote = ""
    /// When, by the gateway; nil where it does not say.
    var timeMilliseconds: Int64?
    /// The latest that the time can stand for: where it is a day alone, that day's end.
    var latestMilliseconds: Int64?
    /// As it is written; empty where it is not said.
    var amount = ""
    var currency = ""
    var reason = ""
    var attempt: UInt32 = 0
}

/// A file of a gateway's results: CSV with headings, or one JSON object a line.
enum RefundResultFile {
    static let keys: Set<String> = [
        "refund_id", "result", "voucher", "credit_note", "time", "amount", "currency", "reason", "attempt",
    ]
    static let tooLarge = "split it, and type the line for each part with --partial"
    private static let wanted =
        "write CSV with the columns \(keys.sorted().joined(separator: ", ")) in its first line, or one JSON object of these a line"
    private static let results: [Returns_V1_RefundStatus] = [.succeeded, .failed, .unknown]

    static func read(_ bytes: Data, times: TimeFormat = .screen) throws -> [RefundResultLine] {
        let first = bytes.first { !Set(" \t\r\n".utf8).contains($0) }
        guard let first else { throw fault("there is nothing in the file", 1) }
        if first == UInt8(ascii: "[") {
            throw fault(
                "this is a JSON array: leave out its brackets and commas, and \(wanted)", 1)
        }
        return first == UInt8(ascii: "{") ? try objects(bytes, times) : try table(bytes, times)
    }

    private static func objects(_ bytes: Data, _ times: TimeFormat) throws -> [RefundResultLine] {
        var splitter = LineSplitter()
        var lines = splitter.append(bytes)
        if let last = splitter.finish() { lines.append(last) }
        return try lines.filter { !$0.bytes.isBlank }.map { line in
            try result(try object(line), line.number, times)
        }
    }

    private static func object(_ line: ImportLine) throws -> [String: String] {
        do throws(JSONFault) {
            let object = try FlatObject(try JSONText(line.bytes).members, keys: keys)
            var values: [String: String] = [:]
            for key in keys where key != "attempt" { values[key] = try object.optionalText(key) }
            values["attempt"] = try object.optionalWholeNumber("attempt").map { "\($0)" }
            return values
        } catch {
            throw fault(error.field.isEmpty ? error.text : "\(error.field) \(error.text)", line.number)
        }
    }

    private static func table(_ bytes: Data, _ times: TimeFormat) throws -> [RefundResultLine] {
        let rows: [CSVText.Row]
        do throws(CSVText.Fault) {
            rows = try CSVText.rows(String(decoding: bytes, as: UTF8.self))
        } catch {
            switch error {
            case .unfinishedQuote(let line): throw fault("a quotation mark has no end", line)
            case .textBehindQuote(let line): throw fault("text stands behind a closing quotation mark", line)
            }
        }
        guard let names = rows.first else {
            throw fault("there is nothing in the file but empty cells: \(wanted)", 1)
        }
        let headings = names.cells.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased().replacing(" ", with: "_")
        }
        let advice = "known are \(keys.sorted().joined(separator: ", ")), and the file has no others"
        if headings.count == 1, headings[0].contains(";") {
            throw fault("columns are separated by ';': save the file with commas", names.line)
        }
        if let unknown = headings.first(where: { !keys.contains($0) }) {
            throw fault("column '\(unknown)' is not known; \(advice)", names.line)
        }
        guard Set(headings).count == headings.count else {
            throw fault("a column stands twice; \(advice)", names.line)
        }
        return try rows.dropFirst().map { row in
            guard row.cells.count == headings.count else {
                throw fault(
                    "has \(counted(row.cells.count, "value")) under \(counted(headings.count, "heading")): the columns are \(headings.joined(separator: ", ")); a value that holds commas stands in quotation marks",
                    row.line)
            }
            return try result(
                Dictionary(uniqueKeysWithValues: zip(headings, row.cells)), row.line, times)
        }
    }

    private static func result(
        _ values: [String: String], _ number: Int, _ times: TimeFormat
    ) throws -> RefundResultLine {
        func text(_ key: String) -> String {
            (values[key] ?? "").trimmingCharacters(in: .whitespaces)
        }
        guard !text("refund_id").isEmpty else { throw fault("refund_id is missing", number) }
        guard let status = value(ofWord: text("result"), as: Returns_V1_RefundStatus.self),
            results.contains(status)
        else {
            throw fault("result '\(text("result"))' is not one of: succeeded, failed, unknown", number)
        }
        var line = RefundResultLine(number: number, refundID: text("refund_id"), result: status)
        line.voucher = text("voucher")
        line.creditNote = text("credit_note")
        line.amount = text("amount")
        line.currency = text("currency")
        line.reason = text("reason")
        switch status {
        case .succeeded where line.voucher.isEmpty:
            throw fault("a refund that succeeded has a voucher, and this line has none", number)
        case .succeeded where line.amount.isEmpty:
            throw fault("a refund that succeeded has an amount, and this line has none", number)
        case .failed where line.reason.isEmpty:
            throw fault("a refund that failed has a reason, and this line has none", number)
        default: break
        }
        if !text("time").isEmpty {
            guard let time = times.parse(text("time")) else {
                throw fault("'\(text("time"))' is no time: write 2026-11-30T14:05+08:00", number)
            }
            line.timeMilliseconds = time
            let isDay = text("time").utf8.count == "2026-11-30".utf8.count
            line.latestMilliseconds = isDay ? times.endOfDay(time) : time
        }
        if !text("attempt").isEmpty {
            guard let attempt = UInt32(text("attempt")), attempt > 0 else {
                throw fault("attempt '\(text("attempt"))' is no number from 1 on", number)
            }
            line.attempt = attempt
        }
        return line
    }

    private static func fault(_ text: String, _ line: Int) -> CommandFailure {
        .usage(
            "line \(line): \(text)",
            hints: ["correct the file and type the same line again; nothing was booked"])
    }
}
