import Foundation
import RCP
import Synchronization
import Testing

@testable import returnsctl

@Suite("Imports, without a server")
final class ImportTests: ImportFixture {
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
        // It was said what is waited for, once.
        #expect(report.waits == ["UNAVAILABLE"] && report.inFlight == 0)
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
}
