import ArgumentParser
import Foundation
import RCP
import ReturnsAPI
import Synchronization
import Testing

@testable import returnsctl

@Suite("Events")
struct EventTests {
    private func tail(_ line: String) throws -> EventTail {
        let command = try Returnsctl.parseAsRoot(line.split(separator: " ").map(String.init))
        return try #require(command as? EventTail)
    }

    private static let event = Returns_V1_Event.with {
        $0.id = "p03-17-0"
        $0.type = .refundSucceeded
        $0.caseID = "0123456789ABCDEF"
        $0.state = .refunding
        $0.atMs = 1_764_073_200_000
        $0.order = .with {
            $0.saleChannel = "online"
            $0.orderNo = "1001"
        }
        $0.refund = .with {
            $0.refundID = "R\u{1B}[31m"
            $0.amountMinor = 1_234
            $0.currency = "EUR"
            $0.attempt = 2
        }
    }

    @Test("filters, place and count")
    func options() throws {
        let command = try tail(
            "event tail --type Refund-Succeeded --type noted --state in_transit --channel shop --from -2h -n 5"
        )
        #expect(command.filter.filter.types == [.refundSucceeded, .noted])
        #expect(command.filter.filter.states == [.inTransit])
        #expect(command.filter.filter.saleChannels == ["shop"])
        #expect(command.from == "-2h" && command.count == 5 && !command.endsAtLogEnd)
        #expect(try tail("event tail --cursor-file f --from beginning --no-follow").endsAtLogEnd)
    }

    @Test(
        "what does not go together",
        arguments: [
            "--cursor a --from now", "--cursor a --cursor-file f", "--group g --from now",
            "--group g --type noted",
            "--group g --cursor-file f", "--consumer c", "-n 0", "--state bought", "--type bought",
            "--type unreadable", "--type ping",
        ])
    func contradictions(_ options: String) {
        #expect(throws: (any Error).self) { try tail("event tail \(options)") }
    }

