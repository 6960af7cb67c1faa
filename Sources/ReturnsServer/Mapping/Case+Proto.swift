import RCP
import ReturnsAPI
import ReturnsDomain
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What of a case a principal may read (R23).
struct CaseView: Sendable {
    /// Roles that talk to the customer or carry the case in.
    private static let rolesThatSeePersonalData: Set<String> = ["channel", "service", "supervisor"]
    static let mask = "•••"

    let seesPersonalData: Bool
    /// What the desk's people write for each other: notes, and reasons that the customer is not told.
    let seesInternalTexts: Bool
    /// Logistics needs to know where to pick up, and nothing else of it.
    let seesAddresses: Bool

    init(_ principal: RCPPrincipal) {
        seesPersonalData = !principal.roles.isDisjoint(with: Self.rolesThatSeePersonalData)
        seesInternalTexts = principal.belongsToDesk
        seesAddresses = seesPersonalData || principal.roles.contains("logistics")
    }

    func personal(_ text: String) -> String { seesPersonalData || text.isEmpty ? text : Self.mask }
    func internalText(_ text: String) -> String { seesInternalTexts || text.isEmpty ? text : Self.mask }
    func address(_ text: String) -> String { seesAddresses || text.isEmpty ? text : Self.mask }
}

extension Case {
    func proto(_ view: CaseView, policy: ReturnPolicy) -> Returns_V1_Case {
        var proto = Returns_V1_Case()
        fillOrigin(&proto, view)
        fillReview(&proto, view)
        fillLogistics(&proto, view)
        proto.lines = lines.map(\.proto)
        proto.inspections = inspections.map { $0.proto(view) }
        proto.refunds = refunds.map { $0.proto(view) }
        proto.outbound = outbound.map(\.proto)
        proto.documents = documents.map(\.proto)
        proto.followUps = followUps.map { item in
            .with {
                $0.atMs = item.at.milliseconds
                $0.by = item.by.proto
                $0.reached = item.wasReached
                $0.score = UInt32(item.score)
                $0.comments = view.personal(item.comments)
            }
        }
        proto.clocks = clocks.map { $0.proto(view) }
        if !state.isTerminal { proto.closingNeeds = closingNeeds(policy: policy) }
        return proto
    }

    private func fillOrigin(_ proto: inout Returns_V1_Case, _ view: CaseView) {
        proto.id = id.description
        proto.order = order.proto
        proto.channelRef = channelRef
        proto.version = version
        proto.state = state.proto()
        proto.money = money.proto()
        proto.goodsOut = goodsOut.proto()
        proto.customerTold = customerTold.proto()
        proto.withdrawn = isWithdrawn
        proto.customerID = customerID
        proto.currency = currency.description
        proto.intakeChannel = intakeChannel.proto()
        proto.intakeReference = view.personal(intakeReference)
        proto.reasonCode = reasonCode
        proto.freeText = view.personal(freeText)
        if contact != Contact() {
            proto.contact = .with {
                $0.name = view.personal(contact.name)
                $0.phone = view.personal(contact.phone)
                $0.email = view.personal(contact.email)
                $0.address = view.personal(contact.address)
            }
        }
        if let returnMethod { proto.returnMethod = returnMethod.proto() }
        proto.conditions = conditions.map { condition in
            .with {
                $0.code = condition.code
                $0.met = condition.isMet
            }
        }
        proto.requestedAtMs = requestedAt.milliseconds
        proto.submittedAtMs = submittedAt.milliseconds
        proto.updatedAtMs = updatedAt.milliseconds
        proto.enteredBy = enteredBy.proto
        proto.policyVersion = policyVersion
        proto.standardVersion = standardVersion
        proto.slaVersion = slaVersion
        proto.slaPlan = slaPlan
        if view.seesInternalTexts { proto.assignments = assignments.map(\.proto) }
    }

    private func fillReview(_ proto: inout Returns_V1_Case, _ view: CaseView) {
        proto.checks = checks.map { check in
            .with {
                $0.kind = check.kind.proto()
                $0.result = check.result.proto()
                $0.detail = check.detail
                $0.policyVersion = check.policyVersion
            }
        }
        if let verification {
            proto.verification = .with {
                $0.customerVerified = verification.isCustomerVerified
                $0.orderVerified = verification.isOrderVerified
                $0.by = verification.by.proto
                $0.atMs = verification.at.milliseconds
                $0.orderVersion = verification.orderVersion
            }
        }
        proto.decisions = decisions.map { $0.proto(view) }
        proto.appeals = UInt32(appeals)
        proto.question = view.personal(question)
        proto.answer = view.personal(answer)
    }

    private func fillLogistics(_ proto: inout Returns_V1_Case, _ view: CaseView) {
        proto.pickups = pickups.map { pickup in
            .with {
                $0.windowFromMs = pickup.windowFrom.milliseconds
                $0.windowUntilMs = pickup.windowUntil.milliseconds
                $0.address = view.address(pickup.address)
                if let result = pickup.result { $0.result = result.proto() }
                if let arrivedAt = pickup.arrivedAt { $0.arrivedAtMs = arrivedAt.milliseconds }
                $0.reason = view.address(pickup.reason)
            }
        }
        proto.shipments = shipments.map { shipment in
            .with {
                $0.carrier = shipment.carrier
                $0.trackingNo = shipment.trackingNumber
                $0.shippedAtMs = shipment.shippedAt.milliseconds
                $0.events = shipment.events.map { event in
                    .with {
                        $0.atMs = event.at.milliseconds
                        $0.status = event.status
                        $0.place = event.place
                    }
                }
            }
        }
        if let exception { proto.exception = exception.proto() }
    }
}
