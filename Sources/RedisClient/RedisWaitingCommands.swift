import NIOCore

/// Commands that wait, encoded, for a connection. Bounded in number, bytes and time; in the order they came.
///
/// Confined to the client's event loop.
final class RedisWaitingCommands {
    struct Unit {
        let id: UInt64
        let completion: RedisCompletion
        let deadline: NIODeadline
        let waitUntil: NIODeadline
        let bytes: ByteBuffer
        let commandCount: Int
        let ticket: RedisTicket?
    }

    private var units: [Unit] = []
    private var nextID: UInt64 = 0

    /// Of the encoded commands.
    private(set) var bytes = 0

    var count: Int { units.count }
    var isEmpty: Bool { units.isEmpty }

    func append(
        _ completion: RedisCompletion, deadline: NIODeadline, waitUntil: NIODeadline, ticket: RedisTicket?,
        bytes: ByteBuffer, commandCount: Int
    ) {
        ticket?.moved(to: self, nextID)
        units.append(
            Unit(
                id: nextID, completion: completion, deadline: deadline, waitUntil: waitUntil, bytes: bytes,
                commandCount: commandCount, ticket: ticket))
        nextID += 1
        self.bytes += bytes.readableBytes
    }

    func abandon(_ id: UInt64, _ error: RedisError) {
        guard let index = units.firstIndex(where: { $0.id == id }) else { return }
        let unit = units.remove(at: index)
        bytes -= unit.bytes.readableBytes
        unit.completion.fail(error)
    }

    /// Fails what has waited long enough; `unavailable` says why there is no connection.
    func expire(_ now: NIODeadline, unavailable: RedisError) {
        var expired: [(Unit, RedisError)] = []
        units.removeAll { unit in
            if unit.deadline <= now {
                let message = "The deadline passed while waiting for a connection to Redis."
                let error = RedisError(
                    .deadlineExceeded, .notWritten, message, errorReply: unavailable.errorReply,
                    cause: unavailable)
                expired.append((unit, error))
                return true
            }
            if unit.waitUntil <= now {
                expired.append((unit, unavailable))
                return true
            }
            return false
        }
        bytes -= expired.reduce(0) { $0 + $1.0.bytes.readableBytes }
        for (unit, error) in expired { unit.completion.fail(error) }
    }

    func takeAll() -> [Unit] {
        defer {
            units = []
            bytes = 0
        }
        return units
    }
}
