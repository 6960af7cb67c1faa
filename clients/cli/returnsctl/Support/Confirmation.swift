import Foundation

/// Asks before a step that cannot be taken back.
enum Confirmation {
    /// - Parameter question: what will happen, as a statement.
    /// - Throws: usage when there is nobody to ask and --yes was not given; a quiet exit when the answer is no.
    static func ask(_ question: String, _ options: GlobalOptions) throws {
        if options.yes || options.dryRun { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw CommandFailure.usage(
                "\(question) This needs a yes, and there is no terminal to ask at.",
                hints: ["repeat the command with --yes if that is what you want"])
        }
        Output.note("\(question) Go on? [y/N] ", newline: false)
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
        guard isYes(answer) else {
            Output.note("nothing was changed")
            throw QuietExit(exit: .failed)
        }
    }

    static func isYes(_ answer: String) -> Bool { ["y", "yes", "j", "ja", "是", "好"].contains(answer) }
}
