import ReturnsAPI
import Testing

@testable import returnsctl

@Suite("schemas")
struct SchemaTests {
    @Test("a server of another schema is noticed, one that says nothing is not")
    func difference() {
        #expect(SchemaDifference.text(serverHash: ReturnsSchema.sha256) == nil)
        #expect(SchemaDifference.text(serverHash: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(SchemaDifference.text(serverHash: []) == nil)
        let text = SchemaDifference.text(serverHash: [1] + ReturnsSchema.sha256.dropFirst())
        #expect(text?.contains("schema is another") == true)
    }

    @Test("every method can be called by its name alone where that is unique")
    func methods() throws {
        #expect(try Call.method(named: "GetCase").method == CaseServiceMethods.getCase)
        #expect(try Call.method(named: "returns.v1.HealthService/Echo").method == HealthServiceMethods.echo)
        #expect(ReturnsSchema.methods.count > 50)
        #expect(Set(ReturnsSchema.methods.map(\.method.id)).count == ReturnsSchema.methods.count)
    }
}
