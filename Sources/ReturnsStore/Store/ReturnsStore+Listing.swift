import NIOCore
import RedisClient
import ReturnsDomain

extension ReturnsStore {
    /// A page holds at most this many cases.
    public static let pageCasesMax = 500

    /// Lists cases of one index by their last change, the least recent first, merged over all partitions.
    ///
    /// Cases that change while someone pages may repeat or leave the pages to come.
    /// - Parameter after: The last member of the page before.
    public func list(
        _ index: CaseIndex, after: IndexMember? = nil, updatedSince: Instant? = nil, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [IndexMember] {
        precondition(limit > 0 && limit <= Self.pageCasesMax, "a page holds 1 to \(Self.pageCasesMax) cases")
        let from: RedisArgument
        if let after {
            from = Self.behind(after)
        } else if let updatedSince {
            from = .bytes(
                [UInt8(ascii: "[")] + Array(IndexMember(updatedAt: updatedSince, id: .zero).bytes.prefix(8)))
        } else {
            from = "-"
        }
        let replies = try await pipeline(
            (0..<partitioning.count).map {
                Self.listCommand(index, partition: $0, from: from, limit: limit)
            }, deadline: deadline)
        var members: [IndexMember] = []
        for reply in replies { members += try Self.members(reply) }
        members.sort()
        return Array(members.prefix(limit))
    }

    /// The cases of a page in the scope, and the place from which the next page goes on; nil when there is none.
    ///
    /// Bound to sale channels, it looks on until the page is full, at no more than `scopedCasesLookedAtMax` cases at once: the
    /// page may then be short, and is not the last.
    public func loadPage(
        _ index: CaseIndex, after: IndexMember?, updatedSince: Instant? = nil, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (cases: [Case], next: IndexMember?) {
        var cases: [Case] = []
        var place = after
        var lookedAt = 0
        while true {
            let members = try await list(
                index, after: place, updatedSince: updatedSince, limit: limit, deadline: deadline)
            let byID = Dictionary(
                try await loadCases(members.map(\.id), deadline: deadline).map { ($0.id, $0) },
                uniquingKeysWith: { first, _ in first })
            for member in members {
                place = member
                guard let value = byID[member.id] else { continue }
                cases.append(value)
                if scope != .all, cases.count == limit { return (cases, place) }
            }
            lookedAt += members.count
            if members.count < limit { return (cases, nil) }
            if scope == .all || lookedAt >= Self.scopedCasesLookedAtMax { return (cases, place) }
        }
    }

    /// A page for somebody bound to sale channels looks at about so many cases of all channels.
    static let scopedCasesLookedAtMax = 5_000

    /// The same of one partition.
    public func list(
        _ index: CaseIndex, partition: Int, after: IndexMember? = nil, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [IndexMember] {
        let command = Self.listCommand(
            index, partition: partition, from: after.map(Self.behind) ?? "-", limit: limit)
        return try Self.members(
            try await send(
                command, key: StoreKeys(partition: partition).index(index), deadline: deadline))
    }

    private static func behind(_ member: IndexMember) -> RedisArgument {
        .bytes([UInt8(ascii: "(")] + member.bytes)
    }

    private static func listCommand(
        _ index: CaseIndex, partition: Int, from: RedisArgument, limit: Int
    ) -> RedisCommand {
        RedisCommand(
            "ZRANGEBYLEX", .text(StoreKeys(partition: partition).index(index)), from, "+", "LIMIT", 0,
            .integer(Int64(limit)))
    }

    private static func members(_ reply: RedisValue) throws(StoreError) -> [IndexMember] {
        var members: [IndexMember] = []
        for value in reply.array ?? [] {
            guard let member = value.bytes.flatMap({ IndexMember(bytes: $0.readableBytesView) }) else {
                throw StoreError(.corrupt, "an index holds something else than cases")
            }
            members.append(member)
        }
        return members
    }
}

extension CaseID {
    /// Lower than every id; names no case.
    fileprivate static let zero = CaseID(at: CaseID.epoch, partition: 0, random: 0)
}
