import ReturnsDomain

/// Commands with good contents for a case as it is: every form field right, so that only state and ledgers decide.
public enum WellFormed {
    /// At least one command of the kind; more where the contents lead to different places.
    public static func moves(_ kind: CommandKind, _ value: Case, now: Instant) -> [Move] {
        let reviewer = value.decisions.last?.by.name == Cast.sara.name ? Cast.simon : Cast.sara
        let hasFailedCheck = value.checks.contains { $0.result == .failed }
        switch kind {
        case .submit: return [Move(.submit(Fixture.submission()), Cast.shop)]
        case .verify: return [Move(.verify(isCustomerVerified: true, isOrderVerified: true), Cast.sara)]
        case .requestInfo: return [Move(.requestInfo(question: "which colour?"), Cast.sara)]
        case .provideInfo: return [Move(.provideInfo(answer: "blue"), Cast.shop)]
        case .approve:
            return [
                Move(
                    .approve(
                        returnAddress: "1 Dock Road", instructions: "",
                        overrideReason: hasFailedCheck ? "goodwill" : ""),
                    hasFailedCheck ? Cast.sue : reviewer)
            ]
        case .reject:
            return [Move(.reject(code: "worn", reason: "worn in use", alternative: "a voucher"), reviewer)]
        case .appeal: return [Move(.appeal(reason: "it was never worn"), Cast.shop)]
        case .acceptAlternative:
            return [
                Move(.acceptAlternative(goods: [GoodsUnits(sku: "VASE", units: 1)]), Cast.shop),
                Move(.acceptAlternative(goods: []), Cast.shop),
            ]
        case .schedulePickup:
            let from = now.adding(Milliseconds.day)
            return [
                Move(
                    .schedulePickup(from: from, until: from.adding(2 * Milliseconds.hour), address: "1 Way"),
                    Cast.sara)
            ]
        case .recordPickup:
            return [
                Move(
                    .recordPickup(
                        PickupReport(
                            result: .collected, carrier: "SF", trackingNumber: "P1",
                            waybill: Fixture.document(.waybill))),
                    Cast.leo),
                Move(.recordPickup(PickupReport(result: .missed, reason: "nobody home")), Cast.leo),
            ]
        case .ship:
            return [
                Move(
                    .ship(carrier: "SF", trackingNumber: "T1", waybill: Fixture.document(.waybill)), Cast.shop
                )
            ]
        case .track:
            let event = TrackingReport(at: now, status: "at the hub", place: "Wuhan")
            return [Move(.track(trackingNumber: "", event: event), Cast.leo)]
        case .reportException:
            return [Move(.reportException(kind: .lost, reason: "not at the hub", lines: []), Cast.leo)]
        case .found: return [Move(.found(note: "behind the shelf"), Cast.leo)]
        case .receive: return receipts(value)
        case .inspect: return inspections(value)
        case .agreeExchange: return agreements(value)
        case .cancelExchange:
            let item = value.outbound.first { $0.kind == .exchangeAccepted && $0.shippedAt == nil }
            let number = item?.exchange?.number ?? 1
            return [Move(.cancelExchange(number: number, reason: "sold out"), Cast.sara)]
        case .correctReceipt: return receiptCorrections(value)
        case .correctInspection: return inspectionCorrections(value)
        case .tell: return [Move(.tell(Telling(channel: "sms", reference: "m1")), Cast.sara)]
        case .resolve: return resolutions(value)
        case .refund:
            // All that is due, and with it, or alone, a little of the shipping.
            return [RefundOrder(), RefundOrder(shippingMinor: 1)].map { Move(.refund($0), Cast.fei) }
        case .recordRefund: return refundReports(value)
        case .abandonRefund:
            return [Move(.abandonRefund(refundID: refundID(value), gatewayConfirmation: "void"), Cast.fei)]
        case .shipBack: return [Move(.shipBack(carrier: "SF", trackingNumber: "B1"), Cast.wang)]
        case .exchange: return [Move(.exchange(carrier: "SF", trackingNumber: "E1"), Cast.wang)]
        case .grantReturnless: return [Move(.grantReturnless(reason: "not worth the postage"), Cast.sue)]
        case .withdraw: return [Move(.withdraw(reason: "keeps it"), Cast.shop)]
        case .followUp: return [Move(.followUp(wasReached: true, score: 5, comments: "fine"), Cast.sara)]
        case .close: return [Move(.close, Cast.sara)]
        case .cancel: return [Move(.cancel(reason: "keeps it"), Cast.shop)]
        case .reopen: return [Move(.reopen(reason: "closed in error"), Cast.sue)]
        case .note: return [Move(.note(text: "called"), Cast.sara)]
        case .attachDocument:
            let missing = value.missingDocuments.first ?? .other
            var paper = Fixture.document(missing)
            if case .document(.refundVoucher, let id)? = value.closingNeeds.first(where: {
                if case .document(.refundVoucher, _) = $0 { true } else { false }
            }), missing == .refundVoucher {
                paper.refundID = id
            }
            return [Move(.attachDocument(paper), clerk(missing))]
        case .pauseClock: return clockMoves(value) { .pauseClock($0, reason: "strike") }
        case .resumeClock: return clockMoves(value) { .resumeClock($0, reason: "over") }
        case .extendClock:
            return clockMoves(value) { .extendClock($0, byMilliseconds: Milliseconds.hour, reason: "storm") }
        case .sweep: return [Move(.sweep, .system)]
        case .assign: return [Move(.assign(.service, person: "sara", team: ""), Cast.sue)]
        case .deduct: return deductions(value)
        case .confirmRefund:
            return [
                Move(
                    .confirmRefund(refundID: refundID(value)), Actor(name: "fred", roles: [.finance]))
            ]
        case .recordReturnedRefund:
            let paid = value.refunds.last { $0.status == .succeeded }
            let reason = paid == nil ? "account frozen" : "account closed"
            let id = paid?.id ?? refundID(value)
            // All of it, or the last payment's part of it, or of that a half.
            let parts = (paid?.payments.last).map { last in
                [last.amountMinor, max(1, last.amountMinor / 2)].map {
                    [RefundShare(reference: last.reference, amountMinor: $0)]
                }
            }
            return ([[]] + (parts ?? [])).map {
                Move(.recordReturnedRefund(refundID: id, reason: reason, payments: $0), Cast.fei)
            }
        case .takeBackDeduction:
            let line = value.lines.first { $0.deductions.contains(where: \.stands) }
            let place = line?.deductions.firstIndex(where: \.stands) ?? 0
            return [
                Move(
                    .takeBackDeduction(
                        lineID: (line ?? value.lines[0]).lineID, number: place + 1, reason: "in error"),
                    Cast.sue)
            ]
        case .concedeAmount:
            let line = value.lines.first { $0.units.undecided > 0 }
            let units = LineUnits(
                lineID: (line ?? value.lines[0]).lineID, units: max(1, line?.units.undecided ?? 0))
            return [Move(.concedeAmount(units, amountMinor: 1, reason: "keeps them"), Cast.sue)]
        case .recompute:
            // To the other one.
            return [Move(.recompute(Fixture.slaPolicies[value.slaVersion == 1 ? 2 : 1]!), Cast.sue)]
        }
    }

