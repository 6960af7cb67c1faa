import Glibc
import RCPServer

extension PrincipalRegistry {
    /// Name of the principal that the first start makes.
    public static let firstAdministratorName = "admin"

    /// On the first start with a store that has no principals either makes the directory, an administrator, and its token in `directory/admin.token`
    /// (mode 0600), which returnsctl on the same machine finds by itself. Later it does nothing.
    ///
    /// The administrator has every role but `system` (see `AccessRole.firstAdministrator`).
    /// - Returns: whether this was the first start.
    @discardableResult
    public static func bootstrapAdminToken(
        directory: String, nowMilliseconds: Int64
    ) throws(PrincipalError) -> Bool {
        try makeDirectory(directory)
        let list = PrincipalFile(directory: directory)
        return try list.withLock { () throws(PrincipalError) in
            if list.file.version != nil { return false }
            let token = AccessToken.random()
            let record = try PrincipalRecord(
                name: firstAdministratorName, roles: AccessRole.firstAdministrator, saleChannels: [],
                tokenHash: token.hash, createdAtMilliseconds: nowMilliseconds)
            // The token first: a crash in between leaves a token that the next start replaces, never an
            // administrator whose token nobody has.
            try writeAdminToken(token, directory)
            try list.write(PrincipalList(principals: [record]))
            return true
        }
    }

    /// Reads what `bootstrapAdminToken` has written.
    func reload() async throws {
        let file = file
        try await change { list throws(PrincipalError) in list = try file.read().list }
    }

    /// Whether nobody but the first administrator exists yet and its token is in this folder: of a store's servers, the one that made
    /// the token has it.
    func hasOnlyFirstAdministrator(withTokenIn directory: String) -> Bool {
        guard list().map(\.name) == [Self.firstAdministratorName] else { return false }
        return knowsToken(in: directory) ?? false
    }

    /// Whether the token in this folder is good; nil where there is none.
    func knowsToken(in directory: String) -> Bool? {
        guard let bytes = try? PrivateFile(path: directory + "/admin.token").read() else { return nil }
        guard case .accepted = authenticate(.token(bytes.filter { $0 != UInt8(ascii: "\n") }), peer: nil)
        else { return false }
        return true
    }

    static func writeAdminToken(_ token: AccessToken, _ directory: String) throws(PrincipalError) {
        try PrincipalError.inFile { () throws(PrivateFileError) in
            try PrivateFile(path: directory + "/admin.token").replace(with: Array("\(token.secret)\n".utf8))
        }
    }

    private static func makeDirectory(_ path: String) throws(PrincipalError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw .file(.unwritable(path: path, reason: String(cString: strerror(errno))))
    }
}
