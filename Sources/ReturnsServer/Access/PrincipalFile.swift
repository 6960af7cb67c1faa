import FoundationEssentials

/// `DIR/principals.json`: the list of principals, readable by its owner only.
struct PrincipalFile: Sendable {
    let file: PrivateFile

    init(directory: String) { self.init(PrivateFile(path: directory + "/principals.json")) }

    init(_ file: PrivateFile) { self.file = file }

    func read() throws(PrincipalError) -> PrincipalSnapshot {
        let bytes = try file.read()
        let list: PrincipalList
        do {
            list = try JSONDecoder().decode(PrincipalList.self, from: Data(bytes))
        } catch {
            throw .fileMalformed(path: file.path, reason: Self.reason(error))
        }
        guard let snapshot = PrincipalSnapshot(list) else {
            throw .fileMalformed(
                path: file.path, reason: "a name or token occurs twice, or a name or role is not a valid one")
        }
        return snapshot
    }

    func write(_ list: PrincipalList) throws(PrincipalError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            let data = try encoder.encode(list)
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
