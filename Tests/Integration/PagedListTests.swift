import RCP
import ReturnsAPI
import ReturnsClient
import Testing

/// What holds for every list: pages of any size make the whole, a limit above the server's own counts as that, and a cursor is
/// for its own list.
@Suite(.serialized) struct PagedListTests {
    /// - Parameters:
    ///   - items: the names of a page's items.
    ///   - expected: all of them, in their order.
    /// - Returns: a cursor of the list.
    private func check<Request: RCPPageRequest, Reply: RCPPageReply>(
        _ request: Request, of call: @escaping RCPPages<Request, Reply>.Call, expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation, _ items: (Reply) -> [String]
    ) async throws -> String {
        let location = sourceLocation
        var cursor = ""
        for limit: UInt32 in [1, 2, 0, .max] {
            var sized = request
            sized.limit = limit
            var found: [String] = []
            for try await page in RCPPages(sized, of: call) {
                if limit == 1 || limit == 2 {
                    #expect(items(page).count <= Int(limit), sourceLocation: location)
                    if cursor.isEmpty { cursor = page.nextCursor }
                }
                found += items(page)
            }
            #expect(found == expected, "limit \(limit)", sourceLocation: location)
        }
        #expect(!cursor.isEmpty, sourceLocation: location)
        for text in ["x", String(cursor.dropLast())] {
            var made = request
            made.cursor = text
            let reason = await refusal { try await call(made, RCPCallOptions()) }
            #expect(reason == "CURSOR_MALFORMED", sourceLocation: location)
        }
        return cursor
    }

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

    @Test func everyListIsReadWholeInPagesOfAnySize() async throws {
        try await Daemon.with { daemon in
            let client = daemon.client
            for name in ["c", "a", "b"] {
                _ = try await client.admin.createPrincipal(
                    .with {
                        $0.name = name
                        $0.roles = [.service]
                    })
                _ = try await client.events.createEventGroup(.with { $0.name = name })
                _ = try await client.webhooks.createWebhook(
                    .with {
                        $0.name = name
                        $0.url = "http://127.0.0.1:9"
                    })
                var calendar = try await client.calendars.listCalendars(.init()).message.calendars[0]
                calendar.name = name
                _ = try await client.calendars.putCalendar(.with { $0.calendar = calendar })
                try await daemon.put(name)
                _ = try await client.cases.submitCase(Daemon.form(name))
                _ = try await client.webhooks.testWebhook(.with { $0.name = "c" })
            }
            let administrators = try await client.admin.listPrincipals(.init()).message.principals.map(\.name)
            let calendars = try await client.calendars.listCalendars(.init()).message.calendars.map(\.name)
            #expect(administrators.count == 4 && administrators == administrators.sorted())
            #expect(calendars.count == 4 && calendars == calendars.sorted())
            var cursors = [
                try await check(.init(), of: client.admin.listPrincipals, expected: administrators) {
                    $0.principals.map(\.name)
                },
                try await check(.init(), of: client.calendars.listCalendars, expected: calendars) {
                    $0.calendars.map(\.name)
                },
                try await check(.init(), of: client.events.listEventGroups, expected: ["a", "b", "c"]) {
                    $0.groups.map(\.name)
                },
                try await check(.init(), of: client.webhooks.listWebhooks, expected: ["a", "b", "c"]) {
                    $0.webhooks.map(\.name)
                },
            ]
            // Each cursor with the list after it.
            cursors.append(cursors.removeFirst())
            for (cursor, refusal) in zip(
                cursors,
                [
                    await refusal { try await client.admin.listPrincipals(.with { $0.cursor = cursors[0] }) },
                    await refusal {
                        try await client.calendars.listCalendars(.with { $0.cursor = cursors[1] })
                    },
                    await refusal {
                        try await client.events.listEventGroups(.with { $0.cursor = cursors[2] })
                    },
                    await refusal {
                        try await client.webhooks.listWebhooks(.with { $0.cursor = cursors[3] })
                    },
                ])
            {
                #expect(refusal == "CURSOR_OF_ANOTHER_LIST", "\(cursor)")
            }
            let ids = try await client.cases.listCases(.init()).message.cases.map(\.id)
            #expect(ids.count == 3)
            _ = try await check(.init(), of: client.cases.listCases, expected: ids) { $0.cases.map(\.id) }
            _ = try await check(.init(), of: client.clocks.listDue, expected: ids.reversed()) {
                $0.clocks.map(\.caseID)
            }
            try await checkDeliveries(client)
            try await checkRecompute(client, ids)
        }
    }

    /// Deliveries come newest first; the events set aside stand on the first page alone.
    private func checkDeliveries(_ client: ReturnsClient) async throws {
        let request = Returns_V1_ListDeliveriesRequest.with { $0.name = "c" }
        // Its receiver is not there, so attempts are added all the while: those that were asked for stay in their order.
        _ = try await client.webhooks.disableWebhook(.with { $0.name = "c" })
        let all = try await client.webhooks.listDeliveries(request).message.deliveries.map(\.eventID)
        #expect(all.count { $0.hasPrefix("ping-") } == 3)
        let cursor = try await check(request, of: client.webhooks.listDeliveries, expected: all) {
            $0.deliveries.map(\.eventID)
        }
        // What is attempted meanwhile moves nobody's place.
        _ = try await client.webhooks.testWebhook(.with { $0.name = "c" })
        var rest: [String] = []
        let from = Returns_V1_ListDeliveriesRequest.with {
            $0.name = "c"
            $0.cursor = cursor
        }
        for try await page in RCPPages(from, of: client.webhooks.listDeliveries) {
            rest += page.deliveries.map(\.eventID)
        }
        #expect(rest == Array(all.dropFirst()))
        #expect(
            await refusal {
                try await client.webhooks.listDeliveries(
                    .with {
                        $0.name = "b"
                        $0.cursor = cursor
                    })
            } == "CURSOR_OF_ANOTHER_LIST")
    }

    private func checkRecompute(_ client: ReturnsClient, _ ids: [String]) async throws {
        func recompute(_ request: Returns_V1_RecomputeRequest) async throws -> Returns_V1_RecomputeReply {
            try await client.slaPolicies.recompute(request).message
        }
        var request = Returns_V1_RecomputeRequest.with {
            $0.dryRun = true
            $0.limit = 1
        }
        var looked: UInt32 = 0
        var cursor = ""
        repeat {
            let page = try await recompute(request)
            #expect(page.lookedAt <= 1)
            looked += page.lookedAt
            request.cursor = page.nextCursor
            if cursor.isEmpty { cursor = page.nextCursor }
            request.slaVersion = page.slaVersion
        } while !request.cursor.isEmpty
        #expect(looked == ids.count)
        request.cursor = "0"
        #expect(await refusal { try await recompute(request) } == "CURSOR_MALFORMED")
        request.cursor = cursor
        request.caseIds = [ids[0]]
        #expect(await refusal { try await recompute(request) } == "CURSOR_OF_ANOTHER_LIST")
    }
}
