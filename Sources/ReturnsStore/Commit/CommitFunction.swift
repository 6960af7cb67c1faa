import Crypto
import RedisClient

/// The one commit function as Redis knows it. Its names carry the hash of its source, since function names are global
/// and two versions of the server may share a Redis while one replaces the other (DESIGN §6).
public struct CommitFunction: Sendable, Hashable {
    public let name: String
    public let source: String

    public static let current = CommitFunction(
        template: String(decoding: PackageResources.commit_lua, as: UTF8.self))

    init(template: String) {
        let digest = SHA256.hash(data: Array(template.utf8))
        let hash = digest.prefix(8).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        name = "returns_commit_\(hash)"
        source = template.split(separator: "@HASH@", omittingEmptySubsequences: false).joined(separator: hash)
    }
}

extension CommitFunction {
    /// Loads the library where it is missing. Never replaced: its name carries its content's hash.
    public func load(on connection: RedisConnection) async throws(RedisError) {
        do throws(RedisError) {
            _ = try await connection.send(RedisCommand("FUNCTION", "LOAD", .text(source))).checked()
        } catch {
            guard let reply = error.errorReply, reply.message.contains("already exists") else { throw error }
        }
    }
}
