import Cryptography
import Foundation
import RCP
import ReturnsAPI

/// What return requests lack that come from files.
struct CaseDefaults: Sendable, Equatable {
    var reason = "other"
    var intakeChannel = Returns_V1_IntakeChannel.website
    var returnMethod = Returns_V1_ReturnMethod.unspecified

    static let keys = ["reason", "intake_channel", "return_method"]

    /// Takes "reason=damaged".
    mutating func set(_ text: String) throws(CommandFailure) {
        let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard pair.count == 2, !pair[1].isEmpty else {
            throw .usage("--default \(text) lacks a value", hints: ["write --default reason=other"])
        }
        switch pair[0] {
        case "reason":
            reason = pair[1]
        case "intake_channel":
            guard let channel = value(ofWord: pair[1], as: Returns_V1_IntakeChannel.self) else {
                throw .usage("\(pair[1]) is not one of: \(words(Returns_V1_IntakeChannel.self))")
            }
            intakeChannel = channel
        case "return_method":
            guard let method = value(ofWord: pair[1], as: Returns_V1_ReturnMethod.self) else {
                throw .usage("\(pair[1]) is not one of: \(words(Returns_V1_ReturnMethod.self))")
            }
            returnMethod = method
        default:
            throw .usage("--default \(pair[0]) is not one of: \(Self.keys.joined(separator: ", "))")
        }
    }
}

/// Makes submissions of lines: of the flat shape that shops export, or of canonical protobuf JSON.
struct CaseMapping: Sendable {
    var saleChannel: String
    var times: TimeFormat
    var defaults: CaseDefaults
    var isDryRun: Bool

    func item(_ line: ImportLine) throws(ImportRefusal) -> ImportItem<Returns_V1_SubmitCaseRequest>? {
        if line.bytes.isBlank { return nil }
        let request = try self.request(line.bytes)
        return ImportItem(
            line: line, key: "\(request.order.saleChannel)/\(request.order.orderNo)",
            name: request.channelRef,
            request: request)
    }

    func request(_ bytes: Data) throws(ImportRefusal) -> Returns_V1_SubmitCaseRequest {
        let text = try ImportRefusal.naming(Self.noun) { () throws(JSONFault) in try JSONText(bytes) }
        if let key = text.key(of: "dry_run") {
            throw ImportRefusal("FIELD_NOT_TAKEN", key, "is not taken from a file: type --dry-run")
        }
        let isFlat = FlatReturn.ownKeys.contains { text.has($0) }
        var request = try isFlat ? flat(text) : Self.message(text)
        guard !request.order.orderNo.isEmpty else {
            throw ImportRefusal(
                "ORDER_MISSING", isFlat ? "order_no" : "order.orderNo",
                "the request names no order: find the order and add its number")
        }
        if request.order.saleChannel.isEmpty { request.order.saleChannel = saleChannel }
        if request.reasonCode.isEmpty { request.reasonCode = defaults.reason }
        if request.intakeChannel == .unspecified { request.intakeChannel = defaults.intakeChannel }
        if request.returnMethod == .unspecified { request.returnMethod = defaults.returnMethod }
        if isDryRun { request.dryRun = true }
        return request
    }

    private static let noun = "this is no return request"

    private static func message(_ text: JSONText) throws(ImportRefusal) -> Returns_V1_SubmitCaseRequest {
        try ImportRefusal.naming(noun) { () throws(JSONFault) in try JSONMessage.read(text) }
    }

