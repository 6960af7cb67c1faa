import ReturnsAPI
import SwiftProtobuf

/// Prints events as they come: a line each, in columns that do not know what is still to come.
struct EventPrinter {
    private let output: Output
    private var hasHeading = false

    private static let typeColumns = 22
    private static let stateColumns = 16
    private static let caseColumns = 16
    private static let timeColumns = 23

    init(output: Output) { self.output = output }

    /// - Parameter answer: Of the address that it was forwarded to.
    mutating func show(_ event: Returns_V1_Event, isAgain: Bool = false, answer: String = "") throws {
        guard output.isTable else { return try output.json(event) }
        if !hasHeading {
            try output.data(output.style.dim(Self.line("TIME", "TYPE", "STATE", "CASE", ["ORDER"])))
            hasHeading = true
        }
        try output.data(Self.text(event, isAgain: isAgain, answer: answer, output.style))
    }

    static func text(
        _ event: Returns_V1_Event, isAgain: Bool, answer: String = "", _ style: Style
    ) -> String {
        let order = event.hasOrder ? "\(event.order.saleChannel)/\(event.order.orderNo)" : "-"
        let rest = [order, event.detailText(), isAgain ? "(again)" : "", answer].filter { !$0.isEmpty }
        let line = line(
            TimeFormat.screen.text(milliseconds: event.atMs), word(event.type), word(event.state),
            event.caseID, rest)
        switch event.type {
        case .clockBreached, .clockEscalated, .refundFailed, .refundOverpaid, .refundReturned, .unreadable:
            return style.red(line)
        case .clockWarned: return style.yellow(line)
        default: return line
        }
    }

    private static func line(
        _ time: String, _ type: String, _ state: String, _ id: String, _ rest: [String]
    ) -> String {
        let columns = [
            (time, timeColumns), (type, typeColumns), (state, stateColumns), (id, caseColumns),
        ]
        let padded = columns.map {
            TextWidth.padded(TextWidth.safe($0.0), to: $0.1, alignment: .left)
        }
        return (padded + rest.map(TextWidth.safe)).joined(separator: "  ")
    }
}
