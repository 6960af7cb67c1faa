#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files that hold the embedded store: those that `appendonly.aof.manifest` names.
///
/// Without its manifest Redis begins an empty store, and writes it over the files that are there. Without a file that the
/// manifest names it ends. So this is looked at before each start of Redis, and what is there is left as it is.
struct AppendOnlyFolder {
    let path: String

    init(redisFolder: String) { path = "\(redisFolder)/appendonlydir" }

    static let manifestName = "appendonly.aof.manifest"
    /// A first start that is killed before it has written its manifest leaves a base file of an empty store, which is smaller.
    static let emptyBaseBytesMax = 256
    /// A manifest has a line for each file, of which there are a few.
    private static let manifestBytesMax = 65_536
    private static let lostFoldersMax = 100

    /// What is missing.
    enum Gap: Equatable {
        case manifest
        /// The store as it was when its files were last written anew.
        case base(String)
        /// The changes since then, or some of them.
        case increment(String)

        var name: String {
            switch self {
            case .manifest: manifestName
            case .base(let name), .increment(let name): name
            }
        }
    }

    /// - Returns: nil when nothing is missing, or when there is no store yet.
    func gap() -> Gap? {
        guard let manifest = content(Self.manifestName) else { return holdsSomething ? .manifest : nil }
        for line in manifest.split(separator: "\n") {
            // "file NAME seq NUMBER type LETTER"; what is history may be gone.
            let words = line.split(separator: " ")
            guard words.count == 6, words[0] == "file", words[4] == "type" else { continue }
            let name = String(words[1])
            guard access("\(path)/\(name)", F_OK) != 0 else { continue }
            if words[5] == "b" { return .base(name) }
            if words[5] == "i" { return .increment(name) }
        }
        return nil
    }

    func refusal(_ gap: Gap) -> String {
        "\(path) lacks \(gap.name), and Redis was not started, so that what is there stays as it is: put the file back (RUNBOOK.md, \"A file of Redis is missing\"), or start once with --accept-loss to go on without what it held"
    }

    /// Lets Redis start without what is missing. What is there is kept: changes without the base that they belong to, or without a
    /// manifest, are put aside whole.
    ///
    /// - Returns: what was done, for the log.
    func accept(_ gap: Gap) throws(StartError) -> String {
        switch gap {
        case .increment(let name):
            let descriptor = open(
                "\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw StartError("cannot create \(path)/\(name): \(DataDirectory.errorText)")
            }
            close(descriptor)
            return "\(path) lacks \(name); the server goes on without the changes that it held"
        case .manifest, .base:
            for number in 1...Self.lostFoldersMax {
                let aside = "\(path).lost-\(number)"
                guard access(aside, F_OK) != 0 else { continue }
                guard rename(path, aside) == 0 else {
                    throw StartError("cannot rename \(path) to \(aside): \(DataDirectory.errorText)")
                }
                return "\(path) lacks \(gap.name); its files are in \(aside), and the store begins empty"
            }
            throw StartError(
                "there are \(Self.lostFoldersMax) folders \(path).lost-… already; move them away and start again"
            )
        }
    }

    private var holdsSomething: Bool {
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard name.hasPrefix("appendonly.aof."), stat("\(path)/\(name)", &status) == 0 else { continue }
            if status.st_size > (name.contains(".base.") ? Self.emptyBaseBytesMax : 0) { return true }
        }
        return false
    }

    private func content(_ name: String) -> String? {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.manifestBytesMax)
        let count = read(descriptor, &bytes, bytes.count)
        return count >= 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
