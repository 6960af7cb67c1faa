import NIOCore
import RedisClient
import ReturnsDomain

/// How long the figures of a day are kept.
public struct AttainmentRetention: Hashable, Sendable {
    /// Nil keeps them for ever.
    public var days: Int32?

    /// A quarter beside the same quarter of the two years before it.
    public static let daysDefault = 1_100

    /// - Parameter keptDays: 0 keeps them for ever.
    public init(keptDays: Int) { days = keptDays == 0 ? nil : Int32(keptDays) }

    /// The first day whose figures are kept; nil for every day.
    public func firstDay(now: Instant) -> Int32? {
        days.map { Int32(clamping: now.milliseconds / Milliseconds.day) - $0 }
    }
}

extension ReturnsStore {
    /// One step takes away the figures of no more days than this, in every partition.
    public static let attainmentDaysForgottenMax: Int32 = 128
    /// No store has figures of earlier days than these before the first day that is kept when it first forgets any.
    private static let attainmentLookBackDays: Int32 = 3_650
    private static let keptFromField = "attainment_kept_from"
    private static let forgottenField = "attainment_forgotten"

    /// The first day whose figures are all there; nil where none were taken away.
    public func attainmentKeptFrom(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Int32?
    {
        let reply = try await send(
            RedisCommand("HGET", .text(StoreKeys.store), .text(Self.keptFromField)), key: StoreKeys.store,
            deadline: deadline)
        return reply.integer.map { Int32(clamping: $0) }
    }

    /// Takes away the figures of earlier days, some at a time. What is told of them comes first: no report shows a day of
    /// which a part is gone without saying so.
    ///
    /// - Returns: Whether there is more to take away.
    public func forgetAttainment(
        before day: Int32, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let reply = try await send(
            RedisCommand("HGET", .text(StoreKeys.store), .text(Self.forgottenField)), key: StoreKeys.store,
            deadline: deadline)
        let first = reply.integer.map { Int32(clamping: $0) } ?? day - Self.attainmentLookBackDays
        guard first < day else { return false }
        try await raise(Self.keptFromField, to: day, deadline: deadline)
        let end = min(day, first + Self.attainmentDaysForgottenMax)
        _ = try await pipeline(
            (0..<partitioning.count).map { partition in
                let keys = StoreKeys(partition: partition)
                return StoreCall(
                    FunctionLibrary.store.name("forget_attainment"), .partition(partition),
                    keys: (first..<end).map { keys.attainment(day: $0) })
            }, deadline: deadline)
        try await raise(Self.forgottenField, to: end, deadline: deadline)
        return end < day
    }

    private func raise(_ field: String, to day: Int32, deadline: NIODeadline) async throws(StoreError) {
        let call = StoreCall(FunctionLibrary.store.name("raise_day"), .settings, keys: [StoreKeys.store])
            .appending([.text(field), .integer(Int64(day))])
        _ = try await send(call, effect: .once, deadline: deadline)
    }
}
