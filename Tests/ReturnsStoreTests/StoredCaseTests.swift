import NIOCore
import RCP
import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// A case is read as it is stored, and decoded only where something is decided on it.
    @Suite struct StoredCaseTests {
        private static func key(_ id: CaseID) -> RedisArgument {
            .text(StoreKeys(partition: id.partition).returnCase(id))
        }

        private static let all = CaseRecord.Group.allCases

        @Test func whatIsReadIsWhatWasWritten() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let stored = try #require(try await fixture.store.readCase(value.id, groups: Self.all))
                let written = CaseRecord(value)
                for group in Self.all {
                    #expect(stored.record[group] == written[group], "\(group)")
                    #expect(stored.has(group) == (written[group].readableBytes > 0))
                }
                #expect(try stored.value() == value && stored.version == value.version)
                // Groups that were not asked for are not there, and are known of.
                let part = try #require(try await fixture.store.readCase(value.id, groups: [.everybody]))
                #expect(part.record[.engine].readableBytes == 0 && part.has(.engine))
            }
        }

        @Test(arguments: CaseRecord.Group.allCases)
        func damageOfAGroupIsNoticedByWhoReadsIt(_ group: CaseRecord.Group) async throws {
            try await StoreFixture.with { fixture in
                let id = try await ListedCases(1, into: fixture.store).values[0].id
                _ = try await fixture.command("HSET", Self.key(id), .text(group.field), "nonsense")
                for groups in [Self.all, [group]] {
                    let error = await #expect(throws: StoreError.self) {
                        try await fixture.store.readCase(id, groups: groups)
                    }
                    #expect(error?.code == .corrupt && error?.caseID == id && error?.isNewer == false)
                    #expect(error?.description.contains("\(group)") == true)
                }
                await #expect(throws: StoreError.self) { try await fixture.store.loadCase(id) }
                // Whoever does not read the group reads the case.
                let others = Self.all.filter { $0 != group }
                #expect(try await fixture.store.readCase(id, groups: others) != nil)
            }
        }

        /// The facts hold the checksums: where they are damaged, nothing tells whether the rest is whole. So whatever else is damaged,
        /// nothing is decided on the case, and no repair seals it as whole.
        @Test func nothingIsDecidedOnACaseWithDamagedFacts() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let facts = CaseFacts(value, CaseRecord(value)).encode()
                var damages: [RedisArgument?] = (0..<facts.count * 8).map { bit in
                    var flipped = facts
                    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                    return .bytes(flipped)
                }
                damages += ["nonsense", nil]
                for damage in damages {
                    if let damage {
                        _ = try await fixture.command("HSET", Self.key(value.id), "f", damage)
                    } else {
                        _ = try await fixture.command("HDEL", Self.key(value.id), "f")
                    }
                    let error = await #expect(throws: StoreError.self) {
                        try await fixture.store.loadCase(value.id)
                    }
                    #expect(error?.code == .corrupt && error?.isNewer == false && error?.caseID == value.id)
                }
                // No group of it is shown either, as lists show none.
                for groups in [Self.all, [.everybody]] {
                    await #expect(throws: StoreError.self) {
                        try await fixture.store.readCase(value.id, groups: groups)
                    }
                }
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.findings.map(\.problem) == [.unreadable] && report.repairs == 0)
                // With them back, the case is as it was.
                _ = try await fixture.command("HSET", Self.key(value.id), "f", .bytes(facts))
                #expect(try await fixture.store.loadCase(value.id) == value)
            }
        }

        /// Facts that fit the record, and say something else than it, are made anew: they vouch for it.
        @Test func wholeFactsThatDoNotAgreeAreRepaired() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                var facts = CaseFacts(value, CaseRecord(value))
                let right = facts.encode()
                facts.people = ["nobody"]
                _ = try await fixture.command("HSET", Self.key(value.id), "f", .bytes(facts.encode()))
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.findings.map(\.problem) == [.stale] && report.repairs == 1)
                let after = try await fixture.command("HGET", Self.key(value.id), "f")
                #expect(after.bytes.map { Array($0.readableBytesView) } == right)
            }
        }

        /// One that was restored under another's key: its checksums fit, and it is another case's. So is one whose version does not
        /// fit.
        @Test func whatIsAnotherCasesIsDamage() async throws {
            try await StoreFixture.with { fixture in
                let values = try await ListedCases(3, into: fixture.store).values
                _ = try await fixture.command(
                    "COPY", Self.key(values[1].id), Self.key(values[0].id), "REPLACE")
                _ = try await fixture.command("HINCRBY", Self.key(values[2].id), "v", 1)
                let readable: [CaseRecord.Group] = [.everybody, .desk, .logistics, .personal]
                for value in [values[0], values[2]] {
                    for groups in [Self.all, readable] {
                        let error = await #expect(throws: StoreError.self) {
                            _ = try await fixture.store.readCase(value.id, groups: groups)?.value()
                        }
                        #expect(error?.code == .corrupt && error?.caseID == value.id)
                    }
                    await #expect(throws: StoreError.self) { try await fixture.store.loadCase(value.id) }
                }
                for passedMax in [1, 10_000] {
                    // A case a page, and all on one.
                    var limits = CasePageLimits(casesMax: 10)
                    limits.passedMax = passedMax
                    var (shown, unreadable): ([CaseID], [CaseID]) = ([], [])
                    var place: CasePlace?
                    repeat {
                        let page = try await fixture.store.page(
                            CaseFilter(), sort: .newest, after: place, limits: limits, groups: readable)
                        shown += page.cases.map(\.id)
                        unreadable += page.unread.damaged
                        place = page.next
                    } while place != nil
                    #expect(shown == [values[1].id])
                    #expect(Set(unreadable) == [values[0].id, values[2].id])
                }
            }
        }

        /// A build of the next level has written the case: this one shows it and decides nothing on it.
        @Test func aCaseOfANewerLevelIsReadAndNotDecidedOn() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                var facts = CaseFacts(value, CaseRecord(value))
                facts.level = WriterLevel(WriterLevel.highest.number + 1)
                _ = try await fixture.command("HSET", Self.key(value.id), "f", .bytes(facts.encode()))
                try await expectOnlyReads(value.id, fixture)
            }
        }

        /// A further fact, or a further group, behind what this build knows.
        @Test func aCaseWithLongerFactsIsReadAndNotDecidedOn() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let whole = CaseFacts(value, CaseRecord(value))
                var grouped = whole
                grouped.parts.append(CaseFacts.Part(ByteBuffer(string: "x")))
                var longer = ByteBuffer(bytes: whole.encode().dropLast(4) + [7])
                longer.writeInteger(longer.withUnsafeReadableBytes { CRC32C.of($0) })
                for facts in [ByteBuffer(bytes: grouped.encode()), longer] {
                    _ = try await fixture.command("HSET", Self.key(value.id), "f", .buffer(facts))
                    try await expectOnlyReads(value.id, fixture)
                    let report = try await fixture.store.verifyIndexes(repair: true)
                    #expect(report.findings.map(\.problem) == [.newer] && report.repairs == 0)
                }
            }
        }

        /// Nobody can tell the level of facts of another form, so they are not made anew from the record.
        @Test func factsOfANewerFormAreNotTakenForDamage() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                var bytes = Array(CaseFacts(value, CaseRecord(value)).encode().dropLast(4))
                bytes[0] = CaseFacts.recordVersion + 1
                var facts = ByteBuffer(bytes: bytes)
                facts.writeInteger(bytes.withUnsafeBytes { CRC32C.of($0) })
                _ = try await fixture.command("HSET", Self.key(value.id), "f", .buffer(facts))
                let error = await #expect(throws: StoreError.self) {
                    try await fixture.store.loadCase(value.id)
                }
                #expect(error?.isNewer == true && error?.caseID == value.id && error?.canBeRead == false)
            }
        }

        /// One that has a field, or is in a state, that this build does not know.
        @Test func aCaseWithUnknownContentsIsReadAndNotDecidedOn() async throws {
            try await StoreFixture.with { fixture in
                for number in [1_000, 5] {
                    let value = try await ListedCases(1, into: fixture.store).values[0]
                    var parts = Self.all.map { CaseRecord(value)[$0] }
                    var unknown = RCPMessageWriter()
                    // Field 5 is the state, which comes once more with a number that no state has.
                    unknown.append(RCPField<Int64>(number), 99)
                    parts[0].writeImmutableBuffer(unknown.buffer)
                    let record = CaseRecord(parts: parts)
                    let facts = CaseFacts(value, record)
                    _ = try await fixture.command(
                        "HSET", Self.key(value.id), "f", .bytes(facts.encode()), "b",
                        .buffer(record[.everybody]))
                    try await expectOnlyReads(value.id, fixture)
                }
            }
        }

        private func expectOnlyReads(_ id: CaseID, _ fixture: StoreFixture) async throws {
            let error = await #expect(throws: StoreError.self) { try await fixture.store.loadCase(id) }
            #expect(error?.code == .corrupt && error?.isNewer == true && error?.caseID == id)
            #expect(error?.canBeRead == true)
            #expect(try await fixture.store.readCase(id, groups: Self.all) != nil)
            let page = try await fixture.store.page(
                CaseFilter(), sort: .newest, limits: CasePageLimits(casesMax: 10))
            #expect(page.cases.contains { $0.id == id } && page.unread.isEmpty)
        }
    }
}
