import Foundation

/// How many columns a terminal gives a text, and texts that are safe to show on one.
enum TextWidth {
    /// Prose is no wider, however wide the terminal is.
    static let proseColumnsMax = 100

    /// Of prose on standard output: as wide as the terminal, where it is one.
    static var ofProse: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return proseColumnsMax
        }
        return min(proseColumnsMax, max(20, Int(size.ws_col)))
    }

    static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // The wide ranges of Unicode's East Asian Width that occur in names and addresses, and pictures.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }

    static func padded(_ text: String, to width: Int, alignment: Table.Alignment) -> String {
        let blank = String(repeating: " ", count: max(0, width - columns(text)))
        switch alignment {
        case .left: return text + blank
        case .right: return blank + text
        }
    }

    /// Text from elsewhere on one line: a control character could move the cursor or recolour the terminal.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" {
                result.append(" ")
            } else {
                result.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Text of several lines and with colours, free of all other characters that a terminal or the order of text obeys: the last
    /// look at what is printed. Cells and words are made safe where they are put in, C0 controls included.
    static func safeLines(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value >= 0x7F && isUnsafe($0) }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.value >= 0x7F && isUnsafe(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    /// JSON with the same characters escaped, which stand in texts alone: readers of JSON get them as they are.
    static func safeJSON(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isUnsafe) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            // Those of C0 that JSON has outside of texts are blanks.
            if isUnsafe(scalar), scalar.value >= 0x20 {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Breaks at blanks so that no line is wider, unless a word is.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, columns(line) + 1 + columns(String(word)) > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
