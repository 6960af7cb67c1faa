import Logging
import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

// The one place where refusals and failures become wire status (SPEC.md, status table).

extension CaseRejection: RCPStatusConvertible {
    public var status: RCPStatus { RCPStatus(self) }

    public var logMessage: String? { kind == .damaged ? "a decision was not taken: \(text)" : nil }
}

extension StoreError: RCPStatusConvertible {
    public var status: RCPStatus { RCPStatus(self) }

    /// Records of a newer server are no fault: during a changeover they are met all the time, and no alarm may ring for them.
    public var logLevel: Logger.Level { isNewer ? .notice : .error }

    public var logMessage: String? {
        switch code {
        // Told once, by who looks after it.
        case .corrupt where isNewer && record != nil: nil
        case .corrupt where isNewer: "nothing is decided on what a newer returnsd wrote: \(self)"
        case .corrupt, .refused, .misconfigured: "the store failed: \(self)"
        // Said once by the identity.
        case .unfit: nil
        // The connection's own log tells an outage once; the rest is the caller's.
        case .unavailable, .overloaded, .deadlineExceeded, .cancelled, .outsideScope, .levelTooLow: nil
        }
    }
}

extension StoreError {
    /// Where a key of another type is, as far as it is known.
    fileprivate var place: String {
        if let orderKey { return "a key of order \(orderKey.text)" }
        return switch (caseID, partition) {
        case (let id?, let number?): "a key of case \(id), of its order or of partition \(number)"
        case (let id?, nil): "a key of case \(id)"
        case (nil, let number?): "a key of partition \(number)"
        case (nil, nil): "a key of the store"
        }
    }

    /// The order whose record it is; nil where it is not an order's alone.
    fileprivate var order: String? {
        orderKey.map { key in "order \(key.text)" + (caseID.map { " of case \($0)" } ?? "") }
    }

    /// Why no call gets through, as one clause for callers.
    fileprivate var outage: String {
        if let refusal { return refusal.text }
        if let absence { return absence.text }
        return code == .unavailable
            ? "the store cannot be reached" : "this server cannot use its store as it is set up"
    }
}

extension StoreError {
    /// Why one case of several was left, in the words of a status.
    public struct Refusal: Hashable, Sendable {
        let reason: String
        let text: String
        /// Whether somebody has to mend something: neither a newer build nor a level that is still to come is a fault.
        let isFault: Bool

        init(_ error: StoreError) {
            let status = RCPStatus(error)
            (reason, text) = (status.details.first?.reason ?? "", status.text)
            isFault = !error.isNewer && error.code != .levelTooLow
        }

        func proto(of id: CaseID) -> Returns_V1_RefusedCase {
            .with {
                $0.caseID = id.description
                $0.reason = reason
                $0.text = text
            }
        }
    }
}

extension NamedRecord {
    /// What to do with a damaged one, and who may.
    fileprivate var remedy: String {
        switch self {
        case .eventGroup(let name):
            "Nothing tells whose it is, so an administrator or supervisor of all sale channels deletes it: returnsctl event group delete \(name). Then create it anew, with --from and a time before the last events that you have"
        case .webhook(let name):
            "An administrator deletes it: returnsctl webhook delete \(name). Then create it anew, with --from and a time before the last events that its receiver has"
        case .rules:
            "Nothing is decided by it. What can be done: RUNBOOK.md, \"A record is damaged\""
        case .request:
            "So it cannot be told whether the request was carried out: look at what it was to change. If it was not, ask for it with a new request. What an operator can do: RUNBOOK.md, \"A record is damaged\""
        }
    }
}

extension RCPStatus {
    init(_ rejection: CaseRejection) {
        let code: RCPStatusCode
        switch rejection.kind {
        case .invalid: code = .invalidArgument
        case .notAllowedNow: code = .failedPrecondition
        case .notPermitted: code = .permissionDenied
        case .alreadyExists: code = .alreadyExists
        case .notFound: code = .notFound
        case .stale: code = .aborted
        case .damaged: code = .dataLoss
        }
        self.init(
            code: code, outcome: .notApplied, text: rejection.text,
            details: [
                RCPErrorDetail(
                    field: rejection.field, reason: rejection.code, text: rejection.text,
                    allowed: rejection.allowed.map(\.description))
            ])
    }

