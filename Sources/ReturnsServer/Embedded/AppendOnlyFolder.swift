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
        /// Named by no line of the manifest, and newer than all that are: the manifest is an older one, or cut.
        case unlisted(String)

        var name: String {
            switch self {
            case .manifest: manifestName
            case .base(let name), .increment(let name, _), .unlisted(let name): name
            case .baseLine: "the line of a base file in \(manifestName)"
            case .incrementLine(let name, _): "the line of \(name) in \(manifestName)"
            }
        }

        /// What the store is without what is missing.
        var outcome: String {
            switch self {
            case .increment(_, let last), .incrementLine(_, let last):
                "the store goes on as it was at the end of \(last)"
            case .unlisted(let name) where !AppendOnlyFolder.isBase(name):
                "the store goes on without the changes in \(name)"
            case .manifest, .base, .baseLine, .unlisted: "the store begins empty"
            }
        }
    }

    /// - Returns: nil when nothing is missing, or when there is no store yet.
    func gap() -> Gap? {
        guard let manifest = content(Self.manifestName) else { return holdsSomething ? .manifest : nil }
        // Redis ends, whatever lies beside it.
        guard manifest.lowercased().contains("file") else { return .manifest }
        return AppendOnlyManifest(manifest).gap { isThere($0) }
            ?? unlisted(in: manifest).first.map { .unlisted($0) }
    }

    /// What is wrong, as one clause.
    func finding(_ gap: Gap) -> String {
        if case .unlisted(let name) = gap {
            return "\(path)/\(Self.manifestName) does not name \(name), which lies beside it"
        }
        return "\(path) lacks \(gap.name)"
    }

    func refusal(_ gap: Gap) -> String {
        let remedy =
            if case .unlisted = gap { "put the newest manifest back, or add the line" } else {
                "put it back"
            }
        return
            "\(finding(gap)), and Redis was not started, so that what is there stays as it is: \(remedy) (RUNBOOK.md, \"A file of Redis is missing\"), or start once with --accept-loss: \(gap.outcome) then"
    }

    /// Lets Redis start with what lies before the gap. What is there is kept: what lies behind the gap is put aside.
    ///
    /// - Returns: what was done, for the log.
    func accept(_ gap: Gap) throws(StartError) -> String {
        let aside =
            switch gap {
            case .unlisted(let name) where !Self.isBase(name): try putUnlistedAside()
            case .increment(let name, let last), .incrementLine(let name, let last):
                try leaveOut(from: name, after: last)
            case .manifest, .base, .baseLine, .unlisted: try putAside()
            }
        let kept = aside.map { "; what is not used is in \($0)" } ?? ""
        return "\(finding(gap)), and \(gap.outcome)\(kept)"
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
        names.contains { name in
            name != Self.manifestName
                && bytes(of: name) > (name.contains(".base.") ? Self.emptyBaseBytesMax : 0)
        }
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

// MARK: - What the files hold

extension AppendOnlyFolder {
    private static let filePrefix = "appendonly.aof."
    private static let incrementSuffix = ".incr.aof"
    /// What an RDB file begins with. A base file of the older format is a list of commands, as increments are.
    private static let snapshotMagic = Array("REDIS".utf8)
    private static let commandBeginnings = Array("*#".utf8)

    private static func isBase(_ name: String) -> Bool { !name.hasSuffix(incrementSuffix) }

    /// Redis loads an empty base file as an empty store, and the changes over it. So a base file that does not begin as one
    /// counts as missing. A file of changes may be empty.
    private func isThere(_ name: String) -> Bool {
        guard Self.isBase(name) else { return access("\(path)/\(name)", F_OK) == 0 }
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.snapshotMagic.count)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        if bytes == Self.snapshotMagic { return true }
        return count > 0 && !name.hasSuffix(".rdb") && Self.commandBeginnings.contains(bytes[0])
    }

    /// The files that hold something and that Redis would not read, but write over.
    ///
    /// A base file whose manifest was not written yet, because Redis was killed, is none of them while an older one is named: that
    /// one and the changes since hold the same.
    private func unlisted(in manifest: String) -> [String] {
        let lines = manifest.split(whereSeparator: \.isNewline).map {
            $0.split(whereSeparator: \.isWhitespace)
        }
        let listed = Set(lines.compactMap { $0.value(of: "file") })
        let hasBase = lines.contains { $0.value(of: "type") == "b" }
        let newest = listed.compactMap(Self.incrementNumber).max() ?? 0
        return names.filter { name in
            guard !listed.contains(name), bytes(of: name) > 0 else { return false }
            if let number = Self.incrementNumber(name) { return number > newest }
            return !hasBase && name.contains(".base.") && bytes(of: name) > Self.emptyBaseBytesMax
        }.sorted()
    }

    /// nil for a base file.
    private static func incrementNumber(_ name: String) -> Int? {
        guard name.hasPrefix(filePrefix), name.hasSuffix(incrementSuffix) else { return nil }
        return Int(name.dropFirst(filePrefix.count).dropLast(incrementSuffix.count))
    }

    private func putUnlistedAside() throws(StartError) -> String {
        let names = unlisted(in: content(Self.manifestName) ?? "")
        let aside = try freePath()
        guard mkdir(aside, 0o700) == 0 else {
            throw StartError("cannot create \(aside): \(DataDirectory.errorText)")
        }
        for name in names { try move("\(path)/\(name)", to: "\(aside)/\(name)") }
        try synchronize(aside)
        try synchronize(path)
        return aside
    }

    private var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.filter { $0.hasPrefix(Self.filePrefix) }
    }

    private func bytes(of name: String) -> Int {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? Int(status.st_size) : 0
    }
}

extension [Substring] {
    /// Of a line of pairs: the word behind this one.
    fileprivate func value(of key: String) -> String? {
        guard let place = firstIndex(where: { $0.lowercased() == key }), place + 1 < count else { return nil }
        return String(self[place + 1])
    }
}
