import NIOCore
import RedisClient
import ReturnsDomain

/// What the losses that the store accepted leave open of a case.
public struct CaseLosses: Hashable, Sendable {
    /// Whether changes of it may be missing: it was opened before a loss was accepted.
    public var mayLackChanges: Bool
    /// Whether it may stand in the place of a case that is gone: it was opened since the store was set back.
    public var mayReplaceAnother: Bool
}

/// A refund of a case that is gone, as it is claimed by the case that records it: "CASE/MILLISECONDS", by Redis's clock.
///
/// The claim lies with the partition of the case that is gone, so it is one for the whole store. It comes before the commit that
/// records the refund; one that nothing came of is good for the same case, and `verifyIndexes` takes it away later.
struct LostRefundClaim: Hashable, Sendable {
    var id: CaseID
    var at: Instant

    /// A claim without its refund is not found amiss before this: the commit may be under way.
    static let pendingMilliseconds = Milliseconds.day

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = CaseID(member: Array(parts[0].utf8)), let at = Int64(parts[1])
        else { return nil }
        self.id = id
        self.at = Instant(milliseconds: at)
    }
}

extension ReturnsStore {
    /// What was lost that may concern a case. It bears the run that it was opened in, so this needs no clock.
    public func losses(
        concerning id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CaseLosses {
        let losses = identity.losses(since: nil)
        guard let keys = keys(id), !losses.isEmpty else {
            return CaseLosses(mayLackChanges: false, mayReplaceAnother: false)
        }
        let key = keys.returnCase(id)
        let reply = try await send(RedisCommand("HGET", .text(key), "r"), key: key, deadline: deadline)
        guard let run = reply.string.flatMap({ StoreRun($0) }) else {
            throw StoreError(.corrupt, "case \(id): the run that it was opened in is missing").of(id)
        }
        return CaseLosses(
            mayLackChanges: losses.contains { $0.run.number > run.number },
            mayReplaceAnother: losses.contains { $0.fork.number <= run.number })
    }

    /// Whether this store can have had a case, and has it no more, in whichever sale channel. One that is damaged is not gone.
    public func isGone(
        _ id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        guard keys(id) != nil else { return false }
        do throws(StoreError) {
            return try await within(.all).loadCase(id, deadline: deadline) == nil
        } catch {
            guard error.code == .corrupt else { throw error }
            return false
        }
    }

    /// The case that a refund of one that is gone is recorded at, or is about to be; nil if there is none.
    public func holder(
        ofLostRefund refundID: String, of gone: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CaseID? {
        guard let keys = keys(gone) else { return nil }
        let reply = try await send(
            RedisCommand("HGET", .text(keys.lostRefunds), .text(refundID)), key: keys.lostRefunds,
            deadline: deadline)
        return try reply.string.map { text throws(StoreError) in try Self.claim(text).id }
    }

    /// Claims a refund of a case that is gone, ahead of the commit that records it.
    ///
    /// - Returns: The case that has it: this one, or another one that was first.
    public func claim(
        lostRefund refundID: String, of gone: CaseID, at id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> CaseID {
        guard let keys = keys(gone) else {
            throw StoreError(.corrupt, "a refund of a case that no partition can have had")
        }
        let call = StoreCall(
            Self.claimLostRefundFunction, .partition(gone.partition), keys: [keys.lostRefunds],
            isCounted: true
        ).appending([.text(refundID), .text(id.description)])
        let reply = try await send(call, effect: .once, deadline: deadline)
        switch reply.array?.first?.string {
        case "OK": return id
        case "HELD": return try Self.claim(reply.array?.last?.string ?? "").id
        default: throw StoreError(.corrupt, "the claim of a refund was answered with something else")
        }
    }

    private static func claim(_ text: String) throws(StoreError) -> LostRefundClaim {
        guard let claim = LostRefundClaim(text) else {
            throw StoreError(.corrupt, "a claim of a lost refund cannot be read")
        }
        return claim
    }

    // MARK: Verifying

    /// Each refund that a case has recorded of one that is gone is claimed by it.
    func verifyLostRefunds(
        of value: Case, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        for refund in value.refunds {
            guard let gone = RefundOrder.caseID(of: refund.id), gone != value.id, let keys = keys(gone),
                try await !isClaimed(refund.id, of: gone, by: value.id, deadline: deadline)
            else { continue }
            // One that another case has is not taken from it: both cases tell that they were paid by it.
            let isRepaired =
                repair
                ? try await claim(lostRefund: refund.id, of: gone, at: value.id, deadline: deadline)
                    == value.id : false
            report.add(
                .init(index: keys.lostRefunds, id: value.id, problem: .missing, isRepaired: isRepaired))
        }
    }

    private func isClaimed(
        _ refundID: String, of gone: CaseID, by id: CaseID, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try await holder(ofLostRefund: refundID, of: gone, deadline: deadline) == id
        } catch {
            guard error.code == .corrupt else { throw error }
            return false
        }
    }

    /// Each claim is of a case that has recorded the refund, or is about to.
    func verifyLostRefunds(
        at key: String, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        var cursor = "0"
        repeat {
            let reply = try await send(
                RedisCommand("HSCAN", .text(key), .text(cursor), "COUNT", .integer(Self.scanCount)), key: key,
                deadline: deadline)
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string,
                let items = parts[1].array
            else { throw StoreError(.corrupt, "Redis answered HSCAN with something else") }
            for position in stride(from: 0, to: items.count - 1, by: 2) {
                report.entries += 1
                try await verifyLostRefund(
                    items[position].string ?? "", items[position + 1].string ?? "", at: key, repair: repair,
                    into: &report, deadline: deadline)
            }
            cursor = next
        } while cursor != "0"
    }

    private func verifyLostRefund(
        _ refundID: String, _ text: String, at key: String, repair: Bool, into report: inout IndexReport,
        deadline: NIODeadline
    ) async throws(StoreError) {
        // What cannot be read keeps the refund from every case; a person has to see to it.
        guard let claim = LostRefundClaim(text) else {
            return report.add(.init(index: key, id: nil, problem: .unreadable, isRepaired: false))
        }
        let now = try Self.time(try await send(RedisCommand("TIME"), key: key, deadline: deadline))
        guard now - claim.at >= LostRefundClaim.pendingMilliseconds else { return }
        do throws(StoreError) {
            let value = try await loadCase(claim.id, deadline: deadline)
            if value?.refunds.contains(where: { $0.id == refundID }) ?? false { return }
        } catch {
            // It is reported as itself; what it has recorded nobody knows.
            guard error.code == .corrupt else { throw error }
            return
        }
        var isRepaired = false
        if repair, let partition = StoreKeys.partition(ofKey: key) {
            let call = StoreCall(
                Self.releaseLostRefundFunction, .partition(partition), keys: [key], isCounted: true
            ).appending([.text(refundID), .text(text)])
            isRepaired =
                try await send(call, effect: .eachTime, deadline: deadline).array?.first?.string == "OK"
        }
        report.add(.init(index: key, id: claim.id, problem: .stale, isRepaired: isRepaired))
    }

    private static let claimLostRefundFunction = FunctionLibrary.store.name("claim_lost_refund")
    private static let releaseLostRefundFunction = FunctionLibrary.store.name("release_lost_refund")
}
