public import NIOCore
import Synchronization

/// What an exchange asks of the connection it belongs to, on the connection's event loop.
public protocol RCPStreamDriver: AnyObject {
    /// The oldest message that was delivered has been taken.
    func messageTaken(stream: UInt32)

    /// - Throws: the status with which the connection refuses the message; nothing is sent of it.
    func send(stream: UInt32, message: ByteBuffer) throws(RCPStatus) -> RCPSendAction

    /// Says that no more messages follow.
    func endMessages(stream: UInt32)

    /// Sends what the calls above have made ready, now or soon.
    func flush()
}

/// Between a connection, which lives on its event loop, and the task that reads and writes a call's messages, which may
/// run anywhere. On the loop itself, reading a message that is there and writing one for which there is room cost no
/// suspension.
///
/// `@unchecked Sendable`: the mutable state is touched on the event loop only.
public final class RCPStreamExchange: RCPMessageSource, RCPMessageSink, @unchecked Sendable {
    /// Whose end of the call this is.
    public let role: RCPRole
    /// Whether the call is known to change nothing.
    public let isReadOnly: Bool
    private let eventLoop: any EventLoop
    private let stream: UInt32
    /// nil once the connection has nothing more to learn from here.
    private var driver: (any RCPStreamDriver)?
    /// How the call has ended.
    private var end: Result<Void, any Error>?

    // Reading.
    private var messages = CircularBuffer<ByteBuffer>()
    private var hasLastMessage: Bool
    private var isReadingStopped = false
    private var reader: CheckedContinuation<ByteBuffer?, any Error>?

    // Writing.
    private var isFull = false
    private var writers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    private let lastWriter = Atomic<UInt64>(0)

    // Waiting for the end.
    private var enders: [UInt64: CheckedContinuation<Void, any Error>] = [:]

    /// - Parameter expectsMessages: whether the peer sends a message stream.
    public init(
        role: RCPRole, method: RCPMethod, stream: UInt32, expectsMessages: Bool, eventLoop: any EventLoop,
        driver: any RCPStreamDriver
    ) {
        self.role = role
        isReadOnly = method.idempotency == .readOnly
        self.stream = stream
        hasLastMessage = !expectsMessages
        self.eventLoop = eventLoop
        self.driver = driver
    }

    // MARK: From the connection

    /// A message has come. It is copied if nobody waits for it, since it may be a slice of a large read buffer.
    public func deliver(_ message: ByteBuffer, isLast: Bool = false) {
        if isLast { hasLastMessage = true }
        if isReadingStopped {
            driver?.messageTaken(stream: stream)
            return
        }
        guard let reader else {
            var copy = ByteBuffer()
            copy.writeImmutableBuffer(message)
            return messages.append(copy)
        }
        self.reader = nil
        driver?.messageTaken(stream: stream)
        reader.resume(returning: message)
    }

    /// The peer has ended its stream.
    public func endMessages() {
        hasLastMessage = true
        reader?.resume(returning: nil)
        reader = nil
    }

    /// There is room for more.
    public func resumeWriters() {
        isFull = false
        let waiting = writers
        writers = [:]
        for writer in waiting.values { writer.resume() }
    }

    /// The call has been answered: what was delivered can still be read, and then comes `failure`, if there is one, or
    /// the end.
    public func finish(_ failure: RCPStatus? = nil) {
        guard end == nil else { return }
        ended(failure.map { .failure($0) } ?? .success(()))
        if messages.isEmpty { driver = nil }
    }

    /// The call has ended without an answer, or nobody reads its messages: whoever reads or writes on learns why.
    public func fail(_ failure: any Error) {
        if end == nil { ended(.failure(failure)) }
        dropMessages()
    }

    private func ended(_ end: Result<Void, any Error>) {
        self.end = end
        hasLastMessage = true
        if let reader {
            // It waits, so nothing is left to be read.
            self.reader = nil
            reader.resume(with: end.map { nil })
        }
        let waiting = writers
        writers = [:]
        for writer in waiting.values { writer.resume(throwing: writeFailure) }
        let waitingForEnd = enders
        enders = [:]
        for ender in waitingForEnd.values { ender.resume() }
    }

