import Foundation

/// What `-f FILE|-` names.
enum InputFile {
    /// A file given to -f is one request or policy, never a bulk import.
    static let bytesMax = 8 * 1_024 * 1_024

    static func contents(_ path: String) throws -> Data {
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
