import ReturnsDomain
import ReturnsStore
import ReturnsWire

// The one place where refusals and failures become wire status (SPEC.md, status table).

extension CaseRejection: RCPStatusConvertible {
    var status: RCPStatus { RCPStatus(self) }

    var logMessage: String? { kind == .damaged ? "a decision was not taken: \(text)" : nil }
}

extension StoreError: RCPStatusConvertible {
    var status: RCPStatus { RCPStatus(self) }

    var logMessage: String? {
        switch code {
        case .corrupt, .refused, .misconfigured: "the store failed: \(self)"
        // Said once by the identity.
        case .unfit: nil
        // The connection's own log tells an outage once; the rest is the caller's.
        case .unavailable, .overloaded, .deadlineExceeded, .cancelled, .outsideScope: nil
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
                code: .unavailable, outcome: outcome, retryAfterMilliseconds: 200,
                text: "the store cannot be reached; try again",
                details: [RCPErrorDetail(reason: "STORE_UNAVAILABLE")])
        case .overloaded:
            self.init(
                code: .resourceExhausted, outcome: outcome, retryAfterMilliseconds: 100,
                text: "too much is under way; try again",
                details: [RCPErrorDetail(reason: "STORE_OVERLOADED")])
        case .deadlineExceeded:
            self.init(code: .deadlineExceeded, outcome: outcome, text: "the call's deadline passed")
        case .cancelled:
            self.init(code: .cancelled, outcome: outcome, text: "the call was cancelled")
        case .corrupt:
            self.init(
                code: .dataLoss, outcome: outcome,
                text: error.caseID.map {
                    (error.lacksRecord
                        ? "the record of case \($0) is missing, and others name the case"
                        : "the record of case \($0), or of its order, is damaged; the server's log says how")
                        + ". Other cases are not touched: restore this one from a backup"
                } ?? "the store holds a record this server cannot read; see the server's log",
                details: [RCPErrorDetail(reason: "RECORD_UNREADABLE")])
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
        case .refused, .misconfigured:
            self.init(
                code: .unavailable, outcome: outcome, retryAfterMilliseconds: 1_000,
                text: error.refusal.map { "\($0.text); try again, and tell whoever runs this server" }
                    ?? "the store refused the command; see the server's log",
                details: [RCPErrorDetail(reason: error.refusal?.reason ?? "STORE_REFUSED")])
        }
    }

    static func requestIDReused() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: -1,
            text: "this request id was used for another request; use a new one",
            details: [RCPErrorDetail(reason: .requestIDReused)])
    }

    /// Changes were lost, so a refund may have gone out that the store does not know.
    static func reconcileFirst(_ run: StoreRun, caseID: CaseID) -> RCPStatus {
        RCPStatus(
            code: .failedPrecondition, outcome: .notApplied,
            text:
                "changes were lost (\(run)), so this refund may have gone out already; compare the refunds since then with the gateway, record what it paid (of this case: returnsctl case refund-result \(caseID) succeeded --lost --refund-id ID --amount AMOUNT --voucher NO), then type: returnsctl admin reconciled \(run); after that a refund by another method is started again, under its id",
            details: [RCPErrorDetail(reason: "RECONCILE_FIRST")])
    }

    static func tooManyConflicts() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: 20,
            text: "others keep changing the case or its order; try again",
            details: [RCPErrorDetail(reason: "CONFLICT")])
    }
}
