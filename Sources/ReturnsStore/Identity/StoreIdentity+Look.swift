import NIOCore
import RedisClient
import ReturnsDomain

extension StoreIdentity {
    /// Others may change the store between two steps of a look; it begins anew at most so often.
    static let lookAttemptsMax = 16

    /// What every new connection begins with: recognises the store, loads the functions, and enters the store's run.
    ///
    /// - Throws: `RedisError` of the code `invalidConfiguration` when the store must not be used, whose cause is the `StoreError`.
    public func prepare(_ connection: RedisConnection) async throws {
        do throws(StoreError) {
            try await look(connection, loads: connection, deadline: .distantFuture)
            hold(connection)
        } catch {
            if let redis = error.cause { throw redis }
            throw RedisError(
                error.code == .misconfigured || error.code == .unfit
                    ? .invalidConfiguration : .connectionFailed,
                .notWritten, error.description, cause: error)
        }
    }

    /// Looks whether the store is still the one it was, as often as somebody wants to know.
    ///
    /// - Throws: when it must not be used, which `fault` says from then on, or Redis did not answer.
    public func look(
        _ redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await look(TopologyWire(redis: redis), loads: nil, deadline: deadline)
        } catch {
            if error.fault?.mayBeOfAnotherRedis == true { retireConnections() }
            throw error
        }
    }

    func look(
        _ wire: some StoreWire, loads connection: RedisConnection?, deadline: NIODeadline
    ) async throws(StoreError) {
        var isLoaded = false
        for _ in 0..<Self.lookAttemptsMax {
            // Before the counters are read: what is acknowledged meanwhile is in none of them.
            let view = try await read(wire, knownMark, deadline)
            state.withLock { $0.condition = view.condition }
            // Remembers what was accepted before this server came.
            _ = hasAccepted(view.record)
            if let fault = view.condition.fault { throw close(fault) }
            // A Redis that is not this store's gets nothing, not even functions.
            let step = try step(view)
            if !isLoaded, let connection {
                do throws(RedisError) {
                    try await FunctionLibrary.loadAll(on: connection)
                } catch {
                    throw failure(error)
                }
                isLoaded = true
            }
            switch step {
            case .open:
                if try await open(view, wire, deadline) { return }
            case .begin(let begin): try await self.begin(begin, view, wire, deadline)
            case .enter(let slots): try await enter(slots, view, wire, deadline)
            case .refuse(let fault): throw close(fault)
            }
        }
        throw StoreError(.unavailable, "others keep changing what the store is; try again")
    }

    /// Looks at a Redis before anything is opened there, and changes nothing in it.
    ///
    /// - Returns: what it holds, and what would be accepted there as lost, in words.
    /// - Throws: why a server with these settings and this mark would not use it.
    public func examine(
        _ redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> String {
        let wire = TopologyWire(redis: redis)
        let view = try await read(wire, knownMark, deadline)
        if let fault = view.condition.fault { throw StoreError(fault) }
        let step = try step(view)
        if case .refuse(let fault) = step { throw StoreError(fault) }
        if case .begin(let begin) = step, begin.isLoss, let message = begin.message {
            return "a start would go on after a loss: \(message)"
        }
        guard let record = view.record else {
            return "no store yet; the first start makes one of \(settings.partitions) partitions"
        }
        let missing = missing(view, record, try await loadStarts(record, wire, deadline))
        let store =
            "the store \(record.id) of \(record.partitions) partitions\(record.hasTestClock ? " on a test clock" : "")"
        if state.withLock({ $0.acceptsLoss }) {
            return "\(store); a start would go on after a loss: \(acceptanceMessage(missing, record))"
        }
        if missing != .nothing { throw StoreError(fault(missing)) }
        if !record.loss.isEmpty { throw StoreError(.reported(record.loss)) }
        return store
    }

    /// Whether a start with these settings and this mark would go on with a store, and not make a new one. Changes nothing in Redis.
    ///
    /// - Throws: why such a start would not use what it finds.
    public func findsStore(
        _ redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let view = try await read(TopologyWire(redis: redis), knownMark, deadline)
        if case .refuse(let fault) = try step(view) { throw StoreError(fault) }
        return view.record != nil || !view.traces.isEmpty
    }

    // MARK: Reading

    struct View {
        var record: StoreRecord?
        var condition: RedisCondition
        /// Redis's time.
        var now: Instant
        /// What this server knew before the rest was read.
        var known: KnownMark
        /// By slot: the run that its mark names, and its counter.
        var marks: [(run: StoreRun?, counter: Int64)]
        /// Where keys of a store are; looked for where the record or a slot's mark is not.
        var traces = StoreTraces()
    }

    func read(
        _ wire: some StoreWire, _ known: KnownMark, _ deadline: NIODeadline
    ) async throws(StoreError) -> View {
        let view = try await readOnce(wire, known, deadline)
        guard view.record == nil || view.marks.contains(where: { $0.run == nil }) else { return view }
        let traces = try await traces(wire, ofStore: view.record != nil, deadline)
        // Read again behind them: whoever makes a store meanwhile writes its record before its marks, and those before anything else.
        var later = try await readOnce(wire, known, deadline)
        later.traces = traces
        return later
    }

    private func readOnce(
        _ wire: some StoreWire, _ known: KnownMark, _ deadline: NIODeadline
    ) async throws(StoreError) -> View {
        let slots = StoreSlot.all(partitions: settings.partitions)
        var commands = [StoreRecord.loadCommand, RedisCondition.loadCommand, RedisCommand("TIME")]
        commands += slots.map { RedisCommand("HMGET", .text($0.mark), "run", "n", "kept", "cuts") }
        let replies = try await replies(wire, commands, areRecords: true, deadline)
        let record: StoreRecord?
        do throws(StoreError) {
            record = try StoreRecord(replies[0])
            for (slot, reply) in zip(slots, replies.dropFirst(3)) {
                if reply.isOfAnotherType {
                    throw StoreError(.damaged("the mark of \(slot.words) holds something of another type"))
                }
                guard (reply.array ?? []).dropFirst().allSatisfy(\.isCount) else {
                    throw StoreError(.damaged("a count in the mark of \(slot.words) is no number"))
                }
            }
        } catch {
            // A record that cannot be read is a fault like the others: said once, and told to all.
            if let fault = error.fault { throw close(fault) }
            throw error
        }
        return View(
            record: record,
            condition: RedisCondition(info: replies[1].string ?? ""),
            now: Self.time(replies[2]),
            known: known,
            marks: replies.dropFirst(3).map { reply in
                let values = reply.array ?? []
                return (values.first?.string.flatMap { StoreRun($0) }, values.dropFirst().first?.integer ?? 0)
            })
    }

    /// - Parameter reply: seconds and microseconds.
    private static func time(_ reply: RedisValue) -> Instant {
        let parts = (reply.array ?? []).compactMap { $0.string.flatMap { Int64($0) } }
        return Instant(milliseconds: parts.count == 2 ? parts[0] * 1_000 + parts[1] / 1_000 : 0)
    }

    /// - Parameter areRecords: Whether they read records, each of which may meet something of another type.
    func replies(
        _ wire: some StoreWire, _ commands: [RedisCommand], areRecords: Bool = false, _ deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        do throws(RedisError) {
            let replies = try await wire.replies(to: commands, deadline: deadline)
            for reply in replies where !(areRecords && reply.isOfAnotherType) { _ = try reply.checked() }
            return replies
        } catch {
            throw failure(error)
        }
    }
}

extension RedisValue {
    fileprivate var isOfAnotherType: Bool {
        if case .error(let error) = self { error.prefix == "WRONGTYPE" } else { false }
    }

    /// Whether a mark's count is one that the functions add to (`whole` in shared.lua), or is not there yet.
    fileprivate var isCount: Bool {
        guard !isNull else { return true }
        guard let text = string, text.utf8.count <= 15, let number = Int64(text) else { return false }
        return number >= 0 && String(number) == text
    }
}
