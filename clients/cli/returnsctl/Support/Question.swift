import Foundation

/// What is asked at a terminal.
enum Question {
    /// There is somebody to ask.
    static var canBeAsked: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// - Parameter text: a whole question, or a statement and a question behind it.
    /// - Returns: what was typed; nil at the end of the input.
    /// - Throws: CancellationError when it is Ctrl-C.
    static func ask(_ text: String) async throws -> String? {
        Output.note("\(TextWidth.safe(text)) ", newline: false)
        do {
            return try await Blocking.run { readLine() }?.trimmingCharacters(in: .whitespaces)
        } catch {
            Output.note("\nnothing was changed")
            throw error
        }
    }

    /// Asks until a whole number is typed.
    ///
    /// - Throws: a quiet exit at the end of the input.
    static func number(_ text: String) async throws -> Int64 {
        while let answer = try await ask(text) {
            if let number = Int64(answer), number >= 0 { return number }
            Output.note("type a number, 0 for none; Ctrl-C ends without a change")
        }
        Output.note("\nnothing was changed")
        throw QuietExit(exit: .failed)
    }
}
