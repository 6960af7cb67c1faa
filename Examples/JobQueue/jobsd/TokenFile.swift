import Foundation
import RCP
import RCPServer

/// Who may call, from a file with a line for each principal: `TOKEN NAME [ROLE…]`.
struct TokenFile: RCPAuthenticator {
    let principalsMax = 64
    private let principals: [(token: [UInt8], principal: RCPPrincipal)]

    init(_ path: String) throws {
        try self.init(text: String(contentsOfFile: path, encoding: .utf8))
    }

    init(text: String) throws {
        principals = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2 else { throw TokenFileError("a line of the tokens has no name") }
            return (Array(words[0].utf8), RCPPrincipal(name: words[1], roles: Set(words.dropFirst(2))))
        }
        guard principals.count <= principalsMax else {
            throw TokenFileError("there are more than \(principalsMax) tokens")
        }
    }

    func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer?) -> RCPAuthentication {
        for (token, principal) in principals where credentials.isToken(token) {
            return .accepted(RCPAuthenticated(principal: principal))
        }
        return .refused("a token of jobsd's --tokens is needed")
    }
}

struct TokenFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
