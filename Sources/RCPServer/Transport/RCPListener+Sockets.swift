import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import RCP

/// One socket the server listens on.
struct RCPBoundSocket: Sendable {
    let channel: any Channel
    let address: RCPAddress
    let file: UnixSocketFile?
    let fileIdentity: UnixSocketFile.Identity?
}

extension RCPListener {
    func bindAll() async throws -> [RCPBoundSocket] {
        var sockets: [RCPBoundSocket] = []
        do {
            for address in configuration.addresses { sockets.append(try await bind(address)) }
        } catch {
            await closeListeners(sockets)
            throw error
        }
        return sockets
    }

    func closeListeners(_ sockets: [RCPBoundSocket]) async {
        for socket in sockets {
            // The only possible failure is that it is closed already.
            try? await socket.channel.close().get()
            if let file = socket.file, let identity = socket.fileIdentity { file.remove(identity) }
        }
    }

    private func bind(_ address: RCPAddress) async throws -> RCPBoundSocket {
        switch address {
        case .unix(let path):
            let file = UnixSocketFile(path: path)
            try file.removeIfStale(for: address)
            let channel = try await bind(address, tls: nil) {
                try await $0.bind(unixDomainSocketPath: path).get()
            }
            return RCPBoundSocket(channel: channel, address: address, file: file, fileIdentity: file.identity)
        case .tcp(let host, let port):
            let target = try resolve(address, host, port)
            guard target.isLoopback || configuration.allowsPlaintext else {
                throw RCPListenError.plaintextNotLoopback(address)
            }
            let channel = try await bind(address, tls: nil) { try await $0.bind(to: target).get() }
            let boundPort = channel.localAddress?.port ?? port
            return RCPBoundSocket(
                channel: channel, address: .tcp(host: host, port: boundPort), file: nil, fileIdentity: nil)
        case .tls(let host, let port):
            guard let tls = configuration.tls else { throw RCPListenError.noCertificate(address) }
            let target = try resolve(address, host, port)
            let channel = try await bind(address, tls: tls) { try await $0.bind(to: target).get() }
            let boundPort = channel.localAddress?.port ?? port
            return RCPBoundSocket(
                channel: channel, address: .tls(host: host, port: boundPort), file: nil, fileIdentity: nil)
        }
    }

    private func resolve(
        _ address: RCPAddress, _ host: String, _ port: Int
    ) throws(RCPListenError) -> SocketAddress {
        do {
            return try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw .cannotBind(address, "the host name cannot be resolved")
        }
    }

    private func bind(
        _ address: RCPAddress, tls: RCPTLSIdentity?,
        _ bind: (ServerBootstrap) async throws -> any Channel
    ) async throws -> any Channel {
        do {
            return try await bind(bootstrap(tls))
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw RCPListenError.addressInUse(address)
        } catch let error as IOError {
            throw RCPListenError.cannotBind(address, String(cString: strerror(error.errnoCode)))
        }
    }

    private func bootstrap(_ tls: RCPTLSIdentity?) -> ServerBootstrap {
        let flushBytes = configuration.transport.flushBytes
        let backlog = Int32(clamping: configuration.transport.backlogConnectionsMax)
        let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
            low: flushBytes / 2, high: flushBytes)
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // The client's end of sending is seen as an event, so that what was answered is still sent.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            // Then the other connections' turn.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { [self] channel in initialize(channel, tls) }
    }

    private func initialize(_ channel: any Channel, _ tls: RCPTLSIdentity?) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                preconditionFailure("a connection on an event loop outside the group")
            }
            let number = connectionNumbers.add(1, ordering: .relaxed).newValue
            if case .unixDomainSocket = channel.localAddress {
            } else {
                // Replies are gathered before they are written; waiting for more would only add latency.
                try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            }
            if let tls {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
            }
            try channel.pipeline.syncOperations.addHandler(
                RCPServerChannelHandler(loop: loop, connectionNumber: number))
        }
    }
}
