import ReturnsDomain
import ReturnsStore
import ReturnsWire

extension CaseService {
    static let pageCasesDefault = 50

    func listCases(
        _ request: Returns_V1_ListCasesRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListCasesReply> {
        let view = CaseView(context.principal)
        let page = try await page(request, context: context)
        return RCPReply(
            .with {
                $0.cases = page.cases.map { $0.proto(view, policy: engine.policies.knownPolicy(for: $0)) }
                $0.nextCursor = page.next
            })
    }

    private func page(
        _ request: Returns_V1_ListCasesRequest, context: RCPCallContext
    ) async throws -> (cases: [Case], next: String) {
        let store = engine.store(for: context)
        let deadline = context.deadline
        guard request.limit <= UInt32(ReturnsStore.pageCasesMax) else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "limit",
                "a page holds at most \(ReturnsStore.pageCasesMax) cases; use the cursor for more")
        }
        try ClockService.checkPeople(request.person, request.team, context.principal)
        let limit = request.limit == 0 ? Self.pageCasesDefault : Int(request.limit)
        if request.hasDueBeforeMs {
            return (try await dueCases(request, limit: limit, store: store, context: context), "")
        }
        if request.hasOrder {
            let key = OrderKey(request.order)
            try key.validate()
            guard let order = try await store.loadOrder(key, deadline: deadline) else {
                throw CaseRejection(
                    kind: .notFound, code: "ORDER_UNKNOWN", field: "order",
                    text: "no such order; check channel and number")
            }
            let start = try Cursor.decodeOffset(request.cursor)
            let ids = order.cases.map(\.id).dropFirst(start).prefix(limit)
            let cases = try await store.loadCases(Array(ids), deadline: deadline)
            let end = start + ids.count
            return (
                cases.filter { request.matches($0) },
                end < order.cases.count ? Cursor.encode(offset: end) : ""
            )
        }
        let state: CaseState? = try request.state.optional("state")
        let index: CaseIndex
        if let state {
            index = .state(state)
        } else if !request.customerID.isEmpty {
            index = .customer(request.customerID)
        } else if !request.trackingNo.isEmpty {
            index = .waybill(request.trackingNo)
        } else if !request.person.isEmpty {
            index = .person(request.person)
        } else if !request.team.isEmpty {
            index = .team(request.team)
        } else {
            index = .all
        }
        let page = try await store.loadPage(
            index, after: try Cursor.decode(request.cursor),
            updatedSince: request.hasUpdatedSinceMs ? Instant(milliseconds: request.updatedSinceMs) : nil,
            limit: limit,
            deadline: deadline)
        return (
            page.cases.filter { request.matches($0) },
            page.next.map { Cursor.encode($0) } ?? ""
        )
    }

    /// The cases with the most overdue clocks. There is no next page: what is worked on first leaves the list by itself.
    private func dueCases(
        _ request: Returns_V1_ListCasesRequest, limit: Int, store: ReturnsStore, context: RCPCallContext
    ) async throws -> [Case] {
        guard request.cursor.isEmpty else {
            throw CaseRejection.invalid(
                "CURSOR_UNEXPECTED", "cursor",
                "a list by due time has one page; raise its limit, or filter it")
        }
        var found: [Case] = []
        var seen: Set<CaseID> = []
        // Filters other than the due time can leave little of what is read: read more, up to a bound.
        var read = limit
        while true {
            let due = try await store.running(
                before: Instant(milliseconds: request.dueBeforeMs), limit: read, deadline: context.deadline)
            var ids: [CaseID] = []
            for item in due where seen.insert(item.member.id).inserted { ids.append(item.member.id) }
            found += try await store.loadCases(ids, deadline: context.deadline).filter { request.matches($0) }
            if found.count >= limit || due.count < read || read >= Self.dueClocksReadMax {
                return Array(found.prefix(limit))
            }
            read = min(Self.dueClocksReadMax, read * 4)
        }
    }

    /// A list by due time looks at no more clocks than this.
    private static let dueClocksReadMax = 4_000
}

extension Returns_V1_ListCasesRequest {
    /// The filters together; the index served the first of them.
    fileprivate func matches(_ value: Case) -> Bool {
        (state == .unspecified || state.rawValue == Int(value.state.rawValue))
            && (customerID.isEmpty || customerID == value.customerID)
            && (trackingNo.isEmpty || value.shipments.contains { $0.trackingNumber == trackingNo })
            && (!hasOrder || OrderKey(order) == value.order)
            && (person.isEmpty || value.assignments.contains { $0.person == person })
            && (team.isEmpty || value.assignments.contains { $0.team == team })
            && (!hasUpdatedSinceMs || value.updatedAt.milliseconds >= updatedSinceMs)
    }
}

/// A listing's place: the last member of the page, its time and its case.
private enum Cursor {
    static func encode(_ member: IndexMember) -> String {
        "\(member.updatedAt.milliseconds)-\(member.id)"
    }

    static func decode(_ text: String) throws(CaseRejection) -> IndexMember? {
        if text.isEmpty { return nil }
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let time = Int64(parts[0]), let id = CaseID(parts[1]) else {
            throw .cursorMalformed
        }
        return IndexMember(updatedAt: Instant(milliseconds: time), id: id)
    }

    /// Within an order: how many of its cases, in the order in which they were opened, have been passed.
    static func encode(offset: Int) -> String { "after-\(offset)" }

    static func decodeOffset(_ text: String) throws(CaseRejection) -> Int {
        if text.isEmpty { return 0 }
        guard text.hasPrefix("after-"), let offset = Int(text.dropFirst(6)), offset >= 0 else {
            throw .cursorMalformed
        }
        return offset
    }
}
