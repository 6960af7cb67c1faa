import Foundation
import SwiftProtobuf

/// Reads messages of JSON texts that people wrote, and says what is wrong with a text by its field, value and the values that
/// are taken. The decoder itself says only that something is.
///
/// Values of enumerations are also taken by the words that options take: "hotline" for "INTAKE_CHANNEL_HOTLINE".
struct JSONMessage<Value: Message> {
    static func read(_ text: JSONText) throws(JSONFault) -> Value {
        if let value = try? Value(jsonUTF8Data: text.json()) { return value }
        var edits: [JSONEdit] = []
        try MessageShape.of(Value.self)?.check(text.members, "", &edits)
        do {
            return try Value(jsonUTF8Data: text.json(edits))
        } catch {
            throw JSONFault("MALFORMED", "", wholeText(error))
        }
    }

    static func read(_ bytes: Data) throws(JSONFault) -> Value { try read(JSONText(bytes)) }

    /// Of a text whose fields fit, each by itself.
    private static func wholeText(_ error: any Error) -> String {
        switch error {
        case JSONDecodingError.conflictingOneOf: "has two fields that exclude each other"
        case JSONDecodingError.messageDepthLimit: "is nested too deeply"
        default: "is malformed"
        }
    }
}
