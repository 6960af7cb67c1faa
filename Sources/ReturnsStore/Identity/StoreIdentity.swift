import Logging
import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords
import Synchronization

/// What a server knows of its store's identity, and whether the store may be used now. One for all of a process's connections.
///
/// Invariant: no command leaves for Redis but within a run that this has looked at, and no run is entered whose beginning lacks a
/// change that was acknowledged to this server, unless somebody has accepted that loss.
public final class StoreIdentity: Sendable {
    struct State {
        var fault: StoreFault? = .unknown
        var record: StoreRecord?
        var condition: RedisCondition?
        /// Which store it was, and what was acknowledged to this server: kept together, since the counts are of the mark's last run.
        var mark: StoreMark
        /// Rises whenever the mark is of another store or run, and whenever its counts begin anew.
        var markVersion = 0
        /// By slot, the beginning of each remembered run; of the record's runs.
        var starts: [[StoreRun: StoreRunStart]] = []
        /// Rises with every run that was entered.
        var generation = 0
        /// Somebody has typed --accept-loss, and no run has begun since in which a loss is accepted.
        var acceptsLoss: Bool
        /// The runs of accepted losses that the first look found, and of which store.
        var acceptedBefore: (storeID: String?, runs: [StoreRun])?
        /// Why changes are refused before they are sent.
        var refusal: RedisRefusal?
        /// Whether changes that free something are sent all the same.
        var letsFree = false
        var connections: [HeldConnection] = []
        var connectionsRetiredAt = NIODeadline.distantPast
    }

    /// A client holds it as long as it lasts.
    struct HeldConnection {
        weak var connection: RedisConnection?
    }

    public let settings: StoreSettings
    /// Up to so many changes may be lost without anybody's word; for a Redis whose settings may lose some.
    public let toleratedChanges: Int64
    let logger: Logger
    /// How many slots the store had when the mark was kept; 0 without one.
    let keptSlots: Int
    let state: Mutex<State>
    private let levelNumber = Atomic(WriterLevel.first.number)
    private let absence: @Sendable () -> RedisAbsence?

    /// - Parameters:
    ///   - mark: What the server knew when it stopped.
    ///   - acceptsLoss: Whether to go on with whatever the first look finds, as after a loss: also where nothing is found missing,
    ///     since a mark that was put back with the store cannot tell.
    ///   - absence: Why there is no Redis, while this process runs one and knows.
    public init(
        settings: StoreSettings, mark: StoreMark = .none, acceptsLoss: Bool = false,
        toleratedChanges: Int64 = 0, logger: Logger = Logger(label: "returns-store"),
        absence: @escaping @Sendable () -> RedisAbsence? = { nil }
    ) {
        self.absence = absence
        self.settings = settings
        self.toleratedChanges = toleratedChanges
        self.logger = logger
        keptSlots = mark.acknowledged.count
        let slots = StoreSlot.all(partitions: settings.partitions).count
        var mark = mark
        mark.acknowledged = (0..<slots).map { $0 < mark.acknowledged.count ? mark.acknowledged[$0] : 0 }
        state = Mutex(State(mark: mark, acceptsLoss: acceptsLoss))
    }

    // MARK: Asking

    /// Why the store must not be used now; nil when it may.
    public var fault: StoreFault? { state.withLock { $0.fault } }

    /// What the store says of itself, as last seen.
    public var record: StoreRecord? { state.withLock { $0.record } }

    /// How Redis fared when it was last looked at; nil before the first look.
    public var condition: RedisCondition? { state.withLock { $0.condition } }

    /// At which this server writes: the store's, as far as it knows that.
    ///
    /// Invariant: no lower than that of any record that something is decided on, since what only that level has would be lost.
    package var level: WriterLevel { WriterLevel(levelNumber.load(ordering: .relaxed)) }

    /// A record of this level was read: so the store is at it, although this server has not looked at it since.
    func meet(_ level: WriterLevel) {
        guard level > self.level, level <= settings.highestLevel else { return }
        levelNumber.max(level.number, ordering: .relaxed)
    }

    /// - Parameter isAnew: Whether the store may be an earlier state of itself, or another one.
    func learn(_ level: WriterLevel, isAnew: Bool) {
        let number = min(level, settings.highestLevel).number
        if isAnew {
            levelNumber.store(number, ordering: .relaxed)
        } else {
            levelNumber.max(number, ordering: .relaxed)
        }
    }

