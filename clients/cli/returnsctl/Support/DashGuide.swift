/// Says that a dash is no hyphen: editors and chats put one in its place, and options begin with hyphens alone.
enum DashGuide {
    /// - Returns: nil where no word of the line is an option but for its dash.
    static func failure(in arguments: [String]) -> CommandFailure? {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        let options = KnownOptions(of: VerbGuide.path(in: arguments.map { meant($0) ?? $0 }).command)
        func option(_ word: String) -> String? {
            meant(word).flatMap { options.option($0) == nil ? nil : $0 }
        }
        guard let wrong = arguments[..<end].first(where: { option($0) != nil }),
            let dash = wrong.first(where: isDash)
        else { return nil }
        var line = ["returnsctl"]
        line += arguments[..<end].map { option($0) ?? $0 }
        line += arguments[end...]
        return .usage(
            "'\(wrong)' has a dash, '\(dash)', where an option has a hyphen, '-'",
            hints: ["write: \(line.map(ShellWord.quoted).joined(separator: " "))"])
    }

    /// A word that begins with a dash, with hyphens instead: "--order" of "–-order" and "—order", "-o" of "–o".
    private static func meant(_ word: String) -> String? {
        let dashes = word.prefix { $0 == "-" || isDash($0) }
        guard dashes.contains(where: isDash) else { return nil }
        let name = word.dropFirst(dashes.count)
        let isLong = name.prefix { $0 != "=" }.count > 1
        return (isLong ? "--" : "-") + name
    }

    /// Hyphens and dashes of Unicode, and its minus sign; not the hyphen of keyboards.
    private static func isDash(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        return (0x2010...0x2015).contains(scalar.value) || scalar.value == 0x2212
    }
}
