extension CommandRule {
    /// Goods got lost on the way, or were refused.
    static let reportException = CommandRule(in: [.inTransit] + .afterArrival, leadsToTheEnd: true) {
        $0.value.awaitedUnits > 0
    }
}

extension CaseDraft {
    mutating func reportException(_ kind: ExceptionKind, reason: String, lines: [LineUnits])
        throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try requireAwaited()
        try requireRoomForClocks()
        let affected =
            lines.isEmpty
            ? value.lines.indices.map { ($0, value.lines[$0].units.awaited) }
            : try caseLines(lines).map { ($0.index, $0.units) }
        for (position, line) in affected.enumerated() {
            guard line.1 <= value.lines[line.0].units.awaited else {
                throw .notAllowed(
                    "QUANTITY_EXCEEDED",
                    "line \(value.lines[line.0].lineID) awaits \(counted(value.lines[line.0].units.awaited, "unit"))",
                    field: "lines[\(position)].units")
            }
        }
        for line in affected {
            value.lines[line.0].units.awaited -= line.1
            value.lines[line.0].units.lost += line.1
        }
        value.exception = kind
        value.state = .exception
        voidArrivalClocksIfNothingIsAwaited()
        record(.exceptionReported, "\(kind)", .exception(kind), personalText: reason)
        owe(.exception)
    }
}
