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
        name: .customLong("type"),
        help: ArgumentHelp(
            "Only events of this type, such as refund_succeeded; repeatable.",
            discussion: Returns_V1_EventType.words.joined(separator: ", "), valueName: "type"),
        completion: .list(Returns_V1_EventType.words), transform: parseType)
    var types: [Returns_V1_EventType] = []
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
            $0.types = types
            $0.states = states
            $0.saleChannels = channels
        }
    }
}

extension Returns_V1_EventFilter {
    /// What it lets through; a sale channel that a typing error named shows here.
    var words: String {
        let all = types.map { word($0) } + states.map { word($0) } + saleChannels
        return all.isEmpty ? "all" : all.joined(separator: ", ")
    }
}

private func parseType(_ text: String) throws -> Returns_V1_EventType {
    guard let type = value(ofWord: text, as: Returns_V1_EventType.self),
        Returns_V1_EventType.ofCases.contains(type)
    else {
        throw ValidationError(
            "'\(text)' is not one of: \(Returns_V1_EventType.words.joined(separator: ", "))")
    }
    return type
}

/// Where in the log somebody begins.
enum EventStart: Equatable {
    case now
    case beginning
    case since(milliseconds: Int64)

    /// - Parameters:
    ///   - text: "now", "beginning", or a time.
    ///   - now: Asked for a time alone.
    init(_ text: String, now: () async throws -> Int64) async throws {
        switch text {
        case "now": self = .now
        case "beginning": self = .beginning
        default: self = .since(milliseconds: try TimeOption.parse(text, "--from", await now()))
        }
    }
}
