import ReturnsDomain

/// What the customer is to be told, a second time: by the table *Notices* of Protocol/STATES.md.
extension WalkLedger {
    mutating func notify(_ command: Command, _ account: inout Account) {
        switch command {
        case .approve: account.untold.insert("approval")
        case .reject: account.untold.insert("rejection")
        case .schedulePickup: account.untold.insert("pickup")
        case .requestInfo: account.untold.insert("info_request")
        case .provideInfo: account.untold.remove("info_request")
        case .appeal, .acceptAlternative: account.untold.remove("rejection")
        case .reportException: account.untold.insert("exception")
        case .receive:
            if account.lines.values.allSatisfy({ $0.lostOpen == 0 }) { account.untold.remove("exception") }
        case .found:
            // Who was not told of the loss need not hear that it was none.
            if account.untold.remove("exception") == nil { account.untold.insert("found") }
        case .inspect(let lines, _):
            if lines.contains(where: { $0.refusedUnits > 0 }) { account.untold.insert("nonconforming") }
        case .correctInspection(let lines, _, _):
            // `apply` has counted the lines anew.
            let wasTold = !account.untold.contains("nonconforming")
            let undecided = account.lines.values.reduce(0) { $0 + $1.undecided }
            if !wasTold, undecided == 0 { account.untold.remove("nonconforming") }
            let changes = lines.map { account.lines[$0.lineID]!.refusedByCorrection }
            if wasTold, changes.contains(where: { $0 < 0 }) { account.untold.insert("correction") }
            if changes.contains(where: { $0 > 0 }) { account.untold.insert("nonconforming") }
        case .shipBack: account.untold.insert("shipped_back")
        case .exchange: account.untold.insert("exchanged")
        case .recordRefund(let report):
            if case .succeeded = report.result, !account.isEnded, !account.isRepeated {
                account.untold.insert("refunded \(report.refundID)")
            }
        case .recordReturnedRefund where !account.isRepeated:
            account.untold.remove("refunded \(account.cameBack)")
            if account.isDueAgain { account.untold.insert("refund_returned \(account.cameBack)") }
        case .deduct, .takeBackDeduction:
            // The customer has to hear of each deduction that is not as they know it.
            let untold = account.lines.values.flatMap(\.deductions).filter { $0.stands != $0.isKnown }
            for (occasion, stands) in [("deducted", true), ("deduction_taken_back", false)] {
                if untold.contains(where: { $0.stands == stands }) {
                    account.untold.insert(occasion)
                } else {
                    account.untold.remove(occasion)
                }
            }
        case .tell(let telling):
            if telling.occasions.isEmpty { tellAll(&account) }
            if telling.occasions.contains(.deducted) { tellOfDeductions(&account, standing: true) }
            if telling.occasions.contains(.deductionTakenBack) {
                tellOfDeductions(&account, standing: false)
            }
            for occasion in telling.occasions {
                account.untold = account.untold.filter {
                    $0.prefix { $0 != " " } != occasion.description[...]
                }
            }
        case .reopen:
            // A case's end leaves nothing to be told, also where the deadline that ended it fell just before this command.
            tellAll(&account)
        default: break
        }
    }

    func tellAll(_ account: inout Account) {
        account.untold = []
        for stands in [true, false] { tellOfDeductions(&account, standing: stands) }
    }

    private func tellOfDeductions(_ account: inout Account, standing: Bool) {
        for id in account.lines.keys {
            for place in account.lines[id]!.deductions.indices
            where account.lines[id]!.deductions[place].stands == standing {
                account.lines[id]!.deductions[place].isKnown = standing
            }
        }
    }

    /// What the case takes to be untold, in the same words.
    static func untold(_ value: Case) -> Set<String> {
        Set(
            value.notices.filter { $0.state == .due }.map {
                $0.refundID.isEmpty ? $0.occasion.description : "\($0.occasion) \($0.refundID)"
            })
    }
}
