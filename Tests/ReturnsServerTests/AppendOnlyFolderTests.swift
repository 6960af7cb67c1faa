import Foundation
import TestSupport
import Testing

@testable import ReturnsServer

/// What is missing of Redis's files, and what is left of them when that is accepted; without a Redis.
@Suite struct AppendOnlyFolderTests {
    private let directory: TemporaryDirectory
    private let files: AppendOnlyFolder

    private static let base = "appendonly.aof.2.base.rdb"
    private static let manifest = """
        file appendonly.aof.2.base.rdb seq 2 type b
        file appendonly.aof.1.incr.aof seq 1 type h
        file appendonly.aof.2.incr.aof seq 2 type i
        file appendonly.aof.3.incr.aof seq 3 type i
        file appendonly.aof.4.incr.aof seq 4 type i

        """

    init() throws {
        directory = try TemporaryDirectory()
        files = AppendOnlyFolder(redisFolder: directory.path)
        try FileManager.default.createDirectory(atPath: files.path, withIntermediateDirectories: false)
        try write(Self.manifest, AppendOnlyFolder.manifestName)
        try write("REDIS", Self.base)
        for number in 2...4 { try write("\(number)", Self.increment(number)) }
    }

    private static func increment(_ number: Int) -> String { "appendonly.aof.\(number).incr.aof" }

    private func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(files.path)/\(name)"))
    }

    private func remove(_ name: String) { unlink("\(files.path)/\(name)") }

    /// The files of the folder, or of one that was put aside, with what they hold.
    private func content(_ suffix: String = "") throws -> [String: String] {
        let path = files.path + suffix
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8))
            })
    }

    @Test func whatIsHistoryMayBeGone() throws {
        #expect(files.gap() == nil)
    }

    @Test func whatLiesBehindTheFirstGapIsPutAside() throws {
        remove(Self.increment(3))
        let gap = try #require(files.gap())
        #expect(gap == .increment(Self.increment(3), after: Self.increment(2)))
        let done = try files.accept(gap)
        #expect(done.contains("as it was at the end of \(Self.increment(2))"))
        #expect(done.contains("\(files.path).lost-1"))
        #expect(files.gap() == nil)
        let kept = Self.manifest.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            try content() == [
                Self.base: "REDIS", Self.increment(2): "2", Self.increment(3): "",
                AppendOnlyFolder.manifestName: kept[..<4].joined(separator: "\n") + "\n",
            ])
        #expect(
            try content(".lost-1") == [
                Self.increment(4): "4", AppendOnlyFolder.manifestName: Self.manifest,
            ])
    }

    @Test func anIncrementWithoutItsLineIsKept() throws {
        let line = "file \(Self.increment(3)) seq 3 type i\n"
        let written = Self.manifest.replacingOccurrences(of: line, with: "")
        try write(written, AppendOnlyFolder.manifestName)
        let gap = try #require(files.gap())
        #expect(gap == .incrementLine(Self.increment(3), after: Self.increment(2)))
        #expect(
            files.refusal(gap).contains("lacks the line of \(Self.increment(3)) in appendonly.aof.manifest"))
        _ = try files.accept(gap)
        #expect(files.gap() == nil)
        #expect(try content()[Self.increment(3)] == "")
        #expect(
            try content(".lost-1") == [
                Self.increment(3): "3", Self.increment(4): "4", AppendOnlyFolder.manifestName: written,
            ])
    }

    @Test func nothingIsPutAsideWhereTheLastChangesAreMissing() throws {
        remove(Self.increment(4))
        let gap = try #require(files.gap())
        #expect(gap.outcome == "the store goes on as it was at the end of \(Self.increment(3))")
        #expect(try files.accept(gap).contains("lost-") == false)
        #expect(files.gap() == nil)
        #expect(try content()[AppendOnlyFolder.manifestName] == Self.manifest)
        #expect(try content(".lost-1") == [:])
    }

    /// A start that is killed while it puts files aside leaves a gap at the same place.
    @Test func whatWasCutShortIsDoneByTheNextStart() throws {
        for number in 2...4 { remove(Self.increment(number)) }
        let gap = try #require(files.gap())
        #expect(gap == .increment(Self.increment(2), after: Self.base))
        _ = try files.accept(gap)
        #expect(files.gap() == nil)
        #expect(
            try content().keys.sorted()
                == [
                    Self.increment(2), Self.base, AppendOnlyFolder.manifestName,
                ].sorted())
        // The new manifest was there already, and the file that closes the gap was not.
        remove(Self.increment(2))
        #expect(files.gap() == gap)
        _ = try files.accept(gap)
        #expect(files.gap() == nil)
        #expect(try content(".lost-2") == [:])
    }

    @Test func allIsPutAsideWithoutTheBase() throws {
        remove(Self.base)
        remove(Self.increment(3))
        let gap = try #require(files.gap())
        #expect(gap.name == Self.base && gap.outcome == "the store begins empty")
        let before = try content()
        #expect(try files.accept(gap).contains("\(files.path).lost-1"))
        #expect(files.gap() == nil)
        #expect(try content() == [:])
        #expect(try content(".lost-1") == before)
    }

    /// Also where the manifest is gone as a whole.
    @Test(arguments: [
        "", "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
    ])
    func nothingIsPutAsideThatIsAWholeStore(_ manifest: String) throws {
        try write(manifest, AppendOnlyFolder.manifestName)
        let gap = try #require(files.gap())
        let before = try content()
        let error = #expect(throws: StartError.self) { try files.accept(gap) }
        #expect(error.map { "\($0)" }?.contains("--accept-loss is not taken") == true)
        #expect(try content() == before)
        #expect(try content(".lost-1") == [:])
    }
}

/// Where a file of changes ends; `Tests/EndToEnd/test_append_only_files.py` compares it with Redis.
@Suite struct AppendOnlyScanTests {
    private static let timed = "#TS:1700000000\r\n"
    private static let set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n"
    private static let transaction = "*1\r\n$5\r\nMULTI\r\n\(set)*1\r\n$4\r\nEXEC\r\n"

    private func end(_ bytes: some Sequence<UInt8>) throws -> AppendOnlyScan.End {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/appendonly.aof.1.incr.aof"
        try Data(bytes).write(to: URL(filePath: path))
        return AppendOnlyScan.end(path: path)
    }

    /// Every file that a whole one may be cut to, wherever that is.
    @Test func aFileThatIsCutAnywhereIsTorn() throws {
        let parts = [Self.set, Self.timed, Self.transaction, Self.set]
        let whole = Array(parts.joined().utf8)
        var ends: Set<Int> = [0]
        for part in parts { ends.insert(ends.max()! + part.utf8.count) }
        for count in 0...whole.count {
            #expect(try end(whole.prefix(count)) == (ends.contains(count) ? .whole : .torn), "\(count)")
        }
    }

    @Test func changesLargerThanWhatIsReadAtOnce() throws {
        let large = String(repeating: "x", count: 3_000_000)
        let change = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$\(large.utf8.count)\r\n\(large)\r\n"
        let whole = Array((Self.transaction + change + Self.transaction).utf8)
        #expect(try end(whole) == .whole)
        #expect(try end(whole.dropLast(1)) == .torn)
        #expect(try end(whole.prefix(2_000_000)) == .torn)
    }

    @Test(arguments: ["\0\0\0\0", "GET k\r\n", "*x\r\n", "*1\r\n+OK\r\n", "*1\r\n$-1\r\n"])
    func whatIsNoChangeIsLeftToRedis(behind: String) throws {
        #expect(try end((Self.set + behind + String(repeating: "\0", count: 100)).utf8) == .unreadable)
    }
}