    /// Keys of the flat shape's own, and any field of a SubmitCaseRequest by its name. What a key says is said by no field
    /// besides.
    private func flat(_ text: JSONText) throws(ImportRefusal) -> Returns_V1_SubmitCaseRequest {
        for (key, field) in FlatReturn.fieldsOfKeys where text.has(key) {
            guard let other = text.key(of: field) else { continue }
            throw ImportRefusal(.twice(key, other), Self.noun)
        }
        let flat = try ImportRefusal.naming(Self.noun) { () throws(JSONFault) in try FlatReturn(text) }
        var request = try Self.fields(of: text, but: FlatReturn.keys)
        if let asked = flat.requestedAt {
            request.requestedAtMs = try times.read(asked, "requested_at", example: "2010-12-01 09:49:00")
        } else if text.key(of: "requested_at_ms") == nil {
            throw ImportRefusal("FIELD_REQUIRED", "requested_at", "is missing")
        }
        if let saleChannel = flat.saleChannel { request.order.saleChannel = saleChannel }
        if let orderNo = flat.orderNo { request.order.orderNo = orderNo }
        if let returnNo = flat.returnNo { request.channelRef = returnNo }
        if let reason = flat.reason { request.reasonCode = reason }
        request.lines = flat.lines.map { line in
            .with {
                $0.lineID = line.lineID ?? ""
                $0.sku = line.sku
                $0.quantity = line.quantity
                if let price = line.unitPriceMinor { $0.unitPriceMinor = price }
                $0.reasonCode = line.reason
                $0.note = line.note
                $0.serialNumbers = line.serialNumbers
            }
        }
        return request
    }

    /// What an object says of the form by the names of its fields, without these keys.
    private static func fields(
        of text: JSONText, but keys: Set<String>
    ) throws(ImportRefusal) -> Returns_V1_SubmitCaseRequest {
        let rest = text.without(keys)
        if rest.members.isEmpty { return Returns_V1_SubmitCaseRequest() }
        do throws(ImportRefusal) {
            return try message(rest)
        } catch {
            guard error.reason == JSONFault.unknownField, rest.has(error.field) else { throw error }
            throw ImportRefusal(
                JSONFault.unknownField, error.field,
                "is not known here; known are \(keys.sorted().joined(separator: ", ")) and the fields of SubmitCaseRequest"
            )
        }
    }

    /// The request id of an imported line: the first half of the SHA-256 of method and message.
    ///
    /// It follows from the content alone, so that the same line sent again with the same token, after a crash or from
    /// another machine, is the same call to the server, and opens no second case where the line has no reference of its
    /// own. For another token the server knows the id, but does not answer it.
    static func requestID(_ request: Returns_V1_SubmitCaseRequest) throws -> RCPRequestID {
        var hash = SHA256()
        hash.update(CaseServiceMethods.submitCase.fullName.utf8)
        hash.update([0])
        hash.update(try request.serializedData())
        let half = Array(hash.finalize().prefix(16))
        let words = [half[..<8], half[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return RCPRequestID(high: words[0], low: words[1])
    }
}

struct FlatReturn {
    struct Line {
        var lineID: String?
        var sku: String
        var quantity: Int64
        var unitPriceMinor: Int64?
        var reason: String
        var note: String
        var serialNumbers: [String]

        static let keys: Set<String> = [
            "line_id", "sku", "quantity", "unit_price_minor", "reason", "note", "serial_numbers",
        ]

        init(_ object: FlatObject) throws(JSONFault) {
            lineID = try object.optionalText("line_id")
            sku = try object.text("sku")
            quantity = try object.wholeNumber("quantity")
            unitPriceMinor = try object.optionalWholeNumber("unit_price_minor")
            reason = try object.optionalText("reason") ?? ""
            note = try object.optionalText("note") ?? ""
            serialNumbers = try object.optionalTexts("serial_numbers")
        }
    }

    var returnNo: String?
    var requestedAt: String?
    var orderNo: String?
    var saleChannel: String?
    var reason: String?
    var lines: [Line] = []

    static let keys: Set<String> = [
        "return_no", "requested_at", "order_no", "sale_channel", "reason", "lines",
    ]
    /// Those that no SubmitCaseRequest has, and so tell that a line is flat.
    static let ownKeys = keys.subtracting(["lines"])
    /// Which field says the same as a key.
    static let fieldsOfKeys = [
        ("return_no", "channel_ref"), ("requested_at", "requested_at_ms"), ("order_no", "order"),
        ("sale_channel", "order"), ("reason", "reason_code"),
    ]

    init(_ text: JSONText) throws(JSONFault) {
        let object = try FlatObject(text.members, keys: nil)
        returnNo = try object.optionalText("return_no")
        requestedAt = try object.optionalText("requested_at")
        orderNo = try object.optionalText("order_no")
        saleChannel = try object.optionalText("sale_channel")
        reason = try object.optionalText("reason")
        for line in try object.objects("lines", keys: Line.keys) { lines.append(try Line(line)) }
    }
}
