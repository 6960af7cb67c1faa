import RCP

/// A set of role words as bits, so that a call's permission is one AND.
struct RCPRoleMask: Sendable, Hashable {
    var bits: UInt64 = 0

    func intersects(_ other: RCPRoleMask) -> Bool { bits & other.bits != 0 }
}

/// Gives each role word that a method names its bit.
struct RCPRoleTable: Sendable {
    private var bits: [String: UInt64] = [:]

    /// The mask of a method's roles.
    ///
    /// - Precondition: the methods of one server name at most 64 roles in all.
    mutating func intern(_ roles: [String]) -> RCPRoleMask {
        var mask = RCPRoleMask()
        for role in roles {
            if bits[role] == nil {
                precondition(bits.count < 64, "more than 64 roles")
                bits[role] = 1 << UInt64(bits.count)
            }
            mask.bits |= bits[role]!
        }
        return mask
    }

    /// The mask of a principal. A role that no method names opens nothing, so it has no bit.
    func mask(of roles: Set<String>) -> RCPRoleMask {
        RCPRoleMask(bits: roles.reduce(0) { $0 | (bits[$1] ?? 0) })
    }
}
