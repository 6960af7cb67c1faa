import Foundation
import ReturnsAPI
import Testing

@testable import returnsctl

/// A version beside the one it replaces, and the JSON that people edit.
@Suite struct RuleChangesTests {
    private static let policy = Returns_V1_Policy.with {
        $0.version = 3
        $0.returnWindowDays = 30
        $0.reasons = ["damaged", "unwanted", "other"].map { code in
            .with {
                $0.code = code
                $0.title = code.capitalized
                $0.covered = true
            }
        }
        $0.enclosures = ["return_form"]
        $0.createdBy = "ada"
    }

    @Test func ofAPolicy() throws {
        var new = Self.policy
        new.version = 4
        new.createdBy = "bob"
        new.returnWindowDays = 14
        new.returnlessAllowed = true
        new.returnAddress = "Dock 4"
        new.reasons[1].covered = false
        new.reasons.remove(at: 0)
        new.reasons.append(.with { $0.code = "late" })
        new.reasons.swapAt(0, 1)
        new.enclosures = ["return_form", "invoice"]
        let lines = try RuleChanges(from: Self.policy, to: new).lines
        #expect(
            lines == [
                "return window days: 30 → 14",
                "reasons, damaged: removed, was title Damaged, covered yes, retired no",
                "reasons, unwanted, covered: yes → no", "reasons, late: added, covered no, retired no",
                "reasons: order unwanted, other → other, unwanted",
                "return address: none → Dock 4", "enclosures: return_form → return_form, invoice",
                "returnless allowed: no → yes",
            ])
        #expect(try RuleChanges(from: Self.policy, to: Self.policy).isEmpty)
        // Which offsets a version keeps of a zone follows from when it was put: nobody has changed that.
        func zoned(_ name: String, _ offsets: [Int64]) -> Returns_V1_Policy {
            var policy = Self.policy
            policy.timeZones = [
                .with {
                    ($0.saleChannels, $0.timeZone) = (["store"], name)
                    $0.offsets = offsets.map { from in .with { ($0.fromMs, $0.offsetSeconds) = (from, 3_600) }
                    }
                }
            ]
            return policy
        }
        #expect(
            try RuleChanges(from: zoned("Europe/London", [1, 2]), to: zoned("Europe/London", [])).isEmpty)
        let changed = try RuleChanges(from: zoned("Europe/London", [1]), to: zoned("Europe/Paris", [2])).lines
        #expect(changed == ["time zones, 1, time zone: Europe/London → Europe/Paris"])
        let added = try RuleChanges(from: Self.policy, to: zoned("Europe/London", [1])).lines
        #expect(added.count == 1 && !added[0].contains("offset") && added[0].contains("Europe/London"))
    }

    @Test func ofAnSlaPolicyAndACalendar() throws {
        var sla = Returns_V1_SlaPolicy.with {
            $0.plans = [
                .with {
                    $0.name = "standard"
                    $0.calendarVersion = 1
                    $0.targets = [
                        .with {
                            $0.kind = .review
                            $0.wallMs = 86_400_000
                        }
                    ]
                }
            ]
        }
        let before = sla
        sla.plans[0].calendarVersion = 0
        sla.plans[0].targets[0].wallMs = 90_000_000
        sla.plans[0].targets[0].warnBeforeMs = [3_600_000]
        #expect(
            try RuleChanges(from: before, to: sla).lines == [
                "plans, standard, calendar version: 1 → the newest",
                "plans, standard, targets, review, wall: 1d → 1d 1h",
                "plans, standard, targets, review, warn before: none → 1h",
            ])
        var calendar = Returns_V1_WorkingCalendar.with {
            $0.week = [.with { $0.hours = [.with { $0.opensMinute = 540 }] }]
        }
        let old = calendar
        calendar.week[0].hours[0].opensMinute = 510
        calendar.specialDays = [
            .with {
                $0.date = "2027-01-01"
                $0.kind = .holiday
                $0.title = "New Year"
            }
        ]
        let lines = try RuleChanges(from: old, to: calendar).lines
        #expect(
            lines == [
                "week, 1, hours, 1, opens: 9:00 → 8:30",
                "special days, 2027-01-01: added, kind holiday, title New Year",
            ])
    }

    @Test func whatIsEditedHasEveryField() throws {
        let reply = Returns_V1_GetPolicyReply.with {
            $0.policy = Self.policy
            $0.policy.reasons = [.with { $0.code = "a\"b" }]
        }
        let text = try WholeJSON(reply).text(isIndented: false)
        #expect(
            text.contains(
                #""appealsMax":0,"followUpAttemptsMax":0,"returnlessAllowed":false,"createdAtMs":"0""#))
        #expect(text.contains(#"{"code":"a\"b","title":"","covered":false"#))
        #expect(text.contains(#""requiredConditions":[]"#))
        #expect(try Returns_V1_GetPolicyReply(jsonString: text) == reply)
        let indented = try WholeJSON(reply).text(isIndented: true)
        #expect(indented.contains("\n    \"returnWindowDays\": 30,\n"))
        #expect(try Returns_V1_GetPolicyReply(jsonString: indented) == reply)
        // What may be absent is not made up: a plan for all cases has no condition.
        let sla = try WholeJSON(Returns_V1_SlaPolicy.with { $0.plans = [.init()] }).text(isIndented: false)
        #expect(!sla.contains("condition") && sla.contains(#""targets":[]"#))
    }

    @Test(arguments: [
        (#"{"policy":{"returnWindow":30}}"#, "policy.returnWindow", "did you mean returnWindowDays?"),
        (
            #"{"policy":{"reasons":[{"code":"a"},{"coverd":true}]}}"#, "policy.reasons[1].coverd",
            "did you mean covered?"
        ),
        (#"{"policy":{"return_adress":"x"}}"#, "policy.return_adress", "did you mean return_address?"),
        (#"{"policy":{"zebra":1}}"#, "policy.zebra", "see: returnsctl describe"),
    ])
    func aWrongKeyIsNamedWithTheNearest(json: String, place: String, words: String) throws {
        let failure = #expect(throws: CommandFailure.self) {
            try Returns_V1_PutPolicyRequest.read(Data(json.utf8))
        }
        #expect(failure?.text.contains("\(place): is no field of") == true)
        #expect(failure?.text.contains(words) == true)
    }
}
