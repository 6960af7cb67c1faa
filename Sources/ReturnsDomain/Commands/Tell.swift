extension CommandRule {
    /// The customer was told what was due to be told (R7, R8, R15, R17).
    static let tell = CommandRule(
        in: [.infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit] + .afterArrival,
        leadsToTheEnd: true
    ) { $0.value.notices.contains { $0.state == .due } }
}

extension CaseDraft {
    mutating func tell(_ telling: Telling) throws(CaseRejection) {
        guard let channel = ContactChannel(name: telling.channel) else {
            let names = ContactChannel.allCases.map(\.description).joined(separator: ", ")
            throw .invalid("CHANNEL_UNKNOWN", "channel", "say how the customer was told: \(names)")
        }
        try Require.text(
            telling.reference, "reference", max: TextLimits.referenceBytesMax, optional: true)
        try Require.text(telling.text, "text", max: TextLimits.longTextBytesMax, optional: true)
        let due = value.notices.indices.filter { value.notices[$0].state == .due }
        guard !due.isEmpty else {
            throw refusal(
                "NOTHING_TO_TELL",
                "the customer knows all that is due to be told; where something was told once more, write it down with note"
            )
        }
        for occasion in telling.occasions
        where !due.contains(where: { value.notices[$0].occasion == occasion }) {
            let names = Set(due.map { value.notices[$0].occasion.description }).sorted()
            throw refusal(
                "NOTHING_TO_TELL",
                "\(occasion) is not due to be told; due are: \(names.joined(separator: ", ")); where it was told once more, write it down with note",
                field: "occasions")
        }
        let told = due.filter {
            telling.occasions.isEmpty || telling.occasions.contains(value.notices[$0].occasion)
        }
        var occasions: [NoticeOccasion] = []
        for index in told where !occasions.contains(value.notices[index].occasion) {
            occasions.append(value.notices[index].occasion)
        }
        tell(told, channel: channel, reference: telling.reference, text: telling.text)
        let names = occasions.map(\.description).joined(separator: ", ")
        record(
            .customerTold,
            "of \(names) by \(channel)\(telling.reference.isEmpty ? "" : ", \(telling.reference)")",
            .customerTold(channel: channel, occasions: occasions), personalText: telling.text)
    }
}

/// That the customer was told, how, and of what.
public struct Telling: Hashable, Sendable {
    /// What the customer was told of; none means all that is due.
    public var occasions: [NoticeOccasion]
    /// The name of a `ContactChannel`.
    public var channel: String
    /// The message's reference at its carrier; may be empty.
    public var reference: String
    /// Personal data: what was said; may be empty.
    public var text: String

    public init(
        occasions: [NoticeOccasion] = [], channel: String, reference: String = "", text: String = ""
    ) {
        self.occasions = occasions
        self.channel = channel
        self.reference = reference
        self.text = text
    }
}
