import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What the losses that the store accepted leave open of a case.
public struct CaseLosses: Hashable, Sendable {
    /// Whether changes of it may be missing: it was opened before a loss was accepted.
    public var mayLackChanges: Bool
    /// Whether it may stand in the place of a case that is gone: it was opened since the store was set back.
    public var mayReplaceAnother: Bool
}

/// A refund of a case that is gone, as it is claimed by the case that records it: "CASE/FENCE/MILLISECONDS", by Redis's clock.
///
/// The claim lies with the partition of the case that is gone, so it is one for the whole store. It comes before the commit that
/// records the refund, which may never be made: so a claim says that a refund is recorded only where the case's record says so,
/// too. One that nothing came of may be taken away.
///
/// The commit goes by the fence of its own partition, which it has to find as it was when the claim was made. Who takes a claim
/// away first raises that fence, then looks once more whether the refund is recorded, and then exchanges the claim that it has
/// read: so a commit that is still to come is refused, and two cases never record one refund.
public struct LostRefundClaim: Hashable, Sendable {
    var id: CaseID
    /// Of the case's partition: commits that go by this claim need it to be no higher.
    var fence: UInt64
    var at: Instant

    /// For so long a claim without its refund is left alone, since its commit may be under way. Nothing but patience rests on it.
    public static let committingMilliseconds: Int64 = 10_000
    /// A claim that others take away or make anew is looked at again at most this often.
    static let attemptsMax = 4

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let id = CaseID(member: Array(parts[0].utf8)), let fence = UInt64(parts[1]),
            let at = Int64(parts[2])
        else { return nil }
        self.id = id
        self.fence = fence
        self.at = Instant(milliseconds: at)
    }
}

/// Who has a refund of a case that is gone.
public enum LostRefundStanding: Hashable, Sendable {
    /// Nobody: it can be claimed.
    case free
    case recorded(at: CaseID)
    /// Another case has claimed it a short time ago: by then the claim has come to something, or can be taken away.
    case beingRecorded(at: CaseID)
    /// Another case has claimed it, and cannot be read: whether it has recorded the refund nobody knows.
    case unreadable(at: CaseID)
    /// Another case has claimed it, which a newer build wrote: whether it has recorded the refund this one does not know.
    case newer(at: CaseID)
}

