import NIOCore
import ReturnsDomain
import ReturnsRecords

/// What lists filter cases by, kept in a short field of the case's hash (`f`): a list that passes over a case reads these
/// few bytes of it and not its record. Customer and waybill are left to the record: a list that asks for one of them
/// reads that listing, and no customer's id is kept once more.
///
/// Facts only grow at their end, so that an older build reads what it knows of a newer one's, and decides nothing on the case.
struct CaseFacts: Hashable, Sendable {
    /// What a group of the record's fields is like, so that a damaged one is named without being decoded.
    struct Part: Hashable, Sendable {
        var bytes: Int
        var checksum: UInt32
    }

    /// What a build has to know before it decides on the case.
    var level: WriterLevel
    /// Whose facts they are: checksums tell that bytes are whole, not that they belong to the key that they are read from.
    let id: CaseID
    let version: UInt64
    /// Nil for one that this build does not know.
    var state: CaseState?
    var saleChannel: String
    var updatedAt: Instant
    /// When the first of the running clocks falls due that are not paused, or late all the same.
    var firstDueAt: Instant?
    /// Of an open case; none of one that is over.
    var people: [String]
    var teams: [String]
    /// Of each group of the record, in their order.
    var parts: [Part]
    /// Whether a newer build has put more behind what this one knows: a fact, or a group of fields.
    var hasMore = false

    /// How large the record is, so that a page knows before it reads it.
    var recordBytes: Int { parts.reduce(0) { $0 + $1.bytes } }
    /// A state that this build does not know is taken for one of an open case.
    var isOpen: Bool { !(state?.isTerminal ?? false) }

    static let recordVersion: UInt8 = 3

    init(_ value: Case, _ record: CaseRecord) {
        self.init(value, level: record.level)
        parts = CaseRecord.Group.allCases.map { Part(record[$0]) }
    }

    /// What a filter looks at.
    init(_ value: Case, level: WriterLevel = .highest) {
        self.level = level
        id = value.id
        version = value.version
        parts = []
        state = value.state
        saleChannel = value.order.saleChannel
        updatedAt = value.updatedAt
        firstDueAt = value.firstDueAt(level)
        let assignments = value.state.isTerminal ? [] : value.assignments
        people = assignments.map(\.person).filter { !$0.isEmpty }
        teams = assignments.map(\.team).filter { !$0.isEmpty }
    }

    func encode() -> [UInt8] {
        var writer = RecordWriter(capacity: 64)
        writer.write(Self.recordVersion)
        writer.write(level.number)
        writer.write(id)
        writer.write(version)
        writer.write(state)
        writer.write(saleChannel)
        writer.write(updatedAt)
        writer.write(firstDueAt)
        writer.write(people)
        writer.write(teams)
        writer.writeList(parts) { writer, part in
            writer.write(Int64(part.bytes))
            writer.write(UInt64(part.checksum))
        }
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        // A list believes the facts without reading the record, so they prove that they are whole.
        var reader = try RecordReader(sealed: bytes)
        let form = try reader.byte()
        // The level stands in them, so what cannot be read of a newer build must not be taken for damage.
        guard form == Self.recordVersion else {
            throw RecordError(what: "facts of version \(form)", isNewer: form > Self.recordVersion)
        }
        level = WriterLevel(try reader.byte())
        id = try reader.checkedCaseID()
        version = try reader.unsigned()
        state = CaseState(rawValue: try reader.byte())
        saleChannel = try reader.text()
        updatedAt = try reader.instant()
        firstDueAt = try reader.optionalInstant()
        people = try reader.texts()
        teams = try reader.texts()
        parts = try reader.list { reader throws(RecordError) in
            Part(
                bytes: max(0, try reader.integer()),
                checksum: UInt32(truncatingIfNeeded: try reader.unsigned()))
        }
        guard parts.count >= CaseRecord.Group.allCases.count else {
            throw RecordError(what: "facts without those of a group")
        }
        hasMore = !reader.isAtEnd || parts.count > CaseRecord.Group.allCases.count
    }
}

extension CaseFacts {
    /// - Parameter version: As the case's hash has it.
    /// - Throws: for facts that were put under another case's key, or beside another version.
    init(record bytes: UnsafeRawBufferPointer, of id: CaseID, version: Int64?) throws(RecordError) {
        try self.init(record: bytes)
        guard self.id == id, version == Int64(clamping: self.version) else {
            throw RecordError(what: "facts of another case or version")
        }
    }
}

extension CaseFacts.Part {
    init(_ bytes: ByteBuffer) {
        self.init(bytes: bytes.readableBytes, checksum: bytes.withUnsafeReadableBytes { CRC32C.of($0) })
    }
}
