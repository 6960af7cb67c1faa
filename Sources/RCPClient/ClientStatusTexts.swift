import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import RCP

/// Says in the user's words why there is no connection, and what to look at.
struct ClientStatusTexts: Sendable {
    let address: RCPAddress
    let credentials: RCPCredentials
    /// As the caller calls it, such as "an RCP server".
    let server: String

    // MARK: Before there is a connection

    func connectFailed(_ error: any Error) -> RCPStatus {
        switch error {
        case let error as NIOConnectionError:
            if error.connectionErrors.isEmpty {
                return unavailable("the host name of \(address) is not known")
            }
            // With two address families the last failure is of the family that was tried last; each is as good.
            return connectFailed(error.connectionErrors[error.connectionErrors.count - 1].error)
        case let error as IOError:
            return unavailable(text(errno: error.errnoCode))
        case let error as ChannelError:
            if case .connectTimeout = error {
                return unavailable(
                    "no answer from \(address) in time — is the address right, and reachable from here?")
            }
            return unavailable("no connection to \(address) (\(error))")
        default:
            return unavailable("no connection to \(address) (\(error))")
        }
    }

    private func text(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused — is \(server) running at \(address)?"
        case ENOENT: "there is no socket at \(address) — is \(server) running there?"
        case EACCES, EPERM: "no permission to connect to \(address)"
        case EHOSTUNREACH, ENETUNREACH: "\(address) cannot be reached from this machine"
        default: "no connection to \(address) (\(IOError(errnoCode: code, reason: "connect")))"
        }
    }

    var plaintextNotAllowed: RCPStatus {
        final(
            .unavailable,
            "the token and the calls would go to \(address) unencrypted, so nothing was sent: write \(address.encrypted) for TLS, "
                + "or allow plaintext in the client's configuration if the network is encrypted by other means"
        )
    }

    // MARK: During the handshake

    func handshakeLate(milliseconds: Int64) -> RCPStatus {
        final(
            .unavailable,
            "\(address) accepts connections but has not answered the handshake within \(milliseconds) ms; "
                + "is it \(server)?")
    }

    /// How a connection ended that the machine has closed.
    func status(of close: RCPClientClose, wasReady: Bool) -> RCPStatus {
        if let refused = close.refused { return status(of: refused) }
        if wasReady { return unavailable(close.goAway.map(endedText) ?? lostText) }
        switch close.violation {
        case nil, .endInsideFrame: return handshakeBroken
        default: return notRCP
        }
    }

    private func status(of refused: RCPRefused) -> RCPStatus {
        let reason = refused.text.isEmpty ? "" : ": \(refused.text)"
        switch refused.code {
        case .unauthenticated:
            let proof =
                switch credentials {
                case .token: "the token"
                case .certificate: "the client certificate"
                case .none, .other: "to let anybody in without a token"
                }
            return final(.unauthenticated, "\(address) refused \(proof)\(reason)")
        case .version:
            return final(
                .unimplemented,
                "\(address) speaks RCP \(refused.versionMin) to \(refused.versionMax), this client "
                    + "\(RCPVersion.min) to \(RCPVersion.max): update the older of the two")
        case .overloaded:
            return unavailable("\(address) has too many connections\(reason)")
        case .draining:
            return unavailable("\(address) is stopping\(reason)")
        case .helloTimeout:
            return unavailable("\(address) got no HELLO in time\(reason)")
        default:
            return final(.unavailable, "\(address) refused the connection (\(refused.code))\(reason)")
        }
    }

    private var notRCP: RCPStatus {
        final(.unavailable, "what answers at \(address) is not an RCP server: is that \(server)'s port?")
    }

    // MARK: TLS

    func tlsFilesUnusable(_ text: String) -> RCPStatus { final(.unavailable, "TLS to \(address): \(text)") }

    var serverSpeaksTLS: RCPStatus {
        final(.unavailable, "\(address) speaks TLS: write rcps://\(address)")
    }

    var notRCPOverTLS: RCPStatus {
        final(
            .unavailable,
            "what answers at \(address) speaks TLS, but is no RCP server: is that \(server)'s port?")
    }

    /// - Parameter serverCertificate: as far as the handshake came to it.
    func tlsFailed(_ error: any Error, serverCertificate: NIOSSLCertificate?) -> RCPStatus? {
        let text = "\(error)"
        func has(_ signs: String...) -> Bool { signs.contains { text.contains($0) } }
        if has("CERTIFICATE_VERIFY_FAILED") {
            return final(.unavailable, untrusted(serverCertificate))
        }
        if has("unableToValidateCertificate", "failedToValidateHostname") {
            return final(
                .unavailable,
                "the certificate of \(address) is for another name: connect by the name it holds, or state that as the server name"
            )
        }
        if has("CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN_A_CERTIFICATE") {
            return final(
                .unauthenticated, "\(address) asks for a client certificate: give the file and its key")
        }
        if has(
            "UNKNOWN_CA", "CERTIFICATE_EXPIRED", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN",
            "CERTIFICATE_REVOKED")
        {
            return final(
                .unauthenticated,
                "\(address) does not accept the client certificate: it is of another authority, or has expired"
            )
        }
        if has("eofDuringHandshake", "EOF during handshake") {
            // Also what a server does that is being restarted, so it can be tried again.
            return unavailable(
                "\(address) closed the connection during the TLS handshake: \(address.plaintext) does not speak TLS, or is not there at the moment"
            )
        }
        if has("WRONG_VERSION_NUMBER") {
            return final(
                .unavailable,
                "\(address.plaintext) does not speak TLS: write it without rcps://, or is it another port?")
        }
        if has("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") {
            return final(.unavailable, "what answers at \(address) does not speak TLS 1.3")
        }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        return unavailable("the TLS handshake with \(address) failed (\(error))")
    }

    private func untrusted(_ certificate: NIOSSLCertificate?) -> String {
        if let certificate {
            let end = Date(timeIntervalSince1970: TimeInterval(certificate.notValidAfter))
            if end < Date() {
                return
                    "the certificate of \(address) expired on \(end.formatted(.iso8601)); its administrator has to renew it"
            }
            if certificate.notValidBefore > time(nil) {
                return "the certificate of \(address) is not valid yet; is this machine's clock right?"
            }
        }
        return
            "the certificate of \(address) is of an authority that is not trusted here: give that authority's certificate as CA file"
    }

    /// Also what a port of another service does that does not like our preface; a server that is being stopped
    /// may do it too, so it can be tried again.
    private var handshakeBroken: RCPStatus {
        unavailable("\(address) closed the connection during the handshake: is that \(server)'s port?")
    }

    func lost(wasReady: Bool) -> RCPStatus { wasReady ? unavailable(lostText) : handshakeBroken }

    private var lostText: String { "the connection to \(address) was lost" }

    /// The server's own reason is worth more than the code: "the principal was revoked".
    private func endedText(_ goAway: RCPGoAway) -> String {
        "\(address) ended the connection: \(goAway.text.isEmpty ? "\(goAway.code)" : goAway.text)"
    }

    /// The failure of a call that was open when the connection ended, with the reason that the server gave.
    func telling(_ goAway: RCPGoAway?, _ failure: RCPCallFailure) -> RCPCallFailure {
        guard let goAway, failure.status.outcome != .notApplied else { return failure }
        var failure = failure
        failure.status.text = endedText(goAway)
        return failure
    }

    // MARK: Calls that never got to a connection

    func deadlinePassedWaiting(_ lastFailure: RCPStatus?) -> RCPStatus {
        var status = RCPStatus.deadlinePassed(outcome: .notApplied)
        status.text = "no connection to \(address) within the call's deadline"
        if let lastFailure { status.text += "; last: \(lastFailure.text)" }
        return status
    }

    /// There is a connection, and it took no more calls: all its streams are in use, or the server reads no more.
    var deadlinePassedWithoutRoom: RCPStatus {
        var status = RCPStatus.deadlinePassed(outcome: .notApplied)
        status.text = "\(address) is too busy: it took no more calls within the call's deadline"
        return status
    }

    var shutDown: RCPStatus { final(.unavailable, "this client has been shut down") }

    var tooManyWaiting: RCPStatus {
        RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 0,
            text: "too many calls wait for \(address)")
    }

    private func unavailable(_ text: String) -> RCPStatus {
        RCPStatus(code: .unavailable, outcome: .notApplied, text: text)
    }

    /// Repeating changes nothing here: somebody has to act first.
    private func final(_ code: RCPStatusCode, _ text: String) -> RCPStatus {
        RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: -1, text: text)
    }
}

extension RCPAddress {
    /// The same place with TLS.
    fileprivate var encrypted: RCPAddress {
        if case .tcp(let host, let port) = self { .tls(host: host, port: port) } else { self }
    }

    /// The same place without TLS.
    fileprivate var plaintext: RCPAddress {
        if case .tls(let host, let port) = self { .tcp(host: host, port: port) } else { self }
    }
}
