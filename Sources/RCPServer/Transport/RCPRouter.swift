import Logging
import NIOCore
import RCP
import SwiftProtobuf

/// Finds a call's handler by method id, checks the caller's roles, and turns whatever the handler does into a
/// RESPONSE: decoded request, encoded reply, status for every error.
///
/// Built before the listener starts, one per event loop or one for all, then only read. It knows no connection:
/// `Route.respond` can be called without one.
public struct RCPRouter: RCPHandlerRegistry, Sendable {
    /// Runs where its caller runs, so that entering it is not a switch of executors. The exchange is there where the
    /// method streams.
    @usableFromInline typealias Handler =
        nonisolated(nonsending) @Sendable (RCPCallContext, RCPStreamExchange?) async throws -> RCPRoutedReply

    /// Tells whether the call's request was carried out before, at a server that knows all of its fields: APPLIED, NOT_APPLIED, or
    /// nil where nothing tells. Asked of a request of which this server does not know a field (SPEC.md §8.3).
    public typealias EarlierOutcome =
        @Sendable (any SwiftProtobuf.Message, RCPCallContext) async throws -> RCPOutcome?

    /// A class, so that handing it on costs one reference count instead of one for each of its parts.
    final class Route: Sendable {
        let method: RCPMethod
        /// Its place among those registered, from 0 on.
        let index: Int
        let roles: RCPRoleMask
        private let handler: Handler
        private let failures: RCPFailureReporter

        init(
            method: RCPMethod, index: Int, roles: RCPRoleMask, failures: RCPFailureReporter,
            handler: @escaping Handler
        ) {
            self.method = method
            self.index = index
            self.roles = roles
            self.failures = failures
            self.handler = handler
        }

        /// Runs the handler; whatever it throws becomes a status.
        nonisolated(nonsending) func respond(
            _ context: RCPCallContext, _ exchange: RCPStreamExchange?
        ) async -> RCPRoutedReply {
            do {
                return try await handler(context, exchange)
            } catch {
                return RCPRoutedReply(failures.status(of: error, context))
            }
        }

        /// No roles admit every authenticated principal.
        func admits(_ caller: RCPRoleMask) -> Bool { method.roles.isEmpty || roles.intersects(caller) }
    }

    private let failures: RCPFailureReporter
    @usableFromInline let earlier: EarlierOutcome?
    private(set) var roleTable = RCPRoleTable()
    /// By method id.
    private var routes: [Route?] = []
    private(set) var methodCount = 0
    /// By a route's index: what a call weighs that nothing is known of yet; nil for what is usual.
    private(set) var firstWeights: [Int?] = []

    /// - Parameters:
    ///   - failures: one for all routers of a server.
    ///   - earlier: without it nothing tells.
    public init(failures: RCPFailureReporter, earlier: EarlierOutcome? = nil) {
        self.failures = failures
        self.earlier = earlier
    }

    /// Every registered method, in the order of ids; the machine's table is made from it.
    public var methods: [RCPMethod] { routes.compactMap { $0?.method } }

    // MARK: Registering

