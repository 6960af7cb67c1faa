import RCP
import RCPServer
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// A record that a newer build wrote is nobody's damage: whoever would have something decided on it is told what to do.
@Suite struct NewerRecordTests {
    @Test func aDecisionIsRefusedInItsOwnWords() {
        var error = StoreError(RecordError.newer("a field is unknown"), "case").of(Fixture.caseID(1))
        error.canBeRead = true
        let status = RCPStatus(error)
        #expect(status.code == .failedPrecondition && status.outcome == .notApplied)
        #expect(status.details.map(\.reason) == ["RECORD_NEWER"])
        #expect(error.logLevel == .notice)
        #expect(
            status.text
                == "case \(Fixture.caseID(1)) was written by a newer returnsd, so this server decides nothing on it; it can still be read. Upgrade this server"
        )
    }

    /// An order is named, and the case that it was met with. What cannot be read is not said to be readable.
    @Test func anOrderIsNamedAndNothingIsPromised() {
        let error = StoreError(RecordError.newer("a field is unknown"), Fixture.order().key)
        let key = Fixture.order().key.text
        #expect(
            RCPStatus(error).text
                == "order \(key) was written by a newer returnsd, and this server does not know all that it says. Nothing is damaged: leave it as it is. Upgrade this server"
        )
        #expect(
            RCPStatus(error.of(Fixture.caseID(1))).text.hasPrefix(
                "order \(key) of case \(Fixture.caseID(1)) "))
        let damaged = RCPStatus(StoreError(RecordError(what: "a line stands twice"), Fixture.order().key))
        #expect(damaged.code == .dataLoss && damaged.details.map(\.reason) == ["RECORD_UNREADABLE"])
        #expect(damaged.text.hasPrefix("the record of order \(key), or its timeline, is damaged"))
    }

    @Test func damageStaysDamage() {
        let error = StoreError(RecordError(what: "a line stands twice"), "case")
        #expect(error.logLevel == .error)
        let status = RCPStatus(error)
        #expect(status.code == .dataLoss && status.details.map(\.reason) == ["RECORD_UNREADABLE"])
    }

    /// The request was carried out: nothing that only a newer build can tell of it unmakes that.
    @Test func whatANewerBuildDidForARequestIsNotDoneAgain() async throws {
        let request = CommitRequest(
            id: String(repeating: "a", count: 32), fingerprint: Array(repeating: 7, count: 32))
        let contents = request.fingerprint + [9, 1, 2]
        let checksum = contents.withUnsafeBytes { CRC32C.of($0) }
        let bytes = contents + withUnsafeBytes(of: checksum.bigEndian) { Array($0) }
        let record = try bytes.withUnsafeBytes { bytes in try RequestRecord(record: bytes) }
        #expect(record.outcome == .newer)
        let failure = await #expect(throws: RCPFailureAfterChange.self) {
            try await record.answer(request) { _ -> Int? in nil }
        }
        #expect(failure?.outcome == .applied)
        let cause = try #require(failure?.cause as? StoreError)
        #expect(RCPStatus(cause).details.map(\.reason) == ["RECORD_NEWER"])
        let other = CommitRequest(id: request.id, fingerprint: Array(repeating: 8, count: 32))
        let reused = await #expect(throws: RCPStatus.self) {
            try await record.answer(other) { _ -> Int? in nil }
        }
        #expect(reused?.details.map(\.reason) == ["REQUEST_ID_REUSED"])
    }

    /// It stays as it is, so the same request once more leads nowhere.
    @Test func aDamagedRecordOfARequestLeadsOn() throws {
        var error = StoreError(.corrupt, "{p01}:request:ab: its checksum does not fit")
        error.record = .request
        error.outcome = .unknown
        let status = RCPStatus(error)
        #expect(status.code == .dataLoss && status.outcome == .unknown)
        #expect(
            status.text
                == "the record of this request is damaged; the server's log says how. So it cannot be told whether the request was carried out: look at what it was to change. If it was not, ask for it with a new request. What an operator can do: RUNBOOK.md, \"A record is damaged\""
        )
        #expect(error.logMessage?.contains("{p01}:request:ab") == true)
    }

    @Test func nobodyIsToldToDeleteWhatIsNewer() {
        for record in [NamedRecord.webhook("erp"), .eventGroup("erp")] {
            let text = RCPStatus(StoreError.newer(record)).text
            #expect(text.contains("written by a newer returnsd") && text.contains("Nothing is damaged"))
            #expect(!text.contains("delete"))
        }
    }
}
