import RedisClient
import ReturnsDomain
import ReturnsRecords

extension CommitBuilder {
    /// The most writes that one transition makes: case, order, timeline, figures, time of change, what was untold, and an
    /// order's first case; out of and into each listing (all, open, state, sale channel, customer, one for each shipment,
    /// person and team of each department), the deadlines, the running and the paused clocks of each kind; and one for each
    /// event.
    ///
    /// No more than `writesMax`, which a test holds; the domain's limits are what keeps it so.
    static let transitionWritesMax =
        7 + 2 * (5 + CountLimits.caseShipmentsMax + 2 * Role.departments.count)
        + 2 * (1 + 2 * ClockKind.allCases.count)
        + CountLimits.decisionEventsMax

    /// Everything one transition changes, guarded by the versions it was decided on.
    /// Everything is written at the record's level.
    ///
    /// - Parameter run: The store's, which a case that is opened now bears: it tells later whether a loss can concern it.
    mutating func add(
        _ transition: CaseTransition, _ record: TransitionRecord, partition: Int, run: StoreRun?
    ) {
        let level = record.value.level
        note(level, needed: record.value.neededLevel)
        let keys = StoreKeys(partition: partition)
        let before = transition.caseBefore
        let after = transition.caseAfter
        guardVersion(keys.returnCase(after.id), before?.version ?? 0)
        if transition.changesOrder {
            add(transition.orderAfter, before: transition.orderBefore, keys: keys, level: level)
        } else if transition.dependsOnOrder {
            guardVersion(keys.order(after.order), transition.orderBefore.version)
        }

        var fields: [RedisArgument] = [
            "v", .version(after.version), "f", .bytes(CaseFacts(after, record.value).encode()),
        ]
        for group in CaseRecord.Group.allCases {
            fields.append(.text(group.field))
            fields.append(.buffer(record.value[group]))
        }
        if before == nil, let run { fields += ["r", .bytes(run.record)] }
        setFields(keys.returnCase(after.id), fields)
        if !record.entries.isEmpty {
            append(keys.timeline(after.id), values: record.entries.map { .buffer($0) })
        }
        addIndexes(before: before, after: after, keys: keys)
        addDeadlines(before: before, after: after, keys: keys, level)
        if level.listsPausedClocks { addPausedClocks(before: before, after: after, keys: keys) }
        if transition.orderBefore.untoldCases.contains(after.id) {
            removeFromSet(keys.deadlines, members: [.text(UntoldMember(after.id).text)])
        }
        for event in transition.events { add(event, of: after, keys: keys) }
        addAttainments(transition.attainments, keys: keys)
    }

    /// An order's first case keeps it for ever, in the same step; a commit on an order that has one writes nothing more.
    ///
    /// - Parameter level: The store's.
    mutating func add(_ order: Order, before: Order?, keys: StoreKeys, level: WriterLevel) {
        guardVersion(keys.order(order.key), before?.version ?? 0)
        // As the first write this needs no look before.
        if order.cases.isEmpty {
            addToSet(keys.ordersWithoutCases, scoresAndMembers: order.quietEntry)
        } else if let before, before.cases.isEmpty {
            removeFromSet(keys.ordersWithoutCases, members: [.text(order.key.member)])
        }
        let record = OrderRecord(order, level: level)
        note(level, needed: record.neededLevel)
        setFields(keys.order(order.key), record.arguments(version: order.version))
    }

    /// A change of an order that its cases' stories do not tell yet: the sweeper finds them until they do.
    ///
    /// - Parameter level: The store's.
    mutating func add(_ transition: OrderTransition, keys: StoreKeys, level: WriterLevel) {
        let order = transition.orderAfter
        add(order, before: transition.orderBefore, keys: keys, level: level)
        for id in order.cases.map(\.id) {
            // One that was not looked at refuses the commit.
            guardVersion(keys.returnCase(id), transition.caseVersions[id] ?? 0)
        }
        append(keys.orderTimeline(order.key), values: [.buffer(transition.entry.record)])
        let score = RedisArgument.integer(transition.entry.at.milliseconds)
        addToSet(
            keys.deadlines,
            scoresAndMembers: order.cases.flatMap { [score, .text(UntoldMember($0.id).text)] })
    }

