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
