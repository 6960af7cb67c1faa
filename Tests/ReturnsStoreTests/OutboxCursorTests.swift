import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

@Suite struct OutboxCursorTests {
    private static func cursor(_ seed: UInt64, partitions: Int = 64) -> OutboxCursor {
        var generator = SeededGenerator(seed: seed)
        let now: UInt64 = 1_790_000_000_000
        return OutboxCursor(
            positions: (0..<partitions).map { _ in
                switch UInt8.random(in: 0..<4, using: &generator) {
                case 0: .zero
                case 1: OutboxID(milliseconds: now, sequence: .max)
                default:
                    OutboxID(
                        milliseconds: now - .random(in: 0..<1_000_000_000, using: &generator),
                        sequence: .random(in: 0..<5, using: &generator))
                }
            }, seenThroughMilliseconds: Int64(now) - 10_000)
    }

    @Test(arguments: 0..<20) func itsTextIsReadBack(seed: UInt64) {
        let cursor = Self.cursor(seed)
        #expect(OutboxCursor(cursor.text, partitions: 64) == cursor)
        #expect(OutboxCursor(cursor.text, partitions: 32) == nil)
        #expect(cursor.text.utf8.count < 1_000)
    }

    /// A cursor that lost a letter, or has another one, would skip events in silence.
    @Test func oneThatWasDamagedIsRefused() {
        let text = Self.cursor(7).text
        for index in text.indices {
            var other = text
            other.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(OutboxCursor(other, partitions: 64) == nil)
            #expect(OutboxCursor(String(text[..<index]), partitions: 64) == nil)
        }
        for other in [text + "A", "", "A", "=", "é", String(repeating: "A", count: 100_000)] {
            #expect(OutboxCursor(other, partitions: 64) == nil)
        }
    }

    @Test func theBeginningIsShort() {
        let cursor = OutboxCursor(positions: Array(repeating: .zero, count: 64))
        #expect(OutboxCursor(cursor.text, partitions: 64) == cursor)
        #expect(cursor.text.utf8.count < 110)
    }

    @Test(arguments: ["p03-17-0", "p00-1-18446744073709551615", "p63-0-0"])
    func anEventsIDIsReadBack(_ text: String) {
        #expect(EventID(text, partitions: 64)?.description == text)
    }

    @Test(arguments: [
        "", "p03", "p03-17", "p3-17-0", "p64-17-0", "p03-017-0", "p03-17-0-1", "p03-17-x", "03-17-0",
        "p+3-17-0",
        "p03--0", "p03-18446744073709551616-0",
    ])
    func whatIsNoIDIsRefused(_ text: String) { #expect(EventID(text, partitions: 64) == nil) }

    @Test func aTimeStandsBehindWhatWasBeforeIt() {
        let place = OutboxID(before: Instant(milliseconds: 10))
        #expect(OutboxID(milliseconds: 9, sequence: 1_000) < place)
        #expect(place < OutboxID(milliseconds: 10, sequence: 0))
        #expect(OutboxID(before: Instant(milliseconds: 0)) == .zero)
    }
}
