import NIOCore
import RedisClient
import ReturnsDomain

/// Whether a server may deliver for a webhook.
public enum WebhookLease: Hashable, Sendable {
    /// It may, with the places of this epoch.
    case held(epoch: Int64)
    /// Another server does, or the webhook is disabled or gone.
    case refused
}

/// What came of recording progress.
public enum WebhookProgress: Hashable, Sendable {
    case recorded
    /// Another server delivers for the webhook now.
    case lost
    /// The places were changed by somebody else: read them anew.
    case moved
}

/// How a webhook's place in a partition compares with the log.
public struct WebhookFigures: Hashable, Sendable {
    /// The last event that was trimmed.
    public var trimmed: OutboxID
    public var last: OutboxID
    /// How many events were ever added.
    public var added: Int64
    /// How many of these are kept.
    public var kept: Int64
    /// The one behind the place.
    public var next: OutboxID?
    /// What the partition's events take in Redis.
    public var bytes: Int64
    /// What trimming has noted that the webhook loses; nil when there is nothing, or the webhook has passed it.
    public var noted: OutboxLoss?

    /// Events behind the place, before the filter; nil while that is not known.
    public func lag(of place: WebhookPlace) -> Int64? {
        if next == nil { return 0 }
        return place.ordinal.map { max(0, added - $0) }
    }

    /// Events behind the place that are gone; nil while that is not known.
    public func lost(behind place: WebhookPlace) -> Int64? {
        guard place.position < trimmed else { return 0 }
        // A log that was deleted by hand counts anew, so its numbers tell nothing of places before.
        guard let ordinal = place.ordinal, added - kept >= ordinal else { return nil }
        return added - kept - ordinal
    }

    /// What a webhook at a place has lost; nil when it has lost nothing.
    public func loss(at place: WebhookPlace, now: Instant) -> OutboxLoss? {
        guard place.position < trimmed else { return nil }
        return OutboxLoss(
            after: place.position, through: trimmed,
            // Trimming counts from what the webhook said last that it had finished.
            events: lost(behind: place) ?? (noted?.after == place.position ? noted?.events : nil),
            since: noted?.since ?? now, last: now)
    }

    /// How much a webhook at a place uses of what may be held for it, 0 to 1.
    public func heldShare(of place: WebhookPlace, _ retention: OutboxRetention, partitions: Int) -> Double {
        guard kept > 0 else { return 0 }
        let events = min(Double(lag(of: place) ?? kept), Double(kept))
        let share = max(
            events / Double(max(1, retention.heldEventsMax)),
            Double(bytes) * events / Double(kept) / Double(retention.bytesMax(partitions: partitions)))
        return min(1, share)
    }

    /// Where a webhook goes on that has lost what is gone.
    public var beginning: WebhookPlace { WebhookPlace(position: trimmed, ordinal: added - kept) }

    /// Behind everything.
    public var end: WebhookPlace { WebhookPlace(position: last, ordinal: added) }
}

extension ReturnsStore {
    // MARK: Leases

