import SwiftProtobuf

/// What is different in a version of a policy, SLA policy or calendar, field by field, in words.
struct RuleChanges {
    /// "return window days: 30 → 14"
    private(set) var lines: [String] = []

    /// More are counted only.
    private static let linesMax = 60
    /// What the server sets, and what names the version.
    private static let ownFields: Set<String> = ["version", "createdAtMs", "createdBy"]
    /// The same within the messages of a rule: these follow from when the version was put.
    private static let serverFields: [String: Set<String>] = [
        ".returns.v1.ChannelTimeZone": ["offsets"], ".returns.v1.WorkingCalendar": ["offsets"],
    ]
    /// Fields by which the items of a list are told apart, where each says another thing.
    private static let names = ["code", "name", "date", "locale", "kind"]

    init<Rule: Message>(from before: Rule, to after: Rule) throws {
        guard case .object(let type, let old) = try WholeJSON(before).root,
            case .object(_, let new) = try WholeJSON(after).root
        else { return }
        func kept(_ members: [(key: String, value: WholeJSON.Value)]) -> WholeJSON.Value {
            Self.given(.object(type: type, members.filter { !Self.ownFields.contains($0.key) }))
        }
        compare(kept(old), kept(new), [], "")
    }

    /// Without what the server sets.
    private static func given(_ value: WholeJSON.Value) -> WholeJSON.Value {
        switch value {
        case .array(let elements): return .array(elements.map(given))
        case .text, .literal: return value
        case .object(let type, let members):
            let own = serverFields[type] ?? []
            return .object(
                type: type,
                members.filter { !own.contains($0.key) }.map { (key: $0.key, value: given($0.value)) })
        }
    }

    var isEmpty: Bool { lines.isEmpty }

    /// The lines, or how many there are beyond the most that are shown.
    func text(indent: String = "  ") -> String {
        let shown = lines.prefix(Self.linesMax).map { indent + TextWidth.safe($0) }
        let more = lines.count - shown.count
        return (shown + (more > 0 ? ["\(indent)… and \(counted(more, "change")) more"] : []))
            .joined(separator: "\n")
    }

    // MARK: Comparing

    private mutating func compare(
        _ before: WholeJSON.Value?, _ after: WholeJSON.Value?, _ path: [String], _ field: String
    ) {
        switch (before, after) {
        case (.object(let type, let old)?, .object(_, let new)?):
            let keys = MessageShape.named(type)?.ordered.map(\.name) ?? new.map(\.key)
            for key in keys {
                let (left, right) = (old.first { $0.key == key }?.value, new.first { $0.key == key }?.value)
                compare(left, right, path + [FieldWords.name(key)], key)
            }
        case (.array(let old)?, .array(let new)?) where old != new: compareLists(old, new, path, field)
        case (let before, let after) where before != after:
            let place = path.joined(separator: ", ")
            switch (before, after) {
            case (nil, let after?): lines.append("\(place): added, \(FieldWords.text(after, field))")
            case (let before?, nil): lines.append("\(place): removed, was \(FieldWords.text(before, field))")
            case (let before?, let after?):
                lines.append("\(place): \(FieldWords.text(before, field)) → \(FieldWords.text(after, field))")
            case (nil, nil): break
            }
        default: break
        }
    }

