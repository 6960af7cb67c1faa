import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A record of where sweeps are, for tests that kill sweepers and have to prove amid what (`--sweep-progress`).
///
/// One line a step, written by one call, so that a killed process leaves whole lines. Holds numbers alone.
final class SweepProgress: Sendable {
    enum Step {
        /// Due cases were read; they are fired from now on.
        case read(Int)
        /// So many commits are sent; so many of the cases read follow.
        case sending(Int, left: Int)
        /// So many have been committed.
        case committed(Int, left: Int)
        /// Everything that was read has been tried.
        case over
    }

    private let file: FileDescriptor
    private let process = getpid()

    /// - Throws: `StartError` with a text for the operator.
    init(path: String) throws(StartError) {
        file = try AppendedFile.open("progress", path, permissions: .ownerReadWrite)
    }

    deinit { try? file.close() }

    func record(_ step: Step) {
        let text =
            switch step {
            case .read(let count): "read 0 \(count)"
            case .sending(let count, let left): "sending \(count) \(left)"
            case .committed(let count, let left): "committed \(count) \(left)"
            case .over: "over 0 0"
            }
        // What cannot be recorded proves nothing, which is for the test to notice.
        _ = try? file.writeAll("\(process) \(text)\n".utf8)
    }
}
