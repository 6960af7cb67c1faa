/// What a push of an order did.
public enum OrderUpdate: Hashable, Sendable {
    case created(Order)
    case updated(Order)
    /// The same content: nothing to write.
    case unchanged(Order)
}

extension Order {
    /// Decides over a pushed order: a new one, a newer description of a known one, or the same again.
    ///
    /// The pushed order carries no ledgers. A known order keeps its own, and refuses a description under which they
    /// could not stand: fewer units than cases hold, less money than went back, another currency or customer.
    public static func put(_ pushed: Order, over known: Order?, now: Instant) -> Result<
        OrderUpdate, CaseRejection
    > {
        do throws(CaseRejection) {
            try pushed.validate(now: now)
            guard let known else {
                var order = pushed
                order.version = 1
                order.updatedAt = now
                return .success(.created(order))
            }
            let merged = try pushed.takingLedgers(of: known)
            guard merged != known else { return .success(.unchanged(known)) }
            var order = merged
            order.version = known.version + 1
            order.updatedAt = now
            return .success(.updated(order))
        } catch {
            return .failure(error)
        }
    }

    private func takingLedgers(of known: Order) throws(CaseRejection) -> Order {
        var merged = self
        merged.version = known.version
        merged.updatedAt = known.updatedAt
        merged.cases = known.cases
        merged.shippingCommittedMinor = known.shippingCommittedMinor
        merged.otherMethodCommittedMinor = known.otherMethodCommittedMinor
        if !known.cases.isEmpty {
            guard currency == known.currency else {
                throw .orderConflict("currency", "the currency of an order with cases cannot change")
            }
            guard customerID == known.customerID else {
                throw .orderConflict("customer_id", "the customer of an order with cases cannot change")
            }
        }
        for line in known.lines {
            // A case keeps naming its lines when it holds no unit of them: it can be appealed, reopened or closed.
            guard let index = merged.lineIndex(line.lineID) else {
                guard known.cases.isEmpty else {
                    throw .orderConflict(
                        "lines", "line \(line.lineID) is missing; an order with cases keeps its lines")
                }
                continue
            }
            if !known.cases.isEmpty {
                guard merged.lines[index].quantity >= line.reservedUnits else {
                    throw .orderConflict(
                        "lines[\(index)].quantity",
                        "cases hold \(line.reservedUnits) units of line \(line.lineID)")
                }
                // What cases already owe was computed from these: a change would make the shares inconsistent.
                guard
                    line.refundableUnits == 0
                        || (merged.lines[index].quantity == line.quantity
                            && merged.lines[index].paidMinor == line.paidMinor)
                else {
                    throw .orderConflict(
                        "lines[\(index)]",
                        "units of line \(line.lineID) are refundable already; its quantity and price are fixed"
                    )
                }
                guard merged.lines[index].sku == line.sku else {
                    throw .orderConflict(
                        "lines[\(index)].sku",
                        "the SKU of line \(line.lineID) cannot change once the order has cases")
                }
            }
            merged.lines[index].reservedUnits = line.reservedUnits
            merged.lines[index].refundableUnits = line.refundableUnits
            merged.lines[index].committedMinor = line.committedMinor
        }
        for payment in known.payments where payment.committedMinor > 0 {
            guard let index = merged.payments.firstIndex(where: { $0.reference == payment.reference }),
                merged.payments[index].amountMinor >= payment.committedMinor
            else {
                throw .orderConflict(
                    "payments", "money went back to payment \(payment.reference); it cannot shrink below that"
                )
            }
            merged.payments[index].committedMinor = payment.committedMinor
        }
        guard merged.shippingPaidMinor >= merged.shippingCommittedMinor,
            merged.paidMinor >= merged.committedMinor
        else {
            throw .orderConflict("payments", "more was refunded already than this order says was paid")
        }
        return merged
    }
}
