import Foundation
import ReturnsWire
import Synchronization
import Testing

@testable import returnsctl

@Suite("Imports, without a server")
final class ImportTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ name: String, _ bytes: Data) throws -> String {
        try bytes.write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    func gzip(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", path]
        try process.run()
        process.waitUntilExit()
    }

    func decoded<Line: Decodable>(_ name: String, as type: Line.Type) throws -> [Line] {
        try Data(contentsOf: folder.appendingPathComponent(name)).split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }

    /// Lines are "KEY" or "KEY:bad"; what was sent is recorded in order.
    func engine(
        inFlight: Int = 8, timeoutMilliseconds: UInt32 = 1, sent: Recorder,
        answer: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) -> ImportEngine<String> {
        ImportEngine<String>(
            inFlightMax: inFlight, timeoutMilliseconds: timeoutMilliseconds, pauseMilliseconds: 2,
            parse: { (line) throws(ImportRefusal) in
                let text = String(decoding: line.bytes, as: UTF8.self)
                if text.isEmpty { return nil }
                if text.hasSuffix(":bad") { throw ImportRefusal("BAD", "key", "is bad") }
                return ImportItem(line: line, key: String(text.prefix(2)), name: text, request: text)
            },
            send: { item, _ in
                sent.add(item.request)
                try await answer(item.request)
                return ImportAcknowledgement(result: .created, id: "id-\(item.request)")
            })
    }