    /// A little of what a line has due, and all of it.
    private static func deductions(_ value: Case) -> [Move] {
        let line = value.lines.first { $0.balanceMinor > 0 } ?? value.lines[0]
        return Set([1, max(1, line.balanceMinor)]).sorted().map { amount in
            let wish = DeductionOrder(
                lineID: line.lineID, amountMinor: amount, code: .restocking, reason: "as agreed")
            return Move(.deduct(wish), Cast.sue)
        }
    }

    /// All that can still arrive, and where nothing can, a stray parcel.
    private static func receipts(_ value: Case) -> [Move] {
        let isExpected = StatesDocument.shared.states([
            "approved", "pickup_scheduled", "in_transit", "after arrival",
        ])
        .contains(value.state)
        let lines = value.lines.compactMap { line in
            let units = isExpected ? line.units.awaited + line.units.lostUndecided : 0
            return units > 0 ? LineUnits(lineID: line.lineID, units: units) : nil
        }
        let isByHand = value.shipments.isEmpty
        let stray = lines.isEmpty ? [Receipt.Undeclared(sku: "HAT", units: 1)] : []
        var moves = [
            Move(
                .receive(
                    Receipt(
                        lines: lines, undeclared: stray, isByHand: isByHand, enclosures: ["invoice"],
                        document: Fixture.document(.other))), Cast.wang)
        ]
        // What was paid for without the goods can turn up whenever it likes.
        let paid = value.lines.map {
            LineUnits(lineID: $0.lineID, units: $0.units.lostConceded + $0.units.kept)
        }.filter { $0.units > 0 }
        if !isExpected, !paid.isEmpty { moves.append(Move(.receive(Receipt(lines: paid)), Cast.wang)) }
        return moves
    }

