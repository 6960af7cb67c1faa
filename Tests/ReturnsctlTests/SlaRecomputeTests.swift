import ReturnsAPI
import Testing

@testable import returnsctl

/// What `sla recompute` says of cases that were left alone, and what it ends with.
@Suite struct SlaRecomputeTests {
    private func refused(_ id: String, _ reason: String) -> Returns_V1_RefusedCase {
        .with {
            $0.caseID = id
            $0.reason = reason
            $0.text = "why"
        }
    }

    @Test func newerCasesAreNamedTogetherAndAreNoDamage() {
        let newer = [refused("A", "RECORD_NEWER"), refused("B", "RECORD_NEWER")]
        #expect(SlaRecompute.notes(newer).count == 1 && SlaRecompute.notes(newer)[0].contains("A, B"))
        #expect(SlaRecompute.notes(newer)[0].contains("newer returnsd"))
        #expect(SlaRecompute.exitStatus(newer) == .conflict)
        let damaged = newer + [refused("C", "RECORD_UNREADABLE")]
        #expect(SlaRecompute.notes(damaged).first == "C was left alone: why [RECORD_UNREADABLE]")
        #expect(SlaRecompute.notes(damaged).count == 2 && SlaRecompute.exitStatus(damaged) == .failed)
        #expect(SlaRecompute.exitStatus([refused("D", "NOT_ALLOWED_IN_STATE")]) == .conflict)
        #expect(SlaRecompute.exitStatus([]) == nil && SlaRecompute.notes([]).isEmpty)
    }
}
