import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport

@testable import ReturnsStore

/// Cases in many states, of several channels, customers, people and teams, put into a store with one commit each.
struct ListedCases {
    private(set) var desks: [Desk] = []
    var values: [Case] { desks.map(\.value) }

    static let channels = ["online", "store", "outlet"]
    static let customers = ["C-1", "C-2", "C-3", "C-4", "C-5"]
    static let people = ["sara", "simon", ""]
    static let teams = ["day", "night", ""]
    /// `ship` stands for a parcel with a number of its own.
    private static let paths = [
        "submit", "submit request_info", "submit verify approve tell", "submit reject tell", "submit cancel",
        "submit verify approve tell ship", "submit verify approve tell ship track",
        "submit verify approve tell ship receive", "submit verify approve tell ship receive inspect",
        "submit verify approve tell ship receive inspect refund record_refund tell",
        "submit verify approve tell ship receive inspect:1", "submit reject tell wait:30d sweep",
    ]

    /// - Parameter minutesApart: 0 lets all of them be submitted at once.
    init(_ count: Int, minutesApart: Int64 = 7, into store: ReturnsStore, seed: UInt64 = 1) async throws {
        var random = SeededGenerator(seed: seed)
        var commands: [RedisCommand] = []
        for number in 0..<count {
            let submittedAt = Fixture.monday.adding(Int64(number) * minutesApart * Milliseconds.minute)
            var order = Fixture.order(number: "SO-\(number)")
            order.key.saleChannel = random.pick(Self.channels)
            order.customerID = random.pick(Self.customers)
            var desk = Desk(order: order, now: submittedAt)
            let id = CaseID(
                at: submittedAt, partition: store.partitioning.partition(of: order.key),
                random: UInt32(number))
            try desk.run(.submit(Fixture.submission(id: id)), as: Cast.shop, after: 0)
            for word in random.pick(Self.paths).split(separator: " ").dropFirst() {
                if word == "ship" {
                    let number = "T\(Int.random(in: 0..<9, using: &random))"
                    try desk.run(
                        .ship(carrier: "SF", trackingNumber: number, waybill: nil), as: Cast.shop)
                } else {
                    try desk.follow(String(word))
                }
            }
            let (person, team) = (random.pick(Self.people), random.pick(Self.teams))
            if !desk.value.state.isTerminal, person + team != "" {
                try desk.run(.assign(.service, person: person, team: team), as: Cast.sue)
            }
            desks.append(desk)
            commands.append(try store.commitCommand(Self.whole(desk), request: nil))
            if commands.count == 256 || number == count - 1 {
                for reply in try await store.redis.pipeline(commands, key: nil) { _ = try reply.checked() }
                commands = []
            }
        }
    }

    /// All that the desk did as one step from nothing.
    private static func whole(_ desk: Desk) -> CaseTransition {
        var before = desk.order
        before.version = 0
        return CaseTransition(
            caseBefore: nil, caseAfter: desk.value, orderBefore: before, orderAfter: desk.order,
            entries: desk.transitions.flatMap(\.entries), events: [])
    }
}

extension ReturnsStore {
    /// All the pages of a list, and how many there were.
    func all(
        _ filter: CaseFilter, sort: CaseSort, limits: CasePageLimits = CasePageLimits(casesMax: 500)
    ) async throws(StoreError) -> (ids: [CaseID], unreadable: [CaseID], pages: Int) {
        var whole = (ids: [CaseID](), unreadable: [CaseID](), pages: 0)
        var place: CasePlace?
        repeat {
            // No list reads the engine's group.
            let page = try await page(
                filter, sort: sort, after: place, limits: limits,
                groups: CaseRecord.Group.allCases.filter { $0 != .engine })
            whole.ids += page.cases.map(\.id)
            whole.unreadable += page.unread.damaged
            whole.pages += 1
            place = page.next
        } while place != nil
        return whole
    }
}
