import NIOCore
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// A case as it was read: whole, since each group's checksum fits, and not decoded.
public struct StoredCase: Sendable {
    public let id: CaseID
    public let version: UInt64
    let facts: CaseFacts
    /// The groups that were not asked for are empty.
    package let record: CaseRecord

    public var saleChannel: String { facts.saleChannel }

    /// Whether the case has fields of a group, read or not.
    package func has(_ group: CaseRecord.Group) -> Bool { facts.parts[group.rawValue].bytes > 0 }

    /// What can be decided on.
    ///
    /// - Precondition: all groups were read.
    /// - Parameters:
    ///   - highest: The level that the server knows.
    ///   - isReadOnly: Nothing is decided on it, so that what this build does not know is passed over where it can be.
    /// - Throws: `corrupt` for what does not add up, marked as newer where this build does not know all of it.
    package func value(
        knowing highest: WriterLevel = .highest, isReadOnly: Bool = false
    ) throws(StoreError) -> Case {
        do throws(RecordError) {
            if !isReadOnly, let newer = newerParts(highest) { throw .newer(newer) }
            let value = try readValue(isReadOnly: isReadOnly, highest)
            guard value.id == id, value.version == version, value.order.saleChannel == facts.saleChannel
            else {
                throw RecordError(what: "the record is another case's")
            }
            return value
        } catch {
            var error = StoreError(error, "case \(id)").of(id)
            // It was read, and is sent as it is.
            error.canBeRead = error.isNewer
            throw error
        }
    }

    /// What the record is beyond what this build knows; nil where it says nothing of that kind.
    private func newerParts(_ highest: WriterLevel) -> String? {
        if record.level > highest { return "level \(record.level)" }
        return facts.hasMore ? "its facts are longer than this build knows them" : nil
    }

    /// What of a newer build's record does not add up is no damage.
    private func readValue(isReadOnly: Bool, _ highest: WriterLevel) throws(RecordError) -> Case {
        do throws(RecordError) { return try record.value(isReadOnly: isReadOnly) } catch {
            guard newerParts(highest) != nil else { throw error }
            throw .newer(error.what)
        }
    }

    /// The groups that were read, as one message; a state or field that this build does not know is passed over.
    package func fields() throws(StoreError) -> Returns_V1_Case {
        do throws(RecordError) { return try record.message() } catch {
            throw StoreError(error, "case \(id)").of(id)
        }
    }
}

extension CaseRecord.Group {
    /// The field of the case's hash that holds the group.
    var field: String {
        switch self {
        case .everybody: "b"
        case .desk: "d"
        case .logistics: "l"
        case .personal: "p"
        case .engine: "e"
        }
    }
}
