import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain

/// An order as it is stored and sent: the bytes of a `returns.v1.Order` with what everybody may read who may read the
/// order, and of one with what the server alone needs.
package struct OrderRecord: Sendable {
    package var everybody: ByteBuffer
    package var engine: ByteBuffer
    /// What it needs of who decides on it.
    package let level: WriterLevel
    /// As of a case.
    package let neededLevel: WriterLevel

    /// - Parameter level: At which it was written.
    package init(everybody: ByteBuffer, engine: ByteBuffer, level: WriterLevel = .highest) {
        self.everybody = everybody
        self.engine = engine
        self.level = level
        neededLevel = level
    }

    /// - Parameter level: The store's; what is not stored holds all that this build knows.
    package init(_ order: Order, level: WriterLevel = .highest) {
        self.level = level
        var writer = RCPMessageWriter(capacity: 512, level: level.number)
        order.writePublic(to: &writer)
        var engineWriter = RCPMessageWriter(capacity: 128, level: level.number)
        order.writeEngine(to: &engineWriter)
        neededLevel = WriterLevel(max(writer.neededLevel, engineWriter.neededLevel))
        everybody = writer.takeBuffer()
        engine = engineWriter.takeBuffer()
    }

    /// What can be decided on.
    ///
    /// - Throws: for a damaged order, and for one that holds what this build does not know.
    package func value() throws(RecordError) -> Order {
        try OrderReading.value(of: [everybody, engine])
    }

    /// What has to be known of it to be sent.
    package func outline() throws(RecordError) -> OrderOutline {
        try OrderOutlineReading.value(of: [everybody, engine], isReadOnly: true)
    }
}
