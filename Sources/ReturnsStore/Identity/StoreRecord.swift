import RedisClient
import ReturnsRecords

/// What a store says of itself, in `returns:store`.
public struct StoreRecord: Hashable, Sendable {
    /// Random, for its life.
    public var id: String
    public var format: Int64
    public var partitions: Int64
    public var hasTestClock: Bool
    /// Never empty; the last is the present one.
    public var runs: [StoreRun]
    /// The process of Redis that the present run is in.
    public var redisProcess: String
    /// Those that began when somebody had accepted a loss.
    public var accepted: [StoreRun]
    /// Stores that this one was put in the place of.
    public var replaced: [String]
    /// What a server has found missing and nobody has accepted; empty if nothing.
    public var loss: String
    /// The first run that may lack what is said to be missing; nil if that was not found out.
    var lossFork: StoreRun?
    /// Losses that were accepted, the oldest first.
    public var losses: [StoreLoss]
    /// The run in which a loss was accepted that finance has not compared with the gateway; nil if there is none.
    public var unreconciled: StoreRun?
    /// Random, for the record's life.
    public var cursorKey: CursorKey
    /// At which servers write their records.
    package var level: WriterLevel

    public var run: StoreRun { runs[runs.count - 1] }

    static let fields = [
        "id", "format", "partitions", "test_clock", "runs", "redis_run", "accepted", "replaced", "loss",
        "reconcile", "loss_fork", "losses", "cursor_key", "run",
        "level",
    ]

    static let loadCommand: RedisCommand = {
        var command = RedisCommand("HMGET", .text(StoreKeys.store))
        for field in fields { command.append(field) }
        return command
    }()

    /// Nil when there is no store, or only a remnant of its record.
    ///
    /// - Throws: when there is one that this server cannot read.
    init?(_ reply: RedisValue) throws(StoreError) {
        guard let values = reply.array, values.count == Self.fields.count else {
            throw StoreError(.damaged("it is no hash"))
        }
        if values[0].isNull, values[1].isNull { return nil }
        guard let format = values[1].integer else { throw StoreError(.damaged("it lacks its format")) }
        self.format = format
        guard format == StoreSettings.format else {
            throw StoreError(
                .misconfigured,
                "the store in this Redis has format \(format), this server reads \(StoreSettings.format); use the returnsd that wrote it, or another Redis"
            )
        }
        guard let id = values[0].string, let runs = values[4].string.flatMap({ StoreRun.list($0) }),
            !id.isEmpty, !runs.isEmpty
        else { throw StoreError(.damaged("it lacks its id or its runs")) }
        guard let cursorKey = values[12].string.flatMap({ CursorKey($0) }) else {
            throw StoreError(.damaged("it lacks the key of its cursors"))
        }
        self.cursorKey = cursorKey
        guard let level = Self.level(values[14]) else {
            throw StoreError(.damaged("its writer level cannot be read"))
        }
        self.level = level
        self.id = id
        self.runs = runs
        guard let partitions = values[2].integer, let hasTestClock = values[3].integer else {
            throw StoreError(.damaged("it lacks its partitions or its kind of clock"))
        }
        self.partitions = partitions
        self.hasTestClock = hasTestClock == 1
        // No run could begin behind another one than the last.
        guard values[13].string.flatMap({ StoreRun($0) }) == runs.last else {
            throw StoreError(.damaged("its present run is not its latest one"))
        }
        redisProcess = values[5].string ?? ""
        // Without these, refunds would go on that are to wait.
        guard let accepted = StoreRun.list(values[6].string ?? "") else {
            throw StoreError(.damaged("its accepted losses cannot be read"))
        }
        let waiting = values[9].string.map { StoreRun($0) }
        if case .some(.none) = waiting {
            throw StoreError(.damaged("the loss that finance has to confirm cannot be read"))
        }
        guard let losses = StoreLoss.list(values[11].string ?? "") else {
            throw StoreError(.damaged("what it has lost cannot be read"))
        }
        self.accepted = accepted
        self.losses = losses
        lossFork = values[10].string.flatMap { StoreRun($0) }
        replaced = (values[7].string ?? "").split(separator: " ").map(String.init)
        loss = values[8].string ?? ""
        unreconciled = waiting ?? nil
    }

    /// One that says nothing is at the first level.
    private static func level(_ value: RedisValue) -> WriterLevel? {
        if value.isNull { return .first }
        return value.string.flatMap { UInt8($0) }.flatMap { $0 == 0 ? nil : WriterLevel($0) }
    }
}
