import Foundation
import RCP
import Testing

/// Mutated transcripts against both machines: nothing crashes, memory stays bounded, and every row of SPEC.md
/// §10 that the receiver can meet is met.
///
/// 200,000 frames for the server by default, 10,000,000 with RETURNS_LONG=1, and half as many for the client,
/// which trusts its server more. RETURNS_FUZZ_SEED repeats another run. The long form wants a release build
/// (`swift test -c release -Xswiftc -enable-testing`).
@Suite struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let frames = environment["RETURNS_LONG"] == "1" ? 10_000_000 : 200_000
    private static let seed = environment["RETURNS_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0x52_43_50_31

    @Test func serverSurvivesMutatedFrames() {
        var fuzzer = ServerFuzzer(seed: Self.seed)
        fuzzer.run(mutatedFrames: Self.frames)
        let rows = RCPViolation.allCases.filter { $0.serverConsequence != nil }
        print(fuzzer.report.table("Server, seed \(Self.seed)", rows: rows))
        expectGood(fuzzer.report, fuzzer.failures, rows)
    }

    @Test func clientSurvivesMutatedFrames() {
        var fuzzer = ClientFuzzer(seed: Self.seed)
        fuzzer.run(mutatedFrames: Self.frames / 2)
        let rows = RCPViolation.allCases.filter { $0.clientConsequence != nil }
        print(fuzzer.report.table("Client, seed \(Self.seed)", rows: rows))
        expectGood(fuzzer.report, fuzzer.failures, rows)
    }

    private func expectGood(_ report: FuzzReport, _ failures: [String], _ rows: [RCPViolation]) {
        #expect(failures == [])
        #expect(report.mutatedFrames >= Self.frames / 2)
        #expect(report.passedHeaderPercent >= 30)
        #expect(report.startedCalls > 0)
        for row in rows { #expect(report.hits[row, default: 0] > 0, "\(row.row) \(row) was never hit") }
    }
}
