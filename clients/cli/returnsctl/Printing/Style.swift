import Foundation

/// Colours, on a terminal that shows them and unless NO_COLOR asks for none.
struct Style: Sendable {
    var isColoured: Bool

    static let plain = Style(isColoured: false)

    static func of(
        descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Style {
        let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isColoured: isatty(descriptor) == 1 && !isRefused && environment["TERM"] != "dumb")
    }

    func red(_ text: String) -> String { wrap(text, "31") }
    func boldRed(_ text: String) -> String { wrap(text, "1;31") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
