import Foundation

/// Finds a key that stands twice in one object of a JSON text: a decoder takes one of the two values, and drops the other
/// without a word.
enum RepeatedKey {
    private enum Container {
        case object(keys: Set<String>, current: String, isKeyNext: Bool)
        case array(index: Int)

        /// Where something stands in it: "lines", or "[2]".
        var place: String {
            switch self {
            case .object(_, let current, _): current
            case .array(let index): "[\(index)]"
            }
        }
    }

    /// - Returns: nil also for what is no JSON, which the decoder says.
    static func first(in bytes: Data) -> ImportRefusal? {
        var containers: [Container] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let start = index
            index += 1
            switch bytes[start] {
            case UInt8(ascii: "{"):
                containers.append(.object(keys: [], current: "", isKeyNext: true))
            case UInt8(ascii: "["):
                containers.append(.array(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard containers.popLast() != nil else { return nil }
            case UInt8(ascii: ","):
                switch containers.popLast() {
                case .object(let keys, let current, _):
                    containers.append(.object(keys: keys, current: current, isKeyNext: true))
                case .array(let index):
                    containers.append(.array(index: index + 1))
                case nil:
                    return nil
                }
            case UInt8(ascii: "\""):
                guard let end = endOfText(in: bytes, from: index) else { return nil }
                index = end + 1
                guard case .object(var keys, _, isKeyNext: true)? = containers.last else { continue }
                guard let key = text(bytes[start...end]) else { return nil }
                containers.removeLast()
                let isNew = keys.insert(key).inserted
                containers.append(.object(keys: keys, current: key, isKeyNext: false))
                if !isNew {
                    return ImportRefusal(
                        "FIELD_REPEATED", path(containers), "stands twice: leave one of the two out")
                }
            default:
                break
            }
        }
        return nil
    }

    /// Where the quote is that ends a text.
    private static func endOfText(in bytes: Data, from start: Data.Index) -> Data.Index? {
        var index = start
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// A key without escapes stands as it is.
    private static func text(_ quoted: Data) -> String? {
        guard quoted.contains(UInt8(ascii: "\\")) else {
            return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        }
        return try? JSONDecoder().decode([String].self, from: Data("[".utf8) + quoted + Data("]".utf8)).first
    }

    private static func path(_ containers: [Container]) -> String {
        containers.reduce("") { path, container in
            let place = container.place
            return path.isEmpty || place.hasPrefix("[") ? path + place : "\(path).\(place)"
        }
    }
}
