import Foundation
import ReturnsAPI
import Testing

@testable import returnsctl

@Suite("Stories, deadlines and changes as people read them")
struct StoryTests {
    static let shanghai = TimeFormat(zone: TimeZone(identifier: "Asia/Shanghai")!)
    /// 2026-11-23 13:56 in Shanghai.
    static let start: Int64 = 1_795_413_360_000
    static let hour: Int64 = 3_600_000

    static func entry(
        _ hours: Int64, _ kind: Returns_V1_EventType, _ actor: (String, Returns_V1_Role),
        _ before: Returns_V1_CaseState,
        _ after: Returns_V1_CaseState, _ text: String = "", personal: String = ""
    ) -> Returns_V1_TimelineEntry {
        .with {
            $0.atMs = start + hours * hour
            $0.kind = kind
            $0.actor.name = actor.0
            $0.actor.role = actor.1
            $0.stateBefore = before
            $0.stateAfter = after
            $0.text = text
            $0.personalText = personal
        }
    }

    static let value = Returns_V1_Case.with {
        $0.id = "0ABCDEFGHJKMNPQR"
        $0.order.saleChannel = "online"
        $0.order.orderNo = "536365"
        $0.state = .approved
        $0.version = 4
        $0.money = .none
        $0.customerTold = .due
        $0.reasonCode = "damaged"
        $0.updatedAtMs = start + 26 * hour
        $0.lines = [.with { $0.units.requested = 2 }]
        $0.verification.customerVerified = true
        $0.verification.orderVerified = true
        $0.clocks = [
            .with {
                $0.kind = .review
                $0.ordinal = 1
                $0.breachedAtMs = start + 24 * hour
                $0.end = .missed
            },
            .with {
                $0.kind = .customerShip
                $0.ordinal = 2
                $0.owner = .channel
                $0.dueAtMs = start + 50 * hour
            },
        ]
    }

    @Test("a deadline that has passed is missed, before a sweeper says so")
    func lateClocks() {
        func ending(_ hours: Int64, _ fill: (inout Returns_V1_Case) -> Void = { _ in }) -> String {
            var reply = Returns_V1_GetTimelineReply.with {
                $0.case = Self.value
                $0.nowMs = Self.start + hours * Self.hour
            }
            fill(&reply.case)
            return TimelineStory(reply: reply).text(.plain).split(separator: "\n").last.map(String.init) ?? ""
        }
        #expect(ending(49).hasSuffix("; 1 deadline missed."))
        #expect(ending(56).hasSuffix("; 2 deadlines missed."))
        #expect(ending(56) { $0.clocks.removeFirst() }.hasSuffix("; 1 deadline missed."))
        #expect(ending(49) { $0.clocks.removeFirst() }.hasSuffix("; no deadline was missed."))
        #expect(ending(56) { $0.clocks[1].end = .met }.hasSuffix("; 1 deadline missed."))
    }

    @Test("an SLA policy shows every clock that runs under it")
    func clocksWithoutTarget() {
        let reply = Returns_V1_GetSlaPolicyReply.with {
            $0.policy.plans = [
                .with {
                    $0.name = "standard"
                    $0.targets = [
                        .with {
                            $0.kind = .refund
                            $0.workingDays = 3
                        }
                    ]
                }
            ]
        }
        let lines = SlaPolicyDetail(reply: reply).text(.plain).split(separator: "\n")
        for kind in Returns_V1_ClockKind.allCases where kind != .unspecified {
            #expect(lines.count { $0.hasPrefix(word(kind)) } == 1, "\(kind)")
        }
        #expect(lines.contains { $0.hasPrefix("refund ") && $0.contains("3 working days") })
        #expect(lines.contains { $0.hasPrefix("review ") && $0.contains("the procedure's standard") })
    }

