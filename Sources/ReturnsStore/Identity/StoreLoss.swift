import ReturnsDomain

/// A loss that was accepted, by a person or by the settings: changes of before it are gone, and what was told of them is not true
/// any more.
public struct StoreLoss: Hashable, Sendable {
    /// The first run that may lack something. What the store had when this run began is all that is left of before.
    public var fork: StoreRun
    /// The run that goes on without what is missing.
    public var run: StoreRun
    /// When it was accepted, by Redis's clock. Later than every earlier one's, so a time names the losses up to it.
    public var at: Instant

    /// So many are remembered one by one; earlier ones count as a part of the oldest of these.
    static let rememberedMax = 16

    public init(fork: StoreRun, run: StoreRun, at: Instant) {
        self.fork = fork
        self.run = run
        self.at = at
    }

    /// "4.a1b2c3d4/6.99aabbcc/1764073200123"
    var text: String { "\(fork)/\(run)/\(at.milliseconds)" }

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let fork = StoreRun(parts[0]), let run = StoreRun(parts[1]),
            let milliseconds = Int64(parts[2])
        else { return nil }
        self.init(fork: fork, run: run, at: Instant(milliseconds: milliseconds))
    }

    /// A list, the oldest first; nil if one of them is none.
    static func list(_ text: some StringProtocol) -> [StoreLoss]? {
        var losses: [StoreLoss] = []
        for word in text.split(separator: " ") {
            guard let loss = StoreLoss(word) else { return nil }
            losses.append(loss)
        }
        return losses
    }

    /// Remembers another one, which takes the place of what is forgotten by that.
    static func adding(_ loss: StoreLoss, to losses: [StoreLoss]) -> [StoreLoss] {
        var loss = loss
        if let last = losses.last, last.at >= loss.at {
            loss.at = Instant(milliseconds: last.at.milliseconds + 1)
        }
        var remembered = losses + [loss]
        while remembered.count > rememberedMax {
            let forgotten = remembered.removeFirst()
            remembered[0].fork = forgotten.fork
        }
        return remembered
    }
}

/// What a place in the log that is kept in the store lacks: the store was set back since the place was written.
public struct StoreSetBack: Hashable, Sendable {
    /// The last event that the partition surely still has of before.
    public var last: OutboxID
    /// The first run that may lack something.
    public var fork: StoreRun
    /// The run that goes on without what is missing; the latest, if there were several losses.
    public var run: StoreRun
    /// When the first and the latest of these losses were accepted.
    public var first: Instant
    public var latest: Instant
}
