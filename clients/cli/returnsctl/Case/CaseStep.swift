import ReturnsAPI

/// The step of the procedure that a verb takes, for "type this next" (`CommandGuide`).
struct CaseStep: Sendable {
    let kind: Returns_V1_CommandKind
    /// The ways to take it that fit a case as it is; none where it would do nothing.
    let ways: @Sendable (CaseSituation) -> [StepWay]

    /// - Parameters:
    ///   - flags: Those that the verb cannot do without, as an example.
    ///   - isAside: It is nearly always possible, and seldom what comes next.
    init(_ kind: Returns_V1_CommandKind, flags: String = "", isAside: Bool = false) {
        self.init(kind) { _ in [StepWay(flags, isAside: isAside)] }
    }

    /// A step whose line follows from the case.
    init(_ kind: Returns_V1_CommandKind, ways: @escaping @Sendable (CaseSituation) -> [StepWay]) {
        self.kind = kind
        self.ways = ways
    }
}

/// One way to take a step.
struct StepWay: Sendable, Equatable {
    /// What stands behind the case's id.
    var flags: String
    /// Who may take this way, where not all may that may take the step.
    var roles: [Returns_V1_Role]
    /// Possible, and seldom what comes next.
    var isAside: Bool
    /// What it is for, behind the line; empty where the line says it.
    var note: String

    init(
        _ flags: String = "", roles: [Returns_V1_Role] = [], isAside: Bool = false, note: String = ""
    ) {
        self.note = note
        self.flags = flags
        self.roles = roles
        self.isAside = isAside
    }
}

/// A line that was refused, and that is not offered again as it was.
struct RefusedLine: Sendable {
    var command: Returns_V1_CommandKind
    /// As they were typed.
    var words: [String]
    /// The options that the refusal was of: those of the fields that it names.
    var faulty: Set<String> = []

    /// Whether a way only says what was typed: all its options, and the words in front of them, stand in the line.
    func isRepeated(by way: StepWay, of command: Returns_V1_CommandKind) -> Bool {
        guard command == self.command else { return false }
        let typed = Set(words.map { String($0.prefix { $0 != "=" }) })
        let parts = way.flags.split(separator: " ").map(String.init)
        let named = parts.prefix { !$0.hasPrefix("-") } + parts.filter { $0.hasPrefix("--") }
        // Without the option that was at fault it is another line.
        guard faulty.intersection(typed).isSubset(of: named) else { return false }
        return named.allSatisfy { typed.contains($0) || Self.isPlaceholder($0) }
    }

    /// "--shipping" of shipping_minor.
    static func option(ofField field: String) -> String {
        var name = field.split(separator: ".").last.map(String.init) ?? ""
        for unit in ["_minor", "_ms"] where name.hasSuffix(unit) { name.removeLast(unit.count) }
        return "--\(name.replacing("_", with: "-"))"
    }

    /// "TEXT" stands for what somebody types.
    private static func isPlaceholder(_ word: String) -> Bool { word.allSatisfy { $0.isUppercase } }
}

/// What is known of a case when its next steps are offered.
struct CaseSituation: Sendable {
    /// Nil where it was not read.
    var value: Returns_V1_Case?
    /// Of the refusal that the steps are offered with.
    var reasons: Set<String> = []
    /// The line that was refused; nil where nothing was.
    var refused: RefusedLine?

    /// Whether closing lacks nothing but needs of these kinds, and to talk with the customer; or who closes is told.
    func isAllElseDone(but kinds: Set<Returns_V1_ClosingNeedKind>) -> Bool {
        let others = kinds.union([.document, .followUp, .customerTold])
        return reasons.contains("NOT_COMPLETE")
            || value?.closingNeeds.allSatisfy { others.contains($0.kind) } ?? true
    }

    func needs(_ kind: Returns_V1_ClosingNeedKind) -> Bool {
        value?.closingNeeds.contains { $0.kind == kind } ?? false
    }
}
