import ReturnsAPI
import Testing

@testable import returnsctl

/// What `case why` prints.
@Suite struct CaseWhyTests {
    private static let shanghai = TimeFormat(zone: .init(identifier: "Asia/Shanghai")!)
    /// Friday 13 February 2026, 15:00 in Shanghai.
    private static let friday: Int64 = 1_770_966_000_000

    @Test func amountsAreDerived() {
        let reply = Returns_V1_ExplainCaseReply.with {
            $0.currency = "EUR"
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    $0.sku = "MUG"
                    $0.paidMinor = 4_999
                    $0.boughtUnits = 5
                    $0.refundableUnits = 2
                    $0.acceptedUnits = 1
                    $0.keptUnits = 1
                    $0.orderRefundableUnits = 4
                    $0.orderWorthMinor = 3_999
                    $0.exactShareMinor = 2_000
                    $0.roundingMinor = -1
                    $0.parts = [
                        .with {
                            $0.kind = .share
                            $0.amountMinor = 1_999
                        }
                    ]
                    $0.owedMinor = 1_999
                    $0.refundedMinor = 1_000
                    $0.inFlightMinor = 500
                    $0.dueMinor = 499
                },
                .with {
                    $0.lineID = "2"
                    $0.sku = "PLATE"
                },
                .with {
                    $0.lineID = "3"
                    $0.sku = "CUP"
                    $0.exchangedUnits = 2
                },
                .with {
                    $0.lineID = "4"
                    $0.sku = "LAMP"
                    $0.paidMinor = 3_000
                    $0.boughtUnits = 3
                    $0.refundableUnits = 1
                    $0.acceptedUnits = 1
                    $0.exchangedUnits = 1
                    $0.exactShareMinor = 1_000
                    $0.parts = [
                        .with {
                            $0.kind = .share
                            $0.amountMinor = 1_000
                        },
                        .with {
                            $0.kind = .deduction
                            $0.amountMinor = -300
                            $0.deductionCode = .damage
                        },
                        .with {
                            $0.kind = .deduction
                            $0.amountMinor = -200
                            $0.deductionCode = .label
                        },
                    ]
                    $0.owedMinor = 500
                    $0.dueMinor = 500
                },
            ]
            $0.money = .with {
                $0.owedMinor = 1_999
                $0.refundedMinor = 1_000
                $0.inFlightMinor = 500
                $0.dueMinor = 499
                $0.shippingPaidMinor = 500
                $0.shippingHereMinor = 300
                $0.shippingLeftMinor = 200
                $0.outstandingMinor = 4_000
            }
        }
        #expect(
            WhyText(reply, times: Self.shanghai, .plain).text() == """
                line 1, MUG
                  units   1 accepted + 1 kept by the customer = 2
                  share   49.99 EUR paid × 2 ÷ 5 bought = 20.00 EUR
                  round   -0.01 EUR: 4 units of all cases are worth 39.99 EUR, and their shares add up to it
                  owed    share +19.99 EUR = 19.99 EUR
                  due     19.99 EUR owed − 10.00 EUR refunded − 5.00 EUR in flight = 4.99 EUR

                line 2, PLATE
                  nothing is owed: no unit was accepted, conceded or left to the customer

                line 3, CUP
                  nothing is owed: what was accepted is exchanged for goods (2 units)

                line 4, LAMP
                  units   1 accepted = 1; besides, 1 accepted and exchanged for goods
                  share   30.00 EUR paid × 1 ÷ 3 bought = 10.00 EUR
                  owed    share +10.00 EUR, deduction (damage) -3.00 EUR, deduction (label) -2.00 EUR = 5.00 EUR
                  due     5.00 EUR owed − 0.00 EUR refunded − 0.00 EUR in flight = 5.00 EUR

                money
                  goods     19.99 EUR owed − 10.00 EUR refunded − 5.00 EUR in flight = 4.99 EUR due
                  shipping  5.00 EUR paid − 3.00 EUR by this case − 0.00 EUR by others = 2.00 EUR left to refund
                  unpaid    40.00 EUR of the order: what is refunded is bounded by what was paid
                """)
    }

    @Test func deadlinesAreDerived() {
        let clock = Returns_V1_ClockExplanation.with {
            $0.kind = .refund
            $0.ordinal = 1
            $0.owner = .finance
            $0.slaVersion = 1
            $0.plan = "standard"
            $0.calendar = "china"
            $0.calendarVersion = 2
            $0.timeZone = "Asia/Shanghai"
            $0.amountMinor = 2_000
            $0.steps = [
                .with {
                    $0.kind = .started
                    $0.atMs = Self.friday
                },
                .with {
                    $0.kind = .length
                    $0.atMs = Self.friday
                    $0.workingDays = 3
                    $0.days = [
                        .with {
                            $0.date = "2026-02-14"
                            $0.kind = .makeupDay
                        },
                        .with {
                            $0.date = "2026-02-15"
                            $0.kind = .holiday
                            $0.title = "Spring Festival"
                        },
                        .with { $0.date = "2026-02-28" },
                    ]
                    $0.dueAtMs = Self.friday + 12 * 86_400_000 + 3 * 3_600_000
                },
                .with {
                    $0.kind = .paused
                    $0.atMs = Self.friday
                    $0.reason = "strike"
                    $0.untilMs = Self.friday + 3_600_000
                    $0.endsAtMs = Self.friday + 7_200_000
                },
                .with {
                    $0.kind = .resumed
                    $0.atMs = Self.friday + 3_600_000
                    $0.reason = "over"
                    $0.dueAtMs = Self.friday + 12 * 86_400_000 + 4 * 3_600_000
                },
                .with {
                    $0.kind = .paused
                    $0.atMs = Self.friday + 3_600_000
                    $0.reason = "again"
                    $0.endsAtMs = Self.friday + 7_200_000
                },
                .with {
                    $0.kind = .ended
                    $0.atMs = Self.friday
                    $0.end = .met
                },
            ]
        }
        let reply = Returns_V1_ExplainCaseReply.with {
            $0.currency = "EUR"
            $0.clocks = [clock]
        }
        let text = WhyText(reply, times: Self.shanghai, .plain)
        #expect(
            text.text().hasSuffix(
                """
                refund #1 of finance, over 20.00 EUR, by SLA policy 1, plan standard, calendar china 2 (Asia/Shanghai)
                  2026-02-13 15:00 +08:00  it started
                  3 working days after that day, to the close of business: due 2026-02-25 18:00 +08:00; on the way: 2026-02-14 makeup_day, 2026-02-15 holiday Spring Festival, 1 day off by the weekday
                  2026-02-13 15:00 +08:00  paused (strike) until 2026-02-13 16:00 +08:00
                  2026-02-13 16:00 +08:00  goes on (over): due 2026-02-25 19:00 +08:00
                  2026-02-13 16:00 +08:00  paused (again), and still is: it moves when the pause is over, at the latest at 2026-02-13 17:00 +08:00
                  2026-02-13 15:00 +08:00  ended, met
                """))
        #expect(!text.text(runningOnly: true).contains("refund #1"))
        var past = reply
        past.clocks[0].plan = ""
        past.clocks[0].steps = [
            .with {
                $0.kind = .kept
                $0.dueAtMs = Self.friday
            }
        ]
        #expect(
            WhyText(past, times: Self.shanghai, .plain).text().hasSuffix(
                """
                refund #1 of finance, over 20.00 EUR, by an SLA policy of the past
                  kept: due 2026-02-13 15:00 +08:00, set by a plan of the past: from what is known now it cannot be derived again
                """))
    }
}
