import ReturnsDomain

/// The store as somebody bound to sale channels sees it. Cases and orders are decoded in one place, and there those of other
/// channels are as absent as those that never were; so no way of loading one can forget the scope.
extension ReturnsStore {
    /// The same store within a scope. It costs one small object.
    public func within(_ scope: SaleChannelScope) -> ReturnsStore {
        scope == self.scope ? self : ReturnsStore(redis: redis, identity: identity, scope: scope)
    }

    /// What is counted or walked over whole partitions cannot be told by sale channel, so nobody who is bound gets it.
    ///
    /// - Throws: `outsideScope`.
    public func requireEveryChannel() throws(StoreError) {
        guard scope == .all else {
            throw StoreError(.outsideScope, "asked over all sale channels by somebody bound to some")
        }
    }

    /// What is written holds the scope too, should a caller have decided on something that it did not load here.
    ///
    /// - Throws: `outsideScope`.
    func require(_ order: OrderKey) throws(StoreError) {
        guard scope.holds(order.saleChannel) else {
            throw StoreError(.outsideScope, "a change of a sale channel that the caller is not bound to")
        }
    }
}
