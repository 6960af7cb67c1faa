import NIOCore
import RedisClient
import ReturnsRecords

/// What a store writes at before and after somebody has asked for more.
package struct WriterLevelRaise: Hashable, Sendable {
    package var before: WriterLevel
    package var after: WriterLevel
}

extension ReturnsStore {
    private static let raiseLevelFunction = FunctionLibrary.store.name("raise_level")

    /// Others may raise it meanwhile, each of them to a level that is higher; so it is tried as often as there are levels.
    private static let raiseAttemptsMax = 255

    /// Raises the level that servers write at to the highest that this one knows. Servers at work learn it with their next look
    /// at the store, or with the first record of that level that they read.
    ///
    /// - Parameter willRaise: Is told before anything is changed.
    /// - Returns: The same level twice where there was nothing to raise. A level above those that this server knows is left.
    package func raiseLevel(
        deadline: NIODeadline = .distantFuture, willRaise: (WriterLevelRaise) -> Void
    ) async throws(StoreError) -> WriterLevelRaise {
        let highest = identity.settings.highestLevel
        for _ in 0..<Self.raiseAttemptsMax {
            try await identity.look(redis, deadline: deadline)
            guard let level = identity.record?.level else { break }
            guard level < highest else { return WriterLevelRaise(before: level, after: level) }
            let raise = WriterLevelRaise(before: level, after: highest)
            willRaise(raise)
            let call = StoreCall(Self.raiseLevelFunction, .settings, keys: [StoreKeys.store])
                .appending([.text(level.description), .text(highest.description)])
            let reply = try await send(call, effect: .once, deadline: deadline)
            guard reply.array?.first?.string == "OK" else { continue }
            try await afterChange { () async throws(StoreError) in
                try await identity.look(redis, deadline: deadline)
            }
            return raise
        }
        throw StoreError(.unavailable, "others keep changing what the store is; try again")
    }
}
