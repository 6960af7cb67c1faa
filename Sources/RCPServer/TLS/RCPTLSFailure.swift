import NIOSSL

/// Why a TLS handshake failed, as far as an operator can do something about it; quotes nothing of the peer.
struct RCPTLSFailure: CustomStringConvertible {
    let description: String

    init(_ error: BoringSSLError) {
        let text = "\(error)"
        let known: [(sign: String, meaning: String)] = [
            ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "the client has no certificate, and one is required"),
            (
                "CERTIFICATE_VERIFY_FAILED",
                "the client's certificate is not of an authority that this server accepts, or has expired"
            ),
            ("HTTP_REQUEST", "the client speaks HTTP, not TLS"),
            ("WRONG_VERSION_NUMBER", "the client speaks no TLS"),
            ("UNSUPPORTED_PROTOCOL", "the client does not speak TLS 1.3"),
            ("PROTOCOL_VERSION", "the client does not speak TLS 1.3"),
            ("UNKNOWN_CA", "the client does not trust this server's certificate"),
            ("CERTIFICATE_EXPIRED", "the client says that this server's certificate has expired"),
            ("BAD_CERTIFICATE", "the client does not accept this server's certificate"),
            ("CERTIFICATE_UNKNOWN", "the client does not accept this server's certificate"),
            ("eof", "the client closed the connection"), ("EOF", "the client closed the connection"),
        ]
        description =
            known.first { text.contains($0.sign) }?.meaning ?? "the handshake could not be completed"
    }
}
