extension ReturnPolicy {
    /// What a new store starts with: sensible values where the procedure leaves them open.
    public static func standard(version: UInt64 = 1) -> ReturnPolicy {
        ReturnPolicy(
            version: version,
            returnWindowDays: 30,
            reasons: [
                Reason(code: "damaged", title: "Arrived damaged", isCovered: true),
                Reason(code: "faulty", title: "Does not work", isCovered: true),
                Reason(code: "wrong_item", title: "Not what was ordered", isCovered: true),
                Reason(code: "not_as_described", title: "Not as described", isCovered: true),
                Reason(code: "unwanted", title: "Changed mind", isCovered: true),
                Reason(code: "arrived_late", title: "Arrived too late", isCovered: true),
                Reason(code: "other", title: "Another reason", isCovered: true),
                Reason(code: "worn_out", title: "Worn in use", isCovered: false),
            ],
            requiredConditions: ["original_packaging", "unused"],
            standardVersion: 1,
            // Only the company knows it; until it is set each approval gives one.
            returnAddress: "",
            instructions:
                "Pack the goods in their original packaging and enclose the return form and the invoice.",
            enclosures: ["return_form", "invoice"])
    }
}
