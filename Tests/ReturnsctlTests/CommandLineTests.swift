import ArgumentParser
import Foundation
import ReturnsWire
import Testing

@testable import returnsctl

@Suite("Command lines")
struct CommandLineTests {
    func parse<Command: ParsableCommand>(_ line: String, as type: Command.Type) throws -> Command {
        let arguments = line.split(separator: " ").map(String.init)
        let command = try Returnsctl.parseAsRoot(arguments)
        return try #require(command as? Command, "\(line) is a \(Swift.type(of: command))")
    }

    @Test("general options stand before or after noun and verb")
    func generalOptions() throws {
        for line in [
            "--server unix:/s -o json --dry-run case get C1",
            "case get C1 --server unix:/s -o json --dry-run",
            "case --dry-run get --server unix:/s C1 -o json",
        ] {
            let command = try parse(line, as: CaseGet.self)
            #expect(command.caseID == "C1")
            #expect(command.global.server == "unix:/s")
            #expect(command.global.output == .json)
            #expect(command.global.dryRun)
        }
        let verb = try parse("--yes case cancel C1 --reason why", as: CaseCancel.self)
        #expect(verb.global.yes)
        #expect(verb.target.caseID == "C1")
    }

    @Test("units per line")
    func receive() throws {
        let command = try parse(
            "case receive C1 --line 1=3 --line 2=1 --by-hand --undeclared 85123A=2@4 --undeclared X=1",
            as: CaseReceive.self)
        #expect(command.lines.map(\.lineID) == ["1", "2"])
        #expect(command.lines.map(\.units) == [3, 1])
        #expect(command.byHand)
        #expect(command.undeclared.map(\.addAsLineID) == ["4", ""])
        #expect(throws: (any Error).self) {
            try parse("case receive C1 --all --line 1=3", as: CaseReceive.self)
        }
    }

    @Test("inspection per line")
    func inspect() throws {
        let command = try parse(
            "case inspect C1 --line 1:accept=2,refuse=1,appearance=fail --line 2:accept=1",
            as: CaseInspect.self)
        #expect(command.lines[0].acceptedUnits == 2)
        #expect(command.lines[0].refusedUnits == 1)
        #expect(!command.lines[0].appearanceOk)
        #expect(command.lines[0].packagingOk)
        #expect(command.lines[1].appearanceOk)
        #expect(throws: (any Error).self) { try parse("case inspect C1", as: CaseInspect.self) }
        #expect(throws: (any Error).self) {
            try parse("case inspect C1 --accept-all --line 1:accept=1", as: CaseInspect.self)
        }
    }

    @Test("resolutions, dates with a minus, results")
    func others() throws {
        let resolve = try parse("case resolve C1 --line 1=send-back:2 --reason r", as: CaseResolve.self)
        #expect(resolve.lines[0].resolution == .sendBack)
        #expect(resolve.lines[0].units == 2)
        #expect(
            try parse("case list --updated-since -2d --state in_transit", as: CaseList.self).updatedSince
                == "-2d")
        let pickup = try parse("case pickup result C1 missed --reason nobody", as: PickupResult.self)
        #expect(pickup.result == .missed)
        let refund = try parse("case refund C1 --amount 12.34 --shipping 3", as: CaseRefund.self)
        var request = Returns_V1_RefundCaseRequest()
        try refund.setAmounts(&request, currency: "GBP")
        #expect(request.amountMinor == 1_234)
        #expect(request.shippingMinor == 300)
        #expect(try parse("sla due --kind refund --owner finance", as: SlaDue.self).kinds == [.refund])
        #expect(try parse("case follow-up C1 --no-reached", as: CaseFollowUp.self).reached == false)
    }

    @Test(
        "mistakes are refused by the parser",
        arguments: [
            "case receive C1 --line 1", "case receive C1 --line 1=x", "case receive C1 --line =3",
            "case inspect C1 --line 1:accept", "case inspect C1 --line 1:colour=ok",
            "case inspect C1 --line 1:unused=maybe",
            "case resolve C1 --line 1=concede --reason r", "case resolve C1 --line 1=burn:1 --reason r",
            "case list --state nowhere", "case list --state submitted --order 1", "case list --limit 501",
            "case exception C1 stolen --reason r", "case refund-result C1 in_progress",
            "case attach C1 --type other",
            "case attach C1 --type other --sha256 00", "case get", "case get C1 C2", "case aprove C1",
            "ping -n 0",
            "order import f --in-flight 0", "order import f --time-zone Mars/Phobos", "case cancel C1",
            "-o xml version",
        ])
    func mistakes(line: String) {
        let error = #expect(throws: (any Error).self) {
            try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
        }
        guard let error else { return }
        #expect(Returnsctl.exitCode(for: error) == .validationFailure)
    }

    @Test("every line that is offered to type next is a command line")
    func guide() throws {
        let words = [
            "[--goods SKU=1]": "--goods SKU=1", "[--by-hand]": "--by-hand", "TIME": "now", "TYPE": "other",
            "CLOCK": "review",
        ]
        var offered = 0
        for kind in Returns_V1_CommandKind.allCases {
            guard var line = CommandGuide.line(kind, caseID: "C1") else { continue }
            offered += 1
            for (placeholder, word) in words { line = line.replacing(placeholder, with: word) }
            let arguments = line.split(separator: " ").map(String.init)
            #expect(arguments.first == "returnsctl")
            let command = try Returnsctl.parseAsRoot(Array(arguments.dropFirst()))
            let verb = try #require(command as? any CaseVerb, "\(line)")
            #expect(verb.target.caseID == "C1")
        }
        // All but the three that nobody types for a case: unspecified, submit, sweep.
        #expect(offered == Returns_V1_CommandKind.allCases.count - 3)
    }

    @Test("steps are found by any of their names")
    func commandNames() {
        for name in ["report_exception", "reportException", "COMMAND_KIND_REPORT_EXCEPTION"] {
            #expect(CommandGuide.command(named: name) == .reportException)
        }
        #expect(CommandGuide.command(named: "GBP") == nil)
    }

    @Test("dangerous steps ask, all others do not")
    func danger() throws {
        let dangerous = try [
            "case reject C1 --code c --reason r --alternative a", "case cancel C1 --reason r",
            "case abandon C1 --confirmation c", "case returnless C1 --reason r", "case reopen C1 --reason r",
        ].map { try Returnsctl.parseAsRoot($0.split(separator: " ").map(String.init)) }
        for command in dangerous { #expect((command as? any CaseVerb)?.danger != nil) }
        #expect(try parse("case approve C1", as: CaseApprove.self).danger == nil)
        #expect(Confirmation.isYes("y"))
        #expect(!Confirmation.isYes(""))
    }
}
