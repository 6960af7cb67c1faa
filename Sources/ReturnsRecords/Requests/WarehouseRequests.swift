import ReturnsAPI
import ReturnsDomain

// Receipt, inspection, and goods that go out (R9, R13 to R15).

extension Returns_V1_ReceiveGoodsRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .receive(
            Receipt(
                lines: lines.map(LineUnits.init),
                undeclared: undeclared.map {
                    .init(sku: $0.sku, units: $0.units, addAsLineID: $0.addAsLineID)
                },
                isByHand: byHand, enclosures: enclosures,
                document: Document(receipt, isPresent: hasReceipt)))
    }
}

extension Returns_V1_InspectGoodsRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .inspect(
            lines: lines.map { line in
                LineInspection(
                    lineID: line.lineID, isAppearanceOK: line.appearanceOk, isQuantityOK: line.quantityOk,
                    isPackagingOK: line.packagingOk, isUnusedOK: line.unusedOk,
                    acceptedUnits: line.acceptedUnits,
                    refusedUnits: line.refusedUnits, evidence: line.evidence, note: line.note)
            }, report: Document(report, isPresent: hasReport))
    }
}

extension Returns_V1_ShipBackRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .shipBack(carrier: carrier, trackingNumber: trackingNo)
    }
}

extension Returns_V1_ShipExchangeRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .exchange(carrier: carrier, trackingNumber: trackingNo)
    }
}
