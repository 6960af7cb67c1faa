/// Names, labels and numbers as the text exposition format, version 0.0.4, has them.
enum PrometheusName {
    /// What swift-metrics calls a label, with the ending that its kind has by convention.
    static func metric(_ label: String, _ kind: PrometheusFamily.Kind) -> String {
        let name = identifier(label, allowsColon: true)
        switch kind {
        case .counter: return name.hasSuffix("_total") ? name : "\(name)_total"
        case .gauge, .histogram: return name
        }
    }

    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\(identifier($0.0, allowsColon: false))=\"\(escapedValue($0.1))\"" }
            .joined(separator: ",")
    }

    static func series(_ name: String, _ labels: String) -> String {
        labels.isEmpty ? name : "\(name){\(labels)}"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    static func escapedHelp(_ text: String) -> String {
        escaped(text, quotes: false)
    }

    private static func escapedValue(_ text: String) -> String {
        escaped(text, quotes: true)
    }

    /// By code points, as whoever reads the page does.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"" where quotes: escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func identifier(_ text: String, allowsColon: Bool) -> String {
        var name = ""
        for letter in text.unicodeScalars {
            switch letter {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(letter)
            case "0"..."9" where !name.isEmpty: name.unicodeScalars.append(letter)
            case ":" where allowsColon: name.unicodeScalars.append(letter)
            default: name += "_"
            }
        }
        return name
    }
}
