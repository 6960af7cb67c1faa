import ReturnsDomain

/// Places in the log that lie in the store itself, as those of webhooks and groups. They are set back together with it, so they
/// cannot lie beyond what is left, and tell of a loss by the run alone that they were written in.
extension StoreIdentity {
    /// The run that the store is at; nil before the first look.
    public var presentRun: StoreRun? { state.withLock { $0.record?.run } }

    /// Losses that were accepted since a place was written, the oldest first.
    ///
    /// - Parameter run: that the place was written in; nil for one of before runs were written with places.
    public func losses(since run: StoreRun?) -> [StoreLoss] {
        state.withLock { $0.record?.losses(since: run) ?? [] }
    }

    /// What a partition has lost since a place was written there.
    ///
    /// - Returns: nil if it has lost nothing.
    public func setBack(of partition: Int, since run: StoreRun?) -> StoreSetBack? {
        state.withLock { $0.setBack(of: partition, since: run) }
    }

    /// The same of the whole store: `last` is no later than anything that was lost, in whichever partition.
    public func setBack(since run: StoreRun?) -> StoreSetBack? {
        state.withLock { state in
            guard let losses = state.record?.losses(since: run) else { return nil }
            return state.setBack(losses) { state.last(before: $0, partitions: settings.partitions) }
        }
    }

    /// No later than anything that the store lost, in whichever partition, by the losses that were accepted at a time or since; zero
    /// where nothing is known of these.
    public func last(beforeLossesSince time: Instant) -> OutboxID {
        state.withLock { state in
            guard let loss = state.record?.losses.first(where: { $0.at >= time }) else { return .zero }
            return state.last(before: loss.fork, partitions: settings.partitions)
        }
    }

    /// Takes a webhook's place into the present run, in one step with the look at what was lost before that.
    ///
    /// - Returns: nil if the place is of the present run already; otherwise the place, which does not lie beyond what is left, and
    ///   what the webhook has lost, if anything.
    public func entering(
        _ place: OutboxPlace, of partition: Int, now: Instant
    ) -> (place: OutboxPlace, loss: OutboxLoss?)? {
        state.withLock { state in
            guard let run = state.record?.run, place.run != run else { return nil }
            var entered = place
            entered.run = run
            guard let setBack = state.setBack(of: partition, since: place.run) else { return (entered, nil) }
            // One of a run since then is where it says; another one is of what is gone.
            let isOfRunSince = place.run.map { state.has($0, since: setBack.fork) } ?? false
            if setBack.last < place.position, !isOfRunSince {
                entered.position = setBack.last
                entered.ordinal = nil
            }
            return (entered, OutboxLoss(setBack, noted: now))
        }
    }
}

extension StoreIdentity.State {
    func setBack(of partition: Int, since run: StoreRun?) -> StoreSetBack? {
        guard let record, starts.indices.contains(partition) else { return nil }
        return setBack(record.losses(since: run)) { last(of: partition, before: $0) ?? .zero }
    }

    fileprivate func setBack(_ losses: [StoreLoss], last: (StoreRun) -> OutboxID) -> StoreSetBack? {
        guard let first = losses.first, let latest = losses.last else { return nil }
        return StoreSetBack(
            last: last(first.fork), fork: first.fork, run: latest.run, first: first.at, latest: latest.at)
    }

    /// The last event that a partition surely still has of before a run that may lack something; zero if it had none, and nil where
    /// its beginning is not known: all of before counts then.
    func last(of partition: Int, before fork: StoreRun) -> OutboxID? {
        // A slot may have passed over a run that ended at once.
        (record?.remembered ?? []).lazy.filter { $0.number >= fork.number }
            .compactMap { starts[partition][$0]?.last }.first
    }

    /// A partition that had no events has lost none of before the others' last ones.
    fileprivate func last(before fork: StoreRun, partitions: Int) -> OutboxID {
        var first: OutboxID?
        for partition in 0..<min(partitions, starts.count) {
            guard let last = last(of: partition, before: fork) else { return .zero }
            if last != .zero { first = min(first ?? last, last) }
        }
        return first ?? .zero
    }

    fileprivate func has(_ run: StoreRun, since fork: StoreRun) -> Bool {
        run.number >= fork.number && record?.runs.contains(run) == true
    }
}

extension StoreRecord {
    /// Runs whose beginnings are kept, in their order.
    var remembered: [StoreRun] {
        let older = losses.map(\.fork).filter { !runs.contains($0) }
        var seen: Set<StoreRun> = []
        return (older + runs).filter { seen.insert($0).inserted }.sorted { $0.number < $1.number }
    }

    /// Of a run that is not among the remembered ones although its number is, everything counts: it was lost itself.
    func losses(since run: StoreRun?) -> [StoreLoss] {
        guard let run else { return losses }
        if !runs.contains(run), run.number >= runs[0].number { return losses }
        return losses.filter { $0.run.number > run.number }
    }
}
