import ReturnsAPI

/// Which command line takes which step of the procedure, for "type this next".
enum CommandGuide {
    /// The line to type for a step; nil for steps that nobody types for a case.
    static func line(
        _ command: Returns_V1_CommandKind, caseID: String, ofLostRefund: Bool = false
    ) -> String? {
        guard let (verb, flags) = ofLostRefund ? lostRefund : verb(command) else { return nil }
        return ["returnsctl", verb.hasPrefix("sla") ? verb : "case \(verb)", caseID, flags]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static let lostRefund = (
        verb: "refund-result", flags: "succeeded --lost --refund-id ID --amount AMOUNT --voucher NO"
    )
    private static let lostRefundNote =
        "if the gateway has paid it; other refunds wait: returnsctl admin info"

    /// The verb with the flags it cannot do without.
    private static func verb(_ command: Returns_V1_CommandKind) -> (verb: String, flags: String)? {
        switch command {
        case .unspecified, .submit, .sweep, .recompute, .UNRECOGNIZED: nil
        case .verify: ("verify", "")
        case .requestInfo: ("request-info", "--question TEXT")
        case .provideInfo: ("provide-info", "--answer TEXT")
        case .approve: ("approve", "")
        case .reject: ("reject", "--code CODE --reason TEXT --alternative TEXT")
        case .appeal: ("appeal", "--reason TEXT")
        case .acceptAlternative: ("accept-alternative", "[--goods SKU=1]")
        case .schedulePickup: ("pickup schedule", "--from TIME --until TIME --address TEXT")
        case .recordPickup: ("pickup result", "collected --carrier NAME --tracking-no NO")
        case .ship: ("ship", "--carrier NAME --tracking-no NO")
        case .track: ("track", "--status TEXT --place TEXT")
        case .reportException: ("exception", "lost --reason TEXT")
        case .found: ("found", "--note TEXT")
        case .receive: ("receive", "--all [--by-hand]")
        case .inspect: ("inspect", "--accept-all")
        case .tell: ("told", "--channel sms --reference NO")
        case .resolve: ("resolve", "--line LINE=send_back:1 --reason TEXT")
        case .refund: ("refund", "")
        case .recordRefund: ("refund-result", "succeeded --voucher NO [--attempt N]")
        case .abandonRefund: ("abandon", "--confirmation TEXT")
        case .shipBack: ("ship-back", "--carrier NAME --tracking-no NO")
        case .exchange: ("exchange", "--carrier NAME --tracking-no NO")
        case .grantReturnless: ("returnless", "--reason TEXT")
        case .withdraw: ("withdraw", "--reason TEXT")
        case .followUp: ("follow-up", "--reached --score 5")
        case .close: ("close", "")
        case .cancel: ("cancel", "--reason TEXT")
        case .reopen: ("reopen", "--reason TEXT")
        case .note: ("note", "TEXT")
        case .attachDocument: ("attach", "--type TYPE --file FILE")
        case .pauseClock: ("sla pause", "CLOCK --reason TEXT")
        case .resumeClock: ("sla resume", "CLOCK --reason TEXT")
        case .assign: ("assign", "--to PERSON")
        case .extendClock: ("sla extend", "CLOCK --by 4h --reason TEXT")
        }
    }

    /// Steps that are nearly always possible and seldom what comes next.
    static func isAside(_ command: Returns_V1_CommandKind) -> Bool {
        switch command {
        case .note, .attachDocument, .pauseClock, .resumeClock, .extendClock, .assign, .sweep, .recompute,
            .cancel,
            .withdraw,
            .track,
            .grantReturnless, .reopen:
            true
        default:
            false
        }
    }

    /// What a server's "allowed" entry names; nil for an entry that is no step.
    static func command(named name: String) -> Returns_V1_CommandKind? {
        let prefix = "command_kind_"
        let word = snakeCase(name.allSatisfy { !$0.isLowercase } ? name.lowercased() : name)
        return value(
            ofWord: word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : word,
            as: Returns_V1_CommandKind.self)
    }

    /// The lines to type next: what moves the case on first, asides left out unless there is nothing else.
    ///
    /// - Parameter role: who asks; steps of others are marked with their roles, as a comment for shells.
    static func next(
        _ steps: [Returns_V1_AllowedCommand], caseID: String, for role: Returns_V1_Role? = nil
    ) -> [String] {
        let onward = steps.filter { !isAside($0.command) }
        return (onward.isEmpty ? steps : onward).compactMap { step in
            guard let line = line(step.command, caseID: caseID, ofLostRefund: step.ofLostRefund) else {
                return nil
            }
            let roles = step.roles.map { word($0) }.joined(separator: " or ")
            let isMine = step.roles.isEmpty || role.map(step.roles.contains) ?? false
            let who = step.forOthers ? "\(roles), somebody else" : isMine ? "" : roles
            let notes = [who, step.ofLostRefund ? lostRefundNote : ""].filter { !$0.isEmpty }
            return notes.isEmpty ? line : "\(line)  # \(notes.joined(separator: "; "))"
        }
    }
}
