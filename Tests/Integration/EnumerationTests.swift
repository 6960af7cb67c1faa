import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import SwiftProtobuf
import Testing

/// The numbers of an enumeration are mapped as they are, so number and name have to agree in domain and protocol.
@Suite struct EnumerationTests {
    private func agree<Code: NamedCode, Wire: SwiftProtobuf.Enum & CaseIterable>(
        _ code: Code.Type, _ wire: Wire.Type, below limit: Int = .max
    )
    where Wire.RawValue == Int {
        let domain = Dictionary(
            uniqueKeysWithValues: Code.allCases.map { (Int($0.rawValue), $0.description) })
        let named = Wire.allCases.filter { $0.rawValue != 0 && $0.rawValue < limit }.map {
            ($0.rawValue, snakeCase("\($0)"))
        }
        #expect(Dictionary(uniqueKeysWithValues: named) == domain, "\(Code.self)")
    }

    private func snakeCase(_ swiftName: String) -> String {
        swiftName.reduce(into: "") { name, character in
            if character.isUppercase { name.append("_") }
            name += character.lowercased()
        }
    }

    @Test func numbersAndNamesAgree() {
        agree(Role.self, Returns_V1_Role.self)
        agree(CaseState.self, Returns_V1_CaseState.self)
        agree(Track.self, Returns_V1_Track.self)
        agree(CommandKind.self, Returns_V1_CommandKind.self)
        agree(CheckKind.self, Returns_V1_CheckKind.self)
        agree(CheckResult.self, Returns_V1_CheckResult.self)
        agree(ClockKind.self, Returns_V1_ClockKind.self)
        agree(ClockEnd.self, Returns_V1_ClockEnd.self)
        agree(IntakeChannel.self, Returns_V1_IntakeChannel.self)
        agree(ReturnMethod.self, Returns_V1_ReturnMethod.self)
        agree(DocumentType.self, Returns_V1_DocumentType.self)
        agree(PickupResult.self, Returns_V1_PickupResult.self)
        agree(ExceptionKind.self, Returns_V1_ExceptionKind.self)
        agree(UnitResolution.self, Returns_V1_UnitResolution.self)
        agree(RefundStatus.self, Returns_V1_RefundStatus.self)
        agree(OutboundKind.self, Returns_V1_OutboundKind.self)
        agree(OrderStatus.self, Returns_V1_OrderStatus.self)
        agree(PaymentMethod.self, Returns_V1_PaymentMethod.self)
        // Behind these are the types of what stands in no log.
        agree(CaseEventKind.self, Returns_V1_EventType.self, below: EventRecord.firstTypeOfNoCase)
    }
}
