/// How one clock ended, for the desk's figures (R21). Counted once, in the commit that ends the clock.
public struct Attainment: Hashable, Sendable {
    public var kind: ClockKind
    /// In time, or late. Clocks that were voided or superseded measure nobody's work.
    public var isMet: Bool
    /// The local day of the end, in the calendar of the case's plan, counted from 1970-01-01.
    public var day: Int32
    /// In time: who of the department, or supervising it, did the work. Late: whose it was, where it was assigned, else who did
    /// it after all. Empty where it was nobody's in particular.
    public var person: String
    public var team: String
    /// From start to end, without the pauses.
    public var takenMilliseconds: Int64
    public var pausedMilliseconds: Int64

    public init(
        kind: ClockKind, isMet: Bool, day: Int32, person: String, team: String, takenMilliseconds: Int64,
        pausedMilliseconds: Int64
    ) {
        self.kind = kind
        self.isMet = isMet
        self.day = day
        self.person = person
        self.team = team
        self.takenMilliseconds = takenMilliseconds
        self.pausedMilliseconds = pausedMilliseconds
    }
}
