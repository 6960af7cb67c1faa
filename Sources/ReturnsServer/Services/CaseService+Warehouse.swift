import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// Receipt, inspection, and goods that go out (R9, R13 to R15).
extension CaseService {
    func receiveGoods(_ request: Returns_V1_ReceiveGoodsRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .receive(
                Receipt(
                    lines: request.lines.map(LineUnits.init),
                    undeclared: request.undeclared.map {
                        .init(sku: $0.sku, units: $0.units, addAsLineID: $0.addAsLineID)
                    },
                    isByHand: request.byHand, enclosures: request.enclosures,
                    document: Document(request.receipt, isPresent: request.hasReceipt)))
        }
    }

    func inspectGoods(_ request: Returns_V1_InspectGoodsRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .inspect(
                lines: request.lines.map { line in
                    LineInspection(
                        lineID: line.lineID, isAppearanceOK: line.appearanceOk, isQuantityOK: line.quantityOk,
                        isPackagingOK: line.packagingOk, isUnusedOK: line.unusedOk,
                        acceptedUnits: line.acceptedUnits,
                        refusedUnits: line.refusedUnits, evidence: line.evidence, note: line.note)
                }, report: Document(request.report, isPresent: request.hasReport))
        }
    }

    func shipBack(_ request: Returns_V1_ShipBackRequest, context: RCPCallContext) async throws -> RCPReply<
        Returns_V1_CaseReply
    > {
        try await take(request.target, context: context) {
            .shipBack(carrier: request.carrier, trackingNumber: request.trackingNo)
        }
    }

    func shipExchange(_ request: Returns_V1_ShipExchangeRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .exchange(carrier: request.carrier, trackingNumber: request.trackingNo)
        }
    }
}
