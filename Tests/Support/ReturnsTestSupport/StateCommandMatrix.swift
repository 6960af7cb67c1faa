import ReturnsDomain

/// Which command a case takes in which state: DESIGN §3's table, written out by hand.
///
/// `+` taken where the ledgers permit; `.` refused by the state; `-` the state would take it, but there the ledgers
/// never do, so that the refusal can name what is missing.
///
/// Why, where it is not DESIGN's table word for word:
/// - ship, report_exception and track after arrival: part of the units may still be to come, in a parcel of its own,
///   which can be followed and can get lost. A second parcel while the first is in transit is one of these.
/// - resolve after arrival: it releases what does not come, whatever else is owed.
/// - refund in refunded, ship_back and alternative: shipping can follow the goods' refund.
/// - record_refund wherever a refund was abandoned, in closed too: it can succeed late.
/// - ship_back and exchange not in in_transit: nothing has arrived there, so nothing can be owed back.
/// - ship_back in refunded and alternative, exchange in refunded: goods of either kind due out would make the state
///   ship_back or alternative.
public enum StateCommandMatrix {
    public static let grid = """
                           su in ap re pi it ex rc ql nc rg rf rd sb al cl ca xp
        submit             .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        verify             +  +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        request_info       +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        provide_info       .  +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        approve            +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        reject             +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        appeal             .  .  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        accept_alternative .  .  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        schedule_pickup    .  .  +  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .
        record_pickup      .  .  .  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .
        ship               .  .  +  .  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        track              .  .  .  .  .  +  +  +  +  +  +  +  +  +  +  .  .  .
        report_exception   .  .  .  .  .  +  +  +  +  +  +  +  +  +  +  .  .  .
        found              .  .  .  .  .  .  +  .  .  .  .  .  .  .  .  .  .  .
        receive            .  .  +  .  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        inspect            .  .  .  .  .  .  .  +  .  .  +  +  .  .  .  .  .  .
        tell               .  .  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        resolve            .  .  .  .  .  .  +  +  +  +  +  +  +  +  +  .  .  .
        refund             .  .  .  .  .  +  +  +  +  +  -  +  +  +  +  .  .  .
        record_refund      .  .  .  .  .  +  +  +  +  +  +  +  +  +  +  +  .  .
        abandon_refund     .  .  .  .  .  .  .  .  .  .  +  +  .  .  .  .  .  .
        ship_back          .  .  .  .  .  .  +  +  +  +  +  +  -  +  -  .  .  .
        exchange           .  .  .  .  .  .  +  +  +  +  +  +  -  +  +  .  .  .
        grant_returnless   .  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        withdraw           .  .  .  .  .  +  .  .  .  .  .  .  .  .  .  .  .  .
        follow_up          .  .  .  .  .  .  +  .  +  +  .  .  +  +  +  .  .  .
        close              .  .  .  +  .  .  +  .  +  +  .  .  +  +  +  .  .  .
        cancel             +  +  +  .  +  .  .  .  .  .  .  .  .  .  .  .  .  .
        reopen             .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  +  .  +
        note               +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +
        attach_document    +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +
        pause_clock        +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        resume_clock       +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        extend_clock       +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        sweep              +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  +
        recompute          +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        assign             +  +  +  +  +  +  +  +  +  +  +  +  +  +  +  .  .  .
        """

    /// The columns' heads, in the order of the grid.
    public static let columns: [String: CaseState] = [
        "su": .submitted, "in": .infoNeeded, "ap": .approved, "re": .rejected, "pi": .pickupScheduled,
        "it": .inTransit, "ex": .exception, "rc": .received, "ql": .qualified, "nc": .nonconforming,
        "rg": .refunding, "rf": .refundFailed, "rd": .refunded, "sb": .shipBack, "al": .alternative,
        "cl": .closed, "ca": .cancelled, "xp": .expired,
    ]

    /// Every cell of the grid, by command and state.
    public static let cells: [CommandKind: [CaseState: Character]] = {
        let lines = grid.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let states = lines[0].map { columns[$0]! }
        var cells: [CommandKind: [CaseState: Character]] = [:]
        for line in lines.dropFirst() {
            let marks = line.dropFirst().map { Character($0) }
            precondition(marks.count == states.count, "the row of \(line[0]) has \(marks.count) cells")
            cells[CommandKind(name: line[0])!] = Dictionary(uniqueKeysWithValues: zip(states, marks))
        }
        return cells
    }()

    /// The commands of a state's column that are taken there, submission, sweeps and recomputing left out as `allowed`
    /// does.
    public static func taken(in state: CaseState) -> Set<CommandKind> {
        Set(CommandKind.allCases.filter { cells[$0]?[state] == "+" && $0 != .sweep && $0 != .recompute })
    }
}
