import ReturnsDomain
import ReturnsStore
import ReturnsWire

// The one place where refusals and failures become wire status (SPEC.md, status table).

extension CaseRejection: RCPStatusConvertible {
    var status: RCPStatus { RCPStatus(self) }
}

extension StoreError: RCPStatusConvertible {
    var status: RCPStatus { RCPStatus(self) }

    var logMessage: String? {
        switch code {
        case .corrupt, .refused, .misconfigured: "the store failed: \(self)"
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
        let outcome: RCPOutcome = error.isOutcomeUnknown ? .unknown : .notApplied
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
                text: "the store holds a record this server cannot read; see the server's log",
                details: [RCPErrorDetail(reason: "RECORD_UNREADABLE")])
        case .outsideScope:
            let text =
                "this needs a principal of all sale channels, and yours is bound to some; ask an administrator"
            self.init(
                code: .permissionDenied, outcome: .notApplied, text: text,
                details: [RCPErrorDetail(reason: "SALE_CHANNELS_REQUIRED", text: text)])
        case .refused, .misconfigured:
            self.init(
                code: .unavailable, outcome: outcome, retryAfterMilliseconds: 1_000,
                text: "the store refused the command; see the server's log",
                details: [RCPErrorDetail(reason: "STORE_REFUSED")])
        }
    }

    static func requestIDReused() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: -1,
            text: "this request id was used for another request; use a new one",
            details: [RCPErrorDetail(reason: "REQUEST_ID_REUSED")])
    }

    static func tooManyConflicts() -> RCPStatus {
        RCPStatus(
            code: .aborted, outcome: .notApplied, retryAfterMilliseconds: 20,
            text: "others keep changing the case or its order; try again",
            details: [RCPErrorDetail(reason: "CONFLICT")])
    }
}
