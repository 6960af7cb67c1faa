import Foundation

/// A record as a writer of some level wrote it, byte for byte, and as it reads: a file under `Tests/Golden`, kept for ever.
public struct GoldenRecord: Sendable {
    public var level: UInt8
    /// The stored fields or parts, by name, in their order.
    public var parts: [(name: String, bytes: [UInt8])]
    /// As it must read.
    public var text: String

    public init(level: UInt8, parts: [(name: String, bytes: [UInt8])], text: String) {
        self.level = level
        self.parts = parts
        self.text = text
    }

    public subscript(_ name: String) -> [UInt8]? { parts.first { $0.name == name }?.bytes }

    /// What makes a file no golden record.
    public struct Malformed: Error {
        public let line: String
    }

    private static let digitsInLine = 96

    /// A line with the level; a line with each part's name and its bytes in hexadecimal below it; then the text.
    public var file: String {
        var lines = ["level \(level)"]
        for part in parts {
            lines.append("part \(part.name)")
            var digits = part.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()[...]
            while !digits.isEmpty {
                lines.append(String(digits.prefix(Self.digitsInLine)))
                digits = digits.dropFirst(Self.digitsInLine)
            }
        }
        return (lines + ["text", text]).joined(separator: "\n") + "\n"
    }

    public init(file: String) throws(Malformed) {
        var lines = file.split(separator: "\n", omittingEmptySubsequences: false)[...]
        let head = lines.popFirst() ?? ""
        guard head.hasPrefix("level "), let level = UInt8(head.dropFirst(6)) else {
            throw Malformed(line: String(head))
        }
        var parts: [(name: String, bytes: [UInt8])] = []
        while let line = lines.popFirst(), line != "text" {
            if line.hasPrefix("part ") {
                parts.append((String(line.dropFirst(5)), []))
            } else {
                guard !parts.isEmpty, let bytes = Self.bytes(line) else {
                    throw Malformed(line: String(line))
                }
                parts[parts.count - 1].bytes += bytes
            }
        }
        self.init(level: level, parts: parts, text: lines.dropLast().joined(separator: "\n"))
    }

    private static func bytes(_ line: Substring) -> [UInt8]? {
        let digits = Array(line.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return bytes.contains(nil) ? nil : bytes.compactMap(\.self)
    }
}

/// The golden records of one kind, by level and name.
public struct GoldenFolder: Sendable {
    public let kind: String

    public init(_ kind: String) {
        self.kind = kind
    }

    /// Whether the tests are to write the records of the present level, in place of comparing them: `scripts/golden` asks for it.
    public static let isWriting = ProcessInfo.processInfo.environment["RETURNS_GOLDEN"] == "write"

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

    /// Of every level, sorted.
    public func records() throws -> [(name: String, record: GoldenRecord)] {
        let files = FileManager.default
        var found: [(name: String, record: GoldenRecord)] = []
        for level in try files.contentsOfDirectory(atPath: Self.root.path).sorted()
        where level.hasPrefix("level-") {
            let folder = Self.root.appending(path: "\(level)/\(kind)")
            for file in ((try? files.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() {
                let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                found.append(("\(level)/\(kind)/\(file)", try GoldenRecord(file: text)))
            }
        }
        return found
    }

    /// Puts these in the place of the level's.
    public func write(_ records: [(name: String, record: GoldenRecord)], level: UInt8) throws {
        let folder = Self.root.appending(path: "level-\(level)/\(kind)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, record) in records {
            try record.file.write(
                to: folder.appending(path: "\(name).txt"), atomically: true, encoding: .utf8)
        }
    }
}
