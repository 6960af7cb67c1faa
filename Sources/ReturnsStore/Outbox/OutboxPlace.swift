import ReturnsDomain

/// How far a consumer inside the server has come in one partition.
public struct OutboxPlace: Hashable, Sendable {
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
    public func moved(to place: OutboxPlace) -> OutboxPlace {
        OutboxPlace(position: place.position, ordinal: place.ordinal, attempts: place.attempts, run: run)
    }
}
