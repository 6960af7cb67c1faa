import RCPServer

/// Which flags a failed start leads to, where its error comes from modules that know no flags.
public enum StartHint {
    /// - Returns: a clause to put behind the error's text; nil where that says all.
    public static func text(_ error: any Error) -> String? {
        switch error {
        case let error as RCPListenError:
            switch error.code {
            case .noCertificate: "give --tls-certificate FILE and --tls-key FILE"
            case .plaintextNotLoopback: "--allow-plaintext allows it"
            case .invalidAddress, .addressInUse, .notASocket, .cannotBind: nil
            }
        case let error as RCPTLSFileError:
            switch error.code {
            case .noClientAuthorities: "they need --tls-client-ca FILE"
            case .unusable: nil
            }
        default: nil
        }
    }
}
