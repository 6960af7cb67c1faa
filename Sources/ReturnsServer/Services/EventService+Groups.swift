import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

extension EventService {
    func createEventGroup(
        _ request: Returns_V1_CreateEventGroupRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_CreateEventGroupReply> {
        let name = try groupName(request.name)
        let filter = try EventFilter(request.filter, limits: limits).within(context.principal.saleChannels)
        let acknowledge = try acknowledgeMilliseconds(request)
        // Before the log is looked at: a group of an earlier run is told of a loss once too often at worst.
        let run = engine.identity.presentRun
        let start: OutboxCursor =
            switch request.start {
            case .beginning(true): try await place(.beginning)
            case .sinceMs(let milliseconds): try await place(.since(Instant(milliseconds: milliseconds)))
            case .beginning(false), nil: try await place(.now)
            }
        var group = EventGroup(
            name: name, instance: .random(in: 1...UInt64(UInt32.max)), filter: filter,
            acknowledgeMilliseconds: acknowledge, createdAt: engine.clock.now(),
            createdBy: context.principal.name, start: start, run: run)
        let store = engine.store(for: context)
        let groupsMax = try await groupsMax(for: context.principal, store)
        var isReplay = false
        switch try await store.addEventGroup(
            group, groupsMax: groupsMax, request: CommitRequest(context), deadline: context.deadline)
        {
        case .added: break
        case .exists(let found):
            // Where it began is a moment that has gone, so the rest decides whether it is the same.
            guard found.filter == filter, found.acknowledgeMilliseconds == acknowledge,
                found.isShown(to: context.principal)
            else {
                throw CaseRejection(
                    kind: .alreadyExists, code: "GROUP_EXISTS", field: "name",
                    text:
                        "that name is another group's; take another name, or delete that group if it is yours"
                )
            }
            // Its places may be made here, or may have been.
            let isPlaced = try await afterChange(.unknown) {
                try await store.placeEventGroup(found, deadline: context.deadline)
            }
            guard isPlaced else { throw RCPStatus.groupGoing }
            group = found
            isReplay = true
        case .replay(let made):
            group = made
            isReplay = true
        case .deletedSince:
            throw RCPFailureAfterChange(
                outcome: .applied,
                cause: CaseRejection.notAllowed(
                    "DELETED_SINCE", "somebody has deleted the group since; create it with a new request"))
        case .requestIDReused: throw RCPStatus.requestIDReused()
        case .full:
            throw RCPStatus.tooManyGroups
        }
        let state = try await afterChange {
            try await store.eventGroupState(group, deadline: context.deadline)
        }
        return RCPReply(.with { $0.group = group.proto(state, loss(of: group)) }, replayed: isReplay)
    }

    func listEventGroups(
        _ request: Returns_V1_ListEventGroupsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListEventGroupsReply> {
        let store = engine.store(for: context)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        var reply = Returns_V1_ListEventGroupsReply()
        let groups = try await store.loadEventGroups(deadline: context.deadline)
        let page = NamePage(
            groups.entries.filter { entry in
                // Nothing tells whose one is that cannot be read.
                entry.record?.isShown(to: context.principal) ?? context.principal.seesEveryGroup
            }, after: try cursor.place(request.cursor), limit: request.pageItems, name: \.name)
        reply.nextCursor = cursor.text(page.next)
        var unreadable: Set<Int> = []
        var unread = UnreadRecords<String>()
        for entry in page.items {
            let group: EventGroup
            switch entry.result {
            case .success(let record): group = record
            case .failure(let error):
                unread.note(entry.name, error)
                continue
            }
            let state = try await store.eventGroupState(group, deadline: context.deadline)
            reply.groups.append(group.proto(state, loss(of: group)))
            unreadable.formUnion(state.unreadablePartitions)
        }
        (reply.unreadableNames, reply.newerNames) = (unread.damaged, unread.newer)
        reply.unreadablePartitions = unreadable.sorted().map { UInt32($0) }
        return RCPReply(
            reply, readBytes: reply.groups.count * store.partitioning.count * ReturnsStore.partitionBytes)
    }

    private func loss(of group: EventGroup) -> GroupLoss? {
        GroupLoss(group, engine.identity, clockMargin: limits.clockMarginMilliseconds)
    }

    func deleteEventGroup(
        _ request: Returns_V1_DeleteEventGroupRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_DeleteEventGroupReply> {
        let store = engine.store(for: context)
        let name = try groupName(request.name)
        let commit = CommitRequest(context)
        // One that has gone may be this request's own doing, and another's group may have its name by now.
        switch try await store.repeatedGroupRemoval(name, request: commit, deadline: context.deadline) {
        case .replay: return RCPReply(Returns_V1_DeleteEventGroupReply(), replayed: true)
        case .requestIDReused: throw RCPStatus.requestIDReused()
        default: break
        }
        if let group = try await readable(name, store, context), !group.isDeletable(by: context.principal) {
            guard group.isShown(to: context.principal) else { throw CaseRejection.groupUnknown() }
            throw CaseRejection.notPermitted(
                "GROUP_OWNER_REQUIRED",
                "a group is deleted by \(group.createdBy), who created it, or by an administrator or supervisor"
            )
        }
        let removal = try await store.removeEventGroup(
            name, request: commit, deadline: context.deadline)
        switch removal {
        case .removed, .replay:
            return RCPReply(Returns_V1_DeleteEventGroupReply(), replayed: removal == .replay)
        case .missing: throw CaseRejection.groupUnknown()
        case .requestIDReused: throw RCPStatus.requestIDReused()
        }
    }

    /// Nil when there is none, or when it is damaged and the caller may delete every group: that one goes by its name.
    private func readable(
        _ name: String, _ store: ReturnsStore, _ context: RCPCallContext
    ) async throws(StoreError) -> EventGroup? {
        do throws(StoreError) {
            return try await store.loadEventGroup(name, deadline: context.deadline)
        } catch {
            // What a newer build keeps of a group besides would stay, or be lost.
            guard error.code == .corrupt, !error.isNewer, context.principal.mayDeleteEveryGroup else {
                throw error
            }
            return nil
        }
    }

    /// - Parameter field: Of the request, where the name stands.
    func groupName(_ name: String, _ field: String = "name") throws(CaseRejection) -> String {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8
        guard !name.isEmpty, name.utf8.count <= limits.groupNameBytesMax,
            name.utf8.allSatisfy(letters.contains)
        else {
            throw .invalid(
                "NAME_MALFORMED", field,
                "give 1 to \(limits.groupNameBytesMax) lower-case letters, digits, '-', '_' or '.'")
        }
        return name
    }

    private func acknowledgeMilliseconds(
        _ request: Returns_V1_CreateEventGroupRequest
    ) throws(CaseRejection) -> Int64 {
        if request.acknowledgeMs == 0 { return limits.acknowledgeMillisecondsDefault }
        guard limits.acknowledgeMillisecondsRange.contains(request.acknowledgeMs) else {
            throw .invalid(
                "OUT_OF_RANGE", "acknowledge_ms", "consumers may have a second to an hour for their events")
        }
        return request.acknowledgeMs
    }
}
