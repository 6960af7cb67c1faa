import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

/// Whether a step is refused to whoever asks, whatever it says.
enum Permission {
    /// - Parameter trial: The step as it can be refused for what it says, and changes nothing.
    /// - Throws: the refusal of who may not take it; nothing else.
    static func require(_ trial: () async throws -> Void) async throws {
        do {
            try await trial()
        } catch let status as RCPStatus where status.code != .permissionDenied {
            // What is to be said of it follows.
        }
    }
}

/// The refund a clerk means who names none.
enum OpenRefund {
    /// - Parameters:
    ///   - result: What is told of it.
    ///   - trial: The step without a refund: who may not take it at all hears that first.
    static func id(
        _ stated: String?, _ caseID: String, _ session: Session, result: RecordedResult? = nil,
        trial: () async throws -> Void
    ) async throws -> String {
        if let stated { return stated }
        let value = try await session.getCase(caseID)
        let id: String
        do {
            id = try only(in: value, result: result)
        } catch {
            try await Permission.require(trial)
            throw error
        }
        session.repetition.pin(["--refund-id", id])
        return id
    }

    /// The refund that a new order to refund retries, or would have to wait for.
    static func live(in value: Returns_V1_Case) -> Returns_V1_Refund? {
        value.refunds.last { $0.isOpen }
    }

    static func only(in value: Returns_V1_Case, result: RecordedResult? = nil) throws -> String {
        let open = value.refunds.filter(\.isOpen)
        if let told = result?.refund(of: value) {
            // The same once more changes nothing; but the next refund can have come by the same voucher.
            guard let next = open.first else { return told.refundID }
            throw CommandFailure(
                .conflict,
                "refund \(told.refundID) has voucher \(told.voucher) already, and refund \(next.refundID) is \(word(next.status))",
                hints: ["say which is meant: --refund-id \(told.refundID) or --refund-id \(next.refundID)"])
        }
        if open.count == 1 { return open[0].refundID }
        guard !value.refunds.isEmpty else {
            throw CommandFailure(
                .conflict, "case \(value.id) has no refund yet",
                hints: [
                    "start one with: \(NextLine.returnsctl("case refund \(value.id)"))",
                    "one that was paid, and whose start was lost, is named: --lost --refund-id ID --amount AMOUNT",
                ])
        }
        // One that has ended can still be meant, since money can come late; but only who says so means it.
        let named = open.isEmpty ? value.refunds : open
        throw CommandFailure(
            .conflict,
            open.isEmpty
                ? "case \(value.id) has no refund under way"
                : "case \(value.id) has \(open.count) refunds under way",
            hints: [
                "name one with --refund-id: "
                    + named.map { "\($0.refundID) (\(word($0.status)))" }.joined(separator: ", ")
            ])
    }
}

extension Returns_V1_Case {
    func refund(_ id: String?) -> Returns_V1_Refund? { refunds.first { $0.refundID == id } }
}

extension Returns_V1_Refund {
    /// It waits for its result, or failed and can be tried again.
    fileprivate var isOpen: Bool { ![.succeeded, .abandoned, .returned].contains(status) }
}
