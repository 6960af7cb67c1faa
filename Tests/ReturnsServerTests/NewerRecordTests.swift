import RCP
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// A record that a newer build wrote is nobody's damage: whoever would have something decided on it is told what to do.
@Suite struct NewerRecordTests {
    @Test func aDecisionIsRefusedInItsOwnWords() {
        let error = StoreError(RecordError.newer("a field is unknown"), "case").of(Fixture.caseID(1))
        let status = RCPStatus(error)
        #expect(status.code == .failedPrecondition && status.outcome == .notApplied)
        #expect(status.details.map(\.reason) == ["RECORD_NEWER"])
        #expect(error.logLevel == .notice)
        #expect(
            status.text
                == "case \(Fixture.caseID(1)), or its order, was written by a newer returnsd, so this server decides nothing on it; it can still be read. Upgrade this server"
        )
    }

    @Test func damageStaysDamage() {
        let error = StoreError(RecordError(what: "a line stands twice"), "case")
        #expect(error.logLevel == .error)
        let status = RCPStatus(error)
        #expect(status.code == .dataLoss && status.details.map(\.reason) == ["RECORD_UNREADABLE"])
    }
}
