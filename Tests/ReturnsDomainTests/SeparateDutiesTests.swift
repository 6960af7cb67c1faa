import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// What somebody is barred from, for what they did before: as a step is refused, as the list of steps says, and as work is given.
@Suite struct SeparateDutiesTests {
    /// Everybody whom the scenarios know, with every role: only what they did before bars them.
    private static let people = ["sara", "simon", "sue", "wang", "fei", "nobody"]
    private static let bars: Set<String> = [
        "OTHER_REVIEWER_REQUIRED", "INSPECTOR_REFUNDS", "PAYMENTS_CHANGER",
    ]

    private static func actor(_ name: String, for person: String = "") -> Actor {
        Actor(name: name, roles: Set(Role.allCases), onBehalfOf: person)
    }

    private func steps(_ desk: Desk, _ actor: Actor, hasOpenLoss: Bool = false) -> [AllowedStep] {
        desk.value.allowedSteps(
            order: desk.order, actor: actor, now: desk.now, policy: desk.policy,
            sla: desk.slaPolicies[desk.value.slaVersion]!, hasOpenLoss: hasOpenLoss
        ).steps
    }

    /// A step is listed for others exactly where each of its moves is refused for what the person did before; and so is the work
    /// that such steps do.
    @Test(arguments: CaseState.allCases, people)
    func whatIsForOthersIsRefusedAndNothingElse(_ state: CaseState, _ person: String) throws {
        for found in try #require(try Scenarios.desks.get()[state]) {
            for changers in [found.order.paymentsChangers, ["sue"]] {
                for actor in [Self.actor(person), Self.actor("erp", for: person)] {
                    var desk = found
                    desk.order.paymentsChangers = changers
                    desk.order.entriesCount = max(1, desk.order.entriesCount)
                    var barred: Set<CommandKind> = []
                    for step in steps(desk, actor) where step.kind != .resolve && step.kind != .recompute {
                        let codes = WellFormed.moves(step.kind, desk.value, now: desk.now).map { move in
                            if case .failure(let refused) = desk.decide(move.command, as: actor) {
                                refused.code
                            } else {
                                ""
                            }
                        }
                        if Self.bars.isSuperset(of: codes), !codes.isEmpty { barred.insert(step.kind) }
                        #expect(step.isForOthers == barred.contains(step.kind), "\(step.kind): \(codes)")
                    }
                    let acts = desk.value.priorActs(of: actor)
                        .adding(
                            paymentsChangers: desk.order.paymentsChangers, refusers: [], actor: actor)
                    for clock in desk.value.runningClocks {
                        let ways = Set(clock.kind.rule.steps).intersection(steps(desk, actor).map(\.kind))
                        guard !ways.isEmpty else { continue }
                        #expect(
                            acts.bars(fromWorkOf: clock.kind) == ways.isSubset(of: barred), "\(clock.kind)")
                    }
                }
            }
        }
    }

    private static let review = "submit reject appeal"
    private static let qualified = "submit verify approve tell ship receive inspect"

    /// Written by hand: the story, the work, and who of it gets none of it.
    @Test(
        arguments: [
            (review, ClockKind.review, ["sara"]), (qualified, .refund, ["wang", "sue"]),
            ("submit verify approve tell grant_returnless", .refund, ["sue"]),
            ("submit verify approve tell ship receive", .inspect, ["sue"]),
            ("submit verify approve tell ship receive inspect:1", .notify, []),
        ])
    func workIsForOthers(_ path: String, _ kind: ClockKind, _ barred: [String]) throws {
        var desk = Desk()
        try desk.follow(path)
        desk.order.paymentsChangers = ["sue"]
        #expect(desk.value.runningClock(kind) != nil)
        for name in ["sara", "simon", "sue", "wang", "fei"] {
            let actor = Self.actor(name)
            var acts = desk.value.priorActs(of: actor)
            let isKnown = acts.bars(fromWorkOf: kind)
            acts = acts.adding(
                paymentsChangers: desk.order.paymentsChangers, refusers: [], actor: actor)
            #expect(acts.bars(fromWorkOf: kind) == barred.contains(name), "\(name)")
            // The order is read where it can tell more, and nowhere else.
            #expect(isKnown || acts.bars(fromWorkOf: kind) == false || kind.dependsOnOrder)
        }
        #expect(ClockKind.allCases.filter(\.dependsOnOrder) == [.review, .inspect, .refund])
    }

    /// While a loss is not reconciled no refund starts, and one that was paid is recorded wherever one could have started.
    @Test(arguments: CaseState.allCases)
    func aLossAllowsRecordingWhatWasPaid(_ state: CaseState) throws {
        let actor = Self.actor("nobody")
        for desk in try #require(try Scenarios.desks.get()[state]) {
            let before = Set(steps(desk, actor).map(\.kind))
            let after = Set(steps(desk, actor, hasOpenLoss: true).map(\.kind))
            let balance = desk.value.balanceMinor
            let lost = LostRefund(
                amountMinor: balance, shippingMinor: balance > 0 ? 0 : desk.order.shippingLeftMinor)
            let report = RefundReport(
                refundID: "\(desk.value.id)-lost", result: .succeeded(voucher: "V", document: nil),
                lost: lost)
            let isTaken =
                if case .success = desk.decide(.recordRefund(report), as: actor) { true } else { false }
            #expect(
                after == before.subtracting([.refund, .confirmRefund]).union(isTaken ? [.recordRefund] : []))
            #expect(!before.contains(.refund) || desk.value.liveRefund != nil || isTaken)
        }
    }

    /// What has fallen due counts, whether or not the sweeper has come by.
    @Test func stepsAreThoseOfTheTimeOfAsking() throws {
        var desk = Desk()
        try desk.follow("submit reject tell wait:60d")
        let actor = Self.actor("shop")
        #expect(!steps(desk, actor).contains { $0.kind == .appeal })
        #expect(
            steps(desk, actor).map(\.kind) == (try desk.refusal(.appeal(reason: "late"), as: actor)).allowed)
    }
}
