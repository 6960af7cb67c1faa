import NIOSSL

/// Whom a client trusts, and how it proves itself, on addresses with TLS. Paths are read when a connection is made, so that
/// replaced files count from then on.
public struct RCPClientTLS: Sendable, Hashable {
    /// PEM: the authorities that may have issued the server's certificate; nil for those that the system trusts.
    public var caFile: String?
    /// PEM: the client's certificate and those up to the root; needs `keyFile`.
    public var certificateFile: String?
    /// PEM: the key of `certificateFile`.
    public var keyFile: String?
    /// The name that the server's certificate has to hold; nil for the address's own.
    public var serverName: String?

    public init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
        serverName: String? = nil
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
    }
}

/// A file of `RCPClientTLS` that cannot be used; the text says which.
struct ClientTLSFileError: Error {
    let text: String
}

extension RCPClientTLS {
    /// ALPN (SPEC.md §2).
    static let applicationProtocol = "rcp/1"

    /// Reads files: not for an event loop.
    func context() throws(ClientTLSFileError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = [Self.applicationProtocol]
        if let caFile { configuration.trustRoots = .certificates(try Self.certificates(caFile)) }
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw ClientTLSFileError(text: "a client certificate and its key come together: give both files")
        }
        if let certificateFile, let keyFile {
            configuration.certificateChain = try Self.certificates(certificateFile).map { .certificate($0) }
            guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
                throw ClientTLSFileError(
                    text: "\(keyFile) cannot be read, or holds no private key in PEM form")
            }
            configuration.privateKey = .privateKey(key)
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ClientTLSFileError(
                text: certificateFile == nil
                    ? "this system has no list of authorities: give a CA file"
                    : "the client certificate and its key do not belong together")
        }
    }

    private static func certificates(_ path: String) throws(ClientTLSFileError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw ClientTLSFileError(text: "\(path) cannot be read, or holds no certificate in PEM form")
        }
        return certificates
    }
}
