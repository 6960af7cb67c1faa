import ArgumentParser
import Foundation

/// The command line of the returns desk.
@main
struct Returnsctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "returnsctl",
        abstract: "Work with return cases: orders, cases, deadlines, events, webhooks, administration.",
        discussion: """
            Options may stand before or after noun and verb. Settings come from flags, then from RETURNS_… in the \
            environment, then from ~/.config/returns/config.yaml.

            Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict or not possible now, \
            6 unavailable, 7 outcome unknown, 130 interrupted.
            """,
        subcommands: [
            OrderCommands.self, CaseCommands.self, RefundCommands.self, SlaCommands.self, EventCommands.self,
            WebhookCommands.self,
            PolicyCommands.self, CalendarCommands.self, ReportCommands.self, PrincipalCommands.self,
            AdminCommands.self, Describe.self, Call.self, Conformance.self, Ping.self, Version.self,
        ])

    @OptionGroup var global: GlobalOptions

    static func main() async {
        Output.reserveClosedStreams()
        // A reader of the output that goes is noticed by the write, which says so. And a gzip that ends at a damaged block must not take the import with it: the write fails, and is looked at.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        Foundation.exit(await Interrupt.run { await run(arguments) }.rawValue)
    }

    /// Parses and runs; says on stderr what went wrong.
    static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            try InputText.checkArguments()
            var command = try parseAsRoot(arguments)
            if VerbGuide.isNoun(type(of: command)) {
                Output.note(helpMessage(for: type(of: command)))
                return .usage
            }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return report(error, arguments)
        }
    }

    private static func report(_ error: any Error, _ arguments: [String]) -> ExitStatus {
        let style = Style.of(descriptor: STDERR_FILENO)
        guard isFromParser(error) else {
            let (text, exit) = FailureReport.text(error, style: style)
            if !text.isEmpty { Output.note(text) }
            return exit
        }
        // Help that was asked for is data and a success; help in place of a mistake is neither.
        let text = fullMessage(for: error)
        if exitCode(for: error) == .success {
            do {
                try Output.write(text + "\n", to: STDOUT_FILENO)
                return .done
            } catch {
                return report(error, arguments)
            }
        }
        if let misspelt = DashGuide.failure(in: arguments) ?? VerbGuide.misspelt(in: arguments) {
            Output.note(FailureReport.text(misspelt, style: style).text)
            return .usage
        }
        let mistaken = HyphenGuide(in: arguments)
        if let mistaken, mistaken.isCertain {
            Output.note(FailureReport.text(mistaken.failure, style: style).text)
            return .usage
        }
        let isTooMany = message(for: error).contains("nexpected argument")
        let surplus = isTooMany ? VerbGuide.surplus(in: arguments) : nil
        let advice = mistaken?.failure.hints ?? surplus.map { [$0] } ?? []
        Output.note(([text] + advice).joined(separator: "\n"))
        return .usage
    }

    private static func isFromParser(_ error: any Error) -> Bool {
        if error is ValidationError || error is CleanExit || error is ExitCode { return true }
        // The parser's own errors are internal types; its exit code for what it does not know is plain failure.
        return exitCode(for: error) == .validationFailure || exitCode(for: error) == .success
    }
}
