import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// The goods' way to us (R10 to R12).
extension CaseService {
    func schedulePickup(_ request: Returns_V1_SchedulePickupRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .schedulePickup(
                from: Instant(milliseconds: request.windowFromMs),
                until: Instant(milliseconds: request.windowUntilMs),
                address: request.address)
        }
    }

    func recordPickup(_ request: Returns_V1_RecordPickupRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .recordPickup(
                PickupReport(
                    result: try request.result.required("result"),
                    arrivedAt: Instant(nonZero: request.arrivedAtMs),
                    carrier: request.carrier, trackingNumber: request.trackingNo,
                    waybill: Document(request.waybill, isPresent: request.hasWaybill), reason: request.reason)
            )
        }
    }

    func shipCase(_ request: Returns_V1_ShipCaseRequest, context: RCPCallContext) async throws -> RCPReply<
        Returns_V1_CaseReply
    > {
        try await take(request.target, context: context) {
            .ship(
                carrier: request.carrier, trackingNumber: request.trackingNo,
                waybill: Document(request.waybill, isPresent: request.hasWaybill))
        }
    }

    func trackShipment(_ request: Returns_V1_TrackShipmentRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .track(
                trackingNumber: request.trackingNo,
                event: .init(
                    at: Instant(nonZero: request.event.atMs) ?? engine.clock.now(),
                    status: request.event.status,
                    place: request.event.place))
        }
    }

    func reportException(_ request: Returns_V1_ReportExceptionRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .reportException(
                kind: try request.kind.required("kind"), reason: request.reason,
                lines: request.lines.map(LineUnits.init))
        }
    }

    func foundGoods(_ request: Returns_V1_FoundGoodsRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .found(note: request.note) }
    }

    func withdrawCase(_ request: Returns_V1_WithdrawCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .withdraw(reason: request.reason) }
    }
}

extension LineUnits {
    init(_ proto: Returns_V1_LineUnits) {
        self.init(lineID: proto.lineID, units: proto.units)
    }
}
