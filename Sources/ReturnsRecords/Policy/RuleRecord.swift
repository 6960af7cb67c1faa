import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import SwiftProtobuf

/// A version of what cases are decided by, as it is stored: its message, by itself.
package protocol RuleRecord {
    associatedtype RuleMessage: SwiftProtobuf.Message

    var message: RuleMessage { get }
}

extension RuleRecord {
    package var record: ByteBuffer { CheckedRecord.encode(message) }

    /// The lowest level that a store has to be written at for it. Below, an older build could not decide by this version.
    package var neededLevel: WriterLevel { neededLevel(ReturnsSchema.levels) }

    func neededLevel(_ levels: RCPSchemaLevels) -> WriterLevel { WriterLevel(levels.needed(by: message)) }
}

extension ReturnPolicy: RuleRecord {}
extension SLAPolicy: RuleRecord {}
extension WorkingCalendar: RuleRecord {}
