/// What a look comes to: which step the store needs before it may be used.
extension StoreIdentity {
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
        /// Whether it says that something is missing, which nobody has accepted.
        var isReport = false
        var fields: [(String, String)] = []
        /// Those of before, where the store's record does not tell them.
        var runs: [StoreRun] = []
        /// Whether what was acknowledged before counts no more.
        var forgets = false
    }

    func step(_ view: View) throws(StoreError) -> Step {
        let mark = view.known.mark
        let acceptsLoss = state.withLock { $0.acceptsLoss }
        guard let record = view.record else {
            // Nothing is written over what is left of it, which may say what nothing else does.
            if view.traces.hasRecord { return .refuse(.damaged("it lacks its id and its format")) }
            return view.traces.isEmpty ? creation(mark, acceptsLoss) : try restoration(view, acceptsLoss)
        }
        if let known = mark.storeID, known != record.id, !record.replaced.contains(known) {
            guard acceptsLoss else { return .refuse(.exchanged(found: record.id, known: known)) }
            try check(record)
            return .begin(
                acceptance(
                    "another store is used from now on: \(record.id) instead of \(known)", record, [known])
            )
        }
        try check(record)
        if StoreRun.following(record.run) == nil { return .refuse(Self.lastRunIsReached) }
        let slots = StoreSlot.all(partitions: settings.partitions)
        let behind = view.marks.indices.filter { view.marks[$0].run != record.run }
        if !acceptsLoss, let torn = behind.first(where: { !mayEnter(view, $0, record) }) {
            return .refuse(.torn(slots[torn]))
        }
        if record.redisProcess != view.condition.process {
            return .begin(Begin(fields: [("redis_run", view.condition.process)]))
        }
        return behind.isEmpty ? .open : .enter(behind)
    }

    /// Damage tells such a run: counting reaches none.
    static let lastRunIsReached = StoreFault.damaged("its latest run has the last number that there is")

    /// Whether a slot is at an earlier run, or at none because nothing has ever been written there.
    func mayEnter(_ view: View, _ slot: Int, _ record: StoreRecord) -> Bool {
        guard let run = view.marks[slot].run else {
            let mark = view.known.mark
            let isOfSlot = StoreSlot.all(partitions: settings.partitions)[slot]
            return !view.traces.slots.contains(isOfSlot)
                && (mark.storeID != record.id || mark.acknowledged[slot] == 0)
        }
        return record.runs.contains(run)
    }

    func creation(_ mark: StoreMark, _ acceptsLoss: Bool) -> Step {
        guard acceptsLoss else {
            if let known = mark.storeID { return .refuse(.emptied(known)) }
            return .begin(Begin(fields: Self.fields(ofNew: settings)))
        }
        let message =
            mark.storeID.map { "a new, empty store is made in the place of \($0)" }
            ?? "a new, empty store is made, and you say that there was one"
        return .begin(
            Begin(
                message: message, isLoss: true,
                fields: Self.fields(ofNew: settings) + [("replaced", mark.storeID ?? "")], forgets: true))
    }

    /// Keys of a store are there, and its record of itself is not. A server that knows the store can say what it was.
    func restoration(_ view: View, _ acceptsLoss: Bool) throws(StoreError) -> Step {
        let mark = view.known.mark
        guard acceptsLoss, let id = mark.storeID else { return .refuse(.recordGone) }
        let partitions = keptSlots - StoreSlot.named.count
        guard partitions > 0 else { return .refuse(.recordGone) }
        guard partitions == settings.partitions else {
            throw StoreError(
                .misconfigured,
                "the store had \(partitions) partitions, not \(settings.partitions); start with --partitions \(partitions)"
            )
        }
        // Neither what the time was nor that it was a test's is known outside the record.
        let runs = view.marks.compactMap(\.run)
        guard !settings.hasTestClock, !runs.isEmpty, runs.allSatisfy({ mark.runs.contains($0) }) else {
            return .refuse(.recordGone)
        }
        return .begin(
            Begin(
                message: "the store's record of itself is made anew from what this server knows of it",
                isLoss: true, fields: Self.fields(of: settings, id: id), runs: mark.runs, forgets: true))
    }

    static func fields(ofNew settings: StoreSettings) -> [(String, String)] {
        // Nobody of an older build is there yet.
        let level = ("level", settings.highestLevel.description)
        let id = (0..<2).map { _ in
            let half = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
        return fields(of: settings, id: id) + [level]
    }

    private static func fields(of settings: StoreSettings, id: String) -> [(String, String)] {
        [
            ("id", id), ("format", String(StoreSettings.format)),
            ("partitions", String(settings.partitions)), ("test_clock", settings.hasTestClock ? "1" : "0"),
            ("cursor_key", CursorKey.randomText()),
        ]
    }

    func check(_ record: StoreRecord) throws(StoreError) {
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

    /// Whether a run has begun since the first look in which a loss is accepted, by this server or another one.
    func hasAccepted(_ record: StoreRecord?) -> Bool {
        state.withLock { state in
            if let before = state.acceptedBefore, before.storeID == nil || before.storeID == record?.id {
                return record.map { $0.accepted.contains { !before.runs.contains($0) } } ?? false
            }
            state.acceptedBefore = (record?.id, record?.accepted ?? [])
            return false
        }
    }

    func acceptanceMessage(_ missing: Missing, _ record: StoreRecord) -> String {
        missing == .nothing && record.loss.isEmpty
            ? "--accept-loss: nothing is found missing, but you say that something may be"
            : "a loss is accepted: \(words(missing, record))"
    }

    /// A run in which somebody goes on without what is missing.
    func acceptance(_ message: String, _ record: StoreRecord, _ replaced: [String] = []) -> Begin {
        let stores = record.replaced + replaced.filter { !record.replaced.contains($0) }
        return Begin(
            message: message, isLoss: true,
            fields: [("loss", ""), ("replaced", stores.joined(separator: " "))], forgets: true)
    }
}
