import ReturnsAPI
import ReturnsDomain

// Review: verification, questions and decisions (R5 to R8).

extension Returns_V1_VerifyCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .verify(isCustomerVerified: customerVerified, isOrderVerified: orderVerified)
    }
}

extension Returns_V1_RequestInfoRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .requestInfo(question: question) }
}

extension Returns_V1_ProvideInfoRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .provideInfo(answer: answer) }
}

extension Returns_V1_ApproveCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .approve(
            returnAddress: returnAddress, instructions: instructions,
            overrideReason: overrideReason)
    }
}

extension Returns_V1_RejectCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .reject(code: code, reason: reason, alternative: alternative)
    }
}

extension Returns_V1_AppealCaseRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command { .appeal(reason: reason) }
}

extension Returns_V1_AcceptAlternativeRequest: CommandRequest {
    package func command() throws(CaseRejection) -> Command {
        .acceptAlternative(goods: goods.map { GoodsUnits(sku: $0.sku, units: $0.quantity) })
    }
}
