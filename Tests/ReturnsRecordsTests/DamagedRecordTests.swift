import Foundation
import NIOCore
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

/// Records damaged in every place: each is refused when it is read, or is a case on which everything can be decided. The
/// process must not stop, so what this test proves is that it comes to its end.
@Suite struct DamagedRecordTests {
    private static let isLong = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1"

    private static let paths =
        [
            "submit", "submit request_info", "submit reject tell appeal", "submit cancel",
            "submit verify approve schedule_pickup wait:30h record_pickup:1",
            "submit verify approve tell ship track receive pause_clock",
            "submit verify approve tell ship receive inspect",
            "submit verify approve tell ship receive inspect:1 tell resolve:1",
            "submit verify approve tell ship report_exception tell resolve refund record_refund:1",
            "submit verify approve tell ship receive inspect refund:1",
            "submit verify approve tell ship track receive inspect:1 tell resolve:1 ship_back follow_up",
        ] + ofTheSecondLevel

    private static let ofTheSecondLevel = [
        "submit verify approve tell ship receive inspect refund:1 record_refund tell record_returned_refund",
        "submit verify approve tell ship receive inspect deduct tell take_back_deduction refund:1 record_refund:1 abandon_refund",
    ]

    /// The groups of a case, and behind them those of its order.
    private typealias Stored = [[UInt8]]

    private static func stored(_ value: Case, _ order: Order, level: WriterLevel = .highest) -> Stored {
        let (record, orderRecord) = (CaseRecord(value, level: level), OrderRecord(order, level: level))
        return (CaseRecord.Group.allCases.map { record[$0] } + [orderRecord.everybody, orderRecord.engine])
            .map {
                Array(buffer: $0)
            }
    }

    /// Nil where the store would call it corrupt. Its checksums would tell, too: here they are taken to fit.
    private static func read(_ stored: Stored) -> (Case, Order)? {
        let parts = stored.map { ByteBuffer(bytes: $0) }
        let groups = CaseRecord.Group.allCases.count
        guard let found = try? CaseRecord(parts: Array(parts[..<groups])).value(),
            let order = try? OrderRecord(everybody: parts[groups], engine: parts[groups + 1]).value(),
            found.inconsistency(with: order) == nil
        else { return nil }
        return (found, order)
    }

    /// Everything that a server does with a case that it has read.
    private static func use(_ value: Case, _ order: Order, _ random: inout SeededGenerator) -> Int {
        var desk = Desk(current: value, order: order, now: Fixture.monday.adding(Milliseconds.day))
        guard let sla = desk.slaPolicies[value.slaVersion] else { return 0 }
        func decide(_ command: Command, _ actor: Actor) {
            _ = Case.decide(
                value, order: order, command: command, actor: actor, now: desk.now, policy: desk.policy,
                sla: sla)
        }
        _ = value.needsToClose(policy: desk.policy)
        _ = value.allowedCommands(policy: desk.policy, order: order)
        _ = CaseRecord(value)
        let kinds = [CommandKind.sweep] + (0..<4).map { _ in random.pick(CommandKind.allCases) }
        for kind in kinds where kind != .submit {
            for move in WellFormed.moves(kind, value, now: desk.now) {
                decide(move.command, move.actor)
            }
        }
        desk.now = desk.now.adding(400 * Milliseconds.day)
        decide(.sweep, .system)
        return 1
    }

    private static func damage(_ record: [UInt8], at position: Int, _ random: inout SeededGenerator)
        -> [UInt8]
    {
        var damaged = record
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return Array(damaged.prefix(position))
        case 1: damaged.insert(UInt8.random(in: 0...255, using: &random), at: position)
        case 2: damaged.remove(at: position)
        case 3: damaged[position] = 0
        // The largest numbers that a record can hold: whatever is computed with them overflows.
        case 4: damaged.replaceSubrange(position...position, with: [UInt8](repeating: 0xFF, count: 9) + [1])
        case 5:
            damaged.replaceSubrange(
                position...position, with: [0xFE] + [UInt8](repeating: 0xFF, count: 8) + [1])
        case 6: damaged.replaceSubrange(position...position, with: [0x80, 0x80, 0x80, 0x80, 0x20])
        default: damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        return damaged
    }

