import FoundationEssentials

/// `DIR/principals.json`: the list of principals, readable by its owner only.
struct PrincipalFile: Sendable {
    private struct Content: Codable {
        var principals: [PrincipalRecord]
    }

    let file: PrivateFile

    init(directory: String) { file = PrivateFile(path: directory + "/principals.json") }

    func read() throws(PrincipalError) -> PrincipalSnapshot {
        let bytes = try file.read()
        let records: [PrincipalRecord]
        do {
            records = try JSONDecoder().decode(Content.self, from: Data(bytes)).principals
        } catch {
            throw .fileMalformed(path: file.path, reason: Self.reason(error))
        }
        guard let snapshot = PrincipalSnapshot(records) else {
            throw .fileMalformed(
                path: file.path, reason: "a name or token occurs twice, or a name or role is not a valid one")
        }
        return snapshot
    }

    func write(_ records: [PrincipalRecord]) throws(PrincipalError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            let data = try encoder.encode(Content(principals: records.sorted { $0.name < $1.name }))
            try file.replace(with: Array(data) + [UInt8(ascii: "\n")])
        } catch let error as PrincipalError {
            throw error
        } catch {
            throw .fileUnwritable(path: file.path, reason: "the list cannot be encoded")
        }
    }

    /// Where the JSON is wrong; never its content.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the key \(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "not JSON of the expected form"
                : "wrong value at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
        default: "not JSON of the expected form"
        }
    }
}

/// All principals at one moment. Immutable, so that a loop may read it while another is made.
struct PrincipalSnapshot: Sendable {
    private(set) var byName: [String: PrincipalRecord] = [:]
    private(set) var byToken: [TokenHash: PrincipalRecord] = [:]

    init() {}

    /// nil if names or tokens repeat, or names or roles are invalid.
    init?(_ records: [PrincipalRecord]) {
        for record in records {
            guard PrincipalRecord.isValidName(record.name), !record.roles.isEmpty,
                record.roles.allSatisfy({ AccessRole(rawValue: $0) != nil }),
                byName.updateValue(record, forKey: record.name) == nil,
                byToken.updateValue(record, forKey: record.tokenHash) == nil
            else { return nil }
        }
    }

    var records: [PrincipalRecord] { byName.values.sorted { $0.name < $1.name } }
}
