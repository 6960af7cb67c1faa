import ReturnsDomain

extension Fixture {
    /// The opening of a case on an order of its own that is pushed with it.
    ///
    /// - Parameter partition: of an order, as the store has it.
    public static func opening(_ number: Int, partition: (OrderKey) -> Int) throws -> CaseTransition {
        var order = order(number: "SO-\(number)")
        order.version = 0
        let id = CaseID(at: monday, partition: partition(order.key), random: UInt32(number))
        return try Case.decide(
            nil, order: order, command: .submit(submission(id: id)), actor: Cast.shop, now: monday,
            policy: policy(), sla: .standard()
        ).get()
    }
}