    @Test("a timeline reads like a story")
    func timeline() {
        let reply = Returns_V1_GetTimelineReply.with {
            $0.case = Self.value
            $0.entries = [
                Self.entry(
                    0, .submitted, ("shop", .channel), .unspecified, .submitted, "2 units on 1 line",
                    personal: "it broke"),
                Self.entry(0, .verified, ("lena", .service), .submitted, .submitted),
                Self.entry(
                    24, .clockBreached, ("", .system), .submitted, .submitted, "review was due 2026-11-24"),
                Self.entry(
                    26, .approved, ("mark", .supervisor), .submitted, .approved, "policy 1, standard 1"),
            ]
        }
        let story = TimelineStory(reply: reply, times: Self.shanghai)
        #expect(
            story.text(.plain) == """
                Case 0ABCDEFGHJKMNPQR, order online/536365, 2 units for reason damaged

                Mon 2026-11-23 (+08:00)
                  13:56:00  shop (channel): submitted
                            2 units on 1 line
                            “it broke”
                  13:56:00  lena (service): verified

                Tue 2026-11-24 (+08:00)
                            … 1d later
                  13:56:00  system: clock breached
                            review was due 2026-11-24
                            … 2h later
                  15:56:00  mark (supervisor): approved  submitted → approved
                            policy 1, standard 1

                Now approved; still owed: telling the customer; 1 deadline missed.
                """)
        let red = story.text(Style(isColoured: true))
        #expect(red.contains("\u{1B}[1;31m  13:56:00  system: clock breached\u{1B}[0m"))
    }

    @Test("a change: before and after, what is owed, what to type")
    func change() {
        let reply = Returns_V1_CaseReply.with {
            $0.case = Self.value
            $0.entries = [
                Self.entry(26, .approved, ("mark", .supervisor), .submitted, .approved, "policy 1")
            ]
        }
        let report = ChangeReport(
            reply: reply, replayed: false, isDryRun: false,
            allowed: [
                Self.step(.verify, .service), Self.step(.ship, .channel, .supervisor),
                Self.step(.receive, .warehouse),
                .with {
                    $0 = Self.step(.inspect, .warehouse)
                    $0.forOthers = true
                }, Self.step(.tell, .service), Self.step(.refund, .finance),
                Self.step(.note, .service), Self.step(.cancel, .service),
            ],
            nowMilliseconds: Self.value.updatedAtMs, times: Self.shanghai)
        #expect(
            report.text(.plain) == """
                0ABCDEFGHJKMNPQR  submitted → approved  version 4, order online/536365
                  approved: policy 1
                  owed: telling the customer
                  clock: customer_ship 2 of channel, 1d left (2026-11-25 15:56 +08:00)
                next:
                  returnsctl case ship 0ABCDEFGHJKMNPQR --carrier NAME --tracking-no NO
                  returnsctl case inspect 0ABCDEFGHJKMNPQR --line LINE:accept=UNITS,refuse=UNITS  # warehouse, somebody else
                  returnsctl case told 0ABCDEFGHJKMNPQR --channel CHANNEL --reference NO  # service
                """)
        var again = report
        again.replayed = true
        #expect(again.text(.plain).hasPrefix("done already: before, or by this line"))
        var rehearsal = report
        rehearsal.isDryRun = true
        #expect(rehearsal.text(.plain).hasPrefix("dry run: nothing was changed"))
    }

    static func step(_ command: Returns_V1_CommandKind, _ roles: Returns_V1_Role...)
        -> Returns_V1_AllowedCommand
    {
        .with {
            $0.command = command
            $0.roles = roles
        }
    }

    @Test("what is owed is told, and what was done is not")
    func tracks() {
        var value = Self.value
        value.money = .failed
        value.goodsOut = .inProgress
        value.customerTold = .done
        #expect(value.tracksText == "refund (failed), goods to send out (under way)")
    }

    @Test("what a sweep did")
    func sweep() {
        let reply = Returns_V1_SweepReply.with {
            $0.firings = 3
            $0.cases = 1
        }
        #expect(SlaSweep.text(reply) == "3 deadlines in 1 case warned about, marked as missed or escalated")
        #expect(SlaSweep.text(Returns_V1_SweepReply()) == "nothing was due")
        #expect(!SlaSweep.isIncomplete(reply))
    }

    /// A report that is without some figures says so.
    @Test func reportWithoutTheFiguresOfANewerServer() {
        func text(_ reply: Returns_V1_GetAttainmentReply) -> String {
            var reply = reply
            (reply.fromDate, reply.toDate, reply.timeZone) = ("2026-11-01", "2026-11-07", "Asia/Shanghai")
            return ReportSla.text(reply, by: .kind, .plain)
        }
        let none = "no deadline ended from 2026-11-01 to 2026-11-07, days of Asia/Shanghai"
        #expect(text(.init()) == none)
        #expect(
            text(.with { $0.newerLeftOut = true })
                == "\(none)\nnot all of it: figures of kinds of deadlines that a newer returnsd brought are left out; ask a server of that build (--server)"
        )
    }

    /// 15 that are late and open beside 45 that were met are 75 %, and the mean time is of those that ended.
    @Test func whatIsLateAndOpenCounts() {
        func text(_ change: (inout Returns_V1_AttainmentRow) -> Void) -> [String] {
            var row = Returns_V1_AttainmentRow.with {
                ($0.name, $0.met, $0.takenMs) = ("refund", 45, 45 * Self.hour)
            }
            change(&row)
            return ReportSla.text(.with { $0.rows = [row] }, by: .kind, .plain)
                .split(separator: "\n")[1].split(separator: " ").map(String.init)
        }
        #expect(text { $0.openLate = 15 } == ["refund", "45", "0", "15", "75.0", "%", "1h"])
        #expect(text { $0.openLate = 0 } == ["refund", "45", "0", "0", "100.0", "%", "1h"])
        // Of a period that is over nothing is open any more.
        #expect(text { _ in } == ["refund", "45", "0", "100.0", "%", "1h"])
        #expect(
            text { ($0.met, $0.takenMs, $0.openLate) = (0, 0, 2) } == ["refund", "0", "0", "2", "0.0", "%"])
    }

    /// What was due and is due still is never "nothing".
    @Test func sweepThatLeavesSomething() {
        let left = Returns_V1_SweepReply.with {
            $0.cases = 3
            $0.newerCaseIds = ["N1", "N2"]
            $0.unreadableCaseIds = ["D1"]
            $0.unreadableDeadlines = 1
            $0.refused = ["P1", "P2"].map { id in
                .with {
                    $0.caseID = id
                    $0.reason = "RECORD_NEWER"
                    $0.text = "version 2 of the SLA policy was written by a newer returnsd"
                }
            }
        }
        #expect(SlaSweep.isIncomplete(left))
        #expect(SlaSweep.isIncomplete(.with { $0.refused = left.refused }))
        #expect(
            SlaSweep.text(left) == """
                nothing was warned about, marked as missed or escalated
                2 cases were due and were left, since written by a newer returnsd: N1, N2; a server of that build fires them
                1 case was due and was left, since damaged: D1; the administrator can restore it from a backup
                2 cases were due and were left: P1, P2; version 2 of the SLA policy was written by a newer returnsd [RECORD_NEWER]
                some deadlines cannot be read (1); type: returnsctl admin verify-indexes --repair
                """)
        let some = Returns_V1_SweepReply.with {
            $0.cases = 3
            $0.firings = 4
            $0.newerCaseIds = ["N1"]
        }
        #expect(SlaSweep.text(some).hasPrefix("4 deadlines in 2 cases warned about"))
        let changed = Returns_V1_SweepReply.with {
            $0.cases = 1
            $0.conflicts = 1
        }
        #expect(SlaSweep.text(changed).hasSuffix("; 1 case changed meanwhile: sweep again"))
        #expect(!SlaSweep.text(changed).contains("nothing was due"))
    }

    static func due(_ caseID: String, hours: Int64, warned: Bool = false, paused: Bool = false)
        -> Returns_V1_DueClock
    {
        .with {
            $0.caseID = caseID
            $0.order.saleChannel = "online"
            $0.order.orderNo = "1"
            $0.caseState = .submitted
            $0.clock.kind = .review
            $0.clock.owner = .service
            $0.clock.ordinal = 1
            $0.clock.dueAtMs = start + hours * hour
            if warned { $0.clock.warnedAtMs = [start] }
            if paused { $0.clock.pauses = [.with { $0.fromMs = start }] }
        }
    }

    @Test("what is late comes first, and red; a paused clock is not late")
    func dueTable() {
        let reply = Returns_V1_ListDueReply.with {
            $0.nowMs = Self.start
            $0.total = 9
            $0.clocks = [
                Self.due("soon", hours: 2, warned: true), Self.due("paused", hours: -9, paused: true),
                Self.due("late", hours: -2), Self.due("latest", hours: -5), Self.due("later", hours: 30),
            ]
        }
        #expect(
            DueTable.sorted(reply.clocks, now: reply.nowMs).map(\.caseID) == [
                "latest", "late", "soon", "later", "paused",
            ])
        let text = DueTable.text(reply, limit: 5, times: Self.shanghai, Style(isColoured: true))
        let lines = text.split(separator: "\n")
        #expect(lines[1].hasPrefix("\u{1B}[31m5h late"))
        #expect(lines[2].hasPrefix("\u{1B}[31m2h late"))
        #expect(lines[3].hasPrefix("\u{1B}[33m2h left"))
        #expect(lines[4].hasPrefix("1d 6h left"))
        #expect(lines[5].hasPrefix("paused"))
        #expect(
            DueTable.text(reply, limit: 5, times: Self.shanghai, .plain)
                .hasSuffix("5 deadlines, 2 late, 5 of 9 shown (--limit)"))
        #expect(
            DueTable.text(reply, limit: 6, times: Self.shanghai, .plain).hasSuffix("5 deadlines, 2 late"),
            "nothing was cut: the total counts what a filter left out")
        #expect(DueTable.text(Returns_V1_ListDueReply(), limit: 5, .plain) == "nothing is due")
    }

    @Test("a pause behind a breach hides nothing: it is late, and red")
    func lateAndPaused() {
        var late = Self.due("late", hours: -2, paused: true)
        late.clock.breachedAtMs = Self.start - 2 * Self.hour
        let reply = Returns_V1_ListDueReply.with {
            $0.nowMs = Self.start
            $0.clocks = [Self.due("soon", hours: 2), Self.due("held", hours: -9, paused: true), late]
        }
        #expect(
            DueTable.sorted(reply.clocks, now: reply.nowMs).map(\.caseID) == ["late", "soon", "held"])
        for isOfPaused in [false, true] {
            let text = DueTable.text(
                reply, limit: 5, isOfPaused: isOfPaused, times: Self.shanghai, .plain)
            #expect(text.hasSuffix("3 deadlines, 1 late"))
        }
        let text = DueTable.text(reply, limit: 5, times: Self.shanghai, .plain)
        #expect(text.split(separator: "\n")[1].hasPrefix("2h late, paused"))
    }

    @Test("what is paused is shown with when it goes on")
    func pausedTable() {
        var timed = Self.due("timed", hours: 2, paused: true)
        timed.clock.pauses[0].endsAtMs = Self.start + 48 * Self.hour
        var held = Self.due("held", hours: 3, paused: true)
        held.caseState = .infoNeeded
        let open = Self.due("open", hours: 4, paused: true)
        let reply = Returns_V1_ListDueReply.with {
            $0.nowMs = Self.start
            $0.clocks = [timed, held, open]
        }
        let ends = Self.shanghai.text(milliseconds: Self.start + 48 * Self.hour)
        let lines = DueTable.text(reply, limit: 5, isOfPaused: true, times: Self.shanghai, .plain)
            .split(separator: "\n")
        #expect(lines[0].hasPrefix("GOES ON"))
        #expect(lines[1].hasPrefix(ends) && lines[1].contains("timed"))
        #expect(lines[2].hasPrefix("after info_needed") && lines[2].contains("held"))
        #expect(lines[3].hasPrefix("when it is resumed") && lines[3].contains("open"))
        #expect(
            DueTable.text(Returns_V1_ListDueReply(), limit: 5, isOfPaused: true, .plain)
                == "nothing is paused")
        let csv = DueTable.csv(reply, times: Self.shanghai)
        #expect(csv.headings.last == "pause_ends_at")
        #expect(
            csv.rows.map(\.last) == [.time(Self.start + 48 * Self.hour, Self.shanghai), "", ""])
    }

    @Test("all that is awaited, all that waits for inspection, the one refund under way")
    func fromTheCase() throws {
        var value = Self.value
        value.lines = [
            .with {
                $0.lineID = "1"
                $0.units.awaited = 3
            },
            .with {
                $0.lineID = "2"
                $0.units.uninspected = 2
            },
        ]
        #expect(CaseReceive.awaited(value).map(\.lineID) == ["1"])
        #expect(CaseReceive.awaited(value).map(\.units) == [3])
        #expect(CaseInspect.accepted(value).map(\.lineID) == ["2"])
        #expect(CaseInspect.accepted(value).map(\.acceptedUnits) == [2])
        #expect(throws: CommandFailure.self) { try OpenRefund.only(in: value) }
        value.refunds = [
            .with {
                $0.refundID = "R1"
                $0.status = .succeeded
            },
            .with {
                $0.refundID = "R2"
                $0.status = .failed
            },
        ]
        #expect(try OpenRefund.only(in: value) == "R2")
        value.refunds[0].status = .inProgress
        #expect(throws: CommandFailure.self) { try OpenRefund.only(in: value) }
        // Nothing is booked on a refund that has ended unless it is named.
        value.refunds[0].status = .succeeded
        value.refunds[1].status = .abandoned
        let failure = #expect(throws: CommandFailure.self) { try OpenRefund.only(in: value) }
        #expect(failure?.text.hasSuffix("has no refund under way") == true)
        #expect(failure?.hints == ["name one with --refund-id: R1 (succeeded), R2 (abandoned)"])
        // The same success once more is that of the refund that has its voucher, unless the next one may be meant.
        value.refunds[0].voucher = "V-1"
        let told = RecordedResult(status: .succeeded, voucher: "V-1")
        #expect(try OpenRefund.only(in: value, result: told) == "R1")
        let other = RecordedResult(status: .succeeded, voucher: "V-2")
        #expect(throws: CommandFailure.self) { try OpenRefund.only(in: value, result: other) }
        value.refunds[1].status = .inProgress
        #expect(try OpenRefund.only(in: value, result: other) == "R2")
        let unclear = #expect(throws: CommandFailure.self) { try OpenRefund.only(in: value, result: told) }
        #expect(unclear?.text == "refund R1 has voucher V-1 already, and refund R2 is in_progress")
        // What came back is told again of the only one that did.
        #expect(PaidRefund.only(in: value) == "R1")
        value.refunds[0].status = .returned
        #expect(PaidRefund.only(in: value) == "R1")
        value.refunds[1].status = .succeeded
        #expect(PaidRefund.only(in: value) == "R2")
    }

    @Test("a case on one screen names everything that is owed")
    func detail() {
        var value = Self.value
        value.currency = "GBP"
        value.channelRef = "R-1"
        value.freeText = "arrived \u{1B}[31mbroken"
        value.refunds = [
            .with {
                $0.refundID = "RF1"
                $0.amountMinor = 1_234
                $0.status = .failed
                $0.attempts = 2
                $0.payments = [.with { $0.reference = "card-1" }]
                $0.overpaidMinor = 34
            }
        ]
        value.refundReasons = [
            .with {
                $0.refundID = "RF1"
                $0.failure = "card expired"
            }
        ]
        value.closingNeeds = [
            .with {
                $0.kind = .document
                $0.document = .waybill
            }
        ]
        let text = CaseDetail(value: value, nowMilliseconds: Self.start, times: Self.shanghai).text(.plain)
        #expect(text.contains("reference   R-1"))
        #expect(text.contains("RF1  12.34 GBP to payment card-1, failed: card expired, attempt 2"))
        #expect(text.contains("overpaid    0.34 GBP of RF1 more than was owed; recover it"))
        #expect(text.contains("to close    attach a document of type waybill"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test("ping times")
    func ping() {
        let health = Returns_V1_HealthCheckReply.with {
            $0.status = .serving
            $0.serverVersion = "0.1.0"
        }
        #expect(Ping.milliseconds(1_037) == "1.037 ms")
        let text = Ping.text(health, [200, 100, 300], server: "unix:/s", .plain)
        #expect(text.hasSuffix("3 calls: fastest 0.100 ms, median 0.200 ms, p99 0.300 ms, slowest 0.300 ms"))
    }
}
