import ArgumentParser
import Foundation
import RCP
import ReturnsAPI
import ReturnsClient
import Testing

@testable import returnsctl

@Suite("A change whose outcome is unknown, asked for again")
struct RepetitionTests {
    static let requestID = RCPRequestID(high: 1, low: 0xAB)
    static let idText = "000000000000000100000000000000ab"

    func line(_ arguments: String, pin: (CommandRepetition) -> Void = { _ in }) -> String {
        let repetition = CommandRepetition(arguments: arguments.split(separator: " ").map(String.init))
        pin(repetition)
        return repetition.line(requestID: Self.requestID)
    }

    @Test("a command that asks for the same whenever it runs is repeated as it was, under its request id")
    func plain() {
        #expect(
            line("--server unix:/s case close C1 --yes")
                == "returnsctl --server unix:/s case close C1 --yes --request-id \(Self.idText)")
        #expect(
            line("case close C1 --request-id ff --yes")
                == "returnsctl case close C1 --yes --request-id \(Self.idText)")
        #expect(
            line("case close C1 --request-id=ff") == "returnsctl case close C1 --request-id \(Self.idText)")
    }

    @Test("an argument behind -- stays one, and the request id stands before it")
    func terminator() {
        #expect(
            line("case note C1 --request-id=ff -- --request-id")
                == "returnsctl case note C1 --request-id \(Self.idText) -- --request-id")
    }

    @Test("what follows from the moment is written out in its place")
    func pinned() {
        let text = line("case pickup schedule C1 --from +4h --until=+6h --address here") {
            $0.pin(["--from", "A", "--until", "B"], replacedOptions: ["--from", "--until"])
        }
        #expect(
            text
                == "returnsctl case pickup schedule C1 --address here --from A --until B --request-id \(Self.idText)"
        )
        let again = line("case receive C1 --all --by-hand") {
            $0.pin(["--line", "1=9"], replacedFlags: ["--all"])
            $0.pin(["--line", "1=2"], replacedFlags: ["--all"])
        }
        #expect(again == "returnsctl case receive C1 --by-hand --line 1=2 --request-id \(Self.idText)")
    }

    @Test(
        "a shell reads every word as it was",
        arguments: [
            "plain", "", "two words", "it's", "$HOME `x` \\", "line\nbreak\t'", "bell\u{7}", "客退", "a=b;c&d",
        ])
    func quoting(word: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = ["-c", "LC_ALL=C.UTF-8; printf %s \(ShellWord.quoted(word))"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        shell.waitUntilExit()
        #expect(String(decoding: bytes, as: UTF8.self) == word)
        #expect(!ShellWord.quoted(word).contains("\n"))
    }

    @Test("lines and version, pinned, make the same request")
    func receive() throws {
        let request = Returns_V1_ReceiveGoodsRequest.with {
            $0.target.expectedVersion = 4
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    $0.units = 2
                },
                .with {
                    $0.lineID = "a=b"
                    $0.units = 1
                },
            ]
        }
        let command = try #require(
            try Returnsctl.parseAsRoot(["case", "receive", "C1"] + CaseReceive.pins(request)) as? CaseReceive)
        #expect(command.lines == request.lines)
        #expect(command.target.expectedVersion == 4)
    }

    @Test("an inspection, pinned, makes the same request")
    func inspect() throws {
        let value = Returns_V1_Case.with {
            $0.lines = [
                .with {
                    $0.lineID = "2"
                    $0.units.uninspected = 3
                }
            ]
        }
        let request = Returns_V1_InspectGoodsRequest.with {
            $0.target.expectedVersion = 7
            $0.lines = CaseInspect.accepted(value)
        }
        let command = try #require(
            try Returnsctl.parseAsRoot(["case", "inspect", "C1"] + CaseInspect.pins(request)) as? CaseInspect)
        #expect(command.lines == request.lines)
        #expect(command.target.expectedVersion == 7)
    }

    @Test("a time, pinned, is the same instant wherever it is read", arguments: [0, 1, 1_795_413_360_007])
    func times(milliseconds: Int64) throws {
        let text = TimeOption.text(milliseconds, .utc)
        #expect(text.hasSuffix("Z"))
        #expect(try TimeOption.parse(text, "--at", 99) == milliseconds)
        let shanghai = TimeOption.text(milliseconds, StoryTests.shanghai)
        #expect(shanghai.hasSuffix("+08:00"))
        #expect(try TimeOption.parse(shanghai, "--at", 99) == milliseconds)
    }

    @Test("an unknown outcome is reported with where to look, and with the line that makes sure")
    func report() {
        let status = RCPStatus(
            code: .unavailable, outcome: .unknown, text: "the connection was lost",
            details: [RCPErrorDetail(reason: ReturnsClient.outcomeUnknownReason, text: "it is not known")])
        let failure = UnknownOutcome(
            status: status, caseID: "C1", repetition: "returnsctl case close C1 --request-id ab")
        let (text, exit) = FailureReport.text(failure, style: .plain)
        #expect(exit == .outcomeUnknown)
        #expect(
            text == """
                error: the connection was lost (UNAVAILABLE)
                  it is not known [OUTCOME_UNKNOWN]
                  look whether it was done: returnsctl case timeline C1
                  or send the same request once more, which does it only if it was not done:
                    returnsctl case close C1 --request-id ab
                """)
    }

    @Test("what a damaged record keeps unknown is not asked for once more under its request id")
    func reportOfDamage() {
        let status = RCPStatus(
            code: .dataLoss, outcome: .unknown, text: "the record of this request is damaged",
            details: [RCPErrorDetail(reason: "RECORD_UNREADABLE")])
        let failure = UnknownOutcome(
            status: status, caseID: "C1", repetition: "returnsctl case close C1 --request-id ab")
        let (text, exit) = FailureReport.text(failure, style: .plain)
        #expect(exit == .outcomeUnknown)
        #expect(
            text == """
                error: the record of this request is damaged (DATA_LOSS)
                  [RECORD_UNREADABLE]
                  look whether it was done: returnsctl case timeline C1
                  the same request once more is answered in the same way; if it was not done, type the command anew, without --request-id
                """)
    }

    @Test("a repeated request id that was used for something else does not ask for a new one")
    func reused() {
        let (text, exit) = FailureReport.text(CommandFailure.requestIDReused(caseID: "C1"), style: .plain)
        #expect(exit == .conflict)
        #expect(text.contains("was carried out already"))
        #expect(text.contains("look what was done: returnsctl case timeline C1"))
    }

    @Test("a read that blocks ends when its task is cancelled, and answers once")
    func blocking() async throws {
        let pipe = Pipe()
        let task = Task { try await Blocking.run { try pipe.fileHandleForReading.readToEnd() } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The thread left behind may end now; its answer comes too late for anybody.
        try pipe.fileHandleForWriting.close()
        #expect(try await Blocking.run { 7 } == 7)
        await #expect(throws: CommandFailure.self) {
            try await Blocking.run { throw CommandFailure.usage("x") }
        }
    }

    @Test("a version without a server is told in JSON too")
    func version() throws {
        var report = Version.Report()
        report.problem = "no token"
        #expect(
            report.text() == "returnsctl \(ClientVersion.current), RCP/\(RCPVersion.max)\nno server: no token"
        )
        #expect(
            try report.json()
                == #"{"clientVersion":"\#(ClientVersion.current)","problem":"no token","rcpVersion":1}"#)
        report.server = "unix:/s"
        report.serverVersion = "9"
        #expect(report.text().hasSuffix("returnsd 9 at unix:/s"))
    }
}