    /// Takes or renews the right to deliver, which is given to webhooks that are enabled alone. Two servers that both believe
    /// to have it deliver events twice, and lose none: places move only for the one that has it.
    public func leaseWebhook(
        _ name: String, owner: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookLease {
        var command = Self.webhookCall(
            "webhook_lease", [StoreKeys.webhookLease(name), StoreKeys.webhookState(name)])
        command.append(owner)
        command.append(milliseconds)
        let parts = try await webhookReply(command, deadline)
        guard parts.count == 3 else { throw Self.webhookMalformed }
        guard parts[0].integer == 1 else { return .refused }
        guard let epoch = parts[1].string.flatMap({ Int64($0) }) else { throw Self.webhookMalformed }
        return .held(epoch: epoch)
    }

    public func releaseWebhook(
        _ name: String, owner: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        var command = Self.webhookCall("webhook_release", [StoreKeys.webhookLease(name)])
        command.append(owner)
        _ = try await send(command, effect: .once, deadline: deadline)
    }

    // MARK: Progress

    /// Records what became of an event, or how far events were passed over.
    public func recordProgress(
        _ webhook: Webhook, owner: String, epoch: Int64, delivery: WebhookDelivery?,
        _ fields: [WebhookField], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookProgress {
        var command = Self.webhookCall(
            "webhook_progress",
            [
                StoreKeys.webhookState(webhook.name), StoreKeys.webhookLease(webhook.name),
                StoreKeys.webhookDeliveries(webhook.name), StoreKeys.webhookAside(webhook.name),
            ])
        command.append(owner)
        command.append(epoch)
        if let delivery {
            command.append(delivery)
        } else {
            for none in ["", "1", "", "", "0", "1"] { command.append(none) }
        }
        command.append(fields)
        switch try await webhookReply(command, deadline)[0].string {
        case "OK": return .recorded
        case "LOST": return .lost
        case "MOVED": return .moved
        default: throw Self.webhookMalformed
        }
    }

    /// Of some partitions, all of which can be read.
    ///
    /// - Parameter webhook: nil for one that is not there yet.
    public func webhookFigures(
        _ places: [EventID], of webhook: Webhook?, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [WebhookFigures] {
        var figures: [WebhookFigures] = []
        for result in try await webhookFiguresEach(places, of: webhook, deadline: deadline) {
            figures.append(try result.get())
        }
        return figures
    }

    /// Of some partitions. One that is damaged fails for itself.
    public func webhookFiguresEach(
        _ places: [EventID], of webhook: Webhook?, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<WebhookFigures, StoreError>] {
        let function = FunctionLibrary.outbox.name("outbox_figures")
        let replies = try await readEachInSlices(
            places.map { place in
                let keys = StoreKeys(partition: place.partition)
                return StoreCall(
                    function, .partition(place.partition),
                    keys: [keys.outbox, keys.outboxTrimmed, keys.outboxLost], isRead: true
                ).appending([.text("\(place.position)"), .text(webhook?.holder ?? "")])
            }, deadline: deadline)
        return replies.map { reply in
            Self.result { () throws(StoreError) in try Self.webhookFigures(try reply.get()) }
        }
    }

    private static func webhookFigures(_ reply: RedisValue) throws(StoreError) -> WebhookFigures {
        guard let parts = reply.array, parts.count == 7, let added = parts[2].integer,
            let kept = parts[3].integer, let next = parts[4].string, let bytes = parts[5].integer,
            let noted = parts[6].string
        else { throw webhookMalformed }
        return WebhookFigures(
            trimmed: try outboxID(parts[0]), last: try outboxID(parts[1]), added: added, kept: kept,
            next: OutboxID(next), bytes: bytes, noted: OutboxLoss(noted))
    }

    /// At every place of a webhook; nil of a partition that is damaged.
    public func webhookFigures(
        _ state: WebhookState, of webhook: Webhook, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [WebhookFigures?] {
        try await webhookFiguresEach(
            state.places.enumerated().map { EventID(partition: $0.offset, position: $0.element.position) },
            of: webhook, deadline: deadline
        ).map { try? $0.get() }
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

    // MARK: Holding the log

    /// Nothing behind these places is trimmed from now on, up to what a webhook may hold.
    public func holdOutbox(
        _ webhook: Webhook, _ places: [WebhookPlace], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        try await holdOutbox(
            webhook,
            Dictionary(uniqueKeysWithValues: places.enumerated().map { ($0.offset, $0.element.position) }),
            deadline: deadline)
    }

    /// The same, of some partitions.
    public func holdOutbox(
        _ webhook: Webhook, _ positions: [Int: OutboxID], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        guard !positions.isEmpty else { return }
        _ = try await pipeline(
            positions.map { partition, position in holdCall(webhook.holder, partition, position) },
            deadline: deadline)
    }

    /// Lets go what is held for webhooks that are not enabled any more: a server that was killed, or had lost its lease, may have
    /// left it. What stands in the way of one, or in one partition, keeps no other from being let go, and is thrown at the end.
    ///
    /// - Returns: how many of them were found.
    @discardableResult
    public func releaseStrayWebhooks(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Int {
        // In this order: a webhook's record is there before anything is held for it.
        let replies = try await readEach(
            (0..<partitioning.count).map {
                RedisCommand("HKEYS", .text(StoreKeys(partition: $0).outboxHeld))
            }, deadline: deadline)
        var failure: StoreError?
        var strays: Set<String> = []
        for reply in replies {
            switch reply {
            case .success(let reply): strays.formUnion((reply.array ?? []).compactMap(\.string))
            case .failure(let error): failure = failure ?? error
            }
        }
        strays = strays.filter { $0.hasPrefix(Webhook.holderPrefix) }
        if strays.isEmpty, let failure { throw failure }
        guard !strays.isEmpty else { return 0 }
        let webhooks = try await loadWebhooks(deadline: deadline)
        for webhook in webhooks.records where strays.contains(webhook.holder) {
            if try await mayBeEnabled(webhook, deadline: deadline) { strays.remove(webhook.holder) }
        }
        // Nothing tells that these are not enabled. What is held for one is bounded, and goes when it is deleted.
        let unread = webhooks.unread
        strays = strays.filter { !unread.contains(Webhook.name(ofHolder: $0)) }
        for stray in strays {
            do throws(StoreError) {
                try await releaseOutbox(stray, deadline: deadline)
            } catch {
                guard error.isLocal else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return strays.count
    }

    /// Also one whose state is damaged.
    private func mayBeEnabled(
        _ webhook: Webhook, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try await loadWebhookState(webhook, deadline: deadline)?.isEnabled ?? false
        } catch {
            guard error.isLocal else { throw error }
            return true
        }
    }
}
