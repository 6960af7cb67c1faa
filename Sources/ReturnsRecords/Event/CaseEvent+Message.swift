import ReturnsAPI
import ReturnsDomain
import SwiftProtobuf

/// An event as the log keeps it: the API's own message without its id, which the log gives. The one place where events are encoded
/// and decoded.
package enum EventRecord {
    /// - Parameter value: the case after the change.
    package static func encode(_ event: CaseEvent, of value: Case) -> [UInt8] {
        let message = Returns_V1_Event.with {
            $0.type = event.kind.message()
            $0.caseID = value.id.description
            $0.caseVersion = value.version
            $0.state = event.state.message()
            $0.atMs = value.updatedAt.milliseconds
            $0.order = .with {
                $0.saleChannel = value.order.saleChannel
                $0.orderNo = value.order.orderNumber
            }
            $0.detail = event.detail.map(\.message)
        }
        do {
            return try message.serializedBytes()
        } catch {
            // Nothing in it is required, and Swift's texts are UTF-8.
            preconditionFailure("an event cannot be encoded: \(error)")
        }
    }

    /// What a newer server wrote is kept as it is: numbers of enumerations that this one does not know, and fields.
    ///
    /// - Returns: nil for what is no event of a case, and so is damaged.
    package static func decode(_ bytes: [UInt8]) -> Returns_V1_Event? {
        guard let event = try? Returns_V1_Event(serializedBytes: bytes),
            (1..<firstTypeOfNoCase).contains(event.type.rawValue), event.state != .unspecified,
            CaseID(event.caseID) != nil, event.caseVersion > 0, event.atMs >= 0,
            !event.order.saleChannel.isEmpty, !event.order.orderNo.isEmpty
        else { return nil }
        return event
    }

    /// From here on are the types of what stands in no log.
    package static let firstTypeOfNoCase = 1_000
}

extension CaseEventDetail {
    var message: Returns_V1_Event.OneOf_Detail {
        switch self {
        case .submission(let channel, let reason):
            .submitted(
                .with {
                    $0.intakeChannel = channel.message()
                    $0.reasonCode = reason
                })
        case .rejection(let code): .rejected(.with { $0.code = code })
        case .pickupWindow(let from, let until):
            .pickup(
                .with {
                    $0.windowFromMs = from.milliseconds
                    $0.windowUntilMs = until.milliseconds
                })
        case .pickupArrival(let time): .pickup(.with { $0.arrivedAtMs = time.milliseconds })
        case .shipment(let carrier, let number):
            .shipment(
                .with {
                    $0.carrier = carrier
                    $0.trackingNo = number
                })
        case .exception(let kind): .exception(.with { $0.kind = kind.message() })
        case .units(let count): .units(.with { $0.units = count })
        case .inspection(let accepted, let refused):
            .inspected(
                .with {
                    $0.acceptedUnits = accepted
                    $0.refusedUnits = refused
                })
        case .inspectionCorrection(let accepted, let refused):
            .inspectionCorrected(
                .with {
                    $0.acceptedUnits = accepted
                    $0.refusedUnits = refused
                })
        case .exchange(let exchange): .exchange(exchange.message)
        case .customerTold(let channel, let occasions):
            .told(
                .with {
                    $0.channel = channel.description
                    $0.occasions = occasions.map { $0.message() }
                })
        case .refund(let refund): .refund(refund.message)
        case .overpayment(let id, let amount, let currency):
            .overpaid(
                .with {
                    $0.refundID = id
                    $0.amountMinor = amount
                    $0.currency = currency.description
                })
        case .adjustment(let lineID, let amount, let currency, let code, let units):
            .adjustment(
                .with {
                    $0.lineID = lineID
                    $0.amountMinor = amount
                    $0.currency = currency.description
                    $0.code = code?.message() ?? .unspecified
                    $0.units = units
                })
        case .followUp(let wasReached, let score):
            .followedUp(
                .with {
                    $0.reached = wasReached
                    if let score { $0.score = UInt32(score) }
                })
        case .document(let type): .document(.with { $0.type = type.message() })
        case .clock(let clock): .clock(clock.message)
        case .notification(let occasion, let from):
            .notification(
                .with {
                    $0.occasion = occasion.message()
                    $0.fromMs = from.milliseconds
                })
        case .recomputation(let version, let plan, let moved):
            .recomputed(
                .with {
                    $0.slaVersion = version
                    $0.plan = plan
                    $0.movedClocks = UInt32(clamping: moved)
                })
        case .assignment(let role, let person, let team):
            .assigned(
                .with {
                    $0.role = role.message()
                    $0.person = person
                    $0.team = team
                })
        case .payments(let version): .payments(.with { $0.orderVersion = version })
        }
    }
}

extension CaseEventDetail.RefundFacts {
    fileprivate var message: Returns_V1_RefundDetail {
        .with {
            $0.refundID = id
            $0.amountMinor = amountMinor
            $0.currency = currency.description
            if let attempt { $0.attempt = attempt }
            $0.goodsMinor = goodsMinor
            $0.shippingMinor = shippingMinor
            $0.lines = lines.map { share in
                .with {
                    $0.lineID = share.reference
                    $0.amountMinor = share.amountMinor
                }
            }
            $0.payments = payments.map { share in
                .with {
                    $0.reference = share.reference
                    $0.amountMinor = share.amountMinor
                }
            }
            $0.otherMethod = otherMethod
        }
    }
}

extension CaseEventDetail.ExchangeFacts {
    fileprivate var message: Returns_V1_ExchangeDetail {
        .with {
            $0.exchange = exchange.number
            $0.lineID = lineID
            $0.units = units
            $0.sku = sku
            $0.shareMinor = exchange.shareMinor
            $0.differenceMinor = exchange.differenceMinor
            if let settlement = exchange.settlement { $0.settlement = settlement.message() }
            $0.currency = currency.description
        }
    }
}

extension CaseEventDetail.ClockFacts {
    fileprivate var message: Returns_V1_ClockDetail {
        .with {
            $0.kind = kind.message()
            $0.ordinal = ordinal
            $0.dueAtMs = dueAt.milliseconds
            if let dueBefore { $0.dueBeforeMs = dueBefore.milliseconds }
            if let alert {
                $0.alert = .with {
                    $0.level = UInt32(clamping: alert.level)
                    $0.role = alert.role.message()
                    $0.target = alert.target
                    $0.fromMs = alert.from.milliseconds
                }
            }
        }
    }
}
