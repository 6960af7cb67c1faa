import ReturnsStore

/// How many cases, and when their clocks first fire.
struct SeedOptions {
    var redis = ""
    var cases = 0
    /// The first firing of every case …
    var dueAtMilliseconds: Int64 = 0
    /// … or, of the last case, so much later, and evenly between.
    var spreadMilliseconds: Int64 = 0
    /// Orders are numbered from here.
    var first = 0
    var partitions = Partitioning.countDefault
    /// File that the cases' ids are written to, a line each.
    var idsOut: String?

    static let usage = """
        usage: returns-seed --redis URL --cases N --due-at-ms T [--spread-ms MS] [--first N] [--partitions N] [--ids-out FILE]
        """

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw SeedError("\(flag) needs a value\n\(Self.usage)") }
            switch flag {
            case "--redis": redis = value
            case "--cases": cases = Int(try Self.number(flag, value, 1...10_000_000))
            case "--due-at-ms": dueAtMilliseconds = try Self.number(flag, value, 1...253_402_300_799_999)
            case "--spread-ms": spreadMilliseconds = try Self.number(flag, value, 0...31_536_000_000)
            case "--first": first = Int(try Self.number(flag, value, 0...100_000_000))
            case "--partitions": partitions = Int(try Self.number(flag, value, 1...4_096))
            case "--ids-out": idsOut = value
            default: throw SeedError("unknown option \(flag)\n\(Self.usage)")
            }
        }
        guard !redis.isEmpty, cases > 0, dueAtMilliseconds > 0 else { throw SeedError(Self.usage) }
    }

    private static func number(_ flag: String, _ text: String, _ range: ClosedRange<Int64>) throws -> Int64 {
        guard let number = Int64(text), range.contains(number) else {
            throw SeedError("\(flag) is \(range.lowerBound) to \(range.upperBound)\n\(usage)")
        }
        return number
    }
}

/// A failure with a text for whoever started the program.
struct SeedError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
