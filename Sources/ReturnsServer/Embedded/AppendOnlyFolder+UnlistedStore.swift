/// A whole store that only needs lines of the manifest.
///
/// Redis rewrites its files in this order: it begins a file of changes, writes the base file of what was before that, lists both,
/// and then deletes the files from before. So the base file that is the oldest of those that nobody lists belongs to the oldest
/// changes that are left behind those that were deleted; a later one comes from a rewrite that was cut short, and holds no more.
extension AppendOnlyFolder {
    /// - Parameter manifest: nil where there is none.
    /// - Returns: the base file and all changes since, in the order of the manifest; empty where no such files are there.
    func unlistedStore(behind gap: Gap, _ manifest: AppendOnlyManifest?) -> [AppendOnlyManifest.File] {
        let listed = manifest?.files ?? []
        let listedBase = listed.first { $0.kind == .base }
        let listedIncrements = listed.filter { $0.kind == .increment }
        let newest = listed.compactMap { Self.incrementNumber($0.name) }.max() ?? 0
        let unlisted = increments { $0 > newest }
        if case .unlisted(let name) = gap, !Self.isBase(name), let listedBase,
            listedIncrements.isEmpty || unlisted.first?.number == newest + 1
        {
            // Those that are listed are all there, and go on in these.
            return [listedBase] + listedIncrements + unlisted
        }
        guard let base = oldestBase(newerThan: listedBase?.number ?? 0, besides: listed) else { return [] }
        switch gap {
        case .manifest: return [base] + increments { _ in true }
        case .baseLine:
            // Those before may be left from before the base.
            let first = listedIncrements.map(\.number).min() ?? 0
            return [base] + increments { $0 >= first }
        case .base:
            // Where the oldest changes that are listed are gone, too, a rewrite has deleted them.
            guard let first = listedIncrements.first else { return [base] + unlisted }
            if !isThere(first.name) { return [base] + increments { $0 > first.number } }
            return unlisted.isEmpty ? [] : [base] + unlisted
        case .unlisted: return [base] + unlisted
        case .increment, .incrementLine: return unlisted.isEmpty ? [] : [base] + unlisted
        case .unlistedStore(let files, _): return files
        }
    }

    private func oldestBase(
        newerThan number: Int, besides listed: [AppendOnlyManifest.File]
    ) -> AppendOnlyManifest.File? {
        names.compactMap { name -> AppendOnlyManifest.File? in
            guard let own = Self.baseNumber(name), own > number, isThere(name),
                !listed.contains(where: { $0.name == name })
            else { return nil }
            return AppendOnlyManifest.File(name: name, number: own, kind: .base)
        }.min { $0.number < $1.number }
    }

    private func increments(where isMeant: (Int) -> Bool) -> [AppendOnlyManifest.File] {
        names.compactMap { name in
            Self.incrementNumber(name).map {
                AppendOnlyManifest.File(name: name, number: $0, kind: .increment)
            }
        }.filter { isMeant($0.number) }.sorted { $0.number < $1.number }
    }
}
