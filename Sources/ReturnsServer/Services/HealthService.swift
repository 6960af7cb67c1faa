import ReturnsStore
import ReturnsWire

struct HealthService: HealthServiceProvider {
    let engine: CaseEngine

    func check(
        _ request: Returns_V1_HealthCheckRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_HealthCheckReply> {
        var reply = Returns_V1_HealthCheckReply()
        reply.serverVersion = serverVersion
        reply.nowMs = engine.clock.now().milliseconds
        do throws(StoreError) {
            _ = try await engine.stores.current.redisTime(deadline: context.deadline)
            reply.status = .serving
        } catch {
            reply.status = .notServing
            reply.reason = "Redis does not answer"
        }
        return RCPReply(reply)
    }

    func echo(
        _ request: Returns_V1_EchoRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_EchoReply> {
        RCPReply(.with { $0.payload = request.payload })
    }
}

/// The release this was built as; CHANGELOG.md says what each holds.
public let serverVersion = "0.1.0"
