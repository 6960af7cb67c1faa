import JobsAPI
import Logging
import NIOPosix
import RCP
import RCPServer
import ServiceLifecycle
import UnixSignals

/// The server as a whole: serves until it is told to stop, and lets calls end first.
struct JobServer {
    var addresses: [RCPAddress]
    var tokens: TokenFile
    var queue = JobQueue()
    var logger = Logger(label: "jobsd")

    /// - Parameters:
    ///   - stopSignals: start a graceful stop.
    ///   - ready: called once, with the addresses as bound.
    func run(stopSignals: [UnixSignal] = [], ready: @Sendable ([RCPAddress]) -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let failures = RCPFailureReporter(logger: logger)
        let listener = RCPListener(
            configuration: RCPListenerConfiguration(
                addresses: addresses, serverName: "jobsd/1", schemaHash: JobsSchema.sha256),
            group: group, authenticator: tokens, logger: logger
        ) { _ in
            var router = RCPRouter(failures: failures)
            JobService(queue: queue).register(in: &router)
            router.registerDiscovery(
                fileDescriptorSetBase64: JobsSchema.fileDescriptorSetBase64, sha256: JobsSchema.sha256)
            return router
        }
        ready(try await listener.bind())
        try await ServiceGroup(services: [listener], gracefulShutdownSignals: stopSignals, logger: logger)
            .run()
    }
}
