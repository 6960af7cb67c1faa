import ReturnsAPI
import Testing

@testable import returnsctl

/// What `admin verify-indexes` prints.
@Suite struct VerifyIndexesTests {
    private static func text(problems: [Returns_V1_IndexProblem], newer: UInt64) -> String {
        let reply = Returns_V1_VerifyIndexesReply.with {
            $0.cases = 5
            $0.orders = 4
            $0.entries = 30
            $0.problems = UInt64(problems.count)
            $0.newer = newer
            $0.findings = (problems + [Returns_V1_IndexProblem](repeating: .newer, count: Int(newer))).map {
                problem in
                .with {
                    $0.index = "{p07}:\(problem)"
                    $0.problem = problem
                }
            }
        }
        return AdminVerifyIndexes.text(reply, .plain)
    }

    @Test func allAgree() {
        #expect(Self.text(problems: [], newer: 0) == "5 cases, 4 orders, 30 index entries: all agree")
    }

    /// What this server could not look at is said, and is none of the problems.
    @Test func recordsOfANewerServerAreToldApart() {
        #expect(
            Self.text(problems: [], newer: 2) == """
                5 cases, 4 orders, 30 index entries: all that this server can read agree
                2 records of a newer returnsd not looked at: ask a server of that build
                """)
        let text = Self.text(problems: [.stale], newer: 1)
        #expect(text.contains("{p07}:stale") && !text.contains("{p07}:newer"))
        #expect(text.contains("1 problem; to repair them, type: returnsctl admin verify-indexes --repair"))
        #expect(text.hasSuffix("\n1 record of a newer returnsd not looked at: ask a server of that build"))
    }
}
