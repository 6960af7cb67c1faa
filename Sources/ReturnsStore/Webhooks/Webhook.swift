import ReturnsDomain
import ReturnsRecords

/// An address that events are posted to, as it was created. How far it has come is its `WebhookState`.
///
/// Its description does not show the secret.
public struct Webhook: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public var name: String
    /// Tells it from webhooks that had its name before.
    public var instance: UInt64
    public var url: String
    /// What its posts are signed with.
    public var secret: [UInt8]
    /// The secret before; nil where there is none. One that has ended stays until the record is written the next time.
    public var oldSecret: OldSecret?
    /// How often its secret was rotated.
    public var rotations: UInt64 = 0
    public var filter: EventFilter
    /// After so long without any success it is disabled.
    public var giveUpMilliseconds: Int64
    /// An event that has failed so often, while others were taken, is set aside.
    public var attemptsMax: Int
    public var createdAt: Instant
    public var createdBy: String

    public static let secretBytes = 32

    /// A secret that posts are signed with besides, so that a receiver can take over the new one at any time until then.
    public struct OldSecret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        public var secret: [UInt8]
        public var until: Instant

        public init(secret: [UInt8], until: Instant) {
            self.secret = secret
            self.until = until
        }

        public var description: String { "secret until \(until)" }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// What a post is signed with now, the newest first.
    public func secrets(at now: Instant) -> [[UInt8]] {
        guard let oldSecret, now < oldSecret.until else { return [secret] }
        return [secret, oldSecret.secret]
    }

    public init(
        name: String, instance: UInt64, url: String, secret: [UInt8], filter: EventFilter,
        giveUpMilliseconds: Int64, attemptsMax: Int, createdAt: Instant, createdBy: String
    ) {
        self.name = name
        self.instance = instance
        self.url = url
        self.secret = secret
        self.filter = filter
        self.giveUpMilliseconds = giveUpMilliseconds
        self.attemptsMax = attemptsMax
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    public var description: String { "webhook \(name)" }
    // Reflection would print the secret where a test or a log dumps a value that contains this one.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Of a new webhook's state: far from that of any other, so that whoever still delivers for a deleted one of the same
    /// name moves nothing of this one.
    public var firstEpoch: Int64 { Int64(truncatingIfNeeded: instance & 0xFFFF_FFFF) << 20 }

    var instanceText: String { String(instance, radix: 16) }

    /// Its name among the internal consumers that hold the outbox.
    public var holder: String { "\(Self.holderPrefix)\(name)@\(instanceText)" }
    static let holderPrefix = "webhook:"

    static func name(ofHolder holder: String) -> String {
        let text = holder.dropFirst(holderPrefix.count)
        return String(text[..<(text.lastIndex(of: "@") ?? text.endIndex)])
    }
}

extension Webhook {
    /// The second holds what rotations leave. A webhook whose secret was never rotated is written in the first, which builds read
    /// that know no rotations.
    static let versions: ClosedRange<UInt8> = 3...4

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter()
        let isRotated = rotations > 0
        writer.write(isRotated ? Self.versions.upperBound : Self.versions.lowerBound)
        writer.write(name)
        writer.write(instance)
        writer.write(url)
        writer.write(secret)
        filter.write(to: &writer)
        writer.write(giveUpMilliseconds)
        writer.write(attemptsMax)
        writer.write(createdAt)
        writer.write(createdBy)
        if isRotated {
            writer.write(rotations)
            writer.write(oldSecret?.secret ?? [])
            writer.write(oldSecret?.until ?? Instant(milliseconds: 0))
        }
        return writer.sealed()
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = try RecordReader(sealed: bytes)
        let version = try reader.form(upTo: Self.versions.upperBound)
        guard Self.versions.contains(version) else { throw RecordError(what: "webhook of another version") }
        self.init(
            name: try reader.text(), instance: try reader.unsigned(), url: try reader.text(),
            secret: try reader.data(), filter: try EventFilter(from: &reader),
            giveUpMilliseconds: try reader.signed(), attemptsMax: try reader.integer(),
            createdAt: try reader.instant(), createdBy: try reader.text())
        if version == Self.versions.upperBound {
            rotations = try reader.unsigned()
            let old = OldSecret(secret: try reader.data(), until: try reader.instant())
            oldSecret = old.secret.isEmpty ? nil : old
        }
        guard reader.isAtEnd else { throw RecordError(what: "webhook record too long") }
    }
}
