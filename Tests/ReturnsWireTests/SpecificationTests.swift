import Foundation
import ReturnsWire
import Testing

/// SPEC.md's tables against the code: whichever is changed alone fails here.
@Suite struct SpecificationTests {
    private let specification: [Substring]

    init() throws {
        specification = try ProtocolFolder.specification().split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// Cells of the table rows within the section that begins with `heading`.
    private func rows(_ heading: String) -> [[String]] {
        specification.drop { !$0.hasPrefix(heading) }.dropFirst().prefix { !$0.hasPrefix("#") }
            .filter { $0.hasPrefix("|") }
            .map { row in row.dropFirst().dropLast().split(separator: "|").map { String($0).trimmed } }
    }

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
        let refused = rows("### 4.3").filter { Int($0[0]) != nil }
        #expect(refused.map { $0[0] } == (1...6).map(String.init))
        for row in refused { #expect(RCPRefusedCode(rawValue: UInt16(row[0])!).description == row[1]) }
        let goAway = rows("### 5.2").filter { Int($0[0]) != nil }
        #expect(goAway.map { $0[0] } == (0...9).map(String.init))
        for row in goAway { #expect(RCPGoAwayCode(rawValue: UInt16(row[0])!).description == row[1]) }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
