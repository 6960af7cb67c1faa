import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords

/// The service desk's other steps (R15, R17 to R19), and the clocks it steers.
extension CaseService {
    func tellCustomer(_ request: Returns_V1_TellCustomerRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .tell(channel: request.channel, reference: request.reference)
        }
    }

    func resolveUnits(_ request: Returns_V1_ResolveUnitsRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            var lines: [LineResolution] = []
            for (index, line) in request.lines.enumerated() {
                lines.append(
                    LineResolution(
                        lineID: line.lineID,
                        resolution: try line.resolution.required("lines[\(index)].resolution"),
                        units: line.units))
            }
            return .resolve(lines: lines, reason: request.reason)
        }
    }

    func recordFollowUp(_ request: Returns_V1_RecordFollowUpRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .followUp(
                wasReached: request.reached, score: UInt8(clamping: request.score), comments: request.comments
            )
        }
    }

    func closeCase(_ request: Returns_V1_CloseCaseRequest, context: RCPCallContext) async throws -> RCPReply<
        Returns_V1_CaseReply
    > {
        try await take(request.target, context: context) { .close }
    }

    func cancelCase(_ request: Returns_V1_CancelCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .cancel(reason: request.reason) }
    }

    func reopenCase(_ request: Returns_V1_ReopenCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .reopen(reason: request.reason) }
    }

    func addNote(_ request: Returns_V1_AddNoteRequest, context: RCPCallContext) async throws -> RCPReply<
        Returns_V1_CaseReply
    > {
        try await take(request.target, context: context) { .note(text: request.text) }
    }

    func attachDocument(_ request: Returns_V1_AttachDocumentRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .attachDocument(
                Document(request.document, type: try request.document.type.required("document.type")))
        }
    }

    func pauseClock(_ request: Returns_V1_PauseClockRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .pauseClock(try request.kind.required("kind"), reason: request.reason)
        }
    }

    func resumeClock(_ request: Returns_V1_ResumeClockRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .resumeClock(try request.kind.required("kind"), reason: request.reason)
        }
    }

    func extendClock(_ request: Returns_V1_ExtendClockRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { () throws(CaseRejection) in
            .extendClock(
                try request.kind.required("kind"), byMilliseconds: request.byMs, reason: request.reason)
        }
    }
}
