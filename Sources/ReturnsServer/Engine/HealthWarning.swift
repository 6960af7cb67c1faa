/// What needs a person soon, although the server serves.
struct HealthWarning: Hashable, Sendable {
    enum Kind: Sendable, Hashable {
        /// As Redis tells of itself.
        case redis
        case persistence
        case reconciliation
        case disk
        /// The store is at a writer level that this server does not know.
        case level
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// Whether the log tells both once: while a disk fills, the figures change with every look.
    func isLike(_ other: HealthWarning) -> Bool {
        kind == other.kind && (kind == .disk || text == other.text)
    }
}

extension DiskSpace {
    var warning: HealthWarning? {
        guard let free = freeBytes, free < Self.freeBytesWarned else { return nil }
        let isTooLittle = free < Self.freeBytesMin
        let need =
            holdsRedis
            ? "free some\(isTooLittle ? ":" : " before") the store takes no changes (below \(Self.freeBytesMin >> 20) MiB)"
            : "free some: this server notes there what the store holds, and without that a loss goes unnoticed"
        return HealthWarning(.disk, "the disk of \(folder) has \(free >> 20) MiB left; \(need)")
    }
}
