import ArgumentParser
import ReturnsAPI

struct EventCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "What happens to cases, as it happens.",
        subcommands: [EventTail.self, EventGroupCommands.self])
}

/// Which events, wherever they are chosen.
struct EventFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("type"), help: "Only events of this type, such as refund_succeeded; repeatable.")
    var types: [String] = []
    @Option(
        name: .customLong("state"), help: "Only events of cases in this state then; repeatable.",
        transform: parseWord)
    var states: [Returns_V1_CaseState] = []
    @Option(
        name: .customLong("channel"), help: "Only events of orders of this sale channel; repeatable.")
    var channels: [String] = []

    var isEmpty: Bool { types.isEmpty && states.isEmpty && channels.isEmpty }

    var filter: Returns_V1_EventFilter {
        .with {
            // Hyphens count as underscores, as in every other word.
            $0.types = types.map { $0.lowercased().replacing("-", with: "_") }
            $0.states = states
            $0.saleChannels = channels
        }
    }
}

/// Where in the log somebody begins.
enum EventStart: Equatable {
    case now
    case beginning
    case since(milliseconds: Int64)

    /// - Parameter text: "now", "beginning", or a time.
    init(_ text: String, nowMilliseconds: Int64) throws {
        switch text {
        case "now": self = .now
        case "beginning": self = .beginning
        default: self = .since(milliseconds: try TimeOption.parse(text, "--from", nowMilliseconds))
        }
    }
}
