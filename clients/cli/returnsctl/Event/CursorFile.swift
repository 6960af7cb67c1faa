import Foundation
import RCP

/// The place of a follower, kept over its end: one line, replaced as a whole, so that whatever ends the program leaves the old or
/// the new one.
struct CursorFile {
    let path: String

    private static let bytesMax = 262_144

    init(_ path: String) { self.path = path }

    /// Nil when there is none yet.
    func read() throws -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            let reason =
                errno == ELOOP ? "it is a link; name the file itself" : String(cString: strerror(errno))
            throw CommandFailure.usage("the cursor file \(path) cannot be read: \(reason)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard !InputFile.isFolder(handle) else {
            throw CommandFailure.usage("the cursor file \(path) cannot be read: it is a folder")
        }
        let data: Data
        do { data = try handle.read(upToCount: Self.bytesMax + 1) ?? Data() } catch {
            throw CommandFailure.usage(
                "the cursor file \(path) cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= Self.bytesMax else {
            throw CommandFailure.usage("the cursor file \(path) holds no cursor", hints: [beginAnew])
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw CommandFailure.usage(
                "the cursor file \(path) is empty",
                hints: [beginAnew])
        }
        return text
    }

    private var beginAnew: String { "remove the file, and say where to begin with --from" }

    /// What a follower failed with that has begun at the file's place.
    func explained(_ error: any Error) -> any Error {
        guard let status = error as? RCPStatus,
            status.details.contains(where: { $0.reason == "CURSOR_MALFORMED" })
        else { return error }
        return CommandFailure.usage(
            "the cursor file \(path) holds no cursor [CURSOR_MALFORMED]", hints: [beginAnew])
    }

    func write(_ cursor: String) throws {
        let new = "\(path).new"
        do {
            // What a run that was killed has left, or what somebody has planted: in either case not ours to go on with.
            unlink(new)
            let descriptor = open(new, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data("\(cursor)\n".utf8))
            try handle.close()
            guard rename(new, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw CommandFailure(.failed, "the cursor file \(path) cannot be written")
        }
    }
}
