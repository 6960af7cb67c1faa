import ArgumentParser
import RCP
import ReturnsAPI

struct CasePickup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pickup", abstract: "Agree a pickup, and record how it went.",
        subcommands: [PickupSchedule.self, PickupResult.self])
}

struct PickupSchedule: CaseVerb {
    static let step = CaseStep(.schedulePickup, flags: "--from TIME --until TIME --address TEXT")
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Agree a pickup window, or a new one.",
        discussion:
            "Times are those of --zone: \"2026-11-24 09:00\", or with an offset; +4h is four hours from now.")
    @Option(parsing: .unconditional, help: "Begin of the window.") var from: String
    @Option(parsing: .unconditional, help: "End of the window.") var until: String
    @Option(help: "Where the goods are fetched.") var address: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let now = try await session.serverNowMilliseconds()
        let window = (try TimeOption.parse(from, "--from", now), try TimeOption.parse(until, "--until", now))
        session.repetition.pin(
            ["--from", TimeOption.text(window.0), "--until", TimeOption.text(window.1)],
            replacedOptions: ["--from", "--until"])
        let request = Returns_V1_SchedulePickupRequest.with {
            $0.target = change
            $0.windowFromMs = window.0
            $0.windowUntilMs = window.1
            $0.address = address
        }
        return try await session.client.cases.schedulePickup(request, options: options)
    }
}

struct PickupResult: CaseVerb {
    static let step = CaseStep(.recordPickup) { _ in
        [
            StepWay("collected --carrier NAME --tracking-no NO", roles: [.logistics]),
            StepWay("missed --reason TEXT"),
        ]
    }
    static let configuration = CommandConfiguration(
        commandName: "result", abstract: "Record a pickup: collected, or missed and why.")
    @OptionGroup var target: CaseVerbOptions
    @Argument(help: "collected or missed", transform: parseWord) var result: Returns_V1_PickupResult
    @Option(parsing: .unconditional, help: "When it arrived; now unless given.") var arrived: String?
    @Option(help: "Collected: who carries it.") var carrier = ""
    @Option(help: "Collected: the waybill's number.") var trackingNo = ""
    @Option(help: "Missed: why.") var reason = ""
    @Option(help: ArgumentHelp("The waybill: a file, or REFERENCE@sha256:HEX.", valueName: "file"))
    var waybill: String?
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_RecordPickupRequest.with {
            $0.target = change
            $0.result = result
            $0.carrier = carrier
            $0.trackingNo = trackingNo
            $0.reason = reason
        }
        if let arrived {
            request.arrivedAtMs = try TimeOption.parse(
                arrived, "--arrived", await session.serverNowMilliseconds())
            session.repetition.pin(
                ["--arrived", TimeOption.text(request.arrivedAtMs)], replacedOptions: ["--arrived"])
        }
        if let waybill { request.waybill = try DocumentSource.document(waybill, .waybill) }
        return try await session.client.cases.recordPickup(request, options: options)
    }
}
