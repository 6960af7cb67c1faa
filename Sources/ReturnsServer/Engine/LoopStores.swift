import NIOCore
import NIOPosix
import ReturnsStore

/// One store per event loop; a call uses that of the loop it runs on and so never leaves its thread.
public struct LoopStores: Sendable {
    private let stores: [ObjectIdentifier: ReturnsStore]
    private let fallback: ReturnsStore

    public init(_ stores: [ReturnsStore]) {
        precondition(!stores.isEmpty, "at least one event loop")
        fallback = stores[0]
        self.stores = Dictionary(
            uniqueKeysWithValues: stores.map { (ObjectIdentifier($0.redis.eventLoop), $0) })
    }

    /// The store of the loop that runs now; off the loops, the first one's, which then costs a hop.
    public var current: ReturnsStore {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return fallback }
        return stores[ObjectIdentifier(loop)] ?? fallback
    }

    public var all: [ReturnsStore] { Array(stores.values) }
}
