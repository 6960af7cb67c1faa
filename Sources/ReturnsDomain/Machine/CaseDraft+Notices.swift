/// What the customer has to be told, and how clocks follow from it.
extension CaseDraft {
    /// The customer is to be told of something: a message is asked for, and where it is required a NOTIFY clock starts.
    ///
    /// What is due already is told in one: a second inspection that refuses units before the first was told makes no second
    /// notice.
    mutating func owe(_ occasion: NoticeOccasion, refundID: String = "") {
        requestNotification(occasion)
        guard
            !value.notices.contains(where: {
                $0.state == .due && $0.occasion == occasion && $0.refundID == refundID
            })
        else { return }
        var notice = Notice(occasion: occasion, refundID: refundID, since: now)
        if occasion.isRequired { notice.notifyOrdinal = value.clocks[startClock(.notify)].ordinal }
        value.notices.append(notice)
    }

    /// The customer was told of these, so the NOTIFY clocks that measured nothing else are done, and the customer's own clocks
    /// of the occasions begin.
    mutating func tell(_ places: [Int], channel: ContactChannel, reference: String, text: String) {
        for index in places {
            value.notices[index].state = .told
            value.notices[index].endedAt = now
            value.notices[index].channel = channel
            value.notices[index].by = by
            value.notices[index].reference = reference
            value.notices[index].text = text
        }
        let occasions = Set(places.map { value.notices[$0].occasion })
        noteDeductionsKnown(of: occasions)
        endNotifyClocks(as: nil)
        for kind in ClockKind.allCases where !occasions.isDisjoint(with: kind.rule.occasions) {
            // Of a build that started it with the act: the customer has all of the time from the telling on.
            let before = value.runningClock(kind)
            endClocks(.superseded, of: kind)
            guard isCalledFor(kind), !waitsForTelling(kind) else { continue }
            let index = startClock(kind)
            if let before { grantAgain(before, on: index) }
        }
    }

    /// A further telling takes no time that the customer was granted: where they had longer by the clock before, they keep it.
    private mutating func grantAgain(_ before: Clock, on index: Int) {
        guard before.breachedAt == nil else { return }
        var before = before
        if before.isPaused { before.resume(at: now, calendar: plan.calendar) }
        let more = before.dueAt - value.clocks[index].dueAt
        guard more > 0 else { return }
        value.clocks[index].extend(
            Clock.Extension(
                at: now, byMilliseconds: min(more, ClockTarget.longestMilliseconds),
                reason: "granted before the customer was told again", by: by),
            calendar: plan.calendar)
    }

    /// What was overtaken is not told any more: all that is due, or what is due of these occasions.
    ///
    /// - Parameter refundID: Nil for those of every refund, and of none.
    mutating func voidNotices(
        of occasions: [NoticeOccasion] = NoticeOccasion.allCases, refundID: String? = nil
    ) {
        for index in value.notices.indices
        where value.notices[index].state == .due && occasions.contains(value.notices[index].occasion)
            && value.notices[index].refundID == refundID ?? value.notices[index].refundID
        {
            value.notices[index].state = .voided
            value.notices[index].endedAt = now
        }
        noteDeductionsKnown(of: Set(occasions))
        endNotifyClocks(as: .voided)
    }

    /// Nothing of a deduction, or that it was taken back, is to be told any more: it was told, or the case's end overtook it.
    private mutating func noteDeductionsKnown(of occasions: Set<NoticeOccasion>) {
        for line in value.lines.indices {
            for place in value.lines[line].deductions.indices {
                let stands = value.lines[line].deductions[place].stands
                guard occasions.contains(stands ? .deducted : .deductionTakenBack) else { continue }
                value.lines[line].deductions[place].isUntold = false
            }
        }
    }

    /// Ends the NOTIFY clocks that measure no notice that is due.
    ///
    /// - Parameter end: Nil where their work was done.
    private mutating func endNotifyClocks(as end: ClockEnd?) {
        forgetOldNotices()
        let measured = Set(value.notices.lazy.filter { $0.state == .due }.map(\.notifyOrdinal))
        for index in value.clocks.indices
        where value.clocks[index].kind == .notify && value.clocks[index].isRunning
            && !measured.contains(value.clocks[index].ordinal)
        {
            value.clocks[index].end(end ?? value.clocks[index].completion(at: now), at: now)
        }
    }

    /// A case whose customer knows all has no NOTIFY clock: a build that kept no notices lets one run on where what it was of was
    /// overtaken.
    mutating func endNeedlessNotifyClocks() {
        guard value.dueNotices.isEmpty, value.runs(.notify) else { return }
        endNotifyClocks(as: .voided)
    }

    /// The story tells all of them; the case keeps what is due, and the last of the others.
    private mutating func forgetOldNotices() {
        var extra = value.notices.count { $0.state != .due } - CountLimits.caseEndedNoticesMax
        guard extra > 0 else { return }
        value.wasToldBefore =
            value.wasToldBefore || value.notices.contains { $0.state == .told && $0.occasion.isRequired }
        value.notices.removeAll { notice in
            guard extra > 0, notice.state != .due else { return false }
            extra -= 1
            return true
        }
    }
}
