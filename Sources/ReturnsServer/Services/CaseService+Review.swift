import RCP
import ReturnsAPI
import ReturnsDomain

/// Review: verification, questions and decisions (R5 to R8).
extension CaseService {
    func verifyCase(_ request: Returns_V1_VerifyCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .verify(isCustomerVerified: request.customerVerified, isOrderVerified: request.orderVerified)
        }
    }

    func requestInfo(_ request: Returns_V1_RequestInfoRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .requestInfo(question: request.question) }
    }

    func provideInfo(_ request: Returns_V1_ProvideInfoRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .provideInfo(answer: request.answer) }
    }

    func approveCase(_ request: Returns_V1_ApproveCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .approve(
                returnAddress: request.returnAddress, instructions: request.instructions,
                overrideReason: request.overrideReason)
        }
    }

    func rejectCase(_ request: Returns_V1_RejectCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .reject(code: request.code, reason: request.reason, alternative: request.alternative)
        }
    }

    func appealCase(_ request: Returns_V1_AppealCaseRequest, context: RCPCallContext) async throws
        -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) { .appeal(reason: request.reason) }
    }

    func acceptAlternative(_ request: Returns_V1_AcceptAlternativeRequest, context: RCPCallContext)
        async throws -> RCPReply<Returns_V1_CaseReply>
    {
        try await take(request.target, context: context) {
            .acceptAlternative(goods: request.goods.map { GoodsUnits(sku: $0.sku, units: $0.quantity) })
        }
    }
}
