import Crypto
import NIOCore
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
    ///
    /// - Throws: `invalidConfiguration` when trying again does not help.
    public func load(on connection: RedisConnection) async throws(RedisError) {
        do throws(RedisError) {
            _ = try await connection.send(loadCommand).checked()
        } catch {
            try Self.accept(error)
        }
    }

    /// Loads the library again on every primary, after a call has found it missing.
    func load(on redis: any RedisTopology, deadline: NIODeadline) async throws(RedisError) {
        do throws(RedisError) {
            for reply in try await redis.sendToEveryPrimary(loadCommand, deadline: deadline) {
                _ = try reply.checked()
            }
        } catch {
            try Self.accept(error)
        }
    }

    /// Whether Redis lost the function while connections stayed: FUNCTION FLUSH, or a dataset restored under them.
    static func isMissing(_ error: RedisError) -> Bool {
        error.errorReply?.message.contains("Function not found") == true
    }

    private var loadCommand: RedisCommand { RedisCommand("FUNCTION", "LOAD", .text(source)) }

    /// A library that is there already is as good as loaded; other refusals are told so that they can be mended.
    private static func accept(_ error: RedisError) throws(RedisError) {
        guard let reply = error.errorReply else { throw error }
        if reply.message.contains("already exists") { return }
        if reply.prefix == "NOPERM" {
            throw RedisError(
                .invalidConfiguration, .replied,
                "This user of Redis may not load functions; give it the commands FUNCTION and FCALL (ACL SETUSER).",
                errorReply: reply)
        }
        if reply.message.contains("unknown command") {
            throw RedisError(
                .invalidConfiguration, .replied,
                "This Redis knows no functions: Redis 7 or later is needed, without FUNCTION renamed.",
                errorReply: reply)
        }
        throw RedisError(
            error.code, error.commandState, "Redis refused to load the commit function (\(reply.prefix)).",
            errorReply: reply)
    }
}
