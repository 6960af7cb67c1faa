import ReturnsAPI
import ReturnsDomain

/// A request that asks for a step with the case that it targets. What it says becomes a command in one place, beside its
/// department's others.
package protocol CommandRequest: Sendable {
    var target: Returns_V1_CaseTarget { get }
    func command() throws(CaseRejection) -> Command
}
