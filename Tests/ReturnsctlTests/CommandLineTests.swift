import ArgumentParser
import Foundation
import MoneyFormat
import ReturnsAPI
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
            try parse("case list --changed-since -2d --state in_transit", as: CaseList.self).changedSince
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
            "case list --state nowhere", "case list --open --all", "case list --limit 0",
            "case list --limit some",
            "case list --order 1 --channel a --channel b", "case list --sort backwards",
            "case timeline C1 --last 0",
            "case exception C1 stolen --reason r", "case refund-result C1 in_progress",
            "case refund-result C1 failed",
            "case refund-result C1 failed --reason r --attempt 0",
            "case refund-result C1 succeeded --amount 1",
            "case refund-result C1 succeeded --lost --amount 1",
            "case refund-result C1 failed --lost --refund-id R --amount 1",
            "case refund-result C1 succeeded --lost --refund-id R",
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

    /// Also of a word that the enumeration has and the argument does not take.
    @Test("a word that is not taken is answered with those that are", arguments: ["succeded", "in_progress"])
    func wordsThatAreTaken(word: String) throws {
        let error = #expect(throws: (any Error).self) {
            try Returnsctl.parseAsRoot(["case", "refund-result", "C1", word])
        }
        let text = Returnsctl.message(for: try #require(error))
        #expect(text.contains("'\(word)' is not one of: succeeded, failed, unknown"))
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
            "case close C1", "case resolve C1 --line 1=concede:1 --reason r",
            "case resolve C1 --line 1=send-back:1 --line 1=dispose:1 --reason r",
        ].map { try Returnsctl.parseAsRoot($0.split(separator: " ").map(String.init)) }
        for command in dangerous { #expect((command as? any CaseVerb)?.danger != nil) }
        #expect(try parse("case approve C1", as: CaseApprove.self).danger == nil)
        let mild = "case resolve C1 --line 1=send-back:1 --line 2=exchange:1 --reason r"
        #expect(try parse(mild, as: CaseResolve.self).danger == nil)
        let resolve = "case resolve C1 --line 1=concede:2 --line 2=dispose:1 --reason r"
        #expect(
            try parse(resolve, as: CaseResolve.self).danger
                == "This pays for 2 units that are refused or lost and throws away 1 unit of case")
        #expect(Confirmation.isYes("y"))
        #expect(!Confirmation.isYes(""))
    }

    @Test("a refund asks with the amount that the case has")
    func refundQuestion() {
        var value = Returns_V1_Case.with {
            $0.id = "C1"
            $0.currency = "GBP"
            $0.lines = [
                .with {
                    $0.owedMinor = 2_000
                    $0.committedMinor = 500
                },
                .with { $0.owedMinor = 300 },
            ]
        }
        var shipped = value
        shipped.shippingDueMinor = 500
        #expect(
            CaseRefund.question(.with { $0.amountMinor = 1_800 }, shipped, to: nil)
                == "This pays the customer of case C1 18.00 GBP, all that is due for goods.")
        #expect(
            CaseRefund.question(.init(), shipped, to: nil)
                == "This pays the customer of case C1 18.00 GBP, all that is due, and 5.00 GBP for shipping.")
        var request = Returns_V1_RefundCaseRequest()
        #expect(
            CaseRefund.question(request, value, to: nil)
                == "This pays the customer of case C1 18.00 GBP, all that is due.")
        #expect(
            CaseRefund.question(
                request, value, to: .with { $0.payments = [.with { $0.reference = "card-1" }] })
                == "This pays the customer of case C1 18.00 GBP, all that is due, to payment card-1.")
        request.amountMinor = 1_000
        request.shippingMinor = 499
        request.otherMethod = "cash"
        #expect(
            CaseRefund.question(request, value, to: .with { $0.otherMethod = "cash" })
                == "This pays the customer of case C1 10.00 GBP of 18.00 GBP that are due, and 4.99 GBP for shipping, to the customer by cash."
        )
        value.refunds = [
            .with {
                $0.refundID = "C1-1"
                $0.status = .failed
                $0.amountMinor = 700
            }
        ]
        #expect(
            CaseRefund.question(Returns_V1_RefundCaseRequest(), value, to: nil)
                == "This tries refund C1-1 again: 7.00 GBP to the customer of case C1.")
        // Nothing to pay: the server says why, and nobody is asked.
        value.refunds[0].status = .inProgress
        #expect(CaseRefund.question(Returns_V1_RefundCaseRequest(), value, to: nil) == nil)
        value.refunds = []
        value.lines = []
        #expect(CaseRefund.question(Returns_V1_RefundCaseRequest(), value, to: nil) == nil)
    }

    @Test("a refund that takes a second person is asked as one that is not paid yet, with its shipping")
    func preparedQuestion() {
        let value = Returns_V1_Case.with {
            $0.id = "C1"
            $0.currency = "GBP"
            $0.lines = [.with { $0.owedMinor = 2_000 }]
        }
        let planned = Returns_V1_Refund.with {
            $0.status = .prepared
            $0.amountMinor = 2_499
            $0.shippingMinor = 499
            $0.lines = [.with { $0.amountMinor = 2_000 }]
            $0.payments = [.with { $0.reference = "card-1" }]
        }
        #expect(
            CaseRefund.question(Returns_V1_RefundCaseRequest(), value, to: planned)
                == "This prepares a refund for the customer of case C1, and pays nothing yet: 20.00 GBP, all that is due, and 4.99 GBP for shipping, to payment card-1. With what the case refunds without a second person, that is above what one person pays alone: somebody else has to confirm it."
        )
    }

    @Test("steps over a refund ask with what it is")
    func refundQuestions() throws {
        var value = Returns_V1_Case.with {
            $0.id = "C1"
            $0.currency = "GBP"
            $0.refunds = [
                .with {
                    $0.refundID = "C1-1"
                    $0.status = .prepared
                    $0.amountMinor = 20_000
                    $0.preparedBy.name = "fei"
                    $0.payments = [.with { $0.reference = "card-1" }]
                }
            ]
        }
        func question(_ line: String) throws -> String? {
            let command = try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
            return (command as? any CaseVerb)?.question(value)
        }
        #expect(
            try question("case confirm-refund C1")
                == "This lets refund C1-1 of case C1 be paid, which fei prepared: 200.00 GBP to payment card-1."
        )
        #expect(
            try question("case abandon C1 --confirmation no")
                == "This gives up refund C1-1 of case C1, 200.00 GBP. It was not paid, and what of it is owed is due again."
        )
        value.refunds[0].status = .succeeded
        #expect(
            try question("case refund-returned C1 --reason closed")
                == "This records that refund C1-1 of case C1 came back, 200.00 GBP to payment card-1: what of it is owed is due again."
        )
        #expect(
            try question("case concede C1 --line 1=2 --amount 12 --reason r")
                == "This pays 12.00 GBP for 2 units that go back to the customer of case C1.")
    }

    @Test("times are read in one zone, by one form and by many")
    func zones() throws {
        let form = Data(
            #"{"return_no":"R1","requested_at":"2026-11-22 09:00:00","order_no":"1","lines":[{"sku":"a","quantity":1}]}"#
                .utf8)
        for (flags, zone) in [
            ("", TimeZone.current.identifier), (" --time-zone Asia/Shanghai", "Asia/Shanghai"),
        ] {
            let submit = try parse("case submit -f x\(flags)", as: CaseSubmit.self)
            let imports = try parse("case import x\(flags)", as: CaseImport.self)
            let orders = try parse("order import x\(flags)", as: OrderImport.self)
            #expect(imports.importing.zone.times.zone.identifier == zone)
            #expect(orders.importing.zone.times.zone.identifier == zone)
            let mapping = CaseMapping(
                saleChannel: "online", times: imports.importing.zone.times, defaults: CaseDefaults(),
                isDryRun: false)
            #expect(try submit.request(form) == mapping.request(form))
        }
        #expect(
            try parse("case submit -f x --time-zone Asia/Shanghai", as: CaseSubmit.self).request(form)
                .requestedAtMs
                == 1_795_309_200_000)
    }

    @Test("the sale channel has one name wherever it is asked for")
    func channel() throws {
        #expect(try parse("order get 1 --channel store", as: OrderGet.self).channel.name == "store")
        let request = try parse("case list --order 1 --channel store", as: CaseList.self).request(0)
        #expect(request.order.saleChannel == "store" && request.saleChannels.isEmpty)
        #expect(
            try parse("order import f --channel store", as: OrderImport.self).importing.channel.name
                == "store")
        #expect(
            try parse("case import f --channel store", as: CaseImport.self).importing.channel.name == "store")
        #expect(try parse("case submit -f f --channel store", as: CaseSubmit.self).channel.name == "store")
        #expect(try parse("order get 1", as: OrderGet.self).channel.name == "online")
    }

    @Test("an import has no request id")
    func importRequestID() async throws {
        for line in [
            "order import f --request-id \(String(repeating: "a", count: 32))",
            "case import f --request-id \(String(repeating: "a", count: 32))",
        ] {
            let failure = await #expect(throws: CommandFailure.self) {
                var command = try #require(
                    try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
                        as? any AsyncParsableCommand)
                try await command.run()
            }
            #expect(failure?.exit == .usage)
            #expect(failure?.text.contains("--request-id") == true)
        }
    }

    @Test(
        "a misspelt noun or verb is answered with the nearest",
        arguments: [
            ("case aprove X", "there is no 'returnsctl case aprove'", "returnsctl case approve"),
            (
                "case request_info X", "there is no 'returnsctl case request_info'",
                "returnsctl case request-info"
            ),
            ("--server unix:/s -o json cas get X", "there is no 'returnsctl cas'", "returnsctl case"),
            (
                "case pickup shedule X", "there is no 'returnsctl case pickup shedule'",
                "returnsctl case pickup schedule"
            ),
            ("order improt x", "there is no 'returnsctl order improt'", "returnsctl order import"),
        ])
    func misspelt(line: String, text: String, meant: String) throws {
        let failure = try #require(VerbGuide.misspelt(in: line.split(separator: " ").map(String.init)))
        #expect(failure.exit == .usage)
        #expect(failure.text == text)
        #expect(failure.hints.first == "did you mean: \(meant)")
    }

    @Test("another word is not taken for a verb, and a right one not for a wrong one")
    func notMisspelt() throws {
        let other = try #require(VerbGuide.misspelt(in: ["case", "reimbursement", "X"]))
        #expect(other.hints.count == 1)
        #expect(other.hints[0].hasPrefix("there are: submit, import, get"))
        for line in ["case get", "case note X hello world", "sla", "help case", "-y case get X"] {
            #expect(VerbGuide.misspelt(in: line.split(separator: " ").map(String.init)) == nil)
        }
        #expect(VerbGuide.distance("aprove", "approve") == 1)
        #expect(VerbGuide.distance("shpi", "ship") == 1)
    }

    @Test(
        "words too many are a text without quotes only where the line has a text",
        arguments: [
            (
                "case note X a b",
                #"A text of several words needs quotes: returnsctl case note ID "TWO WORDS""#
            ),
            (
                "case cancel X --reason not now",
                #"A text of several words needs quotes: returnsctl case cancel … --reason "TWO WORDS""#
            ),
            ("case receive X all", nil), ("case list now", nil), ("event tail now", nil),
            ("case get -- X -o json", nil), ("case help", "write: returnsctl case --help"),
        ])
    func surplus(line: String, advice: String?) {
        let arguments = line.split(separator: " ").map(String.init)
        #expect(throws: (any Error).self) { try Returnsctl.parseAsRoot(arguments) }
        #expect(VerbGuide.surplus(in: arguments) == advice)
    }

    @Test("help texts have no runs of blanks, as a broken line of source leaves them")
    func helpTexts() throws {
        func texts(_ value: Any) -> [String] {
            switch value {
            case let text as String: [text]
            case let list as [Any]: list.flatMap(texts)
            case let object as [String: Any]: object.values.flatMap(texts)
            default: []
            }
        }
        let help = texts(try JSONSerialization.jsonObject(with: Data(Returnsctl._dumpHelp().utf8)))
        #expect(help.contains { $0.contains("The receiver gets a notice of what it has lost") })
        for text in help { #expect(!text.contains(#/\S {2,}\S/#), "\(text)") }
    }

    @Test(
        "a noun without its verb is a mistake, help that was asked for is none",
        arguments: [
            (["sla"], Exit.usage), (["case", "pickup"], .usage), ([], .usage),
            (["case", "aprove", "X"], .usage),
            (["case", "note", "X", "two", "words"], .usage), (["sla", "--help"], .done),
        ])
    func nouns(arguments: [String], exit: Exit) async {
        #expect(await Returnsctl.run(arguments) == exit)
    }
}