    @Test(arguments: paths) func noDamageStopsTheProcess(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let value = desk.value
        let sound = Self.stored(value, desk.order)
        #expect(Self.read(sound)?.0 == value)
        var random = SeededGenerator(seed: UInt64(path.utf8.count))
        var decided = 0
        for _ in 0..<(Self.isLong ? 200 : 4) {
            for part in sound.indices {
                for position in sound[part].indices {
                    var stored = sound
                    stored[part] = Self.damage(sound[part], at: position, &random)
                    if let (found, order) = Self.read(stored) { decided += Self.use(found, order, &random) }
                }
            }
        }
        #expect(decided > 0, "no damage was decided on, so nothing was proved")
    }

    /// The largest numbers there are, in each field that holds one, of each record: in all elements of a list at once, which is what
    /// sums overflow by. At the first level too, where a reader computes what is not stored.
    @Test(arguments: paths, [WriterLevel.first, .highest])
    func noNumberStopsTheProcess(_ path: String, level: WriterLevel) throws {
        // Below their level such a case cannot be.
        guard level == .highest || !Self.ofTheSecondLevel.contains(path) else { return }
        var desk = Desk()
        try desk.follow(path)
        let sound = Self.stored(desk.value, desk.order, level: level)
        #expect(Self.read(sound) != nil)
        var random = SeededGenerator(seed: UInt64(path.utf8.count))
        var damages = 0
        for part in sound.indices {
            let message = NumberDamage(sound[part])
            for path in message.paths {
                for number in [Int64.max, .min, 1 << 62, -1 << 62, -1, 1 << 45] {
                    var stored = sound
                    stored[part] = message.replacing(path, with: number)
                    damages += 1
                    if let (found, order) = Self.read(stored) { _ = Self.use(found, order, &random) }
                }
            }
        }
        #expect(damages > 200)
    }

    /// A clock warns three times at most, and escalates as often.
    @Test func aClockThatFiresMoreOftenThanOneCanIsDamage() throws {
        var desk = Desk()
        try desk.follow("submit")
        let sound = Self.stored(desk.value, desk.order)
        let damages: [(String, (inout Returns_V1_Case, [Int64]) -> Void)] = [
            ("warned", { $0.clocks.isEmpty ? () : ($0.clocks[0].warnedAtMs = $1) }),
            ("escalated", { $0.clocks.isEmpty ? () : ($0.clocks[0].escalatedAtMs = $1) }),
            (
                "warns",
                {
                    guard $0.hasEngine else { return }
                    $0.engine.clocks[0].warnBeforeMs = $1
                    $0.engine.clocks[0].warnAtMs = $1
                }
            ),
            (
                "escalates",
                {
                    guard $0.hasEngine else { return }
                    $0.engine.clocks[0].escalateAfterMs = $1
                    $0.engine.clocks[0].escalateAtMs = $1
                }
            ),
        ]
        for (name, damage) in damages {
            for times in 3...4 {
                var stored = sound
                for part in 0..<CaseRecord.Group.allCases.count {
                    var message = try Returns_V1_Case(serializedBytes: sound[part])
                    damage(&message, (1...Int64(times)).map { $0 })
                    stored[part] = try message.serializedBytes()
                }
                #expect(stored != sound)
                #expect((Self.read(stored) == nil) == (times > Clock.warningsMax), "\(name), \(times) times")
            }
        }
    }

