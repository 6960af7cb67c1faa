import ArgumentParser
import MoneyFormat
import ReturnsAPI
import Testing

@testable import returnsctl

/// Values that begin with a hyphen, which look like options.
extension CommandLineTests {
    @Test(
        "a value or argument that begins with a hyphen is answered with what to type",
        arguments: [
            (["case", "note", "C1", "-5 percent"], "returnsctl case note C1 -- '-5 percent'"),
            (["case", "reject", "C1", "--reason", "-no box", "--code", "c"], "--reason='-no box'"),
            (
                ["-o", "json", "order", "get", "-1", "--channel", "store"],
                "returnsctl -o json order get --channel store -- -1"
            ),
            (["order", "get", "1", "--channel", "-s"], "--channel=-s"),
            (["case", "list", "--limit", "-3"], "--limit=-3"),
            (["case", "list", "--customer", "-7", "--state"], "--customer=-7"),
            (["case", "note", "-1", "text"], "returnsctl case note -- -1 text"),
        ])
    func hyphen(arguments: [String], line: String) throws {
        #expect(throws: (any Error).self) { try Returnsctl.parseAsRoot(arguments) }
        let guide = try #require(HyphenGuide(in: arguments))
        #expect(guide.failure.exit == .usage)
        #expect(
            guide.failure.hints.count == 1 && guide.failure.hints[0].hasSuffix("write: \(line)"), "\(guide)")
    }

    @Test("what was typed as it says is taken")
    func hyphenTaken() throws {
        #expect(try parse("order get --channel store -- -1", as: OrderGet.self).orderNo == "-1")
        #expect(try parse("case cancel C1 --reason=-5", as: CaseCancel.self).reason == "-5")
        let refund = try parse("case refund C1 --amount -5", as: CaseRefund.self)
        var request = Returns_V1_RefundCaseRequest()
        let fault = #expect(throws: MoneyFormat.Fault.self) {
            try refund.setAmounts(&request, currency: "GBP")
        }
        #expect(fault?.text == "-5 is no amount: amounts are positive, write it like 12.34")
    }

    @Test(
        "an option is not taken for a value",
        arguments: [
            "case list --changed-since -2d --state nowhere", "case note C1",
            "case cancel C1 --reason --dry-run",
            "case cancel C1 --reson x", "case cancel C1 --reason -y", "case get -- -1 -2",
            "case submit -f - -o xml",
            "case follow-up C1 --no-reached x y",
        ])
    func noHyphen(line: String) {
        let guide = HyphenGuide(in: line.split(separator: " ").map(String.init))
        #expect(guide == nil, "\(String(describing: guide))")
    }

    @Test("an unknown option stays one, with what to type if it is none")
    func unknownOption() throws {
        let guide = try #require(HyphenGuide(in: ["case", "note", "C1", "--urgent"]))
        #expect(!guide.isCertain)
        #expect(guide.failure.hints == ["if it is none, write: returnsctl case note C1 -- --urgent"])
    }
}
