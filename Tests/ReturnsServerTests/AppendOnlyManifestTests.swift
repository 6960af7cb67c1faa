import Testing

@testable import ReturnsServer

/// How Redis's manifest is read, and what is left of it.
@Suite struct AppendOnlyManifestTests {
    private static let base = "file b.rdb seq 1 type b"

    @Test(arguments: [
        "file 1.aof seq 1 type i",
        "file 1.aof seq 1 type i startoffset 224 endoffset 532",
        "file 1.aof seq 1 type i startoffset 224",
        "startoffset 224 type i file 1.aof later pair seq 1",
        "FILE 1.aof Seq 1 TYPE i",
        "  file\t1.aof  seq 1 type i ",
        "file 1.aof seq 1 type i\r",
    ])
    func aLineIsPairs(_ line: String) {
        let manifest = AppendOnlyManifest("\(Self.base)\r\n\(line)\n")
        #expect(manifest.gap { $0 != "1.aof" } == .increment("1.aof", after: "b.rdb"))
        #expect(manifest.gap { $0 != "b.rdb" } == .base("b.rdb"))
        #expect(manifest.gap { _ in true } == nil)
    }

    /// Redis ends on them, except for the comment.
    @Test(arguments: [
        "#file 1.aof seq 1 type i", "# 1 file 1.aof seq 1 type i", "file 1.aof seq 1 type",
        "file ../1.aof seq 1 type i",
        "file 1.aof seq 1 type x", "",
    ])
    func whatIsNoLineOfAFileNamesNone(_ line: String) {
        #expect(AppendOnlyManifest("\(Self.base)\n\(line)\n").gap { $0 == "b.rdb" } == nil)
    }

    @Test func whatStaysIsAsItWas() {
        let kept =
            "# by hand\n\(Self.base) startoffset 0\r\nfile 1.aof later pair seq 1 type i\nfile 2.aof seq 2 type i\n"
        var manifest = AppendOnlyManifest(
            kept + "file 3.aof seq 3 type i endoffset 532\nfile 4.aof seq 4 type i\n")
        #expect(manifest.cut(atIncrement: "2.aof", after: "1.aof") == ["3.aof", "4.aof"])
        #expect(manifest.text == kept)
    }

    /// Redis numbers increments by one, so a number that is not there is a line that is missing.
    @Test func aLineMayBeMissing() {
        let increments = "file 4.aof seq 4 type i\nfile 6.aof seq 6 type i\n"
        #expect(AppendOnlyManifest(increments).gap { _ in true } == .baseLine)
        // The base has a number of its own.
        var manifest = AppendOnlyManifest("\(Self.base)\n\(increments)")
        #expect(manifest.gap { $0 != "4.aof" } == .increment("4.aof", after: "b.rdb"))
        let missing = "appendonly.aof.5.incr.aof"
        #expect(manifest.gap { $0 != "6.aof" } == .incrementLine(missing, after: "4.aof"))
        #expect(manifest.cut(atIncrement: missing, after: "4.aof") == ["6.aof"])
        #expect(manifest.text == "\(Self.base)\nfile 4.aof seq 4 type i\nfile \(missing) seq 5 type i\n")
        #expect(manifest.gap { _ in true } == nil)
    }
}
