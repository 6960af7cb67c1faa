import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What came of adding a webhook.
public enum WebhookAddition: Hashable, Sendable {
    case added
    /// There is one of that name.
    case exists
    /// There are `ReturnsStore.webhooksMax` already.
    case full
    /// The request was carried out before, and made this one.
    case replay(Webhook)
    /// The request was carried out before; what it made has gone.
    case deletedSince
    case requestIDReused
}

/// What came of another change of a webhook.
public enum WebhookChange: Hashable, Sendable {
    case changed
    case missing
    /// Somebody else has changed it meanwhile: decide anew.
    case moved
    /// The request was carried out before, and was answered so.
    case replay([UInt8])
    case requestIDReused
}

extension ReturnsStore {
    /// There may be at most this many webhooks.
    public static let webhooksMax = 32
    /// The latest attempts that are kept of one webhook, and the events set aside.
    public static let webhookDeliveriesMax = 500
    public static let webhookAsideMax = 1_000

    // MARK: Reading

    /// Webhooks post events of every sale channel, so nobody who is bound to some has to do with them.
    public func loadWebhooks(
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> NamedRecords<Webhook> {
        try requireEveryChannel()
        return try await loadNamed(StoreKeys.webhooks, name: \.name, deadline: deadline) {
            value throws(StoreError) in try decodeWebhook(value)
        }
    }

    /// The webhook and how it fares; nil when there is none.
    public func loadWebhook(
        _ name: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (webhook: Webhook, state: WebhookState)? {
        try requireEveryChannel()
        let reply = try await send(
            RedisCommand("HGET", .text(StoreKeys.webhooks), .text(name)), key: StoreKeys.webhooks,
            deadline: deadline)
        guard !reply.isNull else {
            try await confirmRun(deadline: deadline)
            return nil
        }
        let webhook = try decodeWebhook(reply, name)
        guard let state = try await loadWebhookState(webhook, deadline: deadline) else { return nil }
        return (webhook, state)
    }

    /// Nil when the webhook has gone.
    ///
    /// - Throws: `corrupt` when it has not, and its state cannot be read.
    public func loadWebhookState(
        _ webhook: Webhook, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookState? {
        try await loadWebhookStates(webhook, deadline: deadline)?.state
    }

    /// The same, and the progress that it was made from, as it stands in the partitions.
    func loadWebhookStates(
        _ webhook: Webhook, deadline: NIODeadline
    ) async throws(StoreError) -> (state: WebhookState, stored: [StoredProgress])? {
        try await NamedRecord.webhook(webhook.name).named { () async throws(StoreError) in
            let key = StoreKeys.webhookState(webhook.name)
            // What was asked before what was done: an order that somebody has taken meanwhile is seen as taken, or not at all.
            let reply = try await send(RedisCommand("HGETALL", .text(key)), key: key, deadline: deadline)
            let stored = try await storedProgress(of: webhook.holder, deadline: deadline)
            do throws(RecordError) {
                let state = try WebhookState(reply, webhook: webhook, stored: stored)
                if let state { return (state, stored) }
            } catch {
                throw StoreError(error, "its state")
            }
            // Both are written and deleted in one step, so where the record is still there the state is damaged.
            let record = try await send(
                RedisCommand("HGET", .text(StoreKeys.webhooks), .text(webhook.name)),
                key: StoreKeys.webhooks, deadline: deadline)
            guard !record.isNull, try decodeWebhook(record).instance == webhook.instance else { return nil }
            throw StoreError(.corrupt, "its state")
        }
    }

    /// The newest first, behind a place. Where that one is forgotten, so is all that came before it.
    public func loadWebhookDeliveries(
        _ name: String, after: WebhookDeliveryPlace? = nil, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (items: [WebhookDelivery], next: WebhookDeliveryPlace?) {
        try await NamedRecord.webhook(name).named { () async throws(StoreError) in
            let key = StoreKeys.webhookDeliveries(name)
            let reply = try await send(
                RedisCommand(
                    "LRANGE", .text(key), 0,
                    // One more tells whether there are any behind the page; where a place is, only its entry tells.
                    .integer(after == nil ? Int64(limit) : Int64(Self.webhookDeliveriesMax) - 1)), key: key,
                deadline: deadline)
            var deliveries: [WebhookDelivery] = []
            for value in reply.array ?? [] {
                deliveries.append(
                    try decode(value.bytes, "delivery") { bytes throws(RecordError) in
                        try WebhookDelivery(record: bytes)
                    })
            }
            var left = deliveries[...]
            if let after {
                let found = left.firstIndex { $0.place == after }
                left = left[(found.map { $0 + 1 } ?? left.endIndex)...]
            }
            let items = Array(left.prefix(limit))
            return (items, left.count > limit ? items.last?.place : nil)
        }
    }

    /// Ids of events that were set aside, the newest first.
    public func loadWebhookAside(
        _ name: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [String] {
        try await NamedRecord.webhook(name).named { () async throws(StoreError) in
            let key = StoreKeys.webhookAside(name)
            let reply = try await send(
                RedisCommand("ZREVRANGE", .text(key), 0, -1), key: key, deadline: deadline)
            return (reply.array ?? []).compactMap(\.string)
        }
    }

    public func countWebhookAside(
        _ name: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Int {
        let key = StoreKeys.webhookAside(name)
        return Int(
            try await send(RedisCommand("ZCARD", .text(key)), key: key, deadline: deadline).integer ?? 0)
    }

    // MARK: Changing

    public func addWebhook(
        _ webhook: Webhook, state: WebhookState, request: CommitRequest,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookAddition {
        try requireEveryChannel()
        var command = webhookCall(
            "webhook_add", request,
            [StoreKeys.webhooks, StoreKeys.webhookRequest(request.id), StoreKeys.webhookState(webhook.name)])
        command.append(webhook.name)
        command.append(webhook.encodeRecord())
        command.append(Self.webhooksMax)
        command.append("\(webhook.name)@\(webhook.instanceText)")
        command.append(state.fields(of: webhook))
        let parts = try await webhookReply(command, deadline)
        switch parts[0].string {
        case "OK":
            try await afterChange { () async throws(StoreError) in
                try await holdOutbox(webhook, state.places, deadline: deadline)
            }
            return .added
        case "EXISTS": return .exists
        case "FULL": return .full
        case "REUSED": return .requestIDReused
        case "REPLAY" where parts.count == 2:
            return try await afterChange { () async throws(StoreError) -> WebhookAddition in
                let made = (parts[1].string ?? "").split(separator: "@")
                guard made.count == 2,
                    let found = try await loadWebhook(String(made[0]), deadline: deadline)?.webhook,
                    found.instanceText == made[1]
                else { return .deletedSince }
                return .replay(found)
            }
        default: throw Self.webhookMalformed
        }
    }

    /// Forgets everything of it.
    public func removeWebhook(
        _ name: String, request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookChange {
        var command = webhookCall(
            "webhook_remove", request,
            [
                StoreKeys.webhooks, StoreKeys.webhookRequest(request.id), StoreKeys.webhookState(name),
                StoreKeys.webhookLease(name), StoreKeys.webhookDeliveries(name), StoreKeys.webhookAside(name),
            ])
        command.append(name)
        return try webhookChange(try await webhookReply(command, deadline))
    }

    /// Changes some of its state, or its record, which whoever delivers for it notices.
    ///
    /// - Parameters:
    ///   - webhook: what the change was decided on, and `state` of it.
    ///   - orders: what is asked of its progress, by partition.
    ///   - replacement: what takes its place; nil where the record stays.
    ///   - answer: what a repetition of the request is told.
    public func changeWebhook(
        _ webhook: Webhook, _ state: WebhookState, _ fields: [WebhookField] = [],
        orders: [Int: ConsumerOrder] = [:], replacement: Webhook? = nil,
        answer: [UInt8] = [], request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookChange {
        // With the epoch that the change raises it to.
        let ordered = orders.sorted { $0.key < $1.key }.map { partition, order in
            WebhookField.order(
                partition, order.following(state.orders[partition]), epoch: state.epoch &+ 1)
        }
        var command = webhookCall(
            "webhook_change", request,
            [StoreKeys.webhooks, StoreKeys.webhookRequest(request.id), StoreKeys.webhookState(webhook.name)])
        command.append(webhook.name)
        command.append(webhook.instanceText)
        command.append(state.epoch)
        command.append(answer)
        command.append(replacement == nil ? [] : webhook.encodeRecord())
        command.append(replacement?.encodeRecord() ?? [])
        command.append(fields + ordered)
        return try webhookChange(try await webhookReply(command, deadline))
    }

    /// What a request that was carried out before was told, whatever its webhook has become.
    ///
    /// - Returns: `replay` or `requestIDReused`; nil when it was not carried out.
    public func webhookAnswer(
        to request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> WebhookChange? {
        let key = StoreKeys.webhookRequest(request.id)
        let reply = try await send(RedisCommand("GET", .text(key)), key: key, deadline: deadline)
        guard let answer = request.answer(in: reply) else { return nil }
        return answer.map { .replay($0) } ?? .requestIDReused
    }

    /// What a delivery that was asked for came to, from the answer to its request.
    public func askedDelivery(_ answer: [UInt8]) throws(StoreError) -> WebhookDelivery {
        do throws(StoreError) {
            return try decode(ByteBuffer(bytes: answer), "delivery") { bytes throws(RecordError) in
                try WebhookDelivery(record: bytes)
            }
        } catch {
            throw error.of(.request)
        }
    }

    /// Records a delivery that was asked for.
    public func recordAsked(
        _ delivery: WebhookDelivery, of webhook: Webhook, request: CommitRequest,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        var command = webhookCall(
            "webhook_asked", request,
            [
                StoreKeys.webhooks, StoreKeys.webhookRequest(request.id),
                StoreKeys.webhookState(webhook.name), StoreKeys.webhookDeliveries(webhook.name),
                StoreKeys.webhookAside(webhook.name),
            ], isCounted: false)
        command.append(webhook.name)
        command.append(webhook.instanceText)
        command.append(delivery)
        _ = try await webhookReply(command, deadline)
    }

    // MARK: Calling

    private func webhookCall(
        _ function: String, _ request: CommitRequest, _ keys: [String], isCounted: Bool = true
    ) -> StoreCall {
        var command = Self.webhookCall(function, keys, isCounted: isCounted)
        command.append(request.fingerprint)
        command.append(RequestRecord.retentionMilliseconds)
        return command
    }

    static func webhookCall(_ function: String, _ keys: [String], isCounted: Bool = false) -> StoreCall {
        StoreCall(FunctionLibrary.webhooks.name(function), .webhooks, keys: keys, isCounted: isCounted)
    }

    func webhookReply(_ call: StoreCall, _ deadline: NIODeadline) async throws(StoreError) -> [RedisValue] {
        let reply = try await send(call, effect: .once, deadline: deadline)
        guard let parts = reply.array, !parts.isEmpty else { throw Self.webhookMalformed }
        return parts
    }

    private func webhookChange(_ parts: [RedisValue]) throws(StoreError) -> WebhookChange {
        switch parts[0].string {
        case "OK": return .changed
        case "MISSING": return .missing
        case "MOVED": return .moved
        case "REUSED": return .requestIDReused
        case "REPLAY" where parts.count == 2:
            return .replay(parts[1].bytes.map { Array($0.readableBytesView) } ?? [])
        default: throw Self.webhookMalformed
        }
    }

    static let webhookMalformed = StoreError(.corrupt, "a function of the webhooks answered something else")

    private func decodeWebhook(_ value: RedisValue, _ name: String) throws(StoreError) -> Webhook {
        do throws(StoreError) { return try decodeWebhook(value) } catch { throw error.of(.webhook(name)) }
    }

    private func decodeWebhook(_ value: RedisValue) throws(StoreError) -> Webhook {
        try decode(value.bytes, "webhook") { bytes throws(RecordError) in try Webhook(record: bytes) }
    }
}

extension StoreCall {
    mutating func append(_ fields: [WebhookField]) {
        for field in fields {
            append(field.name)
            append(field.value)
        }
    }

    /// As `note` of webhooks.lua takes it.
    mutating func append(_ delivery: WebhookDelivery) {
        append(delivery.encodeRecord())
        append(ReturnsStore.webhookDeliveriesMax)
        append(delivery.eventID)
        append(delivery.verdict.rawValue)
        append(delivery.at.milliseconds)
        append(ReturnsStore.webhookAsideMax)
    }
}

extension CommitRequest {
    /// Reads a record that begins with the fingerprint of its request, as `carried_out` of shared.lua does.
    ///
    /// - Returns: What follows the fingerprint. The outer nil: there is no record; the inner: it is another request's.
    func answer(in reply: RedisValue) -> [UInt8]?? {
        guard let bytes = reply.bytes.map({ Array($0.readableBytesView) }) else { return nil }
        guard bytes.starts(with: fingerprint) else { return .some(nil) }
        return Array(bytes.dropFirst(fingerprint.count))
    }
}
