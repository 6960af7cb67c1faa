import RCP
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import Testing

/// Lists and timelines through the whole server, and cases whose records are damaged under it.
@Suite(.serialized) struct CaseListingTests {
    private typealias Request = Returns_V1_ListCasesRequest

    private func submit(_ daemon: Daemon, _ number: String) async throws -> String {
        try await daemon.put(number)
        return try await daemon.client.cases.submitCase(Daemon.form(number)).message.case.id
    }

    private func list(_ daemon: Daemon, _ request: Request) async throws -> Returns_V1_ListCasesReply {
        try await daemon.client.cases.listCases(request).message
    }

    /// The reason of the refusal.
    private func refusal(_ body: () async throws -> some Any) async -> String {
        do {
            _ = try await body()
            return "none"
        } catch let status as RCPStatus {
            return status.details.first?.reason ?? "\(status)"
        } catch {
            return "\(error)"
        }
    }

    @Test func aCursorIsForItsOwnList() async throws {
        try await Daemon.with { daemon in
            var ids: [String] = []
            for number in 1...5 { ids.append(try await submit(daemon, "\(number)")) }
            var request = Request.with {
                $0.states = [.submitted, .approved]
                $0.saleChannels = ["online"]
                $0.limit = 2
            }
            let first = try await list(daemon, request)
            request.cursor = first.nextCursor
            // The order in which filters are named does not matter, nor how often, nor the limit.
            request.states = [.approved, .submitted, .approved]
            request.saleChannels = ["online", "online"]
            request.sort = .newest
            request.limit = 3
            let second = try await list(daemon, request)
            let found = (first.cases + second.cases).map(\.id)
            #expect(found == Array(ids.sorted().reversed()))
            #expect(second.nextCursor.isEmpty && first.unreadableCaseIds.isEmpty)
            for change in [
                { (request: inout Request) in request.states = [.submitted] },
                { $0.customerID = "C-7" }, { $0.openOnly = true }, { $0.sort = .oldest },
                { $0.dueBeforeMs = 5 },
                { $0.changedSinceMs = 5 },
            ] {
                var other = request
                change(&other)
                #expect(await refusal { try await list(daemon, other) } == "CURSOR_OF_ANOTHER_LIST")
            }
            // Nobody makes a cursor, or reads the case in one.
            #expect(ids.allSatisfy { !first.nextCursor.contains($0) })
            for made in ["nonsense", "0123456789ab-\(ids[0])", String(first.nextCursor.dropLast())] {
                request.cursor = made
                #expect(await refusal { try await list(daemon, request) } == "CURSOR_MALFORMED")
            }
        }
    }

    @Test func whatCannotBeHonouredIsRefused() async throws {
        try await Daemon.with { daemon in
            let wrong: [(String, Request)] = [
                ("ORDER_UNKNOWN", .with { $0.order = Daemon.key("9") }),
                ("VALUE_UNKNOWN", .with { $0.states = [.UNRECOGNIZED(99)] }),
                ("FIELD_REQUIRED", .with { $0.states = [.unspecified] }),
                ("VALUE_UNKNOWN", .with { $0.sort = .UNRECOGNIZED(9) }),
                ("FIELD_REQUIRED", .with { $0.saleChannels = [""] }),
                ("COUNT_OUT_OF_RANGE", .with { $0.saleChannels = (0..<33).map { "c\($0)" } }),
                ("TIME_OUT_OF_RANGE", .with { $0.dueBeforeMs = .max }),
                ("TIME_OUT_OF_RANGE", .with { $0.changedSinceMs = -1 }),
            ]
            for (reason, request) in wrong {
                #expect(await refusal { try await list(daemon, request) } == reason)
            }
        }
    }

