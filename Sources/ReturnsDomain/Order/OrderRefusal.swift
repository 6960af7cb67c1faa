/// What a rejected case had asked to return, as its order keeps it: for who reviews the same goods once more.
public struct OrderRefusal: Hashable, Sendable {
    public var caseID: CaseID
    public var at: Instant
    public var by: ActorRecord
    /// Until when the customer may appeal; nil while that has no end yet.
    public var appealUntil: Instant?
    /// What was asked for, and refused.
    public var lines: [LineUnits]

    public init(caseID: CaseID, at: Instant, by: ActorRecord, appealUntil: Instant? = nil, lines: [LineUnits])
    {
        self.caseID = caseID
        self.at = at
        self.by = by
        self.appealUntil = appealUntil
        self.lines = lines
    }

    /// Whether the customer may still appeal.
    func isAppealable(at now: Instant) -> Bool { appealUntil.map { $0 > now } ?? true }
}

extension Order {
    /// Who refused some of the same lines before the case was opened, in another case that the customer may still appeal, and whom
    /// they acted for. They do not review these lines meanwhile.
    ///
    /// - Parameters:
    ///   - lineIDs: The case's.
    ///   - submittedAt: The case's. One that was open by the time of a refusal asks for other units than those refused.
    public func refusers(
        ofLines lineIDs: some Sequence<String>, submittedAt: Instant, besides caseID: CaseID, at now: Instant
    ) -> Set<String> {
        let open = refusals(before: submittedAt, besides: caseID).filter { $0.isAppealable(at: now) }
        if open.isEmpty { return [] }
        let lineIDs = Set(lineIDs)
        return open.reduce(into: []) { persons, refusal in
            guard refusal.lines.contains(where: { lineIDs.contains($0.lineID) }) else { return }
            persons.formUnion(refusal.by.persons)
        }
    }

    func refusals(before submittedAt: Instant, besides caseID: CaseID) -> [OrderRefusal] {
        refusals.filter { $0.caseID != caseID && $0.at <= submittedAt }
    }

    /// A case was rejected.
    mutating func add(_ refusal: OrderRefusal, at now: Instant) {
        refusals.append(refusal)
        while refusals.reduce(0, { $0 + $1.lines.count }) > CountLimits.orderRefusedLinesMax {
            refusals.remove(at: refusals.firstIndex { !$0.isAppealable(at: now) } ?? 0)
        }
    }
}

extension CaseDraft {
    /// Notes on the order what is refused now.
    mutating func noteRefusal(_ lines: [LineUnits]) {
        forgetRefusal()
        order.add(OrderRefusal(caseID: value.id, at: now, by: by, lines: lines), at: now)
    }

    /// An appeal takes the refusal back: it is decided anew.
    mutating func forgetRefusal() {
        order.refusals.removeAll { $0.caseID == value.id }
    }

    /// Lets the end of the customer's time on the order follow that of the case's clock. Whatever else the case came to has ended
    /// that time.
    mutating func settleRefusal() {
        guard let index = order.refusals.firstIndex(where: { $0.caseID == value.id }) else { return }
        if value.canBeAppealed {
            let clock = value.runningClock(.appeal)
            order.refusals[index].appealUntil = clock.flatMap { $0.isPaused ? nil : $0.dueAt }
        } else if order.refusals[index].isAppealable(at: now) {
            order.refusals[index].appealUntil = now
        }
    }
}
