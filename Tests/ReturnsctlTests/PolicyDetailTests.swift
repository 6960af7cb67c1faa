import Foundation
import ReturnsAPI
import Testing

@testable import returnsctl

/// A policy on one screen leaves nothing out.
@Suite struct PolicyDetailTests {
    /// Each field of the schema says something that stands nowhere else, and what the screen makes of it.
    private static let shown: [String: [String: String]] = [
        "returns.v1.Policy": [
            "version": "policy 71", "returnWindowDays": "72 days", "reasons": "REASON",
            "requiredConditions": "cond-73",
            "standardVersion": "version 74", "returnAddress": "Dock 75", "instructions": "Label 76",
            "enclosures": "form-77", "appealsMax": "appeals         78", "followUpAttemptsMax": "attempts 79",
            "returnlessAllowed": "returnless allowed", "createdAtMs": "put             2026-11-30",
            "createdBy": "by ada-80", "returnRules": "return rule 1", "timeZones": "days of",
            "deductionPercentMax": "up to 81 per cent", "secondPersonAboveMinor": "above 8200 minor units",
        ],
        "returns.v1.ReasonCode": [
            "code": "code_83", "title": "Title 84", "covered": "yes", "texts": "zh-CN",
            "category": "wrong goods",
            "evidence": "photo-85", "returnPayer": "company", "retired": "retired",
        ],
        "returns.v1.ReasonText": ["locale": "zh-CN", "text": "文字"],
        "returns.v1.ReturnRule": [
            "skus": "SKU-86", "categories": "cat-87", "returnDays": "88 days", "reason": "because-89",
        ],
        // Offsets follow from the zone, and are the server's.
        "returns.v1.ChannelTimeZone": [
            "saleChannels": "sale channel shop-90", "timeZone": "Asia/Tokyo", "offsets": "Asia/Tokyo",
        ],
    ]

    private static let reply = Returns_V1_GetPolicyReply.with {
        $0.currentVersion = 71
        $0.policy = .with {
            $0.version = 71
            $0.returnWindowDays = 72
            $0.requiredConditions = ["cond-73"]
            $0.standardVersion = 74
            $0.returnAddress = "Dock 75"
            $0.instructions = "Label 76"
            $0.enclosures = ["form-77"]
            $0.appealsMax = 78
            $0.followUpAttemptsMax = 79
            $0.returnlessAllowed = true
            $0.createdAtMs = 1_796_047_500_000
            $0.createdBy = "ada-80"
            $0.deductionPercentMax = 81
            $0.secondPersonAboveMinor = 8_200
            $0.reasons = [
                .with {
                    $0.code = "code_83"
                    $0.title = "Title 84"
                    $0.covered = true
                    $0.category = .wrongGoods
                    $0.evidence = ["photo-85"]
                    $0.returnPayer = .company
                    $0.retired = true
                    $0.texts = [
                        .with {
                            $0.locale = "zh-CN"
                            $0.text = "文字"
                        }
                    ]
                }
            ]
            $0.returnRules = [
                .with {
                    $0.skus = ["SKU-86"]
                    $0.categories = ["cat-87"]
                    $0.returnDays = 88
                    $0.reason = "because-89"
                }
            ]
            $0.timeZones = [
                .with {
                    $0.saleChannels = ["shop-90"]
                    $0.timeZone = "Asia/Tokyo"
                }
            ]
        }
    }

    private static func text(_ reply: Returns_V1_GetPolicyReply = reply) -> String {
        PolicyDetail(reply: reply, times: TimeFormat(zone: TimeZone(identifier: "UTC")!)).text(.plain)
    }

    @Test(arguments: shown.keys.sorted())
    func everyFieldOfTheSchemaIsShown(_ type: String) throws {
        let fields = try #require(MessageShape.named(".\(type)")).ordered.map(\.name)
        let shown = try #require(Self.shown[type])
        #expect(Set(fields) == Set(shown.keys))
        let text = Self.text()
        for (field, words) in shown { #expect(text.contains(words), "\(field): \(words)\n\(text)") }
    }

    @Test func whatIsNotSetIsSaid() {
        let text = Self.text(.init())
        #expect(text.contains("deductions      each takes a supervisor"))
        #expect(text.contains("second person   no refund has to be confirmed"))
    }

    /// The number is of every currency; two of them say what that means.
    @Test func aSecondPersonsAmountIsToldInMoney() {
        #expect(
            Self.text().contains(
                "confirms refunds above 8200 minor units of the case's currency: 82.00 EUR, 8200 JPY"))
    }
}
