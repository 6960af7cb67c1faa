import NIOCore
import RedisClient
import ReturnsDomain

/// What a sweep sees first.
public struct SweepView: Hashable, Sendable {
    /// Redis's own time, read with the same pipeline.
    public var redisTime: Instant
    /// By partition, when its earliest clock next fires; nil where none will.
    public var earliest: [Instant?]
    /// Partitions whose deadlines are something else than a set.
    public var unreadable: [Int] = []
}

extension ReturnsStore {
    /// Reads Redis's time and each partition's earliest firing with one pipeline.
    public func sweepView(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> SweepView {
        let heads = (0..<partitioning.count).map { partition in
            RedisCommand("ZRANGE", .text(StoreKeys(partition: partition).deadlines), 0, 0, "WITHSCORES")
        }
        let replies = try await readEach([RedisCommand("TIME")] + heads, deadline: deadline)
        var view = SweepView(redisTime: try Self.time(try replies[0].get()), earliest: [])
        for (partition, reply) in replies.dropFirst().enumerated() {
            switch reply {
            // What has no time is looked at, and reported, by the sweep.
            case .success(let reply):
                view.earliest.append(
                    reply.array?.last.map { Self.time(score: $0) ?? Instant(milliseconds: 0) })
            case .failure:
                view.earliest.append(nil)
                view.unreadable.append(partition)
            }
        }
        return view
    }

    /// Loads the order of each case with one pipeline, as `loadOrder(of:)` does for one.
    public func loadOrders(
        of cases: [Case], partition: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<(order: Order?, isCaseUnchanged: Bool), StoreError>] {
        let keys = StoreKeys(partition: partition)
        let replies = try await repliesToReads(
            cases.flatMap(loadOrderCommands), key: keys.deadlines, deadline: deadline)
        return cases.indices.map { index in
            Self.result { () throws(StoreError) in
                try decodeOrder(of: cases[index], replies[2 * index], version: replies[2 * index + 1])
            }
        }
    }

    /// Commits a sweep's transitions in one partition with one pipeline; each commits, or does not, for itself.
    ///
    /// Not sent again when the connection ends under them: the next sweep finds what was not committed, so whoever
    /// counts firings counts none that somebody else made.
    public func commit(
        _ transitions: [CaseTransition], partition: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<CommitOutcome, StoreError>] {
        guard !transitions.isEmpty else { return [] }
        let calls = transitions.map { transition in
            Self.result { () throws(StoreError) in try commitCall(transition, request: nil) }
        }
        var replies = try await sendOnce(calls.compactMap { try? $0.get() }, deadline: deadline)
            .makeIterator()
        return calls.map { call in
            Self.result { () throws(StoreError) in
                _ = try call.get()
                guard let reply = replies.next() else {
                    preconditionFailure("a call without a reply")
                }
                return try outcome(of: try reply.get())
            }
        }
    }

    // MARK: Leases

    /// Takes the lease of a partition that nobody holds.
    ///
    /// - Parameter token: names this taking of it, so that a look at the lease tells one from the next.
    /// - Returns: nil when it is taken, otherwise the token that it is held by.
    public func takeSweepLease(
        _ partition: Int, token: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> String? {
        let holder = try await sweepLease(partition, token, milliseconds, deadline: deadline)
        // A call that was sent again meets its own lease.
        return holder == token ? nil : holder ?? ""
    }

    /// Takes a lease whatever anybody else holds: for one whose holder has shown no life.
    public func seizeSweepLease(
        _ partition: Int, token: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await sweepLease(partition, token, milliseconds, "seize", deadline: deadline)
    }

    private func sweepLease(
        _ partition: Int, _ token: String, _ milliseconds: Int64, _ way: String = "", deadline: NIODeadline
    ) async throws(StoreError) -> String? {
        try await send(
            StoreCall(
                Self.sweepLeaseFunction, .partition(partition),
                keys: [StoreKeys(partition: partition).sweepLease]
            ).appending([.text(token), .integer(milliseconds), .text(way)]), effect: .once,
            deadline: deadline
        ).string
    }

    /// Puts a new token and a new term in the place of the old ones.
    ///
    /// - Returns: false when somebody else has the lease by now.
    public func renewSweepLease(
        _ partition: Int, token: String, newToken: String, milliseconds: Int64,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        try await changeSweepLease(
            partition, [.text(token), .text(newToken), .integer(milliseconds)], deadline: deadline)
    }

    public func releaseSweepLease(
        _ partition: Int, token: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await changeSweepLease(partition, [.text(token)], deadline: deadline)
    }

    private func changeSweepLease(
        _ partition: Int, _ arguments: [RedisArgument], deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let call = StoreCall(
            Self.changeSweepLeaseFunction, .partition(partition),
            keys: [StoreKeys(partition: partition).sweepLease])
        return try await send(call.appending(arguments), effect: .once, deadline: deadline).integer == 1
    }

    private static let sweepLeaseFunction = FunctionLibrary.store.name("sweep_lease")
    private static let changeSweepLeaseFunction = FunctionLibrary.store.name("sweep_lease_change")
}
