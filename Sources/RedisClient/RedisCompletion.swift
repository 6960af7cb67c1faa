import NIOCore

/// Who waits for the replies of one unit of commands. Called exactly once, on the connection's event loop.
///
/// `@unchecked Sendable`: continuations may be resumed anywhere; the closures are made on the loop, kept by
/// state confined to it and called on it. Only completions with continuations are ever handed to the loop
/// from another thread.
enum RedisCompletion: @unchecked Sendable {
    typealias One = Result<RedisValue, RedisError>
    typealias Several = Result<[RedisValue], RedisError>

    case one((One) -> Void)
    case several((Several) -> Void)
    case oneContinuation(UnsafeContinuation<One, Never>)
    case severalContinuation(UnsafeContinuation<Several, Never>)

    /// The reply of a unit that is one command. An error reply is a failure of that command.
    func succeed(_ value: RedisValue) {
        switch self {
        case .one(let callback): callback(Self.outcome(value))
        case .oneContinuation(let continuation): continuation.resume(returning: Self.outcome(value))
        case .several(let callback): callback(.success([value]))
        case .severalContinuation(let continuation): continuation.resume(returning: .success([value]))
        }
    }

    func succeed(_ values: [RedisValue]) {
        switch self {
        case .several(let callback): callback(.success(values))
        case .severalContinuation(let continuation): continuation.resume(returning: .success(values))
        case .one, .oneContinuation:
            preconditionFailure("\(values.count) replies for a unit of one command")
        }
    }

    func fail(_ error: RedisError) {
        switch self {
        case .one(let callback): callback(.failure(error))
        case .several(let callback): callback(.failure(error))
        case .oneContinuation(let continuation): continuation.resume(returning: .failure(error))
        case .severalContinuation(let continuation): continuation.resume(returning: .failure(error))
        }
    }

    private static func outcome(_ value: RedisValue) -> One {
        if case .error(let reply) = value { .failure(RedisError(reply)) } else { .success(value) }
    }
}
