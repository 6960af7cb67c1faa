import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// How far a webhook has come in one partition.
public struct WebhookPlace: Hashable, Sendable {
    /// The last event that is done with.
    public var position: OutboxID
    /// How many events were ever added to the partition up to there; nil while that is not known.
    public var ordinal: Int64?
    /// Failed attempts of the event that comes next.
    public var attempts: Int
    /// The run of the store that it was written in: whatever the store lost before that was noted. Nil for one that was written by a
    /// server that did not note it.
    public var run: StoreRun?

    public init(position: OutboxID, ordinal: Int64?, attempts: Int = 0, run: StoreRun? = nil) {
        self.position = position
        self.ordinal = ordinal
        self.attempts = attempts
        self.run = run
    }

    /// "1764073200123-0 17 2 6.a1b2c3d4"
    var text: String {
        "\(position) \(ordinal ?? -1) \(attempts)\(run.map { " \($0)" } ?? "")"
    }

    /// - Returns: nil for what is none, as for a place whose run cannot be read: a loss must not go unnoticed by that.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        let run = parts.count == 4 ? StoreRun(parts[3]) : nil
        guard parts.count == 3 || run != nil, let position = OutboxID(parts[0]),
            let ordinal = Int64(parts[1]),
            let attempts = Int(parts[2])
        else { return nil }
        self.init(
            position: position, ordinal: ordinal < 0 ? nil : ordinal, attempts: attempts,
            run: run)
    }

    /// A place further on, or back, of the same run.
    public func moved(to place: WebhookPlace) -> WebhookPlace {
        WebhookPlace(position: place.position, ordinal: place.ordinal, attempts: place.attempts, run: run)
    }
}

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
    public var places: [WebhookPlace]
    /// What it was not sent since it was no longer kept or the store was set back, by partition, until somebody confirms that it was read again.
    public var losses: [Int: OutboxLoss]
    /// The part of it that the receiver has not been told yet.
    public var untold: [Int: OutboxLoss]
    /// Events that were set aside, and that nobody can list any more.
    public var asideForgotten: Int64

    public init(
        epoch: Int64, isEnabled: Bool = true, reason: Returns_V1_WebhookDisabledReason = .unspecified,
        disabledAt: Instant? = nil,
        failingSince: Instant? = nil, lastSuccess: Instant? = nil, failures: Int64 = 0,
        places: [WebhookPlace],
        losses: [Int: OutboxLoss] = [:], untold: [Int: OutboxLoss] = [:], asideForgotten: Int64 = 0
    ) {
        self.epoch = epoch
        self.isEnabled = isEnabled
        self.reason = reason
        self.disabledAt = disabledAt
        self.failingSince = failingSince
        self.lastSuccess = lastSuccess
        self.failures = failures
        self.places = places
        self.losses = losses
        self.untold = untold
        self.asideForgotten = asideForgotten
    }
}

/// One field of a webhook's state, as Redis holds it.
public struct WebhookField: Hashable, Sendable {
    let name: String
    let value: String

    public static func enabled(_ isEnabled: Bool) -> WebhookField { .init("enabled", isEnabled ? "1" : "0") }
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
    public static func place(_ partition: Int, _ place: WebhookPlace) -> WebhookField {
        .init("p\(partition)", place.text)
    }
    /// - Parameter loss: nil when it is confirmed.
    public static func loss(_ partition: Int, _ loss: OutboxLoss?) -> WebhookField {
        .init("lost\(partition)", loss?.text ?? "")
    }
    /// - Parameter loss: nil when the receiver was told.
    public static func untold(_ partition: Int, _ loss: OutboxLoss?) -> WebhookField {
        .init("untold\(partition)", loss?.text ?? "")
    }

    private init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    static func epoch(_ epoch: Int64) -> WebhookField { .init("epoch", "\(epoch)") }
    static func instance(_ webhook: Webhook) -> WebhookField { .init("instance", webhook.instanceText) }
}

extension WebhookState {
    func fields(of webhook: Webhook) -> [WebhookField] {
        [
            .instance(webhook), .epoch(epoch), .enabled(isEnabled), .reason(reason), .disabledAt(disabledAt),
            .failingSince(failingSince), .lastSuccess(lastSuccess), .failures(failures),
        ] + places.enumerated().map { .place($0.offset, $0.element) }
    }

    /// - Parameter reply: names and values of the whole hash.
    /// - Throws: where a newer build has written what this one does not know.
    init?(_ reply: RedisValue, webhook: Webhook, partitions: Int) throws(RecordError) {
        guard let fields = Self.fields(reply), fields["instance"] == webhook.instanceText else { return nil }
        if let newer = fields.first(where: { Self.isNewer($0.key, $0.value) }) {
            throw .newer("the field \(newer.key)")
        }
        func number(_ name: String) -> Int64? { fields[name].flatMap { Int64($0) } }
        func time(_ name: String) -> Instant? {
            number(name).flatMap { $0 == 0 ? nil : Instant(milliseconds: $0) }
        }
        func losses(_ name: String) -> [Int: OutboxLoss] {
            var losses: [Int: OutboxLoss] = [:]
            for partition in 0..<partitions {
                losses[partition] = fields["\(name)\(partition)"].flatMap { OutboxLoss($0) }
            }
            return losses
        }
        let places = (0..<partitions).compactMap { fields["p\($0)"].flatMap { WebhookPlace($0) } }
        guard places.count == partitions, let epoch = number("epoch"), let failures = number("failures"),
            let reason = Int64(fields["reason"] ?? "0").flatMap({
                Returns_V1_WebhookDisabledReason(stored: $0)
            })
        else { return nil }
        self.init(
            epoch: epoch, isEnabled: fields["enabled"] == "1",
            reason: reason,
            disabledAt: time("disabled_ms"), failingSince: time("failing_ms"),
            lastSuccess: time("success_ms"), failures: failures, places: places,
            losses: losses("lost"), untold: losses("untold"), asideForgotten: number("aside_forgotten") ?? 0)
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

    /// Whether a field is none of this build's, or says more than this build's do.
    private static func isNewer(_ name: String, _ value: String) -> Bool {
        if ownFields.contains(name) { return false }
        let kind = name.prefix { !$0.isNumber }
        guard UInt32(name[kind.endIndex...]) != nil, let words = wordsMax[String(kind)] else { return true }
        return value.split(separator: " ").count > words
    }

    private static let ownFields: Set<String> = [
        "instance", "epoch", "enabled", "reason", "disabled_ms", "failing_ms", "success_ms", "failures",
        "aside_forgotten",
    ]
    /// Of the fields that each partition has its own of.
    private static let wordsMax = ["p": 4, "lost": 6, "untold": 6]
}
