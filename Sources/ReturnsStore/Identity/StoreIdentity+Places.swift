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

    /// Takes a webhook's place into the present run, in one step with the look at what was lost before that.
    ///
    /// - Returns: nil if the place is of the present run already; otherwise the place, which does not lie beyond what is left, and
    ///   what the webhook has lost, if anything.
    public func entering(
        _ place: WebhookPlace, of partition: Int, now: Instant
    ) -> (place: WebhookPlace, loss: OutboxLoss?)? {
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
        let losses = record.losses(since: run)
        guard let first = losses.first, let latest = losses.last else { return nil }
        // A slot may have passed over a run that ended at once. Where no beginning is known, all of before counts.
        let last = record.remembered.lazy.filter { $0.number >= first.fork.number }
            .compactMap { starts[partition][$0]?.last }.first
        return StoreSetBack(
            last: last ?? .zero, fork: first.fork, run: latest.run, first: first.at, latest: latest.at)
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
