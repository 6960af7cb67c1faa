/// A line of returnsctl to type next. It goes to the same server as the line that was typed, in the same way.
enum NextLine {
    /// Of the line that was typed, those options that say where it goes and as whom. What the environment says holds for
    /// the next line by itself.
    private static let typedConnection = connectionFlags(of: Array(CommandLine.arguments.dropFirst()))

    private static let options: Set<String> = [
        "--server", "--token-file", "--ca-file", "--certificate-file", "--key-file", "--server-name",
        "--context", ScreenZone.option,
    ]
    private static let flags: Set<String> = ["--allow-plaintext"]

    /// - Parameters:
    ///   - words: Noun, verb and what stands behind them, as a shell reads them.
    ///   - note: What a shell passes over.
    static func returnsctl(
        _ words: String, note: String = "", connection: [String] = typedConnection
    ) -> String {
        let line = (["returnsctl", words] + connection.map(ShellWord.quoted)).joined(separator: " ")
        return note.isEmpty ? line : "\(line)  # \(note)"
    }

    static func connectionFlags(of arguments: [String]) -> [String] {
        var kept: [String] = []
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            let word = arguments[index]
            let name = String(word.prefix { $0 != "=" })
            index += 1
            if flags.contains(word) {
                kept.append(word)
            } else if options.contains(name) {
                kept.append(word)
                if name == word, index < arguments.count {
                    kept.append(arguments[index])
                    index += 1
                }
            }
        }
        return kept
    }
}
