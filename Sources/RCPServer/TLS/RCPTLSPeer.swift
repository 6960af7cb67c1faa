import NIOSSL

/// The other end of a TLS connection.
public struct RCPTLSPeer: Sendable, Hashable {
    /// A client certificate that an accepted authority has issued; the TLS layer has checked it.
    public struct Certificate: Sendable, Hashable {
        /// Subject alternative names: DNS names, e-mail addresses and URIs, in the certificate's order. Its common name
        /// is not looked at, as browsers do (RFC 9525).
        public let names: [String]
        /// When the certificate ends, in milliseconds since 1970.
        public let expiresAtMilliseconds: Int64
    }

    static let namesMax = 64

    /// What the client has proved itself by; nil without a certificate.
    public let certificate: Certificate?

    init(_ certificate: NIOSSLCertificate?) {
        self.certificate = certificate.map { certificate in
            let names = certificate._subjectAlternativeNames()
                .filter { [.dnsName, .email, .uri].contains($0.nameType) }
                .prefix(Self.namesMax)
                .compactMap { String(validating: $0.contents, as: UTF8.self) }
            return Certificate(
                names: Array(names), expiresAtMilliseconds: Int64(certificate.notValidAfter) * 1_000)
        }
    }
}
