import NIOCore

/// Arguments in the form they have on the wire, for a command whose beginning is known only when they are.
public struct RedisArguments: Sendable {
    public private(set) var count = 0
    private(set) var body: ByteBuffer

    /// - Parameter bytes: A guess at the size of all that saves growing; it limits nothing.
    public init(bytes: Int) { body = ByteBufferAllocator().buffer(capacity: bytes) }

    /// How long they are on the wire.
    public var bytes: Int { body.readableBytes }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { body.writeRESPBulk(UnsafeRawBufferPointer($0)) }
        count += 1
    }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { body.writeRESPBulk($0) }
        count += 1
    }

    public mutating func append(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { body.writeRESPBulk($0) }
        count += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        body.writeRESPBulk(bytes)
        count += 1
    }

    public mutating func append(_ value: Int64) {
        body.writeRESPBulk(value)
        count += 1
    }

    public mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .text(let text): append(text)
        case .bytes(let bytes): append(bytes)
        case .buffer(let bytes): append(bytes)
        case .integer(let value): append(value)
        }
    }

    public mutating func append(contentsOf more: RedisArguments) {
        body.writeImmutableBuffer(more.body)
        count += more.count
    }
}
