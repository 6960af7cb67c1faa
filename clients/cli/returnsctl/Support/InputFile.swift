import Foundation

/// What `-f FILE|-` names.
enum InputFile {
    /// A file given to -f is one request or policy, never a bulk import.
    static let bytesMax = 8 * 1_024 * 1_024

    /// Everything, however long standard input takes to come, without the mark that some editors put in front.
    static func contents(_ path: String) async throws -> Data {
        try await Blocking.run { try read(path).withoutByteOrderMark }
    }

    private static func read(_ path: String) throws -> Data {
        let handle = try open(path)
        defer { try? handle.close() }
        var contents = Data()
        while let chunk = try handle.read(upToCount: 65_536), !chunk.isEmpty {
            contents.append(chunk)
            guard contents.count <= bytesMax else {
                throw CommandFailure(.failed, "\(path) is above \(bytesMax) bytes; use import for many items")
            }
        }
        return contents
    }

    static func open(_ path: String) throws -> FileHandle {
        if path == "-" { return .standardInput }
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard exists, !isDirectory.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure.usage(
                exists
                    ? (isDirectory.boolValue ? "\(path) is a folder" : "\(path) cannot be read")
                    : "there is no file \(path)")
        }
        return handle
    }
}

extension Data {
    /// UTF-8 has one byte order, so the mark says nothing; JSON readers stumble over it.
    var withoutByteOrderMark: Data { starts(with: [0xEF, 0xBB, 0xBF]) ? Data(dropFirst(3)) : self }
}
