import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf
import Testing

@testable import ReturnsServer

/// What of an event a follower is sent.
@Suite("What followers see of events") struct EventViewTests {
    /// A field 2000 that only a newer server knows.
    private static let newField: [UInt8] = [0x82, 0x7D, 0x02, 0x68, 0x69]

    private func event(_ change: (inout Returns_V1_Event) -> Void) -> OutboxEvent {
        OutboxEvent(
            id: EventID(partition: 3, position: .init(milliseconds: 5, sequence: 0)),
            .with {
                $0.type = .noted
                $0.state = .submitted
                $0.order.saleChannel = "online"
                change(&$0)
            }, storedBytes: 40)
    }

    private func view(_ roles: Set<Role>, _ filter: EventFilter = EventFilter()) -> EventView {
        EventView(
            filter,
            for: RCPPrincipal(
                name: "x", roles: Set(roles.map(\.description)),
                attributes: ReturnsPrincipal(saleChannels: .channels(["online"]))))
    }

    @Test("the desk is sent an event as it is stored, also what this server does not know of it")
    func desk() throws {
        let assigned = event {
            $0.type = .assigned
            $0.assigned.person = "wim"
            $0.assigned = try! .init(
                serializedBytes: try! $0.assigned.serializedBytes() as [UInt8] + Self.newField)
        }
        let shown = try #require(view([.service]).show(assigned))
        #expect(shown == assigned.message && shown.assigned.person == "wim")
        #expect(try (shown.assigned.serializedBytes() as [UInt8]).suffix(5) == Self.newField)
    }

    @Test("a sale channel's principal is told no persons, nor what this server does not know")
    func channel() throws {
        let assigned = event {
            $0.type = .UNRECOGNIZED(77)
            $0.assigned.role = .warehouse
            $0.assigned.person = "wim"
            $0.assigned.team = "day"
            $0.assigned = try! .init(
                serializedBytes: try! $0.assigned.serializedBytes() as [UInt8] + Self.newField)
        }
        var expected = assigned.message
        expected.assigned = .with { $0.role = .warehouse }
        #expect(view([.channel]).show(assigned) == expected)
        let late = event {
            $0.type = .clockEscalated
            $0.clock.kind = .review
            $0.clock.alert.role = .supervisor
            $0.clock.alert.target = "sue"
        }
        let shown = try #require(view([.channel]).show(late))
        #expect(shown.clock.alert == .with { $0.role = .supervisor } && shown.clock.kind == .review)
        #expect(view([.service]).show(late)?.clock.alert.target == "sue")
    }

    @Test("a filter goes by the numbers, also those of a newer server; what is damaged passes")
    func filters() {
        let newer = event {
            $0.type = .UNRECOGNIZED(77)
            $0.state = .UNRECOGNIZED(99)
        }
        #expect(view([.service], EventFilter(types: [.UNRECOGNIZED(77)])).show(newer) != nil)
        #expect(view([.service], EventFilter(types: [.noted])).show(newer) == nil)
        #expect(view([.service], EventFilter(states: [.UNRECOGNIZED(99)])).show(newer) != nil)
        #expect(view([.service], EventFilter(states: [.closed])).show(newer) == nil)
        let damaged = event {
            $0.type = .unreadable
            $0.clearOrder()
        }
        #expect(view([.channel], EventFilter(types: [.noted], states: [.closed])).show(damaged) != nil)
    }

    @Test("a filter that names what no case does is refused, with the words that there are")
    func refused() throws {
        for (type, code) in [
            (Returns_V1_EventType.UNRECOGNIZED(77), "VALUE_UNKNOWN"), (.unreadable, "VALUE_UNKNOWN"),
            (.ping, "VALUE_UNKNOWN"), (.unspecified, "FIELD_REQUIRED"),
        ] {
            let refused = #expect(throws: CaseRejection.self) {
                try EventFilter(.with { $0.types = [.noted, type] }, limits: EventLimits())
            }
            #expect(refused?.code == code && refused?.field == "filter.types[1]")
            #expect(refused?.text.contains("refund_succeeded") == true)
        }
    }
}
