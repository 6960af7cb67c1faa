import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// How a webhook fares.
public struct WebhookState: Hashable, Sendable {
    /// Changes whenever somebody else than the server that delivers has changed something, and whenever the right to deliver is
    /// taken. No two webhooks have had one in common.
    public var epoch: Int64
    public var isEnabled: Bool
    /// Unspecified while it is enabled; a newer server may have written one that this one does not know.
    public var reason: Returns_V1_WebhookDisabledReason
    public var disabledAt: Instant?
    /// Since when every attempt has failed; nil while the latest one succeeded, or there was none.
    public var failingSince: Instant?
    public var lastSuccess: Instant?
    /// In a row.
    public var failures: Int64
    /// By partition.
    public var progress: [ConsumerProgress]
    /// Up to when somebody has confirmed losses: the receiver has read again what they concern. Nil before the first time.
    public var confirmedThrough: Instant?
    /// Events that were set aside, and that nobody can list any more.
    public var asideForgotten: Int64
    /// Those that nobody has taken over yet; the progress has them in it.
    var orders: [Int: ConsumerOrder] = [:]

    public init(
        epoch: Int64, isEnabled: Bool = true, reason: Returns_V1_WebhookDisabledReason = .unspecified,
        disabledAt: Instant? = nil,
        failingSince: Instant? = nil, lastSuccess: Instant? = nil, failures: Int64 = 0,
        progress: [ConsumerProgress], confirmedThrough: Instant? = nil, asideForgotten: Int64 = 0
    ) {
        self.epoch = epoch
        self.isEnabled = isEnabled
        self.reason = reason
        self.disabledAt = disabledAt
        self.failingSince = failingSince
        self.lastSuccess = lastSuccess
        self.failures = failures
        self.progress = progress
        self.confirmedThrough = confirmedThrough
        self.asideForgotten = asideForgotten
    }

    /// Of a webhook that begins there.
    public init(epoch: Int64, places: [OutboxPlace]) {
        self.init(epoch: epoch, progress: places.map { ConsumerProgress(place: $0) })
    }

    public var places: [OutboxPlace] { progress.map(\.place) }

    /// What it was not sent, by partition, and nobody has confirmed.
    public var losses: [Int: OutboxLoss] { by(\.loss) }
    /// The part of it that the receiver has not been told yet.
    public var untold: [Int: OutboxLoss] { by(\.untold) }

    private func by(_ loss: KeyPath<ConsumerProgress, OutboxLoss?>) -> [Int: OutboxLoss] {
        var found: [Int: OutboxLoss] = [:]
        for (partition, progress) in progress.enumerated() { found[partition] = progress[keyPath: loss] }
        return found
    }
}

/// One field of a webhook's state, as Redis holds it.
///
/// webhooks.lua reads and counts up some fields, which stand there plain. Behind each other one stand '|' and its CRC-32C: so a field
/// of a newer build is whole, and one that is not is damage.
public struct WebhookField: Hashable, Sendable {
    let name: String
    let value: String

    /// Those of webhooks.lua.
    static let plainNames: Set<String> = ["instance", "epoch", "enabled", "aside_forgotten"]

    public static func enabled(_ isEnabled: Bool) -> WebhookField {
        .init(plain: "enabled", isEnabled ? "1" : "0")
    }
    public static func reason(_ reason: Returns_V1_WebhookDisabledReason) -> WebhookField {
        .init("reason", "\(reason.rawValue)")
    }
    public static func disabledAt(_ time: Instant?) -> WebhookField {
        .init("disabled_ms", "\(time?.milliseconds ?? 0)")
    }
    public static func failingSince(_ time: Instant?) -> WebhookField {
        .init("failing_ms", "\(time?.milliseconds ?? 0)")
    }
    public static func lastSuccess(_ time: Instant?) -> WebhookField {
        .init("success_ms", "\(time?.milliseconds ?? 0)")
    }
    public static func failures(_ count: Int64) -> WebhookField { .init("failures", "\(count)") }
    /// Losses up to then are confirmed.
    public static func confirmedThrough(_ time: Instant) -> WebhookField {
        .init("confirmed_ms", "\(time.milliseconds)")
    }
    /// - Parameter epoch: the one that it comes with.
    static func order(_ partition: Int, _ order: ConsumerOrder, epoch: Int64) -> WebhookField {
        .init("p\(partition)", order.text(epoch: epoch))
    }

    /// A field with its checksum.
    init(_ name: String, _ contents: String) {
        self.name = name
        value = CheckedText.sealed(contents, name: name)
    }

    private init(plain name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }

