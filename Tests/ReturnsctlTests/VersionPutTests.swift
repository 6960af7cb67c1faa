import Foundation
import ReturnsAPI
import SwiftProtobuf
import Testing

@testable import returnsctl

/// Files of policies, SLA policies and calendars, and what a newer server's version of them holds beyond this build.
@Suite struct VersionPutTests {
    private static func text<Request: VersionPut>(_ contents: String, _ type: Request.Type) -> String? {
        do {
            _ = try Request.read(Data(contents.utf8))
            return nil
        } catch {
            return (error as? CommandFailure)?.text
        }
    }

    @Test func filesThatHoldNone() {
        typealias Policy = Returns_V1_PutPolicyRequest
        let unknown = "returnWindow: is no field of returns.v1.Policy"
        #expect(Self.text(#"{"returnWindow":30}"#, Policy.self)?.contains(": \(unknown)") == true)
        #expect(
            Self.text(#"{"policy":{"returnWindow":30}}"#, Policy.self)?.contains("policy.\(unknown)") == true)
        #expect(Self.text("", Policy.self) == "the file holds no policy: it is empty")
        #expect(
            Self.text(#"{"policy":{"plans":7},"replacesVersion":"1"}"#, Returns_V1_PutSlaPolicyRequest.self)
                == "the file holds no SLA policy: policy.plans: is not a list: write [ … ]")
        #expect(
            Self.text(#"{"calendar":{"note":1}}"#, Returns_V1_PutCalendarRequest.self)
                == "the file holds no calendar: calendar.note: is no field of returns.v1.WorkingCalendar; see: returnsctl describe returns.v1.WorkingCalendar"
        )
    }

    /// As a request, as what shows a version, or by itself: it replaces the version that it was.
    @Test(arguments: [
        #"{"name":"a","version":"3"}"#, #"{"calendar":{"name":"a","version":"3"},"currentVersion":"3"}"#,
        #"{"calendar":{"name":"a","version":"3"},"replacesVersion":"0"}"#,
        #"{"calendar":{"name":"a"},"replaces_version":3}"#,
    ])
    func theVersionThatIsReplaced(contents: String) throws {
        let request = try Returns_V1_PutCalendarRequest.read(Data(contents.utf8))
        #expect(request.replacesVersion == 3 && request.calendar.name == "a" && !request.dryRun)
    }

    @Test func aDryRunByTheFile() throws {
        let request = try Returns_V1_PutCalendarRequest.read(
            Data(#"{"calendar":{"name":"a","version":"3"},"dryRun":true}"#.utf8))
        #expect(request.replacesVersion == 3 && request.dryRun)
    }

    // MARK: A newer server

    /// Field 1999 with a text, behind what a message has.
    private static func newer<Value: Message>(_ message: Value) throws -> Value {
        try Value(serializedBytes: try message.serializedData() + Data([0xFA, 0x7C, 1, 0x61]))
    }

    @Test func aFieldThatThisBuildDoesNotKnowIsNotDropped() throws {
        var policy = try Self.newer(Returns_V1_Policy.with { $0.version = 7 })
        policy.reasons = [try Self.newer(.with { $0.code = "a" }), try Self.newer(.with { $0.code = "b" })]
        // As a file brings it back, and as what was read is sent again.
        let file = Returns_V1_GetPolicyReply.with { $0.policy = policy }
        let failure = try Returns_V1_PutPolicyRequest.read(file.jsonUTF8Data()).droppedParts(of: policy)
        #expect(
            failure?.text
                == "policy version 7 holds what returnsctl \(ClientVersion.current) does not know, and this would drop it: field 1999 of returns.v1.Policy, field 1999 of returns.v1.ReasonCode"
        )
        #expect(Returns_V1_PutPolicyRequest.replacing(policy).droppedParts(of: policy) == nil)
        var shorter = policy
        shorter.reasons.removeLast()
        #expect(Returns_V1_PutPolicyRequest.replacing(shorter).droppedParts(of: policy) != nil)
    }

    @Test func unknownFieldsOfEveryForm() throws {
        // Numbers 100 to 105: a varint, 8 bytes, a text, a group with a varint in it, 4 bytes.
        let bytes: [UInt8] = [
            0xA0, 0x06, 0x96, 0x01, 0xA9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xB2, 0x06, 2, 0x61, 0x62, 0xBB, 0x06,
            0x08, 5, 0xBC, 0x06, 0xC5, 0x06, 1, 2, 3, 4,
        ]
        let unknown = UnknownFields(of: try Returns_V1_OrderKey(serializedBytes: bytes))
        #expect(unknown.names == [100, 101, 102, 103, 104].map { "field \($0) of returns.v1.OrderKey" })
        #expect(UnknownFields(of: Returns_V1_OrderKey.with { $0.orderNo = "1" }).isEmpty)
    }
}