    /// Everything accepted, and everything refused.
    private static func inspections(_ value: Case) -> [Move] {
        let open = value.lines.filter { $0.units.uninspected > 0 }
        let lines =
            open.isEmpty
            ? [LineUnits(lineID: value.lines[0].lineID, units: 1)]
            : open.map { LineUnits(lineID: $0.lineID, units: $0.units.uninspected) }
        return [true, false].map { isGood in
            Move(
                .inspect(
                    lines: lines.map {
                        LineInspection(
                            lineID: $0.lineID, isAppearanceOK: isGood, isQuantityOK: true,
                            isPackagingOK: true,
                            isUnusedOK: true, acceptedUnits: isGood ? $0.units : 0,
                            refusedUnits: isGood ? 0 : $0.units)
                    }, report: Fixture.document(.inspectionReport)), Cast.wang)
        }
    }

    /// Nothing came of what can be taken back: of the lines, and of undeclared goods.
    private static func receiptCorrections(_ value: Case) -> [Move] {
        func waiting(_ kind: OutboundKind, _ lineID: String) -> Int64 {
            value.outbound.reduce(0) {
                $0 + ($1.kind == kind && $1.lineID == lineID && $1.shippedAt == nil ? $1.units : 0)
            }
        }
        let lines = value.lines.compactMap { line -> LineUnits? in
            let free = line.units.uninspected + (value.isWithdrawn ? waiting(.sendBack, line.lineID) : 0)
            return free > 0 ? LineUnits(lineID: line.lineID, units: line.units.received - free) : nil
        }
        let skus = Set(value.outbound.filter { $0.kind == .undeclared && $0.shippedAt == nil }.map(\.sku))
        var corrections: [ReceiptCorrection] = []
        if !lines.isEmpty { corrections.append(ReceiptCorrection(lines: lines, reason: "did not come")) }
        if !skus.isEmpty {
            let goods = skus.sorted().map { GoodsUnits(sku: $0, units: 0) }
            corrections.append(ReceiptCorrection(lines: [], undeclared: goods, reason: "another case's"))
        }
        if corrections.isEmpty {
            let line = LineUnits(lineID: value.lines[0].lineID, units: 0)
            corrections = [ReceiptCorrection(lines: [line], reason: "did not come")]
        }
        return corrections.map { Move(.correctReceipt($0), Cast.wang) }
    }

    /// What the inspections of a line come to.
    public static func found(_ lineID: String, in value: Case) -> (accepted: Int64, refused: Int64) {
        var found: (accepted: Int64, refused: Int64) = (0, 0)
        for inspection in value.inspections where inspection.lineID == lineID {
            if inspection.replacesEarlier { found = (0, 0) }
            found.accepted += inspection.acceptedUnits
            found.refused += inspection.refusedUnits
        }
        return found
    }