    static func epoch(_ epoch: Int64) -> WebhookField { .init(plain: "epoch", "\(epoch)") }
    static func instance(_ webhook: Webhook) -> WebhookField {
        .init(plain: "instance", webhook.instanceText)
    }
}

extension WebhookState {
    /// Of a new one: its first progress is an order, which whoever delivers first takes over.
    func fields(of webhook: Webhook) -> [WebhookField] {
        [
            .instance(webhook), .epoch(epoch), .enabled(isEnabled), .reason(reason), .disabledAt(disabledAt),
            .failingSince(failingSince), .lastSuccess(lastSuccess), .failures(failures),
        ]
            + progress.enumerated().map {
                .order($0.offset, ConsumerOrder(place: $0.element.place, loss: $0.element.loss), epoch: epoch)
            }
    }

    /// - Parameters:
    ///   - reply: names and values of the whole hash.
    ///   - stored: the progress that stands in the partitions' slots.
    /// - Returns: nil where it is no state of this webhook.
    /// - Throws: where it is damaged, and where a newer build has written what this one does not know.
    init?(
        _ reply: RedisValue, webhook: Webhook, stored: [StoredProgress]
    ) throws(RecordError) {
        guard let fields = Self.fields(reply), fields["instance"] == webhook.instanceText else { return nil }
        var reading = WebhookStateReading(fields)
        guard let epoch = fields["epoch"].flatMap({ Int64($0) }),
            let isEnabled = ["0": false, "1": true][fields["enabled"] ?? ""]
        else { throw RecordError(what: "its epoch is no number, or it is neither enabled nor disabled") }
        let failures = reading.take("failures") { Int64($0) }
        let confirmed = reading.time("confirmed_ms")
        var progress: [ConsumerProgress] = []
        var orders: [Int: ConsumerOrder] = [:]
        for (partition, stored) in stored.enumerated() {
            let order = reading.take("p\(partition)") { ConsumerOrder.read($0) }
            let isNew = order.map { $0.epoch > stored.epoch } ?? false
            if isNew { orders[partition] = order?.order }
            var found = stored.progress ?? (order?.order.place).map { ConsumerProgress(place: $0) }
            if isNew, let order { found?.take(order.order) }
            if let loss = found?.loss, let confirmed, loss.last <= confirmed { found?.loss = nil }
            if let found { progress.append(found) }
        }
        self.init(
            epoch: epoch, isEnabled: isEnabled,
            reason: reading.take("reason") {
                Int64($0).flatMap { Returns_V1_WebhookDisabledReason(stored: $0) }
            } ?? .unspecified,
            disabledAt: reading.time("disabled_ms"), failingSince: reading.time("failing_ms"),
            lastSuccess: reading.time("success_ms"), failures: failures ?? 0,
            progress: progress, confirmedThrough: confirmed,
            asideForgotten: fields["aside_forgotten"].flatMap { Int64($0) } ?? 0)
        self.orders = orders
        try reading.end()
        guard failures != nil, progress.count == stored.count else {
            throw RecordError(what: "fields are missing")
        }
    }

    private static func fields(_ reply: RedisValue) -> [String: String]? {
        guard let parts = reply.array, parts.count.isMultiple(of: 2) else { return nil }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: parts.count, by: 2) {
            guard let name = parts[index].string, let value = parts[index + 1].string else { return nil }
            fields[name] = value
        }
        return fields
    }
}

/// Takes a state's fields with checksums, one after the other. What is left of them, or says more than this build's do, is a newer
/// build's.
private struct WebhookStateReading {
    private var left: [String: String] = [:]
    private var damaged: [String] = []
    private var newer: [String] = []

    init(_ fields: [String: String]) {
        for (name, value) in fields where !WebhookField.plainNames.contains(name) {
            if let contents = CheckedText.contents(value, name: name) {
                left[name] = contents
            } else {
                damaged.append(name)
            }
        }
    }

    /// - Returns: nil for one that is not there or is empty, and for one that cannot be read, of which the end tells.
    mutating func take<Value>(_ name: String, _ read: (String) -> Value?) -> Value? {
        guard let contents = left.removeValue(forKey: name), !contents.isEmpty else { return nil }
        guard let value = read(contents) else {
            newer.append(name)
            return nil
        }
        return value
    }

    mutating func time(_ name: String) -> Instant? {
        take(name) { Int64($0) }.flatMap { $0 == 0 ? nil : Instant(milliseconds: $0) }
    }

    /// - Throws: first of all for what a newer build wrote: whatever is damaged besides, that is not to be deleted.
    func end() throws(RecordError) {
        if let name = (newer + left.keys).min() { throw .newer("the field \(name)") }
        if let name = damaged.min() {
            throw RecordError(what: "the checksum of the field \(name) does not fit")
        }
    }
}
