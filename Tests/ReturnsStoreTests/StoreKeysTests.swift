import Foundation
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

/// What a key is, is told by what stands directly behind its partition's tag, whatever the numbers in it hold.
@Suite struct StoreKeysTests {
    private static let keys = StoreKeys(partition: 3)
    private static let hostile = [
        "x}:index:y", "A}:running:B", "}:case:\(Fixture.caseID(1))", "{p04}:deadlines", "}:order:",
        "}:deadlines",
    ]

    @Test(arguments: hostile) func anOrderNumberNamesNoOtherKey(_ number: String) {
        let key = Self.keys.order(OrderKey(saleChannel: "online", orderNumber: number))
        #expect(StoreKeys.isOrder(key) && !StoreKeys.holdsCases(key) && !StoreKeys.holdsClocks(key))
        #expect(StoreKeys.caseID(ofKey: key) == nil)
    }

    @Test(arguments: hostile) func aTrackingNumberNamesNoOtherKey(_ number: String) {
        let key = Self.keys.index(.waybill(number))
        #expect(StoreKeys.holdsCases(key) && !StoreKeys.isOrder(key) && !StoreKeys.holdsClocks(key))
        #expect(StoreKeys.caseID(ofKey: key) == nil)
    }

    /// What is found by its type is a key of the schema, and the other way round. Records of cases and orders are looked at where they
    /// are read.
    @Test func eachKeyOfAPartitionHasTheTypeThatTheSchemaStates() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/ReturnsStore/Keys/StoreKeys.swift")
        let rows = try String(contentsOf: file, encoding: .utf8)
            .matches(of: #/\n///     \{pNN\}:(\S+) +(hash|list|string|zset|stream) /#)
        #expect(rows.count > 15)
        for row in rows where !row.1.hasPrefix("order:") && !row.1.hasPrefix("case:") {
            #expect(StoreKeys.type(ofKey: "{p03}:\(row.1)") == String(row.2), "\(row.1)")
        }
        #expect(StoreKeys.type(ofKey: "{p03}:case:X") == nil && StoreKeys.type(ofKey: StoreKeys.store) == nil)
    }

    @Test func eachKeyIsWhatItIs() {
        let id = Fixture.caseID(1)
        #expect(StoreKeys.caseID(ofKey: Self.keys.returnCase(id)) == id)
        #expect(StoreKeys.caseID(ofKey: Self.keys.timeline(id)) == nil)
        #expect(StoreKeys.holdsClocks(Self.keys.deadlines))
        #expect(StoreKeys.holdsClocks(StoreKeys(partition: 255).running(.refund)))
        #expect(StoreKeys.holdsCases(Self.keys.index(.all)) && StoreKeys.holdsCases(Self.keys.changed))
        #expect(
            StoreKeys.holdsLostRefunds(Self.keys.lostRefunds)
                && !StoreKeys.holdsLostRefunds(Self.keys.changed))
        for key in [Self.keys.outbox, Self.keys.outboxTrimmed, Self.keys.outboxHeld, StoreKeys.eventGroups] {
            #expect(!StoreKeys.isOrder(key) && !StoreKeys.holdsCases(key) && !StoreKeys.holdsClocks(key))
            #expect(StoreKeys.caseID(ofKey: key) == nil)
        }
        for foreign in [
            "", "{p03}", "{p03}order:x:y", "{user}:order:x:y", "order:{p03}:order:x", StoreKeys.store,
        ] {
            #expect(
                !StoreKeys.isOrder(foreign) && !StoreKeys.holdsCases(foreign)
                    && !StoreKeys.holdsClocks(foreign))
        }
    }
}
