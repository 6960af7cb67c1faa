import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What came of moving a consumer's progress.
public enum ConsumerMove: Hashable, Sendable {
    case moved
    /// Somebody else has taken it.
    case lost
}

/// Consumers inside the server: each has a name, a lease with an epoch, and progress in every partition.
extension ReturnsStore {
    // MARK: Progress

    /// Of a consumer in each partition.
    ///
    /// - Throws: `corrupt` where one is damaged or a newer build's.
    func storedProgress(
        of consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [StoredProgress] {
        let replies = try await pipeline(
            (0..<partitioning.count).map {
                RedisCommand("HGET", .text(StoreKeys(partition: $0).outboxConsumers), .text(consumer))
            }, deadline: deadline)
        do throws(RecordError) {
            var all: [StoredProgress] = []
            for (partition, reply) in replies.enumerated() {
                all.append(try StoredProgress(reply, of: consumer, partition: partition))
            }
            return all
        } catch {
            throw StoreError(error, "its state")
        }
    }

    /// Takes a consumer's progress over for whoever has its lease, and holds the log there.
    ///
    /// - Parameter stored: as it was read; what somebody has written since is not taken.
    /// - Returns: false where somebody has, in some partition: read it anew. What was taken by then stays so.
    func takeConsumer(
        _ consumer: String, epoch: Int64, _ progress: [ConsumerProgress], over stored: [StoredProgress],
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        guard stored.allSatisfy({ $0.epoch <= epoch }) else { return false }
        let replies = try await pipeline(
            zip(progress, stored).enumerated().map { partition, item in
                let taken = StoredProgress(item.0, epoch: epoch, of: consumer)
                return Self.consumerCall(
                    "consumer_take", consumer, partition, item.1.text, taken, item.0.place.position)
            }, deadline: deadline)
        return replies.allSatisfy { $0.array?.first?.string == "OK" }
    }

    /// Moves a consumer's progress in a partition, and what is held of the log with it: one step, which whoever has not taken it last
    /// cannot make.
    public func moveConsumer(
        _ consumer: String, epoch: Int64, _ progress: ConsumerProgress, partition: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> ConsumerMove {
        let moved = StoredProgress(progress, epoch: epoch, of: consumer)
        let reply = try await send(
            Self.consumerCall(
                "consumer_move", consumer, partition, "\(epoch)", moved, progress.place.position),
            effect: .once, deadline: deadline)
        switch reply.array?.first?.string {
        case "OK": return .moved
        case "LOST": return .lost
        default: throw Self.outboxMalformed
        }
    }

    /// Nothing stays of a consumer that is no more.
    public func forgetConsumer(
        _ consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await pipeline(
            (0..<partitioning.count).map {
                StoreCall(
                    FunctionLibrary.outbox.name("consumer_forget"), .partition($0),
                    keys: Self.consumerKeys($0)
                ).appending([.text(consumer)])
            }, deadline: deadline)
    }

    private static func consumerCall(
        _ function: String, _ consumer: String, _ partition: Int, _ expected: String,
        _ progress: StoredProgress, _ position: OutboxID
    ) -> StoreCall {
        StoreCall(
            FunctionLibrary.outbox.name(function), .partition(partition), keys: consumerKeys(partition)
        ).appending([.text(consumer), .text(expected), .text(progress.text), .text("\(position)")])
    }

    private static func consumerKeys(_ partition: Int) -> [String] {
        let keys = StoreKeys(partition: partition)
        return [keys.outboxConsumers, keys.outboxHeld, keys.outboxLost]
    }

    // MARK: Holding the log

    /// Says how far an internal consumer has finished a partition; nothing behind that is trimmed from now on, up to what a
    /// consumer may hold. Whoever holds the outbox back has to go on, or to let go: it grows until then.
    public func holdOutbox(
        _ consumer: String, finished: EventID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await send(
            holdCall(consumer, finished.partition, finished.position), effect: .once, deadline: deadline)
    }

    /// The same, in every partition.
    public func holdOutbox(
        _ consumer: String, _ positions: [OutboxID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await pipeline(
            positions.enumerated().map { holdCall(consumer, $0.offset, $0.element) }, deadline: deadline)
    }

    /// An internal consumer holds nothing back any more.
    public func releaseOutbox(
        _ consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await pipeline(
            (0..<partitioning.count).map { holdCall(consumer, $0, nil) }, deadline: deadline)
    }

    /// - Parameter finished: nil lets go.
    func holdCall(_ consumer: String, _ partition: Int, _ finished: OutboxID?) -> StoreCall {
        let call = StoreCall(
            Self.holdFunction, .partition(partition),
            keys: [StoreKeys(partition: partition).outboxHeld, StoreKeys(partition: partition).outboxLost]
        ).appending([.text(consumer)])
        return finished.map { call.appending([.text("\($0)")]) } ?? call
    }

    private static let holdFunction = FunctionLibrary.outbox.name("outbox_hold")

    // MARK: Figures

    /// Of some partitions, all of which can be read.
    ///
    /// - Parameter consumer: "" for one that is not there yet.
    public func consumerFigures(
        _ places: [EventID], of consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [ConsumerFigures] {
        var figures: [ConsumerFigures] = []
        for result in try await consumerFiguresEach(places, of: consumer, deadline: deadline) {
            figures.append(try result.get())
        }
        return figures
    }

    /// Of some partitions. One that is damaged fails for itself.
    public func consumerFiguresEach(
        _ places: [EventID], of consumer: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<ConsumerFigures, StoreError>] {
        let function = FunctionLibrary.outbox.name("outbox_figures")
        let replies = try await readEachInSlices(
            places.map { place in
                let keys = StoreKeys(partition: place.partition)
                return StoreCall(
                    function, .partition(place.partition),
                    keys: [keys.outbox, keys.outboxTrimmed, keys.outboxLost], isRead: true
                ).appending([.text("\(place.position)"), .text(consumer)])
            }, deadline: deadline)
        return replies.map { reply in
            Self.result { () throws(StoreError) in try Self.consumerFigures(try reply.get()) }
        }
    }

    private static func consumerFigures(_ reply: RedisValue) throws(StoreError) -> ConsumerFigures {
        guard let parts = reply.array, parts.count == 7, let added = parts[2].integer,
            let kept = parts[3].integer, let next = parts[4].string, let bytes = parts[5].integer,
            let noted = parts[6].string
        else { throw outboxMalformed }
        return ConsumerFigures(
            trimmed: try outboxID(parts[0]), last: try outboxID(parts[1]), added: added, kept: kept,
            next: OutboxID(next), bytes: bytes, noted: OutboxLoss(noted))
    }

    /// One event, whatever stands around it; nil when it is not kept.
    public func loadEvent(_ id: EventID, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> OutboxEvent?
    {
        let key = StoreKeys(partition: id.partition).outbox
        let reply = try await send(
            RedisCommand("XRANGE", .text(key), .text("\(id.position)"), .text("\(id.position)")), key: key,
            deadline: deadline)
        return try OutboxEvent.events(reply, partition: id.partition).first
    }
}
