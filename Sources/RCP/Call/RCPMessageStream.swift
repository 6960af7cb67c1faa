import NIOCore
public import SwiftProtobuf

/// Where the messages of a stream come from, as bytes; a connection's driver provides it.
public protocol RCPMessageSource: AnyObject, Sendable {
    /// The role that reads, which decides how an undecodable message is told (SPEC.md M57).
    var role: RCPRole { get }
    /// Whether the method changes nothing, so that no failure leaves a doubt of it.
    var isReadOnly: Bool { get }

    /// The next message; nil once the peer has ended its stream.
    ///
    /// - Throws: `RCPStatus` if the call has failed, `CancellationError` if it or the reading task was cancelled.
    func nextMessage() async throws -> ByteBuffer?
}

/// The messages that the peer streams, in order, each once. Reading one lets the peer send on (SPEC.md §5.3), so a
/// reader that stops holds up its own stream and nothing else.
///
/// One task reads at a time, and iterating again goes on where the last iteration stopped.
public struct RCPMessageStream<Message: SwiftProtobuf.Message & Sendable>: AsyncSequence, Sendable {
    @usableFromInline let source: any RCPMessageSource

    /// - Parameter source: gives the encoded messages, one at a time.
    @inlinable public init(source: any RCPMessageSource) { self.source = source }

    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline let source: any RCPMessageSource

        @inlinable init(source: any RCPMessageSource) { self.source = source }

        /// - Throws: as `RCPMessageSource.nextMessage`, and the status of a message that is not of the method's type.
        @inlinable public mutating func next() async throws -> Message? {
            guard let bytes = try await source.nextMessage() else { return nil }
            do throws(RCPStatus) {
                let message = try RCPMessageCodec.decodeLeniently(
                    Message.self, from: bytes, role: source.role)
                if source.role == .server, message.hasUnknownFields {
                    throw .fieldUnknown(in: message, source.isReadOnly ? .nothingDone : .amidStream)
                }
                return message
            } catch {
                // SPEC.md §10: what the handler has done with the messages before is not known here.
                var status = error
                status.outcome = source.isReadOnly ? .notApplied : .unknown
                throw status
            }
        }
    }

    @inlinable public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: source) }
}
