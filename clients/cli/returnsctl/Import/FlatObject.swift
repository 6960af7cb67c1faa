/// An object of the flat form. Keys that are not known are faults: a misspelt key must not lose what it holds.
struct FlatObject {
    private let members: [JSONMember]
    private let path: String

    /// - Parameter keys: all that are known; nil for who looks at the others itself.
    init(_ members: [JSONMember], at path: String = "", keys: Set<String>?) throws(JSONFault) {
        self.members = members
        self.path = path
        guard let keys, let unknown = members.first(where: { !keys.contains($0.key) }) else { return }
        throw JSONFault(
            JSONFault.unknownField, JSONFault.path(path, unknown.key),
            "is not known here; known are \(keys.sorted().joined(separator: ", "))")
    }

    func text(_ key: String) throws(JSONFault) -> String { try required(key, try optionalText(key)) }

    func optionalText(_ key: String) throws(JSONFault) -> String? {
        guard case .text(let text) = try value(key, .text)?.kind else { return nil }
        return text
    }

    func wholeNumber(_ key: String) throws(JSONFault) -> Int64 {
        try required(key, try optionalWholeNumber(key))
    }

    func optionalWholeNumber(_ key: String) throws(JSONFault) -> Int64? {
        if case .text(let text) = member(key)?.kind, WholeNumber.int64.refusal(of: text) == nil {
            throw JSONFault(
                "MALFORMED", JSONFault.path(path, key), "is a text: write the number without quotes")
        }
        guard case .number(let text) = try value(key, .wholeNumber(.int64))?.kind else { return nil }
        return (try? WholeNumber.int64.value(text)).map { Int64($0) }
    }

    /// The objects of a list.
    func objects(_ key: String, keys: Set<String>) throws(JSONFault) -> [FlatObject] {
        guard case .array(let elements) = try required(key, try value(key, .list)).kind else { return [] }
        var objects: [FlatObject] = []
        for (index, element) in elements.enumerated() {
            let place = "\(JSONFault.path(path, key))[\(index)]"
            if let refusal = JSONFieldKind.object("").refusal(of: element) {
                throw JSONFault(refusal.reason, place, refusal.text)
            }
            guard case .object(let members) = element.kind else { continue }
            objects.append(try FlatObject(members, at: place, keys: keys))
        }
        return objects
    }

    /// The texts of a list; none where it is not there.
    func optionalTexts(_ key: String) throws(JSONFault) -> [String] {
        guard case .array(let elements) = try value(key, .list)?.kind else { return [] }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            if let refusal = JSONFieldKind.text.refusal(of: element) {
                throw JSONFault(
                    refusal.reason, "\(JSONFault.path(path, key))[\(index)]", refusal.text)
            }
            guard case .text(let text) = element.kind else { continue }
            texts.append(text)
        }
        return texts
    }

    // MARK: Values

    private func member(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    /// Nil where the key is not there, or is null.
    private func value(_ key: String, _ kind: JSONFieldKind) throws(JSONFault) -> JSONValue? {
        guard let value = member(key), !value.isNull else { return nil }
        if let refusal = kind.refusal(of: value) {
            throw JSONFault(refusal.reason, JSONFault.path(path, key), refusal.text)
        }
        return value
    }

    private func required<Value>(_ key: String, _ value: Value?) throws(JSONFault) -> Value {
        if let value { return value }
        throw JSONFault(
            "FIELD_REQUIRED", JSONFault.path(path, key), member(key) == nil ? "is missing" : "is null")
    }
}
