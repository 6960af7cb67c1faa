import ArgumentParser

/// Says what to type where a word that begins with "-" is meant as a value or an argument: the parser takes it for an option,
/// and names another mistake than the one that was made.
struct HyphenGuide {
    let failure: CommandFailure
    /// Whether the word cannot be meant as an option.
    let isCertain: Bool

    /// - Returns: nil where no word of the line can be meant so, or where the parser's own words say what is wrong.
    init?(in arguments: [String]) {
        let path = VerbGuide.path(in: arguments)
        let options = KnownOptions(of: path.command)
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            let word = arguments[index]
            index += 1
            guard Self.beginsWithHyphen(word) else { continue }
            guard let option = options.option(word) else {
                self.init(unknown: index - 1, of: arguments, nouns: path.words, options)
                return
            }
            guard option.takesValue, !word.contains("="), index < arguments.count else { continue }
            let value = arguments[index]
            if !option.takesAnyWord, Self.beginsWithHyphen(value), value != "--", options.option(value) == nil
            {
                self.init(value: index, of: word.hasPrefix("--") ? word : option.name, in: arguments)
                return
            }
            index += 1
        }
        return nil
    }

    private init(value index: Int, of option: String, in arguments: [String]) {
        let value = arguments[index]
        let whole = "\(option)=\(value)"
        isCertain = true
        var line = arguments
        line.replaceSubrange((index - 1)...index, with: [whole])
        if let refusal = Self.refusal(of: line, for: [value, option, arguments[index - 1]]) {
            failure = refusal
            return
        }
        failure = .usage(
            "'\(value)' begins with '-', so it is taken for an option, and not for the value of \(option)",
            hints: ["write: \(option)=\(ShellWord.quoted(value))"])
    }

    /// - Parameter nouns: How many words lead to the command.
    private init?(unknown index: Int, of arguments: [String], nouns: Int, _ options: KnownOptions) {
        let word = arguments[index]
        let text = "'\(word)' begins with '-', so it is taken for an option"
        if let glued = options.glued(word) {
            isCertain = true
            failure = .usage(
                "'\(word)' is several options in one word",
                hints: ["write: \(glued.map(ShellWord.quoted).joined(separator: " "))"])
            return
        }
        if options.isMisspelt(word) { return nil }
        let longer = options.longer(than: word)
        guard longer.isEmpty else {
            isCertain = false
            failure = .usage(text, hints: ["perhaps you mean: \(longer.joined(separator: " or "))"])
            return
        }
        let isNamed = options.isArgument(word) && index + 1 < arguments.count
        let looksLikeOption = word.wholeMatch(of: #/--?[A-Za-z][A-Za-z-]*(=.*)?/#) != nil
        isCertain = isNamed || !looksLikeOption
        let before = options.split(arguments[..<index])
        let (rest, behind) = options.split(arguments[(index + 1)...])
        let meant = isNamed ? behind : [word] + behind
        let places = options.places(behind: before.arguments.count - nouns)
        guard places > 0, !meant.isEmpty else { return nil }
        // The words that are too many are one text, which lacked its quotes.
        let single = meant.prefix(min(places, meant.count) - 1)
        let last = meant.dropFirst(single.count).joined(separator: " ")
        var line = Array(arguments[..<index])
        line += rest + ["--"]
        line += single + [last]
        if let refusal = Self.refusal(of: line, for: [last]) {
            guard isCertain else { return nil }
            failure = refusal
            return
        }
        let typed = (["returnsctl"] + line).map(ShellWord.quoted).joined(separator: " ")
        failure = .usage(
            isNamed ? "'\(word)' is no option: the text stands by itself" : text,
            hints: [isCertain ? "write: \(typed)" : "if it is none, write: \(typed)"])
    }

    /// What the parser would say of a value that is written as the hint has it, since a hint must not lead to the next refusal;
    /// nil where it takes the value, whatever else the line lacks.
    ///
    /// - Parameter marks: What the parser calls the value by.
    private static func refusal(of line: [String], for marks: [String]) -> CommandFailure? {
        do {
            _ = try Returnsctl.parseAsRoot(line)
            return nil
        } catch {
            let text = Returnsctl.message(for: error)
            let isOfIt = !text.hasPrefix("Missing ") && marks.contains { text.contains($0) }
            return isOfIt ? .usage(text) : nil
        }
    }

    /// "-" alone is standard input.
    private static func beginsWithHyphen(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }
}
