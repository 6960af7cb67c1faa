import ArgumentParser
import RCP
import ReturnsAPI

struct SlaPause: CaseVerb {
    static let step = CaseStep(.pauseClock) { situation in
        [StepWay("\(situation.clock { !$0.isPaused }) --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a clock of a case, until it goes on by itself.")
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var clock: ClockOption
    @Option(help: "Why.") var reason: String
    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: "For how long: 4h, 2d, …; at most 90d. 7d unless given.")
    var duration: String?
    @Option(
        parsing: .unconditional,
        help: "Until when, instead of --for: \"2026-11-24 09:00\", or with an offset.")
    var until: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard duration == nil || until == nil else {
            throw ValidationError("give --for or --until, not both")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let kind = try await clock.kind(target.caseID, session)
        var request = Returns_V1_PauseClockRequest.with {
            $0.target = change
            $0.kind = kind
            $0.reason = reason
        }
        if duration != nil || until != nil {
            // By the server's clock, which the pause goes by.
            let now = try await session.serverNowMilliseconds()
            request.untilMs =
                try until.map { try TimeOption.parse($0, "--until", now) }
                ?? now + TimeOption.duration(duration ?? "", "--for")
            session.repetition.pin(
                ["--until", TimeOption.text(request.untilMs)], replacedOptions: ["--for", "--until"])
        }
        return try await session.client.cases.pauseClock(request, options: options)
    }
}

struct SlaResume: CaseVerb {
    /// One that a person has paused; what the case's state holds goes on with the state.
    static let step = CaseStep(.resumeClock) { situation in
        let clock = situation.clock { clock in
            clock.isPaused && situation.value?.state != clock.kind.stateThatHolds
        }
        return [StepWay("\(clock) --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused clock run on.")
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var clock: ClockOption
    @Option(help: "Why.") var reason: String
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let kind = try await clock.kind(target.caseID, session)
        let request = Returns_V1_ResumeClockRequest.with {
            $0.target = change
            $0.kind = kind
            $0.reason = reason
        }
        return try await session.client.cases.resumeClock(request, options: options)
    }
}

struct SlaExtend: CaseVerb {
    static let step = CaseStep(.extendClock) { situation in
        [StepWay("\(situation.clock { !$0.hasBreachedAtMs }) --by DURATION --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Give a clock more time.")
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var clock: ClockOption
    @Option(parsing: .unconditional, help: "How much more: 4h, 2d, …") var by: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let duration = try TimeOption.duration(by, "--by")
        let kind = try await clock.kind(target.caseID, session)
        let request = Returns_V1_ExtendClockRequest.with {
            $0.target = change
            $0.kind = kind
            $0.byMs = duration
            $0.reason = reason
        }
        return try await session.client.cases.extendClock(request, options: options)
    }
}

extension CaseSituation {
    /// The most urgent clock that runs and is of a kind that a step asks for.
    fileprivate func clock(_ isMeant: (Returns_V1_Clock) -> Bool) -> String {
        value?.runningClocks.first(where: isMeant).map { word($0.kind) } ?? "CLOCK"
    }
}

extension Returns_V1_ClockKind {
    /// While a case is in it the clock stands still, and nobody can resume it (Protocol/STATES.md, *Clocks*); nil for most.
    var stateThatHolds: Returns_V1_CaseState? {
        switch self {
        case .review: .infoNeeded
        case .customerShip: .pickupScheduled
        case .customerInfo, .appeal, .pickup, .transit, .inspect, .notify, .customerChoice, .refund,
            .returnShip,
            .followUp, .unspecified, .UNRECOGNIZED:
            nil
        }
    }
}
