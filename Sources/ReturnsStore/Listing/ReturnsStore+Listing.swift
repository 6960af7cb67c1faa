import NIOCore
import RedisClient
import ReturnsDomain

extension ReturnsStore {
    /// A page holds at most this many cases.
    public static let pageCasesMax = 500
    /// One round of a list reads at most about this many ids, of all partitions and listings together.
    static let roundIDsMax = 8_192
    private static let shareMin = 4

    /// The ids of one listing, the oldest first, merged over partitions.
    ///
    /// - Parameters:
    ///   - partitions: Nil means all.
    ///   - after: The last id of the page before.
    /// - Returns: The ids, and whether there may be more behind them.
    public func list(
        _ index: CaseIndex, partitions: Range<Int>? = nil, after: CaseID? = nil, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (ids: [CaseID], hasMore: Bool) {
        precondition(limit > 0, "a page holds something")
        let partitions = partitions ?? 0..<partitioning.count
        var ids: [CaseID] = []
        var place = after?.asciiBytes
        var share = Self.firstShare(limit, sets: partitions.count)
        while true {
            let round = try await round(
                of: [index], partitions, after: place, newestFirst: false, limitEach: share,
                deadline: deadline)
            ids += round.ids
            guard let bound = round.bound, ids.count < limit else {
                let hasMore = round.bound != nil || ids.count > limit
                // That is all: so it may be the whole store that is not there.
                if !hasMore { try await confirmRun(deadline: deadline) }
                return (Array(ids.prefix(limit)), hasMore)
            }
            place = bound
            share = Self.nextShare(share, sets: partitions.count)
        }
    }

    /// What a round reads of each set at first: about as much as is wanted of all together.
    static func firstShare(_ limit: Int, sets: Int) -> Int {
        min(limit, shareMax, max(shareMin, 2 * limit / max(1, sets)))
    }

    static func nextShare(_ share: Int, sets: Int) -> Int {
        max(share, min(2 * share, shareMax, roundIDsMax / max(1, sets)))
    }

    /// More is not read of a set at once, however few sets there are; listings.lua refuses it.
    static let shareMax = 1_000

    /// Reads the next ids of some listings, of which a case stands in one at a time.
    ///
    /// The listings of a partition are read together, so that a case that moves from one to another is seen in
    /// one of them. Entries that name no case are passed over; verify-indexes finds them.
    ///
    /// - Returns: In order, every id there is up to the bound; without one, up to the end.
    func round(
        of indexes: [CaseIndex], _ partitions: Range<Int>, after: [UInt8]?, newestFirst: Bool, limitEach: Int,
        deadline: NIODeadline
    ) async throws(StoreError) -> (ids: [CaseID], bound: [UInt8]?) {
        let from: RedisArgument = after.map { .bytes([UInt8(ascii: "(")] + $0) } ?? (newestFirst ? "+" : "-")
        let sets = try await ranges(
            newestFirst ? "ZREVRANGEBYLEX" : "ZRANGEBYLEX",
            [from, newestFirst ? "-" : "+", "LIMIT", 0, .integer(Int64(limitEach))],
            partitions, of: { keys in indexes.map(keys.index) }, deadline: deadline)
        func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
            newestFirst ? right.lexicographicallyPrecedes(left) : left.lexicographicallyPrecedes(right)
        }
        let members = sets.map { set in
            (set.array ?? []).compactMap { $0.bytes.map { Array($0.readableBytesView) } }
        }
        // Behind the last entry of a set that was not read to its end there may be more of it.
        let bound = members.filter { $0.count >= limitEach }.compactMap(\.last).min(by: precedes)
        let ids = members.joined().filter { member in bound.map { !precedes($0, member) } ?? true }
            .compactMap { CaseID(member: $0) }
        return (newestFirst ? ids.sorted(by: >) : ids.sorted(), bound)
    }

    /// Reads the same range of some sets of each partition; more than one of a partition together, by a function.
    ///
    /// - Parameter arguments: What follows the key.
    func ranges(
        _ command: String, _ arguments: [RedisArgument], _ partitions: Range<Int>,
        of keys: (StoreKeys) -> [String], deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        let commands = partitions.map { partition -> StoreCommand in
            let keys = keys(StoreKeys(partition: partition))
            if keys.count > 1 {
                return .call(
                    StoreCall(Self.rangesFunction, .partition(partition), keys: keys, isRead: true)
                        .appending([.text(command)] + arguments))
            }
            var read = RedisCommand(named: command)
            for argument in [.text(keys[0])] + arguments { read.append(argument) }
            return .plain(read, of: .partition(partition))
        }
        var sets: [RedisValue] = []
        for (command, reply) in zip(commands, try await pipeline(commands, deadline: deadline)) {
            guard case .call = command else {
                sets.append(reply)
                continue
            }
            guard let parts = reply.array else {
                throw StoreError(.corrupt, "a function of the listings answered something else")
            }
            sets += parts
        }
        return sets
    }

    private static let rangesFunction = FunctionLibrary.listings.name("ranges")

    /// How many cases stand in each of these groups of listings together.
    func count(_ groups: [[CaseIndex]], deadline: NIODeadline) async throws(StoreError) -> [Int64] {
        let commands = groups.map { group in
            group.flatMap { index in
                (0..<partitioning.count).map {
                    RedisCommand("ZCARD", .text(StoreKeys(partition: $0).index(index)))
                }
            }
        }
        var replies = try await pipeline(commands.flatMap(\.self), deadline: deadline)[...]
        return commands.map { group in
            defer { replies = replies.dropFirst(group.count) }
            return replies.prefix(group.count).reduce(0) { $0 + ($1.integer ?? 0) }
        }
    }
}
