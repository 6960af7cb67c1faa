/// Why a stream of replies cannot be read on. Each ends its connection.
enum RedisDecodingError: Error, Hashable {
    case bulkTooLong(bytesMax: Int)
    case lineTooLong(bytesMax: Int)
    case replyTooLong(bytesMax: Int)
    case tooManyElements(elementsMax: Int)
    case nestedTooDeep(depthMax: Int)
    case unexpectedType
    case malformed(String)
    case outOfMemory

    var asRedisError: RedisError {
        switch self {
        case .bulkTooLong(let max):
            RedisError(.replyTooLarge, .outcomeUnknown, "A string in a reply is longer than \(max) bytes.")
        case .lineTooLong(let max):
            RedisError(.replyTooLarge, .outcomeUnknown, "A line in a reply is longer than \(max) bytes.")
        case .replyTooLong(let max):
            RedisError(.replyTooLarge, .outcomeUnknown, "A reply is longer than \(max) bytes.")
        case .tooManyElements(let max):
            RedisError(.replyTooLarge, .outcomeUnknown, "A reply has more than \(max) elements.")
        case .nestedTooDeep(let max):
            RedisError(.replyTooLarge, .outcomeUnknown, "A reply nests more than \(max) arrays.")
        case .unexpectedType:
            RedisError(.protocolViolation, .outcomeUnknown, "Redis sent a RESP3 type on a RESP2 connection.")
        case .malformed(let what):
            RedisError(.protocolViolation, .outcomeUnknown, "The peer does not speak RESP: \(what).")
        case .outOfMemory:
            RedisError(.protocolViolation, .outcomeUnknown, "hiredis ran out of memory reading a reply.")
        }
    }
}
