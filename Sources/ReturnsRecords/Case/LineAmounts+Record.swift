import RCP
import ReturnsAPI
import ReturnsDomain

// What was deducted from a line's money, and conceded for its units.

extension Deduction: RecordItem {
    package typealias Message = Returns_V1_Deduction
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.amountMinor, amountMinor)
        writer.append(Fields.code, code)
        writer.append(Fields.by, by)
        writer.append(Fields.atMs, at)
        writer.append(Fields.takenBackAtMs, takenBackAt)
        writer.append(Fields.takenBackBy, takenBackBy)
        writer.append(Fields.untold, isUntold)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var amount: Int64 = 0
        var code: DeductionCode?
        var (by, takenBackBy): (ActorRecord?, ActorRecord?) = (nil, nil)
        var at = Instant(milliseconds: 0)
        var takenBackAt: Instant?
        var isUntold = false
        while let number = reader.next() {
            switch number {
            case Fields.amountMinor: amount = reader.read(Fields.amountMinor)
            case Fields.code: code = try reader.read(Fields.code)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.takenBackAtMs: takenBackAt = reader.read(Fields.takenBackAtMs)
            case Fields.takenBackBy: takenBackBy = try reader.read(Fields.takenBackBy)
            case Fields.untold: isUntold = reader.read(Fields.untold)
            default: break
            }
        }
        self.init(
            amountMinor: amount, code: try code.present(), by: try by.present(), at: at,
            takenBackAt: takenBackAt, takenBackBy: takenBackBy, isUntold: isUntold)
    }
}

extension Concession: RecordItem {
    package typealias Message = Returns_V1_Concession
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.amountMinor, amountMinor)
        writer.append(Fields.units, units)
        writer.append(Fields.worthMinor, worthMinor)
        writer.append(Fields.by, by)
        writer.append(Fields.atMs, at)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var (amount, units, worth): (Int64, Int64, Int64) = (0, 0, 0)
        var by: ActorRecord?
        var at = Instant(milliseconds: 0)
        while let number = reader.next() {
            switch number {
            case Fields.amountMinor: amount = reader.read(Fields.amountMinor)
            case Fields.units: units = reader.read(Fields.units)
            case Fields.worthMinor: worth = reader.read(Fields.worthMinor)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.atMs: at = reader.read(Fields.atMs)
            default: break
            }
        }
        self.init(
            amountMinor: amount, units: units, worthMinor: worth, by: try by.present(), at: at)
    }
}
