import Foundation
import Testing
import WireFuzzing

/// What `scripts/fuzz` has kept, once more: inputs that reach something of their own, and those that once stopped the process.
@Suite struct FuzzCorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzzing/corpus")

    @Test(arguments: WireFuzzing.allCases)
    func theCorpusBreaksNoPromise(target: WireFuzzing) throws {
        let file = Self.folder.appendingPathComponent("\(target.rawValue).hex")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= 100)
        for line in lines { target.run(try #require(Self.bytes(line))) }
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8]? {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        guard digits.count == hexadecimal.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
