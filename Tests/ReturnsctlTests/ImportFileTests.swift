import Foundation
import Testing

@testable import returnsctl

@Suite("What imports read and keep, without a server")
final class ImportFileTests: ImportFixture {
    @Test("the mark that some editors put before a file is no part of its first line")
    func byteOrderMark() async throws {
        let mark = Data([0xEF, 0xBB, 0xBF])
        let sent = Recorder()
        _ = try await run(engine(inFlight: 1, sent: sent), try write("lines", mark + Data("k1\nk2\n".utf8)))
        #expect(sent.all == ["k1", "k2"])
        let form = try await InputFile.contents(try write("form", mark + Data("{}".utf8)))
        #expect(form == Data("{}".utf8))
    }

    @Test("a reject is imported as the line that it was, and nothing else is taken for one")
    func rejectsAgain() throws {
        let line = ImportLine(number: 7, bytes: Data(#"{"a": "é"}"#.utf8))
        let encoded = try JSONEncoder().encode(RejectedLine(line, ImportRefusal("BAD", "a", "is bad")))
        #expect(
            RejectedLine.original(of: ImportLine(number: 3, bytes: encoded))
                == ImportLine(number: 3, bytes: line.bytes))
        let noText = ImportLine(number: 8, bytes: Data([0xFF, 0x7B]))
        let encodedToo = try JSONEncoder().encode(RejectedLine(noText, ImportRefusal("BAD", "", "")))
        #expect(RejectedLine.original(of: ImportLine(number: 1, bytes: encodedToo))?.bytes == noText.bytes)
        for text in [#"{"original": "x"}"#, #"{"order_no": "\"original"}"#, "", "original"] {
            #expect(RejectedLine.original(of: ImportLine(number: 1, bytes: Data(text.utf8))) == nil)
        }
    }

    @Test("a rejects file that was there is made private too; what is no file keeps its mode")
    func privateRejects() throws {
        let file = try write("rejects", Data())
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        _ = try ImportReport(rejects: file, acknowledged: "/dev/null", style: .plain)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(file) == 0o600)
        #expect(try mode("/dev/null") != 0o600)
    }

    @Test("a packed file that breaks off is an error, and nothing of it is taken for the whole")
    func damaged() async throws {
        let lines = (1...20_000).map { "k\($0)-\($0 * 7_919 % 104_729)" }.joined(separator: "\n")
        var file = try write("lines", Data(lines.utf8))
        try gzip(file)
        file += ".gz"
        let packed = try Data(contentsOf: URL(fileURLWithPath: file))
        let cut = try write("cut.gz", packed.prefix(packed.count / 2))
        let report = try await run(engine(sent: Recorder()), cut)
        #expect((report.stop as? CommandFailure)?.text.contains("damaged or incomplete") == true)
        #expect(report.totals.accepted < 20_000)
    }

    @Test("text that is no UTF-8 is refused and kept")
    func invalidUTF8() async throws {
        let file = try write("lines", Data("good\n".utf8) + Data([0xFF, 0xFE]) + Data("\nfine\n".utf8))
        let report = try await run(engine(sent: Recorder()), file, rejects: path("rejects"))
        #expect(report.totals.accepted == 2)
        let reject = try #require(try decoded("rejects", as: RejectedLine.self).first)
        #expect(reject.line == 2)
        #expect(reject.reason == "INVALID_UTF8")
        #expect(reject.original == nil)
        #expect(reject.originalBase64 == Data([0xFF, 0xFE]).base64EncodedString())
    }

    @Test("a file of which no line can be read is refused once, packed or not")
    func unreadableAsAWhole() throws {
        for (bytes, words) in [
            (Data([0xFF, 0xFE, 0x7B, 0x00]), "UTF-16"), (Data([0x7B, 0x00, 0x7D, 0x00]), "UTF-16"),
            (Data("[{}]".utf8), "one object a line"),
        ] {
            let file = try write("whole", bytes)
            for path in [file, file + ".gz"] {
                if path != file { try gzip(file) }
                let failure = #expect(throws: CommandFailure.self) { try ImportSource(path) }
                #expect(failure?.text.contains(words) == true, "\(path)")
            }
            try? FileManager.default.removeItem(atPath: file + ".gz")
        }
    }

    @Test("lines are the same however the chunks fall")
    func chunks() {
        let bytes = Data("one\r\n\ntwo\nthree".utf8)
        for size in 1...bytes.count {
            var splitter = LineSplitter()
            var lines: [ImportLine] = []
            var rest = bytes
            while !rest.isEmpty {
                lines += splitter.append(Data(rest.prefix(size)))
                rest = Data(rest.dropFirst(size))
            }
            if let last = splitter.finish() { lines.append(last) }
            #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "", "two", "three"])
            #expect(lines.map(\.number) == [1, 2, 3, 4])
        }
    }

    @Test("a line without end costs no more than its limit")
    func longLine() {
        var splitter = LineSplitter()
        let chunk = Data(repeating: UInt8(ascii: "x"), count: LineSplitter.lineBytesMax / 2 + 1)
        #expect(splitter.append(chunk).isEmpty)
        #expect(splitter.append(chunk).isEmpty)
        #expect(splitter.append(chunk).isEmpty)
        let lines = splitter.append(Data("x\nnext\n".utf8))
        #expect(lines.count == 2)
        #expect(lines[0].isTooLong)
        #expect(lines[0].bytes.count == LineSplitter.longLineBytesKept)
        #expect(!lines[1].isTooLong)
        #expect(lines[1].number == 2)
    }
}
