import Foundation
import Synchronization

@testable import returnsctl

/// A folder of the test's own, and an import that sends nowhere.
class ImportFixture {
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
}