    final class Recorder: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ text: String) { list.withLock { $0.append(text) } }
        var all: [String] { list.withLock { $0 } }
    }

    func run(
        _ engine: ImportEngine<String>, _ path: String, rejects: String? = nil, acknowledged: String? = nil
    ) async throws -> ImportReport {
        let report = try ImportReport(rejects: rejects, acknowledged: acknowledged, style: .plain)
        await engine.run(try ImportSource(path), report)
        return report
    }

    @Test("every line is accepted or refused, with its number, packed or not", arguments: [false, true])
    func everyLine(isPacked: Bool) async throws {
        var text = ""
        for number in 1...5_000 {
            let isBad = number % 100 == 0
            text += number == 7 ? "\n" : "k\(number)\(isBad ? ":bad" : "")\r\n"
        }
        // The last line has no line end.
        var file = try write("lines", Data((text + "last").utf8))
        if isPacked {
            try gzip(file)
            file += ".gz"
        }
        let sent = Recorder()
        let report = try await run(
            engine(sent: sent), file, rejects: path("rejects"), acknowledged: path("acknowledged"))
        #expect(report.stop == nil)
        #expect(report.totals.accepted == 4_950)
        #expect(report.totals.refusals == ["BAD": 50])
        let rejects = try decoded("rejects", as: RejectedLine.self)
        #expect(rejects.map(\.line).sorted() == Array(stride(from: 100, through: 5_000, by: 100)))
        #expect(
            rejects.allSatisfy {
                $0.original == "k\($0.line):bad" && $0.field == "key" && $0.text == "is bad"
            })
        let acknowledged = try decoded("acknowledged", as: AcknowledgedLine.self)
        #expect(acknowledged.count == 4_950)
        #expect(acknowledged.contains(AcknowledgedLine(line: 5_001, id: "id-last")))
        #expect(Set(sent.all).count == 4_950)
    }

    @Test("lines with one key are sent in the file's order, one after the other")
    func order() async throws {
        let lines = (0..<400).map { "k\($0 % 3)-\($0)" }
        let file = try write("lines", Data(lines.joined(separator: "\n").utf8))
        let sent = Recorder()
        let open = Mutex<Set<String>>([])
        let engine = engine(sent: sent) { text in
            let key = String(text.prefix(2))
            let isAlone = open.withLock { $0.insert(key).inserted }
            #expect(isAlone, "two lines of \(key) at once")
            await Task.yield()
            open.withLock { _ = $0.remove(key) }
        }
        _ = try await run(engine, file)
        for key in ["k0", "k1", "k2"] {
            let numbers = sent.all.filter { $0.hasPrefix(key) }.compactMap { Int($0.dropFirst(3)) }
            #expect(numbers == numbers.sorted())
            #expect(numbers.count >= 133)
        }
    }

    @Test("the server's refusal of a line is that line's, its absence is the end")
    func refusals() async throws {
        let file = try write("lines", Data((1...50).map { "k\($0)" }.joined(separator: "\n").utf8))
        let refusal = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "too many",
            details: [
                RCPErrorDetail(field: "lines[0].quantity", reason: "QUANTITY_EXCEEDED", text: "too many")
            ])
        let sent = Recorder()
        let engine = engine(inFlight: 1, sent: sent) { text in
            if text == "k5" { throw refusal }
            if text == "k10" { throw RCPStatus(code: .unavailable, outcome: .notApplied, text: "gone") }
        }
        let report = try await run(engine, file, rejects: path("rejects"))
        #expect(report.totals.accepted == 8)
        #expect(report.totals.refusals == ["QUANTITY_EXCEEDED": 1])
        #expect(report.totals.unanswered == 0, "it is known that the last one was not taken")
        #expect((report.stop as? RCPStatus)?.code == .unavailable)
        #expect(sent.all.count == 10, "nothing is sent after the end")
        #expect(try decoded("rejects", as: RejectedLine.self).first?.field == "lines[0].quantity")
        #expect(try decoded("rejects", as: RejectedLine.self).first?.text == "too many")
    }

    @Test("a server that is away is waited for, and no line is lost for it")
    func outage() async throws {
        let file = try write("lines", Data((1...20).map { "k\($0)" }.joined(separator: "\n").utf8))
        let sent = Recorder()
        // More failures than any number of attempts of one call.
        let engine = engine(inFlight: 1, timeoutMilliseconds: 60_000, sent: sent) { text in
            guard text == "k5", sent.all.count(where: { $0 == "k5" }) < 30 else { return }
            throw RCPStatus(code: .unavailable, outcome: .notApplied, text: "away")
        }
        let report = try await run(engine, file)
        #expect(report.stop == nil)
        #expect(report.totals.accepted == 20)
        #expect(sent.all.count == 49)
    }

    @Test("a refusal that waiting does not change is not waited for")
    func noWaiting() async throws {
        let file = try write("lines", Data("k1\nk2".utf8))
        let sent = Recorder()
        let engine = engine(timeoutMilliseconds: 60_000, sent: sent) { _ in
            throw RCPStatus(code: .aborted, outcome: .notApplied, retryAfterMilliseconds: -1, text: "used")
        }
        let report = try await run(engine, file)
        #expect(report.totals.refusals == ["ABORTED": 2])
        #expect(sent.all.count == 2)
    }

    @Test(
        "a fault of the server leaves open whether the line was taken: it is not called refused",
        arguments: [
            RCPStatusCode.internalError, .unknown, .dataLoss, .notFound, .failedPrecondition, .aborted,
            .alreadyExists,
        ])
    func doubtful(code: RCPStatusCode) async throws {
        let file = try write("lines", Data("k1\nk2\nk3\nk4".utf8))
        let engine = engine(inFlight: 1, sent: Recorder()) { text in
            if text == "k2" {
                throw RCPStatus(code: code, outcome: .unknown, retryAfterMilliseconds: -1, text: "fault")
            }
            if text == "k3" {
                throw RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: -1, text: "fault")
            }
        }
        let report = try await run(engine, file, rejects: path("rejects"))
        #expect(report.stop == nil)
        #expect(report.totals.accepted == 2)
        #expect(report.totals.unanswered == 1)
        #expect(report.totals.refused == 1)
        #expect(try decoded("rejects", as: RejectedLine.self).map(\.line) == [3])
    }

    @Test("a line that was lost once stays in doubt, however its later tries end")
    func doubtStays() async throws {
        let file = try write("lines", Data("k1\nk2\nk3".utf8))
        let sent = Recorder()
        let engine = engine(inFlight: 1, timeoutMilliseconds: 60_000, sent: sent) { text in
            guard text == "k2" else { return }
            guard sent.all.count(where: { $0 == "k2" }) > 1 else {
                throw RCPStatus(code: .unavailable, outcome: .unknown, text: "lost")
            }
            throw RCPStatus(
                code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: -1, text: "gone")
        }
        let report = try await run(engine, file)
        #expect(report.totals.unanswered == 1)
        #expect((report.stop as? RCPStatus)?.outcome == .unknown)
        let refused = self.engine(inFlight: 1, timeoutMilliseconds: 60_000, sent: sent) { text in
            guard text == "k1" else { return }
            guard sent.all.count(where: { $0 == "k1" }) > 2 else {
                throw RCPStatus(code: .unavailable, outcome: .unknown, text: "lost")
            }
            throw RCPStatus(code: .failedPrecondition, outcome: .notApplied, text: "too many")
        }
        let second = try await run(refused, file)
        #expect(second.totals.unanswered == 1 && second.totals.refused == 0)
    }

    @Test("the mark that some editors put before a file is no part of its first line")
    func byteOrderMark() async throws {
        let mark = Data([0xEF, 0xBB, 0xBF])
        let sent = Recorder()
        _ = try await run(engine(inFlight: 1, sent: sent), try write("lines", mark + Data("k1\nk2\n".utf8)))
        #expect(sent.all == ["k1", "k2"])
        let form = try await InputFile.contents(try write("form", mark + Data("{}".utf8)))
        #expect(form == Data("{}".utf8))
    }

    /// Counts those that are alive.
    final class Counted: Sendable {
        static let alive = Mutex<(now: Int, most: Int)>((0, 0))

        init() {
            Self.alive.withLock { alive in
                alive.now += 1
                alive.most = max(alive.most, alive.now)
            }
        }

        deinit { Self.alive.withLock { $0.now -= 1 } }
    }

    @Test("of a long file no more is held than is in flight")
    func holdsWhatIsInFlight() async throws {
        let inFlight = 4
        let lines = 20_000
        let file = try write(
            "lines", Data((1...lines).map { "k\($0)" }.joined(separator: "\n").utf8))
        let engine = ImportEngine<Counted>(
            inFlightMax: inFlight, timeoutMilliseconds: 1,
            parse: { (line) throws(ImportRefusal) in
                let text = String(decoding: line.bytes, as: UTF8.self)
                return ImportItem(line: line, key: text, name: text, request: Counted())
            },
            send: { item, _ in
                await Task.yield()
                return ImportAcknowledgement(result: .created, id: item.name)
            })
        let report = try ImportReport(rejects: nil, acknowledged: nil, style: .plain)
        await engine.run(try ImportSource(file), report)
        #expect(report.totals.accepted == lines)
        // One more may be with the reader, which waits for room, and one with each worker that has just finished it.
        let most = inFlight * ImportLimits.linesAheadPerCall + 1 + inFlight
        #expect(Counted.alive.withLock { $0.most } <= most)
    }

    @Test("nor more bytes, while a line of any length gets through")
    func holdsBoundedBytes() async throws {
        let unit = ImportLimits.roomUnitBytes
        let queue = ImportQueue<Int>(linesMax: 100, bytesMax: 4 * unit)
        let pushed = Mutex(0)
        let items = [1, 1, 2, 1, 9].enumerated().map { index, units in
            ImportItem(
                line: ImportLine(number: index, bytes: Data(count: units * unit)), key: "\(index)", name: "",
                request: index)
        }
        let reader = Task.detached {
            for item in items {
                #expect(queue.push(item))
                pushed.withLock { $0 += 1 }
            }
            queue.end()
        }
        while pushed.withLock({ $0 }) < 3 { await Task.yield() }
        var held: [ImportItem<Int>] = []
        for _ in 0..<3 { held.append(try #require(await queue.next())) }
        // The fourth line finds four units taken, until the first three give theirs back.
        #expect(pushed.withLock { $0 } == 3)
        for item in held { queue.finished(item) }
        while let item = await queue.next() { queue.finished(item) }
        await reader.value
        #expect(pushed.withLock { $0 } == 5)
    }

    @Test("a ring gives back in order, and keeps nothing")
    func ring() {
        var ring = LineRing<Int>(capacity: 3)
        var next = 0
        for round in 0..<10 {
            for number in 0..<3 { ring.append(round * 3 + number) }
            while let element = ring.popFirst() {
                #expect(element == next)
                next += 1
            }
            #expect(ring.count == 0)
        }
        #expect(next == 30)
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

    @Test("cancelling stops the import, and what was done is counted")
    func cancelled() async throws {
        let file = try write("lines", Data((1...1_000).map { "k\($0)" }.joined(separator: "\n").utf8))
        let sent = Recorder()
        let engine = engine(inFlight: 4, sent: sent) { text in
            if text == "k20" {
                // Stands for a call that only cancelling ends.
                while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
                throw RCPStatus(code: .cancelled, outcome: .unknown)
            }
            if sent.all.count > 60 { try await Task.sleep(for: .seconds(3_600)) }
        }
        let report = try ImportReport(rejects: nil, acknowledged: nil, style: .plain)
        let source = try ImportSource(file)
        let task = Task { await engine.run(source, report) }
        while sent.all.count < 60 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        await task.value
        #expect(report.stop != nil)
        #expect(report.totals.finished + report.totals.unanswered <= 70)
        #expect(report.totals.accepted >= 50)
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

    @Test("an import that stops says why, and leaves no request id to look after")
    func settled() throws {
        let lost = RCPStatus(
            code: .unavailable, outcome: .unknown, text: "gone",
            details: [RCPErrorDetail(reason: outcomeUnknownReason, text: "request id …")])
        func report(_ error: any Error, isInDoubt: Bool) -> (text: String, exit: Exit) {
            FailureReport.text(ImportOptions.settled(error, isInDoubt: isInDoubt), style: .plain)
        }
        let doubtful = report(lost, isInDoubt: true)
        #expect(doubtful.text.hasPrefix("error: gone (UNAVAILABLE)\n  the same command again finds out"))
        #expect(!doubtful.text.contains("request id"))
        #expect(doubtful.exit == .outcomeUnknown)
        let sure = report(lost, isInDoubt: false)
        #expect(sure.text == "error: gone (UNAVAILABLE)" && sure.exit == .unavailable)
        let cancelled = RCPStatus(code: .cancelled, outcome: .unknown)
        #expect(report(cancelled, isInDoubt: true).exit == .interrupted)
        let damaged = CommandFailure(.failed, "damaged")
        #expect(report(damaged, isInDoubt: false).exit == .failed)
    }

    @Test("the summary tells results and reasons")
    func summary() throws {
        var totals = ImportReport.Totals()
        totals.results = [.created: 800, .unchanged: 57]
        totals.refusals = ["ORDER_MISSING": 722, "QUANTITY_EXCEEDED": 3]
        let summary = ImportSummary(
            noun: "case", totals: totals, time: .seconds(2), timeZone: "Europe/London")
        #expect(
            summary.text(.plain) == """
                857 cases accepted (800 new, 57 already there)
                725 refused
                  722 ORDER_MISSING
                  3 QUANTITY_EXCEEDED
                times without an offset were read as Europe/London (--time-zone)
                in 2s, 791/s
                """)
        #expect(
            try summary.json().contains(#""refusedByReason":{"ORDER_MISSING":722,"QUANTITY_EXCEEDED":3}"#))
    }

    @Test("the bar")
    func bar() {
        var totals = ImportReport.Totals()
        totals.results = [.created: 500]
        totals.refusals = ["X": 10]
        let line = ImportProgress.line(totals, fraction: 0.5, seconds: 10)
        #expect(line == "████████████░░░░░░░░░░░░ 50 %  500 accepted  10 refused  51/s  10s left")
        let idle = ImportProgress.line(totals, fraction: 0.5, seconds: 10, idleSeconds: 12)
        #expect(idle.hasSuffix("51/s  no answer for 12s"))
        #expect(ImportProgress.line(totals, fraction: nil, seconds: 10) == "500 accepted  10 refused  51/s")
    }
}
