import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What is added up of ended clocks, day by day (R21).
enum AttainmentMeasure: String, CaseIterable {
    case met
    case missed
    case taken = "taken_ms"
    case paused = "paused_ms"
}

extension Attainment {
    var measures: [(AttainmentMeasure, Int64)] {
        [
            (isMet ? .met : .missed, 1), (.taken, takenMilliseconds), (.paused, pausedMilliseconds),
        ]
    }
}

/// A field of a day's figures: kind|team|person|measure. Names of people and teams hold no '|', nor parentheses: "(other)" is
/// all those for whom a day's hash had no room (SUMS_MAX in commit.lua).
struct AttainmentField: Hashable {
    var kind: ClockKind
    var team: String
    var person: String
    var measure: AttainmentMeasure

    init(_ attainment: Attainment, _ measure: AttainmentMeasure) {
        kind = attainment.kind
        team = attainment.team
        person = attainment.person
        self.measure = measure
    }

    /// - Throws: for a field that is none, and for one of a kind or measure that this build does not know.
    init(_ text: String) throws(RecordError) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isWord(parts[0]), Self.isWord(parts[3]) else {
            throw RecordError(what: "the figures hold something else")
        }
        guard parts.count == 4, let kind = ClockKind(name: String(parts[0])),
            let measure = AttainmentMeasure(rawValue: String(parts[3]))
        else { throw .newer("figures of an unknown kind") }
        self.kind = kind
        team = String(parts[1])
        person = String(parts[2])
        self.measure = measure
    }

    /// As kinds and measures are named.
    private static func isWord(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }

    var text: String { "\(kind)|\(team)|\(person)|\(measure.rawValue)" }
}

/// Ended clocks of one kind, team and person, added up.
public struct AttainmentSum: Hashable, Sendable {
    public let kind: ClockKind
    public let team: String
    public let person: String
    public var met: Int64 = 0
    public var missed: Int64 = 0
    public var takenMilliseconds: Int64 = 0
    public var pausedMilliseconds: Int64 = 0

    init(kind: ClockKind, team: String, person: String) {
        self.kind = kind
        self.team = team
        self.person = person
    }
}

/// What ended clocks come to.
public struct AttainmentFigures: Sendable {
    public internal(set) var sums: [AttainmentSum] = []
    /// There are figures besides, of kinds of clocks or measures that only a newer build knows.
    public internal(set) var leavesOutNewer = false
}

extension ReturnsStore {
    /// A question for figures covers no more days than this.
    public static let attainmentDaysMax = 400
    /// No day's sum of one kind, team and person is larger, so that no sum of sums overflows.
    static let attainmentAmountMax: Int64 = 1 << 50

    /// The figures of these local days, over all partitions.
    public func attainment(
        days: ClosedRange<Int32>, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> AttainmentFigures {
        try requireEveryChannel()
        precondition(days.count <= Self.attainmentDaysMax, "a question covers \(Self.attainmentDaysMax) days")
        struct Group: Hashable {
            let kind: ClockKind
            let team: String
            let person: String
        }
        var figures = AttainmentFigures()
        var sums: [Group: AttainmentSum] = [:]
        // A day at a time: what one pipeline answers stays small.
        for day in days {
            let replies = try await pipeline(
                (0..<partitioning.count).map {
                    RedisCommand("HGETALL", .text(StoreKeys(partition: $0).attainment(day: day)))
                }, deadline: deadline)
            for reply in replies {
                let parts = reply.array ?? []
                for index in stride(from: 0, to: parts.count - 1, by: 2) {
                    let field: AttainmentField
                    do throws(RecordError) {
                        field = try AttainmentField(parts[index].string ?? "")
                    } catch {
                        guard error.isNewer else { throw StoreError(error, "attainment") }
                        figures.leavesOutNewer = true
                        continue
                    }
                    guard let amount = parts[index + 1].integer,
                        (0...Self.attainmentAmountMax).contains(amount)
                    else { throw StoreError(.corrupt, "attainment: a figure is no amount") }
                    let group = Group(kind: field.kind, team: field.team, person: field.person)
                    sums[
                        group,
                        default: AttainmentSum(kind: field.kind, team: field.team, person: field.person)
                    ].add(amount, to: field.measure)
                }
            }
        }
        if sums.isEmpty { try await confirmRun(deadline: deadline) }
        figures.sums = Array(sums.values)
        return figures
    }
}

extension AttainmentSum {
    fileprivate mutating func add(_ amount: Int64, to measure: AttainmentMeasure) {
        switch measure {
        case .met: met += amount
        case .missed: missed += amount
        case .taken: takenMilliseconds += amount
        case .paused: pausedMilliseconds += amount
        }
    }
}
