import ReturnsDomain

/// Events of one partition that went before a consumer had finished them, or that the store itself has lost.
public struct OutboxLoss: Hashable, Sendable {
    /// The last event before them, which the consumer has finished.
    public var after: OutboxID
    /// The last of them. The same as `after` where the store alone has lost some: nothing tells which.
    public var through: OutboxID
    /// How many; may be less than lie between, where the consumer has lost some twice. Nil if it is not known.
    public var events: Int64?
    /// When the first of them went.
    public var since: Instant
    /// When it was last added to.
    public var last: Instant
    /// The run that the store went on with after it was set back; nil if it was not. What the consumer was told behind `after` may
    /// then never have happened.
    public var run: StoreRun?

    public init(
        after: OutboxID, through: OutboxID, events: Int64?, since: Instant, last: Instant,
        run: StoreRun? = nil
    ) {
        self.after = after
        self.through = through
        self.events = events
        self.since = since
        self.last = last
        self.run = run
    }

    /// - Parameter noted: when this was found.
    init(_ setBack: StoreSetBack, noted: Instant) {
        self.init(
            after: setBack.last, through: setBack.last, events: nil, since: setBack.first,
            last: max(noted, setBack.latest), run: setBack.run)
    }

    public var isOfStore: Bool { run != nil }

    /// Both, as one.
    public func joined(_ other: OutboxLoss?) -> OutboxLoss {
        // Also where one step has joined them already.
        guard let other, other != self else { return self }
        return OutboxLoss(
            after: min(after, other.after), through: max(through, other.through),
            events: events.flatMap { own in other.events.map { own + $0 } },
            since: min(since, other.since), last: max(last, other.last),
            run: [run, other.run].compactMap(\.self).max { $0.number < $1.number })
    }

    /// The same, noted later than each of the others, also where the server that noted those has a clock ahead of this one's. A
    /// person confirms losses up to a time, so one that is noted later must not lie before it.
    public func noted(
        after others: some Sequence<OutboxLoss>, confirmedThrough: Instant? = nil
    ) -> OutboxLoss {
        var loss = self
        let latest = (others.map(\.last) + [confirmedThrough].compactMap(\.self)).max()
        if let latest, loss.last <= latest {
            loss.last = Instant(milliseconds: latest.milliseconds + 1)
        }
        return loss
    }

    /// "1764073200123-0 1764073300456-2 17 1764080000000 1764080001000", as outbox.lua writes it; and the run, if there is one.
    var text: String {
        "\(after) \(through) \(events ?? -1) \(since.milliseconds) \(last.milliseconds)\(run.map { " \($0)" } ?? "")"
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        let run = parts.count == 6 ? StoreRun(parts[5]) : nil
        guard parts.count == 5 || run != nil, let after = OutboxID(parts[0]),
            let through = OutboxID(parts[1]),
            let events = Int64(parts[2]), let since = Int64(parts[3]), let last = Int64(parts[4])
        else { return nil }
        self.init(
            after: after, through: through, events: events < 0 ? nil : events,
            since: Instant(milliseconds: since), last: Instant(milliseconds: last), run: run)
    }
}
