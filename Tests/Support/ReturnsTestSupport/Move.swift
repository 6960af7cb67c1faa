import ReturnsDomain

/// A command and who gives it.
public struct Move: Sendable, Hashable {
    public var command: Command
    public var actor: Actor

    public init(_ command: Command, _ actor: Actor) {
        self.command = command
        self.actor = actor
    }
}
