import ArgumentParser
import Foundation

/// The options and arguments of a command, as the parser knows them.
struct KnownOptions {
    struct Option {
        /// Its long name, where it has one: "--output".
        let name: String
        let takesValue: Bool
        /// The next word is its value, whatever it begins with.
        let takesAnyWord: Bool
    }

    private var byName: [String: Option] = [:]
    /// What the arguments are called, in their order.
    private var arguments: [String] = []
    /// The last argument takes all words that are left.
    private var takesManyArguments = false
    /// An option's name may be this far off and still be meant.
    private static let distanceMax = 2

    init(of command: any ParsableCommand.Type) {
        guard let help = try? JSONDecoder().decode(Help.self, from: Data(command._dumpHelp().utf8)) else {
            return
        }
        for argument in help.command.arguments ?? [] {
            if argument.kind == "positional" {
                arguments.append(argument.valueName ?? "")
                takesManyArguments = argument.isRepeating ?? false
            }
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
        if let option = byName[Self.name(word)] { return option }
        guard word.hasPrefix("-"), !word.hasPrefix("--"), word.count > 1 else { return nil }
        let letters = word.dropFirst().map { byName["-\($0)"] }
        return letters.contains { $0 == nil } ? nil : letters.last ?? nil
    }

    /// "-o" and "json" of "-ojson", which the parser takes for five options.
    func glued(_ word: String) -> [String]? {
        guard word.count > 2, !word.hasPrefix("--"), byName[String(word.prefix(2))]?.takesValue == true else {
            return nil
        }
        return [String(word.prefix(2)), String(word.dropFirst(2))]
    }

    /// The parser itself says what is meant.
    func isMisspelt(_ word: String) -> Bool {
        guard word.hasPrefix("--") else { return false }
        return byName.keys.contains { VerbGuide.distance(Self.name(word), $0) <= Self.distanceMax }
    }

    /// Options whose name has the word's as one of its parts: "--acknowledge-within" of "--within".
    func longer(than word: String) -> [String] {
        guard word.hasPrefix("--") else { return [] }
        let part = Self.name(word).dropFirst(2)
        return byName.keys.filter { "-\($0.dropFirst(2))-".contains("-\(part)-") }.sorted()
    }

    /// Whether an argument is called as the word would call an option: "--text" where there is TEXT.
    func isArgument(_ word: String) -> Bool { arguments.contains(String(Self.name(word).dropFirst(2))) }

    /// How many more arguments the command takes behind so many.
    func places(behind count: Int) -> Int {
        takesManyArguments ? .max : max(0, arguments.count - count)
    }

    /// Options with their values, and arguments.
    func split(_ words: ArraySlice<String>) -> (options: [String], arguments: [String]) {
        var (options, arguments): ([String], [String]) = ([], [])
        var isValue = false
        for word in words where word != "--" {
            let known = isValue ? nil : option(word)
            if isValue || known != nil {
                options.append(word)
            } else {
                arguments.append(word)
            }
            isValue = known.map { $0.takesValue && !word.contains("=") } ?? false
        }
        return (options, arguments)
    }

    private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }

    /// What the parser says of a command.
    private struct Help: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            var kind: String
            var parsingStrategy: String
            var isRepeating: Bool?
            var valueName: String?
            var names: [Name]?
        }
        struct Name: Decodable {
            var kind: String
            var name: String
        }
        var command: Command
    }
}
