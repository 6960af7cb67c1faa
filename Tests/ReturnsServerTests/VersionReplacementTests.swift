import ReturnsDomain
import Testing

@testable import ReturnsServer

/// Versions are added one behind the other, up to the number that every server can hold.
@Suite struct VersionReplacementTests {
    private static func replacing(_ replaces: UInt64, current: UInt64, isSame: Bool = false) -> Result<
        Bool, CaseRejection
    > {
        Result { () throws(CaseRejection) in
            try VersionReplacement(
                what: "policy", replaces: replaces, current: current, isSameContent: isSame
            ).isReplay()
        }
    }

    @Test func theLimitRefusesWhatIsNewAlone() throws {
        let most = VersionReplacement.versionsMax
        #expect(try !Self.replacing(most - 1, current: most - 1).get())
        #expect(try Self.replacing(most, current: most, isSame: true).get())
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
