import NIOCore

/// One command, its arguments already in the form they have on the wire.
///
/// Built by appending; the number of arguments need not be known beforehand. Its description tells sizes
/// only, since arguments can be personal data.
public struct RedisCommand: Sendable, CustomStringConvertible {
    private var arguments: RedisArguments

    /// The command's name counts as the first.
    public var argumentCount: Int { arguments.count }
    var body: ByteBuffer { arguments.body }

    /// `argumentBytes` is a guess at the size of all arguments that saves growing; it limits nothing.
    public init(_ name: StaticString, argumentBytes: Int = 128) {
        arguments = RedisArguments(bytes: argumentBytes)
        name.withUTF8Buffer { arguments.append(UnsafeRawBufferPointer($0)) }
    }

    /// A command whose name is only known at run time.
    public init(named name: String, argumentBytes: Int = 128) {
        arguments = RedisArguments(bytes: argumentBytes)
        append(name)
    }

    public init(_ name: StaticString, _ arguments: RedisArgument...) {
        self.init(name)
        for argument in arguments { append(argument) }
    }

    public mutating func append(_ text: String) { arguments.append(text) }
    public mutating func append(_ bytes: [UInt8]) { arguments.append(bytes) }
    public mutating func append(_ bytes: ByteBuffer) { arguments.append(bytes) }
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { arguments.append(bytes) }
    public mutating func append(_ value: Int64) { arguments.append(value) }
    public mutating func append(_ value: Int) { arguments.append(Int64(value)) }
    public mutating func append(_ argument: RedisArgument) { arguments.append(argument) }
    public mutating func append(contentsOf more: RedisArguments) { arguments.append(contentsOf: more) }

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
