import NIOCore

/// One command, its arguments already in the form they have on the wire.
///
/// Built by appending; the number of arguments need not be known beforehand. Its description tells sizes
/// only, since arguments can be personal data.
public struct RedisCommand: Sendable, CustomStringConvertible {
    /// The command's name counts as the first.
    public private(set) var argumentCount: Int
    private(set) var body: ByteBuffer

    /// `argumentBytes` is a guess at the size of all arguments that saves growing; it limits nothing.
    public init(_ name: StaticString, argumentBytes: Int = 128) {
        body = ByteBufferAllocator().buffer(capacity: argumentBytes)
        argumentCount = 1
        name.withUTF8Buffer { body.writeRESPBulk(UnsafeRawBufferPointer($0)) }
    }

    /// A command whose name is only known at run time.
    public init(named name: String, argumentBytes: Int = 128) {
        body = ByteBufferAllocator().buffer(capacity: argumentBytes)
        argumentCount = 0
        append(name)
    }

    public init(_ name: StaticString, _ arguments: RedisArgument...) {
        self.init(name)
        for argument in arguments { append(argument) }
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { body.writeRESPBulk(UnsafeRawBufferPointer($0)) }
        argumentCount += 1
    }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { body.writeRESPBulk($0) }
        argumentCount += 1
    }

    public mutating func append(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { body.writeRESPBulk($0) }
        argumentCount += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        body.writeRESPBulk(bytes)
        argumentCount += 1
    }

    public mutating func append(_ value: Int64) {
        body.writeRESPBulk(value)
        argumentCount += 1
    }

    public mutating func append(_ value: Int) {
        append(Int64(value))
    }

    public mutating func append(_ argument: RedisArgument) {
        switch argument {
        case .text(let text): append(text)
        case .bytes(let bytes): append(bytes)
        case .buffer(let bytes): append(bytes)
        case .integer(let value): append(value)
        }
    }

    public var description: String {
        "RedisCommand(\(argumentCount) arguments, \(body.readableBytes) bytes)"
    }
}

/// One argument of a command built from a list.
public enum RedisArgument: Sendable, Hashable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    case text(String)
    case bytes([UInt8])
    case buffer(ByteBuffer)
    case integer(Int64)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
