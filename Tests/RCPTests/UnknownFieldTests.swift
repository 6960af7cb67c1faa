import NIOCore
import SwiftProtobuf
import Testing

@testable import RCP

/// What a request has that this build does not know is found at any depth, and named (SPEC.md §8.3).
@Suite struct UnknownFieldTests {
    typealias Outer = Google_Protobuf_DescriptorProto

    /// Field 1999, a number that no message here has, as a varint.
    private static let unknown: [UInt8] = [0xF8, 0x7C, 1]

    private static func given<Message: SwiftProtobuf.Message>(_ message: Message) throws -> Message {
        try Message(serializedBytes: try message.serializedBytes() + unknown)
    }

    @Test func aMessageThatIsKnownHasNone() throws {
        let message = Outer.with { $0.nestedType = [.with { $0.name = "a" }] }
        #expect(message.unknownField == nil && !message.hasUnknownFields)
    }

    @Test func itsPlaceIsNamedAsTheProtoFileHasIt() throws {
        let outermost = try #require(try Self.given(Outer()).unknownField)
        #expect(outermost.place.isEmpty && outermost.number == 1_999 && outermost.path == "1999")
        let field = try Self.given(Google_Protobuf_FieldDescriptorProto.with { $0.name = "f" })
        let inner = Outer.with { $0.field = [.init(), field] }
        let message = Outer.with { $0.nestedType = [inner, try! Self.given(inner)] }
        let found = try #require(message.unknownField)
        #expect(found.place == "nested_type[0].field[1]" && found.path == "nested_type[0].field[1].1999")
        let options = try Outer.with { $0.options = try Self.given(.init()) }
        #expect(options.unknownField?.path == "options.1999")
    }

    /// A key may be anybody's name.
    @Test func aMessageOfAMapIsLookedIntoAndItsKeyNotTold() throws {
        let value = try Self.given(Google_Protobuf_Value.with { $0.boolValue = true })
        let message = Google_Protobuf_Struct.with { $0.fields = ["anna": .init(), "ben": value] }
        #expect(message.hasUnknownFields && message.unknownField?.path == "fields[].1999")
    }

    @Test func aLongPlaceIsCutAtItsBeginning() throws {
        var message = try Self.given(Outer())
        for _ in 0..<60 { message = Outer.with { $0.nestedType = [message] } }
        let place = try #require(message.unknownField?.place)
        #expect(place.utf8.count == UnknownField.placeBytesMax)
        #expect(place.hasPrefix("…") && place.hasSuffix(".nested_type[0]"))
    }

    /// A person who obeys must not act twice.
    @Test(arguments: UnknownFieldOutcome.allCases)
    func nothingIsSaidToBeUndoneThatMayHaveBeenDone(_ found: UnknownFieldOutcome) throws {
        let message = Outer.with { $0.options = try! Self.given(.init()) }
        let status = RCPStatus.fieldUnknown(in: message, found)
        #expect(status.code == .invalidArgument && status.text == status.details[0].text)
        #expect(
            status.details.map(\.reason) == ["FIELD_UNKNOWN"] && status.details[0].field == "options.1999")
        #expect(status.text.hasPrefix("options: this server does not know field 1999, "))
        #expect(status.text.contains("nothing was done") == (status.outcome == .notApplied))
        #expect((status.outcome == .notApplied) == (found == .nothingDone))
    }
}
