import Foundation
import ReturnsClient
import ServiceLifecycle

/// Prints the events, for as long as the program runs. What was printed before the program ended is not printed again.
struct EventFollower: Service {
    let client: ReturnsClient
    let cursorFile: String

    func run() async throws {
        let kept = try? String(contentsOfFile: cursorFile, encoding: .utf8)
        do {
            try await cancelWhenGracefulShutdown {
                try await client.follow(from: kept.map(EventStart.cursor) ?? .now) { reply in
                    for event in reply.events { print("event \(event.id) of \(event.caseID)") }
                    try reply.cursor.write(toFile: cursorFile, atomically: true, encoding: .utf8)
                    return .goOn
                }
            }
        } catch is CancellationError {
            // The group shuts down.
        }
    }
}
