import CoreMetrics
import RCP
import Synchronization

/// What the listener counts. Names of services, methods, codes and rows are all that its labels hold.
public final class RCPServerMetrics: Sendable {
    /// By name, for the registry.
    public static let help = [
        "rcp_server_connections_opened_total": "Connections accepted.",
        "rcp_server_connections_refused_total": "Connections refused in the handshake, by REFUSED code.",
        "rcp_server_connections_overloaded_total":
            "Connections that found no place, or lost it, by limit: connections, principal, address, handshakes, address_handshakes, displaced or sockets.",
        "rcp_server_bytes_refused_total":
            "Messages not kept for want of room, by direction (received, unsent) and limit (connection, principal, server).",
        "rcp_server_streams_refused_total":
            "Calls that stream refused for their number, by limit: principal or server.",
        "rcp_server_handshakes": "Connections open now that have not said HELLO.",
        "rcp_server_streams": "Calls that stream and are open now.",
        "rcp_server_held_bytes":
            "Bytes that connections hold beyond what each may hold freely, by direction: received or unsent.",
        "rcp_server_connections_ended_total":
            "Connections that the server ended, by row of SPEC.md §10, GOAWAY code, or STALLED for a client that reads nothing.",
        "rcp_server_connections": "Connections open now.",
        "rcp_server_calls_total":
            "Calls by the status that their handler came back with, or that refused them.",
        "rcp_server_call_duration_seconds": "From a handler's start to its return.",
        "rcp_server_calls_in_flight": "Handlers that have not returned.",
        "rcp_server_calls_waiting":
            "Calls that have yet to begin, since their principal's calls in progress weigh too much.",
        "rcp_server_calls_rate_limited_total":
            "Calls refused because their principal began too many, by class: read, change or stream.",
        "rcp_server_calls_malformed_total": "Calls refused before they had a handler, by row of SPEC.md §10.",
        "rcp_server_received_bytes_total": "Bytes read from connections, after TLS.",
        "rcp_server_sent_bytes_total": "Bytes handed to connections, before TLS.",
    ]

    let connectionsOpened: Counter
    let receivedBytes: Counter
    let sentBytes: Counter
    private let factory: any MetricsFactory
    private let methods = Mutex<[UInt16: MethodMetrics]>([:])

    public init(factory: any MetricsFactory) {
        self.factory = factory
        connectionsOpened = Counter(label: "rcp_server_connections_opened_total", factory: factory)
        receivedBytes = Counter(label: "rcp_server_received_bytes_total", factory: factory)
        sentBytes = Counter(label: "rcp_server_sent_bytes_total", factory: factory)
        // An alert on a rise needs the value of before, so those that alerts use begin at 0, and not with the first event.
        for limit in RCPConnectionLimit.allCases.map(\.rawValue) + ["sockets"] {
            _ = connectionsOverloaded(limit)
        }
        for limit in RCPStreamLimit.allCases { _ = streamsRefused(limit) }
        for direction in ["received", "unsent"] {
            for limit in RCPByteLimit.allCases { _ = refusedBytes(direction, limit) }
        }
        for callClass in RCPCallClass.allCases { _ = callsRateLimited(callClass) }
    }

    // Rare, so each looks its counter up.

    func connectionRefused(_ code: RCPRefusedCode) {
        counter("rcp_server_connections_refused_total", ("code", "\(code)")).increment()
    }

    func connectionOverloaded(_ limit: String) { connectionsOverloaded(limit).increment() }

    func streamRefused(_ limit: RCPStreamLimit) { streamsRefused(limit).increment() }

    func bytesRefused(_ direction: String, _ limit: RCPByteLimit) {
        refusedBytes(direction, limit).increment()
    }

    func connectionEnded(reason: String) {
        counter("rcp_server_connections_ended_total", ("reason", reason)).increment()
    }

    func callMalformed(_ violation: RCPViolation) {
        counter("rcp_server_calls_malformed_total", ("row", violation.row)).increment()
    }

    func callRateLimited(_ callClass: RCPCallClass) { callsRateLimited(callClass).increment() }

    private func connectionsOverloaded(_ limit: String) -> Counter {
        counter("rcp_server_connections_overloaded_total", ("limit", limit))
    }

    private func streamsRefused(_ limit: RCPStreamLimit) -> Counter {
        counter("rcp_server_streams_refused_total", ("limit", limit.rawValue))
    }

    private func refusedBytes(_ direction: String, _ limit: RCPByteLimit) -> Counter {
        counter("rcp_server_bytes_refused_total", ("direction", direction), ("limit", limit.rawValue))
    }

    private func callsRateLimited(_ callClass: RCPCallClass) -> Counter {
        counter("rcp_server_calls_rate_limited_total", ("class", callClass.rawValue))
    }

    private func counter(_ label: String, _ dimensions: (String, String)...) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: factory)
    }

    // MARK: Calls

    /// A handler has returned.
    func callEnded(_ method: RCPMethod, _ code: RCPStatusCode, nanoseconds: UInt64) {
        let (counter, timer) = methods.withLock { $0[method.id, default: make(method)].metrics(code) }
        counter.increment()
        timer.recordNanoseconds(nanoseconds)
    }

    /// Answered without a handler, as for want of a role.
    func callRefused(_ method: RCPMethod, _ code: RCPStatusCode) {
        methods.withLock { $0[method.id, default: make(method)].metrics(code) }.counter.increment()
    }

    private func make(_ method: RCPMethod) -> MethodMetrics { MethodMetrics(method, factory: factory) }
}

/// One method's counters, each made when it first counts.
private struct MethodMetrics {
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory
    private let timer: Timer
    private var counters: [Counter?]

    init(_ method: RCPMethod, factory: any MetricsFactory) {
        dimensions = [("service", method.service), ("method", method.name)]
        self.factory = factory
        timer = Timer(
            label: "rcp_server_call_duration_seconds", dimensions: dimensions, factory: factory)
        counters = Array(repeating: nil, count: RCPStatusCode.allCases.count)
    }

    mutating func metrics(_ code: RCPStatusCode) -> (counter: Counter, timer: Timer) {
        let index = Int(code.rawValue)
        if let counter = counters[index] { return (counter, timer) }
        let counter = Counter(
            label: "rcp_server_calls_total", dimensions: dimensions + [("code", code.name)], factory: factory)
        counters[index] = counter
        return (counter, timer)
    }
}
