import RCP

/// Why the server cannot listen. The description is for the person who starts it.
public struct RCPListenError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why the server cannot listen.
    public enum Code: Sendable, Hashable {
        case invalidAddress
        case plaintextNotLoopback
        case noCertificate
        case addressInUse
        case notASocket
        case cannotBind
    }

    /// Why the server cannot listen.
    public let code: Code
    /// Where it was to listen, as it was written.
    public let address: String
    public let description: String

    private init(_ code: Code, _ address: String, _ text: String) {
        self.code = code
        self.address = address
        description = "cannot listen on \(address): \(text)"
    }

    package static func invalidAddress(_ address: String, _ error: RCPAddressError) -> RCPListenError {
        RCPListenError(.invalidAddress, address, "\(error)")
    }

    package static func plaintextNotLoopback(_ address: RCPAddress) -> RCPListenError {
        RCPListenError(
            .plaintextNotLoopback, "\(address)",
            """
            it can be reached from other machines, and without TLS tokens and customer data would travel in the \
            clear. Write rcps://\(address) and give a certificate, or listen on 127.0.0.1, [::1] or unix:PATH; \
            plaintext can be allowed for a network that is encrypted by other means
            """)
    }

    package static func noCertificate(_ address: RCPAddress) -> RCPListenError {
        RCPListenError(
            .noCertificate, "\(address)",
            "TLS needs a certificate and its key")
    }

    package static func addressInUse(_ address: RCPAddress) -> RCPListenError {
        RCPListenError(
            .addressInUse, "\(address)",
            "another process listens there, perhaps one of this server that still runs; stop it or take another address"
        )
    }

    package static func notASocket(_ address: RCPAddress) -> RCPListenError {
        RCPListenError(
            .notASocket, "\(address)", "there is a file of another kind; remove it or take another path")
    }

    package static func cannotBind(_ address: RCPAddress, _ reason: String) -> RCPListenError {
        RCPListenError(.cannotBind, "\(address)", reason)
    }
}
