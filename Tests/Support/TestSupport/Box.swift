public import Synchronization

/// A value that tasks, loops and the test share.
public final class Box<Value: Sendable>: Sendable {
    public let value: Mutex<Value>

    public init(_ value: Value) { self.value = Mutex(value) }
}
