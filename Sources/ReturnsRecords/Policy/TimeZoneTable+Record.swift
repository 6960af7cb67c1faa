import RCP
import ReturnsAPI
import ReturnsDomain

extension TimeZoneTable.Offset: RecordItem {
    package typealias Message = Returns_V1_UtcOffset
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.fromMs, from)
        writer.append(Fields.offsetSeconds, seconds)
    }

    package init(from reader: inout RCPMessageReader) {
        self.init(from: Instant(milliseconds: 0), seconds: 0)
        while let number = reader.next() {
            switch number {
            case Fields.fromMs: from = reader.read(Fields.fromMs)
            case Fields.offsetSeconds: seconds = reader.read(Fields.offsetSeconds)
            default: break
            }
        }
    }

    init(_ proto: Returns_V1_UtcOffset) {
        self.init(from: Instant(milliseconds: proto.fromMs), seconds: proto.offsetSeconds)
    }
}
