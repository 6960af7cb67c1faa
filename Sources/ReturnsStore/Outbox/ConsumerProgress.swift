import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// How far a consumer inside the server, a webhook for one, has come in one partition. It stands in that partition's slot, and is
/// written by whoever has the consumer's lease alone (outbox.lua, `consumer_take`).
public struct ConsumerProgress: Hashable, Sendable {
    public var place: OutboxPlace
    /// What it was not given since it was no longer kept or the store was set back, until somebody confirms that it was read again.
    public var loss: OutboxLoss?
    /// The part of it that whoever gets the events has not been told yet.
    public var untold: OutboxLoss?

    public init(place: OutboxPlace, loss: OutboxLoss? = nil, untold: OutboxLoss? = nil) {
        self.place = place
        self.loss = loss
        self.untold = untold
    }

    public mutating func take(_ order: ConsumerOrder) {
        if let place = order.place { self.place = place }
        if order.forgetsAttempts { place.attempts = 0 }
        guard let loss = order.loss else { return }
        self.loss = loss.joined(self.loss)
        untold = loss.joined(untold)
    }
}

/// What somebody has asked of a consumer's progress in one partition. It stands with the consumer, and not in the partition's slot;
/// whoever has the lease next takes it over, and no order is taken twice: each has the epoch that came with it.
public struct ConsumerOrder: Hashable, Sendable {
    /// Where to go on; nil where it is.
    public var place: OutboxPlace?
    /// What it has lost besides.
    public var loss: OutboxLoss?
    /// What failed until now says nothing of the event that comes next.
    public var forgetsAttempts: Bool

    public init(place: OutboxPlace? = nil, loss: OutboxLoss? = nil, forgetsAttempts: Bool = false) {
        self.place = place
        self.loss = loss
        self.forgetsAttempts = forgetsAttempts
    }

    /// Both, where nobody has taken the one before.
    func following(_ before: ConsumerOrder?) -> ConsumerOrder {
        guard let before else { return self }
        return ConsumerOrder(
            place: place ?? before.place, loss: loss.map { $0.joined(before.loss) } ?? before.loss,
            forgetsAttempts: forgetsAttempts || before.forgetsAttempts)
    }
}

// MARK: As Redis holds them

/// A text with the epoch that it was written with, and its checksum: "17 3-0 2 1 6.ab;;|1a2b3c4d". The checksum is of the name too:
/// one consumer's progress under another's name is damage.
struct EpochText: Hashable {
    var epoch: Int64
    var parts: [String]

    init(epoch: Int64, _ parts: [String]) {
        self.epoch = epoch
        self.parts = parts
    }

    var text: String { "\(epoch) \(parts.joined(separator: ";"))" }

    /// - Returns: nil for a text that `text` does not write.
    init?(_ text: String) {
        guard let end = text.firstIndex(of: " "), let epoch = Int64(text[..<end]) else { return nil }
        self.epoch = epoch
        parts = text[text.index(after: end)...].split(separator: ";", omittingEmptySubsequences: false)
            .map(String.init)
    }
}

extension OutboxLoss? {
    fileprivate var text: String { map(\.text) ?? "" }

    /// - Returns: nil for what is none; the inner one for no loss.
    fileprivate static func read(_ text: String) -> OutboxLoss?? {
        if text.isEmpty { return .some(nil) }
        return OutboxLoss(text).map { .some($0) }
    }
}

extension ConsumerOrder {
    func text(epoch: Int64) -> String {
        EpochText(epoch: epoch, [place?.text ?? "", loss.text, forgetsAttempts ? Self.fresh : ""]).text
    }

    /// - Returns: nil for what this build cannot read.
    static func read(_ text: String) -> (epoch: Int64, order: ConsumerOrder)? {
        guard let read = EpochText(text), read.parts.count == 3,
            let loss = OutboxLoss?.read(read.parts[1]), ["", fresh].contains(read.parts[2])
        else { return nil }
        let place = OutboxPlace(read.parts[0])
        guard place != nil || read.parts[0].isEmpty else { return nil }
        return (read.epoch, ConsumerOrder(place: place, loss: loss, forgetsAttempts: read.parts[2] == fresh))
    }

    private static let fresh = "fresh"
}

/// A consumer's progress in a partition as it was read there.
struct StoredProgress: Hashable {
    /// Exactly as it stands there, so that it can be compared; empty where nobody has written any.
    var text: String
    var epoch: Int64
    /// Nil where nobody has written any.
    var progress: ConsumerProgress?

    static let none = StoredProgress(text: "", epoch: .min, progress: nil)

    init(text: String, epoch: Int64, progress: ConsumerProgress?) {
        self.text = text
        self.epoch = epoch
        self.progress = progress
    }

    init(_ progress: ConsumerProgress, epoch: Int64, of consumer: String) {
        let parts = [progress.place.text, progress.loss.text, progress.untold.text]
        let contents = EpochText(epoch: epoch, parts).text
        self.init(
            text: CheckedText.sealed(contents, name: consumer), epoch: epoch, progress: progress)
    }

    /// - Throws: where it is damaged, or a newer build's.
    init(_ reply: RedisValue, of consumer: String, partition: Int) throws(RecordError) {
        if reply.isNull {
            self = .none
            return
        }
        guard let text = reply.string, let contents = CheckedText.contents(text, name: consumer) else {
            throw RecordError(what: "its progress in partition \(partition)")
        }
        guard let read = EpochText(contents), read.parts.count == 3, let place = OutboxPlace(read.parts[0]),
            let loss = OutboxLoss?.read(read.parts[1]), let untold = OutboxLoss?.read(read.parts[2])
        else { throw .newer("its progress in partition \(partition)") }
        self.init(
            text: text, epoch: read.epoch,
            progress: ConsumerProgress(place: place, loss: loss, untold: untold))
    }
}

/// A short text with '|' and its CRC-32C behind it. So what a newer build wrote is whole, and what is not is damage.
enum CheckedText {
    static func sealed(_ contents: String, name: String) -> String {
        "\(contents)|\(checksum(name, contents))"
    }

    /// Nil where the checksum does not fit.
    static func contents(_ text: String, name: String) -> String? {
        guard let end = text.lastIndex(of: "|") else { return nil }
        let contents = String(text[..<end])
        return text[text.index(after: end)...] == checksum(name, contents) ? contents : nil
    }

    /// Of the name too: one field's value under another's name is damage.
    private static func checksum(_ name: String, _ contents: String) -> String {
        let text = Array("\(name)|\(contents)".utf8)
        return String(text.withUnsafeBytes { CRC32C.of($0) }, radix: 16)
    }
}
