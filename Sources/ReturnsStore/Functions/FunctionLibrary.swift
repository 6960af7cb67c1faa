import Cryptography
import NIOCore
import RedisClient

/// A library of Redis Functions. Its names carry the hash of its source, since function names are global and two versions of
/// the server may share a Redis while one replaces the other.
public struct FunctionLibrary: Sendable, Hashable {
    public let source: String
    private let hash: String

    /// The one function that writes cases and orders.
    public static let commit = FunctionLibrary(PackageResources.commit_lua)
    /// Reading, trimming and consumer groups of the outbox.
    public static let outbox = FunctionLibrary(PackageResources.outbox_lua)
    /// Webhooks: places, leases and deliveries.
    public static let webhooks = FunctionLibrary(PackageResources.webhooks_lua)
    /// The store's identity, and the small writes that are no commit.
    static let store = FunctionLibrary(PackageResources.store_lua)
    /// Reading the changes.
    static let listings = FunctionLibrary(PackageResources.listings_lua)
    /// The registry of principals.
    public static let access = FunctionLibrary(PackageResources.access_lua)
    static let all = [store, commit, outbox, webhooks, listings, access]

    /// - Parameter body: Begins with the line that names the library; what all libraries share is put behind it.
    private init(_ body: [UInt8]) {
        let parts = String(decoding: body, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        let shared = String(decoding: PackageResources.shared_lua, as: UTF8.self)
        let template = "\(parts[0])\n\(shared)\(parts[1])"
        let digest = SHA256.hash(template.utf8)
        let hash = digest.prefix(8).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
        self.hash = hash
        source = template.split(separator: "@HASH@", omittingEmptySubsequences: false).joined(separator: hash)
    }

    /// A function's name as Redis knows it.
    public func name(_ function: String) -> String { "returns_\(function)_\(hash)" }
}

extension FunctionLibrary {
    /// Loads the libraries where they are missing. Never replaced: a name carries its content's hash.
    ///
    /// - Throws: `invalidConfiguration` when trying again does not help.
    public static func loadAll(on connection: RedisConnection) async throws(RedisError) {
        for library in all {
            do throws(RedisError) {
                _ = try await connection.send(library.loadCommand).checked()
            } catch {
                try accept(error)
            }
        }
    }

    /// Loads the libraries again on every primary, after a call has found one missing.
    static func loadAll(on redis: any RedisTopology, deadline: NIODeadline) async throws(RedisError) {
        for library in all {
            do throws(RedisError) {
                for reply in try await redis.sendToEveryPrimary(library.loadCommand, deadline: deadline) {
                    _ = try reply.checked()
                }
            } catch {
                try accept(error)
            }
        }
    }

    /// Whether Redis lost the functions while connections stayed: FUNCTION FLUSH, or a dataset restored under them.
    static func isMissing(_ error: RedisError) -> Bool {
        error.errorReply?.message.contains(missing) == true
    }

    /// The same of a reply in a pipeline, where an error is a value.
    static func isMissing(_ reply: RedisValue) -> Bool {
        guard case .error(let error) = reply else { return false }
        return error.message.contains(missing)
    }

    static let missing = "Function not found"

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
            error.code, error.commandState, "Redis refused to load the store's functions (\(reply.prefix)).",
            errorReply: reply)
    }
}
