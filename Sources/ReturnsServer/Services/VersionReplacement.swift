import RCP
import ReturnsDomain

/// Whether the next version of something may be added, which names the version it replaces so that nobody overwrites what
/// they have not seen.
struct VersionReplacement {
    /// What is replaced, for people: "policy".
    var what: String
    var replaces: UInt64
    /// 0 where there is none yet.
    var current: UInt64
    /// Whether the current version has the content that is to be added.
    var isSameContent: Bool

    /// Every version is kept and in every server's memory, since cases keep theirs.
    static let versionsMax: UInt64 = 1_000

    enum Decision: Equatable {
        case add
        /// The current version is the one that was to be added: this request made it, or one like it did.
        case replay
        /// The version that is to be replaced has that content already.
        case nothingToChange
    }

    /// - Throws: when another version came meanwhile.
    func decide() throws(CaseRejection) -> Decision {
        if isSameContent, replaces == current { return .nothingToChange }
        if isSameContent, replaces == current &- 1 { return .replay }
        guard replaces == current else {
            throw CaseRejection(
                kind: .stale, code: "STALE_VERSION", field: "replaces_version",
                text:
                    "the current \(what) is version \(current), not \(replaces); look at it again and decide anew"
            )
        }
        guard current < Self.versionsMax else {
            throw .notAllowed(
                "VERSIONS_FULL",
                "there are \(current) versions of the \(what), the most that are kept; go on with the current one"
            )
        }
        return .add
    }
}

extension VersionReplacement.Decision {
    /// The answer where no version is added; nil if one is to be.
    func reply<Message: Sendable>(_ message: Message, isDryRun: Bool) -> RCPReply<Message>? {
        switch self {
        case .add: nil
        case .replay: RCPReply(message, outcome: isDryRun ? .notApplied : .applied, replayed: true)
        case .nothingToChange: RCPReply(message, outcome: .notApplied)
        }
    }
}
