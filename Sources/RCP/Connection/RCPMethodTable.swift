/// The methods a server has, by the id in the header. Built once, then only read.
public struct RCPMethodTable: Sendable {
    private let methods: [RCPMethod]
    /// Position in `methods` by method id, −1 where there is none; as long as the highest id needs.
    private let positions: [Int16]

    /// - Precondition: ids are unique. Two methods under one id are a defect of the .proto files.
    public init(_ methods: [RCPMethod]) {
        precondition(methods.count <= Int(Int16.max), "too many methods")
        var positions = [Int16](repeating: -1, count: Int(methods.map(\.id).max() ?? 0) + 1)
        for (position, method) in methods.enumerated() {
            precondition(positions[Int(method.id)] < 0, "method id \(method.id) is used twice")
            positions[Int(method.id)] = Int16(position)
        }
        self.methods = methods
        self.positions = positions
    }

    /// The method of that id; nil if the server has none.
    public subscript(id: UInt16) -> RCPMethod? {
        guard Int(id) < positions.count else { return nil }
        let position = positions[Int(id)]
        return position < 0 ? nil : methods[Int(position)]
    }

    /// Every method, in the order in which they were given.
    public var all: [RCPMethod] { methods }
}
