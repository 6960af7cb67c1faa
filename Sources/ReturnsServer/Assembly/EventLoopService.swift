import NIOCore
import RCPServer
import ServiceLifecycle

/// Runs a service on one event loop, so that what it asks of that loop's Redis connection costs no hop.
struct EventLoopService: Service {
    let service: any Service
    let eventLoop: any EventLoop

    func run() async throws {
        try await withTaskExecutorPreference(EventLoopTaskExecutor(eventLoop: eventLoop)) {
            try await service.run()
        }
    }
}