/// What came of claiming a refund of a case that is gone.
public enum LostRefundClaiming: Hashable, Sendable {
    /// - Parameter fence: what the commit that records the refund has to go by.
    case claimed(fence: UInt64)
    case refused(LostRefundStanding)
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
        let run = try openingRun(reply, of: id)
        return CaseLosses(
            mayLackChanges: losses.contains { $0.run.number > run.number },
            mayReplaceAnother: losses.contains { $0.fork.number <= run.number })
    }

    /// - Parameter field: As the hash of the case holds it.
    func openingRun(_ field: RedisValue, of id: CaseID) throws(StoreError) -> StoreRun {
        do throws(StoreError) {
            return try decode(field.bytes, "case \(id): the run that it was opened in") {
                bytes throws(RecordError) in try StoreRun(record: bytes)
            }
        } catch {
            throw error.of(id)
        }
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

    /// Who has a refund of a case that is gone, as a case sees it that may claim it itself.
    public func standing(
        ofLostRefund refundID: String, of gone: CaseID, for id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> LostRefundStanding {
        guard let text = try await claimText(refundID, of: gone, deadline: deadline) else { return .free }
        let claim = try Self.claim(text)
        guard claim.id != id else { return .free }
        return try await standing(
            of: claim, refundID, now: try await time(of: gone.partition, deadline: deadline),
            deadline: deadline)
    }

    /// Another refund of a case that is gone that is recorded at another case, or may be, since that case cannot be read.
    public func otherRefund(
        of gone: CaseID, besides refundID: String, at id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> (refundID: String, holder: CaseID)? {
        guard let keys = keys(gone) else { return nil }
        var cursor = "0"
        repeat {
            let page = try await claims(at: keys.lostRefunds, of: gone, cursor, deadline: deadline)
            for (other, text) in page.claims where other != refundID {
                guard let claim = LostRefundClaim(text), claim.id != id else { continue }
                switch try await standing(of: claim, other, now: nil, deadline: deadline) {
                case .recorded, .unreadable, .newer: return (other, claim.id)
                case .free, .beingRecorded: continue
                }
            }
            cursor = page.next
        } while cursor != "0"
        return nil
    }

    /// - Parameter gone: Nil reads those of all cases.
    private func claims(
        at key: String, of gone: CaseID? = nil, _ cursor: String, deadline: NIODeadline
    ) async throws(StoreError) -> (next: String, claims: [(refundID: String, text: String)]) {
        let command = RedisCommand(
            "HSCAN", .text(key), .text(cursor), "MATCH", .text(gone.map { "\($0)-*" } ?? "*"), "COUNT",
            .integer(Self.scanCount))
        let reply = try await send(command, key: key, deadline: deadline)
        guard let parts = reply.array, parts.count == 2, let next = parts[0].string,
            let items = parts[1].array
        else { throw StoreError(.corrupt, "Redis answered HSCAN with something else") }
        return (
            next,
            stride(from: 0, to: items.count - 1, by: 2).map {
                (items[$0].string ?? "", items[$0 + 1].string ?? "")
            }
        )
    }

    /// Claims a refund of a case that is gone, ahead of the commit that records it. A claim of another case that nothing came of is
    /// taken away.
    public func claim(
        lostRefund refundID: String, of gone: CaseID, at id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> LostRefundClaiming {
        guard let keys = keys(gone) else {
            throw StoreError(.corrupt, "a refund of a case that no partition can have had")
        }
        var (standing, replaced) = (LostRefundStanding.free, "")
        for _ in 0..<LostRefundClaim.attemptsMax {
            // Read before each claim: the one that is taken away may be of the same partition.
            let fence = try await lostRefundFence(of: id, deadline: deadline)
            let call = StoreCall(
                Self.claimLostRefundFunction, .partition(gone.partition), keys: [keys.lostRefunds],
                isCounted: true
            ).appending([.text(refundID), .text(id.description), .text(String(fence)), .text(replaced)])
            let reply = try await send(call, effect: .once, deadline: deadline).array
            switch reply?.first?.string {
            case "OK": return .claimed(fence: fence)
            case "HELD": break
            default: throw StoreError(.corrupt, "the claim of a refund was answered with something else")
            }
            guard let reply, reply.count == 3, let now = reply[2].integer else {
                throw StoreError(.corrupt, "the claim of a refund was answered with something else")
            }
            replaced = reply[1].string ?? ""
            standing = try await settle(
                Self.claim(replaced), refundID, now: Instant(milliseconds: now), deadline: deadline)
            guard standing == .free else { return .refused(standing) }
            standing = .beingRecorded(at: try Self.claim(replaced).id)
        }
        return .refused(standing)
    }

    /// Gives back the claim of a case that has not recorded the refund.
    public func giveBack(
        lostRefund refundID: String, of gone: CaseID, at id: CaseID, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        guard let text = try await claimText(refundID, of: gone, deadline: deadline),
            let claim = LostRefundClaim(text), claim.id == id
        else { return }
        // Another request of the same case may be about to record it: the fence has it claim the refund again.
        guard try await settle(claim, refundID, now: nil, deadline: deadline) == .free else { return }
        _ = try await release(refundID, text, partition: gone.partition, deadline: deadline)
    }

    /// Sees to it that nothing comes of a claim any more: one of a refund that is not recorded, nor about to be, is free afterwards.
    ///
    /// - Parameter now: Nil for one that needs no patience.
    private func settle(
        _ claim: LostRefundClaim, _ refundID: String, now: Instant?, deadline: NIODeadline
    ) async throws(StoreError) -> LostRefundStanding {
        let seen = try await standing(of: claim, refundID, now: now, deadline: deadline)
        guard seen == .free, let keys = keys(claim.id) else { return seen }
        let call = StoreCall(
            Self.raiseLostRefundFenceFunction, .partition(claim.id.partition), keys: [keys.lostRefundFence],
            isCounted: true, isFreeing: true)
        _ = try await send(call, effect: .once, deadline: deadline)
        return try await standing(of: claim, refundID, now: now, deadline: deadline)
    }

    /// What a claim means: whether its case has recorded the refund, that case tells, whichever sale channel it is of.
    private func standing(
        of claim: LostRefundClaim, _ refundID: String, now: Instant?, deadline: NIODeadline
    ) async throws(StoreError) -> LostRefundStanding {
        do throws(StoreError) {
            let value = try await within(.all).loadCase(claim.id, deadline: deadline)
            if value?.refunds.contains(where: { $0.id == refundID }) ?? false {
                return .recorded(at: claim.id)
            }
        } catch {
            guard error.code == .corrupt else { throw error }
            return error.isNewer ? .newer(at: claim.id) : .unreadable(at: claim.id)
        }
        guard let now, now - claim.at < LostRefundClaim.committingMilliseconds else { return .free }
        return .beingRecorded(at: claim.id)
    }

    private func lostRefundFence(of id: CaseID, deadline: NIODeadline) async throws(StoreError) -> UInt64 {
        let key = StoreKeys(partition: id.partition).lostRefundFence
        let reply = try await send(RedisCommand("HGET", .text(key), "v"), key: key, deadline: deadline)
        guard let text = reply.string else { return 0 }
        guard let fence = UInt64(text) else { throw StoreError(.corrupt, "\(key) holds no number") }
        return fence
    }

    private func claimText(
        _ refundID: String, of gone: CaseID, deadline: NIODeadline
    ) async throws(StoreError) -> String? {
        guard let keys = keys(gone) else { return nil }
        return try await send(
            RedisCommand("HGET", .text(keys.lostRefunds), .text(refundID)), key: keys.lostRefunds,
            deadline: deadline
        ).string
    }

    private func time(of partition: Int, deadline: NIODeadline) async throws(StoreError) -> Instant {
        let key = StoreKeys(partition: partition).lostRefunds
        return try Self.time(try await send(RedisCommand("TIME"), key: key, deadline: deadline))
    }

    private static func claim(_ text: String) throws(StoreError) -> LostRefundClaim {
        guard let claim = LostRefundClaim(text) else {
            throw StoreError(.corrupt, "a claim of a lost refund cannot be read")
        }
        return claim
    }

    /// - Returns: Whether the claim was still the one that was read.
    private func release(
        _ refundID: String, _ text: String, partition: Int, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let call = StoreCall(
            Self.releaseLostRefundFunction, .partition(partition),
            keys: [StoreKeys(partition: partition).lostRefunds], isCounted: true
        ).appending([.text(refundID), .text(text)])
        return try await send(call, effect: .eachTime, deadline: deadline).array?.first?.string == "OK"
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
            // One that another case has recorded is not taken from it: both cases tell that they were paid by it.
            var isRepaired = false
            if repair,
                case .claimed = try await claim(
                    lostRefund: refund.id, of: gone, at: value.id, deadline: deadline)
            {
                isRepaired = true
            }
            report.add(
                .init(index: keys.lostRefunds, id: value.id, problem: .missing, isRepaired: isRepaired))
        }
    }

    private func isClaimed(
        _ refundID: String, of gone: CaseID, by id: CaseID, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        try await claimText(refundID, of: gone, deadline: deadline).flatMap { LostRefundClaim($0) }?.id == id
    }

    /// Each claim is of a case that has recorded the refund, or is about to.
    func verifyLostRefunds(
        at key: String, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        var cursor = "0"
        repeat {
            let page = try await claims(at: key, cursor, deadline: deadline)
            for (refundID, text) in page.claims {
                report.entries += 1
                try await verifyLostRefund(
                    refundID, text, at: key, repair: repair, into: &report, deadline: deadline)
            }
            cursor = page.next
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
        guard let partition = StoreKeys.partition(ofKey: key) else { return }
        let now = try await time(of: partition, deadline: deadline)
        switch try await standing(of: claim, refundID, now: now, deadline: deadline) {
        case .recorded, .beingRecorded: return
        // What the case has recorded nobody knows, so it keeps the refund until it is restored.
        case .unreadable:
            return report.add(.init(index: key, id: claim.id, problem: .unreadable, isRepaired: false))
        // Its case is reported as itself.
        case .newer: return
        case .free: break
        }
        var isRepaired = false
        if repair {
            guard try await settle(claim, refundID, now: now, deadline: deadline) == .free else { return }
            isRepaired = try await release(refundID, text, partition: partition, deadline: deadline)
        }
        report.add(.init(index: key, id: claim.id, problem: .stale, isRepaired: isRepaired))
    }

    private static let claimLostRefundFunction = FunctionLibrary.store.name("claim_lost_refund")
    private static let releaseLostRefundFunction = FunctionLibrary.store.name("release_lost_refund")
    private static let raiseLostRefundFenceFunction = FunctionLibrary.store.name("raise_lost_refund_fence")
}
