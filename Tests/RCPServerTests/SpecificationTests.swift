import Foundation
import RCP
import RCPTracing
import TestSupport
import Testing

@testable import RCPServer

/// What SPEC.md says of a server's own limits against the code: whichever is changed alone fails here.
@Suite struct ServerSpecificationTests {
    /// Of no interest to clients: how a server's loops go about their work.
    static let unstated: Set = [
        "callsPerLoopMax", "administratorCallsKept", "administratorStreamsKept", "actionsPerTurnMax",
        "turnMicrosecondsMax", "flushBytes", "lingerMillisecondsMax", "backlogConnectionsMax",
        "tickMilliseconds", "sweepMilliseconds",
    ]

    /// Every limit of the transport by its name.
    static var values: [String: String] {
        let limits = RCPTransportLimits()
        var values: [String: String] = [:]
        for field in Array(Mirror(reflecting: limits).children)
            + Array(Mirror(reflecting: limits.connections).children)
        {
            values[field.label!] = "\(field.value)"
        }
        // Settings of their own; §14 alone tells of rates.
        for name in ["connections", "callRates"] { values[name] = nil }
        values["addressConnectionsMax"] = "\(RCPConnectionLimits.addressConnectionsDefault)"
        return values.filter { !unstated.contains($0.key) }
    }

    @Test func everyLimitOfAConnectionAndOfWhatTheyShare() throws {
        let specification = try Specification()
        var stated: [String: String] = [:]
        for section in ["### 9.1", "### 9.2"] {
            for row in specification.rows(section).dropFirst(2) {
                let (names, values) = (row[0].split(separator: ", "), row[1].split(separator: ", "))
                try #require(names.count == values.count, "\(row)")
                for (name, value) in zip(names, values) {
                    #expect(stated.updateValue(String(value), forKey: String(name)) == nil)
                }
            }
        }
        #expect(stated == Self.values)
    }

    @Test func everyMetadataKeyThatIsKnown() throws {
        let rows = try Specification().rows("## 13").filter { $0[0].hasPrefix("`") }
        let keys = rows.flatMap { $0[0].split(separator: ", ").map { $0.trimmingCharacters(in: ["`"]) } }
        let known = [RCPMetadata.onBehalfOfKey, TraceContext.parentKey, TraceContext.stateKey]
        #expect(keys == known + RCPConformanceService.echoKeys)
    }
}
