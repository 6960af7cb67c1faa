/// What a case keeps of the form it was opened with (R4), as the channel or the service desk entered it.
///
/// All that is to be known of a field of the form stands here: its limits and its part of the case's weight. What later steps
/// change is the case's own, as `Case.returnMethod`.
public struct ReturnForm: Hashable, Sendable {
    /// The channel's own reference, unique within its order; may be empty.
    public var channelRef: String
    public var intakeChannel: IntakeChannel
    /// Personal data.
    public var intakeReference: String
    public var reasonCode: String
    /// Personal data.
    public var freeText: String
    /// Personal data.
    public var contact: Contact
    public var conditions: [DeclaredCondition]

    public init(
        channelRef: String = "", intakeChannel: IntakeChannel, intakeReference: String = "",
        reasonCode: String, freeText: String = "", contact: Contact = Contact(),
        conditions: [DeclaredCondition] = []
    ) {
        self.channelRef = channelRef
        self.intakeChannel = intakeChannel
        self.intakeReference = intakeReference
        self.reasonCode = reasonCode
        self.freeText = freeText
        self.contact = contact
        self.conditions = conditions
    }
}

extension ReturnForm {
    /// Before all else: by it, the same form finds its case.
    func validateReference() throws(CaseRejection) {
        try Require.identifier(channelRef, "channel_ref", optional: true)
    }

    func validate(policy: ReturnPolicy) throws(CaseRejection) {
        try Require.text(
            intakeReference, "intake_reference", max: TextLimits.referenceBytesMax, optional: true)
        try Require.text(freeText, "free_text", max: TextLimits.longTextBytesMax, optional: true)
        try Require.text(contact.name, "contact.name", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.text(contact.phone, "contact.phone", max: TextLimits.identifierBytesMax, optional: true)
        try Require.text(contact.email, "contact.email", max: TextLimits.referenceBytesMax, optional: true)
        try Require.text(
            contact.address, "contact.address", max: TextLimits.shortTextBytesMax, optional: true)
        try policy.requireReason(reasonCode, "reason_code")
        try Require.count(conditions.count, "conditions", 0...CountLimits.conditionsMax)
        for (index, condition) in conditions.enumerated() {
            try Require.identifier(condition.code, "conditions[\(index)].code")
        }
    }

    /// Its part of `Case.weightBytes`.
    var weightBytes: Int {
        let contactBytes =
            contact.name.utf8.count + contact.phone.utf8.count + contact.email.utf8.count
            + contact.address.utf8.count
        return channelRef.utf8.count + intakeReference.utf8.count + reasonCode.utf8.count
            + freeText.utf8.count + contactBytes + conditions.reduce(0) { $0 + 3 + $1.code.utf8.count }
    }
}
