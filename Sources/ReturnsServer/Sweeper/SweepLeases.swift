import NIOCore
import ReturnsStore

/// Which partition a sweeper has to itself. Leases save work and nothing else: two sweepers in one partition commit each
/// firing once all the same, so a sweeper that was stopped past its term goes on and harms nothing.
struct SweepLeases {
    /// What is known of somebody else's lease.
    private struct Sighting {
        var token: String
        var since: NIODeadline
    }

    private struct Held {
        var partition: Int
        var token: String
        var renewsAt: NIODeadline
    }

    static let termMilliseconds: Int64 = 3_000
    /// Well before the term's end, so that a sweeper at work keeps what it has.
    static let renewalMilliseconds: Int64 = termMilliseconds / 3
    /// Who holds a lease renews it; one that was not renewed for so long by this machine's monotonic clock is dead, although
    /// Redis, whose clock was set back, would keep its lease for as long as that.
    static let patienceMilliseconds: Int64 = 2 * termMilliseconds

    private let owner: String
    private var tokens: UInt64 = 0
    private var held: Held?
    /// Of partitions that others hold.
    private var sightings: [Int: Sighting] = [:]

    init(owner: UInt64 = .random(in: 1...UInt64.max)) {
        self.owner = String(owner, radix: 16)
    }

    var heldCount: Int { held == nil ? 0 : 1 }

    /// - Returns: false when another sweeper is at work there.
    mutating func take(
        _ partition: Int, store: ReturnsStore, now: NIODeadline = .now()
    ) async throws(StoreError) -> Bool {
        let token = nextToken()
        let other = try await store.takeSweepLease(
            partition, token: token, milliseconds: Self.termMilliseconds)
        if let other {
            guard let known = sightings[partition], known.token == other else {
                sightings[partition] = Sighting(token: other, since: now)
                return false
            }
            guard now - known.since > .milliseconds(Self.patienceMilliseconds) else { return false }
            try await store.seizeSweepLease(partition, token: token, milliseconds: Self.termMilliseconds)
        }
        sightings[partition] = nil
        held = Held(
            partition: partition, token: token, renewsAt: now + .milliseconds(Self.renewalMilliseconds))
        return true
    }

    /// Renews the lease when it is time.
    ///
    /// - Returns: false when another sweeper has it by now.
    mutating func keep(store: ReturnsStore, now: NIODeadline = .now()) async throws(StoreError) -> Bool {
        guard let lease = held else { return false }
        guard now >= lease.renewsAt else { return true }
        let token = nextToken()
        guard
            try await store.renewSweepLease(
                lease.partition, token: lease.token, newToken: token, milliseconds: Self.termMilliseconds)
        else {
            held = nil
            return false
        }
        held = Held(
            partition: lease.partition, token: token, renewsAt: now + .milliseconds(Self.renewalMilliseconds))
        return true
    }

    /// Gives the lease back; what cannot be given back lapses.
    mutating func release(store: ReturnsStore) async {
        guard let lease = held else { return }
        held = nil
        try? await store.releaseSweepLease(lease.partition, token: lease.token)
    }

    /// Another for each taking and renewal, so that whoever looks on sees life.
    private mutating func nextToken() -> String {
        tokens += 1
        return "\(owner)-\(tokens)"
    }
}
