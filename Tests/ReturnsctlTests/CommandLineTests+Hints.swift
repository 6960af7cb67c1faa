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
            "[--goods SKU=1]": "--goods SKU=1", "[--by-hand]": "--by-hand", "UNITS": "1", "TIME": "now",
            "TYPE": "other", "CLOCK": "review", "--type signed_receipt --file FILE": "--type other --file f",
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
        CaseSituation(), CaseSituation(value: .with { $0.lines = [.with { $0.units.awaited = 1 }] }),
        CaseSituation(value: .with { $0.lines = [.with { $0.units.lost = 1 }] }),
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
        let inspect = "returnsctl case inspect C1 --accept-all  # warehouse"
        for (situation, receive) in [
            (nothing, "returnsctl case receive C1 --all [--by-hand]  # warehouse"),
            (awaited, "returnsctl case receive C1 --all [--by-hand]  # warehouse"),
            (lost, "returnsctl case receive C1 --line LINE=UNITS [--by-hand]  # warehouse"),
        ] { #expect(Self.next(received, situation) == [receive, inspect]) }
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

    @Test("a paper's departments are those of STATES.md")
    func departmentsOfPapers() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let text = try String(contentsOf: root.appending(path: "Protocol/STATES.md"), encoding: .utf8)
        func cells(_ line: Substring) -> [String] {
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        func rows(under heading: String) -> [[String]] {
            let section = text.components(separatedBy: "\n## \(heading)\n").last ?? ""
            let lines = section.components(separatedBy: "\n## ")[0].split(separator: "\n")
            return lines.filter { $0.hasPrefix("|") }.map(cells)
        }
        let letters = Dictionary(
            uniqueKeysWithValues: rows(under: "Roles").dropFirst(2).map { ($0[1], $0[0]) })
        let papers = rows(under: "Documents").dropFirst(2)
        #expect(papers.count == Returns_V1_DocumentType.allCases.count - 1)
        for row in papers {
            let type = try #require(value(ofWord: row[0], as: Returns_V1_DocumentType.self))
            #expect(Set(type.roles.map { word($0) }) == Set(row[1].compactMap { letters["\($0)"] }))
        }
    }
}
