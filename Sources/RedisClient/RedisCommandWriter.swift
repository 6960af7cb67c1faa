import NIOCore

/// Writes commands straight into a connection's outgoing bytes.
///
/// For the hot path: no command value in between, but the number of arguments is stated first and is then
/// owed.
public struct RedisCommandWriter {
    /// Commands written since the connection last looked.
    private(set) var commandCount = 0
    private(set) var bytes: ByteBuffer
    private var argumentsOwed = 0

    init(bytes: ByteBuffer = ByteBuffer()) {
        self.bytes = bytes
    }

    /// Begins a command of `argumentCount` arguments, the name not counted.
    public mutating func begin(_ name: StaticString, argumentCount: Int) {
        requireNothingOwed()
        bytes.writeRESPArrayHeader(argumentCount + 1)
        name.withUTF8Buffer { bytes.writeRESPBulk(UnsafeRawBufferPointer($0)) }
        argumentsOwed = argumentCount
        commandCount += 1
    }

    public mutating func append(_ text: String) {
        payArgument()
        var text = text
        text.withUTF8 { bytes.writeRESPBulk(UnsafeRawBufferPointer($0)) }
    }

    public mutating func append(_ argument: [UInt8]) {
        payArgument()
        argument.withUnsafeBytes { bytes.writeRESPBulk($0) }
    }

    public mutating func append(_ argument: ByteBuffer) {
        payArgument()
        argument.withUnsafeReadableBytes { bytes.writeRESPBulk($0) }
    }

    public mutating func append(_ argument: UnsafeRawBufferPointer) {
        payArgument()
        bytes.writeRESPBulk(argument)
    }

    public mutating func append(_ value: Int64) {
        payArgument()
        bytes.writeRESPBulk(value)
    }

    public mutating func append(_ value: Int) {
        append(Int64(value))
    }

    public mutating func append(_ command: RedisCommand) {
        requireNothingOwed()
        bytes.writeRESPArrayHeader(command.argumentCount)
        bytes.writeImmutableBuffer(command.body)
        commandCount += 1
    }

    /// Commands that another writer wrote.
    mutating func append(encoded: ByteBuffer, commandCount count: Int) {
        requireNothingOwed()
        bytes.writeImmutableBuffer(encoded)
        commandCount += count
    }

    /// Ends one unit of commands and says how many there were.
    mutating func takeCommandCount() -> Int {
        requireNothingOwed()
        defer { commandCount = 0 }
        return commandCount
    }

    /// Takes back what was written after `mark`, which came from `bytes.writerIndex`.
    mutating func rewind(to mark: Int) {
        bytes.moveWriterIndex(to: mark)
    }

    /// Forgets bytes that the socket has taken over, keeping their room unless it has grown out of
    /// proportion.
    mutating func clear() {
        if bytes.capacity > Self.bytesKeptMax {
            bytes = ByteBuffer()
        } else {
            bytes.clear()
        }
    }

    private static let bytesKeptMax = 1 << 20

    private mutating func payArgument() {
        precondition(argumentsOwed > 0, "a Redis command has more arguments than it announced")
        argumentsOwed -= 1
    }

    private func requireNothingOwed() {
        precondition(argumentsOwed == 0, "a Redis command has fewer arguments than it announced")
    }
}
