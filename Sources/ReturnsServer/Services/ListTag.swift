import Crypto
import ReturnsDomain
import SwiftProtobuf

/// Which list a cursor belongs to, in a few letters.
struct ListTag {
    let text: String

    /// - Parameter filters: What makes the list another one, in an order of its own.
    init(_ filters: some SwiftProtobuf.Message) throws {
        let bytes: [UInt8] = try filters.serializedBytes()
        text = SHA256.hash(data: bytes).prefix(6).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    func check(_ tag: Substring) throws(CaseRejection) {
        guard tag == text else {
            throw .invalid(
                "CURSOR_OF_ANOTHER_LIST", "cursor",
                "this cursor belongs to a list with other filters or another sort; give those of its first page, or leave the cursor out"
            )
        }
    }
}
