import RCP

/// Whose limit of calls that stream is reached; also the label of its metric.
package enum RCPStreamLimit: String, Sendable, Hashable, CaseIterable {
    case principal, server
}

/// The calls that stream, which may last for hours: of all and of each principal.
struct RCPStreamBook {
    private let serverStreamsMax: Int
    private let principalStreamsMax: Int
    private let administratorStreamsKept: Int
    private(set) var openStreams = 0
    private var principals: [String: Int] = [:]

    init(_ limits: RCPTransportLimits) {
        serverStreamsMax = limits.serverStreamsMax
        principalStreamsMax = limits.principalStreamsMax
        administratorStreamsKept = limits.administratorStreamsKept
    }

    func streams(of principal: String) -> Int { principals[principal] ?? 0 }

    /// - Returns: whose limit forbids another one; nil if it is counted now.
    mutating func opened(by principal: String, isAdministrator: Bool) -> RCPStreamLimit? {
        let ofPrincipal = streams(of: principal)
        guard ofPrincipal < principalStreamsMax else { return .principal }
        let kept = isAdministrator ? administratorStreamsKept : 0
        guard openStreams < serverStreamsMax + kept else { return .server }
        openStreams += 1
        principals[principal] = ofPrincipal + 1
        return nil
    }

    mutating func closed(by principal: String) {
        guard let ofPrincipal = principals[principal] else {
            preconditionFailure("more streams closed than were opened")
        }
        openStreams -= 1
        principals[principal] = ofPrincipal == 1 ? nil : ofPrincipal - 1
    }
}
