import Foundation
import SwiftProtobuf

/// A new file that only its owner can read.
struct SecretFile {
    let path: String
    private let handle: FileHandle

    /// Lets a call make a secret, and hands that over this once: in a file, or shown.
    ///
    /// - Parameters:
    ///   - save: The file's path; nil shows it.
    ///   - change: What was done already, for the case that there is no room for the secret: "the webhook was added".
    /// - Returns: The reply, and the file's path.
    static func handOver<Reply: SwiftProtobuf.Message>(
        _ save: String?, _ session: Session, of change: String, secret: (Reply) -> String,
        make: () async throws -> Reply
    ) async throws -> (reply: Reply, path: String?) {
        // Before the call: a secret that cannot be saved would be lost.
        let file = try save.map(create)
        let reply: Reply
        do {
            reply = try await make()
        } catch {
            file?.discard()
            throw error
        }
        if let file {
            try file.write(secret(reply), of: change, session)
        } else {
            try session.output.show(reply) { _ in secret(reply) }
        }
        return (reply, file?.path)
    }

    static func create(_ path: String) throws -> SecretFile {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure.usage(
                errno == EEXIST
                    ? "\(path) exists already" : "cannot write \(path): \(String(cString: strerror(errno)))",
                hints: ["give the name of a new file"])
        }
        return SecretFile(path: path, handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    func write(_ secret: String) throws {
        try handle.write(contentsOf: Data("\(secret)\n".utf8))
        try handle.synchronize()
        try handle.close()
    }

    /// - Parameter change: what was done already, for the case that there is no room for the secret.
    func write(_ secret: String, of change: String, _ session: Session) throws {
        do {
            try write(secret)
        } catch {
            throw CommandFailure(
                .failed, "\(change), but \(path) cannot be written",
                hints: [
                    "remove it, make room, and send the same request once more, which changes nothing else:",
                    "  \(session.repetition.line(requestID: session.requestID))",
                ])
        }
    }

    func discard() { unlink(path) }
}
