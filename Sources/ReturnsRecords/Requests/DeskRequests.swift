import ReturnsAPI
import ReturnsDomain

// The service desk's other steps (R15, R17 to R19), and the clocks it steers.

extension Returns_V1_TellCustomerRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        var told: [NoticeOccasion] = []
        for (index, occasion) in occasions.enumerated() {
            told.append(try occasion.required("occasions[\(index)]"))
        }
        return .tell(Telling(occasions: told, channel: channel, reference: reference, text: text))
    }
}

extension Returns_V1_ResolveUnitsRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        var resolutions: [LineResolution] = []
        for (index, line) in lines.enumerated() {
            resolutions.append(
                LineResolution(
                    lineID: line.lineID,
                    resolution: try line.resolution.required("lines[\(index)].resolution"),
                    units: line.units))
        }
        return .resolve(lines: resolutions, reason: reason)
    }
}

extension Returns_V1_RecordFollowUpRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .followUp(
            wasReached: reached, score: UInt8(clamping: score), comments: comments
        )
    }
}

extension Returns_V1_CloseCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .close }
}

extension Returns_V1_CancelCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .cancel(reason: reason) }
}

extension Returns_V1_ReopenCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .reopen(reason: reason) }
}

extension Returns_V1_AddNoteRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .note(text: text) }
}

extension Returns_V1_AttachDocumentRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .attachDocument(
            Document(document, type: try document.type.required("document.type")))
    }
}

extension Returns_V1_PauseClockRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .pauseClock(
            try kind.required("kind"), reason: reason,
            until: hasUntilMs ? Instant(milliseconds: untilMs) : nil)
    }
}

extension Returns_V1_ResumeClockRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .resumeClock(try kind.required("kind"), reason: reason)
    }
}

extension Returns_V1_ExtendClockRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .extendClock(
            try kind.required("kind"), byMilliseconds: byMs, reason: reason)
    }
}