    init(_ error: StoreError) {
        let outcome: RCPOutcome =
            switch error.outcome {
            case .notApplied: .notApplied
            case .unknown: .unknown
            case .applied: .applied
            }
        switch error.code {
        case .unavailable:
            self.init(
                code: .unavailable, outcome: outcome,
                retryAfterMilliseconds: error.refusal == nil && error.absence == nil ? 200 : 1_000,
                text: "\(error.outage); try again, and tell whoever runs this server",
                details: [RCPErrorDetail(reason: error.refusal?.reason ?? "STORE_UNAVAILABLE")])
        case .overloaded:
            self.init(
                code: .resourceExhausted, outcome: outcome, retryAfterMilliseconds: 100,
                text: "too much is under way; try again",
                details: [RCPErrorDetail(reason: "STORE_OVERLOADED")])
        case .deadlineExceeded:
            self.init(
                code: .deadlineExceeded, outcome: outcome,
                text: error.absence.map {
                    "the call's deadline passed: \($0.text); tell whoever runs this server"
                }
                    ?? "the call's deadline passed before the store answered")
        case .cancelled:
            self.init(code: .cancelled, outcome: outcome, text: "the call was cancelled")
        case .corrupt where error.isNewer: self.init(newer: error, outcome)
        case .corrupt: self.init(unreadable: error, outcome)
        case .refused where error.record != nil || error.refusal == .keyOfAnotherType:
            self.init(unreadable: error, outcome)
        case .unfit:
            self.init(
                code: .unavailable, outcome: outcome, retryAfterMilliseconds: 1_000,
                text: error.fault.map { "\($0.text); ask whoever runs this server" } ?? error.description,
                details: [
                    RCPErrorDetail(reason: "STORE_\(error.fault?.code.rawValue.uppercased() ?? "UNFIT")")
                ])
        case .outsideScope:
            let text =
                "this needs a principal of all sale channels, and yours is bound to some; ask an administrator"
            self.init(
                code: .permissionDenied, outcome: .notApplied, text: text,
                details: [RCPErrorDetail(reason: "SALE_CHANNELS_REQUIRED", text: text)])
        case .refused where error.refusal == .malformedCall:
            self.init(
                code: .internalError, outcome: outcome, retryAfterMilliseconds: -1,
                text: "\(error.outage); tell whoever runs this server",
                details: [RCPErrorDetail(reason: "STORE_REFUSED")])
        case .levelTooLow:
            let text =
                "\(error.description), and \(error.field.isEmpty ? "this" : error.field) would store what only that level holds. Once every returnsd is of the same build, an operator types: returnsd --upgrade. Until then leave out what that level brought"
            self.init(
                code: .failedPrecondition, outcome: .notApplied, text: text,
                details: [RCPErrorDetail(field: error.field, reason: "LEVEL_TOO_LOW", text: text)])
        case .refused, .misconfigured:
            self.init(
                code: .unavailable, outcome: outcome, retryAfterMilliseconds: 1_000,
                text: "\(error.outage); try again, and tell whoever runs this server",
                details: [RCPErrorDetail(reason: error.refusal?.reason ?? "STORE_REFUSED")])
        }
    }

    /// The record is whole; what it says of itself is more than this build knows.
    private init(newer error: StoreError, _ outcome: RCPOutcome) {
        let what =
            error.order ?? error.caseID.map { "case \($0)" } ?? error.record.map { "the record of \($0)" }
            ?? "a record"
        let consequence =
            error.canBeRead
            ? "so this server decides nothing on it; it can still be read"
            : "and this server does not know all that it says. Nothing is damaged: leave it as it is"
        let text = "\(what) was written by a newer returnsd, \(consequence). Upgrade this server"
        self.init(
            code: .failedPrecondition, outcome: outcome, text: text,
            details: [RCPErrorDetail(reason: "RECORD_NEWER", text: text)])
    }

    private init(unreadable error: StoreError, _ outcome: RCPOutcome) {
        let text =
            if error.refusal == .keyOfAnotherType, error.record == nil {
                error.place
                    + " holds something of another type. To see which: returnsctl admin verify-indexes. What can be done: RUNBOOK.md, \"A record is damaged\""
            } else if let order = error.order {
                (error.lacksRecord
                    ? "the record of \(order) is missing, although cases were opened on it"
                    : "the record of \(order), or its timeline, is damaged; the server's log says how")
                    + ". Other orders are not touched. What can be done: RUNBOOK.md, \"A record is damaged\""
            } else if let id = error.caseID {
                (error.lacksRecord
                    ? "the record of case \(id) is missing, and others name the case"
                    : "the record of case \(id), or of its order, is damaged; the server's log says how")
                    + ". Other cases are not touched. What can be done: RUNBOOK.md, \"A record is damaged\""
            } else if let record = error.record {
                (error.lacksRecord
                    ? "\(record) is not there, and others name it. "
                    : "the record of \(record) is damaged; the server's log says how. ") + record.remedy
            } else {
                "the store holds a record this server cannot read; see the server's log"
            }
        self.init(
            code: .dataLoss, outcome: outcome, text: text,
            details: [RCPErrorDetail(reason: "RECORD_UNREADABLE")])
    }

    static func requestIDReused() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: -1,
            text: "this request id was used for another request; use a new one",
            details: [RCPErrorDetail(reason: .requestIDReused)])
    }

    /// Changes were lost, so a refund may have gone out that the store does not know.
    static func reconcileFirst(
        _ run: StoreRun, caseID: CaseID, allowed: [CommandKind]
    ) -> RCPStatus {
        RCPStatus(
            code: .failedPrecondition, outcome: .notApplied,
            text:
                "changes were lost (\(run)), so this refund may have gone out already; compare the refunds since then with the gateway, record what it paid (of this case: returnsctl case refund-result \(caseID) succeeded --lost --refund-id ID --amount AMOUNT --voucher NO), then type: returnsctl admin reconciled \(run); after that a refund by another method is started again, under its id",
            details: [RCPErrorDetail(reason: "RECONCILE_FIRST", allowed: allowed.map(\.description))])
    }

    static func tooManyConflicts() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: 20,
            text: "others keep changing the case or its order; try again",
            details: [RCPErrorDetail(reason: "CONFLICT")])
    }
}
