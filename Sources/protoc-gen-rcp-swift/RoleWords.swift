import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The roles that a method may name: the values of an enum of the run's files, as words.
struct RoleWords {
    /// Admits every authenticated principal; stands alone.
    static let any = "any"

    /// nil: every word is a role.
    let allowed: [String]?

    /// - Parameter enumName: Full name of the enum, such as `library.v1.Role`. Its value `ROLE_READER` is the word `reader`;
    ///   the one with number 0 is none.
    init(files: [FileDescriptor], enumName: String?) throws {
        guard let enumName else {
            self.allowed = nil
            return
        }
        guard let roles = files.flatMap(\.enums).first(where: { $0.fullName == enumName }) else {
            throw GenerationProblems(
                "Roles cannot be '\(enumName)': no .proto file of this run has such an enum")
        }
        let words = roles.values.filter { $0.number != 0 }.map {
            Self.word(of: $0.name, in: roles.name)
        }
        self.allowed = words + [Self.any]
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
