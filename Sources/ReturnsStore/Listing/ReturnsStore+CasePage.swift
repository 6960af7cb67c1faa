import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// Where a page takes its cases from. All that match stand there; which of the listings it is changes how much is read,
/// never what is found, so that each page chooses anew.
private enum CaseSource {
    /// These, whatever listing they were read from.
    case cases([CaseID])
    /// Listings of which a case stands in one at a time.
    case listings([CaseIndex])
}

/// A change, as the partitions' changes have it: by time, and at the same time by member, byte by byte.
private struct CaseChange: Comparable {
    let at: Instant
    /// A case's id, or something that names none.
    let member: [UInt8]

    var item: CasePageReader.Item? {
        CaseID(member: member).map { .init(id: $0, place: .change(at: at, $0)) }
    }

    static func < (left: CaseChange, right: CaseChange) -> Bool {
        left.at != right.at ? left.at < right.at : left.member.lexicographicallyPrecedes(right.member)
    }
}

extension ReturnsStore {
    /// Listings of more sale channels than this are not read one by one.
    private static let sourceSaleChannelsMax = 16

    /// Some of the cases that match, in order.
    ///
    /// By submission, a case that is there and matches while all the pages are read is on exactly one of them: its id
    /// never changes, and a page goes on behind an id. By change, every case that was changed at or after
    /// `changedSince` and before the first page was read is on at least one: it moves only towards pages that follow.
    /// - Parameter place: Where the page before ended; of the same order.
    /// - Parameter groups: The fields that are read of each case, those for everybody among them.
    package func page(
        _ filter: CaseFilter, sort: CaseSort, after place: CasePlace? = nil, limits: CasePageLimits,
        groups: [CaseRecord.Group] = CaseRecord.Group.allCases, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CasePage {
        precondition(
            (1...Self.pageCasesMax).contains(limits.casesMax), "a page holds 1 to \(Self.pageCasesMax) cases")
        var reader = CasePageReader(
            store: self, filter: filter, limits: limits, groups: groups, deadline: deadline)
        precondition(place?.isOf(sort) ?? true, "a place of another order")
        guard !filter.isImpossible else { return reader.page }
        if sort == .due {
            var after: DuePlace?
            if case .due(let place) = place { after = place }
            try await readByDue(filter, after: after, &reader)
            return reader.page
        }
        let source = try await source(
            of: filter, isByChange: sort == .changed, limits: limits, deadline: deadline)
        switch (sort, place) {
        case (.changed, .change(let at, let id)):
            try await readByChange(source, from: at, after: id, &reader)
        case (.changed, nil):
            let start = filter.changedSince ?? Instant.range.lowerBound
            try await readByChange(source, from: start, after: nil, &reader)
        case (.newest, .id(let id)), (.oldest, .id(let id)):
            try await readByID(source, after: id, newestFirst: sort == .newest, &reader)
        case (.newest, nil), (.oldest, nil):
            try await readByID(source, after: nil, newestFirst: sort == .newest, &reader)
        case (.changed, _), (.newest, _), (.oldest, _), (.due, _):
            preconditionFailure("a place of another order")
        }
        return reader.page
    }

    // MARK: Where from

    private func source(
        of filter: CaseFilter, isByChange: Bool, limits: CasePageLimits, deadline: NIODeadline
    ) async throws(StoreError) -> CaseSource {
        if let among = filter.among { return .cases(among) }
        var groups: [[CaseIndex]] = []
        if !filter.customerID.isEmpty { groups.append([.customer(filter.customerID)]) }
        if !filter.trackingNumber.isEmpty { groups.append([.waybill(filter.trackingNumber)]) }
        if !filter.person.isEmpty { groups.append([.person(filter.person)]) }
        if !filter.team.isEmpty { groups.append([.team(filter.team)]) }
        if let states = filter.possibleStates {
            groups.append(states.map { .state($0) })
        } else if filter.wantsOpen {
            groups.append([.open])
        }
        if let channels = filter.possibleSaleChannels, channels.count <= Self.sourceSaleChannelsMax {
            groups.append(channels.map { .saleChannel($0) })
        }
        if groups.isEmpty { groups.append([.all]) }
        var best = groups[0]
        var fewest = Int64.max
        if groups.count > 1 || filter.dueBefore != nil || filter.changedSince != nil || isByChange {
            let counts = try await count(groups, deadline: deadline)
            for (group, count) in zip(groups, counts) where count < fewest { (best, fewest) = (group, count) }
        }
        return try await narrowed(
            filter, isByChange: isByChange, than: fewest, limits: limits, deadline: deadline)
            ?? .listings(best)
    }

    /// The late cases, or those that changed, where they are few and much fewer than what else would be read.
    private func narrowed(
        _ filter: CaseFilter, isByChange: Bool, than count: Int64, limits: CasePageLimits,
        deadline: NIODeadline
    ) async throws(StoreError) -> CaseSource? {
        guard count > limits.narrowedMin else { return nil }
        let most = min(limits.sourceMax, count / 4)
        if let before = filter.dueBefore,
            try await countOfEveryChannel(before: before, deadline: deadline) <= UInt64(most)
        {
            return .cases(try await dueCases(before: before, deadline: deadline))
        }
        guard let since = filter.changedSince, !isByChange else { return nil }
        let replies = try await pipeline(
            (0..<partitioning.count).map {
                RedisCommand(
                    "ZCOUNT", .text(StoreKeys(partition: $0).changed), .integer(since.milliseconds), "+inf")
            }, deadline: deadline)
        guard replies.reduce(0, { $0 + ($1.integer ?? 0) }) <= most else { return nil }
        let changed = try await pipeline(
            (0..<partitioning.count).map {
                RedisCommand(
                    "ZRANGEBYSCORE", .text(StoreKeys(partition: $0).changed), .integer(since.milliseconds),
                    "+inf")
            }, deadline: deadline)
        return .cases(
            changed.flatMap { set in
                (set.array ?? []).compactMap { $0.bytes.flatMap { CaseID(member: $0.readableBytesView) } }
            })
    }

    /// The cases with a clock that is due. A partition's clocks are read together: a case goes from one to another
    /// in one commit.
    private func dueCases(before: Instant, deadline: NIODeadline) async throws(StoreError) -> [CaseID] {
        let sets = try await ranges(
            "ZRANGEBYSCORE", ["-inf", .text("(\(before.milliseconds)")], 0..<partitioning.count,
            of: { keys in ClockKind.allCases.map(keys.running) }, deadline: deadline)
        var ids: Set<CaseID> = []
        for set in sets {
            for value in set.array ?? [] {
                if let id = value.string.flatMap({ CaseID(ofDeadline: $0) }) { ids.insert(id) }
            }
        }
        return Array(ids)
    }

    // MARK: By submission

    private func readByID(
        _ source: CaseSource, after id: CaseID?, newestFirst: Bool, _ reader: inout CasePageReader
    ) async throws(StoreError) {
        func items(_ ids: [CaseID]) -> [CasePageReader.Item] { ids.map { .init(id: $0, place: .id($0)) } }
        switch source {
        case .cases(let ids):
            let left = ids.filter { candidate in
                id.map { newestFirst ? candidate < $0 : candidate > $0 } ?? true
            }
            _ = try await reader.read(
                items(newestFirst ? left.sorted(by: >) : left.sorted()), isEnd: true)
        case .listings(let indexes):
            let sets = partitioning.count * indexes.count
            var place = id?.asciiBytes
            var share = Self.firstShare(reader.limits.casesMax, sets: sets)
            while true {
                let round = try await round(
                    of: indexes, 0..<partitioning.count, after: place, newestFirst: newestFirst,
                    limitEach: share, deadline: reader.deadline)
                guard try await reader.read(items(round.ids), isEnd: round.bound == nil),
                    let bound = round.bound
                else { return }
                place = bound
                share = Self.nextShare(share, sets: sets)
            }
        }
    }

    // MARK: By change

    private func readByChange(
        _ source: CaseSource, from: Instant, after id: CaseID?, _ reader: inout CasePageReader
    ) async throws(StoreError) {
        var place = CaseChange(at: from, member: id?.asciiBytes ?? [])
        if let ids = try await few(source, limits: reader.limits, deadline: reader.deadline) {
            let changes = try await changes(of: ids, deadline: reader.deadline).filter { $0 > place }
            _ = try await reader.read(changes.sorted().compactMap(\.item), isEnd: true)
            return
        }
        var share = Self.firstShare(reader.limits.casesMax, sets: partitioning.count)
        while true {
            let (changes, bound) = try await changes(
                after: place, limitEach: share, deadline: reader.deadline)
            guard try await reader.read(changes.compactMap(\.item), isEnd: bound == nil), let bound else {
                return
            }
            place = bound
            share = Self.nextShare(share, sets: partitioning.count)
        }
    }

    /// The cases of a source, where they are so few that they are put in order; nil otherwise.
    private func few(
        _ source: CaseSource, limits: CasePageLimits, deadline: NIODeadline
    ) async throws(StoreError) -> [CaseID]? {
        switch source {
        case .cases(let ids): return ids
        case .listings([.all]), .listings([.open]): return nil
        case .listings(let indexes):
            let share = Int(limits.sourceMax) / (partitioning.count * indexes.count) + 1
            guard try await count([indexes], deadline: deadline)[0] <= limits.sourceMax else {
                return nil
            }
            var ids: [CaseID] = []
            var place: [UInt8]?
            repeat {
                let round = try await round(
                    of: indexes, 0..<partitioning.count, after: place, newestFirst: false, limitEach: share,
                    deadline: deadline)
                ids += round.ids
                place = round.bound
            } while place != nil
            return ids
        }
    }

    private func changes(
        of ids: [CaseID], deadline: NIODeadline
    ) async throws(StoreError) -> [CaseChange] {
        let known = ids.filter { keys($0) != nil }
        let scores = try await pipeline(
            known.map {
                RedisCommand(
                    "ZSCORE", .text(StoreKeys(partition: $0.partition).changed), .bytes($0.asciiBytes))
            }, deadline: deadline)
        return zip(known, scores).compactMap { id, score in
            Self.time(score: score).map { CaseChange(at: $0, member: id.asciiBytes) }
        }
    }

    /// The next changes of all partitions, in order and whole up to the bound.
    private func changes(
        after place: CaseChange, limitEach: Int, deadline: NIODeadline
    ) async throws(StoreError) -> (changes: [CaseChange], bound: CaseChange?) {
        let replies = try await pipeline(
            (0..<partitioning.count).map { partition in
                StoreCall(
                    Self.changedAfterFunction, .partition(partition),
                    keys: [StoreKeys(partition: partition).changed], isRead: true
                ).appending([
                    .integer(place.at.milliseconds), .bytes(place.member), .integer(Int64(limitEach)),
                ])
            }, deadline: deadline)
        var changes: [CaseChange] = []
        var bounds: [CaseChange] = []
        for reply in replies {
            let parts = reply.array ?? []
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                guard let at = Self.time(score: parts[index + 1]), let member = parts[index].bytes else {
                    throw StoreError(
                        .corrupt,
                        "the changes hold something that is no time; type: returnsctl admin verify-indexes --repair"
                    )
                }
                changes.append(CaseChange(at: at, member: Array(member.readableBytesView)))
            }
            if parts.count >= 2 * limitEach, let last = changes.last { bounds.append(last) }
        }
        guard let bound = bounds.min() else { return (changes.sorted(), nil) }
        return (changes.filter { $0 <= bound }.sorted(), bound)
    }

    private static let changedAfterFunction = FunctionLibrary.listings.name("changed_after")
}
