import ArgumentParser
import RCP
import ReturnsAPI

/// Goods that go out to the customer.
enum GoodsOutVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseShipBack.self, CaseExchange.self]
    }
}

struct CaseShipBack: CaseVerb {
    static let step = CaseStep(.shipBack, flags: "--carrier NAME --tracking-no NO")
    static let configuration = CommandConfiguration(
        commandName: "ship-back", abstract: "Record that goods went back to the customer.")
    @Option(help: "Who carries it.") var carrier: String
    @Option(help: "The waybill's number.") var trackingNo: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ShipBackRequest.with {
            $0.target = change
            $0.carrier = carrier
            $0.trackingNo = trackingNo
        }
        return try await session.client.cases.shipBack(request, options: options)
    }
}

struct CaseExchange: CaseVerb {
    static let step = CaseStep(.exchange, flags: "--carrier NAME --tracking-no NO")
    static let configuration = CommandConfiguration(
        commandName: "exchange", abstract: "Record that replacement goods went out.")
    @Option(help: "Who carries it.") var carrier: String
    @Option(help: "The waybill's number.") var trackingNo: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ShipExchangeRequest.with {
            $0.target = change
            $0.carrier = carrier
            $0.trackingNo = trackingNo
        }
        return try await session.client.cases.shipExchange(request, options: options)
    }
}
