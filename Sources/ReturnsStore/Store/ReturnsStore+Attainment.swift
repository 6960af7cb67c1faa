import NIOCore
import RedisClient
import ReturnsDomain

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

    init?(_ text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, let kind = ClockKind(name: String(parts[0])),
            let measure = AttainmentMeasure(rawValue: String(parts[3]))
        else { return nil }
        self.kind = kind
        team = String(parts[1])
        person = String(parts[2])
        self.measure = measure
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

extension ReturnsStore {
    /// A question for figures covers no more days than this.
    public static let attainmentDaysMax = 400
    /// No day's sum of one kind, team and person is larger, so that no sum of sums overflows.
    static let attainmentAmountMax: Int64 = 1 << 50

    /// The figures of these local days, over all partitions.
    public func attainment(
        days: ClosedRange<Int32>, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [AttainmentSum] {
        try requireEveryChannel()
        precondition(days.count <= Self.attainmentDaysMax, "a question covers \(Self.attainmentDaysMax) days")
        struct Group: Hashable {
            let kind: ClockKind
            let team: String
            let person: String
        }
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
                    guard let field = parts[index].string.flatMap(AttainmentField.init),
                        let amount = parts[index + 1].integer, (0...Self.attainmentAmountMax).contains(amount)
                    else { throw StoreError(.corrupt, "the figures hold something else") }
                    let group = Group(kind: field.kind, team: field.team, person: field.person)
                    sums[
                        group,
                        default: AttainmentSum(kind: field.kind, team: field.team, person: field.person)
                    ].add(amount, to: field.measure)
                }
            }
        }
        if sums.isEmpty { try await confirmRun(deadline: deadline) }
        return Array(sums.values)
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
