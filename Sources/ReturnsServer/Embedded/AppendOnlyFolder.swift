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
    indirect enum Gap: Equatable, Sendable {
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
        /// Nothing but lines of the manifest: these files are all there, and hold a later state than those that it lists, as far as
        /// these are there. The second is what would be missing without them.
        case unlistedStore([AppendOnlyManifest.File], Gap)

        var name: String {
            switch self {
            case .manifest: manifestName
            case .base(let name), .increment(let name, _), .unlisted(let name): name
            case .baseLine: "the line of a base file in \(manifestName)"
            case .incrementLine(let name, _): "the line of \(name) in \(manifestName)"
            case .unlistedStore(_, let gap): gap.name
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
            case .unlistedStore: "nothing is accepted"
            }
        }
    }

    /// - Returns: nil when nothing is missing, or when there is no store yet.
    func gap() -> Gap? {
        guard let text = content(Self.manifestName) else {
            return holdsSomething ? told(.manifest, nil) : nil
        }
        // Redis ends, whatever lies beside it.
        guard text.lowercased().contains("file") else { return told(.manifest, nil) }
        let manifest = AppendOnlyManifest(text)
        let gap = manifest.gap { isThere($0) } ?? unlisted(in: text).first.map { .unlisted($0) }
        return gap.map { told($0, manifest) }
    }

    private func told(_ gap: Gap, _ manifest: AppendOnlyManifest?) -> Gap {
        let files = unlistedStore(behind: gap, manifest)
        return files.isEmpty ? gap : .unlistedStore(files, gap)
    }

    /// What is wrong, as one clause.
    func finding(_ gap: Gap) -> String {
        switch gap {
        case .unlisted(let name):
            return "\(path)/\(Self.manifestName) is older than its files: it does not name \(name)"
        case .unlistedStore(let files, .manifest):
            return "\(path) lacks \(Self.manifestName), and these files are there: \(Self.list(files))"
        case .unlistedStore(let files, let gap):
            let gone =
                switch gap {
                case .base(let name), .increment(let name, _): ", and names \(name), which is gone"
                default: ""
                }
            return
                "\(path)/\(Self.manifestName) is older than its files: it does not name all of \(Self.list(files))\(gone)"
        case .manifest, .base, .increment, .baseLine, .incrementLine: return "\(path) lacks \(gap.name)"
        }
    }

    /// The first file of changes that others follow and whose end is missing. Redis would cut it before it ends, and the next start
    /// would load the others behind what is missing. The last one it may cut: nobody was told of what is missing there.
    func tornIncrement() -> String? {
        let files = content(Self.manifestName).map { AppendOnlyManifest($0).files } ?? []
        return files.filter { $0.kind == .increment }.dropLast().map(\.name).first {
            AppendOnlyScan.end(path: "\(path)/\($0)") == .torn
        }
    }

    func refusal(ofTorn name: String) -> String {
        "\(path)/\(name) ends within a change, and files of later changes follow it; Redis was not started, so that what is there stays as it is: cut it, and move the later ones out (RUNBOOK.md, \"Redis ends at its start\"), then start with --accept-loss"
    }

    private static func list(_ files: [AppendOnlyManifest.File]) -> String {
        files.map(\.name).joined(separator: ", ")
    }

    func refusal(_ gap: Gap) -> String {
        let place = "RUNBOOK.md, \"A file of Redis is missing\""
        let start = "\(finding(gap)), and Redis was not started, so that what is there stays as it is: "
        switch gap {
        case .unlistedStore(let files, _):
            let lines = files.map { "\"\($0.line)\"" }.joined(separator: ", ")
            return
                "\(start)put the newest manifest back, or write it by hand with the lines \(lines) (\(place)); --accept-loss is not taken while these files lie there, and would leave out what they hold: to go on without them, move them to another folder first"
        case .unlisted:
            return
                "\(start)put the newest manifest back, or add the line (\(place)), or start once with --accept-loss: \(gap.outcome) then"
        case .manifest, .base, .increment, .baseLine, .incrementLine:
            return
                "\(start)put it back (\(place)), or start once with --accept-loss: \(gap.outcome) then"
        }
    }

    /// Lets Redis start with what lies before the gap. What is there is kept: what lies behind the gap is put aside.
    ///
    /// - Throws: also where it would put a whole store aside.
    /// - Returns: what was done, for the log.
    func accept(_ gap: Gap) throws(StartError) -> String {
        let aside =
            switch gap {
            case .unlisted(let name) where !Self.isBase(name): try putUnlistedAside()
            case .increment(let name, let last), .incrementLine(let name, let last):
                try leaveOut(from: name, after: last)
            case .manifest, .base, .baseLine, .unlisted: try putAside()
            case .unlistedStore: throw StartError(refusal(gap))
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
    private static let baseSuffixes = [".base.rdb", ".base.aof"]
    /// What an RDB file begins with. A base file of the older format is a list of commands, as increments are.
    private static let snapshotMagic = Array("REDIS".utf8)
    private static let commandBeginnings = Array("*#".utf8)

    static func isBase(_ name: String) -> Bool { !name.hasSuffix(incrementSuffix) }

    /// Redis loads an empty base file as an empty store, and the changes over it. So a base file that does not begin as one
    /// counts as missing. A file of changes may be empty.
    func isThere(_ name: String) -> Bool {
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
    /// one and the changes since hold the same. The next rewrite uses its number again, so a higher number is of later.
    private func unlisted(in manifest: String) -> [String] {
        let files = AppendOnlyManifest(manifest).files
        let listed = Set(files.map(\.name))
        let base = files.first { $0.kind == .base }
        let newest = listed.compactMap(Self.incrementNumber).max() ?? 0
        return names.filter { name in
            guard !listed.contains(name), bytes(of: name) > 0 else { return false }
            if let number = Self.incrementNumber(name) { return number > newest }
            guard let number = Self.baseNumber(name) else { return false }
            guard let base else { return bytes(of: name) > Self.emptyBaseBytesMax }
            return number > base.number + 1
        }.sorted()
    }

    /// nil for a base file.
    static func incrementNumber(_ name: String) -> Int? {
        guard name.hasPrefix(filePrefix), name.hasSuffix(incrementSuffix) else { return nil }
        return Int(name.dropFirst(filePrefix.count).dropLast(incrementSuffix.count))
    }

    /// nil for a file of changes.
    static func baseNumber(_ name: String) -> Int? {
        guard name.hasPrefix(filePrefix), let suffix = baseSuffixes.first(where: name.hasSuffix) else {
            return nil
        }
        return Int(name.dropFirst(filePrefix.count).dropLast(suffix.count))
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

    var names: [String] {
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
