import NIOCore
import RedisClient
import ReturnsDomain

/// The order says which of its cases are to be told; the deadlines are an index of that.
extension ReturnsStore {
    /// Every case that the order has to tell something is found by the sweeper.
    func verifyUntold(
        of order: Order, repair: Bool, into report: inout IndexReport, deadline: NIODeadline
    ) async throws(StoreError) {
        guard !order.untold.isEmpty else { return }
        let key = order.key
        let keys = keys(key)
        let cases = order.untoldCases.sorted()
        let scores = try await pipeline(
            cases.map { RedisCommand("ZSCORE", .text(keys.deadlines), .text(UntoldMember($0).text)) },
            deadline: deadline)
        for (id, score) in zip(cases, scores) where score.isNull {
            guard let again = try await loadOrder(key, deadline: deadline), again.version == order.version
            else { return }
            var isRepaired = false
            if repair {
                var builder = CommitBuilder()
                builder.guardVersion(keys.order(key), order.version)
                builder.addToSet(
                    keys.deadlines,
                    scoresAndMembers: [
                        .text(String(order.updatedAt.milliseconds)), .text(UntoldMember(id).text),
                    ])
                isRepaired =
                    try await commit(try builder.call(partition: id.partition), deadline: deadline)
                    == .committed
            }
            report.add(.init(index: keys.deadlines, id: id, problem: .missing, isRepaired: isRepaired))
        }
    }

    /// An entry is there for a case that its order has told everything.
    func verifyUntold(
        _ member: UntoldMember, at key: String, repair: Bool, into report: inout IndexReport,
        deadline: NIODeadline
    ) async throws(StoreError) {
        var builder = CommitBuilder()
        let found: (value: Case, order: Order)?
        do throws(StoreError) {
            found = try await told(member.id, deadline: deadline)
        } catch {
            // What is damaged is reported once, as itself.
            guard error.code == .corrupt else { throw error }
            if error.lacksRecord { report.addMissingRecord(member.id) }
            return
        }
        if let (value, order) = found {
            guard !order.untoldCases.contains(member.id) else { return }
            builder.guardVersion(keys(value.order).order(value.order), order.version)
            // It may have been told between the two reads.
            let score = try await pipeline(
                [RedisCommand("ZSCORE", .text(key), .text(member.text))], deadline: deadline)
            guard !score[0].isNull else { return }
        }
        var isRepaired = false
        if repair {
            builder.removeFromSet(key, members: [.text(member.text)])
            isRepaired =
                try await commit(try builder.call(partition: member.id.partition), deadline: deadline)
                == .committed
        }
        report.add(.init(index: key, id: member.id, problem: .stale, isRepaired: isRepaired))
    }

    private func told(
        _ id: CaseID, deadline: NIODeadline
    ) async throws(StoreError) -> (value: Case, order: Order)? {
        guard let value = try await loadCase(id, deadline: deadline),
            let order = try await loadOrder(value.order, deadline: deadline)
        else { return nil }
        return (value, order)
    }
}
