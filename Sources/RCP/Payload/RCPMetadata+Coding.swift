import NIOCore

extension RCPMetadata {
    /// Reads a metadata block (SPEC.md §6.2). `truncated` is thrown when the block itself is not complete.
    static func read(
        from buffer: inout ByteBuffer, truncated: RCPViolation
    ) throws(RCPViolation) -> RCPMetadata {
        guard let blockBytes = buffer.readInteger(as: UInt16.self) else { throw truncated }
        if blockBytes == 0 { return RCPMetadata() }
        guard blockBytes <= RCPLimits.metadataBytesMax else { throw .metadataTooLarge }
        guard var block = buffer.readSlice(length: Int(blockBytes)) else { throw truncated }
        var pairs: [Pair] = []
        while block.readableBytes > 0 {
            guard pairs.count < RCPLimits.metadataPairsMax else { throw .metadataTooLarge }
            pairs.append(try readPair(from: &block))
        }
        return RCPMetadata(pairs)
    }

    private static func readPair(from block: inout ByteBuffer) throws(RCPViolation) -> Pair {
        guard let key = block.readText8(), isKey(key), let valueBytes = block.readInteger(as: UInt16.self)
        else { throw .metadataMalformed }
        if key.hasSuffix("-bin") {
            guard let bytes = block.readBytes(length: Int(valueBytes)) else { throw .metadataMalformed }
            return Pair(key: key, value: .bytes(bytes))
        }
        guard let text = block.readText(bytes: Int(valueBytes)) else { throw .metadataMalformed }
        return Pair(key: key, value: .text(text))
    }

    static func isKey(_ key: String) -> Bool {
        (1...RCPLimits.metadataKeyBytesMax).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Bytes of the pairs on the wire, without the block's length.
    var encodedBytes: Int {
        pairs.reduce(0) { $0 + 3 + $1.key.utf8.count + $1.value.bytes }
    }

    /// What keeps these metadata from being sent, found before anything is written.
    public var violation: RCPViolation? {
        if pairs.isEmpty { return nil }
        if pairs.count > RCPLimits.metadataPairsMax || encodedBytes > RCPLimits.metadataBytesMax {
            return .metadataTooLarge
        }
        for pair in pairs {
            guard Self.isKey(pair.key), pair.key.hasSuffix("-bin") == pair.value.isBytes else {
                return .metadataMalformed
            }
        }
        return nil
    }

    /// - Precondition: `violation` is nil.
    func write(into out: inout ByteBuffer) {
        out.writeInteger(UInt16(encodedBytes))
        for pair in pairs {
            out.writeText8(pair.key)
            out.writeInteger(UInt16(pair.value.bytes))
            switch pair.value {
            case .text(let text): out.writeString(text)
            case .bytes(let bytes): out.writeBytes(bytes)
            }
        }
    }
}

extension RCPMetadata.Value {
    fileprivate var bytes: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        }
    }

    fileprivate var isBytes: Bool {
        switch self {
        case .text: false
        case .bytes: true
        }
    }
}
