import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore
import SwiftProtobuf

/// Which groups of a record's fields a principal reads (R23). What is withheld is said in the reply.
struct RecordView: Sendable, Hashable {
    /// Roles that talk to the customer or carry the case in.
    private static let customerRoles: Set<String> = ["channel", "service", "supervisor"]

    /// Bit n is the group with number n.
    private let groups: UInt8

    init(_ principal: RCPPrincipal) {
        let seesCustomer = !principal.roles.isDisjoint(with: Self.customerRoles)
        let seesDesk = principal.belongsToDesk
        var groups = Self.bit(.public)
        if seesDesk { groups |= Self.bit(.desk) }
        if seesCustomer { groups |= Self.bit(.personal) }
        if seesCustomer || principal.roles.contains("logistics") { groups |= Self.bit(.logistics) }
        if seesCustomer && seesDesk { groups |= Self.bit(.deskPersonal) }
        self.groups = groups
    }

    private static func bit(_ group: Returns_V1_FieldGroup) -> UInt8 { 1 << UInt8(group.rawValue) }

    func reads(_ group: Returns_V1_FieldGroup) -> Bool { groups & Self.bit(group) != 0 }

    /// What lists and boards tell of who does what.
    var seesPeople: Bool { reads(.desk) }

    // MARK: Cases

    /// The groups of a case that are read for it and sent.
    var caseGroups: [CaseRecord.Group] { CaseRecord.Group.allCases.filter { reads($0.number) } }

    /// The bytes of a `returns.v1.Case`: what the principal reads, and what is withheld.
    ///
    /// - Parameter has: Whether the case has fields of a group.
    func parts(of record: CaseRecord, has: (CaseRecord.Group) -> Bool) -> [ByteBuffer] {
        var parts: [ByteBuffer] = []
        parts.reserveCapacity(CaseRecord.Group.allCases.count + 1)
        for group in CaseRecord.Group.allCases {
            if reads(group.number) {
                parts.append(record[group])
            } else if group != .engine, has(group) {
                parts.append(Self.withheldFromCase[group.rawValue])
            }
        }
        return parts
    }

    func parts(of stored: StoredCase) -> [ByteBuffer] { parts(of: stored.record, has: stored.has) }

    func parts(of record: CaseRecord) -> [ByteBuffer] {
        parts(of: record) { record[$0].readableBytes > 0 }
    }

    private static let withheldFromCase: [ByteBuffer] = CaseRecord.Group.allCases.map { group in
        encoded(Returns_V1_Case.with { $0.withheld = [hidden(group.number)] })
    }

    // MARK: Entries of timelines

    /// Of a `returns.v1.TimelineEntry` with all its groups: what the principal reads, and what is withheld.
    func entry(_ message: ByteBuffer) -> ByteBuffer {
        select(message, Self.entryFields, Self.withheldFromEntry)
    }

    /// The same of a `returns.v1.OrderTimelineEntry`.
    func orderEntry(_ message: ByteBuffer) -> ByteBuffer {
        select(message, Self.orderEntryFields, Self.withheldFromOrderEntry)
    }

    /// A field that this build does not know is withheld, since nobody here knows who may read it.
    private func select(_ message: ByteBuffer, _ groupOfField: [UInt8], _ withheld: [ByteBuffer])
        -> ByteBuffer
    {
        var hidden: UInt8 = 0
        let selected = RCPMessageFields.select(message) { number in
            guard groupOfField.indices.contains(number) else { return false }
            let group = groupOfField[number]
            if groups & 1 << group != 0 { return true }
            hidden |= 1 << group
            return false
        }
        guard var selected else { preconditionFailure("a record whose checksum fits is a message") }
        for group in withheld.indices where hidden & 1 << UInt8(group) != 0 {
            selected.writeImmutableBuffer(withheld[group])
        }
        return selected
    }

    private static let entryFields = groupOfField(Returns_V1_TimelineEntry.protoMessageName)
    private static let orderEntryFields = groupOfField(Returns_V1_OrderTimelineEntry.protoMessageName)
    private static let withheldFromEntry = Returns_V1_FieldGroup.allCases.map { group in
        encoded(Returns_V1_TimelineEntry.with { $0.withheld = [hidden(group)] })
    }
    private static let withheldFromOrderEntry = Returns_V1_FieldGroup.allCases.map { group in
        encoded(Returns_V1_OrderTimelineEntry.with { $0.withheld = [hidden(group)] })
    }

    /// By a field's number, the number of its group; 0 where there is no such field.
    private static func groupOfField(_ message: String) -> [UInt8] {
        guard let groups = ReturnsFieldGroups.byMessage[message] else {
            preconditionFailure("\(message) declares no groups")
        }
        var table = [UInt8](repeating: 0, count: 1 + (groups.flatMap(\.fields).max() ?? 0))
        for group in groups { for field in group.fields { table[field] = UInt8(group.group) } }
        return table
    }

    private static func hidden(_ group: Returns_V1_FieldGroup) -> Returns_V1_Withheld {
        .with {
            $0.group = group
            $0.reason = .hidden
        }
    }

    private static func encoded(_ message: some SwiftProtobuf.Message) -> ByteBuffer {
        do { return try RCPMessageCodec.encode(message) } catch { preconditionFailure("\(error)") }
    }
}
