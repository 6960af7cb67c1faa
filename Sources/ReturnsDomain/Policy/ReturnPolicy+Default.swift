extension ReturnPolicy {
    /// What a new store starts with: sensible values where the procedure leaves them open.
    public static func standard(version: UInt64 = 1) -> ReturnPolicy {
        ReturnPolicy(
            version: version,
            returnWindowDays: 30,
            reasons: [
                ReturnReason(
                    "damaged", "Arrived damaged", "到货破损", .damagedOnTheWay, paidBy: .company,
                    evidence: ["photograph"]),
                ReturnReason("faulty", "Does not work", "质量问题", .defective, paidBy: .company),
                ReturnReason("wrong_item", "Not what was ordered", "发错商品", .wrongGoods, paidBy: .company),
                ReturnReason("not_as_described", "Not as described", "与描述不符", .wrongGoods, paidBy: .company),
                ReturnReason("unwanted", "Changed mind", "不想要了", .changeOfMind, paidBy: .customer),
                ReturnReason("arrived_late", "Arrived too late", "送达太晚", .other, paidBy: .company),
                ReturnReason("other", "Another reason", "其他原因", .other, paidBy: .customer),
                ReturnReason(
                    "worn_out", "Worn in use", "使用磨损", .other, paidBy: .customer, isCovered: false),
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

extension ReturnReason {
    fileprivate init(
        _ code: String, _ english: String, _ chinese: String, _ category: ReasonCategory,
        paidBy payer: ReturnPayer, evidence: [String] = [], isCovered: Bool = true
    ) {
        self.init(
            code: code, title: english, isCovered: isCovered,
            texts: [LocalText(locale: "en", text: english), LocalText(locale: "zh-CN", text: chinese)],
            category: category, evidence: evidence, returnPayer: payer)
    }
}
