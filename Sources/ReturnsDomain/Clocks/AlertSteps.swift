/// A value for each warning of a clock, or for each level of its escalation, the first at index 0.
///
/// There are few, so they are kept in place: a clock has six such lists, and is copied with every case.
@frozen public struct AlertSteps<Value: Hashable & Sendable>: Hashable, Sendable {
    @usableFromInline var first: Value?
    @usableFromInline var second: Value?
    @usableFromInline var third: Value?

    @inlinable public init() {}

    /// - Parameter values: No more than `countMax`.
    @inlinable public init(_ values: some Sequence<Value>) {
        for value in values { append(value) }
    }

    @inlinable public static var countMax: Int { 3 }

    @inlinable public var isFull: Bool { third != nil }

    /// Behind the last; not where they are full.
    @inlinable public mutating func append(_ value: Value) {
        precondition(!isFull, "a clock does not fire so often")
        if first == nil {
            first = value
        } else if second == nil {
            second = value
        } else {
            third = value
        }
    }

    @inlinable public func map<Result>(_ transform: (Value) -> Result) -> AlertSteps<Result> {
        var results = AlertSteps<Result>()
        results.first = first.map(transform)
        results.second = second.map(transform)
        results.third = third.map(transform)
        return results
    }
}

extension AlertSteps: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { third != nil ? 3 : second != nil ? 2 : first != nil ? 1 : 0 }

    @inlinable public subscript(index: Int) -> Value {
        guard let value = index == 0 ? first : index == 1 ? second : index == 2 ? third : nil else {
            preconditionFailure("a clock has no such step")
        }
        return value
    }
}

extension AlertSteps: ExpressibleByArrayLiteral {
    @inlinable public init(arrayLiteral elements: Value...) { self.init(elements) }
}
