import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension CaseService {
    static let saleChannelsMax = 32

    func listCases(
        _ request: Returns_V1_ListCasesRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListCasesReply> {
        try ClockService.checkPeople(request.person, request.team, context.principal)
        let store = engine.store(for: context)
        let sort = try Self.sort(request)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        let place: CasePlace? = try cursor.place(request.cursor)
        if let place, !place.isOf(sort) { throw CaseRejection.cursorMalformed }
        var filter = try Self.filter(request)
        if case .channels(let channels) = store.scope { filter.visibleSaleChannels = channels }
        if request.hasOrder {
            filter.among = try await cases(
                of: OrderKey(request.order), store: store, deadline: context.deadline)
        }
        let view = RecordView(context.principal)
        let page = try await store.page(
            filter, sort: sort, after: place,
            limits: CasePageLimits(
                casesMax: request.pageItems, replyBytesMax: context.replyBytesMax),
            groups: view.caseGroups, deadline: context.deadline)
        // That is all: so it may be the whole store that is not there.
        if page.next == nil { try await store.confirmRun(deadline: context.deadline) }
        typealias Fields = Returns_V1_ListCasesReply.Fields
        var writer = RCPMessageWriter(capacity: page.cases.reduce(256) { $0 + $1.record.bytes + 32 })
        for stored in page.cases { writer.append(Fields.cases, parts: view.parts(of: stored)) }
        writer.append(Fields.nextCursor, cursor.text(page.next))
        for id in page.unread.damaged { writer.append(Fields.unreadableCaseIds, id.description) }
        for id in page.unread.newer { writer.append(Fields.newerCaseIds, id.description) }
        for id in page.tooLarge { writer.append(Fields.tooLargeCaseIds, id.description) }
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer, readBytes: page.readBytes)
    }

    private func cases(
        of key: OrderKey, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> [CaseID] {
        try key.validate()
        let found = try await store.readOrder(key, deadline: deadline)
        return try engine.known(found, { $0.outline }, field: "order").outline.cases
    }

    private static func filter(_ request: Returns_V1_ListCasesRequest) throws(CaseRejection) -> CaseFilter {
        var filter = CaseFilter()
        for (index, state) in request.states.enumerated() {
            filter.states.insert(try state.required("states[\(index)]"))
        }
        guard request.saleChannels.count <= saleChannelsMax else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", "sale_channels", "give at most \(saleChannelsMax) sale channels")
        }
        guard !request.saleChannels.contains("") else {
            throw .invalid(
                "FIELD_REQUIRED", "sale_channels", "a sale channel has a name; leave out what is none")
        }
        filter.saleChannels = Set(request.saleChannels)
        filter.customerID = request.customerID
        filter.trackingNumber = request.trackingNo
        filter.person = request.person
        filter.team = request.team
        filter.isOpenOnly = request.openOnly
        if request.hasChangedSinceMs {
            filter.changedSince = try time(request.changedSinceMs, "changed_since_ms")
        }
        if request.hasDueBeforeMs { filter.dueBefore = try time(request.dueBeforeMs, "due_before_ms") }
        return filter
    }

    private static func time(_ milliseconds: Int64, _ field: String) throws(CaseRejection) -> Instant {
        let instant = Instant(milliseconds: milliseconds)
        guard instant.isRepresentable else {
            throw .invalid(
                "TIME_OUT_OF_RANGE", field, "give milliseconds since 1970 within the years 1970 to 9999")
        }
        return instant
    }

    private static func sort(_ request: Returns_V1_ListCasesRequest) throws(CaseRejection) -> CaseSort {
        switch request.sort {
        case .unspecified: request.hasChangedSinceMs ? .changed : .newest
        case .newest: .newest
        case .oldest: .oldest
        case .changed: .changed
        case .due: .due
        case .UNRECOGNIZED:
            throw .invalid(
                "VALUE_UNKNOWN", "sort",
                "this server does not know that order; use one of newest, oldest, changed, due")
        }
    }
}