    private mutating func compareLists(
        _ old: [WholeJSON.Value], _ new: [WholeJSON.Value], _ path: [String], _ field: String
    ) {
        let place = path.joined(separator: ", ")
        guard let name = Self.name(of: old + new, in: [old, new]) else {
            guard old.allSatisfy(\.isPlain), new.allSatisfy(\.isPlain) else {
                for index in 0..<max(old.count, new.count) {
                    compare(
                        old.indices.contains(index) ? old[index] : nil,
                        new.indices.contains(index) ? new[index] : nil, path + ["\(index + 1)"], field)
                }
                return
            }
            lines.append(
                "\(place): \(FieldWords.text(.array(old), field)) → \(FieldWords.text(.array(new), field))")
            return
        }
        func key(_ value: WholeJSON.Value) -> String {
            value.member(name).map { FieldWords.text($0, name) } ?? ""
        }
        let (oldKeys, newKeys) = (old.map(key), new.map(key))
        for (key, value) in zip(oldKeys, old) where !newKeys.contains(key) {
            compare(value.without(name), nil, path + [key], field)
        }
        for (key, value) in zip(newKeys, new) {
            let before = oldKeys.firstIndex(of: key).map { old[$0].without(name) }
            compare(before, value.without(name), path + [key], field)
        }
        // The first that fits counts, in plans and rules.
        let (keptOld, keptNew) = (oldKeys.filter(newKeys.contains), newKeys.filter(oldKeys.contains))
        if keptOld != keptNew {
            lines.append(
                "\(place): order \(keptOld.joined(separator: ", ")) → \(keptNew.joined(separator: ", "))")
        }
    }

    /// The field that tells the items of both lists apart; nil where none does.
    private static func name(of items: [WholeJSON.Value], in lists: [[WholeJSON.Value]]) -> String? {
        names.first { name in
            lists.allSatisfy { list in
                let values = list.map { $0.member(name)?.plainText }
                return values.allSatisfy { $0 != nil } && Set(values).count == values.count
            } && !items.isEmpty
        }
    }
}

extension WholeJSON.Value {
    /// A value that is no object and no list.
    var isPlain: Bool { plainText != nil }

    var plainText: String? {
        switch self {
        case .text(let text): text
        case .literal(let text): text
        case .object, .array: nil
        }
    }

    func without(_ key: String) -> WholeJSON.Value {
        guard case .object(let type, let members) = self else { return self }
        return .object(type: type, members.filter { $0.key != key })
    }

    func member(_ key: String) -> WholeJSON.Value? {
        guard case .object(_, let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

/// Fields and their values as people say them.
enum FieldWords {
    /// "returnWindowDays" → "return window days"; without the unit that its values are written with.
    static func name(_ key: String) -> String {
        var words = snakeCase(key)
        for unit in ["_ms", "_minute", "_seconds"] where words.hasSuffix(unit) {
            words = String(words.dropLast(unit.count))
        }
        return words.replacing("_", with: " ")
    }

    /// - Parameter field: Whose value it is; its name tells the unit.
    static func text(_ value: WholeJSON.Value, _ field: String) -> String {
        switch value {
        case .array(let elements):
            return elements.isEmpty ? "none" : elements.map { text($0, field) }.joined(separator: ", ")
        case .object(_, let members):
            let said = members.filter { !isStandard($0.value) }
            return said.isEmpty
                ? "nothing said"
                : said.map { "\(name($0.key)) \(text($0.value, $0.key))" }.joined(separator: ", ")
        case .literal("true"): return "yes"
        case .literal("false"): return "no"
        case .text(let text), .literal(let text): return plain(text, field)
        }
    }

    private static func plain(_ text: String, _ field: String) -> String {
        if text.isEmpty { return "none" }
        if let number = Int64(text) {
            if field == "calendarVersion", number == 0 { return "the newest" }
            if field.hasSuffix("AtMs") || field == "fromMs" {
                return TimeFormat.screen.text(milliseconds: number)
            }
            if field.hasSuffix("Ms") { return DurationFormat.text(milliseconds: number) }
            if field.hasSuffix("Minute") { return BusinessHoursOption.text(minute: number) }
            if field == "offsetSeconds" { return TimeFormat.offsetText(number) }
            return text
        }
        // Values of enumerations, "SPECIAL_DAY_KIND_HOLIDAY", as options take them.
        return MessageShape.word(ofValue: text) ?? text
    }

    /// What says nothing.
    private static func isStandard(_ value: WholeJSON.Value) -> Bool {
        switch value {
        case .array(let elements): elements.isEmpty
        case .text(let text): text.isEmpty || text == "0" || text.hasSuffix("_UNSPECIFIED")
        case .literal(let text): text == "0"
        case .object: false
        }
    }
}
