/// A field of a message, by its number. Generated code names each as a constant (`Fields`); writer and reader know by its type
/// how the value stands in the bytes.
public protocol RCPNumberedField: Sendable {
    /// As the .proto file has it.
    var number: Int { get }
    /// The level of the schema that brought the field.
    var level: UInt8 { get }
}

extension RCPNumberedField {
    /// So that `switch` compares the number that a reader came to with a field.
    @inlinable public static func ~= (field: Self, number: Int) -> Bool { field.number == number }
}

/// A field of one value that is left out where the value is its type's default: zero, false, an empty text.
///
/// `Value` is a number's type, `Bool`, `String`, `[UInt8]`, or a generated enumeration or message.
public struct RCPField<Value>: RCPNumberedField {
    /// As the .proto file has it.
    public let number: Int
    /// The level of the schema that brought the field.
    public let level: UInt8
    /// Of an enumeration: the level that brought a value, by its number. Nil where the first brought all.
    @usableFromInline let levelOfValue: (@Sendable (Int) -> UInt8)?

    /// - Parameters:
    ///   - number: As the .proto file has it.
    ///   - level: The level of the schema that brought the field.
    ///   - levelOfValue: Of an enumeration: the level that brought a value, by its number.
    @inlinable public init(
        _ number: Int, level: UInt8 = 1, levelOfValue: (@Sendable (Int) -> UInt8)? = nil
    ) {
        self.number = number
        self.level = level
        self.levelOfValue = levelOfValue
    }
}

/// A field whose absence is told from every value: an `optional` one, a message, one of a `oneof`.
public struct RCPOptionalField<Value>: RCPNumberedField {
    /// As the .proto file has it.
    public let number: Int
    /// The level of the schema that brought the field.
    public let level: UInt8
    /// As of `RCPField`.
    @usableFromInline let levelOfValue: (@Sendable (Int) -> UInt8)?

    /// - Parameters:
    ///   - number: As the .proto file has it.
    ///   - level: The level of the schema that brought the field.
    ///   - levelOfValue: Of an enumeration: the level that brought a value, by its number.
    @inlinable public init(
        _ number: Int, level: UInt8 = 1, levelOfValue: (@Sendable (Int) -> UInt8)? = nil
    ) {
        self.number = number
        self.level = level
        self.levelOfValue = levelOfValue
    }
}

/// A field of any number of values.
public struct RCPRepeatedField<Value>: RCPNumberedField {
    /// As the .proto file has it.
    public let number: Int
    /// The level of the schema that brought the field.
    public let level: UInt8
    /// As of `RCPField`.
    @usableFromInline let levelOfValue: (@Sendable (Int) -> UInt8)?

    /// - Parameters:
    ///   - number: As the .proto file has it.
    ///   - level: The level of the schema that brought the field.
    ///   - levelOfValue: Of an enumeration: the level that brought a value, by its number.
    @inlinable public init(
        _ number: Int, level: UInt8 = 1, levelOfValue: (@Sendable (Int) -> UInt8)? = nil
    ) {
        self.number = number
        self.level = level
        self.levelOfValue = levelOfValue
    }
}

/// A number that stands as a varint in a message: of the .proto types int32, int64, uint32, uint64 and bool.
public protocol RCPVarintValue: Equatable, Sendable {
    /// Negative numbers as two's complement of 64 bits.
    var varint: UInt64 { get }

    /// Bits beyond the type's are dropped, as protobuf demands.
    init(varint: UInt64)
}

extension UInt64: RCPVarintValue {
    /// As it stands in a message.
    @inlinable public var varint: UInt64 { self }
    @inlinable public init(varint: UInt64) { self = varint }
}

extension Int64: RCPVarintValue {
    /// As it stands in a message.
    @inlinable public var varint: UInt64 { UInt64(bitPattern: self) }
    @inlinable public init(varint: UInt64) { self.init(bitPattern: varint) }
}

extension UInt32: RCPVarintValue {
    /// As it stands in a message.
    @inlinable public var varint: UInt64 { UInt64(self) }
    @inlinable public init(varint: UInt64) { self.init(truncatingIfNeeded: varint) }
}

extension Int32: RCPVarintValue {
    /// As it stands in a message.
    @inlinable public var varint: UInt64 { UInt64(bitPattern: Int64(self)) }
    @inlinable public init(varint: UInt64) { self.init(truncatingIfNeeded: varint) }
}

extension Bool: RCPVarintValue {
    /// As it stands in a message.
    @inlinable public var varint: UInt64 { self ? 1 : 0 }
    @inlinable public init(varint: UInt64) { self = varint != 0 }
}
