import MoneyFormat

/// What the review checks a form against.
extension CaseDraft {
    /// Judges the form against the order as it is now and the policy (R2, R6). Windows and exclusions go by the policy at the
    /// purchase (N4).
    func runChecks() -> [Check] {
        let goods = reviewedGoods
        let zone = order.zone(under: purchasePolicy, plan: plan)
        var checks = [
            orderStatusCheck, windowCheck(goods, zone), reasonCheck, conditionsCheck, exclusionsCheck(goods),
        ]
        if let check = earlierRefusalsCheck(zone) { checks.append(check) }
        if let check = paidInPartCheck { checks.append(check) }
        return checks
    }

    private func check(_ kind: CheckKind, _ result: CheckResult, _ detail: String) -> Check {
        Check(kind: kind, result: result, detail: detail, policyVersion: policy.version)
    }

    private var orderStatusCheck: Check {
        switch order.status {
        case .cancelled: check(.orderStatus, .failed, "the order is cancelled")
        case .delivered: check(.orderStatus, .passed, "the order is delivered")
        case .placed where order.deliveredAt != nil:
            check(.orderStatus, .passed, "the order is placed, and was delivered")
        case .placed: check(.orderStatus, .failed, "the order was not delivered yet")
        }
    }

    private var reasonCheck: Check {
        var uncovered = LineNames<String>()
        var wanted = LineNames<[String]>()
        // Most forms have one reason for all lines: it is looked up once.
        var judged: (code: String, isCovered: Bool, evidence: [String])?
        for line in value.lines {
            let code = value.reasonCode(of: line)
            if code != judged?.code {
                let reason = policy.reason(code)
                judged = (code, reason?.isCovered == true, reason?.evidence ?? [])
            }
            if judged?.isCovered != true { uncovered.add(line.lineID, code) }
            if let evidence = judged?.evidence, !evidence.isEmpty { wanted.add(line.lineID, evidence) }
        }
        guard uncovered.isEmpty else {
            let isOfAll = uncovered.count == value.lines.count && uncovered.areAlike
            let what = isOfAll ? uncovered.words[0] : uncovered.text { $0 }
            return check(.reason, .failed, "not covered: \(what)")
        }
        if wanted.isEmpty { return check(.reason, .passed, "covered") }
        func text(_ evidence: [String]) -> String {
            let rest = evidence.count - CountLimits.checkLinesMax
            let names = evidence.prefix(CountLimits.checkLinesMax).joined(separator: ", ")
            return rest > 0 ? "\(names) and \(rest) more" : names
        }
        // Of which line it is wanted is said where it is not of all.
        let isOfAll = wanted.count == value.lines.count && wanted.areAlike
        return check(
            .reason, .passed,
            "covered; evidence wanted: \(isOfAll ? text(wanted.words[0]) : wanted.text(text))")
    }

    private var conditionsCheck: Check {
        let unmet = policy.requiredConditions.filter { code in
            !value.form.conditions.contains { $0.code == code && $0.isMet }
        }
        return check(
            .conditions, unmet.isEmpty ? .passed : .failed,
            unmet.isEmpty ? "all declared" : "not declared: \(unmet.joined(separator: ", "))")
    }

    // MARK: What was promised at the purchase

    /// A line of the case, and how long its goods can be returned.
    private struct Goods {
        var lineID: String
        var window: ReturnWindow
    }

    private var reviewedGoods: [Goods] {
        // A few lines are found sooner than all of the order's are put into a table.
        let places: [String: Int]? =
            value.lines.count <= Self.linesFoundOneByOneMax
            ? nil
            : Dictionary(
                order.lines.indices.lazy.map { (order.lines[$0].lineID, $0) },
                uniquingKeysWith: { first, _ in first })
        var goods: [Goods] = []
        goods.reserveCapacity(value.lines.count)
        for line in value.lines {
            let place = places.map { $0[line.lineID] } ?? order.lineIndex(line.lineID)
            guard let place else { continue }
            goods.append(
                Goods(lineID: line.lineID, window: purchasePolicy.returnWindow(of: order.lines[place])))
        }
        return goods
    }

