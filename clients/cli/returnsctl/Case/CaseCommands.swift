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
                    CaseWhy.self, CaseAllowed.self,
                ]),
            CommandGroup(name: "Review", subcommands: ReviewVerbs.all),
            CommandGroup(name: "On the way", subcommands: [CasePickup.self] + ShipmentVerbs.all),
            CommandGroup(
                name: "Warehouse",
                subcommands: [CaseReceive.self, CaseInspect.self] + CorrectionVerbs.all + GoodsOutVerbs.all),
            CommandGroup(
                name: "Outcome",
                subcommands: DecisionVerbs.all + ExchangeVerbs.all + AmountVerbs.all + RefundVerbs.all
                    + EndingVerbs.all),
            CommandGroup(name: "At any time", subcommands: RecordVerbs.all + [CaseAssign.self]),
        ])
}
