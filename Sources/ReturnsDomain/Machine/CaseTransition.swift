/// What a taken command results in: data for one atomic commit, and nothing done yet.
///
/// Nothing in it changes, so it is a class: two cases and two orders are not copied each time that it is handed on.
public final class CaseTransition: Sendable {
    /// The case as it was; nil for a submission. Its version guards the commit.
    public let caseBefore: Case?
    public let caseAfter: Case
    /// The order as it was. Its version guards the commit when the order changes, or the step depends on it.
    public let orderBefore: Order
    /// Equal to `orderBefore` when the order does not change.
    public let orderAfter: Order
    public let entries: [TimelineEntry]
    public let events: [CaseEvent]
    /// How clocks ended in this step.
    public let attainments: [Attainment]
    /// The step was taken since nobody in it had changed the order's payments: a change meanwhile has it decided anew.
    public let dependsOnOrder: Bool

    public init(
        caseBefore: Case?, caseAfter: Case, orderBefore: Order, orderAfter: Order, entries: [TimelineEntry],
        events: [CaseEvent], attainments: [Attainment] = [], dependsOnOrder: Bool = false
    ) {
        self.caseBefore = caseBefore
        self.caseAfter = caseAfter
        self.orderBefore = orderBefore
        self.orderAfter = orderAfter
        self.entries = entries
        self.events = events
        self.attainments = attainments
        self.dependsOnOrder = dependsOnOrder
    }

    public var changesOrder: Bool { orderAfter.version != orderBefore.version }

    /// A sweep that found nothing due: there is nothing to commit.
    public var isEmpty: Bool { caseBefore?.version == caseAfter.version }
}

extension CaseTransition: Equatable {
    public static func == (left: CaseTransition, right: CaseTransition) -> Bool {
        left.caseBefore == right.caseBefore && left.caseAfter == right.caseAfter
            && left.orderBefore == right.orderBefore && left.orderAfter == right.orderAfter
            && left.entries == right.entries && left.events == right.events
            && left.attainments == right.attainments && left.dependsOnOrder == right.dependsOnOrder
    }
}

/// One line of a case's story.
public struct TimelineEntry: Hashable, Sendable {
    public var at: Instant
    public var kind: EventType
    public var actor: ActorRecord
    /// Nil before submission.
    public var stateBefore: CaseState?
    public var stateAfter: CaseState
    /// Holds no personal data.
    public var text: String
    /// Personal data: what a person wrote.
    public var personalText: String
    public var caseVersion: UInt64

    public init(
        at: Instant, kind: EventType, actor: ActorRecord, stateBefore: CaseState?, stateAfter: CaseState,
        text: String, personalText: String = "", caseVersion: UInt64
    ) {
        self.at = at
        self.kind = kind
        self.actor = actor
        self.stateBefore = stateBefore
        self.stateAfter = stateAfter
        self.text = text
        self.personalText = personalText
        self.caseVersion = caseVersion
    }
}

/// One event for the outbox. Holds no personal data.
public struct CaseEvent: Hashable, Sendable {
    public var kind: EventType
    public var state: CaseState
    /// Nil where kind and state tell all.
    public var detail: CaseEventDetail?

    public init(kind: EventType, state: CaseState, detail: CaseEventDetail? = nil) {
        self.kind = kind
        self.state = state
        self.detail = detail
    }
}