    /// A listing is written only where the case enters or leaves it; the time of change always.
    private mutating func addIndexes(before: Case?, after: Case, keys: StoreKeys) {
        let member = RedisArgument.bytes(after.id.asciiBytes)
        let (old, new) = (before?.indexes ?? [], after.indexes)
        for index in old where !new.contains(index) { removeFromSet(keys.index(index), members: [member]) }
        for index in new where !old.contains(index) { enterListing(keys.index(index), member: member) }
        addToSet(keys.changed, scoresAndMembers: [.integer(after.updatedAt.milliseconds), member])
    }

    private mutating func addDeadlines(
        before: Case?, after: Case, keys: StoreKeys, _ level: WriterLevel
    ) {
        addClocks(before?.deadlines ?? [], after.deadlines) { _ in keys.deadlines }
        let (due, paused) = (after.dueTimes(level), after.pausedTimes)
        var old = before?.dueTimes(level) ?? []
        // Late ones that are paused are written also where they stay, as in the listing of those.
        if !paused.isEmpty {
            old.removeAll { paused.contains(clock: $0.member) && due.contains(clock: $0.member) }
        }
        addClocks(old, due, keys.running)
    }

    /// Those that stay are written, too: few are paused, and the listing may be younger than the pause.
    private mutating func addPausedClocks(before: Case?, after: Case, keys: StoreKeys) {
        let paused = after.pausedTimes
        let gone = (before?.pausedTimes ?? []).filter { !paused.contains(clock: $0.member) }
        addClocks(gone, [], keys.paused)
        addClocks([], paused, keys.paused)
    }

    /// Takes out the clocks that are gone and puts in those that are new or have moved.
    private mutating func addClocks(
        _ old: [DeadlineEntry], _ new: [DeadlineEntry], _ key: (ClockKind) -> String
    ) {
        let gone = old.filter { !new.contains(clock: $0.member) }
        for (key, gone) in gone.grouped(by: key) {
            removeFromSet(key, members: gone.map { .text($0.member.text) })
        }
        let changed = new.filter { !old.contains($0) }
        for (key, changed) in changed.grouped(by: key) {
            addToSet(
                key,
                scoresAndMembers: changed.flatMap { [.integer($0.at.milliseconds), .text($0.member.text)] })
        }
    }

    /// All clocks of one decision end at the same time, so on one day.
    private mutating func addAttainments(_ attainments: [Attainment], keys: StoreKeys) {
        guard let day = attainments.first?.day else { return }
        var sums: [AttainmentField: Int64] = [:]
        for attainment in attainments {
            for (measure, amount) in attainment.measures {
                sums[AttainmentField(attainment, measure), default: 0] += amount
            }
        }
        let ordered = sums.filter { $0.value != 0 }.map { ($0.key.text, $0.value) }.sorted { $0.0 < $1.0 }
        guard !ordered.isEmpty else { return }
        increment(
            keys.attainment(day: day), ordered.flatMap { [.text($0.0), .integer($0.1)] })
    }

    /// Events carry what a consumer needs to decide whether to look, and no personal data.
    private mutating func add(_ event: CaseEvent, of value: Case, keys: StoreKeys) {
        addToStream(
            keys.outbox, fields: [.text(OutboxEvent.field), .bytes(EventRecord.encode(event, of: value))])
    }
}

extension [DeadlineEntry] {
    fileprivate func contains(clock member: DeadlineMember) -> Bool { contains { $0.member == member } }

    /// Those that stand under the same key, the keys in the order in which they come first.
    fileprivate func grouped(by key: (ClockKind) -> String) -> [(key: String, clocks: Self)] {
        var groups: [(key: String, clocks: Self)] = []
        for clock in self {
            let key = key(clock.member.kind)
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].clocks.append(clock)
            } else {
                groups.append((key, [clock]))
            }
        }
        return groups
    }
}

extension RedisArgument {
    fileprivate static func version(_ version: UInt64) -> RedisArgument {
        .integer(Int64(clamping: version))
    }
}