    private static let linesFoundOneByOneMax = 16

    private func purchaseCheck(_ kind: CheckKind, _ result: CheckResult, _ detail: String) -> Check {
        Check(kind: kind, result: result, detail: detail, policyVersion: purchasePolicy.version)
    }

    /// Nobody is held to a promise that cannot be read: the reviewer decides.
    private func unreadablePromise(_ kind: CheckKind) -> Check? {
        unreadablePurchasePolicy.map { version in
            Check(
                kind: kind, result: .open,
                detail: "version \(version) of the policy, which was in force at the purchase, is damaged",
                policyVersion: version)
        }
    }

    private func exclusionsCheck(_ goods: [Goods]) -> Check {
        if let unreadable = unreadablePromise(.exclusions) { return unreadable }
        var excluded = LineNames<String>()
        for item in goods where item.window.days == 0 {
            excluded.add(item.lineID, item.window.reason.isEmpty ? "by the policy" : item.window.reason)
        }
        return excluded.isEmpty
            ? purchaseCheck(.exclusions, .passed, "no line is excluded")
            : purchaseCheck(.exclusions, .failed, "not returnable: \(excluded.text { $0 })")
    }

    private func windowCheck(_ goods: [Goods], _ zone: TimeZoneTable) -> Check {
        if let unreadable = unreadablePromise(.returnWindow) { return unreadable }
        let goods = goods.allSatisfy { $0.window.days > 0 } ? goods : goods.filter { $0.window.days > 0 }
        guard !goods.isEmpty else {
            return purchaseCheck(.returnWindow, .passed, "no line has a window")
        }
        guard let delivered = order.deliveredAt else { return windowCheckWithoutDelivery(goods, zone) }
        return windowCheck(goods, zone, from: delivered, "delivery")
    }

    /// Judges each line by itself, and tells its last day and the zone of it.
    private func windowCheck(
        _ goods: [Goods], _ zone: TimeZoneTable, from start: Instant, _ occasion: String
    ) -> Check {
        let (startDay, askedDay) = (zone.localDay(of: start), zone.localDay(of: value.requestedAt))
        let late = goods.filter { askedDay > $0.window.lastDay(delivered: startDay) }
        let named = late.isEmpty ? goods : late
        func words(_ window: ReturnWindow) -> String {
            let lastDay = TimeZoneTable.dateText(ofDay: window.lastDay(delivered: startDay))
            return "last day \(lastDay), \(counted(window.days, "day"))"
        }
        let windows: String
        if named.count == goods.count, named.allSatisfy({ $0.window.days == named[0].window.days }) {
            windows = words(named[0].window)
        } else {
            var names = LineNames<Int64>()
            for item in named { names.add(item.lineID, item.window.days) }
            windows = names.text { words(ReturnWindow(days: $0, reason: "")) }
        }
        // Every form is told this up to three times: it grows in one piece of memory.
        var text = ""
        text.reserveCapacity(windows.utf8.count + Self.windowTextBytes)
        text += windows
        text += " from the day after \(occasion) on "
        text += TimeZoneTable.dateText(ofDay: startDay)
        text += "; asked "
        text += zone.localText(value.requestedAt)
        text += " ("
        text += zone.title(at: value.requestedAt)
        text += ")"
        return purchaseCheck(.returnWindow, late.isEmpty ? .passed : .failed, text)
    }

    /// Of what follows the windows, mostly.
    private static let windowTextBytes = 112

    /// Goods arrive no earlier than they are bought: what is in time counted from the purchase is in time whenever they came.
    private func windowCheckWithoutDelivery(_ goods: [Goods], _ zone: TimeZoneTable) -> Check {
        guard order.status == .delivered else {
            return purchaseCheck(
                .returnWindow, .open, "the order was not delivered yet; the window starts on the day after")
        }
        let fromPurchase = windowCheck(goods, zone, from: order.placedAt, "the purchase")
        guard fromPurchase.result == .passed else {
            return purchaseCheck(
                .returnWindow, .open, "the order does not say when it was delivered; push it with that time")
        }
        return fromPurchase
    }

