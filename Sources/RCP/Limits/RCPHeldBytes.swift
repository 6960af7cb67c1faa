/// Message bytes that are held: their sum, and the room that their buffers take at most.
struct RCPHeldBytes: Sendable, Hashable {
    private(set) var bytes = 0
    private(set) var roomBytes = 0

    mutating func add(_ messageBytes: Int) {
        bytes += messageBytes
        roomBytes += Self.room(for: messageBytes)
    }

    mutating func remove(_ messageBytes: Int) {
        bytes -= messageBytes
        roomBytes -= Self.room(for: messageBytes)
    }

    /// A part of it has changed.
    mutating func replace(_ before: RCPHeldBytes, with after: RCPHeldBytes) {
        bytes += after.bytes - before.bytes
        roomBytes += after.roomBytes - before.roomBytes
    }

    /// A buffer has a power of two's capacity. Small messages lie in the buffer that was read, with others.
    static func room(for messageBytes: Int) -> Int {
        if messageBytes <= RCPByteLease.freeBytes { return messageBytes }
        return 1 << (Int.bitWidth - (messageBytes - 1).leadingZeroBitCount)
    }
}
