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

    /// - Returns: true when there is nothing to add: the content is the current one already, by a retry or by chance.
    /// - Throws: when another version came meanwhile.
    func isReplay() throws(CaseRejection) -> Bool {
        if isSameContent, replaces == current || replaces == current &- 1 { return true }
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
        return false
    }
}
