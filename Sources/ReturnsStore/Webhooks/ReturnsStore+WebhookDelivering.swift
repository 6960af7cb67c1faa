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

/// What came of recording a delivery.
public enum WebhookRecording: Hashable, Sendable {
    case recorded
    /// Another server delivers for the webhook now.
    case lost
    /// Somebody else has changed the webhook: read it anew.
    case moved
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

    // MARK: Delivering

    /// Takes a webhook's progress over for whoever has its lease, and with it what was asked of it meanwhile.
    ///
    /// - Returns: nil where it has gone, was changed since, or is somebody else's: look at it anew.
    public func takeWebhook(
        _ webhook: Webhook, epoch: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookState? {
        guard let (state, stored) = try await loadWebhookStates(webhook, deadline: deadline),
            state.epoch == epoch, state.isEnabled,
            try await takeConsumer(
                webhook.holder, epoch: epoch, state.progress, over: stored, deadline: deadline)
        else { return nil }
        return state
    }

    /// Records what became of an event, and how the webhook fares since. Its progress moves behind that, in a step of its own: what
    /// is recorded and not passed is delivered once more.
    public func recordDelivery(
        _ delivery: WebhookDelivery, of webhook: Webhook, owner: String, epoch: Int64,
        _ fields: [WebhookField], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookRecording {
        var command = Self.webhookCall(
            "webhook_record",
            [
                StoreKeys.webhookState(webhook.name), StoreKeys.webhookLease(webhook.name),
                StoreKeys.webhookDeliveries(webhook.name), StoreKeys.webhookAside(webhook.name),
            ])
        command.append(owner)
        command.append(epoch)
        command.append(delivery)
        command.append(fields)
        switch try await webhookReply(command, deadline)[0].string {
        case "OK": return .recorded
        case "LOST": return .lost
        case "MOVED": return .moved
        default: throw Self.webhookMalformed
        }
    }

    /// At every place of a webhook; nil of a partition that is damaged.
    public func consumerFigures(
        _ state: WebhookState, of webhook: Webhook, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [ConsumerFigures?] {
        try await consumerFiguresEach(
            state.places.enumerated().map { EventID(partition: $0.offset, position: $0.element.position) },
            of: webhook.holder, deadline: deadline
        ).map { try? $0.get() }
    }

    // MARK: Holding the log

    /// Nothing behind these places is trimmed from now on, up to what a webhook may hold.
    public func holdOutbox(
        _ webhook: Webhook, _ places: [OutboxPlace], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        try await holdOutbox(webhook.holder, places.map(\.position), deadline: deadline)
    }

    /// Lets go what is held for webhooks that are not enabled any more, and forgets the progress of those that are gone: a server that
    /// was killed, or had lost its lease, may have left it. What stands in the way of one, or in one partition, keeps no other from
    /// being let go, and is thrown at the end.
    ///
    /// - Returns: how many of them were found.
    @discardableResult
    public func releaseStrayWebhooks(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Int {
        // In this order: a webhook's record is there before anything is held for it.
        var failure: StoreError?
        var holding = try await webhookConsumers(in: \.outboxHeld, failure: &failure, deadline: deadline)
        var gone = try await webhookConsumers(in: \.outboxConsumers, failure: &failure, deadline: deadline)
            .union(holding)
        if gone.isEmpty, let failure { throw failure }
        guard !gone.isEmpty else { return 0 }
        let webhooks = try await loadWebhooks(deadline: deadline)
        for webhook in webhooks.records {
            gone.remove(webhook.holder)
            guard holding.contains(webhook.holder) else { continue }
            if try await mayBeEnabled(webhook, deadline: deadline) { holding.remove(webhook.holder) }
        }
        // Nothing tells that these are not enabled, or gone. What is held for one is bounded, and goes when it is deleted.
        let unread = webhooks.unread
        gone = gone.filter { !unread.contains(Webhook.name(ofHolder: $0)) }
        holding = holding.filter { !unread.contains(Webhook.name(ofHolder: $0)) }
        for stray in holding.union(gone) {
            do throws(StoreError) {
                if gone.contains(stray) {
                    try await forgetConsumer(stray, deadline: deadline)
                } else {
                    try await releaseOutbox(stray, deadline: deadline)
                }
            } catch {
                guard error.isLocal else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return holding.union(gone).count
    }

    private func webhookConsumers(
        in key: KeyPath<StoreKeys, String>, failure: inout StoreError?, deadline: NIODeadline
    ) async throws(StoreError) -> Set<String> {
        let replies = try await readEach(
            (0..<partitioning.count).map {
                RedisCommand("HKEYS", .text(StoreKeys(partition: $0)[keyPath: key]))
            }, deadline: deadline)
        var found: Set<String> = []
        for reply in replies {
            switch reply {
            case .success(let reply): found.formUnion((reply.array ?? []).compactMap(\.string))
            case .failure(let error): failure = failure ?? error
            }
        }
        return found.filter { $0.hasPrefix(Webhook.holderPrefix) }
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
