import ReturnsAPI
import ReturnsDomain

// The goods' way to us (R10 to R12).

extension Returns_V1_SchedulePickupRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .schedulePickup(
            from: Instant(milliseconds: windowFromMs),
            until: Instant(milliseconds: windowUntilMs),
            address: address)
    }
}

extension Returns_V1_RecordPickupRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .recordPickup(
            PickupReport(
                result: try result.required("result"),
                arrivedAt: Instant(nonZero: arrivedAtMs),
                carrier: carrier, trackingNumber: trackingNo,
                waybill: Document(waybill, isPresent: hasWaybill), reason: reason)
        )
    }
}

extension Returns_V1_ShipCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .ship(
            carrier: carrier, trackingNumber: trackingNo,
            waybill: Document(waybill, isPresent: hasWaybill))
    }
}

extension Returns_V1_TrackShipmentRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .track(
            trackingNumber: trackingNo,
            event: TrackingReport(
                at: Instant(nonZero: event.atMs), status: event.status, place: event.place))
    }
}

extension Returns_V1_ReportExceptionRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .reportException(
            kind: try kind.required("kind"), reason: reason,
            lines: lines.map(LineUnits.init))
    }
}

extension Returns_V1_FoundGoodsRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .found(note: note) }
}

extension Returns_V1_WithdrawCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .withdraw(reason: reason) }
}

extension LineUnits {
    init(_ proto: Returns_V1_LineUnits) {
        self.init(lineID: proto.lineID, units: proto.units)
    }
}
