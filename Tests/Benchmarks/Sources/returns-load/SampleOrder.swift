import ReturnsAPI

/// Orders of the size that a wholesaler's usual one has (15 lines is the median of the sample data), and the return
/// of three units on two of their lines.
enum SampleOrder {
    private static let linesCount = 15
    /// 2026-01-05T09:00:00Z: delivered before the cases of any run are opened.
    private static let placedAtMilliseconds: Int64 = 1_767_603_600_000

    static func order(number: Int) -> Returns_V1_PutOrderRequest {
        .with {
            $0.order = .with {
                $0.key = key(number)
                $0.placedAtMs = placedAtMilliseconds
                $0.deliveredAtMs = placedAtMilliseconds + 3 * 86_400_000
                $0.customerID = "B\(10_000 + number % 4_096)"
                $0.country = "United Kingdom"
                $0.currency = "GBP"
                $0.status = .delivered
                $0.lines = (1...linesCount).map { line in
                    .with {
                        $0.lineID = "\(line)"
                        $0.sku = "\(22_000 + 37 * line)"
                        $0.name = "HANGING HEART T-LIGHT HOLDER \(line)"
                        $0.quantity = 6
                        $0.unitPriceMinor = 255
                    }
                }
                $0.payments = [
                    .with {
                        $0.reference = "PAY-\(number)"
                        $0.method = .card
                        $0.amountMinor = Int64(linesCount) * 6 * 255
                    }
                ]
            }
        }
    }

    static func submission(number: Int) -> Returns_V1_SubmitCaseRequest {
        .with {
            $0.order = key(number)
            $0.channelRef = "R-\(number)"
            $0.intakeChannel = .website
            $0.reasonCode = "damaged"
            $0.freeText = "Two of them arrived broken, one has a crack."
            $0.lines = [
                .with {
                    $0.lineID = "3"; $0.quantity = 2
                },
                .with {
                    $0.lineID = "7"; $0.quantity = 1
                },
            ]
            $0.conditions = [
                .with {
                    $0.code = "original_packaging"; $0.met = true
                },
                .with {
                    $0.code = "unused"; $0.met = true
                },
            ]
            $0.contact = .with {
                $0.name = "A. Customer"
                $0.email = "customer@example.com"
            }
            $0.returnMethod = .carrier
        }
    }

    private static func key(_ number: Int) -> Returns_V1_OrderKey {
        .with {
            $0.saleChannel = "bench"; $0.orderNo = "B\(1_000_000 + number)"
        }
    }
}
