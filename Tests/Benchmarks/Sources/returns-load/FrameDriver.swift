import CPoll
import Glibc
import NIOCore
import RCP
import ReturnsAPI

/// One thread, one `poll`: the same loop as the ceiling program's, so that the two are comparable.
struct FrameDriver<CallWork: Work> {
    let work: CallWork
    let options: Options
    private let connections: [LoadConnection]
    private var report = LoadReport()
    private var sent = 0
    private var caseIDs: [String] = []
    private var nextConnection = 0
    private static var tailNanosecondsMax: UInt64 { 30_000_000_000 }
    private static var tailTickNanoseconds: Int64 { 100_000_000 }

    init(_ work: CallWork, _ options: Options, token: [UInt8]) throws {
        self.work = work
        self.options = options
        connections = try (0..<options.connections).map { _ in
            try LoadConnection(options.address, token: token)
        }
    }

    /// - Returns: what was measured, and the ids of the cases opened, where asked for.
    mutating func run() throws -> (LoadReport, caseIDs: [String]) {
        cpoll_precise_timers()
        let isTimed = work.callsMax == nil
        let begin = nowNanoseconds()
        let from = isTimed ? begin + UInt64(options.warmUpSeconds * 1e9) : begin
        let until = isTimed ? from + UInt64(options.seconds * 1e9) : .max
        // What is still open is waited for, so that the next measure does not meet it; but not for ever.
        let abandonAt = isTimed ? until + Self.tailNanosecondsMax : .max
        var polled = connections.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        let cpu = ownCPUSeconds()
        while true {
            let now = nowNanoseconds()
            let mayCall = now < until && sent < work.callsMax ?? .max
            let sleep = mayCall ? send(now, begin) : Self.tailTickNanoseconds
            let openCalls = connections.reduce(0) { $0 + $1.openCalls }
            if !mayCall, openCalls == 0 || now > abandonAt { break }
            for (index, connection) in connections.enumerated() {
                try connection.flush()
                polled[index].events = Int16(connection.wantsWrite ? POLLIN | POLLOUT : POLLIN)
            }
            guard cpoll_wait(&polled, UInt(polled.count), sleep) >= 0 || errno == EINTR else {
                throw LoadError("poll: \(errno)")
            }
            for index in polled.indices where polled[index].revents & ~Int16(POLLOUT) != 0 {
                try receive(connections[index], from, until)
            }
        }
        report.ownCPUSeconds = ownCPUSeconds() - cpu
        report.callsAll = sent
        report.unanswered = connections.reduce(0) { $0 + $1.openCalls }
        report.seconds = isTimed ? options.seconds : Double(nowNanoseconds() - begin) / 1e9
        return (report, caseIDs)
    }

    /// - Returns: how long there is nothing more to send, in nanoseconds; -1 until an answer comes.
    private mutating func send(_ now: UInt64, _ begin: UInt64) -> Int64 {
        let callsMax = work.callsMax ?? .max
        guard let rate = options.rate else {
            for connection in connections {
                while connection.openCalls < options.inFlight, sent < callsMax {
                    send(on: connection, start: now)
                }
            }
            return -1
        }
        while sent < callsMax {
            let due = begin + UInt64(Double(sent) / rate * 1e9)
            if due > now { return Int64(due - now) }
            // A call that finds no room waits here, and its latency counts from when it was due.
            guard let connection = connectionWithRoom() else { return -1 }
            send(on: connection, start: due)
        }
        return -1
    }

    private mutating func send(on connection: LoadConnection, start: UInt64) {
        connection.send(work, index: sent, start: start)
        sent += 1
    }

    private mutating func connectionWithRoom() -> LoadConnection? {
        for _ in connections.indices {
            nextConnection = (nextConnection + 1) % connections.count
            if connections[nextConnection].hasRoom { return connections[nextConnection] }
        }
        return nil
    }

    private mutating func receive(_ connection: LoadConnection, _ from: UInt64, _ until: UInt64) throws {
        try connection.receive { _, start, payload in
            let now = nowNanoseconds()
            if payload[0] != RCPStatusCode.ok.rawValue {
                report.errors += 1
                if report.firstError.isEmpty {
                    report.firstError =
                        "\(RCPStatusCode(rawValue: payload[0]).map(\.name) ?? "?"): "
                        + String(decoding: payload.dropFirst(10).prefix(200), as: UTF8.self)
                }
            }
            // A call that was due in the measured time counts for the percentiles however late its answer is.
            if start >= from { report.latencies.record(nanoseconds: now - start) }
            if now >= from, now < until { report.calls += 1 }
            if options.caseIDsOut != nil { caseIDs.append(try Self.caseID(payload)) }
        }
    }

    /// The message follows a head without text, details and trailers, which is 14 bytes (SPEC.md §6.3).
    private static func caseID(_ payload: UnsafeRawBufferPointer) throws -> String {
        let message = ByteBuffer(bytes: payload.dropFirst(14))
        return try RCPMessageCodec.decode(Returns_V1_CaseReply.self, from: message, role: .client).case.id
    }
}