    /// Ledgers that do not add up, one field at a time.
    @Test func aLedgerOutOfBalanceIsDamage() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund")
        let (value, order) = (desk.value, desk.order)
        #expect(
            value.inconsistency == nil && order.inconsistency == nil
                && value.inconsistency(with: order) == nil)
        let damages: [(String, (inout Case) -> Void)] = [
            ("units", { $0.lines[0].units.accepted += 1 }), ("negative", { $0.lines[0].units.awaited = -1 }),
            ("share", { $0.lines[0].shareMinor = -1 }), ("deduction", { $0.lines[0].deduct(.max) }),
            ("deducted too much", { $0.lines[0].deduct(1) }),
            (
                "conceded for no unit",
                {
                    $0.lines[0].concessions = [
                        Concession(
                            amountMinor: 1, units: 1, worthMinor: 1, by: $0.enteredBy, at: $0.updatedAt)
                    ]
                }
            ),
            ("returned", { $0.refunds[0].returnedAt = $0.updatedAt }),
            ("prepared", { $0.refunds[0].status = .prepared }),
            ("committed", { $0.lines[0].committedMinor += 1 }),
            ("released", { $0.lines[0].releasedAwaited = 1 }),
            ("no lines", { $0.lines = [] }), ("twice", { $0.lines.append($0.lines[0]) }),
            ("clocks", { $0.clocks = [] }), ("state", { $0.state = .closed }),
            ("time", { $0.updatedAt = Instant(milliseconds: .max) }),
            ("due", { $0.clocks[0].dueAt = Instant(milliseconds: .min) }),
            ("pause", { $0.clocks[0].warnBeforeMilliseconds = [.max] }),
            ("refund", { $0.refunds[0].lines[0].amountMinor = .max }),
            ("two open", { $0.refunds.append($0.refunds[0]) }), ("version", { $0.version = 0 }),
        ]
        for (name, damage) in damages {
            var damaged = value
            damage(&damaged)
            #expect(damaged.inconsistency != nil, "\(name)")
        }
        let together: [(String, (inout Order) -> Void)] = [
            ("line", { $0.lines[0].lineID = "9" }), ("reserved", { $0.lines[0].reservedUnits = 0 }),
            ("refundable", { $0.lines[0].refundableUnits = 0 }),
            ("committed", { $0.lines[0].committedMinor = 0 }),
            ("payment", { $0.payments[0].reference = "other" }),
            ("back", { $0.payments[0].committedMinor = 0 }), ("key", { $0.key.orderNumber = "other" }),
        ]
        for (name, damage) in together {
            var damaged = order
            damage(&damaged)
            #expect(damaged.inconsistency ?? value.inconsistency(with: damaged) != nil, "\(name)")
        }
    }

    /// A refund that has ended names what is there, too: it can come back, or succeed late.
    @Test(arguments: [
        "record_refund", "record_refund:1 abandon_refund", "record_refund tell record_returned_refund",
    ])
    func anEndedRefundOfNothingIsDamage(_ end: String) throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund " + end)
        let value = desk.value
        #expect(value.inconsistency ?? value.inconsistency(with: desk.order) == nil)
        var ofNoPayment = value
        ofNoPayment.refunds[0].payments[0].reference = "zz"
        #expect(ofNoPayment.inconsistency ?? ofNoPayment.inconsistency(with: desk.order) != nil)
        var ofNoLine = value
        ofNoLine.refunds[0].lines[0].reference = "zz"
        #expect(ofNoLine.inconsistency != nil)
    }

    @Test func shippingThatIsDueIsKeptOnTheOrder() throws {
        var desk = Desk()
        try desk.follow(
            "submit verify approve tell ship receive inspect refund:1 record_refund tell record_returned_refund"
        )
        #expect(desk.value.shippingDueMinor == 1 && desk.value.inconsistency(with: desk.order) == nil)
        var order = desk.order
        order.shippingDueMinor = 0
        #expect(desk.value.inconsistency(with: order) != nil)
        order.shippingDueMinor = order.shippingPaidMinor + 1
        #expect(order.inconsistency != nil)
        var value = desk.value
        value.shippingDueMinor = -1
        #expect(value.inconsistency != nil)
        value = desk.value
        value.refunds[0].shippingRepaidMinor = 2
        #expect(value.inconsistency != nil)
    }
}

extension CaseLine {
    fileprivate mutating func deduct(_ minor: Int64) {
        let clerk = ActorRecord(name: "sue", role: .supervisor)
        deductions.append(
            Deduction(amountMinor: minor, code: .damage, by: clerk, at: Instant(milliseconds: 0)))
    }
}
