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
            lines: lines.map(LineInspection.init), report: Document(report, isPresent: hasReport))
    }
}

extension Returns_V1_AgreeExchangeRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .agreeExchange(
            ExchangeAgreement(
                lineID: lineID, units: units, sku: sku, differenceMinor: differenceMinor,
                settlement: try settlement.optional("settlement"),
                settlementReference: settlementReference, reason: reason))
    }
}

extension Returns_V1_CancelExchangeRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .cancelExchange(number: exchange, reason: reason)
    }
}

extension Returns_V1_CorrectReceiptRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .correctReceipt(
            ReceiptCorrection(
                lines: lines.map(LineUnits.init),
                undeclared: undeclared.map { GoodsUnits(sku: $0.sku, units: $0.units) }, reason: reason))
    }
}

extension Returns_V1_CorrectInspectionRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .correctInspection(
            lines: lines.map(LineInspection.init), report: Document(report, isPresent: hasReport),
            reason: reason)
    }
}

extension LineInspection {
    fileprivate init(_ line: Returns_V1_LineInspection) {
        self.init(
            lineID: line.lineID, isAppearanceOK: line.appearanceOk, isQuantityOK: line.quantityOk,
            isPackagingOK: line.packagingOk, isUnusedOK: line.unusedOk, acceptedUnits: line.acceptedUnits,
            refusedUnits: line.refusedUnits, evidence: line.evidence, note: line.note)
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
