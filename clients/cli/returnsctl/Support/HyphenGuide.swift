import ArgumentParser
import Foundation

/// Says what to type where a word that begins with "-" is meant as a value or an argument: the parser takes it for an option,
/// and names another mistake than the one that was made.
struct HyphenGuide {
    let failure: CommandFailure
    /// Whether the word cannot be meant as an option.
    let isCertain: Bool

    /// - Returns: nil where no word of the line can be meant so.
    init?(in arguments: [String]) {
        let options = KnownOptions(of: VerbGuide.command(in: arguments))
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            let word = arguments[index]
            index += 1
            guard Self.beginsWithHyphen(word) else { continue }
            guard let option = options.option(word) else {
                if options.isMisspelt(word) { continue }
                self.init(argument: index - 1, of: arguments, options)
                return
            }
            guard option.takesValue, !word.contains("="), index < arguments.count else { continue }
            let value = arguments[index]
            if !option.takesAnyWord, Self.beginsWithHyphen(value), value != "--", options.option(value) == nil
            {
                self.init(value: value, of: word.hasPrefix("--") ? word : option.name)
                return
            }
            index += 1
        }
        return nil
    }

    private init(value: String, of option: String) {
        failure = .usage(
            "'\(value)' begins with '-', so it is taken for an option, and not for the value of \(option)",
            hints: ["write: \(option)=\(ShellWord.quoted(value))"])
        isCertain = true
    }

    private init(argument index: Int, of arguments: [String], _ options: KnownOptions) {
        let word = arguments[index]
        let (rest, behind) = options.split(arguments[(index + 1)...])
        let line = ["returnsctl"] + arguments[..<index] + rest + ["--", word] + behind
        isCertain = word.wholeMatch(of: #/--?[A-Za-z][A-Za-z-]*(=.*)?/#) == nil
        let condition = isCertain ? "" : "if it is none, "
        failure = .usage(
            "'\(word)' begins with '-', so it is taken for an option",
            hints: ["\(condition)write: \(line.map(ShellWord.quoted).joined(separator: " "))"])
    }

    /// "-" alone is standard input.
    fileprivate static func beginsWithHyphen(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }
}

/// The options of a command, as the parser knows them.
private struct KnownOptions {
    struct Option {
        /// Its long name, where it has one: "--output".
        let name: String
        let takesValue: Bool
        /// The next word is its value, whatever it begins with.
        let takesAnyWord: Bool
    }

    private var byName: [String: Option] = [:]
    /// An option's name may be this far off and still be meant.
    private static let distanceMax = 2

    init(of command: any ParsableCommand.Type) {
        guard let help = try? JSONDecoder().decode(Help.self, from: Data(command._dumpHelp().utf8)) else {
            return
        }
        for argument in help.command.arguments ?? [] {
            let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
            guard let name = names.first(where: { $0.hasPrefix("--") }) ?? names.first else { continue }
            let option = Option(
                name: name, takesValue: argument.kind == "option",
                takesAnyWord: argument.parsingStrategy == "unconditional")
            for name in names { byName[name] = option }
        }
    }

    /// The option that a word is: "--output", "--output=json", or the last of "-yo".
    func option(_ word: String) -> Option? {
        if let option = byName[String(word.prefix { $0 != "=" })] { return option }
        guard !word.hasPrefix("--") else { return nil }
        let letters = word.dropFirst().map { byName["-\($0)"] }
        return letters.contains { $0 == nil } ? nil : letters.last ?? nil
    }

    func isMisspelt(_ word: String) -> Bool {
        guard word.hasPrefix("--") else { return false }
        let name = String(word.prefix { $0 != "=" })
        return byName.keys.contains { VerbGuide.distance(name, $0) <= Self.distanceMax }
    }

    /// Options with their values, and arguments.
    func split(_ words: ArraySlice<String>) -> (options: [String], arguments: [String]) {
        var (options, arguments): ([String], [String]) = ([], [])
        var isValue = false
        for word in words where word != "--" {
            let known = isValue ? nil : option(word)
            if isValue || (HyphenGuide.beginsWithHyphen(word) && known != nil) {
                options.append(word)
            } else {
                arguments.append(word)
            }
            isValue = known.map { $0.takesValue && !word.contains("=") } ?? false
        }
        return (options, arguments)
    }

    /// What the parser says of a command.
    private struct Help: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            var kind: String
            var parsingStrategy: String
            var names: [Name]?
        }
        struct Name: Decodable {
            var kind: String
            var name: String
        }
        var command: Command
    }
}
