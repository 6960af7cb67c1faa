import Foundation

/// A JSON object that a person wrote, read once; each thing in it is said by one name.
struct JSONText {
    let members: [JSONMember]
    private let bytes: Data
    private let isWhole: Bool

    init(_ bytes: Data) throws(JSONFault) {
        if let fault = InputText.fault(in: bytes) { throw JSONFault("INVALID_UTF8", "", fault) }
        var reader = JSONReader(bytes)
        members = try reader.object()
        self.bytes = bytes
        isWhole = true
    }

    private init(_ members: [JSONMember], of bytes: Data) {
        self.members = members
        self.bytes = bytes
        isWhole = false
    }

    /// The text without some of its fields.
    func without(_ keys: Set<String>) -> JSONText {
        JSONText(members.filter { !keys.contains($0.key) }, of: bytes)
    }

    func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    /// The key that says this field, in either of its names ("dryRun", "dry_run"); nil where none does.
    func key(of field: String) -> String? { members.first { snakeCase($0.key) == field }?.key }

    /// As bytes for a decoder.
    ///
    /// - Parameter edits: in the order of the text.
    func json(_ edits: [JSONEdit] = []) -> Data {
        if isWhole, edits.isEmpty { return bytes }
        var json = Data("{".utf8)
        var rest = edits[...]
        for (index, member) in members.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            var place = member.bytes.lowerBound
            while let edit = rest.first, edit.bytes.upperBound <= member.bytes.upperBound {
                json.append(slice(place..<edit.bytes.lowerBound))
                json.append(contentsOf: edit.text.utf8)
                place = edit.bytes.upperBound
                rest.removeFirst()
            }
            json.append(slice(place..<member.bytes.upperBound))
        }
        json.append(UInt8(ascii: "}"))
        return json
    }

    private func slice(_ range: Range<Int>) -> Data {
        bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    }
}