    /// Returns when the call has ended, whichever way; throws `CancellationError` if the task is cancelled before.
    public func waitForEnd() async throws {
        let id = lastWriter.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop {
                    if self.end != nil { return continuation.resume() }
                    self.enders[id] = continuation
                }
                if Task.isCancelled { onLoop { self.cancelEnder(id) } }
            }
        } onCancel: {
            onLoop { self.cancelEnder(id) }
        }
    }

    private func cancelEnder(_ id: UInt64) {
        enders.removeValue(forKey: id)?.resume(throwing: CancellationError())
    }

    // MARK: Reading

    /// The next message, nil behind the last; throws the `RCPStatus` of a call that failed, or `CancellationError`.
    public func nextMessage() async throws -> ByteBuffer? {
        try Task.checkCancellation()
        if eventLoop.inEventLoop, let message = take() { return try message.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop { self.read(continuation) }
                // A cancellation from before this line found no reader.
                if Task.isCancelled { onLoop { self.cancelReader() } }
            }
        } onCancel: {
            onLoop { self.cancelReader() }
        }
    }

    /// - Returns: nil if nothing can be said yet.
    private func take() -> Result<ByteBuffer?, any Error>? {
        if let message = messages.popFirst() {
            driver?.messageTaken(stream: stream)
            driver?.flush()
            if end != nil, messages.isEmpty { driver = nil }
            return .success(message)
        }
        if case .failure(let failure) = end { return .failure(failure) }
        return hasLastMessage ? .success(nil) : nil
    }

    private func read(_ continuation: CheckedContinuation<ByteBuffer?, any Error>) {
        if let message = take() { return continuation.resume(with: message) }
        precondition(reader == nil, "two tasks read one message stream")
        reader = continuation
    }

    private func cancelReader() {
        reader?.resume(throwing: CancellationError())
        reader = nil
    }

    /// Reads no more: what has come is let go, and so is what still comes.
    ///
    /// - Returns: whether the call has been answered.
    public func stopReading() async -> Bool {
        await withCheckedContinuation { continuation in
            onLoop {
                self.isReadingStopped = true
                self.dropMessages()
                continuation.resume(returning: self.end != nil)
            }
        }
    }

    private func dropMessages() {
        for _ in messages { driver?.messageTaken(stream: stream) }
        messages.removeAll()
        if end != nil { driver = nil } else { driver?.flush() }
    }

    // MARK: Writing

    /// Queues a message, and waits while the peer reads too slowly; throws how the call has ended, or `CancellationError`.
    public func send(_ message: ByteBuffer) async throws {
        try Task.checkCancellation()
        let hasRoom =
            eventLoop.inEventLoop
            ? try write(message)
            : try await eventLoop.submit { try self.write(message) }.get()
        if !hasRoom { try await waitForRoom() }
    }

    /// Says that no more messages follow.
    public func endMessages() async {
        await withCheckedContinuation { continuation in
            onLoop {
                if self.end == nil, let driver = self.driver {
                    driver.endMessages(stream: self.stream)
                    driver.flush()
                }
                continuation.resume()
            }
        }
    }

    /// - Returns: whether the writer may go on.
    private func write(_ message: ByteBuffer) throws -> Bool {
        guard end == nil, let driver else { throw writeFailure }
        let action = try driver.send(stream: stream, message: message)
        // Before the flush, which may make room at once.
        if action == .wait { isFull = true }
        driver.flush()
        switch action {
        case .goOn: return true
        case .wait: return !isFull
        case .ended: throw writeFailure
        }
    }

    private var writeFailure: any Error {
        if case .failure(let failure) = end { return failure }
        return RCPStreamEnded()
    }

    private func waitForRoom() async throws {
        let id = lastWriter.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop { self.wait(continuation, id) }
                if Task.isCancelled { onLoop { self.cancelWriter(id) } }
            }
        } onCancel: {
            onLoop { self.cancelWriter(id) }
        }
    }

    private func wait(_ continuation: CheckedContinuation<Void, any Error>, _ id: UInt64) {
        if end != nil { return continuation.resume(throwing: writeFailure) }
        // There may be room since the message was queued.
        guard isFull else { return continuation.resume() }
        writers[id] = continuation
    }

    private func cancelWriter(_ id: UInt64) {
        writers.removeValue(forKey: id)?.resume(throwing: CancellationError())
    }

    private func onLoop(_ work: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { work() } else { eventLoop.execute(work) }
    }
}