    /// - Precondition: as of `add`.
    @inlinable
    public mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        _ method: RCPMethod,
        _ handler: @escaping @Sendable (Request, RCPCallContext) async throws -> RCPReply<Reply>
    ) {
        add(method, .unary) { [earlier] context, _ in
            let request = try await Self.request(Request.self, context, earlier)
            return try Self.encode(try await handler(request, context), of: method)
        }
    }

    /// - Precondition: as of `add`.
    @inlinable
    public mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        clientStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPCallContext) async throws -> RCPReply<Reply>
    ) {
        add(method, .clientStreaming) { context, exchange in
            let requests = RCPMessageStream<Request>(source: exchange!)
            return try Self.encode(try await handler(requests, context), of: method)
        }
    }

    /// - Precondition: as of `add`.
    @inlinable
    public mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        serverStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (Request, RCPReplyWriter<Reply>, RCPCallContext) async throws -> RCPStreamEnd
    ) {
        add(method, .serverStreaming) { [earlier] context, exchange in
            let request = try await Self.request(Request.self, context, earlier)
            let replies = RCPReplyWriter<Reply>(sink: exchange!)
            return RCPRoutedReply(try await handler(request, replies, context), of: method)
        }
    }

    /// - Precondition: as of `add`.
    @inlinable
    public mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        bidirectionalStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPReplyWriter<Reply>, RCPCallContext)
            async throws
            -> RCPStreamEnd
    ) {
        add(method, .bidirectionalStreaming) { context, exchange in
            let requests = RCPMessageStream<Request>(source: exchange!)
            let replies = RCPReplyWriter<Reply>(sink: exchange!)
            return RCPRoutedReply(try await handler(requests, replies, context), of: method)
        }
    }

    /// - Precondition: no other handler has the method's id, and the method is of this kind.
    @usableFromInline mutating func add(
        _ method: RCPMethod, _ kind: RCPCallKind, _ handler: @escaping Handler
    ) {
        precondition(method.kind == kind, "\(method.fullName) is \(method.kind), not \(kind)")
        let id = Int(method.id)
        if id >= routes.count { routes.append(contentsOf: repeatElement(nil, count: id + 1 - routes.count)) }
        precondition(routes[id] == nil, "method id \(id) is registered twice")
        routes[id] = Route(
            method: method, index: methodCount, roles: roleTable.intern(method.roles), failures: failures,
            handler: handler)
        firstWeights.append(nil)
        methodCount += 1
    }

    /// Calls of this method may read much for a small reply, so few of them are begun before the first shows what they read.
    ///
    /// - Precondition: the method is registered.
    public mutating func weigh(_ method: RCPMethod, firstBytes: Int) {
        firstWeights[route(method).index] = firstBytes
    }

    // MARK: Calling

    /// - Precondition: the method is registered; the connection's machine has refused any other.
    func route(_ method: RCPMethod) -> Route {
        guard let route = routes[Int(method.id)] else {
            preconditionFailure("no handler for \(method.fullName)")
        }
        return route
    }

    func mask(of principal: RCPPrincipal) -> RCPRoleMask { roleTable.mask(of: principal.roles) }

    /// Why this caller may not make this call; nil if it may. Costs nothing where a method is open to all.
    func refusal(of call: RCPInboundCall, _ route: Route, _ caller: RCPRoleMask) -> RCPStatus? {
        guard route.admits(caller) else { return .roleRequired(for: route.method) }
        if !call.metadata.isEmpty, call.metadata.text(forKey: RCPMetadata.onBehalfOfKey) != nil {
            return .grantRequired
        }
        return nil
    }

    /// - Throws: the status of a message that is not the method's, or that has a field which this server does not know.
    @inlinable nonisolated(nonsending) static func request<Request: SwiftProtobuf.Message>(
        _ type: Request.Type, _ context: RCPCallContext, _ earlier: EarlierOutcome?
    ) async throws -> Request {
        let request = try RCPMessageCodec.decodeLeniently(type, from: context.message, role: .server)
        if request.hasUnknownFields { throw await fieldUnknown(request, context, earlier) }
        return request
    }

    @usableFromInline nonisolated(nonsending) static func fieldUnknown(
        _ request: some SwiftProtobuf.Message, _ context: RCPCallContext, _ earlier: EarlierOutcome?
    ) async -> RCPStatus {
        guard context.method.idempotency == .mutation else { return .fieldUnknown(in: request, .nothingDone) }
        // What cannot be asked is not known.
        return switch try? await earlier?(request, context) {
        case .applied: .fieldUnknown(in: request, .doneBefore)
        case .notApplied: .fieldUnknown(in: request, .nothingDone)
        case .unknown, nil: .fieldUnknown(in: request, .unknown)
        }
    }

    @inlinable static func encode(
        _ reply: RCPReply<some SwiftProtobuf.Message>, of method: RCPMethod
    ) throws(RCPStatus) -> RCPRoutedReply {
        let outcome = method.sent(reply.outcome)
        let message: ByteBuffer
        do throws(RCPStatus) {
            if let encoded = reply.encoded {
                message = encoded
            } else {
                message = try RCPMessageCodec.encode(reply.message)
            }
        } catch {
            // What the handler did is done, whether or not it can be told.
            throw RCPStatus(code: error.code, outcome: outcome, text: error.text)
        }
        let head = RCPResponseHead(outcome: outcome, replayed: reply.replayed, trailers: reply.trailers)
        var routed = RCPRoutedReply(head: head, message: message)
        routed.drainsConnection = reply.drainsConnection
        routed.readBytes = reply.readBytes
        return routed
    }
}

/// What the router makes of a call: the two parts of a RESPONSE.
@usableFromInline struct RCPRoutedReply: Sendable {
    @usableFromInline var head: RCPResponseHead
    @usableFromInline var message: ByteBuffer?
    @usableFromInline var drainsConnection = false
    @usableFromInline var readBytes = 0

    @usableFromInline init(head: RCPResponseHead, message: ByteBuffer?) {
        self.head = head
        self.message = message
    }

    init(_ status: RCPStatus) {
        head = RCPResponseHead(status: status)
    }

    @usableFromInline init(_ end: RCPStreamEnd, of method: RCPMethod) {
        head = RCPResponseHead(outcome: method.sent(end.outcome), replayed: false, trailers: end.trailers)
    }
}

extension RCPMethod {
    /// SPEC.md §7.1: a read-only call has nothing to apply, whatever its handler says.
    @usableFromInline func sent(_ outcome: RCPOutcome) -> RCPOutcome {
        idempotency == .readOnly ? .notApplied : outcome
    }
}
