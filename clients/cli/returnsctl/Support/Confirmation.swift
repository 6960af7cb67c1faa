/// Asks before a step that cannot be taken back.
enum Confirmation {
    /// Nobody is asked who has said yes already, or changes nothing.
    static func isNeeded(_ options: GlobalOptions) -> Bool { !options.yes && !options.dryRun }

    /// - Parameter question: what will happen, as a statement.
    /// - Throws: usage when there is nobody to ask and --yes was not given; a quiet exit when the answer is no;
    ///   CancellationError when it is Ctrl-C.
    static func ask(_ question: String, _ options: GlobalOptions) async throws {
        guard isNeeded(options) else { return }
        guard Question.canBeAsked else {
            throw CommandFailure.usage(
                "\(question) This needs a yes, and there is no terminal to ask at.",
                hints: ["repeat the command with --yes if that is what you want"])
        }
        guard isYes(try await Question.ask("\(question) Go on? [y/N]")?.lowercased() ?? "") else {
            Output.note("nothing was changed")
            throw QuietExit(exit: .failed)
        }
    }

    static func isYes(_ answer: String) -> Bool { ["y", "yes", "j", "ja", "是", "好"].contains(answer) }
}
