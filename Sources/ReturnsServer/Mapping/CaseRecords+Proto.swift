import ReturnsAPI
import ReturnsDomain

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ActorRecord {
    var proto: Returns_V1_Actor {
        .with {
            $0.name = name
            $0.role = role.proto()
            $0.onBehalfOf = onBehalfOf
        }
    }
}

extension CaseLine {
    var proto: Returns_V1_CaseLine {
        .with {
            $0.lineID = lineID
            $0.sku = sku
            $0.units = units.proto
            $0.owedMinor = owedMinor
            $0.committedMinor = committedMinor
            $0.addedOnReceipt = wasAddedOnReceipt
        }
    }
}

extension UnitLedger {
    var proto: Returns_V1_UnitLedger {
        .with {
            $0.requested = requested
            $0.awaited = awaited
            $0.received = received
            $0.lost = lost
            $0.kept = kept
            $0.released = released
            $0.uninspected = uninspected
            $0.accepted = accepted
            $0.refused = refused
            $0.undecided = undecided
            $0.conceded = conceded
            $0.sentBack = sentBack
            $0.exchanged = exchanged
            $0.disposed = disposed
            $0.lostConceded = lostConceded
        }
    }
}

extension ReviewDecision {
    func proto(_ view: CaseView) -> Returns_V1_Decision {
        .with {
            $0.by = by.proto
            $0.atMs = at.milliseconds
            switch outcome {
            case .approved(let address, let instructions, let reason):
                $0.approved = true
                $0.returnAddress = address
                $0.instructions = instructions
                $0.overrideReason = view.internalText(reason)
            case .rejected(let code, let reason, let alternative):
                $0.code = code
                $0.reason = reason
                $0.alternative = alternative
            }
        }
    }
}

extension Inspection {
    func proto(_ view: CaseView) -> Returns_V1_Inspection {
        .with {
            $0.lineID = lineID
            $0.appearanceOk = isAppearanceOK
            $0.quantityOk = isQuantityOK
            $0.packagingOk = isPackagingOK
            $0.unusedOk = isUnusedOK
            $0.acceptedUnits = acceptedUnits
            $0.refusedUnits = refusedUnits
            $0.evidence = evidence
            $0.note = view.internalText(note)
            $0.inspector = inspector.proto
            $0.atMs = at.milliseconds
            $0.standardVersion = standardVersion
        }
    }
}

extension Refund {
    func proto(_ view: CaseView) -> Returns_V1_Refund {
        .with {
            $0.refundID = id
            $0.status = status.proto()
            $0.amountMinor = amountMinor
            $0.lines = lines.map { share in
                .with {
                    $0.lineID = share.reference
                    $0.amountMinor = share.amountMinor
                }
            }
            $0.shippingMinor = shippingMinor
            $0.payments = payments.map { share in
                .with {
                    $0.reference = share.reference
                    $0.amountMinor = share.amountMinor
                }
            }
            $0.otherMethod = otherMethod
            $0.otherMethodReason = view.internalText(otherMethodReason)
            $0.attempts = attempts
            $0.failureReason = view.internalText(failureReason)
            $0.voucher = voucher
            $0.startedAtMs = startedAt.milliseconds
            if let endedAt { $0.endedAtMs = endedAt.milliseconds }
            $0.overpaidMinor = overpaidMinor
        }
    }
}

extension Outbound {
    var proto: Returns_V1_Outbound {
        .with {
            $0.kind = kind.proto()
            $0.lineID = lineID
            $0.sku = sku
            $0.units = units
            $0.carrier = carrier
            $0.trackingNo = trackingNumber
            if let shippedAt { $0.shippedAtMs = shippedAt.milliseconds }
        }
    }
}

extension Document {
    /// Nil when the field is absent.
    init?(_ proto: Returns_V1_Document, isPresent: Bool) {
        guard isPresent else { return nil }
        self.init(proto, type: .other)
    }

    init(_ proto: Returns_V1_Document, type: DocumentType) {
        self.init(
            type: type, reference: proto.reference, sha256: Array(proto.sha256),
            addedAt: Instant(milliseconds: 0), addedBy: "")
    }

    var proto: Returns_V1_Document {
        .with {
            $0.type = type.proto()
            $0.reference = reference
            $0.sha256 = Data(sha256)
            $0.addedAtMs = addedAt.milliseconds
            $0.addedBy = addedBy
        }
    }
}

