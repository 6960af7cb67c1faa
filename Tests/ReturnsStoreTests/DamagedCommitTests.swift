import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Whatever a commit meets in the keys that it touches: it is refused and has written nothing, or it is made and told so.
    @Suite struct DamagedCommitTests {
        enum Change: String, CaseIterable {
            case put = ""
            case submit = "submit"
            case note = "submit note"
            case refund = "submit verify approve tell ship receive inspect refund"
        }

        /// A store in which all but the last change of a path are made.
        private struct Lab {
            let fixture: StoreFixture
            let tag: String
            let change: Change
            let order: Order
            var desk = Desk()

            init(_ fixture: StoreFixture, _ change: Change) async throws {
                (self.fixture, self.change, order) = (fixture, change, desk.order)
                let partition = fixture.store.partitioning.partition(of: order.key)
                tag = "{p\(partition < 10 ? "0" : "")\(partition)}"
                let words = change.rawValue.split(separator: " ")
                if !words.isEmpty {
                    let id = CaseID(at: Fixture.monday, partition: partition, random: 1)
                    try desk.submit(Fixture.submission(id: id))
                    for word in words.dropFirst() { try desk.follow(String(word)) }
                }
                #expect(
                    try await fixture.store.commit(order, before: nil, result: 1, request: .test(1))
                        == .committed)
                for (number, transition) in desk.transitions.dropLast().enumerated() {
                    #expect(
                        try await fixture.store.commit(transition, request: .test(number + 2)) == .committed)
                }
            }

            func commit() async throws(StoreError) -> CommitOutcome {
                if let transition = desk.transitions.last {
                    return try await fixture.store.commit(transition, request: .test(999))
                }
                var after = order
                after.version += 1
                return try await fixture.store.commit(after, before: order, result: 2, request: .test(999))
            }

            func command(_ words: String...) async throws -> RedisValue {
                var command = RedisCommand(named: words[0])
                for word in words.dropFirst() { command.append(.text(word)) }
                return try await fixture.clients[0].send(command, key: nil).checked()
            }

            func texts(_ words: String...) async throws -> [String] {
                var command = RedisCommand(named: words[0])
                for word in words.dropFirst() { command.append(.text(word)) }
                return try await fixture.clients[0].send(command, key: nil).checked().array?
                    .compactMap(\.string).sorted() ?? []
            }

            func keys() async throws -> [String] { try await texts("KEYS", "\(tag):*") }

            func digest() async throws -> String { try await command("DEBUG", "DIGEST").string ?? "" }

            /// Keeps the partition's keys as they are, or puts them back so.
            func copy(from: String, to: String) async throws {
                let script = """
                    for _, key in ipairs(redis.call('KEYS', ARGV[2] .. ARGV[3])) do redis.call('DEL', key) end
                    for _, key in ipairs(redis.call('KEYS', ARGV[1] .. ARGV[3])) do
                      redis.call('COPY', key, ARGV[2] .. string.sub(key, #ARGV[1] + 1))
                    end
                    """
                _ = try await command("EVAL", script, "0", from, to, "\(tag):*")
            }

            /// Everything that is done to a key, each as one command or more.
            func damages(of key: String) async throws -> [[[String]]] {
                let type = try await command("TYPE", key).string ?? ""
                let other = type == "string" ? ["RPUSH", key, "junk"] : ["SET", key, "junk"]
                var damages = [[["DEL", key], other]]
                switch type {
                case "hash":
                    for field in try await texts("HKEYS", key) {
                        for value in ["abc", "", "-1", "007", "1.5", "9223372036854775807"] {
                            damages.append([["HSET", key, field, value]])
                        }
                    }
                case "stream":
                    for sequence in ["18446744073709551615", "18446744073709551614", "0"] {
                        damages.append([["XSETID", key, "18446744073709551615-\(sequence)"]])
                    }
                case "string": damages.append([["SET", key, "junk", "KEEPTTL"]])
                default: break
                }
                return damages
            }

            func inflict(_ damage: [[String]]) async throws {
                for words in damage {
                    var command = RedisCommand(named: words[0])
                    for word in words.dropFirst() { command.append(.text(word)) }
                    _ = try await fixture.clients[0].send(command, key: nil).checked()
                }
            }
        }

        @Test(arguments: Change.allCases) func aChangeIsWholeOrNotMade(_ change: Change) async throws {
            try await StoreFixture.with(arguments: ["--enable-debug-command", "yes"]) { fixture in
                let lab = try await Lab(fixture, change)
                let before = try await lab.keys()
                try await lab.copy(from: "", to: "saved:")
                var damages: [[[String]]] = []
                for key in before { damages += try await lab.damages(of: key) }
                // Those of counts that are not there yet.
                for field in ["cuts", "kept"] {
                    damages.append([["HSET", "\(lab.tag):store", field, "abc"]])
                }
                #expect(try await lab.commit() == .committed)
                for key in try await lab.keys() where !before.contains(key) {
                    damages.append([["SET", key, "junk"]])
                    damages.append([["RPUSH", key, "junk"]])
                }
                var (refused, made) = (0, 0)
                for (number, damage) in damages.enumerated() {
                    try await lab.copy(from: "saved:", to: "")
                    // No earlier state of the store: more changes than it has acknowledged so far.
                    _ = try await lab.command("HSET", "\(lab.tag):store", "n", "\(1_000 + 10 * number)")
                    try await fixture.store.identity.look(fixture.clients[0])
                    try await lab.inflict(damage)
                    let digest = try await lab.digest()
                    do throws(StoreError) {
                        if try await lab.commit() == .committed {
                            made += 1
                            guard case .replay = try await lab.commit() else {
                                Issue.record("\(damage): made again")
                                continue
                            }
                            continue
                        }
                    } catch {
                        #expect(error.outcome == .notApplied, "\(damage): \(error)")
                    }
                    refused += 1
                    #expect(try await lab.digest() == digest, "\(damage): something was written")
                }
                #expect(refused > 0 && made > 0, "\(damages.count): \(refused) refused, \(made) made")
            }
        }

        /// What cannot be foreseen, such as a right that the user of Redis lacks: nobody is told that nothing was done, and the
        /// request's record keeps a repetition from doing it again.
        @Test(arguments: ["rpush", "hset", "zrem", "hincrby"])
        func aCommitThatFailsHalfWayIsUnknown(_ name: String) async throws {
            try await StoreFixture.with { fixture in
                let lab = try await Lab(fixture, .refund)
                _ = try await lab.command("ACL", "SETUSER", "default", "-\(name)")
                let error = await #expect(throws: StoreError.self) { try await lab.commit() }
                #expect(error?.outcome == .unknown && error?.refusal == .halfWay)
                _ = try await lab.command("ACL", "SETUSER", "default", "+\(name)")
                guard case .replay = try await lab.commit() else {
                    Issue.record("made again")
                    return
                }
            }
        }

        /// Nothing tells whether it was carried out, and the log names the key for who removes the record.
        @Test func aDamagedRequestRecordIsNamed() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let request = CommitRequest.test(900)
                let key = StoreKeys(partition: value.id.partition).request(request.id)
                _ = try await fixture.command("SET", .text(key), .bytes(request.fingerprint + [1, 2, 3]))
                let error = await #expect(throws: StoreError.self) {
                    try await fixture.store.loadCase(value.id, requestID: request.id)
                }
                #expect(error?.record == .request && error?.outcome == .unknown)
                #expect(error?.description.contains(key) == true)
            }
        }
    }
}
