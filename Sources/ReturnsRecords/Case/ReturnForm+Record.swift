import RCP
import ReturnsAPI
import ReturnsDomain

extension ReturnForm {
    init(_ request: Returns_V1_SubmitCaseRequest) throws(CaseRejection) {
        self.init(
            channelRef: request.channelRef,
            intakeChannel: try request.intakeChannel.required("intake_channel"),
            intakeReference: request.intakeReference, reasonCode: request.reasonCode,
            freeText: request.freeText,
            contact: Contact(
                name: request.contact.name, phone: request.contact.phone, email: request.contact.email,
                address: request.contact.address),
            conditions: request.conditions.map { DeclaredCondition(code: $0.code, isMet: $0.met) })
    }
}

/// What was read of the form that a case keeps (`CaseReading`).
struct ReturnFormReading {
    private typealias Fields = Returns_V1_Case.Fields

    private var intakeChannel: IntakeChannel?
    /// But for its intake channel.
    private var form = ReturnForm(intakeChannel: .other, reasonCode: "")

    /// Reads the field that a reader came to, if it is one of the form's.
    mutating func read(_ number: Int, _ reader: inout RCPMessageReader) throws(RecordError) {
        switch number {
        case Fields.channelRef: form.channelRef = reader.read(Fields.channelRef)
        case Fields.intakeChannel: intakeChannel = try reader.read(Fields.intakeChannel)
        case Fields.intakeReference: form.intakeReference = reader.read(Fields.intakeReference)
        case Fields.reasonCode: form.reasonCode = reader.read(Fields.reasonCode)
        case Fields.freeText: form.freeText = reader.read(Fields.freeText)
        case Fields.contact: form.contact = try reader.read(Fields.contact)
        case Fields.conditions: try reader.read(Fields.conditions, into: &form.conditions)
        default: break
        }
    }

    func value() throws(RecordError) -> ReturnForm {
        var form = form
        form.intakeChannel = try intakeChannel.present()
        return form
    }
}
