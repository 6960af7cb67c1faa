import ArgumentParser
import Foundation
import MoneyFormat
import ReturnsAPI
import Testing

@testable import returnsctl

/// The lines that are offered to type next.
extension CommandLineTests {
    @Test("every line that is offered to type next is a command line")
    func guide() throws {
        let words = [
            "UNITS": "1", "TIME": "now",
            "TYPE": "other", "CLOCK": "review", "--type signed_receipt --file FILE": "--type other --file f",
            "1-5": "5", "0-1": "1", "DURATION": "4h", "DEDUCTION": "damage", "METHOD": "cash",
        ]
        var offered: Set<Returns_V1_CommandKind> = []
        for kind in Returns_V1_CommandKind.allCases {
            for situation in Self.situations {
                let step = Returns_V1_AllowedCommand.with { $0.command = kind }
                for var (line, _) in CommandGuide.lines(step, caseID: "C1", in: situation) {
                    offered.insert(kind)
                    for (placeholder, word) in words { line = line.replacing(placeholder, with: word) }
                    let arguments = line.split(separator: " ").map(String.init)
                    #expect(arguments.first == "returnsctl")
                    let command = try Returnsctl.parseAsRoot(Array(arguments.dropFirst()))
                    let verb = try #require(command as? any CaseVerb, "\(line)")
                    #expect(verb.target.caseID == "C1")
                }
            }
        }
        // All but the four that nobody types for a case: unspecified, submit, sweep, recompute.
        #expect(offered.count == Returns_V1_CommandKind.allCases.count - 4)
    }

    /// Nothing known; all to do; all done but a paper; a refund tried again; a check failed.
    static let situations = [
        CaseSituation(),
        CaseSituation(
            value: .with {
                $0.lines = [
                    .with {
                        $0.lineID = "1"
                        $0.units.awaited = 1
                    }
                ]
            }),
        CaseSituation(
            value: .with {
                $0.lines = [
                    .with {
                        $0.lineID = "1"
                        $0.units.lost = 1
                    }
                ]
            }),
        CaseSituation(
            value: .with {
                $0.closingNeeds = [
                    .with {
                        $0.kind = .document
                        $0.document = .signedReceipt
                    }
                ]
            }),
        CaseSituation(
            value: .with {
                $0.refunds = [
                    .with {
                        $0.status = .inProgress
                        $0.attempts = 2
                    }
                ]
            }),
        CaseSituation(reasons: ["CHECKS_FAILED"]),
    ]

    private static func next(
        _ kinds: [(Returns_V1_CommandKind, [Returns_V1_Role])], _ situation: CaseSituation
    ) -> [String] {
        let steps = kinds.map { kind, roles in
            Returns_V1_AllowedCommand.with {
                $0.command = kind
                $0.roles = roles
            }
        }
        return CommandGuide.next(steps, caseID: "C1", in: situation)
    }

    @Test("what is offered leads on from where the case is")
    func hints() {
        let received: [(Returns_V1_CommandKind, [Returns_V1_Role])] = [
            (.receive, [.warehouse]), (.inspect, [.warehouse]),
        ]
        let (nothing, awaited, lost, paper, retried, failed) = (
            Self.situations[0], Self.situations[1], Self.situations[2], Self.situations[3],
            Self.situations[4], Self.situations[5]
        )
        let inspect = "returnsctl case inspect C1 --line LINE:accept=UNITS,refuse=UNITS  # warehouse"
        var refused = nothing
        refused.reasons = ["SHIPMENT_UNKNOWN"]
        var shipped = awaited
        shipped.value?.shipments = [.init()]
        for (situation, flags) in [
            (nothing, "--line LINE=UNITS"), (refused, "--line LINE=UNITS --by-hand"),
            (awaited, "--line 1=0-1 --by-hand"), (shipped, "--line 1=0-1"), (lost, "--line 1=0-1 --by-hand"),
        ] {
            #expect(
                Self.next(received, situation)
                    == ["returnsctl case receive C1 \(flags)  # warehouse", inspect])
        }
        // Nothing is awaited any more.
        #expect(Self.next(received, retried) == [inspect])

        let approve = [(Returns_V1_CommandKind.approve, [Returns_V1_Role.service, .supervisor])]
        #expect(Self.next(approve, nothing) == ["returnsctl case approve C1  # service or supervisor"])
        let override = "returnsctl case approve C1 --override-reason TEXT  # supervisor"
        #expect(Self.next(approve, failed) == [override])
        let found = CaseSituation(value: .with { $0.checks = [.with { $0.result = .failed }] })
        #expect(Self.next(approve, found) == [override])

