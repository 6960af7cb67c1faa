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

    /// A field with its checksum.
    init(_ name: String, _ contents: String) {
        self.name = name
        value = "\(contents)|\(Self.checksum(name, contents))"
    }

    private init(plain name: String, _ value: String) {
        (self.name, self.value) = (name, value)
    }

    static func epoch(_ epoch: Int64) -> WebhookField { .init(plain: "epoch", "\(epoch)") }
    static func instance(_ webhook: Webhook) -> WebhookField {
        .init(plain: "instance", webhook.instanceText)
    }

    /// What a field with a checksum holds; nil where that does not fit.
    static func contents(_ name: String, _ value: String) -> String? {
        guard let end = value.lastIndex(of: "|") else { return nil }
        let contents = String(value[..<end])
        return value[value.index(after: end)...] == checksum(name, contents) ? contents : nil
    }

    /// Of the name too: one field's value under another's name is damage.
    private static func checksum(_ name: String, _ contents: String) -> String {
        let text = Array("\(name)|\(contents)".utf8)
        return String(text.withUnsafeBytes { CRC32C.of($0) }, radix: 16)
    }
}

extension WebhookState {
    func fields(of webhook: Webhook) -> [WebhookField] {
        [
            .instance(webhook), .epoch(epoch), .enabled(isEnabled), .reason(reason), .disabledAt(disabledAt),
            .failingSince(failingSince), .lastSuccess(lastSuccess), .failures(failures),
        ] + places.enumerated().map { .place($0.offset, $0.element) }
    }

    /// - Parameter reply: names and values of the whole hash.
    /// - Returns: nil where it is no state of this webhook.
    /// - Throws: where it is damaged, and where a newer build has written what this one does not know.
    init?(_ reply: RedisValue, webhook: Webhook, partitions: Int) throws(RecordError) {
        guard let fields = Self.fields(reply), fields["instance"] == webhook.instanceText else { return nil }
        var reading = WebhookStateReading(fields)
        guard let epoch = fields["epoch"].flatMap({ Int64($0) }),
            let isEnabled = ["0": false, "1": true][fields["enabled"] ?? ""]
        else { throw RecordError(what: "its epoch is no number, or it is neither enabled nor disabled") }
        let failures = reading.take("failures") { Int64($0) }
        let places = (0..<partitions).map { reading.take("p\($0)") { WebhookPlace($0) } }
        self.init(
            epoch: epoch, isEnabled: isEnabled,
            reason: reading.take("reason") {
                Int64($0).flatMap { Returns_V1_WebhookDisabledReason(stored: $0) }
            } ?? .unspecified,
            disabledAt: reading.time("disabled_ms"), failingSince: reading.time("failing_ms"),
            lastSuccess: reading.time("success_ms"), failures: failures ?? 0,
            places: places.compactMap(\.self), losses: reading.losses("lost", partitions),
            untold: reading.losses("untold", partitions),
            asideForgotten: fields["aside_forgotten"].flatMap { Int64($0) } ?? 0)
        try reading.end()
        guard failures != nil, self.places.count == partitions else {
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
            if let contents = WebhookField.contents(name, value) {
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

    mutating func losses(_ name: String, _ partitions: Int) -> [Int: OutboxLoss] {
        var losses: [Int: OutboxLoss] = [:]
        for partition in 0..<partitions {
            losses[partition] = take("\(name)\(partition)") { OutboxLoss($0) }
        }
        return losses
    }

    /// - Throws: first of all for what a newer build wrote: whatever is damaged besides, that is not to be deleted.
    func end() throws(RecordError) {
        if let name = (newer + left.keys).min() { throw .newer("the field \(name)") }
        if let name = damaged.min() {
            throw RecordError(what: "the checksum of the field \(name) does not fit")
        }
    }
}
