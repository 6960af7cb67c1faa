import ReturnsDomain

/// What lists filter cases by, kept in a short field of the case's hash (`f`): a list that passes over a case reads these
/// few bytes of it and not its record. Customer and waybill are left to the record: a list that asks for one of them
/// reads that listing, and no customer's id is kept once more.
struct CaseFacts: Hashable, Sendable {
    var state: CaseState
    var saleChannel: String
    var updatedAt: Instant
    /// When the first of the running clocks that are not paused falls due.
    var firstDueAt: Instant?
    /// Of an open case; none of one that is over.
    var people: [String]
    var teams: [String]
    /// How large the record is, so that a page knows before it reads it.
    var recordBytes: Int

    static let recordVersion: UInt8 = 1

    init(_ value: Case, recordBytes: Int) {
        state = value.state
        saleChannel = value.order.saleChannel
        updatedAt = value.updatedAt
        firstDueAt = value.dueTimes.values.min()
        let assignments = value.state.isTerminal ? [] : value.assignments
        people = assignments.map(\.person).filter { !$0.isEmpty }
        teams = assignments.map(\.team).filter { !$0.isEmpty }
        self.recordBytes = recordBytes
    }

    func encode() -> [UInt8] {
        var writer = RecordWriter(capacity: 64)
        writer.write(Self.recordVersion)
        writer.write(state)
        writer.write(saleChannel)
        writer.write(updatedAt)
        writer.write(firstDueAt)
        writer.write(people)
        writer.write(teams)
        writer.write(Int64(recordBytes))
        return writer.bytes + Self.checksum(writer.bytes)
    }

    /// A list believes the facts without reading the record, so they prove that they are whole.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var checksum = CRC32C()
        checksum.update(bytes)
        return (0..<4).map { UInt8(truncatingIfNeeded: checksum.value >> (24 - 8 * $0)) }
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        guard bytes.count > 4, Self.checksum(bytes.dropLast(4)).elementsEqual(bytes.suffix(4)) else {
            throw RecordError(what: "facts are damaged")
        }
        var reader = RecordReader(UnsafeRawBufferPointer(rebasing: bytes.dropLast(4)))
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "facts of another version")
        }
        state = try reader.code()
        saleChannel = try reader.text()
        updatedAt = try reader.instant()
        firstDueAt = try reader.optionalInstant()
        people = try reader.texts()
        teams = try reader.texts()
        recordBytes = max(0, try reader.integer())
        guard reader.isAtEnd else { throw RecordError(what: "facts too long") }
    }
}
