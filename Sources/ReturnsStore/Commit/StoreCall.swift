import NIOCore
import RedisClient

/// What a command may do to the store; the later ones include the earlier.
enum StoreEffect: Int, Sendable, Comparable {
    case read
    /// It removes, and writes little more than what it has removed.
    case freeing
    case change

    static func < (left: StoreEffect, right: StoreEffect) -> Bool { left.rawValue < right.rawValue }
}

/// A call of one of the store's functions. Which run of the store it takes part in is added when it is sent, since that may change
/// between two attempts.
struct StoreCall: Sendable {
    let slot: StoreSlot
    /// Whether its effects are counted, so that their loss is noticed later.
    let isCounted: Bool
    /// `read` if the function writes nothing, as its flag `no-writes` tells Redis.
    let effect: StoreEffect
    private var command: RedisCommand

    /// - Parameter function: as Redis knows it, see `FunctionLibrary.name`.
    init(
        _ function: String, _ slot: StoreSlot, keys: [String], isCounted: Bool = false, isRead: Bool = false,
        isFreeing: Bool = false, argumentBytes: Int = 128
    ) {
        self.slot = slot
        self.isCounted = isCounted
        effect = isRead ? .read : isFreeing ? .freeing : .change
        command = RedisCommand("FCALL", argumentBytes: argumentBytes)
        command.append(function)
        command.append(keys.count + 1)
        for key in keys { command.append(key) }
        command.append(slot.mark)
    }

    mutating func append(_ argument: RedisArgument) { command.append(argument) }
    mutating func append(_ text: String) { command.append(text) }
    mutating func append(_ number: Int) { command.append(number) }
    mutating func append(_ number: Int64) { command.append(number) }
    mutating func append(_ bytes: [UInt8]) { command.append(bytes) }
    mutating func append(contentsOf arguments: RedisArguments) { command.append(contentsOf: arguments) }

    func appending(_ arguments: [RedisArgument]) -> StoreCall {
        var call = self
        for argument in arguments { call.append(argument) }
        return call
    }

    func command(run: StoreRun) -> RedisCommand {
        var command = command
        command.append(run.description)
        return command
    }
}

/// What a pipeline is made of: reads of keys, and calls.
enum StoreCommand: Sendable {
    case plain(RedisCommand, of: StoreSlot? = nil)
    case call(StoreCall)

    var effect: StoreEffect {
        switch self {
        case .plain: .read
        case .call(let call): call.effect
        }
    }

    /// Where its keys lie, if that is known.
    var slot: StoreSlot? {
        switch self {
        case .plain(_, let slot): slot
        case .call(let call): call.slot
        }
    }

    func command(run: StoreRun) -> RedisCommand {
        switch self {
        case .plain(let command, _): command
        case .call(let call): call.command(run: run)
        }
    }
}
