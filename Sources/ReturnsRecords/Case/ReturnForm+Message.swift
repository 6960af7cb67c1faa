import ReturnsAPI
import ReturnsDomain

/// The fields of the form: as they come in, as the case keeps them, and as they are read again.
extension ReturnForm {
    init(_ request: Returns_V1_SubmitCaseRequest) throws(CaseRejection) {
        self.init(
            channelRef: request.channelRef,
            intakeChannel: try request.intakeChannel.required("intake_channel"),
            intakeReference: request.intakeReference, reasonCode: request.reasonCode,
            freeText: request.freeText, contact: Contact(request.contact),
            conditions: request.conditions.map(DeclaredCondition.init))
    }

    func fillPublic(_ message: inout Returns_V1_Case) {
        message.channelRef = channelRef
        message.intakeChannel = intakeChannel.message()
        message.reasonCode = reasonCode
        message.conditions = conditions.map(\.message)
    }

    func fillPersonal(_ message: inout Returns_V1_Case) {
        message.intakeReference = intakeReference
        message.freeText = freeText
        if contact != Contact() { message.contact = contact.message }
    }

    init(_ message: Returns_V1_Case) throws(RecordError) {
        self.init(
            channelRef: message.channelRef, intakeChannel: try message.intakeChannel.stored(),
            intakeReference: message.intakeReference, reasonCode: message.reasonCode,
            freeText: message.freeText, contact: Contact(message.contact),
            conditions: message.conditions.map(DeclaredCondition.init))
    }
}

extension Contact {
    fileprivate init(_ message: Returns_V1_Contact) {
        self.init(
            name: message.name, phone: message.phone, email: message.email, address: message.address)
    }

    fileprivate var message: Returns_V1_Contact {
        .with {
            $0.name = name
            $0.phone = phone
            $0.email = email
            $0.address = address
        }
    }
}

extension DeclaredCondition {
    fileprivate init(_ message: Returns_V1_DeclaredCondition) {
        self.init(code: message.code, isMet: message.met)
    }

    fileprivate var message: Returns_V1_DeclaredCondition {
        .with {
            $0.code = code
            $0.met = isMet
        }
    }
}
