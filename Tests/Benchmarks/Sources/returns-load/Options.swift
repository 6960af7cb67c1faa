import RCP

/// What to send, where to, how fast and for how long.
struct Options {
    enum Work: String, CaseIterable {
        case echo, putOrder = "put-order", submitCase = "submit-case", getCase = "get-case"
        case listCases = "list-cases", listDue = "list-due"
        /// Messages of streams, which need `--driver client` and a server with `--conformance`.
        case download, upload
    }
    enum Driver: String, CaseIterable { case frames, client }

    var work = Work.echo
    var driver = Driver.frames
    var address = RCPAddress.standard
    var tokenFile = ""
    var connections = 16
    /// Calls in flight on each connection, in closed loop.
    var inFlight = 16
    /// Closed loop for so long, after a warm-up that is not counted …
    var seconds = 2.0
    var warmUpSeconds = 0.3
    /// … or for so many calls, all of them counted.
    var calls: Int?
    /// Open loop: calls a second over all connections.
    var rate: Double?
    /// Orders and submissions are numbered from here.
    var first = 0
    /// File of case ids, a line each, which `get-case` asks for in turn.
    var caseIDsFile: String?
    /// File that `submit-case` writes the new cases' ids to.
    var caseIDsOut: String?

    static let usage = """
        usage: returns-load --work echo|put-order|submit-case|get-case|list-cases|list-due|download|upload
          --connect HOST:PORT|unix:PATH --token-file FILE
          [--driver frames|client] [--connections N] [--in-flight N] [--seconds S] [--warm-up S] [--calls N]
          [--rate CALLS-PER-SECOND] [--first N] [--case-ids FILE] [--case-ids-out FILE]
        """

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw LoadError("\(flag) needs a value\n\(Self.usage)") }
            switch flag {
            case "--work": work = try Self.parsed(flag, value) { Work(rawValue: $0) }
            case "--driver": driver = try Self.parsed(flag, value) { Driver(rawValue: $0) }
            case "--connect": address = try Self.parsed(flag, value) { try? RCPAddress($0) }
            case "--token-file": tokenFile = value
            case "--connections": connections = try Self.parsed(flag, value) { Self.count($0, max: 1_000) }
            case "--in-flight": inFlight = try Self.parsed(flag, value) { Self.count($0, max: 256) }
            case "--seconds": seconds = try Self.parsed(flag, value) { Self.positive($0) }
            case "--warm-up": warmUpSeconds = try Self.parsed(flag, value) { Double($0) }
            case "--calls": calls = try Self.parsed(flag, value) { Self.count($0, max: 100_000_000) }
            case "--rate": rate = try Self.parsed(flag, value) { Self.positive($0) }
            case "--first": first = try Self.parsed(flag, value) { Int($0) }
            case "--case-ids": caseIDsFile = value
            case "--case-ids-out": caseIDsOut = value
            default: throw LoadError("unknown option \(flag)\n\(Self.usage)")
            }
        }
        if work == .putOrder || work == .submitCase, calls == nil {
            throw LoadError("\(work.rawValue) needs --calls: each call has an order of its own")
        }
        if work == .download || work == .upload, driver == .frames || calls != nil {
            throw LoadError("\(work.rawValue) needs --driver client, and takes --seconds")
        }
        if work == .listCases, driver == .frames {
            throw LoadError("list-cases needs --driver client: its replies come in pieces")
        }
        if rate != nil, driver == .client { throw LoadError("--rate needs --driver frames") }
    }

    private static func parsed<Value>(_ flag: String, _ text: String, _ parse: (String) -> Value?) throws
        -> Value
    {
        guard let value = parse(text) else { throw LoadError("\(flag): \(text) will not do\n\(usage)") }
        return value
    }

    private static func count(_ text: String, max: Int) -> Int? {
        Int(text).flatMap { (1...max).contains($0) ? $0 : nil }
    }
    private static func positive(_ text: String) -> Double? { Double(text).flatMap { $0 > 0 ? $0 : nil } }
}

/// A failure with a text for whoever started the program.
struct LoadError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
