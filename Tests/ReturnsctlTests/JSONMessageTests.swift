import Foundation
import ReturnsAPI
import SwiftProtobuf
import Testing

@testable import returnsctl

/// What is wrong in a JSON text is said by its field, its value, and the values that are taken.
@Suite struct JSONMessageTests {
    private static func fault(_ text: String) -> JSONFault? {
        do throws(JSONFault) {
            _ = try JSONMessage<Returns_V1_SubmitCaseRequest>.read(Data(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (
            #"{"intakeChannel":"pigeon"}"#,
            "intakeChannel: 'pigeon' is not one of: \(words(Returns_V1_IntakeChannel.self))"
        ),
        (#"{"lines":[{"sku":"A"},{"quantity":1.5}]}"#, "lines[1].quantity: is not a whole number"),
        (
            #"{"lines":[{"quantity":1e30}]}"#,
            "lines[0].quantity: is beyond every amount and quantity: correct the number"
        ),
        (#"{"lines":[{"quantity":"two"}]}"#, "lines[0].quantity: is not a whole number"),
        (#"{"lines":[{"quantity":"01"}]}"#, "lines[0].quantity: is not a whole number"),
        (#"{"lines":[{"quantity":"1."}]}"#, "lines[0].quantity: is not a whole number"),
        (#"{"lines":{}}"#, "lines: is not a list: write [ … ]"),
        (#"{"contact":[]}"#, "contact: is not an object: write { … }"),
        (#"{"freeText":1}"#, "freeText: is not a text: write it in quotes"),
        (#"{"dryRun":"yes"}"#, "dryRun: is not true or false"),
        (
            #"{"contact":{"nam":"Ann"}}"#,
            "contact.nam: is no field of returns.v1.Contact; did you mean name? All are shown by: returnsctl describe returns.v1.Contact"
        ),
        (
            #"{"chanelRef":"C1"}"#,
            "chanelRef: is no field of returns.v1.SubmitCaseRequest; did you mean channelRef? All are shown by: returnsctl describe returns.v1.SubmitCaseRequest"
        ),
        (
            #"{"channelRef":"a","channel_ref":"b"}"#,
            "channel_ref: says the same as channelRef: leave one of them out"
        ),
        (
            #"{"lines":[{"lineId":"1","line_id":"2"}]}"#,
            "lines[0].line_id: says the same as lineId: leave one of them out"
        ),
        (
            #"{"lines":[{"unitPriceMinor":"500","quantity":1,"unitPriceMinor":"100"}]}"#,
            "lines[0].unitPriceMinor: stands twice: leave one of the two out"
        ),
        (
            #"{"requestedAtMs":"18446744073709551616"}"#,
            "requestedAtMs: is beyond every amount and quantity: correct the number"
        ),
        (
            #"{"requestedAtMs":1e999}"#,
            "requestedAtMs: is beyond every amount and quantity: correct the number"
        ),
        (#"{"order":{"orderNo":20080000000000000001}}"#, "order.orderNo: is not a text: write it in quotes"),
        (#"{"lines":[null]}"#, "lines[0]: is not an object: write { … }"),
        ("", "it is empty"), ("sku,quantity", "it does not begin with '{'"),
        ("[{}]", "it is a list [ … ]: write one object { … }"),
        (#"{"channelRef":"#, "it ends too early: a quote or bracket is missing"),
        ("{\n\"channelRef\":\"a\"\n\"freeText\":\"b\"}", "it is malformed near line 3, column 1"),
        (#"{"channelRef":"a"}}"#, "it is malformed near column 19"),
        (#"{"freeText":"é","channelRef":"a",}"#, "it has a comma too many near column 34"),
        (#"{"freeText":"\ud83d"}"#, #"it has one half of a character, '\ud83d', near column 14"#),
        (
            #"{"freeText":"\ud83d\u0041"}"#,
            #"it has one half of a character, '\ud83d', near column 14"#
        ),
        (#"{"freeText":"\x"}"#, #"it has a '\' that escapes nothing near column 14"#),
        ("{\"freeText\":\"a\u{0}\"}", "it has a control character in a text near column 15"),
        (#"{"channelRef":01}"#, "it is malformed near column 16"),
        (#"{"channelRef":nul}"#, "it is malformed near column 18"),
    ])
    func faults(text: String, sentence: String) {
        #expect(Self.fault(text)?.sentence == sentence)
    }

    /// What the decoder takes, the reader leaves as it is.
    @Test func takenAsBefore() throws {
        let request = try JSONMessage<Returns_V1_SubmitCaseRequest>.read(
            Data(
                #"""
                 { "channelRef" : "\u0041\ud83d\ude00\/\n", "requestedAtMs": 1.5e1, "contact": null,
                   "lines": [ { "quantity": -0, "sku": "" }, {"quantity":"7"} ], "intakeChannel": 1,
                   "returnMethod":"drop-off" }
                """#.utf8))
        #expect(request.channelRef == "A😀/\n" && request.requestedAtMs == 15)
        #expect(request.lines.map(\.quantity) == [0, 7] && request.intakeChannel.rawValue == 1)
        #expect(request.returnMethod == .dropOff)
    }

    @Test func nestingHasALimit() {
        let deep = String(repeating: #"{"order":"#, count: 5_000)
        #expect(Self.fault(deep)?.sentence == "it is nested too deeply")
        #expect(
            Self.fault(#"{"order":"# + String(repeating: "[", count: 5_000))?.text == "is nested too deeply")
    }

    @Test(arguments: [
        (
            Data([0x7B, 0x0A, 0xC3, 0xA9, 0xE9, 0x7D]),
            "is no UTF-8 text (byte 0xE9 at line 2, column 2): save it as UTF-8"
        ),
        (Data([0x7B, 0x7D, 0xFC]), "is no UTF-8 text (byte 0xFC at column 3): save it as UTF-8"),
        (Data([0x7B, 0x00, 0x7D, 0x00]), "is UTF-16 text: save it as UTF-8"),
        (Data([0xFF, 0xFE, 0x7B, 0x00]), "is UTF-16 text: save it as UTF-8"),
        (Data([0xFE, 0xFF, 0x00, 0x7B]), "is UTF-16 text: save it as UTF-8"),
    ])
    func textThatIsNotUTF8(bytes: Data, words: String) async throws {
        #expect(throws: JSONFault("INVALID_UTF8", "", words)) { try JSONText(bytes) }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("text-\(UUID().uuidString)")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let failure = await #expect(throws: CommandFailure.self) { try await InputFile.contents(file.path) }
        #expect(failure?.text == "\(file.path) \(words)" && failure?.exit == .usage)
    }

    @Test func argumentsThatAreNotUTF8() {
        #expect(InputText.argumentFailure(Data("Müller".utf8)) == nil)
        let failure = InputText.argumentFailure(Data([0x4D, 0xFC, 0x6C]))
        #expect(failure?.text == "the argument 'M\u{FFFD}l' is no UTF-8 text" && failure?.exit == .usage)
    }

    /// As options take them, wherever they stand.
    @Test func wordsOfEnumerations() throws {
        let request = try JSONMessage<Returns_V1_SubmitCaseRequest>.read(
            Data(#"{"intakeChannel":"hotline","return_method":"drop-off","channelRef":"INTAKE"}"#.utf8))
        #expect(request.intakeChannel == .hotline && request.returnMethod == .dropOff)
        #expect(request.channelRef == "INTAKE")
        let order = try JSONMessage<Returns_V1_Order>.read(
            Data(
                #"{"status":"delivered","payments":[{"method":"card"},{"method":"PAYMENT_METHOD_CARD"}]}"#
                    .utf8))
        #expect(order.status == .delivered && order.payments.map(\.method) == [.card, .card])
    }

    /// Each word that options take is one that files take, for the same value.
    @Test func wordsAreThoseOfOptions() throws {
        func check<Value: SwiftProtobuf.Enum & CaseIterable>(
            _ type: Value.Type, _ read: (String) throws -> Value
        ) throws {
            for value in Value.allCases where value.rawValue != 0 { #expect(try read(word(value)) == value) }
        }
        try check(Returns_V1_OrderStatus.self) {
            try JSONMessage<Returns_V1_Order>.read(Data(#"{"status":"\#($0)"}"#.utf8)).status
        }
        try check(Returns_V1_DocumentType.self) {
            try JSONMessage<Returns_V1_Document>.read(Data(#"{"type":"\#($0)"}"#.utf8)).type
        }
        try check(Returns_V1_ClockKind.self) {
            try JSONMessage<Returns_V1_PauseClockRequest>.read(Data(#"{"kind":"\#($0)"}"#.utf8)).kind
        }
        try check(Returns_V1_UnitResolution.self) {
            try JSONMessage<Returns_V1_ResolveLine>.read(Data(#"{"resolution":"\#($0)"}"#.utf8)).resolution
        }
    }
}
