import ReturnsDomain
import Testing

@testable import ReturnsServer

/// Versions are added one behind the other, up to the number that every server can hold.
@Suite struct VersionReplacementTests {
    private static func replacing(_ replaces: UInt64, current: UInt64, isSame: Bool = false) -> Result<
        VersionReplacement.Decision, CaseRejection
    > {
        Result { () throws(CaseRejection) in
            try VersionReplacement(
                what: "policy", replaces: replaces, current: current, isSameContent: isSame
            ).decide()
        }
    }

    /// A repetition of the request that made the version tells that it was applied; a request for what is there does not.
    @Test func theSameContentIsARepetitionOrNothing() throws {
        #expect(try Self.replacing(4, current: 5, isSame: true).get() == .replay)
        #expect(try Self.replacing(5, current: 5, isSame: true).get() == .nothingToChange)
        #expect(try Self.replacing(5, current: 5).get() == .add)
        guard case .failure(let stale) = Self.replacing(3, current: 5, isSame: true) else {
            return #expect(Bool(false), "added")
        }
        #expect(stale.code == "STALE_VERSION")
    }

    @Test func aDryRunIsNeverApplied() throws {
        for decision in [VersionReplacement.Decision.replay, .nothingToChange] {
            #expect(try #require(decision.reply(1, isDryRun: true)).outcome == .notApplied)
        }
        #expect(
            try #require(VersionReplacement.Decision.replay.reply(1, isDryRun: false)).outcome == .applied)
    }

    @Test func theLimitRefusesWhatIsNewAlone() throws {
        let most = VersionReplacement.versionsMax
        #expect(try Self.replacing(most - 1, current: most - 1).get() == .add)
        #expect(try Self.replacing(most, current: most, isSame: true).get() == .nothingToChange)
        guard case .failure(let full) = Self.replacing(most, current: most) else {
            return #expect(Bool(false), "added")
        }
        #expect(full.code == "VERSIONS_FULL" && full.kind == .notAllowedNow)
        guard case .failure(let stale) = Self.replacing(most - 1, current: most) else {
            return #expect(Bool(false), "added")
        }
        #expect(stale.code == "STALE_VERSION")
    }
}
