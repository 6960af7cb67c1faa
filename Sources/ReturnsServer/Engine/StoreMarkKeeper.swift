import Logging
import RCPServer
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// Keeps on disk, outside Redis, what this server was told that the store holds, so that a store that has lost some of it is
/// recognised at the next start. It is written once a second: a loss within the last second is not found when the server ends with Redis.
struct StoreMarkKeeper: Service {
    let file: PrivateFile
    let identity: StoreIdentity
    let logger: Logger

    static let intervalMilliseconds: Int64 = 1_000

    init(directory: String, identity: StoreIdentity, logger: Logger) {
        file = Self.file(in: directory)
        self.identity = identity
        self.logger = logger
    }

    private static func file(in directory: String) -> PrivateFile {
        PrivateFile(path: "\(directory)/store.mark")
    }

    /// What was kept; `none` where there is nothing.
    ///
    /// - Throws: `StartError` when there is a file that cannot be read: to pass over it would be to pass over a loss.
    static func load(directory: String) throws -> StoreMark {
        let file = file(in: directory)
        guard file.version != nil else { return .none }
        let text = String(decoding: try file.read(), as: UTF8.self)
        guard !StoreMark.isOfAnotherFormat(text) else {
            throw StartError(
                "\(file.path) was written by another version of returnsd, which this one cannot read; start the version that wrote it"
            )
        }
        guard let mark = StoreMark(text) else {
            throw StartError(
                "\(file.path) is damaged, so nobody can tell whether the store has lost changes; put it back from a backup, or remove it and start once with --accept-loss, which makes refunds wait until finance has compared them with the gateway"
            )
        }
        return mark
    }

    func run() async throws {
        let writing = Mutex(Writing())
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                writing.withLock { write(&$0) }
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
        writing.withLock { write(&$0) }
    }

    private struct Writing {
        var written = StoreMark.none
        var hasFailed = false
    }

    private func write(_ writing: inout Writing) {
        let mark = identity.mark
        guard mark.storeID != nil, mark != writing.written else { return }
        do throws(PrivateFileError) {
            try file.replace(with: Array(mark.text.utf8))
            writing.written = mark
            writing.hasFailed = false
        } catch {
            if !writing.hasFailed {
                logger.error("what the store holds cannot be noted: \(error); a later loss may go unnoticed")
            }
            writing.hasFailed = true
        }
    }
}
