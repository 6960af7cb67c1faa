import Glibc
import Logging
import NIOCore
import NIOPosix
import RedisClient
import ReturnsDomain
import ReturnsStore

/// Fills a store that a returnsd has made with open cases whose REVIEW clocks first fire when it is told: what the server
/// would have made of as many submissions, decided by the domain and committed by the store, at the speed of a pipeline.
///
/// Only an order's push has no commit of its own: it is written with its first case.
@main
struct Seed {
    let options: SeedOptions
    let policy: ReturnPolicy
    let sla: SLAPolicy
    let store: ReturnsStore

    /// Commits in one pipeline.
    static let batchMax = 256

    static func main() async {
        do {
            let options = try SeedOptions(Array(CommandLine.arguments.dropFirst()))
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            var configuration = RedisClientConfiguration(url: try RedisURL(options.redis))
            let identity = StoreIdentity(settings: StoreSettings(partitions: options.partitions))
            configuration.prepare = { try await identity.prepare($0) }
            var logger = Logger(label: "returns-seed")
            logger.logLevel = .error
            let client = RedisClient(configuration: configuration, on: loop, logger: logger)
            try await client.connect(deadline: .now() + .seconds(20))
            let store = ReturnsStore(redis: client, identity: identity)
            let stored = try await store.loadPolicies()
            guard let policy = stored.policies.last, let sla = stored.slaPolicies.last else {
                throw SeedError("this store has no policy: let a returnsd make it first")
            }
            let began = NIODeadline.now()
            try await Seed(options: options, policy: policy, sla: sla, store: store).run()
            let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
            print("{\"cases\":\(options.cases),\"seconds\":\(seconds)}")
            await client.shutdown()
        } catch {
            let text = Array("returns-seed: \(error)\n".utf8)
            _ = Glibc.write(STDERR_FILENO, text, text.count)
            exit(1)
        }
    }

    /// One pipeline is decided and encoded while Redis works at the one before.
    private func run() async throws {
        // From submission to first firing; REVIEW counts wall-clock time, so this holds for every case.
        let first = try decide(0, submittedAt: Self.early)
        guard let delay = first.caseAfter.clocks.first?.nextFiring.map({ $0.at - Self.early }) else {
            throw SeedError("a new case has no clock that fires")
        }
        var ids = ""
        var pending: Task<Void, any Error>?
        for start in stride(from: 0, to: options.cases, by: Self.batchMax) {
            var commands: [RedisCommand] = []
            for index in start..<min(options.cases, start + Self.batchMax) {
                let spread = options.spreadMilliseconds * Int64(index) / Int64(options.cases)
                let due = Instant(milliseconds: options.dueAtMilliseconds + spread)
                let transition = try decide(index, submittedAt: due.adding(-delay))
                commands.append(try store.commitCommand(transition, request: nil))
                if options.idsOut != nil { ids += "\(transition.caseAfter.id)\n" }
            }
            try await pending?.value
            let batch = commands
            pending = Task { try await commit(batch) }
        }
        try await pending?.value
        if let path = options.idsOut { try Self.write(ids, to: path) }
    }

    private func commit(_ commands: [RedisCommand]) async throws {
        for reply in try await store.redis.pipeline(commands, key: nil) {
            guard try reply.checked().array?.last?.array?.first?.string == "OK" else {
                throw SeedError("a case is there already: give --first a number that nobody has used")
            }
        }
    }

    private func decide(_ index: Int, submittedAt: Instant) throws -> CaseTransition {
        let order = SeedOrder.order(number: options.first + index, placedAt: submittedAt)
        let id = CaseID(
            at: submittedAt, partition: store.partitioning.partition(of: order.key),
            random: UInt32(options.first + index) % CaseID.randomRange.upperBound)
        let form = SeedOrder.submission(id: id, number: options.first + index)
        return try Case.decide(
            nil, order: order, command: .submit(form), actor: SeedOrder.shop, now: submittedAt,
            policy: policy,
            sla: sla
        ).get()
    }

    private static let early = Instant(milliseconds: 1_767_603_600_000)

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw SeedError("\(path) cannot be written") }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw SeedError("\(path) cannot be written") }
    }
}
