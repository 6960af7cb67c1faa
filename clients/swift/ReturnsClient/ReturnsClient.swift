@_exported public import RCP
@_exported public import RCPClient
public import RCPServices
@_exported public import ReturnsAPI

/// A client of returnsd: RCPClient, with the services of returns.v1 as properties.
public typealias ReturnsClient = RCPClient

extension RCPClientConfiguration {
    /// For a returnsd, which failures then name.
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

extension RCPClient {
    public var cases: CaseServiceClient { CaseServiceClient(caller: self) }
    public var orders: OrderServiceClient { OrderServiceClient(caller: self) }
    public var clocks: ClockServiceClient { ClockServiceClient(caller: self) }
    public var policies: PolicyServiceClient { PolicyServiceClient(caller: self) }
    public var slaPolicies: SlaPolicyServiceClient { SlaPolicyServiceClient(caller: self) }
    public var calendars: CalendarServiceClient { CalendarServiceClient(caller: self) }
    public var events: EventServiceClient { EventServiceClient(caller: self) }
    public var webhooks: WebhookServiceClient { WebhookServiceClient(caller: self) }
    public var admin: AdminServiceClient { AdminServiceClient(caller: self) }
    public var health: HealthServiceClient { HealthServiceClient(caller: self) }
    public var discovery: DiscoveryServiceClient { DiscoveryServiceClient(caller: self) }
}
