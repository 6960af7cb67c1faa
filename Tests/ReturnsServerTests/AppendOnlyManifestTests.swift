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
        #expect(manifest.cut(after: "2.aof") == ["3.aof", "4.aof"])
        #expect(manifest.text == kept)
    }
}
