import Foundation
import RCP
import RCPServices

/// Tells what the server speaks (`rcp/discovery/v1/discovery.proto`).
public struct RCPDiscoveryService: DiscoveryServiceProvider {
    private let reply: Rcp_Discovery_V1_GetSchemaReply

    /// - Parameters:
    ///   - fileDescriptorSetBase64: as the generator's option `Schema` writes it, beside `sha256`.
    ///   - services: Full names of the services that are offered.
    /// - Precondition: the description is Base64.
    public init(fileDescriptorSetBase64: String, sha256: [UInt8], services: [String]) {
        guard let description = Data(base64Encoded: fileDescriptorSetBase64) else {
            preconditionFailure("the schema's description is not Base64; generate it again")
        }
        reply = .with {
            $0.fileDescriptorSet = description
            $0.sha256 = Data(sha256)
            $0.services = services
        }
    }

    /// What the server was built with.
    public func getSchema(
        _ request: Rcp_Discovery_V1_GetSchemaRequest, context: RCPCallContext
    ) async throws -> RCPReply<Rcp_Discovery_V1_GetSchemaReply> {
        RCPReply(reply)
    }
}

extension RCPRouter {
    /// Offers discovery of the services that are registered by now, and of itself: register it last.
    ///
    /// - Parameters: as of `RCPDiscoveryService`.
    public mutating func registerDiscovery(fileDescriptorSetBase64: String, sha256: [UInt8]) {
        let services = Set(methods.map(\.service) + DiscoveryServiceMethods.all.map(\.service))
        RCPDiscoveryService(
            fileDescriptorSetBase64: fileDescriptorSetBase64, sha256: sha256, services: services.sorted()
        ).register(in: &self)
    }
}
