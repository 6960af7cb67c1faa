import Foundation
import RCP
import TestSupport
import Testing

/// SPEC.md's tables against the code: whichever is changed alone fails here.
@Suite struct SpecificationTests {
    private let specification: Specification

    init() throws { specification = try Specification() }

    private func rows(_ heading: String) -> [[String]] { specification.rows(heading) }

    @Test func everyMalformedRowIsInTheCodeAndBack() {
        let rows = rows("## 10").filter { $0[0].hasPrefix("M") }
        #expect(rows.count == RCPViolation.allCases.count)
        for (row, violation) in zip(rows, RCPViolation.allCases) {
            #expect(row[0] == violation.row)
            #expect(row[1] == "\(violation)")
            #expect(row[3] == violation.serverConsequence?.description ?? "–", "\(violation)")
            #expect(row[4] == violation.clientConsequence?.description ?? "–", "\(violation)")
        }
    }

    @Test func everyMalformedRowHasAVectorAtEachReceiverThatCanMeetIt() {
        for violation in RCPViolation.allCases {
            let roles = MalformedVector.all.filter { $0.row == violation.row }.map(\.role)
            #expect(roles.contains(.server) == (violation.serverConsequence != nil), "\(violation)")
            #expect(roles.contains(.client) == (violation.clientConsequence != nil), "\(violation)")
        }
        #expect(Set(MalformedVector.all.map(\.row)) == Set(RCPViolation.allCases.map(\.row)))
    }

    @Test func everyStatusAndItsRetryRule() {
        let rows = rows("### 7.3").filter { Int($0[0]) != nil }
        #expect(rows.count == RCPStatusCode.allCases.count)
        let names: [String: RCPRetryRule] = [
            "never": .never, "same id": .withSameRequestID, "freely": .freely,
        ]
        for (row, code) in zip(rows, RCPStatusCode.allCases) {
            #expect(row[0] == "\(code.rawValue)")
            #expect(row[1] == code.name)
            for (cell, outcome) in zip(row[2...], [RCPOutcome.notApplied, .unknown, .applied]) {
                let status = RCPStatus(code: code, outcome: outcome, retryAfterMilliseconds: 0)
                #expect(names[cell] == status.retryRule, "\(code) \(outcome)")
                let final = RCPStatus(code: code, outcome: outcome, retryAfterMilliseconds: -1)
                #expect(final.retryRule == .never)
            }
        }
    }

    @Test func everyLimitWithItsDefault() {
        var expected: [String: String] = [
            "streamWindowBytes": "\(RCPLimits.streamWindowBytes)",
            "connectionWindowBytes": "\(RCPLimits.connectionWindowBytes)",
            "windowBytesMax": "\(RCPLimits.windowBytesMax)",
            "fragmentCreditBytesMin": "\(RCPLimits.fragmentCreditBytesMin)",
            "helloPayloadBytesMax": "\(RCPLimits.helloPayloadBytesMax)",
            "noticePayloadBytesMax": "\(RCPLimits.noticePayloadBytesMax)",
            "noticeTextBytesMax": "\(RCPLimits.noticeTextBytesMax)",
            "clientNameBytesMax": "\(RCPLimits.clientNameBytesMax)",
            "credentialBytesMax": "\(RCPLimits.credentialBytesMax)",
            "compressedMessageBytesMin": "\(RCPLimits.compressedMessageBytesMin)",
            "metadataPairsMax": "\(RCPLimits.metadataPairsMax)",
            "metadataBytesMax": "\(RCPLimits.metadataBytesMax)",
            "metadataKeyBytesMax": "\(RCPLimits.metadataKeyBytesMax)",
            "statusTextBytesMax": "\(RCPLimits.statusTextBytesMax)",
            "detailsMax": "\(RCPLimits.detailsMax)",
            "detailsBytesMax": "\(RCPLimits.detailsBytesMax)",
        ]
        for field in Mirror(reflecting: RCPLimits()).children { expected[field.label!] = "\(field.value)" }
        let stated = rows("## 9").dropFirst(2).map { ($0[0], $0[1]) }
        #expect(Dictionary(uniqueKeysWithValues: stated) == expected)
        #expect(RCPLimits().isValid)
        // "HELLO, 65536 to 16777216"
        let negotiated = rows("## 9").filter { $0[3].hasPrefix("HELLO, ") }.map {
            "\($0[0]) \($0[3].dropFirst(7))"
        }
        let ranges = [
            ("framePayloadBytesMax", RCPLimits.framePayloadBytesMaxRange),
            ("messageBytesMax", RCPLimits.messageBytesMaxRange),
        ]
        #expect(negotiated == ranges.map { "\($0) \($1.lowerBound) to \($1.upperBound)" })
    }

    @Test func everyTypeWithItsNumber() {
        let rows = rows("### 3.2").filter { $0[0].hasPrefix("0x") }
        #expect(rows.count == RCPFrameType.allCases.count)
        for (row, type) in zip(rows, RCPFrameType.allCases) {
            #expect(Int(row[0].dropFirst(2), radix: 16) == Int(type.rawValue))
            let letters = row[1].replacing("_", with: "").lowercased()
            #expect(letters == "\(type)".lowercased())
            #expect(RCPRole.server.mayReceive(type) == (row[2] != "server"))
            #expect(RCPRole.client.mayReceive(type) == (row[2] != "client"))
        }
    }

    @Test func everyRefusedAndGoAwayCode() {
        let refused = rows("### 4.3").filter { Int($0[0]) != nil }.map { "\($0[0]) \($0[1])" }
        #expect(refused == known { RCPRefusedCode(rawValue: $0).description })
        let goAway = rows("### 5.2").filter { Int($0[0]) != nil }.map { "\($0[0]) \($0[1])" }
        #expect(goAway == known { RCPGoAwayCode(rawValue: $0).description })
    }

    /// Those of all codes that have a name, behind their numbers.
    private func known(_ description: (UInt16) -> String) -> [String] {
        (0..<UInt16.max).filter { description($0) != "code \($0)" }.map { "\($0) \(description($0))" }
    }

    @Test func everyReasonOfTheProtocolWithItsCode() throws {
        let reasons = try #require(rows("## 13").split { $0[0] == "Reason" }.last).dropFirst()
        let stated = reasons.flatMap { row in row[0].split(separator: ", ").map { "\($0) \(row[1])" } }
        #expect(stated == RCPReason.allCases.map { "\($0.rawValue) \($0.code?.name ?? "any")" })
    }

    /// What the protocol's own code answers with has to be among them, so it names no reason by its text. The services
    /// that a server may offer have reasons of their own.
    @Test func noReasonOfTheProtocolIsWrittenOut() throws {
        let sources = ProtocolFolder.url.deletingLastPathComponent().appending(path: "Sources")
        var files = 0
        for folder in ["RCP", "RCPServer", "RCPClient"] {
            let found = FileManager.default.enumerator(
                at: sources.appending(path: folder), includingPropertiesForKeys: nil)
            while let file = found?.nextObject() as? URL {
                guard file.pathExtension == "swift", !file.path.contains("/Services/") else { continue }
                files += 1
                let text = try String(contentsOf: file, encoding: .utf8)
                let written = text.matches(of: /RCPErrorDetail\(\s*(field:[^,]*,\s*)?reason:\s*"/)
                #expect(written.isEmpty, "\(file.lastPathComponent) names a reason that RCPReason has not")
            }
        }
        #expect(files > 50)
    }
}
