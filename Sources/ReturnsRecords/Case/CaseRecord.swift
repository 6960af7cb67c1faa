import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

/// A case as it is stored and sent: for each group of its fields the bytes of a `returns.v1.Case` with that group's
/// fields alone. Put one behind the other, they are one valid message.
package struct CaseRecord: Sendable {
    /// The groups of a case, in the order in which they are stored.
    package enum Group: Int, CaseIterable, Sendable {
        case everybody
        case desk
        case logistics
        case personal
        case engine

        package var number: Returns_V1_FieldGroup {
            switch self {
            case .everybody: .public
            case .desk: .desk
            case .logistics: .logistics
            case .personal: .personal
            case .engine: .engine
            }
        }
    }

    private var parts: [ByteBuffer]
    /// What it needs of who decides on it.
    package let level: WriterLevel
    /// The lowest level at which nothing of the case is left out: above `level`, it must not be stored.
    package let neededLevel: WriterLevel

    /// - Parameters:
    ///   - parts: One for each group, in their order.
    ///   - level: At which they were written.
    package init(parts: [ByteBuffer], level: WriterLevel = .highest) {
        precondition(parts.count == Group.allCases.count, "a case has \(Group.allCases.count) groups")
        self.parts = parts
        self.level = level
        neededLevel = level
    }

    package subscript(_ group: Group) -> ByteBuffer { parts[group.rawValue] }

    /// All groups together.
    package var bytes: Int { parts.reduce(0) { $0 + $1.readableBytes } }

    // MARK: Writing

    /// - Parameter level: The store's; what is not stored holds all that this build knows.
    package init(_ value: Case, level: WriterLevel = .highest) {
        self.level = level
        var needed = WriterLevel.first
        parts = Group.allCases.map { group in
            var writer = RCPMessageWriter(
                capacity: group == .everybody ? 1_024 : 128, level: level.number)
            switch group {
            case .everybody: value.writePublic(to: &writer)
            case .desk: value.writeDesk(to: &writer)
            case .logistics: value.writeLogistics(to: &writer)
            case .personal: value.writePersonal(to: &writer)
            case .engine: value.writeEngine(to: &writer)
            }
            needed = max(needed, WriterLevel(writer.neededLevel))
            return writer.takeBuffer()
        }
        neededLevel = needed
    }

    // MARK: Reading

    /// All groups in one message.
    package func message() throws(RecordError) -> Returns_V1_Case {
        try CheckedRecord.merged(parts)
    }

    /// What can be decided on.
    ///
    /// - Parameter isReadOnly: Nothing is decided on it, so that fields which this build does not know are passed over.
    /// - Throws: for a damaged case, and for one that holds what this build does not know.
    package func value(isReadOnly: Bool = false) throws(RecordError) -> Case {
        try CaseReading.value(of: parts, isReadOnly: isReadOnly)
    }
}
