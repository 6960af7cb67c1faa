import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a server's TLS identity lies, and whom it asks for one.
public struct RCPTLSFiles: Sendable, Hashable {
    /// Whether clients prove themselves by certificates.
    public enum ClientCertificates: String, Sendable, Hashable, CaseIterable {
        /// Clients prove themselves by token.
        case none
        /// A client may present a certificate; one that is presented has to be good.
        case optional
        case required
    }

    /// PEM: the server's certificate, then those between it and the root.
    public var certificate: String
    /// PEM, readable by its owner only.
    public var key: String
    /// PEM: the authorities whose client certificates are accepted.
    public var clientCA: String?
    /// Whether clients prove themselves by certificates.
    public var clientCertificates: ClientCertificates

    public init(
        certificate: String, key: String, clientCA: String? = nil,
        clientCertificates: ClientCertificates = .none
    ) {
        self.certificate = certificate
        self.key = key
        self.clientCA = clientCA
        self.clientCertificates = clientCertificates
    }
}

/// A file of a TLS identity that cannot be used; the text says which and what to do.
public struct RCPTLSFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the files.
    public enum Code: Sendable, Hashable {
        /// Client certificates are asked for, and no authority is named that may issue them.
        case noClientAuthorities
        case unusable
    }

    /// What is wrong with the files.
    public let code: Code
    public let description: String

    init(_ description: String, _ code: Code = .unusable) {
        self.code = code
        self.description = description
    }
}

/// A server's certificate and key in use. As a service it looks every `pollMilliseconds` whether the files were
/// replaced: connections made from then on get the new ones, open ones go on. Files that cannot be used are reported, and
/// the last good ones stay.
public final class RCPTLSIdentity: Service {
    /// How often the files are looked at.
    public static let pollMilliseconds = 2_000
    /// A certificate that ends sooner is warned of.
    static let expiryWarningMilliseconds: Int64 = 14 * 86_400_000

    private struct Versions: Equatable {
        var certificate: PrivateFile.Version?
        var key: PrivateFile.Version?
        var clientCA: PrivateFile.Version?
    }

    private struct State {
        var context: NIOSSLContext
        var expiresAtMilliseconds: Int64
        /// Of the files last looked at, good or not.
        var versions: Versions
        var hasWarned = false
    }

    private let files: RCPTLSFiles
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: `RCPTLSFileError` that says which file is wrong.
    public init(_ files: RCPTLSFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        let versions = Self.versions(files)
        let (context, expiry) = try Self.load(files)
        state = Mutex(State(context: context, expiresAtMilliseconds: expiry, versions: versions))
    }

    /// For the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Takes renewed files over until the group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await NIOThreadPool.singleton.runIfActive { self.look() }
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            }
        }
    }

    private static func wallMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    func look(nowMilliseconds now: Int64 = RCPTLSIdentity.wallMilliseconds()) {
        let versions = Self.versions(files)
        if state.withLock({ $0.versions }) != versions { reload(versions) }
        let (expiry, warns) = state.withLock { state in
            let isDue = state.expiresAtMilliseconds - now < Self.expiryWarningMilliseconds
            defer { state.hasWarned = isDue }
            return (state.expiresAtMilliseconds, isDue && !state.hasWarned)
        }
        if warns {
            let days = (expiry - now) / 86_400_000
            logger.warning(
                "\(expiry <= now ? "the TLS certificate has expired" : "the TLS certificate ends in \(days) days"); replace \(files.certificate)"
            )
        }
    }

    private func reload(_ versions: Versions) {
        do {
            let (context, expiry) = try Self.load(files)
            state.withLock { $0 = State(context: context, expiresAtMilliseconds: expiry, versions: versions) }
            logger.info("TLS certificate and key were replaced")
        } catch {
            // While the files are being replaced one may not fit the other yet: the next change is looked at again.
            state.withLock { $0.versions = versions }
            logger.error(
                "the new TLS files cannot be used; the last good ones stay", metadata: ["reason": "\(error)"])
        }
    }

    private static func versions(_ files: RCPTLSFiles) -> Versions {
        Versions(
            certificate: PrivateFile(path: files.certificate).version,
            key: PrivateFile(path: files.key).version,
            clientCA: files.clientCA.flatMap { PrivateFile(path: $0).version })
    }

    /// Reads the files; `check` does no more than that.
    package static func load(_ files: RCPTLSFiles) throws -> (
        context: NIOSSLContext, expiresAtMilliseconds: Int64
    ) {
        let chain = try certificates(files.certificate, "TLS certificate")
        let keyBytes: [UInt8]
        do throws(PrivateFileError) {
            keyBytes = try PrivateFile(path: files.key).read()
        } catch {
            throw RCPTLSFileError("the TLS key: \(error)")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem)
        } catch {
            throw RCPTLSFileError(
                "the TLS key \(files.key) is no private key in PEM form, or has a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = [applicationProtocol]
        configuration.shutdownTimeout = .seconds(1)
        switch files.clientCertificates {
        case .none: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        if files.clientCertificates != .none {
            guard let path = files.clientCA else {
                throw RCPTLSFileError(
                    "client certificates need a file with the authorities that may issue them",
                    .noClientAuthorities)
            }
            configuration.trustRoots = .certificates(try certificates(path, "client authority"))
            configuration.sendCANameList = true
        }
        do {
            return (try NIOSSLContext(configuration: configuration), Int64(chain[0].notValidAfter) * 1_000)
        } catch {
            throw RCPTLSFileError(
                "the TLS key \(files.key) does not belong to the certificate \(files.certificate)")
        }
    }

    /// ALPN (SPEC.md §2).
    static let applicationProtocol = "rcp/1"

    package static func certificates(_ path: String, _ what: String) throws(RCPTLSFileError)
        -> [NIOSSLCertificate]
    {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw RCPTLSFileError("the \(what) \(path) does not exist, cannot be read, or is not in PEM form")
        }
        guard !certificates.isEmpty else { throw RCPTLSFileError("the \(what) \(path) holds no certificate") }
        return certificates
    }
}
