import ReturnsAPI
import ReturnsDomain

extension Submission {
    package init(_ proto: Returns_V1_SubmitCaseRequest, caseID: CaseID, applicationSHA256: [UInt8])
        throws(CaseRejection)
    {
        self.init(
            caseID: caseID, customerID: proto.customerID, form: try ReturnForm(proto),
            lines: proto.lines.map { line in
                RequestedLine(
                    lineID: line.lineID, sku: line.sku,
                    unitPriceMinor: line.hasUnitPriceMinor ? line.unitPriceMinor : nil,
                    quantity: line.quantity,
                    statement: LineStatement(
                        reasonCode: line.reasonCode, note: line.note, serialNumbers: line.serialNumbers))
            },
            returnMethod: try proto.returnMethod.optional("return_method"),
            requestedAt: Instant(nonZero: proto.requestedAtMs), applicationSHA256: applicationSHA256)
    }
}