    @Test func aTimelineIsPagedFromEitherEnd() async throws {
        try await Daemon.with { daemon in
            let id = try await submit(daemon, "1")
            for note in 0..<9 {
                let reply = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "note \(note)"
                    })
                #expect(reply.message.entries.map(\.number) == [UInt64(note + 2)])
            }
            for newestFirst in [false, true] {
                var request = Returns_V1_GetTimelineRequest()
                request.caseID = id
                request.limit = 4
                request.newestFirst = newestFirst
                var numbers: [UInt64] = []
                repeat {
                    let page = try await daemon.client.cases.getTimeline(request).message
                    #expect(page.total == 10 && page.case.id == id)
                    numbers += page.entries.map(\.number)
                    request.cursor = page.nextCursor
                } while !request.cursor.isEmpty
                #expect(numbers == (newestFirst ? Array((1...10).reversed()) : Array(1...10)))
            }
            let other = try await submit(daemon, "2")
            var request = Returns_V1_GetTimelineRequest()
            request.caseID = id
            request.limit = 4
            request.cursor = try await daemon.client.cases.getTimeline(request).message.nextCursor
            for change in [
                { (request: inout Returns_V1_GetTimelineRequest) in request.newestFirst = true },
                { $0.caseID = other },
            ] {
                var changed = request
                change(&changed)
                #expect(
                    await refusal { try await daemon.client.cases.getTimeline(changed) }
                        == "CURSOR_OF_ANOTHER_LIST")
            }
            for cursor in ["after-3", "x", String(request.cursor.dropLast())] {
                request.cursor = cursor
                #expect(
                    await refusal { try await daemon.client.cases.getTimeline(request) } == "CURSOR_MALFORMED"
                )
            }
        }
    }

    /// A record whose ledgers do not add up, one that does not decode, and a key of another type: each is told as itself, and
    /// all else goes on: lists, the sweeper, the work queue, the log.
    @Test func aDamagedCaseStopsNothingElse() async throws {
        try await Daemon.with(hasTestClock: true) { daemon in
            var ids: [String] = []
            for number in 1...6 { ids.append(try await submit(daemon, "\(number)")) }
            let damaged = Array(ids.prefix(3))
            let keys = damaged.map { id in daemon.redis.keys("*:case:\(id)")[0] }
            daemon.redis.answer(to: "HSET \(keys[0]) b nonsense")
            daemon.redis.answer(to: "DEL \(keys[1])")
            daemon.redis.answer(to: "SET \(keys[1]) text")
            // Of an order that holds none of its units nobody can say what is left.
            let order = daemon.redis.keys("*:order:online:3")[0]
            let other = daemon.redis.keys("*:order:online:4")[0]
            #expect(daemon.redis.answer(to: "COPY \(other) \(order) REPLACE")?.hasPrefix(":") == true)

            for id in damaged {
                let refused = await refusal {
                    try await daemon.client.cases.addNote(
                        .with {
                            $0.target.caseID = id
                            $0.text = "x"
                        })
                }
                #expect(refused == "RECORD_UNREADABLE")
            }
            let page = try await list(daemon, .init())
            #expect(Set(page.unreadableCaseIds) == Set(damaged.prefix(2)))
            #expect(Set(page.cases.map(\.id)) == Set(ids.dropFirst(2)))
            let status = await #expect(throws: RCPStatus.self) {
                try await daemon.client.cases.getCase(.with { $0.caseID = damaged[0] })
            }
            #expect(status?.code == .dataLoss)
            #expect(status?.text.contains(damaged[0]) == true)

            _ = try await daemon.client.admin.advanceTestClock(.with { $0.byMs = 25 * 3_600_000 })
            try await eventually {
                let reply = try await list(daemon, .with { $0.states = [.submitted] })
                return reply.cases.count { $0.clocks.contains { $0.hasBreachedAtMs } } == 3
            }
            let due = try await daemon.client.clocks.listDue(.with { $0.limit = 50 }).message
            #expect(Set(due.clocks.map(\.caseID)) == Set(ids.dropFirst(2)))
            let report = try await daemon.client.admin.verifyIndexes(.init()).message
            // Two cases, and the order.
            #expect(report.findings.count { $0.problem == .unreadable } == 3)
        }
    }

    @Test func aDamagedEntryOfTheLogIsToldAsOne() async throws {
        try await Daemon.with { daemon in
            let id = try await submit(daemon, "1")
            let outbox = daemon.redis.keys("*:outbox")[0]
            #expect(daemon.redis.answer(to: "XADD \(outbox) * nonsense x") != nil)
            _ = try await daemon.client.cases.addNote(
                .with {
                    $0.target.caseID = id
                    $0.text = "x"
                })
            let request = Returns_V1_SubscribeRequest.with {
                $0.beginning = true
                $0.filter.types = [.noted]
            }
            let types = try await daemon.client.events.subscribe(request) { replies in
                var types: [Returns_V1_EventType] = []
                for try await reply in replies {
                    types += reply.events.map(\.type)
                    if reply.caughtUp { break }
                }
                return types
            }.message
            #expect(types == [.unreadable, .noted])
        }
    }
}
