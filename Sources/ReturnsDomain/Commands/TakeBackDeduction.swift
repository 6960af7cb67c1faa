extension CommandRule {
    /// A deduction that is not right, or not right any more, is taken back.
    static let takeBackDeduction = CommandRule(
        in: [.inTransit] + .afterArrival, leadsToTheEnd: true, duty: .decideOwed
    ) {
        $0.value.lines.contains { $0.deductions.contains(where: \.stands) }
    }
}

extension CaseDraft {
    mutating func takeBackDeduction(
        _ lineID: String, number: Int?, reason: String
    ) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try caseLineIndex(lineID)
        let place = try deductionPlace(number, value.lines[index])
        value.lines[index].deductions[place].takenBackAt = now
        value.lines[index].deductions[place].takenBackBy = by
        value.lines[index].deductions[place].isUntold.toggle()
        value.owedDeciders.formUnion(actor.persons)
        let deduction = value.lines[index].deductions[place]
        record(
            .deductionTakenBack, "\(text(deduction.amountMinor)) of line \(lineID): \(deduction.code)",
            .adjustment(
                lineID: lineID, amountMinor: deduction.amountMinor, currency: value.currency,
                code: deduction.code, units: 0),
            personalText: reason)
        tellOfDeductions(deduction)
    }

    private func deductionPlace(_ number: Int?, _ line: CaseLine) throws(CaseRejection) -> Int {
        let standing = line.deductions.indices.filter { line.deductions[$0].stands }
        let list = standing.map {
            "\($0 + 1) (\(text(line.deductions[$0].amountMinor)), \(line.deductions[$0].code))"
        }.joined(separator: ", ")
        guard !standing.isEmpty else {
            throw refusal(
                "DEDUCTION_UNKNOWN", "no deduction of line \(line.lineID) stands", field: "deduction")
        }
        guard let number else {
            guard standing.count == 1 else {
                throw refusal(
                    "DEDUCTION_REQUIRED", "say which deduction of line \(line.lineID): \(list)",
                    field: "deduction")
            }
            return standing[0]
        }
        guard let place = standing.first(where: { $0 + 1 == number }) else {
            throw refusal(
                "DEDUCTION_UNKNOWN",
                "no deduction \(number) of line \(line.lineID) stands; there are \(list)",
                field: "deduction")
        }
        return place
    }

    /// Who was not told of a deduction need not hear that it was none; who was told has to hear that it is no more.
    private mutating func tellOfDeductions(_ deduction: Deduction) {
        let isOpen = value.lines.contains { $0.deductions.contains { $0.isUntold && $0.stands } }
        if !isOpen { voidNotices(of: [.deducted]) }
        if deduction.isUntold { owe(.deductionTakenBack) }
    }
}