    // MARK: Earlier refusals

    /// Nil where no case of the order has refused these goods.
    private func earlierRefusalsCheck(_ zone: TimeZoneTable) -> Check? {
        let earlier = order.refusals(before: value.submittedAt, besides: value.id)
        if earlier.isEmpty { return nil }
        let lineIDs = Set(value.lines.map(\.lineID))
        var refused: [String] = []
        for refusal in earlier.reversed() {
            var names = LineNames<Int64>()
            for line in refusal.lines where lineIDs.contains(line.lineID) {
                names.add(line.lineID, line.units)
            }
            guard !names.isEmpty else { continue }
            let appeal =
                if let until = refusal.appealUntil {
                    until > now ? ", can be appealed until \(zone.localText(until))" : ""
                } else {
                    ", can still be appealed"
                }
            refused.append(
                "case \(refusal.caseID) on \(zone.localText(refusal.at)) by \(refusal.by.name), \(names.text { counted($0, "unit") })\(appeal)"
            )
        }
        guard !refused.isEmpty else { return nil }
        let shown = refused.prefix(Self.refusalsShownMax)
        let rest = refused.count > shown.count ? "; and \(refused.count - shown.count) before" : ""
        return check(.earlierRefusals, .noted, "refused before: \(shown.joined(separator: "; "))\(rest)")
    }

    /// Of several refusals the latest are told; the others are counted.
    private static let refusalsShownMax = 3

    // MARK: What was paid

    /// Nil where the order is paid in full. The reviewer weighs it: every limit of a refund is what was paid already.
    private var paidInPartCheck: Check? {
        guard order.outstandingMinor > 0 else { return nil }
        let currency = order.currency.description
        let outstanding = MoneyFormat.text(order.outstandingMinor, currency)
        let paid = MoneyFormat.text(order.paidMinor, currency)
        return check(
            .paidInPart, .noted,
            "\(outstanding) outstanding, \(paid) paid: what is refunded is bounded by what was paid")
    }
}

extension Order {
    /// Whose calendar days its windows count: its own zone, else that of its sale channel, else that of the plan's calendar.
    func zone(under policy: ReturnPolicy, plan: SLAPlan) -> TimeZoneTable {
        zone ?? policy.zone(ofSaleChannel: key.saleChannel) ?? plan.calendar.zone
    }
}

/// Lines that share what is said of them, in a text that stays short: "lines 1, 2: made to order; line 7: fresh; and 4 more lines".
private struct LineNames<Word: Equatable> {
    /// What is said, in the order in which it was said first.
    private(set) var words: [Word] = []
    /// Of the words at the same place.
    private var lineIDs: [[String]] = []
    private(set) var count = 0
    /// Whether the same is said of all of them, told or counted.
    private(set) var areAlike = true

    var isEmpty: Bool { count == 0 }

    mutating func add(_ lineID: String, _ word: Word) {
        count += 1
        areAlike = areAlike && word == words.first ?? word
        guard count <= CountLimits.checkLinesMax else { return }
        if let index = words.firstIndex(of: word) {
            lineIDs[index].append(lineID)
        } else {
            words.append(word)
            lineIDs.append([lineID])
        }
    }

    /// - Parameter said: A word as people read it.
    func text(_ said: (Word) -> String) -> String {
        var parts = zip(words, lineIDs).map { word, ids in
            "\(ids.count == 1 ? "line" : "lines") \(ids.joined(separator: ", ")): \(said(word))"
        }
        let more = count - CountLimits.checkLinesMax
        if more > 0 { parts.append("and \(counted(more, "more line"))") }
        return parts.joined(separator: "; ")
    }
}
