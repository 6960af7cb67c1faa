/// Limits on what a form may hold, in bytes of UTF-8 or in entries. Each is checked before anything is decided.
public enum TextLimits {
    public static let identifierBytesMax = 64
    public static let saleChannelBytesMax = 32
    public static let referenceBytesMax = 256
    /// What a customer says of one line's goods.
    public static let lineNoteBytesMax = 1_000
    public static let shortTextBytesMax = 512
    public static let longTextBytesMax = 4_000

    /// Whether a text for people may hold this character: any but those by which a text rewrites what is shown around it. A
    /// terminal takes C0 and C1 controls as commands; embeddings, overrides and isolates turn the order of what follows; and
    /// Unicode's line and paragraph separators end a line where no line is counted. Tab and line feed stay. So do the marks and
    /// joiners that languages and pictures need: they change only what they stand in.
    public static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}

/// Limits on how much one order or case may hold.
public enum CountLimits {
    /// The largest order in the sample data has 552 lines; five times that.
    public static let orderLinesMax = 2_500
    public static let orderPaymentsMax = 16
    public static let orderCasesMax = 500
    /// Entries of an order's own timeline.
    public static let orderEntriesMax = 100
    /// Persons who changed or added payments, two a time: each change is an entry, and between two of them no more can
    /// be added than an order has.
    public static let orderPaymentsChangersMax =
        2 * (orderEntriesMax + orderPaymentsMax * (orderEntriesMax + 1))
    /// Entries of it that wait for the stories of the order's cases; each is an event of the commit that tells them.
    public static let orderUntoldMax = 4
    public static let caseLinesMax = 2_500
    /// Deductions of one line of a case, and as many concessions by amount.
    public static let lineAmountsMax = 50
    public static let caseRecordsMax = 200
    /// The highest number in a refund's id. A case takes the next after how many it has, past those that are taken.
    public static let refundNumberMax = 2 * caseRecordsMax
    /// Clocks of one case, past which the steps that could go on for ever are refused.
    public static let caseClocksMax = 1_000
    /// Running clocks of one kind. INSPECT, NOTIFY and REFUND start by the day; past this, more falls under the last.
    public static let runningClocksPerKindMax = 10
    /// Every kind runs once at most, but those three.
    public static let caseRunningClocksMax = ClockKind.allCases.count + 3 * (runningClocksPerKindMax - 1)
    /// What folding in the due clocks can record in one decision; the rest of a damaged case waits for the next.
    public static let foldedFiringsMax = caseRunningClocksMax * Clock.firingsMax
    /// Events of a command itself: the act, its message, and an end that follows from it.
    public static let commandEventsMax = 6
    /// Clocks whose moving or ending one decision tells; more than this run in damaged cases only.
    public static let clockChangesMax = caseRunningClocksMax + ClockKind.allCases.count
    /// Events of one decision, each a write of the commit (ReturnsStore checks that they fit).
    public static let decisionEventsMax =
        orderUntoldMax + foldedFiringsMax + 1 + commandEventsMax + clockChangesMax
    /// Each shipment is a listing of its own, so their number is part of every commit too.
    public static let caseShipmentsMax = 20
    /// Notices that were told or overtaken; the story has those before them.
    public static let caseEndedNoticesMax = 100
    public static let caseOutboundMax = 5_000
    /// A case's own weight (`Case.weightBytes`), past which only the steps that lead to its end are taken, and twice
    /// this, past which none but sweeps are. Reading a case costs at least its size, on every command.
    public static let caseBytesMax = 1 << 20
    /// What a case weighs when its form opens it: three quarters of what it may, so that the rest is there for its handling.
    public static let formBytesMax = caseBytesMax / 4 * 3
    /// Entries of a case's timeline, past which only the steps that lead to its end are taken, and twice this, past which
    /// none but sweeps are. An entry is never dropped.
    public static let caseTimelineEntriesMax = 10_000
    public static let conditionsMax = 32
    /// Goods of one receipt that the form does not name; each is a line or an outbound item of the case.
    public static let receiptUndeclaredMax = 200
    public static let unitsMax: Int64 = 10_000_000
    public static let policyListMax = 200
    /// SKUs and categories of a policy's return rules together: each line of a form is compared with them.
    public static let returnRuleNamesMax = 1_000
    /// Languages of a reason's texts.
    public static let reasonTextsMax = 20
    /// Serial numbers of one line of a case.
    public static let lineSerialNumbersMax = 100
    /// Lines of a refund that one event tells.
    public static let eventLinesMax = 100
    /// Lines, or kinds of evidence, that one check names; it counts the others.
    public static let checkLinesMax = 10
    /// Lines of all that an order's cases refused. Past it, refusals are forgotten, first those that cannot be appealed any more.
    public static let orderRefusedLinesMax = 2 * orderLinesMax
    /// UTC offsets of an order's zone: a zone changes its offset up to four times a year.
    public static let orderOffsetsMax = 200
    public static let calendarOffsetsMax = 1_000
    public static let calendarSpecialDaysMax = 5_000
    /// Stretches of business in one day.
    public static let calendarHoursMax = 8
    public static let slaPlansMax = 50
}
