/// An enumeration whose raw value is its number in the protocol and in the store, and whose description is the
/// word used in documents, on the command line and in Redis keys.
///
/// Most are written by scripts/generate from the enumerations of Protocol/returns/v1 that are marked `(rcp.plain)`, so number
/// and name are those of the protocol; zero means "unspecified" there and does not exist here.
public protocol NamedCode: RawRepresentable, CaseIterable, Hashable, Sendable, CustomStringConvertible
where RawValue == UInt8 {}

extension NamedCode {
    /// Finds a case by its snake_case name.
    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = match
    }
}
