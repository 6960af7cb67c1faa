import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The values of an enum as words: `ROLE_READER` of the enum `Role` is `reader`. The one with number 0 is none.
struct EnumWords {
    let numbers: [String: Int]
    /// In the order of the .proto file.
    let words: [String]

    /// nil: no .proto file of the run has such an enum.
    init?(fullName: String, files: [FileDescriptor]) {
        guard let found = files.flatMap(\.enums).first(where: { $0.fullName == fullName }) else { return nil }
        let values = found.values.filter { $0.number != 0 }.map { value in
            (RoleWords.word(of: value.name, in: found.name), Int(value.number))
        }
        self.words = values.map(\.0)
        self.numbers = Dictionary(values, uniquingKeysWith: { first, _ in first })
    }
}

/// The roles that a method may name: the values of an enum of the run's files, as words.
struct RoleWords {
    /// Admits every authenticated principal; stands alone.
    static let any = "any"

    /// nil: every word is a role.
    let allowed: [String]?

    /// - Parameter enumName: Full name of the enum, such as `library.v1.Role`.
    init(files: [FileDescriptor], enumName: String?) throws {
        guard let enumName else {
            self.allowed = nil
            return
        }
        guard let roles = EnumWords(fullName: enumName, files: files) else {
            throw GenerationProblems(
                "Roles cannot be '\(enumName)': no .proto file of this run has such an enum")
        }
        self.allowed = roles.words + [Self.any]
    }

    /// What an author may write, for a problem's text.
    var choice: String { self.allowed?.joined(separator: ", ") ?? "'\(Self.any)', or a role" }

    func holds(_ word: String) -> Bool { self.allowed?.contains(word) ?? !word.isEmpty }

    /// `BOOK_KIND_PICTURE_BOOK` of the enum `BookKind` is `picture_book`, `ROLE_READER` of `Role` is `reader`.
    static func word(of value: String, in enumName: String) -> String {
        var prefix = ""
        for character in enumName {
            if character.isUppercase, !prefix.isEmpty { prefix += "_" }
            prefix += character.uppercased()
        }
        prefix += "_"
        return (value.hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value).lowercased()
    }
}