    /// The run that commands take part in.
    ///
    /// - Parameter effect: The greatest of what they may do.
    /// - Throws: when the store must not be used, or must not be changed.
    func run(for effect: StoreEffect = .read) throws(StoreError) -> StoreRun {
        let (run, fault, refusal, letsFree) = state.withLock {
            ($0.record?.run, $0.fault, $0.refusal, $0.letsFree)
        }
        if let fault { throw StoreError(fault) }
        if effect > (letsFree ? .freeing : .read), let refusal { throw StoreError(refusal) }
        return run!
    }

    /// A failure of Redis, with why there is none where that is known.
    func failure(_ error: RedisError) -> StoreError {
        var failure = StoreError(error)
        switch failure.code {
        case .unavailable, .deadlineExceeded: failure.absence = absence()
        default: break
        }
        return failure
    }

    /// Sends no change any more, until this is called with nil; reads go on. For a reason that is known outside Redis,
    /// such as a disk that is nearly full.
    ///
    /// - Parameter lettingFree: Whether changes that free something are sent all the same.
    public func refuseChanges(_ refusal: RedisRefusal?, lettingFree: Bool = false) {
        state.withLock {
            $0.refusal = refusal
            $0.letsFree = lettingFree
        }
    }

    /// Rises whenever another run was entered: whoever holds places in the log compares them with it.
    public var generation: Int { state.withLock { $0.generation } }

    /// What is to outlive the process.
    public var mark: StoreMark { state.withLock { $0.mark } }

    /// A change was acknowledged that brought its slot's counter to this.
    ///
    /// A reply may come late, when another run has begun. It counts on while nobody has accepted a loss since its own run: what was
    /// acknowledged before an accepted loss may be lost with it, and is not in the counts of the runs behind it.
    ///
    /// - Parameter run: that the change was made in.
    func acknowledge(_ slot: StoreSlot, counter: Int64, in run: StoreRun) {
        guard let index = slot.index(partitions: settings.partitions) else { return }
        state.withLock { state in
            guard let place = state.mark.runs.lastIndex(of: run) else { return }
            let later = state.mark.runs[(place + 1)...]
            if !later.isEmpty, let accepted = state.record?.accepted, later.contains(where: accepted.contains)
            {
                return
            }
            state.mark.acknowledged[index] = max(state.mark.acknowledged[index], counter)
        }
    }
}

// MARK: What this server knows

extension StoreIdentity {
    /// The mark as it was when a look began. What the look finds is judged by it, unless another look has moved it meanwhile.
    struct KnownMark {
        var mark: StoreMark
        var version: Int
    }

    var knownMark: KnownMark { state.withLock { KnownMark(mark: $0.mark, version: $0.markVersion) } }

    /// Whether what a look found still tells something of this server's mark.
    func isPresent(_ known: KnownMark) -> Bool { state.withLock { $0.markVersion == known.version } }

    /// The store is adopted as it is: what was acknowledged before counts no more. Not where another look has already done more.
    func forget(_ known: KnownMark) {
        state.withLock { state in
            guard state.markVersion == known.version else { return }
            state.mark = state.mark.forgetting()
            state.markVersion += 1
        }
    }
}

// MARK: Places in the log

extension StoreIdentity {
    /// Names in a cursor the run that its latest event was recorded in. So it stays good whatever is lost after that event.
    public func sign(_ cursor: inout OutboxCursor) {
        cursor.run = state.withLock { state in
            guard let runs = state.record?.runs else { return nil }
            for run in runs.reversed() {
                for (slot, position) in cursor.positions.enumerated() {
                    if let start = state.starts[slot][run], start.last < position { return run }
                }
            }
            return runs.first
        }
    }

    /// Whether the store has lost events that lie before a cursor.
    ///
    /// - Returns: nil if it has not; otherwise a time: what was recorded since then may be lost.
    public func lostBefore(_ cursor: OutboxCursor) -> Instant? {
        state.withLock { state in
            guard let record = state.record else { return nil }
            guard let run = cursor.run else { return nil }
            guard let place = record.runs.firstIndex(of: run) else {
                // Of a run that this store never had, or has lost or forgotten.
                let fork = record.losses(since: run).first?.fork ?? record.run
                return Self.earliest(cursor.positions.indices.compactMap { state.last(of: $0, before: fork) })
            }
            guard place + 1 < record.runs.count else { return nil }
            let next = record.runs[place + 1]
            let lost = cursor.positions.enumerated().compactMap { slot, position -> OutboxID? in
                guard let last = state.last(of: slot, before: next), last < position else { return nil }
                return last
            }
            return lost.isEmpty ? nil : Self.earliest(lost)
        }
    }

    private static func earliest(_ ids: [OutboxID]) -> Instant {
        ids.filter { $0 != .zero }.min()?.recordedAt ?? Instant(milliseconds: 0)
    }
}