    /// Of one line: all is accepted, or refused where it was accepted; the same with another note; and nothing is inspected.
    private static func inspectionCorrections(_ value: Case) -> [Move] {
        let lineID = value.inspections.last?.lineID ?? value.lines[0].lineID
        let (accepted, refused) = found(lineID, in: value)
        let all = accepted + refused
        let other = refused > 0 ? (accepted: all, refused: 0) : (accepted: 0, refused: all)
        return [other, (accepted, refused), (0, 0)].map { counts in
            let line = LineInspection(
                lineID: lineID, isAppearanceOK: counts.1 == 0, isQuantityOK: true, isPackagingOK: true,
                isUnusedOK: true, acceptedUnits: counts.0, refusedUnits: counts.1,
                note: "looked again, \(value.inspections.count)")
            return Move(.correctInspection(lines: [line], report: nil, reason: "mixed up"), Cast.wang)
        }
    }

    /// One unit of each line with accepted ones: for the same goods, for dearer ones, and for cheaper ones.
    private static func agreements(_ value: Case) -> [Move] {
        let lines = value.lines.filter { $0.units.accepted > $0.units.acceptedExchanged }.map(\.lineID)
        return (lines.isEmpty ? [value.lines[0].lineID] : lines).flatMap { line in
            [
                ExchangeAgreement(lineID: line, units: 1),
                ExchangeAgreement(
                    lineID: line, units: 1, sku: "MUG-L", differenceMinor: 200, settlement: .paidByCustomer,
                    settlementReference: "T-1", reason: "too small"),
                ExchangeAgreement(
                    lineID: line, units: 1, sku: "MUG-S", differenceMinor: -150, settlement: .paidBack),
            ].map { Move(.agreeExchange($0), Cast.sara) }
        }
    }

    /// Each resolution for all units that are open to it.
    private static func resolutions(_ value: Case) -> [Move] {
        // Lost units of which the customer was not told wait; awaited ones do not.
        let isLossUntold = value.dueNotices.contains { $0.occasion == .exception }
        return UnitResolution.allCases.map { resolution in
            var lines: [LineResolution] = []
            for line in value.lines {
                let lost = isLossUntold ? 0 : line.units.lostUndecided
                let units =
                    resolution == .release
                    ? lost + line.units.awaited : line.units.undecided > 0 ? line.units.undecided : lost
                if units > 0 {
                    lines.append(LineResolution(lineID: line.lineID, resolution: resolution, units: units))
                }
            }
            if lines.isEmpty {
                lines = [LineResolution(lineID: value.lines[0].lineID, resolution: resolution, units: 1)]
            }
            return Move(
                .resolve(lines: lines, reason: "agreed"), resolution == .concede ? Cast.sue : Cast.sara)
        }
    }

    /// Whose paper it is.
    public static func clerk(_ type: DocumentType) -> Actor {
        switch type {
        case .application, .waybill, .other: Cast.sara
        case .signedReceipt, .inspectionReport: Cast.wang
        case .refundVoucher: Cast.fei
        }
    }

    private static func refundReports(_ value: Case) -> [Move] {
        let results: [RefundReport.Result] = [
            .succeeded(
                voucher: awaitsResult(value) ? "V1" : "V0", document: Fixture.document(.refundVoucher)),
            .failed(reason: "declined"), .unknown,
        ]
        // One that was abandoned can still succeed.
        let id =
            value.liveRefund?.id ?? value.refunds.last { $0.status == .abandoned }?.id ?? refundID(value)
        let attempt = value.refunds.last { $0.id == id }?.attempts
        return results.map {
            Move(.recordRefund(RefundReport(refundID: id, attempt: attempt, result: $0)), Cast.fei)
        }
    }

    /// One for every running clock.
    private static func clockMoves(_ value: Case, _ command: (ClockKind) -> Command) -> [Move] {
        let kinds = value.runningClocks.isEmpty ? [.review] : value.runningClocks.map(\.kind)
        return kinds.map { Move(command($0), Cast.sue) }
    }

    /// Where no result is awaited, none is told that was told before.
    private static func awaitsResult(_ value: Case) -> Bool {
        value.liveRefund != nil || value.refunds.contains { $0.status == .abandoned }
    }

    private static func refundID(_ value: Case) -> String {
        value.liveRefund?.id ?? value.refunds.last?.id ?? "\(value.id)-1"
    }
}
