import FoundationEssentials
import RCPServer

/// `DIR/principals.json`: this server's copy of the registry of principals, readable by its owner only. With the store away it is
/// what callers are known by.
struct PrincipalFile: Sendable {
    let file: PrivateFile

    init(directory: String) { self.init(PrivateFile(path: directory + "/principals.json")) }

    init(_ file: PrivateFile) { self.file = file }

    func read() throws(PrincipalError) -> PrincipalSnapshot {
        let bytes = try PrincipalError.inFile { () throws(PrivateFileError) in try file.read() }
        return try Self.decode(bytes, path: file.path)
    }

    func write(_ list: PrincipalList) throws(PrincipalError) {
        let bytes = try Self.encode(list)
        try PrincipalError.inFile { () throws(PrivateFileError) in try file.replace(with: bytes) }
    }

    /// As `PrivateFile.withLock`.
    func withLock<Result>(_ body: () throws(PrincipalError) -> Result) throws(PrincipalError) -> Result {
        let result = try PrincipalError.inFile { () throws(PrivateFileError) in
            try file.withLock { () -> Swift.Result<Result, PrincipalError> in
                do throws(PrincipalError) { return .success(try body()) } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    /// The list as JSON, in the file and in the store's registry.
    ///
    /// - Parameter path: where it was read, for an error's text.
    static func decode(_ bytes: [UInt8], path: String) throws(PrincipalError) -> PrincipalSnapshot {
        let list: PrincipalList
        do {
            list = try JSONDecoder().decode(PrincipalList.self, from: Data(bytes))
        } catch {
            throw .fileMalformed(path: path, reason: reason(error))
        }
        guard let snapshot = PrincipalSnapshot(list) else {
            throw .fileMalformed(
                path: path, reason: "a name or token occurs twice, or a name or role is not a valid one")
        }
        return snapshot
    }

    static func encode(_ list: PrincipalList) throws(PrincipalError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return Array(try encoder.encode(list)) + [UInt8(ascii: "\n")]
        } catch {
            throw .file(.unwritable(path: "the list of principals", reason: "it cannot be encoded"))
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
