/// Ordered pairs beside a message: request metadata and response trailers (SPEC.md §6.2).
///
/// Keys are lower-case ASCII. A key that ends in "-bin" holds bytes, any other key UTF-8 text. A key may
/// occur more than once. The limits are checked where a call is opened and where bytes are read.
public struct RCPMetadata: Sendable, Hashable {
    /// Text, or bytes under a key that ends in `-bin`.
    public enum Value: Sendable, Hashable {
        case text(String)
        case bytes([UInt8])
    }

    /// One key with its value; keys may come more than once.
    public struct Pair: Sendable, Hashable {
        /// Lower-case letters, digits, '-', '_' and '.'.
        public var key: String
        /// What the key holds.
        public var value: Value

        public init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The principal for whom the caller acts; needs a grant, and both names are recorded.
    public static let onBehalfOfKey = "on-behalf-of"

    /// In the order in which they were appended.
    public private(set) var pairs: [Pair]

    public init() { pairs = [] }
    public init(_ pairs: [Pair]) { self.pairs = pairs }

    /// Text pairs in the order given: `RCPMetadata(texts: ["on-behalf-of": "lena"])`.
    public init(texts: KeyValuePairs<String, String>) {
        pairs = texts.map { Pair(key: $0.key, value: .text($0.value)) }
    }

    /// Whether there is no pair.
    public var isEmpty: Bool { pairs.isEmpty }
    /// Number of pairs; at most `RCPLimits.metadataPairsMax` can be sent.
    public var count: Int { pairs.count }

    /// Adds a pair with text behind the others.
    public mutating func append(key: String, text: String) {
        pairs.append(Pair(key: key, value: .text(text)))
    }

    /// Puts the text in place of whatever stands under `key`.
    public mutating func set(key: String, text: String) {
        pairs.removeAll { $0.key == key }
        append(key: key, text: text)
    }

    /// - Precondition: `key` ends in "-bin"; that suffix is what tells the reader that these are bytes.
    public mutating func append(key: String, bytes: [UInt8]) {
        precondition(key.hasSuffix("-bin"), "a key with bytes ends in -bin")
        pairs.append(Pair(key: key, value: .bytes(bytes)))
    }

    /// The first text under `key`.
    public func text(forKey key: String) -> String? {
        for pair in pairs where pair.key == key {
            if case .text(let text) = pair.value { return text }
        }
        return nil
    }

    /// The first bytes under `key`.
    public func bytes(forKey key: String) -> [UInt8]? {
        for pair in pairs where pair.key == key {
            if case .bytes(let bytes) = pair.value { return bytes }
        }
        return nil
    }
}

extension RCPMetadata: ExpressibleByArrayLiteral {
    /// The pairs in their order.
    public init(arrayLiteral elements: Pair...) { pairs = elements }
}
