import ArgumentParser
import RCP
import ReturnsAPI

/// The parcel, and what happens to it on the way.
enum ShipmentVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseShip.self, CaseTrack.self, CaseException.self, CaseFound.self, CaseWithdraw.self]
    }
}

struct CaseShip: CaseVerb {
    static let step = CaseStep(.ship, flags: "--carrier NAME --tracking-no NO")
    static let configuration = CommandConfiguration(
        commandName: "ship", abstract: "Record the customer's own carrier and waybill.")
    @Option(help: "Who carries it.") var carrier: String
    @Option(help: "The waybill's number.") var trackingNo: String
    @Option(help: ArgumentHelp("The waybill: a file, or REFERENCE@sha256:HEX.", valueName: "file"))
    var waybill: String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_ShipCaseRequest.with {
            $0.target = change
            $0.carrier = carrier
            $0.trackingNo = trackingNo
        }
        if let waybill { request.waybill = try DocumentSource.document(waybill, .waybill) }
        return try await session.client.cases.shipCase(request, options: options)
    }
}

struct CaseTrack: CaseVerb {
    static let step = CaseStep(.track, flags: "--status TEXT --place TEXT", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "track", abstract: "Record an event of the shipment.")
    @Option(help: "What happened, in the carrier's word.") var status: String
    @Option(help: "Where.") var place = ""
    @Option(parsing: .unconditional, help: "When; now unless given.") var at: String?
    @Option(help: "Which shipment; the last unless given.") var trackingNo = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let now = try await session.serverNowMilliseconds()
        let time = try at.map { try TimeOption.parse($0, "--at", now) } ?? now
        session.repetition.pin(["--at", TimeOption.text(time)], replacedOptions: ["--at"])
        let request = Returns_V1_TrackShipmentRequest.with {
            $0.target = change
            $0.trackingNo = trackingNo
            $0.event = .with {
                $0.atMs = time
                $0.status = status
                $0.place = place
            }
        }
        return try await session.client.cases.trackShipment(request, options: options)
    }
}

struct CaseException: CaseVerb {
    static let step = CaseStep(.reportException) { _ in
        [StepWay("lost --reason TEXT"), StepWay("refused --reason TEXT")]
    }
    static let configuration = CommandConfiguration(
        commandName: "exception", abstract: "Record that the parcel was lost or refused on the way.")
    @OptionGroup var target: CaseVerbOptions
    @Argument(help: "lost or refused", transform: parseWord) var kind: Returns_V1_ExceptionKind
    @Option(help: "What the carrier says.") var reason: String
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("Which units; all unless given.", valueName: "line=units"),
        transform: LineSpec.units)
    var lines: [Returns_V1_LineUnits] = []
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ReportExceptionRequest.with {
            $0.target = change
            $0.kind = kind
            $0.reason = reason
            $0.lines = lines
        }
        return try await session.client.cases.reportException(request, options: options)
    }
}

struct CaseFound: CaseVerb {
    static let step = CaseStep(.found, flags: "--note TEXT")
    static let configuration = CommandConfiguration(
        commandName: "found", abstract: "Record that a lost or refused parcel is on its way again.")
    @Option(help: "What is known.") var note = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_FoundGoodsRequest.with {
            $0.target = change
            $0.note = note
        }
        return try await session.client.cases.foundGoods(request, options: options)
    }
}

struct CaseWithdraw: CaseVerb {
    static let step = CaseStep(.withdraw, flags: "--reason TEXT", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Record that the customer wants goods back that are on their way here.")
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_WithdrawCaseRequest.with {
            $0.target = change
            $0.reason = reason
        }
        return try await session.client.cases.withdrawCase(request, options: options)
    }
}
