import NIOCore
import RedisClient
import ReturnsDomain

/// The cases of a list by deadline: those whose first running deadline a walk over the running clocks comes to.
extension ReturnsStore {
    /// - Parameter after: Where the page before ended.
    func readByDue(
        _ filter: CaseFilter, after: DuePlace?, _ reader: inout CasePageReader
    ) async throws(StoreError) {
        if let ids = filter.among {
            return try await readByDue(among: ids, after: after, &reader)
        }
        var place = after
        while true {
            let walked = try await running(
                before: filter.dueBefore, after: place, within: Self.narrowing(filter),
                limit: Self.pageCasesMax, deadline: reader.deadline)
            let items = Self.items(walked.clocks, after: place)
            let goesOn = try await reader.read(items, isEnd: walked.next == nil)
            guard goesOn, let next = walked.next else { return }
            // As many clocks of others were passed over as a call may look at.
            guard !walked.isCutOff else { return reader.cutOff(at: .due(next)) }
            place = next
        }
    }

    /// Listings that each case of the list stands in.
    private static func narrowing(_ filter: CaseFilter) -> [CaseIndex] {
        var listings: [CaseIndex] = []
        if !filter.customerID.isEmpty { listings.append(.customer(filter.customerID)) }
        if !filter.trackingNumber.isEmpty { listings.append(.waybill(filter.trackingNumber)) }
        if !filter.person.isEmpty { listings.append(.person(filter.person)) }
        if !filter.team.isEmpty { listings.append(.team(filter.team)) }
        return listings
    }

    /// A case once, also where several of its clocks are due at the same time; those that are not its first are passed over when it
    /// is read.
    private static func items(_ clocks: [Deadline], after: DuePlace?) -> [CasePageReader.Item] {
        var items: [CasePageReader.Item] = []
        var last = after.flatMap { place in place.caseID.map { (place.dueAt, $0) } }
        for clock in clocks {
            let id = clock.member.id
            if let last, last == (clock.dueAt, id) { continue }
            last = (clock.dueAt, id)
            items.append(.init(id: id, place: .due(DuePlace(clock)), dueAt: clock.dueAt))
        }
        return items
    }

    /// Of cases that are known by their ids, so few that they are put in order.
    private func readByDue(
        among ids: [CaseID], after: DuePlace?, _ reader: inout CasePageReader
    ) async throws(StoreError) {
        var clocks: [Deadline] = []
        let unread = try await readCases(
            try await outlines(of: ids, deadline: reader.deadline), isReadOnly: true,
            deadline: reader.deadline
        ) { value in
            clocks += value.dueTimes(identity.level).map { Deadline(member: $0.member, dueAt: $0.at) }
        }
        if after == nil { reader.note(unread) }
        let left = clocks.sorted { DuePlace($0) < DuePlace($1) }.filter { clock in
            after.map { $0 < DuePlace(clock) } ?? true
        }
        _ = try await reader.read(Self.items(left, after: after), isEnd: true)
    }
}
