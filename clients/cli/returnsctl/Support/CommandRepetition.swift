import RCP
import Synchronization

/// The command line that asks for exactly the same change again, for a change whose outcome is unknown.
///
/// Most commands ask for the same change whenever they run. Some follow from the moment: "all that is awaited", "in four
/// hours", the refund under way. What these came to is pinned, as flags that say it whenever they are read, since the
/// server answers a request id again only for the same request.
final class CommandRepetition: Sendable {
    private struct Pins {
        var flags: [String] = []
        var replacedFlags: Set<String> = []
        var replacedOptions: Set<String> = ["--request-id"]
    }

    private let arguments: [String]
    private let pins = Mutex(Pins())

    init(arguments: [String]) { self.arguments = arguments }

    /// Writes down what the command came to; a later call takes the place of an earlier one.
    ///
    /// - Parameter flags: say what the request holds.
    /// - Parameter replacedFlags: what of the command line they stand for, of flags without a value.
    /// - Parameter replacedOptions: the same, of options with a value.
    func pin(_ flags: [String], replacedFlags: Set<String> = [], replacedOptions: Set<String> = []) {
        pins.withLock { pins in
            pins = Pins(
                flags: flags, replacedFlags: replacedFlags,
                replacedOptions: replacedOptions.union(["--request-id"]))
        }
    }

    /// A line that a shell reads as that command.
    func line(requestID: RCPRequestID) -> String {
        let pins = pins.withLock { $0 }
        var words = ["returnsctl"]
        var isValue = false
        // What stands behind "--" is no option, and none can be written behind it.
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        for argument in arguments[..<end] {
            if isValue {
                isValue = false
            } else if pins.replacedOptions.contains(argument) {
                isValue = true
            } else if !pins.replacedFlags.contains(argument), !isReplaced(argument, pins) {
                words.append(argument)
            }
        }
        words += pins.flags + ["--request-id", "\(requestID)"] + arguments[end...]
        return words.map(ShellWord.quoted).joined(separator: " ")
    }

    /// "--at=now"
    private func isReplaced(_ argument: String, _ pins: Pins) -> Bool {
        argument.firstIndex(of: "=").map { pins.replacedOptions.contains(String(argument[..<$0])) } ?? false
    }
}

/// Words as a shell reads them back.
enum ShellWord {
    static func quoted(_ word: String) -> String {
        if !word.isEmpty, word.utf8.allSatisfy(isPlain) { return word }
        guard word.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return "'\(word.replacing("'", with: #"'\''"#))'"
        }
        // bash, zsh and ksh read this form; it keeps a line a line, and a control character from the terminal.
        let escaped = word.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\n": #"\n"#
            case "\t": #"\t"#
            case "'": #"\'"#
            case "\\": #"\\"#
            case _ where scalar.properties.generalCategory == .control:
                #"\u"# + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
                    + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "$'\(escaped.joined())'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "_@%+=:,./-".utf8.contains(byte)
        }
    }
}
