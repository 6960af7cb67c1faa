/// An enumeration whose raw value is its number in the protocol and in the store, and whose description is the
/// word used in documents, on the command line and in Redis keys.
///
/// The raw values are those of the same enumeration in Protocol/returns/v1; zero means "unspecified" there
/// and does not exist here.
public protocol NamedCode: RawRepresentable, CaseIterable, Hashable, Sendable, CustomStringConvertible
where RawValue == UInt8 {}

extension NamedCode {
    /// Finds a case by its snake_case name.
    public init?(name: String) {
        guard let match = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = match
    }
}
