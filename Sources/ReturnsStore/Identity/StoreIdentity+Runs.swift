import Logging
import NIOCore
import RedisClient

/// Beginning a run, entering it with every slot, and letting the store be used.
extension StoreIdentity {
    func begin(
        _ begin: Begin, _ view: View, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) {
        guard let run = StoreRun.following(view.record?.run ?? begin.runs.last) else {
            throw close(Self.lastRunIsReached)
        }
        var fields = begin.fields
        if !fields.contains(where: { $0.0 == "redis_run" }) {
            fields.append(("redis_run", view.condition.process))
        }
        if begin.isReport, let fork = view.record.flatMap({ fork($0, beginning: run, view.known.mark) }) {
            fields.append(("loss_fork", fork.description))
        }
        if !begin.runs.isEmpty {
            fields.append(("runs", begin.runs.map(\.description).joined(separator: " ")))
        }
        if begin.isLoss {
            let remembered = view.record?.runs ?? []
            let accepted = (view.record?.accepted ?? []).filter { remembered.contains($0) } + [run]
            fields += [
                ("accepted", accepted.map(\.description).joined(separator: " ")),
                ("losses", losses(with: run, begin, view).map(\.text).joined(separator: " ")),
                ("loss_fork", ""),
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
        if begin.forgets { forget(view.known) }
    }

    func enter(
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
            for run in record.remembered { command.append(run.description) }
            return command
        }
        // Whoever was faster has done the same.
        _ = try await replies(wire, commands, deadline)
    }

    /// Every slot is at the record's run: compares with what was acknowledged, and lets the store be used.
    ///
    /// - Returns: false when another look is needed.
    func open(
        _ view: View, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        guard let record = view.record else { return false }
        let entered = state.withLock { state in
            state.record?.runs != record.runs || state.starts.isEmpty ? nil : state.starts
        }
        let starts: [[StoreRun: StoreRunStart]]
        if let entered { starts = entered } else { starts = try await loadStarts(record, wire, deadline) }
        let missing = missing(view, record, starts)
        // Another look has moved the mark: what this one has read is compared with what no longer counts.
        guard isPresent(view.known) else { return false }
        // Until it has had its effect: another server may begin a run first, in which nobody accepts anything.
        let acceptsLoss = state.withLock { $0.acceptsLoss }
        let isNothingFound = missing == .nothing && record.loss.isEmpty
        if acceptsLoss, !isNothingFound || !hasAccepted(record) {
            try await begin(
                acceptance(acceptanceMessage(missing, record), record), view, wire, deadline)
            return false
        }
        if !isNothingFound {
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
            try await begin(Begin(isReport: true, fields: [("loss", fault.text)]), view, wire, deadline)
            throw close(fault)
        }
        let mark = view.known.mark
        let keepsCounts = mark.storeID == record.id && !hasAccepted(record, since: mark)
        let opened = state.withLock { state -> (wasClosed: StoreFault?, isAnotherProcess: Bool)? in
            guard state.markVersion == view.known.version else { return nil }
            let before = state.fault
            let isAnotherProcess = state.record.map { $0.redisProcess != record.redisProcess } ?? false
            state.fault = nil
            learn(
                record.level,
                isAnew: state.record.map { $0.id != record.id || $0.losses != record.losses } ?? true)
            state.record = record
            if entered == nil {
                state.starts = starts
                state.generation += 1
            }
            if mark.storeID != record.id || mark.runs != record.runs { state.markVersion += 1 }
            state.mark = state.mark.following(
                record,
                acknowledged: zip(state.mark.acknowledged, view.marks).map { count, mark in
                    max(keepsCounts ? count : 0, mark.counter)
                })
            state.acceptsLoss = false
            return (before, isAnotherProcess)
        }
        guard let opened else { return false }
        // Nobody else has a connection to this process yet. To the former one, which may be a replica by now, somebody may.
        if opened.isAnotherProcess { retireConnections() }
        if let wasClosed = opened.wasClosed, wasClosed != .unknown {
            logger.notice("the store may be used again", metadata: ["was": "\(wasClosed.code.rawValue)"])
        }
        return true
    }

    func loadStarts(
        _ record: StoreRecord, _ wire: some StoreWire, _ deadline: NIODeadline
    ) async throws(StoreError) -> [[StoreRun: StoreRunStart]] {
        let runs = record.remembered
        let commands = StoreSlot.all(partitions: settings.partitions).map { slot in
            var command = RedisCommand("HMGET", .text(slot.mark))
            for run in runs { command.append("began:\(run)") }
            return command
        }
        let slots = StoreSlot.all(partitions: settings.partitions)
        return try zip(slots, try await replies(wire, commands, deadline)).map {
            slot, reply throws(StoreError) in
            var starts: [StoreRun: StoreRunStart] = [:]
            for (run, value) in zip(runs, reply.array ?? []) where !value.isNull {
                guard let start = value.string.flatMap({ StoreRunStart($0) }) else {
                    throw close(.damaged("the start of a run in the mark of \(slot.words) cannot be read"))
                }
                starts[run] = start
            }
            return starts
        }
    }
}