    @Test("where to begin")
    func start() async throws {
        #expect(try await EventStart("now") { throw CancellationError() } == .now)
        #expect(try await EventStart("beginning") { throw CancellationError() } == .beginning)
        #expect(
            try await EventStart("-1s") { 5_000 } == .since(milliseconds: 4_000))
        await #expect(throws: CommandFailure.self) { try await EventStart("whenever") { 0 } }
    }

    @Test("an event is one line that no terminal obeys")
    func line() {
        let text = EventPrinter.text(Self.event, isAgain: true, .plain)
        #expect(!text.contains("\n") && !text.contains("\u{1B}"))
        let parts = text.split(separator: " ").map(String.init)
        #expect(parts.contains("refund_succeeded") && parts.contains("refunding"))
        #expect(parts.contains("online/1001") && text.contains("  12.34 EUR, refund R"))
        #expect(text.hasSuffix(", attempt 2  (again)"))
    }

    @Test("help and completions name every type that a filter takes, and no other")
    func types() throws {
        #expect(Returns_V1_EventType.words.first == "submitted" && Returns_V1_EventType.words.count == 61)
        #expect(Returns_V1_EventType.words.contains("clock_superseded"))
        #expect(!Returns_V1_EventType.words.contains("unreadable"))
        let help = Returnsctl.helpMessage(for: EventTail.self)
        #expect(Returns_V1_EventType.words.allSatisfy(help.contains))
    }

    @Test("what an event tells besides, in words", arguments: details.indices)
    func words(_ index: Int) {
        let (event, text) = Self.details[index]
        #expect(event.detailText(.utc) == text)
    }

    private static func event(
        _ type: Returns_V1_EventType, _ detail: Returns_V1_Event.OneOf_Detail?
    ) -> Returns_V1_Event {
        .with {
            $0.type = type
            $0.atMs = 1_764_073_200_000
            $0.detail = detail
        }
    }

    private static let due: Int64 = 1_764_080_400_000
    private static let details: [(Returns_V1_Event, String)] = [
        (
            event(
                .submitted,
                .submitted(
                    .with {
                        $0.intakeChannel = .socialMedia
                        $0.reasonCode = "damaged"
                    })), "by social_media, reason damaged"
        ),
        (event(.noted, nil), ""),
        (event(.unreadable, nil), "look at the cases changed since then"),
        (event(.received, .units(.with { $0.units = 1 })), "1 unit"),
        (
            event(
                .refundStarted,
                .refund(
                    .with {
                        $0.refundID = "R"
                        $0.amountMinor = 500
                        $0.currency = "JPY"
                    })), "500 JPY, refund R"
        ),
        (event(.followedUp, .followedUp(.with { $0.reached = true })), "reached"),
        (event(.followedUp, .followedUp(.init())), "not reached"),
        (
            event(
                .clockMoved,
                .clock(
                    .with {
                        $0.kind = .customerShip
                        $0.ordinal = 1
                        $0.dueAtMs = due
                        $0.dueBeforeMs = due - 60_000
                    })), "customer_ship due 2025-11-25 14:20 +00:00, before 2025-11-25 14:19 +00:00"
        ),
        (
            event(
                .clockEscalated,
                .clock(
                    .with {
                        $0.kind = .review
                        $0.ordinal = 2
                        $0.dueAtMs = due
                        $0.alert = .with {
                            $0.level = 1
                            $0.role = .supervisor
                            $0.target = "nights"
                            $0.fromMs = due
                        }
                    })),
            "review 2 due 2025-11-25 14:20 +00:00, level 1, tell supervisor (nights), not before 2025-11-25 14:20 +00:00"
        ),
        (event(.assigned, .assigned(.with { $0.role = .warehouse })), "warehouse"),
        (
            event(
                .assigned,
                .assigned(
                    .with {
                        $0.role = .finance
                        $0.person = "fei"
                        $0.team = "day"
                    })), "finance to fei (day)"
        ),
        // Of a newer server.
        (event(.exceptionReported, .exception(.with { $0.kind = .UNRECOGNIZED(9) })), "#9"),
    ]

    @Test("a cursor file holds the last place, and nothing else is left")
    func cursorFile() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = CursorFile(folder.appendingPathComponent("place").path)
        #expect(try file.read() == nil)
        try file.write("first")
        try file.write("second")
        #expect(try file.read() == "second")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["place"])
        try Data().write(to: URL(fileURLWithPath: file.path))
        #expect(throws: CommandFailure.self) { try file.read() }
        #expect(throws: CommandFailure.self) { try CursorFile("\(folder.path)/none/place").write("x") }
    }

    @Test("a group is asked for only where the log cannot be read on", arguments: [true, false])
    func asksForTheGroup(isOutOfRange: Bool) async throws {
        let status = RCPStatus(code: isOutOfRange ? .outOfRange : .unavailable, outcome: .notApplied)
        let asked = Mutex(0)
        let retry = EventRetry(Output(format: .jsonl, style: .plain)) {
            asked.withLock { $0 += 1 }
            return EventRetry.Group(name: "erp", record: nil)
        }
        await #expect(throws: (any Error).self) { try await retry.run { _ in throw status } }
        #expect(asked.withLock { $0 } == (isOutOfRange ? 1 : 0))
    }

    @Test("the advice for a token that is nobody's is for no other refusal")
    func unknownToken() {
        func isSaid(_ text: String) -> Bool {
            UnknownToken.isSaid(by: RCPStatus(code: .unauthenticated, outcome: .notApplied, text: text))
        }
        #expect(isSaid("server: the token is unknown, was revoked or has expired; ask an administrator"))
        #expect(!isSaid("rcps://h:1 asks for a client certificate: give the file and its key"))
        #expect(!isSaid("a newer returnsd keeps something of this principal; log in at a newer server"))
    }

    @Test("what passes is tried again once the call has worked, and nothing else is")
    func retries() async throws {
        let lost = RCPStatus(code: .unavailable, outcome: .notApplied, text: "lost")
        let output = Output(format: .jsonl, style: .plain)
        var calls = 0
        try await EventRetry(output).run { heard in
            calls += 1
            heard()
            if calls < 3 { throw lost }
        }
        #expect(calls == 3)
        // Without a first success there may be nothing to wait for.
        await #expect(throws: RCPStatus.self) { try await EventRetry(output).run { _ in throw lost } }
        await #expect(throws: RCPStatus.self) {
            try await EventRetry(output).run { heard in
                heard()
                throw RCPStatus(code: .notFound, outcome: .notApplied)
            }
        }
    }

    @Test("a place that is gone comes with what to type")
    func resync() throws {
        let status = RCPStatus(
            code: .outOfRange, outcome: .notApplied, text: "gone",
            details: [RCPErrorDetail(field: "cursor", reason: "CURSOR_BEHIND_LOG")])
        let failure = try #require(EventRetry.explained(status) as? CommandFailure)
        #expect(failure.exit == .conflict)
        #expect(failure.hints.contains("[CURSOR_BEHIND_LOG]"))
        #expect(failure.hints.contains { $0.contains("returnsctl case list --changed-since TIME") })
    }

    @Test(
        "what to type follows the reason, with the time filled in",
        arguments: [
            (
                "CURSOR_BEHIND_LOG",
                ["event tail --from now", "case list --changed-since 2026-11-24T09:00:00Z"]
            ),
            (
                "CURSOR_AHEAD_OF_LOG",
                ["event tail --from now", "case list --changed-since 2026-11-24T09:00:00Z", "case get ID"]
            ),
            (
                "GROUP_OF_LOST_EVENTS",
                [
                    "case get ID", "case list --changed-since 2026-11-24T09:00:00Z",
                    "event tail --group erp --resynced-through 2025-11-25T12:19:50.123Z",
                ]
            ),
            ("CURSOR_OF_LOST_EVENTS", ["event tail --from 2026-11-24T09:00:00Z", "case get ID"]),
            (
                "GROUP_BEHIND_LOG",
                [
                    "event group delete erp",
                    "event group create erp --type refund_succeeded --state closed --channel 'the shop' --acknowledge-within 90s",
                    "case list --changed-since 2026-11-24T09:00:00Z",
                ]
            ),
        ])
    func resync(_ reason: String, _ lines: [String]) throws {
        let status = RCPStatus(
            code: .outOfRange, outcome: .notApplied, text: "gone",
            details: [
                RCPErrorDetail(reason: reason, allowed: ["2026-11-24T09:00:00Z", "1764073190123"])
            ])
        let group = EventRetry.Group(
            name: "erp",
            record: .with {
                $0.name = "erp"
                $0.filter.types = [.refundSucceeded]
                $0.filter.states = [.closed]
                $0.filter.saleChannels = ["the shop"]
                $0.acknowledgeMs = 90_000
            })
        let failure = try #require(EventRetry.explained(status, group: group) as? CommandFailure)
        let typed = failure.hints.filter { $0.hasPrefix("  returnsctl ") }
        #expect(typed.count == lines.count)
        for (hint, line) in zip(typed, lines) { #expect(hint.hasPrefix("  returnsctl \(line)")) }
    }
}
