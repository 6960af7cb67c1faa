import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

@Suite struct CaseRecordTests {
    private func read(_ value: Case) throws -> Case {
        try CaseRecord(value).value()
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

    /// No two groups share a field, and each holds its own fields alone.
    @Test(arguments: paths) func eachGroupHoldsItsOwnFields(_ path: String) throws {
        let groups = try #require(ReturnsFieldGroups.byMessage[Returns_V1_Case.protoMessageName])
        let all = groups.flatMap(\.fields)
        #expect(Set(all).count == all.count)
        var desk = Desk()
        try desk.follow(path)
        let record = CaseRecord(desk.value)
        for group in CaseRecord.Group.allCases {
            let own = try #require(groups.first { $0.group == group.number.rawValue })
            let others = RCPMessageFields.select(record[group]) { !own.fields.contains($0) }
            #expect(others?.readableBytes == 0, "\(group)")
        }
    }

    /// All groups, one behind the other, are one valid message, which is what the groups are one by one.
    @Test(arguments: paths) func theGroupsTogetherAreOneMessage(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let record = CaseRecord(desk.value)
        var together = ByteBuffer()
        for group in CaseRecord.Group.allCases { together.writeImmutableBuffer(record[group]) }
        let message = try RCPMessageCodec.decode(Returns_V1_Case.self, from: together, role: .client)
        #expect(try message == record.message() && message.id == desk.value.id.description)
    }

    /// What anyone may see holds nothing that a person said of the customer, nor how the customer was reached (R23).
    @Test func personalDataStandsInItsOwnRecord() throws {
        var desk = Desk()
        var form = Fixture.submission()
        form.form.intakeReference = "CANARY-handle"
        form.form.freeText = "CANARY-text"
        form.form.contact.phone = "CANARY-phone"
        form.lines[0].statement = LineStatement(
            reasonCode: "damaged", note: "CANARY-note", serialNumbers: ["A1", "A2"])
        try desk.submit(form)
        try desk.run(.requestInfo(question: "CANARY-question"), as: Cast.sara)
        try desk.run(.provideInfo(answer: "CANARY-answer"), as: Cast.shop)
        try desk.follow("verify approve schedule_pickup")
        try desk.run(.recordPickup(PickupReport(result: .missed, reason: "CANARY-reason")), as: Cast.leo)
        let record = CaseRecord(desk.value)
        for group in [CaseRecord.Group.everybody, .desk, .engine] {
            #expect(!String(buffer: record[group]).contains("CANARY"), "\(group)")
        }
        #expect(String(buffer: record[.logistics]).contains("CANARY-reason"))
        let personal = String(buffer: record[.personal])
        for word in ["handle", "text", "phone", "note", "question", "answer"] {
            #expect(personal.contains("CANARY-\(word)"))
        }
        #expect(try read(desk.value) == desk.value)
    }

    /// A store at the first level is told what it knows: a check that cannot be judged yet is a failed one there, and the kinds of
    /// check that came later are left out. What a form gives is left to be refused.
    @Test func theFirstLevelHoldsChecksAsItKnowsThem() throws {
        var desk = Desk()
        desk.order.status = .placed
        desk.order.deliveredAt = nil
        try desk.submit()
        #expect(desk.value.checks.map(\.result) == [.failed, .open, .passed, .passed, .passed])
        let record = CaseRecord(desk.value, level: .first)
        #expect(record.neededLevel == .first)
        let read = try record.value()
        #expect(read.checks.map(\.kind) == [.orderStatus, .returnWindow, .reason, .conditions])
        #expect(read.checks.map(\.result) == [.failed, .failed, .passed, .passed])
        for statement in [
            LineStatement(reasonCode: "damaged"), LineStatement(note: "n"),
            LineStatement(serialNumbers: ["A"]),
        ] {
            var given = desk.value
            given.lines[0].statement = statement
            #expect(CaseRecord(given, level: .first).neededLevel.number == 2)
        }
    }

    /// The domain's estimate of a case's size is no smaller than its records are.
    @Test(arguments: paths) func theDomainsWeightCoversTheRecord(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let record = CaseRecord(desk.value)
        #expect(record.bytes <= desk.value.weightBytes, "\(record.bytes) of \(desk.value.weightBytes)")
    }

    /// Told before notices were kept, and something due again: that is told to be due, and the telling before is kept beside it.
    @Test func whatWasToldBeforeIsKeptByItself() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship report_exception")
        desk.current!.notices.removeAll { $0.state == .told }
        desk.current!.wasToldBefore = true
        let read = try CaseRecord(desk.value).value()
        #expect(read.wasToldBefore && read.customerTold == .due && read == desk.value)
        // Its notice falls away: what is left is that the customer was told.
        desk.current = read
        try desk.follow("receive")
        #expect(desk.value.dueNotices.isEmpty && desk.value.customerTold == .done)
        // The first level cannot keep it.
        #expect(try !CaseRecord(read, level: .first).value().wasToldBefore)
    }

    @Test func whatWasPaidOfARefundClockIsKept() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 600)), as: Cast.fei)
        try desk.follow("record_refund")
        let clock = try #require(try CaseRecord(desk.value).value().clocks.last { $0.kind == .refund })
        #expect(clock.paidMinor == 600 && clock.amountMinor == 1_400)
        #expect(try CaseRecord(desk.value).value() == desk.value)
    }

    /// Of a case that an older server has opened nobody knows how many notes it has, and so nothing is said.
    @Test func notesAreCountedWhereTheLevelHasTheCount() throws {
        var desk = Desk()
        try desk.submit()
        try desk.run(.note(text: "called"), as: Cast.sara)
        let counted = CaseRecord(desk.value)
        #expect(counted.neededLevel == WriterLevel(2))
        #expect(try counted.value().notes == 1)
        let old = CaseRecord(desk.value, level: .first)
        #expect(old.neededLevel == .first)
        #expect(try old.value().notes == nil)
    }
}
