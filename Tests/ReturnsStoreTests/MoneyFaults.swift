import ReturnsDomain
import ReturnsTestSupport

/// A fault that somebody plants into stored records, and what a walk over the money has to say of it.
struct MoneyFault: Sendable, CustomStringConvertible {
    var description: String
    /// The order or case that it has to name.
    var of: String
    /// One of these.
    var problems: Set<MoneyProblem>
    var plant: @Sendable (inout MoneyWorld) -> Void
}

extension MoneyFault {
    /// Written by hand, family by family: what a record says wrongly that was right.
    static func all(in world: MoneyWorld) -> [MoneyFault] {
        payments(world) + ledgers(world) + orderLines(world) + caseLines(world) + amounts(world)
            + statuses(world) + lostAndDoubled(world) + tracks(world)
    }

    private static func ofOrder(
        _ name: String, _ what: String, _ problems: Set<MoneyProblem>,
        _ plant: @escaping @Sendable (inout Order) -> Void
    ) -> MoneyFault {
        MoneyFault(description: "order \(name): \(what)", of: name, problems: problems) {
            plant(&$0.orders[name]!)
        }
    }

    private static func ofCase(
        _ name: String, _ what: String, _ problems: Set<MoneyProblem>,
        _ plant: @escaping @Sendable (inout Case) -> Void
    ) -> MoneyFault {
        MoneyFault(description: "case \(name): \(what)", of: name, problems: problems) {
            plant(&$0.cases[name]!)
        }
    }

    private static func payments(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for (name, order) in world.orders.sorted(by: { $0.key < $1.key }) {
            for index in order.payments.indices {
                for step in [Int64(-1), 1] {
                    faults += [
                        ofOrder(name, "payment \(index) sent \(step)", [.payment, .unreadable]) {
                            $0.payments[index].committedMinor += step
                        },
                        ofOrder(name, "payment \(index) amount \(step)", [.order, .unreadable]) {
                            $0.payments[index].amountMinor += step
                        },
                    ]
                }
                let wasRefunded = order.payments[index].hasRefunds
                faults += [
                    ofOrder(name, "payment \(index) overpaid", [.payment]) {
                        $0.payments[index].overpaidMinor += 1
                    },
                    ofOrder(
                        name, "payment \(index) refunded or not", [wasRefunded ? .paymentLost : .payment]
                    ) { $0.payments[index].hasRefunds.toggle() },
                    ofOrder(name, "payment \(index) gone", [.order, .unreadable]) {
                        $0.payments.remove(at: index)
                    },
                    ofOrder(name, "payment \(index) twice", [.order]) {
                        var copy = $0.payments[index]
                        copy.reference += "-2"
                        $0.payments.append(copy)
                    },
                ]
                guard wasRefunded else { continue }
                faults.append(
                    ofOrder(name, "payment \(index) by another name", [.paymentLost, .unreadable]) {
                        $0.payments[index].reference = "card-9"
                    })
            }
        }
        return faults
    }

    private static func ledgers(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for name in world.orders.keys.sorted() {
            for step in [Int64(-1), 1] {
                faults.append(
                    ofOrder(name, "shipping refunded \(step)", [.shipping, .unreadable]) {
                        $0.shippingCommittedMinor += step
                    })
                faults.append(
                    ofOrder(name, "shipping paid \(step)", [.order, .unreadable]) {
                        $0.shippingPaidMinor += step
                    })
                faults.append(
                    ofOrder(name, "by other methods \(step)", [.otherMethod, .unreadable]) {
                        $0.otherMethodCommittedMinor += step
                    })
                faults.append(
                    ofOrder(name, "overpaid \(step)", [.overpaid, .unreadable]) { $0.overpaidMinor += step })
            }
        }
        return faults
    }

    private static func orderLines(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for name in world.orders.keys.sorted() {
            for line in 0..<3 {
                for step in [Int64(-1), 1] {
                    faults.append(
                        ofOrder(name, "line \(line) refunded \(step)", [.lineCommitted, .unreadable]) {
                            $0.lines[line].committedMinor += step
                        })
                    faults.append(
                        ofOrder(name, "line \(line) refundable \(step)", [.lineUnits, .unreadable]) {
                            $0.lines[line].refundableUnits += step
                        })
                    faults.append(
                        ofOrder(name, "line \(line) held \(step)", [.lineUnits, .unreadable]) {
                            $0.lines[line].reservedUnits += step
                        })
                    faults.append(
                        ofOrder(name, "line \(line) paid \(step)", [.order, .unreadable]) {
                            $0.lines[line].paidMinor += step
                        })
                }
            }
        }
        return faults
    }

    private static func caseLines(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for name in world.cases.keys.sorted() {
            for step in [Int64(-1), 1] {
                faults.append(
                    ofCase(name, "owed \(step)", [.lineOwed, .unreadable]) { $0.lines[0].shareMinor += step })
                faults.append(
                    ofCase(name, "refunded \(step)", [.unreadable]) { $0.lines[0].committedMinor += step })
                faults.append(
                    ofCase(name, "owed and refunded \(step)", [.unreadable]) {
                        $0.lines[0].shareMinor += step
                        $0.lines[0].committedMinor += step
                    })
            }
        }
        return faults
    }

