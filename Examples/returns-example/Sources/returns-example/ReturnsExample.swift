import Foundation
import Logging
import ReturnsClient
import ServiceLifecycle

/// Submits a case on a new order, and follows the events until that case's is there.
///
///     returns-example [ADDRESS [TOKEN_FILE [CURSOR_FILE]]]
///
/// With a file for the cursor it goes on to follow all events from there until it is told to end (SIGTERM).
@main
struct ReturnsExample {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let address = arguments.count > 1 ? try RCPAddress(arguments[1]) : .standard
        let tokenFile = arguments.count > 2 ? arguments[2] : "var/admin.token"

        let token = try String(contentsOfFile: tokenFile, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let configuration = RCPClientConfiguration.returnsd(
            address: address, credentials: .token(Array(token.utf8)))
        let logger = Logger(label: "example")
        try await withReturnsClient(configuration, logger: logger) { client in
            let order = try await push(client)
            let reply = try await client.cases.submitCase(
                .with {
                    $0.order = order
                    $0.intakeChannel = .website
                    $0.reasonCode = "faulty"
                    $0.lines = [
                        .with {
                            $0.lineID = "1"
                            $0.quantity = 2
                        }
                    ]
                }, options: RCPCallOptions(timeout: .seconds(10)))
            let caseID = reply.message.case.id
            print("submitted \(caseID)")

            let open = Returns_V1_ListCasesRequest.with { $0.openOnly = true }
            for try await page in RCPPages(open, of: client.cases.listCases) {
                for found in page.cases { print("open \(found.id)") }
            }

            try await client.follow(from: .beginning) { reply in
                for event in reply.events where event.caseID == caseID {
                    print("event \(event.id) of \(event.caseID)")
                    return .stop
                }
                // Keep reply.cursor here: with it the next start goes on behind what was handled.
                return .goOn
            }
        }
        guard arguments.count > 3 else { return }
        let client = ReturnsClient(configuration: configuration, logger: logger)
        let follower = EventFollower(client: client, cursorFile: arguments[3])
        try await ServiceGroup(
            services: [client, follower], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }

    /// Three mugs, bought a day ago and delivered since.
    private static func push(_ client: ReturnsClient) async throws -> Returns_V1_OrderKey {
        let key = Returns_V1_OrderKey.with {
            $0.saleChannel = "online"
            $0.orderNo = UUID().uuidString
        }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let order = Returns_V1_Order.with {
            $0.key = key
            $0.placedAtMs = now - 86_400_000
            $0.deliveredAtMs = now - 3_600_000
            $0.status = .delivered
            $0.customerID = "C-7"
            $0.currency = "GBP"
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    $0.sku = "MUG"
                    $0.quantity = 3
                    $0.unitPriceMinor = 450
                }
            ]
            $0.payments = [
                .with {
                    $0.reference = "card-1"
                    $0.method = .card
                    $0.amountMinor = 1_350
                }
            ]
        }
        _ = try await client.orders.putOrder(.with { $0.order = order })
        return key
    }
}
