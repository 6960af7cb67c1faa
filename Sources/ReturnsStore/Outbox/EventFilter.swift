import ReturnsAPI
import ReturnsRecords
import SwiftProtobuf

/// Which events somebody wants: each list that is not empty has to hold the event's own value.
///
/// By the API's numbers, as events have them. One that is kept and that this build does not know in full is none to
/// it: without the part that it does not know it would let through more.
public struct EventFilter: Hashable, Sendable {
    public var types: Set<Returns_V1_EventType>
    public var states: Set<Returns_V1_CaseState>
    public var saleChannels: Set<String>

    public init(
        types: Set<Returns_V1_EventType> = [], states: Set<Returns_V1_CaseState> = [],
        saleChannels: Set<String> = []
    ) {
        self.types = types
        self.states = states
        self.saleChannels = saleChannels
    }

    public func lets(_ event: OutboxEvent) -> Bool {
        event.isUnreadable
            || (types.isEmpty || types.contains(event.message.type))
                && (states.isEmpty || states.contains(event.message.state))
                && (saleChannels.isEmpty || saleChannels.contains(event.message.order.saleChannel))
    }

    public init(_ message: Returns_V1_EventFilter) {
        self.init(
            types: Set(message.types), states: Set(message.states), saleChannels: Set(message.saleChannels))
    }

    public var message: Returns_V1_EventFilter {
        .with {
            $0.types = types.sorted { $0.rawValue < $1.rawValue }
            $0.states = states.sorted { $0.rawValue < $1.rawValue }
            $0.saleChannels = saleChannels.sorted()
        }
    }
}

extension EventFilter {
    /// The API's own message, as requests bring it.
    func write(to writer: inout RecordWriter) {
        do {
            writer.write(try message.serializedBytes() as [UInt8])
        } catch {
            // Nothing in it is required, and Swift's texts are UTF-8.
            preconditionFailure("a filter cannot be encoded: \(error)")
        }
    }

    init(from reader: inout RecordReader) throws(RecordError) {
        guard let message = try? Returns_V1_EventFilter(serializedBytes: try reader.data()) else {
            throw RecordError(what: "a filter that is none")
        }
        guard !message.hasUnknownFields else { throw .newer("a field of the filter is unknown") }
        guard message.types.allSatisfy(\.isKnown), message.states.allSatisfy(\.isKnown) else {
            throw .newer("a value of the filter is unknown")
        }
        self.init(message)
    }
}

extension SwiftProtobuf.Enum where Self: CaseIterable & Equatable {
    fileprivate var isKnown: Bool { Self.allCases.contains(self) }
}