        let resting: [(Returns_V1_CommandKind, [Returns_V1_Role])] = [
            (.receive, [.warehouse]), (.followUp, [.service]), (.note, [.service]),
            (.attachDocument, [.service, .finance]),
        ]
        #expect(
            Self.next(resting, paper) == [
                "returnsctl case attach C1 --type signed_receipt --file FILE  # service or warehouse or supervisor"
            ])
        #expect(
            Self.next([(.recordRefund, [.finance])], retried) == [
                "returnsctl case refund-result C1 succeeded --voucher NO --attempt 2  # finance",
                "returnsctl case refund-result C1 failed --reason TEXT --attempt 2  # finance",
            ])
    }

    @Test(
        "the result of a refund is asked for while one is awaited",
        arguments: [
            (Returns_V1_RefundStatus.inProgress, ["succeeded --voucher NO", "failed --reason TEXT"]),
            (.unknown, ["succeeded --voucher NO", "failed --reason TEXT"]),
            (.failed, ["succeeded --voucher NO --refund-id C1-1"]),
            (.abandoned, ["succeeded --voucher NO --refund-id C1-1"]),
            // Nobody may have paid it.
            (.prepared, []),
        ])
    func refundResults(status: Returns_V1_RefundStatus, flags: [String]) {
        let refund = Returns_V1_Refund.with {
            $0.refundID = "C1-1"
            $0.status = status
            $0.attempts = 1
        }
        let ways = CaseRefundResult.step.ways(CaseSituation(value: .with { $0.refunds = [refund] }))
        #expect(ways.map(\.flags) == flags)
        #expect(ways.allSatisfy { $0.isAside == (flags.count == 1) })
    }

    @Test("what becomes of units is offered as it can be")
    func resolutions() {
        func flags(_ fill: (inout Returns_V1_UnitLedger) -> Void) -> [String] {
            var line = Returns_V1_CaseLine.with { $0.lineID = "1" }
            fill(&line.units)
            let value = Returns_V1_Case.with { $0.lines = [line] }
            return CaseResolve.step.ways(CaseSituation(value: value)).map(\.flags)
        }
        #expect(flags { $0.undecided = 2 } == ["--line 1=send_back:2 --reason TEXT"])
        #expect(
            flags { $0.lost = 1 } == ["--line 1=release:1 --reason TEXT", "--line 1=concede:1 --reason TEXT"])
        #expect(flags { $0.awaited = 3 } == ["--line 1=release:3 --reason TEXT"])
    }

    @Test("lines to type next go where the typed line went")
    func connection() {
        let typed = [
            "--server", "unix:/run/a b", "case", "get", "C1", "--token-file=t", "--reason", "x", "--yes",
            "--allow-plaintext", "--", "--server", "b",
        ]
        let flags = NextLine.connectionFlags(of: typed)
        #expect(flags == ["--server", "unix:/run/a b", "--token-file=t", "--allow-plaintext"])
        #expect(
            NextLine.returnsctl("case get C1", note: "now", connection: flags)
                == "returnsctl case get C1 --server 'unix:/run/a b' --token-file=t --allow-plaintext  # now")
    }

    /// The cells of a section's tables of STATES.md.
    private static func rows(under heading: String) throws -> [[String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let text = try String(contentsOf: root.appending(path: "Protocol/STATES.md"), encoding: .utf8)
        let section = text.components(separatedBy: "\n## \(heading)\n").last ?? ""
        let lines = section.components(separatedBy: "\n## ")[0].split(separator: "\n")
        return lines.filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test("the states that hold clocks are those of STATES.md")
    func holdingStates() throws {
        let clocks = try Self.rows(under: "Clocks").dropFirst(2)
        #expect(clocks.count == Returns_V1_ClockKind.allCases.count - 1)
        for row in clocks {
            let kind = try #require(value(ofWord: row[0], as: Returns_V1_ClockKind.self))
            #expect(kind.stateThatHolds.map { word($0) } ?? "–" == row[7], "\(kind)")
        }
    }

    @Test("a clock that a line names is one that it is taken for")
    func clocks() {
        func clock(_ kind: Returns_V1_ClockKind, isPaused: Bool = false, isLate: Bool = false)
            -> Returns_V1_Clock
        {
            .with {
                $0.kind = kind
                if isPaused { $0.pauses = [.with { $0.fromMs = 1 }] }
                if isLate { $0.breachedAtMs = 1 }
            }
        }
        let asked = CaseSituation(
            value: .with {
                $0.state = .infoNeeded
                $0.clocks = [
                    clock(.review, isPaused: true, isLate: true), clock(.customerInfo, isPaused: true),
                    clock(.notify),
                ]
            })
        #expect(SlaPause.step.ways(asked).map(\.flags) == ["notify --reason TEXT"])
        #expect(SlaResume.step.ways(asked).map(\.flags) == ["customer_info --reason TEXT"])
        #expect(SlaExtend.step.ways(asked).map(\.flags) == ["customer_info --by DURATION --reason TEXT"])
    }

    @Test("who refunds is finance, and a supervisor by another method")
    func refunders() {
        func ways(_ refund: Returns_V1_Refund?) -> [StepWay] {
            CaseRefund.step.ways(CaseSituation(value: .with { $0.refunds = refund.map { [$0] } ?? [] }))
        }
        #expect(ways(nil).map(\.roles) == [[.finance], [.supervisor]])
        #expect(ways(.with { $0.status = .failed }) == [StepWay(roles: [.finance])])
        let other = Returns_V1_Refund.with {
            $0.status = .failed
            $0.otherMethod = "cash"
        }
        #expect(ways(other) == [StepWay(roles: [.finance, .supervisor])])
    }

    @Test("a paper's departments are those of STATES.md")
    func departmentsOfPapers() throws {
        let letters = Dictionary(
            uniqueKeysWithValues: try Self.rows(under: "Roles").dropFirst(2).map { ($0[1], $0[0]) })
        let papers = try Self.rows(under: "Documents").dropFirst(2)
        #expect(papers.count == Returns_V1_DocumentType.allCases.count - 1)
        for row in papers {
            let type = try #require(value(ofWord: row[0], as: Returns_V1_DocumentType.self))
            #expect(Set(type.roles.map { word($0) }) == Set(row[1].compactMap { letters["\($0)"] }))
        }
    }
}

extension CommandLineTests {
    @Test("what was booked is offered to be corrected with the counts that can be true")
    func corrections() {
        var value = Returns_V1_Case.with {
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    ($0.units.received, $0.units.uninspected, $0.units.accepted) = (3, 2, 1)
                }
            ]
            $0.inspections = [(2, false), (1, true)].map { accepted, isCorrection in
                .with {
                    ($0.lineID, $0.acceptedUnits, $0.replacesEarlier) = ("1", accepted, isCorrection)
                }
            }
        }
        func flags(_ step: CaseStep) -> [String] { step.ways(CaseSituation(value: value)).map(\.flags) }
        #expect(flags(CaseCorrectReceipt.step) == ["--line 1=1-2 --reason TEXT"])
        #expect(
            flags(CaseCorrectInspection.step) == [
                "--line 1:accept=1,refuse=0 --note TEXT --reason TEXT"
            ])
        value.lines[0].units.uninspected = 0
        value.outbound = [
            .with { ($0.kind, $0.sku, $0.units) = (.undeclared, "HAT", 1) },
            .with { ($0.kind, $0.exchange) = (.exchangeAccepted, 2) },
        ]
        #expect(flags(CaseCorrectReceipt.step) == ["--undeclared HAT=0 --reason TEXT"])
        #expect(flags(CaseCancelExchange.step) == ["--exchange 2 --reason TEXT"])
        let refused = CaseSituation(value: value, reasons: ["UNITS_INSPECTED"])
        #expect(CaseCorrectInspection.step.ways(refused).allSatisfy { !$0.isAside })
    }

    @Test("a unit is offered to be exchanged where its share is in no refund")
    func exchanges() {
        func flags(owed: Int64, inRefund: Int64) -> [String] {
            let line = Returns_V1_CaseLine.with {
                ($0.lineID, $0.units.accepted, $0.owedMinor, $0.committedMinor) = ("1", 2, owed, inRefund)
            }
            return CaseAgreeExchange.step.ways(CaseSituation(value: .with { $0.lines = [line] })).map(\.flags)
        }
        #expect(flags(owed: 2_000, inRefund: 1_000) == ["--line 1=1 --sku SKU"])
        #expect(flags(owed: 2_000, inRefund: 1_001) == ["--line LINE=UNITS --sku SKU"])
        #expect(flags(owed: 0, inRefund: 0) == ["--line 1=1 --sku SKU"])
    }

    @Test("goods that nobody expects are named by their SKU")
    func unexpectedGoods() {
        let value = Returns_V1_Case.with {
            $0.state = .cancelled
            $0.lines = [.with { ($0.lineID, $0.sku) = ("1", "MUG") }]
        }
        let ways = CaseReceive.step.ways(CaseSituation(value: value))
        #expect(ways == [StepWay("--undeclared SKU=UNITS", isAside: true)])
        let refused = CaseReceive.step.ways(CaseSituation(value: value, reasons: ["GOODS_NOT_EXPECTED"]))
        #expect(refused == [StepWay("--undeclared MUG=UNITS", note: "they wait to go back")])
    }
}
