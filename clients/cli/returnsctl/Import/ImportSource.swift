import Foundation
import Synchronization

/// An import file or standard input, unpacked if it begins with gzip's magic bytes.
///
/// Unpacking is left to the gzip program: it is an essential package of Debian and Ubuntu, so always there, it runs on
/// a core of its own, and returnsctl needs neither zlib's headers to build nor unsafe code around it.
final class ImportSource: Sendable {
    static let chunkBytes = 65_536
    private static let gzipMagic = Data([0x1F, 0x8B])

    /// Size of the file on disk; nil for a pipe.
    let sizeBytes: Int64?
    /// Nil for a pipe.
    let identity: FileIdentity?
    private let file: FileHandle
    private let head: Data
    private let unpacking: (process: Process, output: FileHandle)?
    private let isHeadRead = Atomic<Bool>(false)

    init(_ path: String) throws {
        file = try InputFile.open(path)
        var status = stat()
        let isRegular = fstat(file.fileDescriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        identity = FileIdentity(descriptor: file.fileDescriptor)
        sizeBytes = isRegular ? Int64(status.st_size) : nil
        let start = try Self.readFully(file, count: Self.gzipMagic.count)
        if start == Self.gzipMagic {
            unpacking = try Self.unpack(file, start, isRegular: isRegular)
            head = try Self.readFully(unpacking?.output ?? file, count: start.count)
        } else {
            unpacking = nil
            head = start
        }
        if let failure = Self.failure(head) { throw failure }
    }

    /// Of a file that no line of can be read, so that this is said once.
    private static func failure(_ start: Data) -> CommandFailure? {
        if InputText.isUTF16(start) {
            return .usage("the file is UTF-16 text", hints: ["save it as UTF-8; nothing was imported"])
        }
        guard start.first == UInt8(ascii: "[") else { return nil }
        return .usage(
            "the file is one JSON list, and an import takes one object a line",
            hints: ["write its objects without '[', ']' and the commas between them; nothing was imported"])
    }

    private static func readFully(_ file: FileHandle, count: Int) throws -> Data {
        var bytes = Data()
        while bytes.count < count, let more = try file.read(upToCount: count - bytes.count), !more.isEmpty {
            bytes.append(more)
        }
        return bytes
    }

    private static func unpack(
        _ file: FileHandle, _ start: Data, isRegular: Bool
    ) throws -> (Process, FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        var input: Pipe?
        if isRegular {
            // The child shares our position in the file, by which the progress bar knows how far it is.
            try file.seek(toOffset: 0)
            process.standardInput = file
        } else {
            let pipe = Pipe()
            process.standardInput = pipe
            input = pipe
        }
        do {
            try process.run()
        } catch {
            throw CommandFailure(
                .failed, "the file is packed, and the gzip program to unpack it cannot be started")
        }
        if let writer = input?.fileHandleForWriting { pump(file, start, into: writer) }
        return (process, output.fileHandleForReading)
    }

    /// Gives a packed pipe to gzip, the bytes that were looked at included.
    private static func pump(_ file: FileHandle, _ start: Data, into writer: FileHandle) {
        Thread.detachNewThread {
            var chunk: Data? = start
            while let bytes = chunk, !bytes.isEmpty {
                guard (try? writer.write(contentsOf: bytes)) != nil else { break }
                chunk = try? file.read(upToCount: chunkBytes)
            }
            try? writer.close()
        }
    }

    /// The next bytes; nil at the end.
    ///
    /// - Throws: when the packed data is damaged or incomplete.
    func read() throws -> Data? {
        if !isHeadRead.exchange(true, ordering: .relaxed), !head.isEmpty { return head }
        let chunk = try (unpacking?.output ?? file).read(upToCount: Self.chunkBytes)
        if let chunk, !chunk.isEmpty { return chunk }
        if let process = unpacking?.process {
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw CommandFailure(
                    .failed, "the packed file is damaged or incomplete: gzip could not unpack it to its end")
            }
        }
        return nil
    }

    /// How much of the file on disk has been taken in, 0 to 1; nil for a pipe.
    var fractionRead: Double? {
        guard let sizeBytes, sizeBytes > 0 else { return nil }
        let position = lseek(file.fileDescriptor, 0, SEEK_CUR)
        return position < 0 ? nil : min(1, Double(position) / Double(sizeBytes))
    }

    func close() {
        if let process = unpacking?.process, process.isRunning { process.terminate() }
    }
}
