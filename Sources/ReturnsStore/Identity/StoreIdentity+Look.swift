import Logging
import NIOCore
import RedisClient
import ReturnsDomain

/// Sends commands as they are, past everything that asks the identity first.
protocol StoreWire {
    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue]
}

extension RedisConnection: StoreWire {
    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await pipeline(commands, deadline: deadline)
    }
}

struct TopologyWire: StoreWire {
    let redis: any RedisTopology

    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await redis.pipeline(commands, key: nil, deadline: deadline)
    }
}

extension StoreIdentity {
    /// Others may change the store between two steps of a look; it begins anew at most so often.
    private static let lookAttemptsMax = 16

    /// What every new connection begins with: recognises the store, loads the functions, and enters the store's run.
    ///
    /// - Throws: `RedisError` of the code `invalidConfiguration` when the store must not be used, whose cause is the `StoreError`.
    public func prepare(_ connection: RedisConnection) async throws {
        do throws(StoreError) {
            try await look(connection, loads: connection, deadline: .distantFuture)
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
        try await look(TopologyWire(redis: redis), loads: nil, deadline: deadline)
    }

    private func look(
        _ wire: some StoreWire, loads connection: RedisConnection?, deadline: NIODeadline
    ) async throws(StoreError) {
        var isLoaded = false
        for _ in 0..<Self.lookAttemptsMax {
            // Before the counters are read: what is acknowledged meanwhile is in none of them.
            let acknowledged = acknowledgedCounts
            let view = try await read(wire, acknowledged, deadline)
            state.withLock { $0.condition = view.condition }
            if let fault = view.condition.fault { throw close(fault) }
            // A Redis that is not this store's gets nothing, not even functions.
            let step = try step(view)
            if !isLoaded, let connection {
                do throws(RedisError) {
                    try await FunctionLibrary.loadAll(on: connection)
                } catch {
                    throw StoreError(error)
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
    /// - Returns: what it holds, in words.
    /// - Throws: why a server with these settings and this mark would not use it.
    public func examine(
        _ redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> String {
        let wire = TopologyWire(redis: redis)
        let view = try await read(wire, acknowledgedCounts, deadline)
        if let fault = view.condition.fault { throw StoreError(fault) }
        if case .refuse(let fault) = try step(view) { throw StoreError(fault) }
        guard let record = view.record else {
            return "no store yet; the first start makes one of \(settings.partitions) partitions"
        }
        let starts = try await loadStarts(record, wire, deadline)
        state.withLock { $0.starts = starts }
        let missing = missing(view, record)
        if missing != .nothing { throw StoreError(fault(missing)) }
        if !record.loss.isEmpty { throw StoreError(.reported(record.loss)) }
        return
            "the store \(record.id) of \(record.partitions) partitions\(record.hasTestClock ? " on a test clock" : "")"
    }

    // MARK: Reading

    struct View {
        var record: StoreRecord?
        var condition: RedisCondition
        /// By slot: what had been acknowledged before the rest was read.
        var acknowledged: [Int64]
        /// By slot: the run that its mark names, and its counter.
        var marks: [(run: StoreRun?, counter: Int64)]
    }

    private func read(
        _ wire: some StoreWire, _ acknowledged: [Int64], _ deadline: NIODeadline
    ) async throws(StoreError) -> View {
        let slots = StoreSlot.all(partitions: settings.partitions)
        var commands = [StoreRecord.loadCommand, RedisCondition.loadCommand]
        commands += slots.map { RedisCommand("HMGET", .text($0.mark), "run", "n") }
        let replies = try await replies(wire, commands, deadline)
        return View(
            record: try StoreRecord(replies[0]),
            condition: RedisCondition(info: replies[1].string ?? ""),
            acknowledged: acknowledged,
            marks: replies.dropFirst(2).map { reply in
                let values = reply.array ?? []
                return (values.first?.string.flatMap { StoreRun($0) }, values.last?.integer ?? 0)
            })
    }

    private func replies(
        _ wire: some StoreWire, _ commands: [RedisCommand], _ deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        do throws(RedisError) {
            let replies = try await wire.replies(to: commands, deadline: deadline)
            for reply in replies { _ = try reply.checked() }
            return replies
        } catch {
            throw StoreError(error)
        }
    }

    // MARK: Judging

    enum Step {
        case open
        case begin(Begin)
        /// Slots that are at an earlier run.
        case enter([Int])
        case refuse(StoreFault)
    }

    struct Begin {
        /// What has to be said of it, if anything.
        var message: String?
        var isLoss = false
        var fields: [(String, String)] = []
        /// Whether what was acknowledged before counts no more.
        var forgets = false
    }

    private func step(_ view: View) throws(StoreError) -> Step {
        let (mark, acceptsLoss) = state.withLock { ($0.mark, $0.acceptsLoss) }
        guard let record = view.record else { return creation(mark, acceptsLoss) }
        if let known = mark.storeID, known != record.id, !record.replaced.contains(known) {
            guard acceptsLoss else { return .refuse(.exchanged(found: record.id, known: known)) }
            try check(record)
            return .begin(
                acceptance(
                    "another store is used from now on: \(record.id) instead of \(known)", record, [known])
            )
        }
        try check(record)
        if record.redisProcess != view.condition.process {
            return .begin(Begin(fields: [("redis_run", view.condition.process)]))
        }
        let behind = view.marks.indices.filter { view.marks[$0].run != record.run }
        if !behind.isEmpty {
            let slots = StoreSlot.all(partitions: settings.partitions)
            for index in behind where !mayEnter(view, index, record, mark) {
                guard acceptsLoss else { return .refuse(.torn(slots[index])) }
            }
            return .enter(behind)
        }
        return .open
    }

    private func mayEnter(_ view: View, _ slot: Int, _ record: StoreRecord, _ mark: StoreMark) -> Bool {
        guard let run = view.marks[slot].run else {
            return mark.storeID != record.id || view.acknowledged[slot] == 0
        }
        return record.runs.contains(run)
    }

    private func creation(_ mark: StoreMark, _ acceptsLoss: Bool) -> Step {
        if let known = mark.storeID {
            guard acceptsLoss else { return .refuse(.emptied(known)) }
            return .begin(
                Begin(
                    message: "a new, empty store is made in the place of \(known)", isLoss: true,
                    fields: Self.fields(ofNew: settings) + [("replaced", known)], forgets: true))
        }
        return .begin(Begin(fields: Self.fields(ofNew: settings)))
    }

    private static func fields(ofNew settings: StoreSettings) -> [(String, String)] {
        let id = (0..<2).map { _ in
            let half = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
        return [
            ("id", id), ("format", String(StoreSettings.format)),
            ("partitions", String(settings.partitions)), ("test_clock", settings.hasTestClock ? "1" : "0"),
        ]
    }

    private func check(_ record: StoreRecord) throws(StoreError) {
        guard record.partitions == Int64(settings.partitions) else {
            throw StoreError(
                .misconfigured,
                "the store has \(record.partitions) partitions, not \(settings.partitions); they are fixed when it is created: start with --partitions \(record.partitions)"
            )
        }
        guard record.hasTestClock == settings.hasTestClock else {
            throw StoreError(
                .misconfigured,
                record.hasTestClock
                    ? "this store was created for tests; start with --test-clock, or use another Redis"
                    : "this store holds real cases; a test clock needs a store of its own")
        }
    }

    /// A run in which somebody goes on without what is missing.
    private func acceptance(_ message: String, _ record: StoreRecord, _ replaced: [String] = []) -> Begin {
        let stores = record.replaced + replaced.filter { !record.replaced.contains($0) }
        return Begin(
            message: message, isLoss: true,
            fields: [("loss", ""), ("replaced", stores.joined(separator: " "))], forgets: true)
    }

    // MARK: Acting

    private func begin(
        _ begin: Begin, _ view: View, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) {
        let run = StoreRun.following(view.record?.run)
        var fields = begin.fields
        if !fields.contains(where: { $0.0 == "redis_run" }) {
            fields.append(("redis_run", view.condition.process))
        }
        if begin.isLoss {
            let accepted = (view.record?.accepted ?? []) + [run]
            fields += [
                ("accepted", accepted.map(\.description).joined(separator: " ")),
                ("reconcile", run.description),
            ]
        }
        var command = RedisCommand(
            "FCALL", .text(FunctionLibrary.store.name("begin")), 1, .text(StoreKeys.store),
            .text(view.record?.run.description ?? ""), .text(run.description))
        for (name, value) in fields {
            command.append(name)
            command.append(value)
        }
        let reply = try await replies(wire, [command], deadline)[0]
        guard reply.array?.first?.string == "OK" else { return }
        if let message = begin.message {
            logger.critical("\(message); refunds wait until finance has confirmed them with the gateway")
        }
        if begin.forgets {
            state.withLock { $0.mark = .none }
            resetAcknowledged(view.marks.map { _ in 0 })
        }
    }

    private func enter(
        _ behind: [Int], _ view: View, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) {
        guard let record = view.record else { return }
        let slots = StoreSlot.all(partitions: settings.partitions)
        let commands = behind.map { index in
            let slot = slots[index]
            var command = RedisCommand("FCALL", .text(FunctionLibrary.store.name("enter")))
            command.append(slot.outbox == nil ? 1 : 2)
            command.append(slot.mark)
            if let outbox = slot.outbox { command.append(outbox) }
            command.append(view.marks[index].run?.description ?? "")
            command.append(record.run.description)
            for run in record.runs { command.append(run.description) }
            return command
        }
        // Whoever was faster has done the same.
        _ = try await replies(wire, commands, deadline)
    }

    /// Every slot is at the record's run: compares with what was acknowledged, and lets the store be used.
    ///
    /// - Returns: false when another look is needed.
    private func open(
        _ view: View, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        guard let record = view.record else { return false }
        let isNew = state.withLock { $0.record?.runs != record.runs || $0.starts.isEmpty }
        if isNew {
            let starts = try await loadStarts(record, wire, deadline)
            state.withLock { state in
                state.starts = starts
                state.generation += 1
            }
        }
        let missing = missing(view, record)
        let acceptsLoss = state.withLock { $0.acceptsLoss }
        if missing != .nothing || !record.loss.isEmpty {
            if acceptsLoss {
                try await begin(
                    acceptance("a loss is accepted: \(words(missing, record))", record), view, wire, deadline)
                state.withLock { $0.acceptsLoss = false }
                return false
            }
            if case .changes(let count) = missing, record.loss.isEmpty, count <= toleratedChanges {
                try await begin(
                    acceptance("\(count) acknowledged changes are lost, which the settings tolerate", record),
                    view, wire, deadline)
                return false
            }
            guard record.loss.isEmpty else {
                throw close(missing == .nothing ? .reported(record.loss) : fault(missing))
            }
            // All servers on this store are to stop: a run of its own makes each of them look.
            let fault = fault(missing)
            try await begin(Begin(fields: [("loss", fault.text)]), view, wire, deadline)
            throw close(fault)
        }
        let wasClosed = state.withLock { state in
            let before = state.fault
            state.fault = nil
            state.record = record
            state.mark = StoreMark(storeID: record.id, runs: record.runs, acknowledged: [])
            state.acceptsLoss = false
            return before
        }
        for (index, mark) in view.marks.enumerated() { acknowledge(index, mark.counter) }
        if acceptsLoss, wasClosed == .unknown { logger.notice("--accept-loss: the store has lost nothing") }
        if let wasClosed, wasClosed != .unknown {
            logger.notice("the store may be used again", metadata: ["was": "\(wasClosed.code.rawValue)"])
        }
        return true
    }

    private func acknowledge(_ slot: Int, _ counter: Int64) {
        acknowledge(StoreSlot.all(partitions: settings.partitions)[slot], counter: counter)
    }

    private func loadStarts(
        _ record: StoreRecord, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) -> [[StoreRun: StoreRunStart]] {
        let commands = StoreSlot.all(partitions: settings.partitions).map { slot in
            var command = RedisCommand("HMGET", .text(slot.mark))
            for run in record.runs { command.append("began:\(run)") }
            return command
        }
        return try await replies(wire, commands, deadline).map { reply in
            var starts: [StoreRun: StoreRunStart] = [:]
            for (run, value) in zip(record.runs, reply.array ?? []) {
                starts[run] = value.string.flatMap { StoreRunStart($0) }
            }
            return starts
        }
    }

    // MARK: Missing changes

    enum Missing: Equatable {
        case nothing
        case changes(Int64)
        case unknown
    }

    /// Compares with what was acknowledged to this server, up to the last run that it and the store have both seen.
    private func missing(_ view: View, _ record: StoreRecord) -> Missing {
        let (mark, starts) = state.withLock { ($0.mark, $0.starts) }
        guard mark.storeID == record.id else { return .nothing }
        guard let common = record.runs.lastIndex(where: { mark.runs.contains($0) }) else { return .unknown }
        var count: Int64 = 0
        if common + 1 < record.runs.count {
            let later = record.runs[(common + 1)...]
            // What was accepted once is accepted by everybody.
            if later.contains(where: { record.accepted.contains($0) }) {
                resetAcknowledged(view.marks.map { _ in 0 })
                return .nothing
            }
            for slot in starts.indices {
                guard let start = starts[slot][record.runs[common + 1]] else { continue }
                count += max(0, view.acknowledged[slot] - start.counter)
            }
        } else {
            for slot in view.marks.indices {
                count += max(0, view.acknowledged[slot] - view.marks[slot].counter)
            }
        }
        return count == 0 ? .nothing : .changes(count)
    }

    private func fault(_ missing: Missing) -> StoreFault {
        if case .changes(let count) = missing { .lost(changes: count) } else { .lost(changes: nil) }
    }

    private func words(_ missing: Missing, _ record: StoreRecord) -> String {
        missing == .nothing ? record.loss : fault(missing).text
    }

    /// Closes the store, and says so once.
    private func close(_ fault: StoreFault) -> StoreError {
        let isNews = state.withLock { state in
            defer { state.fault = fault }
            return state.fault != fault
        }
        if isNews {
            logger.critical(
                "the store must not be used: \(fault)", metadata: ["fault": "\(fault.code.rawValue)"])
        }
        return StoreError(fault)
    }
}
