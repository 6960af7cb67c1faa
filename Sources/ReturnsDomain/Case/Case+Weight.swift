extension Case {
    /// About how large the case is when it is kept: its texts, and what its records take beside them. An estimate that
    /// leans to the large side, so that the domain can refuse to let a case grow for ever without knowing the encoding.
    public var weightBytes: Int {
        var sum = 256 + customerID.utf8.count + form.weightBytes + question.utf8.count + answer.utf8.count
        for line in lines {
            sum += Self.lineBytes + line.lineID.utf8.count + line.sku.utf8.count + line.statement.weightBytes
            for deduction in line.deductions {
                sum += Self.recordBytes + deduction.by.weightBytes + (deduction.takenBackBy?.weightBytes ?? 0)
            }
            for concession in line.concessions { sum += Self.recordBytes + concession.by.weightBytes }
        }
        for check in checks { sum += Self.recordBytes + check.detail.utf8.count }
        for decision in decisions { sum += Self.recordBytes + decision.textBytes }
        for pickup in pickups {
            sum += Self.recordBytes + pickup.address.utf8.count + pickup.reason.utf8.count
        }
        for shipment in shipments {
            sum += Self.recordBytes + shipment.carrier.utf8.count + shipment.trackingNumber.utf8.count
            for event in shipment.events { sum += 16 + event.status.utf8.count + event.place.utf8.count }
        }
        for code in enclosuresFound { sum += 2 + code.utf8.count }
        for inspection in inspections {
            sum += Self.recordBytes + inspection.lineID.utf8.count + inspection.note.utf8.count
            for reference in inspection.evidence { sum += 2 + reference.utf8.count }
        }
        for name in owedDeciders { sum += 2 + name.utf8.count }
        for refund in refunds { sum += refund.weightBytes }
        for item in outbound {
            sum +=
                32 + item.lineID.utf8.count + item.sku.utf8.count + item.carrier.utf8.count
                + item.trackingNumber.utf8.count
            if let exchange = item.exchange { sum += 24 + exchange.settlementReference.utf8.count }
        }
        for notice in notices {
            sum += Self.recordBytes + notice.refundID.utf8.count + notice.reference.utf8.count
            sum += notice.text.utf8.count + (notice.by?.weightBytes ?? 0)
        }
        for document in documents {
            sum += Self.recordBytes + 32 + document.reference.utf8.count + document.refundID.utf8.count
        }
        for followUp in followUps { sum += Self.recordBytes + followUp.comments.utf8.count }
        for clock in clocks {
            sum += Self.clockBytes
            for pause in clock.pauses {
                sum += Self.recordBytes + pause.reason.utf8.count + pause.resumeReason.utf8.count
                sum += pause.by.weightBytes + (pause.resumedBy?.weightBytes ?? 0)
            }
            for grant in clock.extensions {
                sum += Self.recordBytes + grant.reason.utf8.count + grant.by.weightBytes
            }
        }
        for assignment in assignments {
            sum += Self.recordBytes + assignment.person.utf8.count + assignment.team.utf8.count
            sum += assignment.by.weightBytes
        }
        return sum
    }

    private static let recordBytes = 64
    private static let lineBytes = 48
    private static let clockBytes = 96
}

extension ReviewDecision {
    fileprivate var textBytes: Int {
        switch outcome {
        case .approved(let address, let instructions, let reason):
            address.utf8.count + instructions.utf8.count + reason.utf8.count
        case .rejected(let code, let reason, let alternative):
            code.utf8.count + reason.utf8.count + alternative.utf8.count
        }
    }
}

extension Refund {
    fileprivate var weightBytes: Int {
        var sum = 104 + id.utf8.count + otherMethod.utf8.count + otherMethodReason.utf8.count
        sum += failureReason.utf8.count + voucher.utf8.count + creditNote.utf8.count
        sum += (preparedBy?.weightBytes ?? 0) + (confirmedBy?.weightBytes ?? 0)
        for share in lines { sum += 8 + share.reference.utf8.count }
        for share in payments { sum += 8 + share.reference.utf8.count }
        for share in overpaidLines { sum += 8 + share.reference.utf8.count }
        return sum
    }
}

extension ActorRecord {
    fileprivate var weightBytes: Int { 3 + name.utf8.count + onBehalfOf.utf8.count }
}
