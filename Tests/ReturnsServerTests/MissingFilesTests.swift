import Foundation
import TestSupport
import Testing

@testable import ReturnsServer

/// What is missing in a folder of append-only files, by their names and first bytes.
@Suite struct MissingFilesTests {
    static let base = "appendonly.aof.2.base.rdb"
    static let older = "appendonly.aof.2.base.aof"
    static let first = "appendonly.aof.2.incr.aof"
    static let second = "appendonly.aof.3.incr.aof"
    static let commands = "*1\r\n$4\r\nPING\r\n"
    static let snapshot = "REDIS0010" + String(repeating: "x", count: 500)
    static let baseLine = "file \(base) seq 2 type b\n"
    static let firstLine = "file \(first) seq 2 type i\n"
    static let secondLine = "file \(second) seq 3 type i\n"

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// nil where there is none.
        var manifest: String? = baseLine + firstLine
        var files: [String: String] = [:]
        var isWithoutOthers = false
        let gap: AppendOnlyFolder.Gap?
    }

    static let rows = [
        Row(testDescription: "whole", gap: nil),
        Row(testDescription: "no change yet", files: [first: ""], gap: nil),
        Row(testDescription: "empty base", files: [base: ""], gap: .base(base)),
        Row(testDescription: "base of zeros", files: [base: "\0\0\0\0\0\0\0\0"], gap: .base(base)),
        Row(testDescription: "base cut in its header", files: [base: "REDI"], gap: .base(base)),
        Row(testDescription: "commands named as a snapshot", files: [base: commands], gap: .base(base)),
        Row(
            testDescription: "base of commands", manifest: "file \(older) seq 2 type b\n" + firstLine,
            files: [older: commands], gap: nil),
        Row(
            testDescription: "base of commands with times", manifest: "file \(older) seq 2 type b\n",
            files: [older: "#TS:1\r\n" + commands, first: ""], gap: nil),
        Row(
            testDescription: "empty base of commands", manifest: "file \(older) seq 2 type b\n" + firstLine,
            files: [older: ""], gap: .base(older)),
        Row(
            testDescription: "base of commands, of zeros", manifest: "file \(older) seq 2 type b\n",
            files: [older: "\0\0\0\0\0\0"], gap: .base(older)),
        Row(testDescription: "no manifest", manifest: nil, gap: .unlistedStore(pair, .manifest)),
        Row(testDescription: "empty manifest", manifest: "", gap: .unlistedStore(pair, .manifest)),
        Row(
            testDescription: "manifest of zeros", manifest: String(repeating: "\0", count: 90),
            gap: .unlistedStore(pair, .manifest)),
        Row(testDescription: "no manifest, and no base", manifest: nil, files: [base: ""], gap: .manifest),
        Row(
            testDescription: "empty manifest beside nothing", manifest: "", files: [base: "", first: ""],
            gap: .manifest),
        Row(
            testDescription: "changes that are not listed", files: [second: commands],
            gap: .unlistedStore(pair + [file(3, "i")], .unlisted(second))),
        Row(
            testDescription: "changes that are not listed, behind some that are gone",
            files: [name(4, "i"): commands], gap: .unlisted(name(4, "i"))),
        Row(testDescription: "a file begun when Redis was killed", files: [second: ""], gap: nil),
        Row(
            testDescription: "only the base is listed", manifest: baseLine,
            gap: .unlistedStore(pair, .unlisted(first))),
        Row(
            testDescription: "written by hand",
            manifest: "FILE \(base) seq 2 type b\r\nfile \(first)  seq 2 type i\r\n", gap: nil),
        Row(
            testDescription: "older changes left behind", manifest: baseLine + secondLine,
            files: [second: ""], gap: nil),
        Row(
            testDescription: "base is not listed", manifest: firstLine, gap: .unlistedStore(pair, .baseLine)),
        Row(
            testDescription: "base is not listed, and is gone", manifest: firstLine, files: [base: ""],
            gap: .baseLine),
        Row(
            testDescription: "a newer base, made when Redis was killed",
            files: ["appendonly.aof.3.base.rdb": snapshot], gap: nil),
        // Older manifests, put back.
        Row(
            testDescription: "of before a rewrite", manifest: line(1, "b") + line(1, "i"),
            gap: .unlistedStore(pair, .base(name(1, "b")))),
        Row(
            testDescription: "of a rewrite's time", manifest: line(1, "b") + line(1, "i") + firstLine,
            gap: .unlistedStore(pair, .base(name(1, "b")))),
        Row(
            testDescription: "of before a rewrite that is being tidied up",
            manifest: line(1, "b") + line(1, "i"),
            files: [name(1, "i"): commands], gap: .unlistedStore(pair, .base(name(1, "b")))),
        Row(
            testDescription: "of before several", manifest: line(1, "b") + line(1, "i"),
            files: [name(3, "b"): snapshot, second: commands],
            gap: .unlistedStore(pair + [file(3, "i")], .base(name(1, "b")))),
        Row(
            testDescription: "of before a rewrite, unpacked with its files",
            manifest: line(1, "b") + line(1, "i"),
            files: [
                name(1, "b"): snapshot, name(1, "i"): commands, name(4, "b"): snapshot,
                name(4, "i"): commands,
            ], isWithoutOthers: true,
            gap: .unlistedStore([file(4, "b"), file(4, "i")], .unlisted(name(4, "b")))),
        Row(
            testDescription: "of before a rewrite that deleted nothing",
            manifest: line(1, "b") + line(1, "i"),
            files: [name(1, "b"): snapshot, name(1, "i"): commands],
            gap: .unlistedStore([file(1, "b"), file(1, "i"), file(2, "i")], .unlisted(first))),
        Row(
            testDescription: "of before a rewrite, with its base alone",
            manifest: line(1, "b") + line(1, "i"),
            files: [name(1, "b"): snapshot],
            gap: .unlistedStore(pair, .increment(name(1, "i"), after: name(1, "b")))),
        // What a rewrite that was cut short has left, which may be of before the changes behind it.
        Row(
            testDescription: "a base that is gone", manifest: line(1, "b") + line(1, "i") + firstLine,
            files: [name(1, "i"): commands], gap: .base(name(1, "b"))),
    ]

    static func name(_ number: Int, _ kind: Character) -> String {
        "appendonly.aof.\(number).\(kind == "b" ? "base.rdb" : "incr.aof")"
    }
    static func line(_ number: Int, _ kind: Character) -> String {
        "file \(name(number, kind)) seq \(number) type \(kind)\n"
    }
    static func file(_ number: Int, _ kind: Character) -> AppendOnlyManifest.File {
        AppendOnlyManifest.File(
            name: name(number, kind), number: number, kind: kind == "b" ? .base : .increment)
    }
    static let pair = [file(2, "b"), file(2, "i")]

    @Test(arguments: rows) func whatCountsAsMissing(_ row: Row) throws {
        let directory = try TemporaryDirectory()
        let folder = AppendOnlyFolder(redisFolder: directory.path)
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let others = row.isWithoutOthers ? [:] : [Self.base: Self.snapshot, Self.first: Self.commands]
        var files = others.merging(row.files) { $1 }
        files[AppendOnlyFolder.manifestName] = row.manifest
        for (name, content) in files {
            try Data(content.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }
        #expect(folder.gap() == row.gap)
        guard let gap = row.gap else { return }
        #expect(folder.refusal(gap).contains("--accept-loss"))
        if case .unlistedStore(let files, _) = gap {
            // It is written by hand, as the refusal says.
            #expect(throws: StartError.self) { try folder.accept(gap) }
            #expect(files.allSatisfy { folder.refusal(gap).contains("\"\($0.line)\"") })
            let manifest = files.map { "\($0.line)\n" }.joined()
            try Data(manifest.utf8).write(
                to: URL(filePath: "\(folder.path)/\(AppendOnlyFolder.manifestName)"))
        } else {
            #expect(folder.refusal(gap).contains(gap.name))
            _ = try folder.accept(gap)
        }
        #expect(folder.gap() == nil)
        // Nothing is deleted.
        let kept = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            .map { URL(filePath: $0).lastPathComponent }
        #expect(files.keys.allSatisfy { kept.contains($0) })
    }
}
