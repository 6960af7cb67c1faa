import NIOCore
import RedisClient
import ReturnsDomain

/// How far the walk over one partition's running clocks has come.
private struct PartitionWalk {
    let partition: Int
    /// As Redis tells it: what stands there may be no clock.
    var from: (time: RedisArgument, clock: RedisArgument)
    /// Everything up to here was looked at.
    var place: DuePlace
    var isAtEnd = false
    /// What was found, in order.
    var found: [(clock: Deadline, place: DuePlace)] = []

    init(partition: Int, after place: DuePlace) {
        self.partition = partition
        self.place = place
        from = (.integer(place.dueAt.milliseconds), .text(place.clock))
    }

    /// What is no clock, or has no whole time, is left for verify-indexes to find.
    mutating func take(_ reply: RedisValue) throws(StoreError) -> Int {
        guard let parts = reply.array, parts.count >= 4, let looked = parts[0].integer,
            let clock = parts[2].bytes, let time = parts[3].bytes
        else { throw StoreError(.corrupt, "Redis answered a walk over clocks with something else") }
        isAtEnd = parts[1].integer == 1
        if looked > 0 {
            from = (.bytes(Array(time.readableBytesView)), .bytes(Array(clock.readableBytesView)))
            if let last = Self.deadline(parts[2], parts[3]) { place = DuePlace(last) }
        }
        for position in stride(from: 4, to: parts.count - 1, by: 2) {
            guard let clock = Self.deadline(parts[position], parts[position + 1]) else { continue }
            found.append((clock, DuePlace(clock)))
        }
        return Int(looked)
    }

    private static func deadline(_ clock: RedisValue, _ time: RedisValue) -> Deadline? {
        guard let member = clock.string.flatMap(DeadlineMember.init),
            let dueAt = time.string.flatMap(Double.init).flatMap({ Int64(exactly: $0) })
        else { return nil }
        return Deadline(member: member, dueAt: Instant(milliseconds: dueAt))
    }
}

extension ReturnsStore {
    /// A list looks at no more running clocks than this, those of others among them.
    public static let clocksLookedAtMax = 20_000
    /// One round of it looks at no more than this of all partitions together, and at no more than that of one.
    private static let roundClocksMax = 4_096
    private static let partitionClocksMax = 256
    private static let partitionClocksMin = 16
    /// One walk tests its clocks against all listings no more often than this, unless they are the fewest.
    private static let partitionTestsMax = 4_096
    /// Walks that test clocks against listings and are sent together.
    private static let walksTogetherMax = 8
    /// What a round takes of each partition at first.
    private static let firstClocksMin = 4

    /// Running clocks by their due time, the longest late first, merged over all partitions; clocks that have fired all they have
    /// among them, since what is most overdue must not drop out of sight. Those of sale channels out of the scope are passed over.
    ///
    /// A few of each partition are read at first. Only a partition that was not looked at up to the end of the merged page can hold
    /// more that belongs there, and is walked on from where it was left: the fewer there are, the further. So what is read stays a
    /// small multiple of the limit, however many clocks are due at once.
    ///
    /// - Parameters:
    ///   - paused: Those that are paused instead of those that go on.
    ///   - before: Only those due before this time; nil means all.
    ///   - place: Where the page before ended.
    ///   - listings: Only those of cases that stand in each of these.
    ///   - lookedAtMax: The page ends early once it has looked at so many clocks.
    public func running(
        _ kinds: [ClockKind] = ClockKind.allCases, paused: Bool = false, before: Instant? = nil,
        after place: DuePlace? = nil, within listings: [CaseIndex] = [], limit: Int,
        lookedAtMax: Int = clocksLookedAtMax,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> RunningPage {
        precondition((1...Self.pageCasesMax).contains(limit), "a page holds 1 to \(Self.pageCasesMax) clocks")
        var page = RunningPage()
        var groups = listings.map { [$0] }
        if case .channels(let channels) = scope { groups.append(channels.map { .saleChannel($0) }) }
        guard !kinds.isEmpty, groups.allSatisfy({ !$0.isEmpty }) else { return page }
        let listingCount = groups.reduce(0) { $0 + $1.count }
        page.listings = listingCount
        var walks = (0..<partitioning.count).map { PartitionWalk(partition: $0, after: place ?? .beginning) }
        var share = min(limit, max(Self.firstClocksMin, 2 * limit / walks.count))
        while true {
            let found = Self.merged(walks, limit)
            let last = found.count < limit ? nil : found[limit - 1].place
            let behind = walks.indices.filter { index in
                !walks[index].isAtEnd && (last.map { walks[index].place < $0 } ?? true)
            }
            if behind.isEmpty {
                page.clocks = found.map(\.clock)
                let hasMore = walks.contains { walk in
                    !walk.isAtEnd || last.map { last in walk.found.contains { last < $0.place } } ?? false
                }
                if hasMore {
                    page.next = last
                } else {
                    // That is all: so it may be the whole store that is not there.
                    try await confirmRun(deadline: deadline)
                }
                return page
            }
            if page.lookedAt >= lookedAtMax {
                let bound = behind.map { walks[$0].place }.min() ?? .beginning
                page.clocks = found.filter { $0.place <= bound }.map(\.clock)
                page.next = bound
                page.isCutOff = true
                return page
            }
            if page.lookedAt > 0 { share = min(limit, max(2 * share, 2 * limit / behind.count)) }
            let looked =
                groups.isEmpty
                ? share
                : min(
                    Self.partitionClocksMax,
                    max(
                        Self.partitionClocksMin,
                        min(Self.roundClocksMax / behind.count, Self.partitionTestsMax / listingCount)))
            let calls = behind.map { index in
                walkCall(
                    walks[index], kinds, groups, paused: paused, before: before, limit: share,
                    lookedAtMax: looked)
            }
            // Redis carries out a pipeline in one go: what takes it longer is sent in pieces, so that others' commands come between.
            let together = groups.isEmpty ? calls.count : Self.walksTogetherMax
            for start in stride(from: 0, to: calls.count, by: together) {
                let range = start..<min(start + together, calls.count)
                let replies = try await pipeline(Array(calls[range]), deadline: deadline)
                for (position, reply) in zip(range, replies) {
                    page.lookedAt += try walks[behind[position]].take(reply)
                }
            }
        }
    }

    private func walkCall(
        _ walk: PartitionWalk, _ kinds: [ClockKind], _ groups: [[CaseIndex]], paused: Bool, before: Instant?,
        limit: Int, lookedAtMax: Int
    ) -> StoreCall {
        let keys = StoreKeys(partition: walk.partition)
        return StoreCall(
            Self.runningAfterFunction, .partition(walk.partition),
            keys: kinds.map(paused ? keys.paused : keys.running) + groups.joined().map(keys.index),
            isRead: true,
            argumentBytes: 1_024
        ).appending(
            [
                .integer(Int64(kinds.count)), before.map { .integer($0.milliseconds) } ?? "+inf",
                walk.from.time,
                walk.from.clock, .integer(Int64(limit)), .integer(Int64(lookedAtMax)),
            ] + groups.map { .integer(Int64($0.count)) })
    }

    private static func merged(
        _ walks: [PartitionWalk], _ limit: Int
    ) -> ArraySlice<(clock: Deadline, place: DuePlace)> {
        walks.flatMap(\.found).sorted { $0.place < $1.place }.prefix(limit)
    }

    private static let runningAfterFunction = FunctionLibrary.listings.name("running_after")
}
