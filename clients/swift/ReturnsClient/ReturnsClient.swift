public import Logging
public import NIOCore
public import NIOPosix
@_exported public import RCP
@_exported public import RCPClient
public import RCPServices
@_exported public import ReturnsAPI

/// A client of returnsd: RCPClient, with the services of returns.v1 as properties.
public typealias ReturnsClient = RCPClient

extension RCPClientConfiguration {
    /// For a returnsd, which failures then name.
    ///
    /// - Parameter clientName: for the server's log: program and version.
    public static func returnsd(
        address: RCPAddress = .standard, credentials: RCPCredentials,
        clientName: String = "ReturnsClient (Swift)"
    ) -> RCPClientConfiguration {
        var configuration = RCPClientConfiguration(
            address: address, credentials: credentials, clientName: clientName)
        configuration.serverProgram = "returnsd"
        return configuration
    }
}

/// Runs `body` with a client, and shuts the client down when `body` has ended, whichever way.
///
/// A program that lives on makes the client itself and runs it in a `ServiceGroup`.
///
/// - Parameter group: where the connections live; the process-wide group unless told.
/// - Throws: what `body` throws; of calls that is `RCPStatus`.
nonisolated(nonsending) public func withReturnsClient<Result: Sendable>(
    _ configuration: RCPClientConfiguration, logger: Logger? = nil,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    _ body: nonisolated(nonsending) (ReturnsClient) async throws -> Result
) async throws -> Result {
    let client = ReturnsClient(configuration: configuration, logger: logger, group: group)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

extension RCPClient {
    /// Cases: submitting, commands, lists, timelines.
    public var cases: CaseServiceClient { CaseServiceClient(caller: self) }
    /// Orders, as order systems push them, and their payments.
    public var orders: OrderServiceClient { OrderServiceClient(caller: self) }
    /// Deadlines: what is due, what to do next, the board.
    public var clocks: ClockServiceClient { ClockServiceClient(caller: self) }
    /// Return policies by version.
    public var policies: PolicyServiceClient { PolicyServiceClient(caller: self) }
    /// SLA policies by version: the targets of deadlines.
    public var slaPolicies: SlaPolicyServiceClient { SlaPolicyServiceClient(caller: self) }
    /// Working calendars by version.
    public var calendars: CalendarServiceClient { CalendarServiceClient(caller: self) }
    /// The log of events, and its consumer groups. `follow(from:filter:options:_:)` reads it over lost connections.
    public var events: EventServiceClient { EventServiceClient(caller: self) }
    /// Webhooks: events that the server posts.
    public var webhooks: WebhookServiceClient { WebhookServiceClient(caller: self) }
    /// Principals, the store and the server itself.
    public var admin: AdminServiceClient { AdminServiceClient(caller: self) }
    /// Whether the server works.
    public var health: HealthServiceClient { HealthServiceClient(caller: self) }
    /// What the server's .proto files say.
    public var discovery: DiscoveryServiceClient { DiscoveryServiceClient(caller: self) }
}
