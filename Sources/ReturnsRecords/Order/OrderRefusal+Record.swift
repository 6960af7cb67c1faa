import RCP
import ReturnsAPI
import ReturnsDomain

extension OrderRefusal: RecordItem {
    package typealias Message = Returns_V1_OrderRefusal
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.caseID, caseID.description)
        writer.append(Fields.atMs, at)
        writer.append(Fields.by, by)
        writer.append(Fields.appealUntilMs, appealUntil)
        writer.append(Fields.lines, lines.map(RefusedUnits.init))
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var caseID = ""
        var at = Instant(milliseconds: 0)
        var by: ActorRecord?
        var appealUntil: Instant?
        var lines: [RefusedUnits] = []
        while let number = reader.next() {
            switch number {
            case Fields.caseID: caseID = reader.read(Fields.caseID)
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.appealUntilMs: appealUntil = reader.read(Fields.appealUntilMs)
            case Fields.lines: try reader.read(Fields.lines, into: &lines)
            default: break
            }
        }
        self.init(
            caseID: try CaseID(stored: caseID), at: at, by: try by.present(), appealUntil: appealUntil,
            lines: lines.map(\.value))
    }
}

/// Units of a line that a case refused.
private struct RefusedUnits: RecordItem {
    typealias Message = Returns_V1_RefusedUnits
    private typealias Fields = Message.Fields
    var value: LineUnits

    init(_ value: LineUnits) { self.value = value }

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.lineID, value.lineID)
        writer.append(Fields.units, value.units)
    }

    init(from reader: inout RCPMessageReader) {
        value = LineUnits(lineID: "", units: 0)
        while let number = reader.next() {
            switch number {
            case Fields.lineID: value.lineID = reader.read(Fields.lineID)
            case Fields.units: value.units = reader.read(Fields.units)
            default: break
            }
        }
    }
}