extension Clock {
    func proto(_ view: CaseView) -> Returns_V1_Clock {
        .with {
            $0.kind = kind.proto()
            $0.ordinal = ordinal
            $0.owner = kind.owner.proto()
            $0.startedAtMs = startedAt.milliseconds
            $0.rawDueAtMs = rawDueAt.milliseconds
            $0.dueAtMs = dueAt.milliseconds
            $0.pauses = pauses.map { pause in
                .with {
                    $0.fromMs = pause.from.milliseconds
                    if let until = pause.until { $0.untilMs = until.milliseconds }
                    $0.reason = view.internalText(pause.reason)
                    $0.by = pause.by.proto
                    $0.resumeReason = view.internalText(pause.resumeReason)
                    if let actor = pause.resumedBy { $0.resumedBy = actor.proto }
                }
            }
            // A pause that lasts counts nothing yet.
            $0.pausedMs = pausedMilliseconds(until: startedAt)
            $0.extensions = extensions.map { grant in
                .with {
                    $0.atMs = grant.at.milliseconds
                    $0.byMs = grant.byMilliseconds
                    $0.reason = view.internalText(grant.reason)
                    $0.by = grant.by.proto
                }
            }
            $0.warnedAtMs = warnedAt.map(\.milliseconds)
            if let breachedAt { $0.breachedAtMs = breachedAt.milliseconds }
            $0.escalatedAtMs = escalatedAt.map(\.milliseconds)
            if let end { $0.end = end.proto() }
            if let endedAt { $0.endedAtMs = endedAt.milliseconds }
            $0.slaVersion = slaVersion
            if let next = nextFiring { $0.nextFiringAtMs = next.at.milliseconds }
        }
    }
}

extension Assignment {
    var proto: Returns_V1_Assignment {
        .with {
            $0.role = role.proto()
            $0.person = person
            $0.team = team
            $0.atMs = at.milliseconds
            $0.by = by.proto
        }
    }
}

extension TimelineEntry {
    /// - Parameter number: Its place in the timeline.
    func proto(_ view: CaseView, number: Int) -> Returns_V1_TimelineEntry {
        .with {
            $0.number = UInt64(max(0, number))
            $0.atMs = at.milliseconds
            $0.kind = kind.proto()
            $0.actor = actor.proto
            if let stateBefore { $0.stateBefore = stateBefore.proto() }
            $0.stateAfter = stateAfter.proto()
            $0.text = kind.tellsTheDeskAlone ? view.internalText(text) : text
            $0.personalText = kind.isOfTheOrder ? view.internalText(personalText) : ownText(view)
            $0.caseVersion = caseVersion
        }
    }

    private func ownText(_ view: CaseView) -> String {
        let text = view.personal(personalText)
        return kind.tellsTheDeskAlone ? view.internalText(text) : text
    }
}

extension CaseEventKind {
    /// Whether the words of such an entry are the desk's: a note, a reason that the customer is not told, or who does what.
    fileprivate var tellsTheDeskAlone: Bool {
        switch self {
        case .approved, .exceptionReported, .goodsFound, .resolved, .refundFailed, .refundAbandoned,
            .returnlessGranted, .reopened, .noted, .clockPaused, .clockResumed, .clockExtended, .clockWarned,
            .clockBreached, .clockEscalated, .slaRecomputed, .assigned, .refundOverpaid:
            true
        case .submitted, .verified, .infoRequested, .infoProvided, .rejected, .appealed, .alternativeAccepted,
            .pickupScheduled, .pickupCollected, .pickupMissed, .shipped, .tracked, .received, .inspected,
            .customerTold, .refundStarted, .refundSucceeded, .refundUnknown, .shippedBack, .exchanged,
            .withdrawn, .followedUp, .closed, .cancelled, .expired, .documentAttached, .notificationRequested,
            .clockMoved, .clockMet, .clockMissed, .clockVoided, .clockSuperseded, .paymentsChanged:
            false
        }
    }

    /// Whether the order's own timeline told it first: the case tells it to the same readers. Everybody reads there what was
    /// changed, and the desk why, which holds no personal data: finance refunds by it.
    fileprivate var isOfTheOrder: Bool { self == .paymentsChanged }
}
