import Foundation
import RCP
import RCPServices
import ReturnsAPI

/// Tells what the server speaks.
struct DiscoveryService: DiscoveryServiceProvider {
    /// Full names of the services that are offered.
    let services: [String]

    private static let schema = Data(base64Encoded: ReturnsSchema.fileDescriptorSetBase64)!

    func getSchema(
        _ request: Rcp_Discovery_V1_GetSchemaRequest, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Discovery_V1_GetSchemaReply> {
        RCPReply(
            .with {
                $0.fileDescriptorSet = Self.schema
                $0.sha256 = Data(ReturnsSchema.sha256)
                $0.services = services
            })
    }
}
