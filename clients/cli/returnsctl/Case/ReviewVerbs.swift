import ArgumentParser
import RCP
import ReturnsAPI

/// Verification, questions, decisions.
enum ReviewVerbs {
    static var all: [any ParsableCommand.Type] {
        [
            CaseVerify.self, CaseRequestInfo.self, CaseProvideInfo.self, CaseApprove.self, CaseReject.self,
            CaseAppeal.self, CaseAcceptAlternative.self,
        ]
    }
}

struct CaseVerify: CaseVerb {
    static let step = CaseStep(.verify) { situation in
        let verification = situation.value?.verification ?? .init()
        return [StepWay(isAside: verification.customerVerified && verification.orderVerified)]
    }
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Record that customer and order were verified (or that one was not)."
    )
    @Flag(help: "The customer could not be verified.") var customerFailed = false
    @Flag(help: "The order could not be verified.") var orderFailed = false
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_VerifyCaseRequest.with {
            $0.target = change
            $0.customerVerified = !customerFailed
            $0.orderVerified = !orderFailed
        }
        return try await session.client.cases.verifyCase(request, options: options)
    }
}

struct CaseRequestInfo: CaseVerb {
    static let step = CaseStep(.requestInfo, flags: "--question TEXT")
    static let configuration = CommandConfiguration(
        commandName: "request-info",
        abstract: "Record what the customer has to answer; the review clock pauses.",
        discussion: "Nobody is written to by it: tell the customer, and record that with case told.")
    @Option(help: "What the customer is to be asked.") var question: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_RequestInfoRequest.with {
            $0.target = change
            $0.question = question
        }
        return try await session.client.cases.requestInfo(request, options: options)
    }
}

struct CaseProvideInfo: CaseVerb {
    static let step = CaseStep(.provideInfo, flags: "--answer TEXT")
    static let configuration = CommandConfiguration(
        commandName: "provide-info", abstract: "Record the customer's answer.")
    @Option(help: "What the customer answered.") var answer: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ProvideInfoRequest.with {
            $0.target = change
            $0.answer = answer
        }
        return try await session.client.cases.provideInfo(request, options: options)
    }
}

struct CaseApprove: CaseVerb {
    /// Against a failed check, or one that is open, the same line again would be refused again.
    static let step = CaseStep(.approve) { situation in
        let hasFailed =
            situation.reasons.contains("CHECKS_FAILED")
            || situation.value?.checks.contains(where: \.blocksApproval) ?? false
        let needsAddress = situation.reasons.contains("RETURN_ADDRESS_REQUIRED")
        let flags = [
            hasFailed ? "--override-reason TEXT" : "", needsAddress ? "--return-address TEXT" : "",
        ]
        return [
            StepWay(
                flags.filter { !$0.isEmpty }.joined(separator: " "), roles: hasFailed ? [.supervisor] : [])
        ]
    }
    static let configuration = CommandConfiguration(commandName: "approve", abstract: "Approve the return.")
    @Option(help: "Where the goods go; the policy's address unless given.") var returnAddress = ""
    @Option(help: "What the customer has to mind; the policy's words unless given.") var instructions = ""
    @Option(help: "Why a failed check does not count; a supervisor's.") var overrideReason = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ApproveCaseRequest.with {
            $0.target = change
            $0.returnAddress = returnAddress
            $0.instructions = instructions
            $0.overrideReason = overrideReason
        }
        return try await session.client.cases.approveCase(request, options: options)
    }
}

struct CaseReject: CaseVerb {
    static let step = CaseStep(.reject, flags: "--code CODE --reason TEXT --alternative TEXT")
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Refuse the return, with a reason and an alternative for the customer.")
    @Option(help: "Code of the reason, such as out_of_window; any word that your reports go by.") var code:
        String
    @Option(help: "Why, as the customer is told.") var reason: String
    @Option(help: "What the customer is offered instead.") var alternative: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This refuses the return of case" }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_RejectCaseRequest.with {
            $0.target = change
            $0.code = code
            $0.reason = reason
            $0.alternative = alternative
        }
        return try await session.client.cases.rejectCase(request, options: options)
    }
}

struct CaseAppeal: CaseVerb {
    static let step = CaseStep(.appeal, flags: "--reason TEXT")
    static let configuration = CommandConfiguration(
        commandName: "appeal", abstract: "Record the customer's appeal; another person reviews.")
    @Option(help: "What the customer says.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_AppealCaseRequest.with {
            $0.target = change
            $0.reason = reason
        }
        return try await session.client.cases.appealCase(request, options: options)
    }
}

struct CaseAcceptAlternative: CaseVerb {
    /// It may have been goods, or something that is not sent.
    static let step = CaseStep(.acceptAlternative) { _ in [StepWay("--goods SKU=UNITS"), StepWay()] }
    static let configuration = CommandConfiguration(
        commandName: "accept-alternative",
        abstract: "Record that the customer takes what was offered instead.")
    @Option(
        name: .customLong("goods"),
        help: ArgumentHelp("Goods that go out; repeatable.", valueName: "sku=units"),
        transform: LineSpec.goods)
    var goods: [Returns_V1_AlternativeGoods] = []
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_AcceptAlternativeRequest.with {
            $0.target = change
            $0.goods = goods
        }
        return try await session.client.cases.acceptAlternative(request, options: options)
    }
}
