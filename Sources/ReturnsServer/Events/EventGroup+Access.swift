import ReturnsStore
import ReturnsWire

/// A group is its creator's. The desk's people of all sale channels work with every group; others know of their own alone.
extension EventGroup {
    func isShown(to caller: RCPPrincipal) -> Bool {
        createdBy == caller.name || (caller.belongsToDesk && caller.scope == .all)
            || caller.mayDeleteEveryGroup
    }

    func isDeletable(by caller: RCPPrincipal) -> Bool {
        createdBy == caller.name || caller.mayDeleteEveryGroup
    }
}

extension RCPPrincipal {
    fileprivate var mayDeleteEveryGroup: Bool { roles.contains("admin") || roles.contains("supervisor") }
}

extension EventService {
    /// How many groups there may be for this caller to add one. Systems that act for customers leave some for the desk, and have a
    /// few each.
    ///
    /// - Throws: RESOURCE_EXHAUSTED when the caller has its share already.
    func groupsMax(for caller: RCPPrincipal, _ store: ReturnsStore) async throws -> Int {
        guard !caller.belongsToDesk else { return ReturnsStore.eventGroupsMax }
        let own = try await store.loadEventGroups(deadline: tail.deadline).count {
            $0.createdBy == caller.name
        }
        // At the limit a repeated creation is still answered: it adds nothing.
        return own >= limits.groupsPerPrincipalMax
            ? 0 : ReturnsStore.eventGroupsMax - limits.groupsOfTheDeskMin
    }
}

extension RCPStatus {
    static var tooManyGroups: RCPStatus {
        RCPStatus(
            code: .resourceExhausted, outcome: .notApplied,
            text: "there are as many groups as you may add to already; delete one that nobody uses",
            details: [RCPErrorDetail(reason: "TOO_MANY_GROUPS")])
    }
}
