import RCP
import Testing

/// What stands at a limit, or has crossed another frame on the way, is legal.
@Suite struct AcceptedVectorTests {
    @Test(arguments: AcceptedVector.all)
    func legalInputHasItsActions(_ vector: AcceptedVector) {
        var runner = VectorRunner(vector.role)
        _ = runner.run(VectorFixture.shared.steps(vector.role, given: vector.given))
        let actions = runner.run(vector.steps)
        #expect(actions.map(\.name) == vector.actions)
        for (stream, bytes) in vector.credit ?? [:] {
            #expect(runner.creditSent[UInt32(stream)!, default: 0] >= bytes)
        }
    }
}
