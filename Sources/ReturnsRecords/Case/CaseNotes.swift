import RCP
import ReturnsAPI

// What is not for everybody stands apart from the item that it belongs to, and names that item by its place, from 1 on.

/// Why an approval went against a failed check.
struct OverrideReason: RecordItem {
    typealias Message = Returns_V1_OverrideReason
    private typealias Fields = Message.Fields
    var decision: UInt32 = 0
    var reason = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.decision, decision)
        writer.append(Fields.reason, reason)
    }
}

extension OverrideReason {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.decision: decision = reader.read(Fields.decision)
            case Fields.reason: reason = reader.read(Fields.reason)
            default: break
            }
        }
    }
}

/// What the customer says of the goods of one line.
struct LineNote: RecordItem {
    typealias Message = Returns_V1_LineNote
    private typealias Fields = Message.Fields
    var line: UInt32 = 0
    var note = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.line, line)
        writer.append(Fields.note, note)
    }
}

extension LineNote {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.line: line = reader.read(Fields.line)
            case Fields.note: note = reader.read(Fields.note)
            default: break
            }
        }
    }
}

/// The note of an inspection.
struct InspectionNote: RecordItem {
    typealias Message = Returns_V1_InspectionNote
    private typealias Fields = Message.Fields
    var inspection: UInt32 = 0
    var note = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.inspection, inspection)
        writer.append(Fields.note, note)
    }
}

extension InspectionNote {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.inspection: inspection = reader.read(Fields.inspection)
            case Fields.note: note = reader.read(Fields.note)
            default: break
            }
        }
    }
}

/// Why a refund went by another method, and what the gateway said when it failed last.
struct RefundReasons: RecordItem {
    typealias Message = Returns_V1_RefundReasons
    private typealias Fields = Message.Fields
    var refundID = ""
    var otherMethod = ""
    var failure = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.refundID, refundID)
        writer.append(Fields.otherMethod, otherMethod)
        writer.append(Fields.failure, failure)
    }
}

extension RefundReasons {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.refundID: refundID = reader.read(Fields.refundID)
            case Fields.otherMethod: otherMethod = reader.read(Fields.otherMethod)
            case Fields.failure: failure = reader.read(Fields.failure)
            default: break
            }
        }
    }
}

/// Why a clock was paused and went on, or got more time.
struct ClockReason: RecordItem {
    typealias Message = Returns_V1_ClockReason
    private typealias Fields = Message.Fields

    enum Place {
        case pause(UInt32)
        case `extension`(UInt32)
    }

    var clock: UInt32 = 0
    /// Nil in a damaged record alone.
    var place: Place?
    var reason = ""
    var resumeReason = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.clock, clock)
        switch place {
        case .pause(let place): writer.append(Fields.pause, place)
        case .extension(let place): writer.append(Fields.extension, place)
        case nil: break
        }
        writer.append(Fields.reason, reason)
        writer.append(Fields.resumeReason, resumeReason)
    }
}

extension ClockReason {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.clock: clock = reader.read(Fields.clock)
            case Fields.pause: place = .pause(reader.read(Fields.pause))
            case Fields.extension: place = .extension(reader.read(Fields.extension))
            case Fields.reason: reason = reader.read(Fields.reason)
            case Fields.resumeReason: resumeReason = reader.read(Fields.resumeReason)
            default: break
            }
        }
    }
}

/// Where a pickup was agreed, and why it ended as it did.
struct PickupPlace: RecordItem {
    typealias Message = Returns_V1_PickupPlace
    private typealias Fields = Message.Fields
    var pickup: UInt32 = 0
    var address = ""
    var reason = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.pickup, pickup)
        writer.append(Fields.address, address)
        writer.append(Fields.reason, reason)
    }
}

extension PickupPlace {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.pickup: pickup = reader.read(Fields.pickup)
            case Fields.address: address = reader.read(Fields.address)
            case Fields.reason: reason = reader.read(Fields.reason)
            default: break
            }
        }
    }
}

/// What the customer said when asked.
struct FollowUpComments: RecordItem {
    typealias Message = Returns_V1_FollowUpComments
    private typealias Fields = Message.Fields
    var followUp: UInt32 = 0
    var comments = ""

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.followUp, followUp)
        writer.append(Fields.comments, comments)
    }
}

extension FollowUpComments {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.followUp: followUp = reader.read(Fields.followUp)
            case Fields.comments: comments = reader.read(Fields.comments)
            default: break
            }
        }
    }
}

/// What closing or expiry released of a line.
struct ReleasedUnits: RecordItem {
    typealias Message = Returns_V1_EngineLine
    private typealias Fields = Message.Fields
    var line: UInt32 = 0
    var awaited: Int64 = 0
    var sentBack: Int64 = 0

    func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.line, line)
        writer.append(Fields.releasedAwaited, awaited)
        writer.append(Fields.releasedSentBack, sentBack)
    }
}

extension ReleasedUnits {
    init(from reader: inout RCPMessageReader) {
        while let number = reader.next() {
            switch number {
            case Fields.line: line = reader.read(Fields.line)
            case Fields.releasedAwaited: awaited = reader.read(Fields.releasedAwaited)
            case Fields.releasedSentBack: sentBack = reader.read(Fields.releasedSentBack)
            default: break
            }
        }
    }
}
