public import ReturnsWire

extension ReturnsClient {
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
