import RCPServer
import ReturnsDomain

/// Why principals cannot be read or changed. The description is for people and quotes no token.
public enum PrincipalError: Error, Sendable, Hashable, CustomStringConvertible {
    case invalidName
    case invalidTeam
    case noRoles
    case noSaleChannels
    case invalidSaleChannels
    case boundAdministrator
    case nameTaken(String)
    case unknownName(String)
    /// Nobody could make a new token any more.
    case lastAdministrator
    case tooManyPrincipals
    case expiresBeforeItBegins
    /// The request id was used for another change.
    case requestIDReused
    /// What the repeated request created has been taken away meanwhile: the creation stays made.
    case revokedSince(String)
    /// The store has no registry any more.
    case registryMissing
    /// Others keep changing it.
    case registryBusy
    case fileMalformed(path: String, reason: String)
    /// The file of principals, or that of a token.
    case file(PrivateFileError)

    public var description: String {
        switch self {
        case .invalidName:
            "a name has 1 to 64 of the characters a-z, 0-9, '-', '_', '.' and '@'"
        case .invalidTeam:
            "a team's name has 1 to 64 of the characters a-z, 0-9, '-', '_', '.' and '@'"
        case .noRoles:
            "a principal needs at least one role"
        case .noSaleChannels:
            "name the sale channels that the principal may see and change, or '*' for all of them"
        case .invalidSaleChannels:
            "give 1 to \(SaleChannelScope.channelsMax) sale channels of lower-case letters, digits, '-' or '_', or '*' alone for all"
        case .boundAdministrator:
            "an administrator is bound to no sale channel, since it may make principals of all; give it '*', or another role"
        case .nameTaken(let name):
            "there is a principal \(name) already; revoke it first or take another name"
        case .unknownName(let name):
            "there is no principal \(name)"
        case .lastAdministrator:
            "no other administrator's token is good for ever; create another administrator without an expiry first"
        case .tooManyPrincipals:
            "there are \(PrincipalRegistry.principalsMax) principals, the most there may be; revoke unused ones"
        case .expiresBeforeItBegins:
            "a token expires after it was made; name a later time"
        case .requestIDReused:
            "this request id was used for another request; use a new one"
        case .revokedSince(let name):
            "this request created \(name), and \(name) has been revoked since; use a new request id"
        case .registryMissing:
            "the store has lost its principals, so that only revoking works; restart a server to put its last good list there"
        case .registryBusy:
            "others keep changing the principals; try again"
        case .fileMalformed(let path, let reason):
            "\(path) is not a valid list of principals: \(reason). Repair it or restore it from a backup"
        case .file(let error):
            error.description
        }
    }

    /// Runs `body`, whose failure is one of a file of principals or tokens.
    static func inFile<Result>(
        _ body: () throws(PrivateFileError) -> Result
    ) throws(PrincipalError) -> Result {
        do throws(PrivateFileError) {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