    /// Of the refunds of a case.
    private static func amounts(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for (name, value) in world.cases.sorted(by: { $0.key < $1.key }) {
            for index in value.refunds.indices {
                faults.append(
                    ofCase(name, "refund \(index) of a line 1 more", [.unreadable]) {
                        $0.refunds[index].lines[0].amountMinor += 1
                    })
                guard value.refunds[index].status != .abandoned else { continue }
                faults.append(
                    ofCase(
                        name, "refund \(index) with shipping and payment 1 more",
                        [.shipping, .payment, .otherMethod, .unreadable]
                    ) {
                        $0.refunds[index].shippingMinor += 1
                        if !$0.refunds[index].payments.isEmpty {
                            $0.refunds[index].payments[0].amountMinor += 1
                        }
                    })
                if value.refunds[index].payments.count > 1 {
                    faults.append(
                        ofCase(name, "refund \(index) 1 to the other payment", [.payment]) {
                            $0.refunds[index].payments[0].amountMinor -= 1
                            $0.refunds[index].payments[1].amountMinor += 1
                        })
                }
                if !value.refunds[index].payments.isEmpty {
                    faults += [
                        ofCase(
                            name, "refund \(index) to a payment that is not there",
                            [.paymentLost, .unreadable]
                        ) { $0.refunds[index].payments[0].reference = "card-9" },
                        ofCase(
                            name, "refund \(index) by another method", [.payment, .otherMethod, .unreadable]
                        ) {
                            $0.refunds[index].payments = []
                            $0.refunds[index].otherMethod = "cash"
                        },
                    ]
                }
                if value.refunds[index].overpaidMinor > 0 {
                    faults.append(
                        ofCase(name, "refund \(index) overpaid 1 less", [.unreadable]) {
                            $0.refunds[index].overpaidLines[0].amountMinor -= 1
                        })
                }
            }
        }
        return faults
    }

    private static func statuses(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for (name, value) in world.cases.sorted(by: { $0.key < $1.key }) {
            for (index, refund) in value.refunds.enumerated() {
                for status in RefundStatus.allCases where status != refund.status {
                    // Nothing but the gateway's word tells these two apart.
                    guard ![refund.status, status].allSatisfy({ $0 == .inProgress || $0 == .unknown }) else {
                        continue
                    }
                    faults.append(
                        ofCase(
                            name, "refund \(index) \(refund.status) is \(status)",
                            [.refund, .case, .unreadable, .payment]
                        ) { $0.refunds[index].status = status })
                }
                faults += [
                    ofCase(name, "refund \(index) with another voucher or none", [.refund]) {
                        $0.refunds[index].voucher = refund.voucher.isEmpty ? "V-9" : ""
                    },
                    ofCase(name, "refund \(index) ended or not", [.refund]) {
                        $0.refunds[index].endedAt = refund.endedAt == nil ? value.updatedAt : nil
                    },
                    ofCase(name, "refund \(index) without an attempt", [.unreadable]) {
                        $0.refunds[index].attempts = 0
                    },
                ]
            }
        }
        return faults
    }

    private static func lostAndDoubled(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for (name, value) in world.cases.sorted(by: { $0.key < $1.key }) {
            for index in value.refunds.indices {
                let holds = value.refunds[index].status != .abandoned
                if holds {
                    faults.append(
                        ofCase(name, "refund \(index) is missing", [.unreadable, .payment]) {
                            $0.refunds.remove(at: index)
                        })
                }
                faults += [
                    ofCase(name, "refund \(index) stands twice", [.refundTwice, .unreadable]) {
                        $0.refunds.append(value.refunds[index])
                    },
                    MoneyFault(
                        description: "case \(name): refund \(index) stands in case other, too", of: "other",
                        problems: [.refundTwice, .payment, .paymentLost, .unreadable]
                    ) { $0.cases["other"]!.refunds.append(value.refunds[index]) },
                ]
            }
            let order = world.orderOfCase[name]!
            faults += [
                ofOrder(order, "does not name case \(name)", [.recordMissing]) {
                    $0.cases.removeAll { $0.id == value.id }
                },
                MoneyFault(
                    description: "case \(name) is missing", of: order, problems: [.recordMissing]
                ) { $0.cases[name] = nil },
            ]
        }
        for name in world.orders.keys.sorted() {
            faults.append(
                MoneyFault(
                    description: "order \(name) is missing",
                    of: world.orderOfCase.filter { $0.value == name }.keys.sorted()[0],
                    problems: [.recordMissing]
                ) { $0.orders[name] = nil })
        }
        return faults
    }

    private static func tracks(_ world: MoneyWorld) -> [MoneyFault] {
        var faults: [MoneyFault] = []
        for (name, value) in world.cases.sorted(by: { $0.key < $1.key }) {
            for track in Track.allCases where track != value.money {
                faults.append(ofCase(name, "its money is \(track)", [.case]) { $0.money = track })
            }
        }
        return faults
    }
}
