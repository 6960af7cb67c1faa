import NIOCore
import RCP
import ReturnsDomain

extension RCPCallContext {
    var deadline: NIODeadline {
        deadlineNanoseconds.map { NIODeadline.uptimeNanoseconds($0) } ?? .distantFuture
    }

    /// The principal as the domain knows it.
    func actor() -> Actor { principal.actor(onBehalfOf: onBehalfOf ?? "") }
}
