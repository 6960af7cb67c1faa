import Foundation
import Synchronization

/// As `open` gives it: negative where errno says why not.
private func readingDescriptor(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

/// What `-f FILE|-` names.
enum InputFile {
    /// A file given to -f is one request or policy, never a bulk import.
    static let bytesMax = 8 * 1_024 * 1_024

    /// The whole text, however long standard input takes to come, without the mark that some editors put in front.
    ///
    /// - Parameter tooLarge: What to do with a file above the size.
    /// - Throws: also for bytes that are no UTF-8 text.
    static func contents(
        _ path: String, tooLarge: String = "use import for many items"
    ) async throws -> Data {
        try await Blocking.run {
            let bytes = try read(path, tooLarge).withoutByteOrderMark
            _ = try InputText.text(bytes, name: path == "-" ? "standard input" : path)
            return bytes
        }
    }

    private static func read(_ path: String, _ tooLarge: String) throws -> Data {
        let handle = try open(path)
        defer { try? handle.close() }
        var contents = Data()
        while let chunk = try handle.read(upToCount: 65_536), !chunk.isEmpty {
            contents.append(chunk)
            guard contents.count <= bytesMax else {
                throw CommandFailure(.failed, "\(path) is above \(bytesMax) bytes; \(tooLarge)")
            }
        }
        return contents
    }

    /// - Throws: for a folder too, which can be opened and not read.
    static func open(_ path: String) throws -> FileHandle {
        if path == "-" { return .standardInput }
        let descriptor = readingDescriptor(path)
        guard descriptor >= 0 else {
            throw CommandFailure.usage(
                errno == ENOENT
                    ? "there is no file \(path)"
                    : "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard !isFolder(handle) else { throw CommandFailure.usage("\(path) is a folder") }
        return handle
    }

    static func isFolder(_ handle: FileHandle) -> Bool {
        var status = stat()
        return fstat(handle.fileDescriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

/// The lines of standard input, one at a time as they come.
final class InputLines: Sendable {
    private let state = Mutex((splitter: LineSplitter(), lines: [ImportLine](), isAtEnd: false))

    /// The next line; nil at the end. Waits for as long as nobody types.
    func next() throws -> ImportLine? {
        try state.withLock { state in
            while state.lines.isEmpty {
                if state.isAtEnd { return nil }
                if let chunk = try Self.chunk() {
                    state.lines = state.splitter.append(chunk)
                } else {
                    state.isAtEnd = true
                    state.lines = state.splitter.finish().map { [$0] } ?? []
                }
            }
            return state.lines.removeFirst()
        }
    }

    /// What there is, without waiting for more; nil at the end.
    private static func chunk() throws -> Data? {
        var bytes = [UInt8](repeating: 0, count: ImportSource.chunkBytes)
        while true {
            let count = Foundation.read(STDIN_FILENO, &bytes, bytes.count)
            if count >= 0 { return count == 0 ? nil : Data(bytes[..<count]) }
            guard errno == EINTR else {
                throw CommandFailure(
                    .failed, "standard input cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }
}

extension Data {
    /// UTF-8 has one byte order, so the mark says nothing; JSON readers stumble over it.
    var withoutByteOrderMark: Data { starts(with: [0xEF, 0xBB, 0xBF]) ? Data(dropFirst(3)) : self }
}
