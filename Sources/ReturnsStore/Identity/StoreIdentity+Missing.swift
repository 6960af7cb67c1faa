import Logging

/// What was acknowledged to this server and the store no longer has.
extension StoreIdentity {
    enum Missing: Equatable {
        case nothing
        case changes(Int64)
        /// At least so many, and nobody can tell how many more.
        case atLeast(Int64)
        case unknown
    }

    /// Compares with what was acknowledged to this server, up to the last run that it and the store have both seen.
    func missing(
        _ view: View, _ record: StoreRecord, _ starts: [[StoreRun: StoreRunStart]]
    ) -> Missing {
        let mark = view.known.mark
        if record.isLeft(by: mark) { return .unknown }
        guard mark.storeID == record.id else { return .nothing }
        guard let common = record.runs.lastIndex(where: { mark.runs.contains($0) }) else { return .unknown }
        if hasAccepted(record, since: mark) { return .nothing }
        let later = record.runs[(common + 1)...]
        var count: Int64 = 0
        for slot in view.marks.indices {
            // A slot may have passed over a run that ended at once.
            let start = later.lazy.compactMap { starts[slot][$0]?.counter }.first
            count.add(mark.acknowledged[slot], beyond: start ?? view.marks[slot].counter)
        }
        // Runs are gone that this server has seen. Where a loss was accepted in one of them the counts fell, so they tell the least.
        guard record.runs[common] == mark.runs.last else { return count == 0 ? .unknown : .atLeast(count) }
        return count == 0 ? .nothing : .changes(count)
    }

    /// What was accepted once is accepted by everybody: what was acknowledged before that counts no more.
    func hasAccepted(_ record: StoreRecord, since mark: StoreMark) -> Bool {
        guard let common = record.runs.lastIndex(where: { mark.runs.contains($0) }) else { return false }
        return record.runs[(common + 1)...].contains { record.accepted.contains($0) }
    }

    func fault(_ missing: Missing) -> StoreFault {
        switch missing {
        case .changes(let count), .atLeast(let count): .lost(changes: count)
        case .nothing, .unknown: .lost(changes: nil)
        }
    }

    /// The first run that may lack something of what was acknowledged to this server, also where nothing is found missing.
    ///
    /// - Parameter run: that is about to begin. It is the first one where the store was set back within a run.
    /// - Returns: nil if this server has never seen a run that the store still knows.
    func fork(_ record: StoreRecord, beginning run: StoreRun, _ mark: StoreMark) -> StoreRun? {
        guard mark.storeID == record.id,
            let common = record.runs.lastIndex(where: { mark.runs.contains($0) })
        else { return nil }
        return common + 1 < record.runs.count ? record.runs[common + 1] : run
    }

    /// What the store has lost, with what is accepted by beginning a run.
    func losses(with run: StoreRun, _ begin: Begin, _ view: View) -> [StoreLoss] {
        guard let record = view.record else {
            return [StoreLoss(fork: begin.runs.first ?? run, run: run, at: view.now)]
        }
        let found = [fork(record, beginning: run, view.known.mark), record.lossFork].compactMap(\.self)
        // Where nothing tells since when, it may be all that the store remembers.
        let fork = found.min { $0.number < $1.number } ?? record.runs[0]
        return StoreLoss.adding(StoreLoss(fork: fork, run: run, at: view.now), to: record.losses)
    }

    func words(_ missing: Missing, _ record: StoreRecord) -> String {
        missing == .nothing ? record.loss : fault(missing).text
    }

    /// Closes the store, and says so once.
    func close(_ fault: StoreFault) -> StoreError {
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

extension StoreRecord {
    /// Whether it is one that a server has left for another one, when a loss was accepted there. So it lacks what was acknowledged
    /// since, unless somebody has accepted that here, too.
    fileprivate func isLeft(by mark: StoreMark) -> Bool {
        guard let last = runs.lastIndex(where: { mark.left.contains($0) }) else { return false }
        return !runs[(last + 1)...].contains { accepted.contains($0) }
    }
}

extension Int64 {
    /// Adds how far a count goes beyond another one; both are never negative. A damaged mark may name any number, so the sum ends
    /// at the largest one.
    fileprivate mutating func add(_ count: Int64, beyond other: Int64) {
        let (sum, isBeyond) = addingReportingOverflow(Swift.max(0, count - other))
        self = isBeyond ? .max : sum
    }
}
