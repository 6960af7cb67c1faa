import NIOCore
import RCP
import ReturnsAPI

/// The calls of a run: request `index` is the same in every run that starts at the same number, except for its
/// request id.
protocol Work: Sendable {
    var method: RCPMethod { get }
    /// Nil: as many as the run's time allows.
    var callsMax: Int? { get }
    /// Encoded once, before the run.
    func message(_ index: Int) -> ByteBuffer
    func requestID(_ index: Int) -> RCPRequestID
}

/// 300 bytes there and back; touches nothing but the wire.
struct EchoWork: Work {
    let method = HealthServiceMethods.echo
    let callsMax: Int?
    private let encoded: ByteBuffer

    init(_ options: Options) throws {
        callsMax = options.calls
        encoded = try RCPMessageCodec.encode(
            Returns_V1_EchoRequest.with { $0.payload.append(contentsOf: (0..<300).map { UInt8($0 & 255) }) })
    }

    func message(_ index: Int) -> ByteBuffer { encoded }
    func requestID(_ index: Int) -> RCPRequestID { .zero }
}

/// Reads the cases of a list, one after the other and again from the start.
struct GetCaseWork: Work {
    let method = CaseServiceMethods.getCase
    let callsMax: Int?
    private let encoded: [ByteBuffer]

    init(_ options: Options) throws {
        guard let path = options.caseIDsFile else { throw LoadError("get-case needs --case-ids") }
        callsMax = options.calls
        encoded = try readText(path).split(separator: "\n").map { id in
            try RCPMessageCodec.encode(Returns_V1_GetCaseRequest.with { $0.caseID = String(id) })
        }
        if encoded.isEmpty { throw LoadError("\(path) holds no case ids") }
    }

    func message(_ index: Int) -> ByteBuffer { encoded[index % encoded.count] }
    func requestID(_ index: Int) -> RCPRequestID { .zero }
}

/// The newest cases, as many as one call may ask for.
struct ListCasesWork: Work {
    let method = CaseServiceMethods.listCases
    let callsMax: Int?
    private let encoded: ByteBuffer

    init(_ options: Options) throws {
        callsMax = options.calls
        encoded = try RCPMessageCodec.encode(Returns_V1_ListCasesRequest.with { $0.limit = 500 })
    }

    func message(_ index: Int) -> ByteBuffer { encoded }
    func requestID(_ index: Int) -> RCPRequestID { .zero }
}

/// The most overdue clocks of all, as many as one call may ask for.
struct ListDueWork: Work {
    let method = ClockServiceMethods.listDue
    let callsMax: Int?
    private let encoded: ByteBuffer

    init(_ options: Options) throws {
        callsMax = options.calls
        encoded = try RCPMessageCodec.encode(Returns_V1_ListDueRequest.with { $0.limit = 500 })
    }

    func message(_ index: Int) -> ByteBuffer { encoded }
    func requestID(_ index: Int) -> RCPRequestID { .zero }
}

/// Mutations, each on an order of its own and under a request id of its own.
struct OrderWork: Work {
    let method: RCPMethod
    let callsMax: Int?
    private let encoded: [ByteBuffer]
    /// Tells this run's request ids from any other's.
    private let run = UInt64.random(in: 1...UInt64.max)

    init(_ options: Options) throws {
        let numbers = options.first..<(options.first + (options.calls ?? 0))
        callsMax = numbers.count
        if options.work == .putOrder {
            method = OrderServiceMethods.putOrder
            encoded = try numbers.map { try RCPMessageCodec.encode(SampleOrder.order(number: $0)) }
        } else {
            method = CaseServiceMethods.submitCase
            encoded = try numbers.map { try RCPMessageCodec.encode(SampleOrder.submission(number: $0)) }
        }
    }

    func message(_ index: Int) -> ByteBuffer { encoded[index] }
    func requestID(_ index: Int) -> RCPRequestID { RCPRequestID(high: run, low: UInt64(index)) }
}
