import Foundation

/// SPEC.md, for tests that compare it with the code.
public struct Specification: Sendable {
    public let text: String
    private let lines: [Substring]

    public init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "Protocol/SPEC.md"), encoding: .utf8)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Cells of the table rows within the section that begins with `heading`.
    public func rows(_ heading: String) -> [[String]] {
        lines.drop { !$0.hasPrefix(heading) }.dropFirst().prefix { !$0.hasPrefix("#") }
            .filter { $0.hasPrefix("|") }
            .map { row in row.dropFirst().dropLast().split(separator: "|").map { $0.trimmed } }
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
