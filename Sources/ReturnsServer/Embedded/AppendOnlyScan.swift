#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads a file of changes (an increment) from end to end, as Redis does when it loads one.
///
/// A file is a list of commands in RESP, with lines that begin with '#' between them. Redis keeps what the commands of a MULTI
/// without its EXEC would do from being done.
struct AppendOnlyScan: ~Copyable {
    enum End: Equatable, Sendable {
        case whole
        /// Within a command, or a transaction: as after a power cut. Redis would cut the file there.
        case torn
        /// Redis ends by itself, and leaves the file as it is.
        case unreadable
    }

    private static let bufferBytes = 1_048_576
    /// Longer than any line that Redis writes here: a count, or a time.
    private static let lineBytesMax = 64
    private static let transactionWordBytes = 5

    private let descriptor: Int32
    private let size: Int
    private var buffer = [UInt8](repeating: 0, count: AppendOnlyScan.bufferBytes)
    /// Of the file, where `buffer` begins, and how much of it is read.
    private var start = 0
    private var count = 0
    private var position = 0

    /// How the file at `path` ends; one that cannot be opened is unreadable.
    static func end(path: String) -> End {
        guard var scan = AppendOnlyScan(path: path) else { return .unreadable }
        return scan.end()
    }

    private init?(path: String) {
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit { close(descriptor) }

    private mutating func end() -> End {
        var isTransaction = false
        while position < size {
            guard let line = line() else { return lineEnd }
            guard line.first != UInt8(ascii: "#") else { continue }
            guard let words = Self.number(line, after: "*") else { return .unreadable }
            for word in 0..<words {
                guard position < size, let line = self.line() else { return lineEnd }
                guard let bytes = Self.number(line, after: "$") else { return .unreadable }
                guard bytes <= size - position - 2 else { return .torn }
                if word == 0, bytes <= Self.transactionWordBytes {
                    switch text(bytes).uppercased() {
                    case "MULTI": isTransaction = true
                    case "EXEC": isTransaction = false
                    default: break
                    }
                }
                position += bytes + 2
            }
        }
        return isTransaction ? .torn : .whole
    }

    /// Why there is no line at `position`: the file ends before the line does, or what is there is none.
    private var lineEnd: End { size - position < Self.lineBytesMax ? .torn : .unreadable }

    private static func number(_ line: ArraySlice<UInt8>, after sign: Unicode.Scalar) -> Int? {
        guard line.first == UInt8(ascii: sign),
            let number = Int(String(decoding: line.dropFirst(), as: UTF8.self))
        else { return nil }
        return number >= 0 ? number : nil
    }

    /// Without its end, behind which `position` is then. nil if there is none within `lineBytesMax`.
    private mutating func line() -> ArraySlice<UInt8>? {
        let first = fill(Self.lineBytesMax)
        let part = buffer[first..<min(count, first + Self.lineBytesMax)]
        guard let newline = part.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        position += newline + 1 - first
        let line = part[..<newline]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private mutating func text(_ bytes: Int) -> String {
        let first = fill(bytes)
        return String(decoding: buffer[first..<min(count, first + bytes)], as: UTF8.self)
    }

    /// Reads on where fewer than `bytes` lie ahead.
    ///
    /// - Returns: the place of `position` in the buffer.
    private mutating func fill(_ bytes: Int) -> Int {
        if position >= start, position + min(bytes, size - position) <= start + count {
            return position - start
        }
        start = position
        count = max(0, pread(descriptor, &buffer, buffer.count, off_t(position)))
        return 0
    }
}
