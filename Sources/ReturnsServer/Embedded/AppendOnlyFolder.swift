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
    /// A manifest has a line for each file, of which there are a few; after rewrites that failed, a few more.
    private static let manifestBytesMax = 1_048_576
    private static let lostFoldersMax = 100

    /// What is missing first; nothing that comes later is of use without it.
    enum Gap: Equatable {
        case manifest
        /// The store as it was when its files were last written anew.
        case base(String)
        /// Changes since then: those that follow the file named second.
        case increment(String, after: String)
        /// Redis would load the changes alone.
        case baseLine
        /// Redis would load the changes behind it all the same.
        case incrementLine(String, after: String)

        var name: String {
            switch self {
            case .manifest: manifestName
            case .base(let name), .increment(let name, _): name
            case .baseLine: "the line of a base file in \(manifestName)"
            case .incrementLine(let name, _): "the line of \(name) in \(manifestName)"
            }
        }

        /// What the store is without what is missing.
        var outcome: String {
            switch self {
            case .increment(_, let last), .incrementLine(_, let last):
                "the store goes on as it was at the end of \(last)"
            case .manifest, .base, .baseLine: "the store begins empty"
            }
        }
    }

    /// - Returns: nil when nothing is missing, or when there is no store yet.
    func gap() -> Gap? {
        guard let manifest = content(Self.manifestName) else { return holdsSomething ? .manifest : nil }
        return AppendOnlyManifest(manifest).gap { access("\(path)/\($0)", F_OK) == 0 }
    }

    func refusal(_ gap: Gap) -> String {
        "\(path) lacks \(gap.name), and Redis was not started, so that what is there stays as it is: put it back (RUNBOOK.md, \"A file of Redis is missing\"), or start once with --accept-loss: \(gap.outcome) then"
    }

    /// Lets Redis start with what lies before the gap. What is there is kept: what lies behind the gap is put aside.
    ///
    /// - Returns: what was done, for the log.
    func accept(_ gap: Gap) throws(StartError) -> String {
        let aside =
            switch gap {
            case .increment(let name, let last), .incrementLine(let name, let last):
                try leaveOut(from: name, after: last)
            case .manifest, .base, .baseLine: try putAside()
            }
        let kept = aside.map { "; what lies behind is in \($0)" } ?? ""
        return "\(path) lacks \(gap.name), and \(gap.outcome)\(kept)"
    }

    // MARK: Accepting

    private func putAside() throws(StartError) -> String {
        let aside = try freePath()
        try move(path, to: aside)
        return aside
    }

    /// Whenever this is cut short, the gap is still there, or all is done: the empty file that closes it comes last.
    ///
    /// - Returns: the folder with the increments behind, if any, and with the manifest that listed them.
    private func leaveOut(from name: String, after last: String) throws(StartError) -> String? {
        let aside = try putAsideIncrements(from: name, after: last)
        try store("", to: "\(path)/\(name)", O_EXCL)
        try synchronize(path)
        return aside
    }

    private func putAsideIncrements(from name: String, after last: String) throws(StartError) -> String? {
        let file = "\(path)/\(Self.manifestName)"
        guard let text = content(Self.manifestName), text.utf8.count < Self.manifestBytesMax else {
            throw StartError("\(file) cannot be read, or is too long; put it back from a backup")
        }
        var manifest = AppendOnlyManifest(text)
        let behind = manifest.cut(atIncrement: name, after: last)
        guard !behind.isEmpty else { return nil }
        let aside = try freePath()
        guard mkdir(aside, 0o700) == 0 else {
            throw StartError("cannot create \(aside): \(DataDirectory.errorText)")
        }
        try store(text, to: "\(aside)/\(Self.manifestName)", O_EXCL)
        // The first one may be there without its line.
        for name in [name] + behind where access("\(path)/\(name)", F_OK) == 0 {
            try move("\(path)/\(name)", to: "\(aside)/\(name)")
        }
        try synchronize(aside)
        // Redis would write over this one, too.
        let next = "\(path)/temp-\(Self.manifestName)"
        try store(manifest.text, to: next, O_TRUNC)
        try move(next, to: file)
        try synchronize(path)
        return aside
    }

    private func freePath() throws(StartError) -> String {
        for number in 1...Self.lostFoldersMax {
            let aside = "\(path).lost-\(number)"
            if access(aside, F_OK) != 0 { return aside }
        }
        throw StartError(
            "there are \(Self.lostFoldersMax) folders \(path).lost-… already; move them away and start again"
        )
    }

    private func move(_ from: String, to: String) throws(StartError) {
        guard rename(from, to) == 0 else {
            throw StartError("cannot rename \(from) to \(to): \(DataDirectory.errorText)")
        }
    }

    private func store(_ text: String, to file: String, _ flag: Int32) throws(StartError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flag, 0o600)
        guard descriptor >= 0 else {
            throw StartError("cannot create \(file): \(DataDirectory.errorText)")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw StartError("cannot write to \(file): \(DataDirectory.errorText)")
        }
    }

    private func synchronize(_ folder: String) throws(StartError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw StartError("cannot write to \(folder): \(DataDirectory.errorText)")
        }
    }

    // MARK: Reading

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
