import NIOCore
import NIOPosix
import ReturnsWire

extension ClientLink {
    /// Connects, after the backoff if the last attempt failed.
    func connect() {
        state = .connecting
        guard connectFailures > 0 else { return openTransport() }
        var generator = SystemRandomNumberGenerator()
        let wait = configuration.backoff.waitMilliseconds(afterFailures: connectFailures, using: &generator)
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { self.openTransport() }
    }

    private func openTransport() {
        guard case .connecting = state else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(configuration.connectMillisecondsMax))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.addHandler(to: channel) }
            }
        let connected =
            switch configuration.address {
            case .host(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connected.hop(to: eventLoop).assumeIsolated().whenFailure { error in
            self.connectFailed(self.texts.connectFailed(error))
        }
    }

    private func addHandler(to channel: any Channel) throws {
        let hello = RCPHello(
            limits: configuration.limits, clientName: configuration.clientName,
            credentials: configuration.credentials)
        let handler = ClientConnectionHandler(link: self, hello: hello, limits: configuration.limits)
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
