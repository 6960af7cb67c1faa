import NIOCore
import ReturnsAPI
import TestSupport
import Testing

@testable import RCP

/// SPEC.md's registries (§13), and the numbers that it tells in words, against what the code knows.
@Suite struct RegistryTests {
    private let specification: Specification
    private let assigned: [String: String]

    init() throws {
        specification = try Specification()
        let rows = specification.rows("## 13").prefix { $0[0] != "Metadata key" }.dropFirst(2)
        assigned = Dictionary(
            uniqueKeysWithValues: rows.map { (String($0[0].prefix { $0 != "(" }.dropLast()), $0[1]) })
    }

    /// The ranges that a registry has assigned, as "0x01–0x07, 0x10–0x13" or "1–6 and 0–9".
    private func stated(_ registry: String) throws -> [ClosedRange<Int>] {
        try #require(assigned[registry]).matches(of: /(0x)?([0-9A-F]+)–(0x)?([0-9A-F]+)/).map { match in
            let radix = match.1 == nil ? 10 : 16
            return Int(match.2, radix: radix)!...Int(match.4, radix: radix)!
        }
    }

    private func isKnown(_ description: String, _ code: Int) -> Bool { description != "code \(code)" }

    @Test func everyRegistryIsCompared() {
        #expect(
            Set(assigned.keys) == [
                "method ids", "frame types", "features", "credential kinds", "REFUSED and GOAWAY codes",
                "status codes and outcomes", "metadata keys", "reasons",
            ])
    }

    @Test func theMethodsAndTheirServices() throws {
        let ids = ReturnsSchema.methods.map { ($0.method.service, Int($0.method.id)) }
        let ranges = try stated("method ids")
        #expect(ranges.count == 2 && ids.allSatisfy { id in ranges.contains { $0.contains(id.1) } })
        for (range, package) in zip(ranges, ["returns.v1.", "rcp."]) {
            let own = ids.filter { range.contains($0.1) }
            #expect(!own.isEmpty && own.allSatisfy { $0.0.hasPrefix(package) })
        }
        // "the high byte being the service": each has one of its own, and none is left out.
        let services = Dictionary(grouping: ids.filter { ranges[0].contains($0.1) }) { $0.1 >> 8 }
        #expect(services.values.allSatisfy { Set($0.map(\.0)).count == 1 })
        #expect(Set(services.values.map { $0[0].0 }).count == services.count)
        #expect(services.keys.sorted() == Array(ranges[0].lowerBound >> 8...ranges[0].upperBound >> 8))
    }

    @Test func theFrameTypes() throws {
        let stated = try self.stated("frame types").flatMap(Array.init)
        #expect(stated == RCPFrameType.allCases.map { Int($0.rawValue) })
    }

    @Test func theFeatures() throws {
        let bits = try #require(try stated("features").first)
        #expect(RCPFeatures.implemented.rawValue == bits.reduce(0) { $0 | 1 << UInt32($1) })
    }

    @Test func theCodesThatEndAConnection() throws {
        let stated = try self.stated("REFUSED and GOAWAY codes")
        let refused = (0..<1_000).filter { isKnown(RCPRefusedCode(rawValue: UInt16($0)).description, $0) }
        let goAway = (0..<1_000).filter { isKnown(RCPGoAwayCode(rawValue: UInt16($0)).description, $0) }
        #expect(stated.map(Array.init) == [refused, goAway])
    }

    @Test func theStatusCodesAndOutcomes() throws {
        let stated = try self.stated("status codes and outcomes").map(Array.init)
        let outcomes = RCPOutcome.allCases
        #expect(
            stated == [RCPStatusCode.allCases.map { Int($0.rawValue) }, outcomes.map { Int($0.rawValue) }])
        let row = try #require(specification.rows("### 6.3").first { $0[0] == "outcome" })
        #expect(row[2] == outcomes.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", "))
    }

    @Test func theFlagsOfAResponse() throws {
        let row = try #require(specification.rows("### 6.3").first { $0[0] == "response flags" })
        let stated = row[2].matches(of: /0x(\d\d) ([A-Z]+)/).map { "\($0.1) \($0.2)" }
        var bare = ByteBuffer()
        RCPResponseHead(outcome: .applied).write(into: &bare)
        var known: [String] = []
        for bit in (0..<8).map({ UInt8(1) << $0 }) {
            var bytes = bare
            bytes.setInteger(bit, at: 2)
            let head = try? RCPResponseHead(reading: &bytes)
            if let head, head.replayed { known.append("0\(bit) REPLAYED") }
            #expect((head == nil) == (bit != 1), "other bits are zero")
        }
        #expect(known == stated)
    }

    @Test func theCredentialKinds() throws {
        let range = try #require(try stated("credential kinds").first)
        let row = try #require(specification.rows("### 4.1").first { $0[0] == "credential kind" })
        let names = row[2].matches(of: /(\d) ([A-Z]+)/).map { "\($0.1) \($0.2)" }
        var known: [String] = []
        for kind in UInt8.min...UInt8.max {
            var payload = ByteBuffer()
            RCPHello(clientName: "", credentials: .other(kind: kind, bytes: [])).writePayload(into: &payload)
            let credentials = try RCPHello(payload: payload).credentials
            if case .other = credentials { continue }
            known.append("\(kind) \(credentials)".uppercased())
        }
        #expect(known == names && known.count == range.count && range.lowerBound == 0)
    }
}
