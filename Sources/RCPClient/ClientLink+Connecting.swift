import NIOCore
import NIOPosix
import NIOSSL
import RCP

extension ClientLink {
    /// Connects, after the backoff if the last attempt failed.
    func connect() {
        state = .connecting
        startWithFirstAddress()
        guard connectFailures > 0 else { return openTransport() }
        let wait = configuration.backoff.waitMilliseconds(afterFailures: connectFailures)
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { self.openTransport() }
    }

    func openTransport() {
        guard case .connecting = state else { return }
        guard configuration.allowsPlaintext || !address.isPlaintextBeyondThisMachine else {
            return connectFailed(texts.plaintextNotAllowed)
        }
        switch address {
        case .tcp(let host, let port):
            open(nil) { $0.connect(host: host, port: port) }
        case .unix(let path):
            open(nil) { $0.connect(unixDomainSocketPath: path) }
        case .tls(let host, let port):
            let name = configuration.tls.serverName ?? host
            let tls = configuration.tls
            // Files are read, which must not hold up the loop.
            let context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                Result { try tls.context() }
            }
            context.assumeIsolated().whenComplete { result in
                guard case .connecting = self.state else { return }
                switch result.flatMap({ $0 }) {
                case .success(let context):
                    self.open((context, name)) { $0.connect(host: host, port: port) }
                case .failure(let error):
                    self.connectFailed(
                        self.texts.tlsFilesUnusable((error as? ClientTLSFileError)?.text ?? "\(error)"))
                }
            }
        }
    }

    private func open(
        _ tls: (context: NIOSSLContext, name: String)?,
        _ connect: (ClientBootstrap) -> EventLoopFuture<any Channel>
    ) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let texts = texts
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try Self.addTLS(tls.context, tls.name, to: channel) }
                    try bound.value.addHandler(to: channel, texts)
                }
            }
        connect(bootstrap).hop(to: eventLoop).assumeIsolated().whenFailure { error in
            self.connectFailed(texts.connectFailed(error))
        }
    }

    /// The certificate has to hold the name, or, where that is an IP address, the address that was connected to.
    private static func addTLS(_ context: NIOSSLContext, _ name: String, to channel: any Channel) throws {
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private func addHandler(to channel: any Channel, _ texts: ClientStatusTexts) throws {
        let hello = RCPHello(
            features: configuration.compressesMessages ? .implemented : .offered,
            limits: configuration.limits, clientName: configuration.clientName,
            credentials: configuration.credentials)
        let handler = ClientConnectionHandler(
            link: self, hello: hello, limits: configuration.limits, texts: texts)
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
