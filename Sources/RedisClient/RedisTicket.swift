/// A call's way to give up: where its unit of commands waits now.
///
/// `@unchecked Sendable`: made anywhere, read and changed only on the event loop of the client it belongs to.
final class RedisTicket: @unchecked Sendable {
    private enum Place {
        /// Not yet arrived on the loop.
        case nowhere
        case waiting(RedisWaitingCommands, UInt64)
        case written(RedisChannelHandler, UInt64)
        case givenUp(RedisError)
    }

    private var place = Place.nowhere

    /// Why the call was given up before it came to be submitted.
    var refusal: RedisError? {
        if case .givenUp(let error) = place { error.with(.notWritten) } else { nil }
    }

    func moved(to queue: RedisWaitingCommands, _ id: UInt64) { place = .waiting(queue, id) }

    func moved(to handler: RedisChannelHandler, _ sequence: UInt64?) {
        if let sequence { place = .written(handler, sequence) }
    }

    func giveUp(_ error: RedisError) {
        switch place {
        case .nowhere: place = .givenUp(error)
        case .waiting(let queue, let id): queue.abandon(id, error.with(.notWritten))
        case .written(let handler, let sequence): handler.abandon(sequence, error.with(.outcomeUnknown))
        case .givenUp: break
        }
    }
}
