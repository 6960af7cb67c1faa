/// A case id: sixteen characters that sort by time, name their partition, survive a telephone and notice a typo.
///
/// Crockford's base 32 (no I, L, O, U): eight characters of milliseconds since 2020-01-01, so 34 years; two and a
/// half of partition and four and a half of randomness (12 + 23 bits); one check character. Held as its sixteen
/// ASCII bytes, so comparing two ids compares their times.
public struct CaseID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    public static let length = 16
    public static let partitionsMax = 1 << 12
    public static let randomRange: Range<UInt32> = 0..<(1 << 23)
    /// 2020-01-01T00:00Z.
    public static let epoch = Instant(milliseconds: 1_577_836_800_000)

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// - Parameter random: any number in `randomRange`; two cases of one partition and millisecond need two.
    public init(at time: Instant, partition: Int, random: UInt32) {
        precondition(partition >= 0 && partition < Self.partitionsMax && Self.randomRange.contains(random))
        let sinceEpoch = UInt64(max(0, time - Self.epoch)) & ((1 << 40) - 1)
        let tail = UInt64(partition) << 23 | UInt64(random)
        var symbols = [UInt8]()
        symbols.reserveCapacity(Self.length)
        for shift in stride(from: 35, through: 0, by: -5) {
            symbols.append(UInt8(sinceEpoch >> UInt64(shift) & 31))
        }
        for shift in stride(from: 30, through: 0, by: -5) {
            symbols.append(UInt8(tail >> UInt64(shift) & 31))
        }
        var check = CheckSymbol()
        for symbol in symbols { check.add(symbol) }
        symbols.append(check.value)
        self.init(symbols: symbols)
    }

    /// Reads an id as people write it: any case, hyphens and blanks ignored, O for 0, I and L for 1.
    /// Nil when a character is foreign, the length is wrong or the check character does not fit.
    public init?(_ text: some StringProtocol) { self.init(String(text)) }

    /// The same of a whole string, which most are read from: compiled for it alone.
    public init?(_ text: String) {
        // Without a list of the symbols: every call that names a case reads an id.
        var halves: (UInt64, UInt64) = (0, 0)
        var (count, last) = (0, UInt8(0))
        var check = CheckSymbol()
        for byte in text.utf8 {
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ") { continue }
            guard let symbol = Self.symbol(for: byte), count < Self.length else { return nil }
            let letter = UInt64(Self.alphabet[Int(symbol)])
            if count < 8 { halves.0 = halves.0 << 8 | letter } else { halves.1 = halves.1 << 8 | letter }
            count += 1
            if count < Self.length { check.add(symbol) }
            last = symbol
        }
        guard count == Self.length, check.value == last else { return nil }
        (high, low) = halves
    }

    /// Its sixteen ASCII bytes again, which a checksum has proved to be whole: nothing is looked at.
    ///
    /// - Precondition: they are sixteen.
    public init(checked bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.length)
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    private init(symbols: [UInt8]) {
        var halves: (UInt64, UInt64) = (0, 0)
        for symbol in symbols[..<8] { halves.0 = halves.0 << 8 | UInt64(Self.alphabet[Int(symbol)]) }
        for symbol in symbols[8...] { halves.1 = halves.1 << 8 | UInt64(Self.alphabet[Int(symbol)]) }
        (high, low) = halves
    }

    public var partition: Int {
        // The last byte is the check character.
        var tail: UInt64 = 0
        for shift in stride(from: UInt64(56), through: 8, by: -8) {
            tail = tail << 5 | UInt64(Self.symbol(for: UInt8(truncatingIfNeeded: low >> shift)) ?? 0)
        }
        return Int(tail >> 23)
    }

    /// The sixteen ASCII bytes.
    public var asciiBytes: [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(Self.length)
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(high >> shift & 255)) }
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(low >> shift & 255)) }
        return bytes
    }

    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) { bytes in
            for index in 0..<8 {
                let shift = UInt64(56 - 8 * index)
                bytes[index] = UInt8(truncatingIfNeeded: high >> shift)
                bytes[8 + index] = UInt8(truncatingIfNeeded: low >> shift)
            }
            return Self.length
        }
    }

    public static func < (left: CaseID, right: CaseID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func symbol(for byte: UInt8) -> UInt8? {
        let symbol = symbolOfByte[Int(byte)]
        return symbol < alphabet.count ? symbol : nil
    }

    /// By a byte, the symbol that it stands for; `UInt8.max` for one that stands for none.
    private static let symbolOfByte: [UInt8] = (0...UInt8.max).map { byte in
        let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
        return switch upper {
        case UInt8(ascii: "O"): 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): 1
        default: alphabet.firstIndex(of: upper).map(UInt8.init) ?? .max
        }
    }

    /// A Reed–Solomon style check over GF(32): the sum of αⁱ⁺¹ × symbol. It finds every single wrong character and
    /// every swap of two, since the powers of α differ over all sixteen places.
    private struct CheckSymbol {
        private(set) var value: UInt8 = 0
        private var weight: UInt8 = 2

        mutating func add(_ symbol: UInt8) {
            value ^= CaseID.multiply(weight, symbol)
            weight = CaseID.multiply(weight, 2)
        }
    }

    /// Product in GF(32) with the polynomial x⁵ + x² + 1.
    private static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (product, factor, rest) = (UInt8(0), left, right)
        while rest != 0 {
            if rest & 1 == 1 { product ^= factor }
            factor = factor & 16 == 0 ? factor << 1 : (factor << 1 & 31) ^ 5
            rest >>= 1
        }
        return product
    }
}
