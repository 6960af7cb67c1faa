import ArgumentParser

struct CaseCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Return cases: open, read, and take every step of the procedure.",
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Open and read",
                subcommands: [
                    CaseSubmit.self, CaseImport.self, CaseGet.self, CaseList.self, CaseTimeline.self,
                    CaseAllowed.self,
                ]),
            CommandGroup(
                name: "Review",
                subcommands: [
                    CaseVerify.self, CaseRequestInfo.self, CaseProvideInfo.self, CaseApprove.self,
                    CaseReject.self,
                    CaseAppeal.self, CaseAcceptAlternative.self,
                ]),
            CommandGroup(
                name: "On the way",
                subcommands: [
                    CasePickup.self, CaseShip.self, CaseTrack.self, CaseException.self, CaseFound.self,
                    CaseWithdraw.self,
                ]),
            CommandGroup(
                name: "Warehouse",
                subcommands: [CaseReceive.self, CaseInspect.self, CaseShipBack.self, CaseExchange.self]),
            CommandGroup(
                name: "Outcome",
                subcommands: [
                    CaseTold.self, CaseResolve.self, CaseReturnless.self, CaseRefund.self,
                    CaseRefundResult.self,
                    CaseAbandon.self, CaseFollowUp.self, CaseClose.self, CaseCancel.self, CaseReopen.self,
                ]),
            CommandGroup(
                name: "At any time", subcommands: [CaseNote.self, CaseAttach.self, CaseAssign.self]),
        ])
}
