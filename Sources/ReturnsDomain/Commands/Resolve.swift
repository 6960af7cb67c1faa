extension CommandRule {
    /// What becomes of refused and lost units; awaited ones can be released.
    static let resolve = CommandRule(in: .afterArrival, leadsToTheEnd: true) { offer in
        let value = offer.value
        return value.awaitedUnits > 0 || value.hasKnownChoice
    }
}

extension CaseDraft {
    mutating func resolve(_ lines: [LineResolution], reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try Require.count(lines.count, "lines", 1...CountLimits.caseLinesMax)
        let concedes = lines.contains { $0.resolution == .concede }
        let resolver =
            concedes
            ? try acting(
                as: [.supervisor], "a concession is a supervisor's to make", code: "SUPERVISOR_REQUIRED") : by
        var units: Int64 = 0
        for (position, line) in lines.enumerated() {
            let index = try caseLine(
                LineUnits(lineID: line.lineID, units: line.units), field: "lines[\(position)]")
            try resolve(line, index: index, field: "lines[\(position)]")
            units += line.units
        }
        if value.lostUndecidedUnits == 0 { value.exception = nil }
        if value.undecidedUnits + value.lostUndecidedUnits == 0 { completeClocks(.customerChoice) }
        voidArrivalClocksIfNothingIsAwaited()
        let kinds = UnitResolution.allCases.filter { kind in lines.contains { $0.resolution == kind } }.map(
            \.description)
        record(
            .resolved, "\(counted(units, "unit")): \(kinds.joined(separator: ", "))", .units(units),
            personalText: reason, by: resolver)
    }

    private mutating func resolve(_ line: LineResolution, index: Int, field: String) throws(CaseRejection) {
        let units = value.lines[index].units
        // A line can have refused and lost units: the refused ones are decided first.
        let isLost = line.resolution == .release || units.undecided == 0
        let open =
            line.resolution == .release
            ? units.lostUndecided + units.awaited : isLost ? units.lostUndecided : units.undecided
        guard open > 0 || line.resolution == .release || units.awaited == 0 else {
            throw refusal(
                "NOTHING_THERE",
                "no unit of line \(line.lineID) is refused or lost; one that is awaited can only be released",
                field: "\(field).resolution")
        }
        guard line.units <= open else {
            let kind = line.resolution == .release ? "lost or awaited" : isLost ? "lost" : "refused"
            throw refusal(
                "QUANTITY_EXCEEDED",
                "line \(line.lineID) has \(counted(open, "\(kind) unit")) left to decide over",
                field: "\(field).units")
        }
        try requireTold(
            ofRefused: !isLost, ofLost: isLost && (line.resolution != .release || line.units > units.awaited))
        switch line.resolution {
        case .concede:
            if isLost {
                value.lines[index].units.lostConceded += line.units
            } else {
                value.lines[index].units.undecided -= line.units
                value.lines[index].units.conceded += line.units
            }
            makeRefundable(line.units, line: index)
        case .release:
            // Lost ones first, but not before the customer was told of them, as far as awaited ones are enough.
            let lost =
                value.isDue([.exception])
                ? max(0, line.units - units.awaited) : min(line.units, units.lostUndecided)
            value.lines[index].units.lost -= lost
            value.lines[index].units.awaited -= line.units - lost
            release(line.units, line: index)
        case .sendBack, .exchange, .dispose:
            guard !isLost else {
                throw refusal(
                    "NOTHING_THERE", "lost units can be conceded or released, not \(line.resolution)",
                    field: "\(field).resolution")
            }
            value.lines[index].units.undecided -= line.units
            switch line.resolution {
            case .sendBack: try sendBack(line.units, line: index)
            case .exchange:
                try requireRoomForOutbound()
                value.lines[index].units.exchanged += line.units
                value.outbound.append(
                    Outbound(
                        kind: .exchange, lineID: line.lineID, sku: value.lines[index].sku, units: line.units))
            default: value.lines[index].units.disposed += line.units
            }
        }
    }
}

extension CaseDraft {
    /// What becomes of units is the customer's to choose, who has to know of them first (R15).
    func requireTold(ofRefused: Bool, ofLost: Bool) throws(CaseRejection) {
        for (isTouched, occasion) in [(ofRefused, NoticeOccasion.nonconforming), (ofLost, .exception)]
        where isTouched && value.isDue([occasion]) {
            throw refusal(
                "TELL_FIRST",
                "the customer has to be told of the \(ofRefused ? "refused" : "lost") units (\(occasion)) before they are resolved; record that first"
            )
        }
    }
}

public struct LineResolution: Hashable, Sendable {
    public var lineID: String
    public var resolution: UnitResolution
    public var units: Int64

    public init(lineID: String, resolution: UnitResolution, units: Int64) {
        self.lineID = lineID
        self.resolution = resolution
        self.units = units
    }
}
