import Foundation

/// The place of a follower, kept over its end: one line, replaced as a whole, so that whatever ends the program leaves the old or
/// the new one.
struct CursorFile {
    let path: String

    private static let bytesMax = 262_144

    init(_ path: String) { self.path = path }

    /// Nil when there is none yet.
    func read() throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.bytesMax else {
            throw CommandFailure.usage("the cursor file \(path) cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw CommandFailure.usage(
                "the cursor file \(path) is empty",
                hints: ["remove it, and say where to begin with --from"])
        }
        return text
    }

    func write(_ cursor: String) throws {
        let new = "\(path).new"
        guard FileManager.default.createFile(atPath: new, contents: Data("\(cursor)\n".utf8)),
            rename(new, path) == 0
        else { throw CommandFailure(.failed, "the cursor file \(path) cannot be written") }
    }
}
