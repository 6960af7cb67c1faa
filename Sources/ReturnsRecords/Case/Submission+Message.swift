import ReturnsAPI
import ReturnsDomain

extension Submission {
    package init(_ proto: Returns_V1_SubmitCaseRequest, caseID: CaseID, applicationSHA256: [UInt8])
        throws(CaseRejection)
    {
        self.init(
            caseID: caseID, channelRef: proto.channelRef,
            intakeChannel: try proto.intakeChannel.required("intake_channel"),
            intakeReference: proto.intakeReference, reasonCode: proto.reasonCode, freeText: proto.freeText,
            lines: proto.lines.map { line in
                RequestedLine(
                    lineID: line.lineID, sku: line.sku,
                    unitPriceMinor: line.hasUnitPriceMinor ? line.unitPriceMinor : nil,
                    quantity: line.quantity)
            },
            conditions: proto.conditions.map { DeclaredCondition(code: $0.code, isMet: $0.met) },
            contact: Contact(
                name: proto.contact.name, phone: proto.contact.phone, email: proto.contact.email,
                address: proto.contact.address),
            returnMethod: try proto.returnMethod.optional("return_method"),
            requestedAt: Instant(nonZero: proto.requestedAtMs), applicationSHA256: applicationSHA256)
    }
}
