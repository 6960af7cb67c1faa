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
            (["case", "list", "--customer", "-7", "--state"], "--customer=-7"),
            (["case", "note", "-1", "text"], "returnsctl case note -- -1 text"),
            (["case", "note", "C1", "-5", "percent", "off"], "returnsctl case note C1 -- '-5 percent off'"),
            (
                ["case", "note", "C1", "--text", "-broken handle"],
                "returnsctl case note C1 -- '-broken handle'"
            ),
            (["case", "get", "C1", "-ojson"], "-o json"),
        ])
    func hyphen(arguments: [String], line: String) throws {
        #expect(throws: (any Error).self) { try Returnsctl.parseAsRoot(arguments) }
        let guide = try #require(HyphenGuide(in: arguments))
        #expect(guide.failure.exit == .usage)
        #expect(
            guide.failure.hints.count == 1 && guide.failure.hints[0].hasSuffix("write: \(line)"), "\(guide)")
    }

    @Test("a value that its option does not take is answered with what the option says of it")
    func hyphenRefused() throws {
        for line in [
            "case list --limit -5", "case follow-up C1 --reached --score -1", "event tail -n -5",
            "case get C1 --output -json", "case list --state -refunded", "case timeline C1 --last -5",
        ] {
            let guide = try #require(HyphenGuide(in: line.split(separator: " ").map(String.init)), "\(line)")
            #expect(guide.isCertain && guide.failure.hints.isEmpty, "\(guide)")
        }
        // These say themselves what is wrong.
        for line in [
            "sla extend C1 review --by -4h --reason x", "case list --timeout -5s", "sla next --lease -1h",
        ] {
            _ = try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }

    @Test("what a hint says is taken, when it is typed")
    func hyphenHintsParse() throws {
        for line in [
            ["case", "note", "C1", "-5", "percent"], ["case", "note", "C1", "--text", "-broken handle"],
            ["case", "cancel", "C1", "--reason", "-no box"], ["order", "get", "-1", "--channel", "store"],
            ["case", "list", "--customer", "-7"], ["case", "get", "C1", "-ojson"],
            ["case", "note", "-1", "-2", "words"], ["case", "note", "C1", "--urgent"],
        ] {
            #expect(throws: (any Error).self) { try Returnsctl.parseAsRoot(line) }
            let hint = try #require(HyphenGuide(in: line)?.failure.hints.first, "\(line)")
            _ = try Returnsctl.parseAsRoot(Self.typed(hint, for: line))
        }
        for line in [
            "case list –-order 1001", "case list —order 1001", "–-token-file F case list",
            "case get C1 −o json",
        ] {
            let words = line.split(separator: " ").map(String.init)
            let failure = try #require(DashGuide.failure(in: words), "\(line)")
            _ = try Returnsctl.parseAsRoot(Self.typed(failure.hints[0], for: words))
        }
    }

    /// What somebody types who reads the hint: the whole line, or the line before with the words of the hint in it.
    private static func typed(_ hint: String, for line: [String]) -> [String] {
        let words = Self.words(String(hint[hint.range(of: "write: ")!.upperBound...]))
        if words[0] == "returnsctl" { return Array(words.dropFirst()) }
        let wrong = line.firstIndex { $0 == words[0].prefix { $0 != "=" } } ?? line.count - 1
        return line[..<wrong] + words
    }

    /// A line as a shell reads it that has no quotes but single ones.
    private static func words(_ line: String) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().reduce(into: [""]) {
            words, part in
            guard part.offset % 2 == 0 else { return words[words.count - 1] += part.element }
            let parts = part.element.split(separator: " ", omittingEmptySubsequences: false)
            words[words.count - 1] += parts[0]
            words += parts.dropFirst().map(String.init)
        }
    }

    @Test("a dash that begins a text is none of an option")
    func dashOfText() {
        #expect(DashGuide.failure(in: ["case", "note", "C1", "– two broken", "and more"]) == nil)
        #expect(DashGuide.failure(in: ["case", "note", "C1", "--", "—order"]) == nil)
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
            // The parser itself says what was meant, or that there is no such option: no argument is left to be meant.
            "case list --ordr -1001", "event tail --until-now", "case list --frobnicate -5", "case get C1 -5",
            "case submit --phone -49", "case exception C1 -lost --reason x",
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
        for (line, names) in [
            ("event group create g --within 2m", "--acknowledge-within"),
            ("case verify C1 --failed -foo", "--customer-failed or --order-failed"),
        ] {
            let guide = try #require(HyphenGuide(in: line.split(separator: " ").map(String.init)))
            #expect(!guide.isCertain && guide.failure.hints == ["perhaps you mean: \(names)"])
        }
    }
}
