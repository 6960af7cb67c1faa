import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import SwiftProtobuf
import Testing

/// The domain's enumerations are generated from the .proto files, but for what happened: the protocol has types that no case has.
@Suite struct EnumerationTests {
    private func snakeCase(_ swiftName: String) -> String {
        swiftName.reduce(into: "") { name, character in
            if character.isUppercase { name.append("_") }
            name += character.lowercased()
        }
    }

    @Test func whatHappensToACaseHasOneNumberAndOneName() {
        let domain = CaseEventKind.allCases.map { "\($0.rawValue) \($0)" }
        let wire = Returns_V1_EventType.allCases.filter {
            (1..<EventRecord.firstTypeOfNoCase).contains($0.rawValue)
        }
        #expect(domain == wire.map { "\($0.rawValue) \(snakeCase("\($0)"))" })
    }
}
