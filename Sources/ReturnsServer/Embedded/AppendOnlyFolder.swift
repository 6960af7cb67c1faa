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
        /// Named by no line of the manifest, and newer than all that are: the manifest is an older one, or cut.
        case unlisted(String)

        var name: String {
            switch self {
            case .manifest: manifestName
            case .base(let name), .increment(let name), .unlisted(let name): name
            }
        }
    }

    /// - Returns: nil when nothing is missing, or when there is no store yet.
    func gap() -> Gap? {
        guard let manifest = content(Self.manifestName) else { return holdsSomething ? .manifest : nil }
        // Redis ends, whatever lies beside it.
        guard manifest.lowercased().contains("file") else { return .manifest }
        for line in manifest.split(separator: "\n") {
            // "file NAME seq NUMBER type LETTER"; what is history may be gone.
            let words = line.split(separator: " ")
            guard words.count == 6, words[0] == "file", words[4] == "type" else { continue }
            let name = String(words[1])
            guard !isThere(name) else { continue }
            if words[5] == "b" { return .base(name) }
            if words[5] == "i" { return .increment(name) }
        }
        return unlisted(in: manifest).first.map { .unlisted($0) }
    }

    func refusal(_ gap: Gap) -> String {
        if case .unlisted(let name) = gap { return unlistedRefusal(name) }
        return
            "\(path) lacks \(gap.name), and Redis was not started, so that what is there stays as it is: put the file back (RUNBOOK.md, \"A file of Redis is missing\"), or start once with --accept-loss to go on without what it held"
    }

    /// Lets Redis start without what is missing. What is there is kept: changes without the base that they belong to, or without a
    /// manifest, are put aside whole.
    ///
    /// - Returns: what was done, for the log.
    func accept(_ gap: Gap) throws(StartError) -> String {
        switch gap {
        case .unlisted(let name) where !Self.isBase(name): return try putUnlistedAside()
        case .increment(let name):
            let descriptor = open(
                "\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw StartError("cannot create \(path)/\(name): \(DataDirectory.errorText)")
            }
            close(descriptor)
            return "\(path) lacks \(name); the server goes on without the changes that it held"
        case .manifest, .base, .unlisted:
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

    private func unlistedRefusal(_ name: String) -> String {
        "\(path)/\(Self.manifestName) does not name \(name), which lies beside it, and Redis was not started, so that what is there stays as it is: put the newest manifest back, or add the line (RUNBOOK.md, \"A file of Redis is missing\"), or start once with --accept-loss to go on without what that file holds"
    }

    /// - Returns: what was done, for the log.
    private func putUnlistedAside() throws(StartError) -> String {
        let names = unlisted(in: content(Self.manifestName) ?? "")
        for number in 1...Self.lostFoldersMax {
            let aside = "\(path).lost-\(number)"
            guard mkdir(aside, 0o700) == 0 else {
                if errno == EEXIST { continue }
                throw StartError("cannot create \(aside): \(DataDirectory.errorText)")
            }
            for name in names where rename("\(path)/\(name)", "\(aside)/\(name)") != 0 {
                throw StartError("cannot move \(path)/\(name) to \(aside): \(DataDirectory.errorText)")
            }
            return
                "\(path)/\(Self.manifestName) does not name \(names.joined(separator: ", ")), now in \(aside); the server goes on without the changes there"
        }
        throw StartError(
            "there are \(Self.lostFoldersMax) folders \(path).lost-… already; move them away and start again")
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
