import ArgumentParser
import Foundation
import ReturnsAPI

/// One clock of a case, as it is printed: "refund", "refund 2", "refund #2".
struct ClockOption: ParsableArguments {
    @Argument(help: "Which clock, such as review or refund.", transform: ClockName.parse) var name: ClockName
    @Argument(help: ArgumentHelp("Its number, where there were several of its kind.", valueName: "number"))
    var number: UInt32?

    /// The kind, which is what the server asks for.
    ///
    /// - Throws: CommandFailure where a number was given, and the clock that runs has another one.
    func kind(_ caseID: String, _ session: Session) async throws -> Returns_V1_ClockKind {
        guard let wanted = number ?? name.ordinal else { return name.kind }
        let running = try await session.getCase(caseID).runningClocks.filter { $0.kind == name.kind }
        guard running.map(\.ordinal) == [wanted] else {
            let kind = word(name.kind)
            let names = running.map { "\(kind) \($0.ordinal)" }.joined(separator: ", ")
            throw CommandFailure(
                .conflict,
                running.isEmpty
                    ? "no \(kind) clock of case \(caseID) runs"
                    : "\(kind) \(wanted) of case \(caseID) does not run alone: \(names)",
                hints: ["all its clocks: \(NextLine.returnsctl("sla clocks \(caseID)"))"])
        }
        return name.kind
    }
}

struct ClockName: Equatable {
    var kind: Returns_V1_ClockKind
    /// Nil where none is said.
    var ordinal: UInt32?

    static func parse(_ text: String) throws -> ClockName {
        let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let ordinal = UInt32(text.suffix(digits))
        let name = text.dropLast(digits).trimmingCharacters(in: .init(charactersIn: " #"))
        return ClockName(kind: try parseWord(name), ordinal: ordinal)
    }
}
