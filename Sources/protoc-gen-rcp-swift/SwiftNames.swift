/// Names that Swift's grammar or the generated code itself has taken.
enum SwiftNames {
    /// Names of functions and cases that need backticks.
    static let keywords: Set<String> = [
        "actor", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue",
        "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "inout", "internal", "is", "let",
        "nil", "operator", "package", "precedencegroup", "private", "protocol", "public", "repeat",
        "rethrows",
        "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
        "typealias", "var", "where", "while",
    ]

    /// Names that no backticks make usable as a member, and those of the generated types' own members.
    static let unusable: Set<String> = ["all", "caller", "init", "protocol", "register", "self", "type"]

    /// Names that a plain enum's members have already, or that mean something else behind a dot, backticks or not.
    private static let unusableCases: Set<String> = [
        "allCases", "description", "hashValue", "init", "method", "rawValue", "roles", "self",
    ]

    /// Names that no type can have, besides keywords.
    private static let unusableTypes: Set<String> = ["Any", "Protocol", "Self", "Type", "init", "self"]

    /// "picture_book" → "pictureBook", in backticks where it is a keyword.
    static func caseName(for word: String) -> String {
        let name = plainCaseName(for: word)
        return keywords.contains(name) ? "`\(name)`" : name
    }

    /// Why the value cannot be a case; nil where it can.
    static func problem(ofCaseFor word: String) -> String? {
        let name = plainCaseName(for: word)
        // Without the enum's prefix a name may begin with a digit, or be empty.
        guard name.first?.isLetter == true, !unusableCases.contains(name) else {
            return "the Swift case would be called '\(name)', which cannot be"
        }
        return nil
    }

    /// Why a plain enum cannot be called so; nil where it can.
    static func problem(ofType name: String) -> String? {
        guard !unusableTypes.contains(name), !keywords.contains(name) else {
            return "the Swift type would be called '\(name)', which cannot be"
        }
        return nil
    }

    private static func plainCaseName(for word: String) -> String {
        let parts = word.split(separator: "_")
        return parts.prefix(1).joined()
            + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// "SubmitCase" → "submitCase", "ListSLADue" → "listSLADue", "SLADue" → "slaDue": the leading capitals
    /// are lowered, but for one that begins the next word; the rest stays as the .proto file has it.
    static func functionName(for methodName: String) -> String {
        let capitals = methodName.prefix { $0.isUppercase }
        let rest = methodName.dropFirst(capitals.count)
        guard capitals.count > 1, rest.first?.isLowercase == true else { return capitals.lowercased() + rest }
        return capitals.dropLast().lowercased() + capitals.suffix(1) + rest
    }
}

/// "0x0101": method ids are written as in the .proto files and SPEC.md.
func hexadecimal(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
}
