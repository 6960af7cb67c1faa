import MoneyFormat
import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Currencies are those of ISO 4217 (D14).
@Suite struct CurrencyTests {
    @Test func theTableIsOfCodes() {
        #expect(ISO4217.codes.count == 157)
        #expect(ISO4217.codes.allSatisfy { CurrencyCode($0) != nil })
        for code in ["EUR", "GBP", "USD", "CNY", "JPY", "SGD", "BGN", "XCG", "KWD", "XOF"] {
            #expect(ISO4217.codes.contains(code))
        }
        for code in ["RMB", "XXX", "XTS", "XAU", "CLF", "HRK", "DEM", "ABC"] {
            #expect(!ISO4217.codes.contains(code))
        }
        #expect(MoneyFormat.exponent("JPY") == 0 && MoneyFormat.exponent("KWD") == 3)
        #expect(MoneyFormat.exponent("CNY") == 2)
    }

    private static func put(_ code: String, over known: Order? = nil) -> Result<OrderUpdate, CaseRejection> {
        var order = Fixture.order()
        order.currency = CurrencyCode(code)!
        return Order.put(order, over: known, actor: Cast.shop, now: Fixture.monday)
    }

    @Test func whatIsMeantIsSaid() {
        guard case .failure(let rejection) = Self.put("RMB") else { return #expect(Bool(false)) }
        #expect(rejection.code == "CURRENCY_UNKNOWN")
        #expect(rejection.text == "RMB is no currency of ISO 4217; give the code of one: write CNY")
        guard case .failure(let other) = Self.put("ABC") else { return #expect(Bool(false)) }
        #expect(other.text == "ABC is no currency of ISO 4217; give the code of one, such as GBP")
    }

    /// An order of before goes on: its goods arrive, and it is pushed again.
    @Test func anOrderOfBeforeIsBroughtUpToDate() throws {
        var known = Fixture.order()
        known.currency = CurrencyCode("RMB")!
        known.status = .placed
        guard case .success(.updated(let order)) = Self.put("RMB", over: known) else {
            return #expect(Bool(false))
        }
        #expect(order.currency.description == "RMB" && order.status == .delivered)
        guard case .failure = Self.put("XBT", over: known) else { return #expect(Bool(false)) }
    }
}
