import Foundation

/// Looks at files that hold a secret: one that other users may read or change is no secret, or not ours.
struct SecretFiles {
    /// Such a file is an error, not a warning.
    var isStrict: Bool
    var configurationFile: String

    /// - Parameter name: what the file is to the user, such as "the token file".
    func check(_ path: String, _ name: String) throws {
        var status = stat()
        // A pipe has no readers beside its two ends; what cannot be read is said by who reads it.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard let problem = Self.problem(mode: status.st_mode) else { return }
        let text = "\(name) \(path) can be \(problem) by other users of this machine"
        let remedy = "make it yours alone: chmod 600 \(ShellWord.quoted(path))"
        if isStrict { throw CommandFailure(.notAllowed, text, hints: [remedy]) }
        Output.note("warning: \(TextWidth.safe(text)); \(TextWidth.safe(remedy))")
    }

    /// What a file of this mode lets others do; nil for one that is its owner's alone.
    static func problem(mode: mode_t) -> String? {
        switch (mode & 0o044 != 0, mode & 0o022 != 0) {
        case (true, true): "read and changed"
        case (true, false): "read"
        case (false, true): "changed"
        case (false, false): nil
        }
    }
}
