import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

@Suite struct CaseRecordTests {
    private func read(_ value: Case) throws -> Case {
        let record = value.encodeRecord()
        return try record.body.withUnsafeBytes { body in
            try record.personal.withUnsafeBytes { personal in
                try Case(id: value.id, version: value.version, body: body, personal: personal)
            }
        }
    }

    private static let paths = [
        "submit", "submit request_info provide_info", "submit reject tell appeal",
        "submit verify approve tell",
        "submit verify approve schedule_pickup wait:30h record_pickup:1",
        "submit verify approve tell ship track receive inspect:1 tell resolve:1 ship_back follow_up close",
        "submit verify approve tell ship report_exception tell resolve refund record_refund:1 abandon_refund refund",
        "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund:1 record_refund",
        "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund record_refund",
        "submit verify approve tell ship receive pause_clock wait:1d resume_clock inspect refund:1 record_refund",
    ]

    @Test(arguments: paths) func aRecordIsReadBackAsItWasWritten(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        #expect(try read(desk.value) == desk.value)
    }

    /// A record of the version before names nobody but inspectors who decided whether money is owed.
    @Test(arguments: paths) func aRecordOfTheVersionBeforeIsRead(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let record = desk.value.encodeRecord()
        // The list is the last of the record.
        var list = RecordWriter(capacity: 64)
        list.writeList(desk.value.owedDeciders.sorted()) { $0.write($1) }
        var body = Array(record.body.dropLast(list.bytes.count))
        body[0] = 2
        let read = try body.withUnsafeBytes { body in
            try record.personal.withUnsafeBytes { personal in
                try Case(id: desk.value.id, version: desk.value.version, body: body, personal: personal)
            }
        }
        var expected = desk.value
        expected.owedDeciders = desk.value.inspectors
        #expect(read == expected)
    }

    /// What anyone may see holds nothing that a person said of the customer, nor how the customer was reached (R23).
    @Test func personalDataStandsInItsOwnRecord() throws {
        var desk = Desk()
        var form = Fixture.submission()
        form.intakeReference = "CANARY-handle"
        form.freeText = "CANARY-text"
        form.contact.phone = "CANARY-phone"
        try desk.submit(form)
        try desk.run(.requestInfo(question: "CANARY-question"), as: Cast.sara)
        try desk.run(.provideInfo(answer: "CANARY-answer"), as: Cast.shop)
        try desk.follow("verify approve schedule_pickup")
        try desk.run(.recordPickup(PickupReport(result: .missed, reason: "CANARY-reason")), as: Cast.leo)
        let record = desk.value.encodeRecord()
        #expect(!String(decoding: record.body, as: UTF8.self).contains("CANARY"))
        let personal = String(decoding: record.personal, as: UTF8.self)
        for word in ["handle", "text", "phone", "question", "answer", "reason"] {
            #expect(personal.contains("CANARY-\(word)"))
        }
        #expect(try read(desk.value) == desk.value)
    }

    /// The domain's estimate of a case's size is no smaller than its records are.
    @Test(arguments: paths) func theDomainsWeightCoversTheRecord(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let record = desk.value.encodeRecord()
        #expect(record.body.count + record.personal.count <= desk.value.weightBytes)
    }
}
