import Foundation
import ReturnsAPI
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
        (#"{"lines":{}}"#, "lines: is not a list: write [ … ]"),
        (#"{"contact":[]}"#, "contact: is not an object: write { … }"),
        (#"{"freeText":1}"#, "freeText: is not a text: write it in quotes"),
        (#"{"dryRun":"yes"}"#, "dryRun: is not true or false"),
        (
            #"{"contact":{"nam":"Ann"}}"#,
            "contact.nam: is no field of returns.v1.Contact; see: returnsctl describe returns.v1.Contact"
        ),
        (
            #"{"chanelRef":"C1"}"#,
            "chanelRef: is no field of returns.v1.SubmitCaseRequest; see: returnsctl describe returns.v1.SubmitCaseRequest"
        ),
        (
            #"{"channelRef":"a","channel_ref":"b"}"#,
            "channel_ref: says the same as channelRef: leave one of them out"
        ),
        (
            #"{"lines":[{"lineId":"1","line_id":"2"}]}"#,
            "lines[0].line_id: says the same as lineId: leave one of them out"
        ),
        ("", "it is empty"), ("sku,quantity", "it does not begin with '{'"),
        (#"{"channelRef":"#, "it ends too early: a quote or bracket is missing"),
        ("{\n\"channelRef\":\"a\"\n\"freeText\":\"b\"}", "it is malformed near line 2, column 1"),
        (#"{"channelRef":"a"}}"#, "it is malformed near line 1, column 19"),
    ])
    func faults(text: String, sentence: String) {
        let fault = Self.fault(text)
        // Where a text breaks off is the reader's to say, and not always the same byte.
        if sentence.contains("near line") {
            #expect(fault?.sentence.contains("is malformed near line") == true)
        } else {
            #expect(fault?.sentence == sentence)
        }
    }

    @Test func textThatIsNotUTF8() {
        for bytes in [Data([0x7B, 0xE9, 0x7D]), Data([0x7B, 0x00, 0x7D, 0x00])] {
            #expect(throws: JSONFault("MALFORMED", "", "is no UTF-8 text; save it as UTF-8")) {
                try JSONText(bytes)
            }
        }
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

    @Test func filesOfPolicies() {
        func text(_ contents: String) -> String? {
            do {
                _ = try PolicyPut.request(Data(contents.utf8))
                return nil
            } catch {
                return (error as? CommandFailure)?.text
            }
        }
        #expect(
            text(#"{"returnWindow":30}"#)?.contains("returnWindow: is no field of returns.v1.Policy") == true)
        #expect(
            text(#"{"policy":{"returnWindow":30}}"#)?.contains("policy.returnWindow: is no field") == true)
        #expect(text("").map { $0 == "the file holds no policy: it is empty" } == true)
        let failure = #expect(throws: CommandFailure.self) {
            try SlaPolicyPut.request(Data(#"{"policy":{"plans":7},"replacesVersion":"1"}"#.utf8))
        }
        #expect(failure?.text == "the file holds no SLA policy: policy.plans: is not a list: write [ … ]")
    }
}
