import ReturnsAPI
import Testing

@testable import returnsctl

/// What a clerk is asked, told and offered.
@Suite struct DeskGuideTests {
    private static func line(_ id: String, _ fill: (inout Returns_V1_UnitLedger) -> Void)
        -> Returns_V1_CaseLine
    {
        .with {
            $0.lineID = id
            $0.sku = "MUG"
            fill(&$0.units)
        }
    }

    // MARK: Counts

    @Test func unitsThatCanArriveAreNamedWithTheirRange() {
        let lines = [
            Self.line("1") { $0.awaited = 2 }, Self.line("2") { $0.received = 4 },
            Self.line("a b") {
                $0.awaited = 1
                $0.lost = 2
            },
        ]
        let expected = ArrivedUnits.expected(in: lines)
        #expect(expected.map(\.lineID) == ["1", "a b"])
        #expect(ArrivedUnits.flags(expected) == "--line 1=0-2 --line 'a b=0-3'")
        #expect(ArrivedUnits.text(expected[1]) == "line a b, MUG: 1 awaited, 2 reported lost")
        let many = (1...5).map { Self.line("\($0)") { $0.awaited = 1 } }
        #expect(ArrivedUnits.flags(many) == "--line LINE=UNITS")
        let failure = ArrivedUnits.unsaid(.with { $0.id = "C1" }, expected, true)
        #expect(failure.exit == .usage)
        #expect(
            failure.text
                == "say how many units of each line arrived: line 1, MUG: 2 awaited; line a b, MUG: 1 awaited, 2 reported lost"
        )
        #expect(failure.hints[0] == "returnsctl case receive C1 --line 1=0-2 --line 'a b=0-3' --by-hand")
        #expect(
            failure.hints[1]
                == "returnsctl case receive C1 --all --by-hand  # if all that is awaited has arrived")
    }

    @Test func whatWasFoundIsForWhoeverLooked() {
        func flags(_ lines: [Returns_V1_CaseLine]) -> [String] {
            CaseInspect.step.ways(CaseSituation(value: .with { $0.lines = lines })).map(\.flags)
        }
        let lines = [Self.line("1") { $0.uninspected = 2 }, Self.line("2") { $0.uninspected = 1 }]
        #expect(
            flags(lines) == ["--line 1:accept=0-2,refuse=0-2 --line 2:accept=0-1,refuse=0-1"])
        #expect(flags([]) == ["--line LINE:accept=UNITS,refuse=UNITS"])
    }

    /// The range of an offered line stands for one number, which is what its refusal asks for.
    @Test func aRangeIsToldToBeOneNumber() {
        for (text, words) in [("1=0-2", "write one of 0-2"), ("1=two", "write one number")] {
            let error = #expect(throws: (any Error).self) { try LineSpec.units(text) }
            #expect(error.map { "\($0)".contains(words) } ?? false, "\(String(describing: error))")
        }
    }

    // MARK: Refusals

    private static func ways(
        _ step: CaseStep, _ value: Returns_V1_Case, reasons: Set<String> = [],
        refused: Returns_V1_CommandKind = .unspecified
    ) -> [StepWay] {
        step.ways(
            CaseSituation(
                value: value, reasons: reasons, refused: RefusedLine(command: refused, words: [])))
    }

    /// Who inspects what is inspected means to correct it.
    @Test func inspectedGoodsAreCorrected() {
        let value = Returns_V1_Case.with {
            $0.inspections = [
                .with {
                    $0.lineID = "1"
                    $0.acceptedUnits = 2
                }
            ]
        }
        let offered = Self.ways(CaseCorrectInspection.step, value, refused: .inspect)
        #expect(offered.map(\.isAside) == [false])
        #expect(Self.ways(CaseCorrectInspection.step, value).map(\.isAside) == [true])
        #expect(Self.ways(CaseCorrectInspection.step, .init(), refused: .inspect).map(\.isAside) == [true])
    }

    /// What came beyond what can still come has a line of its own.
    @Test func theRestIsReceivedAsGoodsBesideTheForm() {
        let value = Returns_V1_Case.with {
            $0.state = .inTransit
            $0.shipments = [.init()]
            $0.lines = [Self.line("1") { $0.awaited = 1 }]
        }
        let offered = Self.ways(
            CaseReceive.step, value, reasons: ["QUANTITY_EXCEEDED"], refused: .receive)
        #expect(offered.map(\.flags) == ["--line 1=0-1", "--undeclared MUG=UNITS"])
        #expect(offered[1].note == "the units beyond what can still come" && !offered[1].isAside)
        #expect(Self.ways(CaseReceive.step, value).map(\.flags) == ["--line 1=0-1"])
    }

    @Test func whatIsToldOnceMoreIsANote() {
        #expect(
            Self.ways(CaseNote.step, .init(), reasons: ["NOTHING_TO_TELL"])
                == [StepWay("TEXT", isAside: false)])
        #expect(Self.ways(CaseNote.step, .init()) == [StepWay("TEXT", isAside: true)])
    }

    /// A failure after a success can only mean that the money came back; a prepared refund is declined by who may confirm it.
    @Test func stepsOverRefundsLeadOn() {
        func value(_ status: Returns_V1_RefundStatus) -> Returns_V1_Case {
            .with {
                $0.refunds = [
                    .with {
                        $0.refundID = "C1-1"
                        $0.status = status
                    }
                ]
            }
        }
        let back = Self.ways(
            CaseRefundReturned.step, value(.succeeded), reasons: ["REFUND_NOT_PENDING"])
        #expect(back == [StepWay("--reason TEXT", isAside: false, note: "if the bank sent it back")])
        #expect(Self.ways(CaseRefundReturned.step, value(.succeeded)).map(\.isAside) == [true])
        #expect(Self.ways(CaseAbandon.step, value(.prepared)).map(\.roles) == [[.finance, .supervisor]])
        #expect(Self.ways(CaseAbandon.step, value(.failed)).map(\.roles) == [[.finance]])
    }

    @Test func whatOthersCallShowLeadsToGet() {
        let failure = VerbGuide.misspelt(in: ["case", "show", "X"])
        #expect(failure?.hints.first == "did you mean: returnsctl case get")
    }

    /// A group whose place is gone is made anew, by lines to type.
    @Test func aGroupThatIsBehindIsMadeAnew() {
        let group = Returns_V1_EventGroup.with {
            $0.name = "erp"
            $0.behindLog = true
            $0.acknowledgeMs = 60_000
        }
        let text = EventGroupTable.text([group], .plain)
        #expect(text.contains("\n  returnsctl event group delete erp\n"))
        #expect(text.contains("\n  returnsctl event group create erp --acknowledge-within 60s\n"))
        #expect(text.hasSuffix("\n  returnsctl case list --changed-since TIME"))
    }

    /// Goods that go out are told as goods, and how the difference in price was settled.
    @Test func goodsThatGoOutAreNoMoney() {
        let value = Returns_V1_Case.with {
            $0.currency = "EUR"
            $0.outbound = [
                .with {
                    ($0.kind, $0.sku, $0.units, $0.lineID) = (.exchangeAccepted, "SHIRT-M", 1, "1")
                    ($0.exchange, $0.shareMinor, $0.differenceMinor) = (2, 4_000, -2_500)
                    ($0.settlement, $0.settlementReference) = (.paidBack, "T-1")
                }
            ]
        }
        let text = CaseDetail(value: value, nowMilliseconds: 0).text(.plain)
        #expect(
            text.contains(
                "1 × SHIRT-M, exchange accepted 2 in place of 40.00 EUR that were owed for line 1; they cost 25.00 EUR less, paid back T-1; still to be shipped"
            ), "\(text)")
    }

    @Test(arguments: [
        // The line that was typed, an offered way of the same step, and whether it says the same.
        (
            "case follow-up C1 --reached --score 5", Returns_V1_CommandKind.followUp, "--reached --score 1-5",
            true
        ),
        ("case follow-up C1 --reached --score 5", .followUp, "--no-reached", false),
        ("case follow-up C1 --reached", .followUp, "--reached --score 1-5", false),
        ("case close C1", .close, "", true), ("case close C1", .approve, "", false),
        ("case approve C1", .approve, "--override-reason TEXT", false),
        ("case receive C1 --line=1=2", .receive, "--line 1=0-2 --by-hand", false),
        ("case receive C1 --line=1=2 --by-hand", .receive, "--line 1=0-2 --by-hand", true),
        ("case refund-result C1 succeeded --voucher V", .recordRefund, "succeeded --voucher NO", true),
        ("case refund-result C1 succeeded --voucher V", .recordRefund, "failed --reason TEXT", false),
        ("case note C1 hello", .note, "TEXT", true),
    ])
    func whatWasRefusedIsNotOffered(
        typed: String, kind: Returns_V1_CommandKind, flags: String, isRepeated: Bool
    ) {
        let own: Returns_V1_CommandKind =
            switch typed.split(separator: " ")[1] {
            case "follow-up": .followUp
            case "close": .close
            case "approve": .approve
            case "receive": .receive
            case "refund-result": .recordRefund
            default: .note
            }
        let refused = RefusedLine(command: own, words: typed.split(separator: " ").map(String.init))
        #expect(refused.isRepeated(by: StepWay(flags), of: kind) == isRepeated)
    }

    /// Shipping was refunded before, so only that part was refused: the line without it is the way on.
    @Test func withoutTheOptionAtFaultItIsAnotherLine() {
        let words = ["case", "refund", "C1", "--shipping", "7", "-y"]
        var refused = RefusedLine(command: .refund, words: words)
        #expect(refused.isRepeated(by: StepWay(""), of: .refund))
        refused.faulty = [RefusedLine.option(ofField: "shipping_minor")]
        #expect(refused.faulty == ["--shipping"])
        #expect(!refused.isRepeated(by: StepWay(""), of: .refund))
        #expect(RefusedLine.option(ofField: "order.lines[0].reason_code") == "--reason-code")
    }

    @Test func linesOfMyRoleAreNotMarked() {
        let steps = [
            Returns_V1_AllowedCommand.with {
                $0.command = .verify
                $0.roles = [.service, .supervisor]
            },
            .with {
                $0.command = .receive
                $0.roles = [.warehouse]
            },
        ]
        let next = CommandGuide.next(steps, caseID: "C1", in: CaseSituation(), for: [.channel, .supervisor])
        #expect(
            next == [
                "returnsctl case verify C1", "returnsctl case receive C1 --line LINE=UNITS  # warehouse",
            ])
    }

    // MARK: Rights

    @Test func closingSaysWhichRightItEnds() throws {
        let close = try #require(try Returnsctl.parseAsRoot(["case", "close", "C1"]) as? CaseClose)
        let refused = Returns_V1_Case.with {
            $0.state = .rejected
            $0.clocks = [
                .with {
                    $0.kind = .appeal
                    $0.dueAtMs = 1_795_413_360_000
                }
            ]
        }
        func step(_ kind: Returns_V1_CommandKind) -> Returns_V1_AllowedCommand { .with { $0.command = kind } }
        let until = TimeFormat.screen.text(milliseconds: 1_795_413_360_000)
        #expect(
            close.warning(refused, [step(.appeal), step(.acceptAlternative), step(.close)])
                == "The customer could still appeal or take the alternative until \(until): closing ends that right."
        )
        #expect(close.warning(refused, [step(.close)]) == nil)
        var qualified = refused
        qualified.state = .qualified
        #expect(close.warning(qualified, [step(.appeal)]) == nil)
    }

    @Test func releasingAwaitedUnitsSaysSo() throws {
        let resolve = try #require(
            try Returnsctl.parseAsRoot([
                "case", "resolve", "C1", "--line", "1=release:3", "--line", "2=release:1", "--reason", "x",
            ]) as? CaseResolve)
        #expect(resolve.mayEndRight)
        let value = Returns_V1_Case.with {
            $0.lines = [Self.line("1") { $0.awaited = 2 }, Self.line("2") { $0.lost = 1 }]
        }
        #expect(
            resolve.warning(value, [])
                == "The customer could still send 2 awaited units: nothing is refunded for them any more.")
    }

    // MARK: Papers

    @Test func aVoucherIsMissedOfItsRefund() {
        func refund(_ number: Int, _ voucher: String, _ status: Returns_V1_RefundStatus = .succeeded)
            -> Returns_V1_Refund
        {
            .with {
                $0.refundID = "C1-\(number)"
                $0.voucher = voucher
                $0.status = status
            }
        }
        var value = Returns_V1_Case.with {
            $0.refunds = [refund(1, "V-1"), refund(2, "", .abandoned), refund(3, "V-3")]
            $0.closingNeeds = [Returns_V1_DocumentType.waybill, .refundVoucher].map { type in
                .with {
                    $0.kind = .document
                    $0.document = type
                }
            }
        }
        func attached(_ references: [String]) -> [MissingPaper] {
            value.documents = references.map { reference in
                .with {
                    $0.type = .refundVoucher
                    $0.reference = reference
                }
            }
            return value.missingPapers
        }
        let waybill = MissingPaper(type: .waybill)
        let first = MissingPaper(type: .refundVoucher, refundID: "C1-1", reference: "V-1")
        let third = MissingPaper(type: .refundVoucher, refundID: "C1-3", reference: "V-3")
        #expect(attached([]) == [waybill, first, third])
        #expect(attached(["V-1"]) == [waybill, third])
        #expect(attached(["C1-3"]) == [waybill, first])
        #expect(attached(["scan.pdf"]) == [waybill, third])
        #expect(
            value.closingTexts == [
                "attach a document of type waybill",
                "attach a document of type refund_voucher for refund C1-3 (V-3)",
            ])
        let ways = CaseAttach.step.ways(CaseSituation(value: value))
        #expect(
            ways == [
                StepWay("--type waybill --file FILE", roles: [.channel, .service, .logistics, .supervisor]),
                StepWay(
                    "--type refund_voucher --reference V-3 --file FILE", roles: [.finance, .supervisor],
                    note: "of refund C1-3"),
            ])
    }

    // MARK: Notes

    @Test func notesAreShownWithTheCase() {
        let note = Returns_V1_TimelineEntry.with {
            $0.kind = .noted
            $0.atMs = 1_795_413_360_000
            $0.actor = .with {
                $0.name = "lena"
                $0.role = .service
            }
            $0.deskPersonalText = "call after five"
        }
        var hidden = note
        hidden.deskPersonalText = ""
        hidden.withheld = [
            .with {
                $0.group = .deskPersonal
                $0.reason = .hidden
            }
        ]
        let value = Returns_V1_Case.with { $0.notes = 4 }
        let times = StoryTests.shanghai
        func text(_ notes: [Returns_V1_TimelineEntry]) -> String {
            CaseDetail(value: value, nowMilliseconds: 0, times: times, notes: notes).text(.plain)
        }
        #expect(
            text([note]).contains("  note        2026-11-23 13:56 +08:00 lena (service): “call after five”\n")
        )
        #expect(text([note]).contains("  notes       3 older notes: case timeline tells them"))
        #expect(
            text([hidden]).contains(
                "lena (service): (what the desk writes of the customer: not for your roles)"))
        #expect(text([]).contains("  notes       4 notes: case timeline tells them"))
    }
}
