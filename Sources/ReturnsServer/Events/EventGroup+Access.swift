import RCP
import ReturnsDomain
import ReturnsStore

/// A group is its creator's. The desk's people of all sale channels work with every group; others know of their own alone, whatever
/// their roles.
extension EventGroup {
    func isShown(to caller: RCPPrincipal) -> Bool {
        createdBy == caller.name || caller.seesEveryGroup
    }

    func isDeletable(by caller: RCPPrincipal) -> Bool {
        createdBy == caller.name || caller.mayDeleteEveryGroup
    }
}

extension RCPPrincipal {
    var seesEveryGroup: Bool { belongsToDesk && saleChannels == .all }
    var mayDeleteEveryGroup: Bool {
        seesEveryGroup && (roles.contains("admin") || roles.contains("supervisor"))
    }
}

/// What a group gives out is settled for all its consumers, so a group of somebody who is bound has events of its creator's sale
/// channels alone: nothing of it is hidden from a consumer, and lost to the others by that.
extension EventFilter {
    /// The filter of a group that somebody of these sale channels creates.
    ///
    /// - Throws: NOT_FOUND for a channel that the creator is not bound to.
    func within(_ scope: SaleChannelScope) throws(CaseRejection) -> EventFilter {
        guard case .channels(let channels) = scope else { return self }
        guard saleChannels.isSubset(of: channels) else {
            throw .unknownSaleChannel(field: "filter.sale_channels")
        }
        var filter = self
        if filter.saleChannels.isEmpty { filter.saleChannels = channels }
        return filter
    }

    /// Whether it passes events of these sale channels alone.
    func isWithin(_ scope: SaleChannelScope) -> Bool {
        guard case .channels(let channels) = scope else { return true }
        return !saleChannels.isEmpty && saleChannels.isSubset(of: channels)
    }
}

extension CaseRejection {
    /// A principal may have been bound to other channels since it created the group.
    static let groupTooWide = CaseRejection.notAllowed(
        "GROUP_TOO_WIDE",
        "the group was created for sale channels that you are not bound to; create another one, or have an administrator or supervisor of all channels consume it",
        field: "group")
}

extension EventService {
    /// How many groups there may be for this caller to add one. Systems that act for customers leave some for the desk, and have a
    /// few each.
    ///
    /// - Throws: RESOURCE_EXHAUSTED when the caller has its share already.
    func groupsMax(for caller: RCPPrincipal, _ store: ReturnsStore) async throws -> Int {
        guard !caller.belongsToDesk else { return ReturnsStore.eventGroupsMax }
        let own = try await store.loadEventGroups(deadline: tail.deadline).records.count {
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
